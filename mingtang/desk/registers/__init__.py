"""Registers that feed the annual report: press conferences, training, deliveries."""
