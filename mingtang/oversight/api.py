"""The door of oversight.

Verbs: ``compile_report`` ``take`` ``recount`` ``enter`` ``strike`` ``audit`` ``render`` ``render_later`` ``rendered`` ``follow``
and ``find``: reports, tallies, declared figures and registers by declared names. The flow's verbs (declare, write, file,
correct) go through ``take``.
"""

from mingtang.oversight.registers.copies import Copies, Copy
from mingtang.oversight.registers.entering import enter
from mingtang.oversight.registers.striking import strike
from mingtang.oversight.reports.audit import audit
from mingtang.oversight.reports.compiling import Compiled, compile_report
from mingtang.oversight.reports.counters import COUNTERS
from mingtang.oversight.reports.figures import Figure
from mingtang.oversight.reports.flow import take
from mingtang.oversight.reports.following import follow
from mingtang.oversight.reports.opening import CountedRows
from mingtang.oversight.reports.printing import FORMATS, MEDIA, render
from mingtang.oversight.reports.states import REPORTS
from mingtang.oversight.reports.tallies import recount
from mingtang.oversight.rows import SHELVES, ReportRow
from mingtang.oversight.tasks import render_later, rendered

find = SHELVES.find

__all__ = [
    "COUNTERS", "FORMATS", "MEDIA", "REPORTS", "Compiled", "Copies", "Copy", "CountedRows", "Figure", "ReportRow", "audit", "compile_report", "enter",
    "find", "follow", "recount", "render", "render_later", "rendered", "strike", "take",
]  # fmt: skip
