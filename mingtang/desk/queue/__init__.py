"""今天要办: one queue, what is due, for me."""
