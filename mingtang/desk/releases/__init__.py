"""Channels at the desk: what waits for a person, deliveries entered by hand one by one or from a table, the gazette's issues."""
