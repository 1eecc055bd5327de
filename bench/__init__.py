"""Where the figures of speed come from. ``make bench`` runs every part in a process of its own."""
