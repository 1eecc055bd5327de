"""Readers: a path or bytes in, a Reading or an Unreadable out, decided by content, never by the file's name."""

from mingtang.disclosure.checks.readers.opening import read

__all__ = ["read"]
