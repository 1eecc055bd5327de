"""索: segmentation, index, query language, ranking and highlights. It does not know what a document is.

The door is ``mingtang.search.api``.
"""
