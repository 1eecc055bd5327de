"""公: catalogue, editions, kinds, review, publishing, and the duties that say what must be published by whom.

Only this room makes a thing public. It renders nothing and delivers nothing.
The door is ``mingtang.disclosure.api``.
"""
