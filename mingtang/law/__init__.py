"""律: the Regulation and its official standards, by date.

Owns dated norms, working days, deadlines, grounds, outcomes, fees, remedies and report forms. Dates go in,
dates with reasons come out. It reads no clock, no database and no network: notices and city norms that arrive
later are passed in. The door is ``mingtang.law.api``.
"""
