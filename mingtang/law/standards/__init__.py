"""Official standards that the rooms rest on, by their numbers."""
