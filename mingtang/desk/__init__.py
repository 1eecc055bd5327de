"""堂: staff pages only, foldered by room, and one queue: what is due, for me. Nobody imports it."""
