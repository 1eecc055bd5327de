"""One module a room's commands."""
