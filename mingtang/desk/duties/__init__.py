"""Who must publish what, and how many days are left."""
