"""The keeper's pages: organs and their successions, staff and passwords, notices and city norms, the background."""
