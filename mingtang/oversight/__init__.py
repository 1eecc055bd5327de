"""督: tallies, registers, inspection, assessment, and the annual report compiled and audited.

It changes no case and no page. The door is ``mingtang.oversight.api``.
"""
