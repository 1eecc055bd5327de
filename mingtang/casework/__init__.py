"""案: cases and their Steps, remedies, letters, opinions, proposals; redaction and outcomes.

It computes no date (``law`` does) and shows nothing in public (``disclosure`` does).
The door is ``mingtang.casework.api``.
"""
