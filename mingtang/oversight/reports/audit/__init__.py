"""Audit of anybody's published annual report: form relations, prose against table, the chain with last year's report.

The general checks (sums in prose, words, organ identity, damaged characters) are disclosure's and are called, not
repeated. ``audit(reading, previous)`` is the way in.
"""

from mingtang.oversight.reports.audit.auditing import audit

__all__ = ["audit"]
