"""Organs and Acts, to read."""
