"""Pages of applications: list, counter intake, one case and its verbs."""
