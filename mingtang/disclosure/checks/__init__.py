"""Everything that judges one text or one file: readers, numbers, words, personal information, organ identity, links.

Pure: no tables, no Django. Reached by other rooms through ``mingtang.disclosure.api.check``.
"""
