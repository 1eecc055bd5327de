"""门: the page graph, the bake, the signed manifest, the channels, and the citizens' counters.

It decides nothing. The door is ``mingtang.portal.api``.
"""
