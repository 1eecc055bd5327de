"""Alarms of secrecy marks, for the secrecy officer."""
