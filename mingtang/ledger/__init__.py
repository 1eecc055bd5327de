"""册: agencies, people, who may, append-only sealed Acts, the outbox, files by hash, and the clock.

It does not know what is being recorded: an Act names its subject by type and id strings.
The door is ``mingtang.ledger.api``.
"""
