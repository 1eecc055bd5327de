"""How figures are written: full-width digits, letters among digits, wrong grouping, a blank inside, fractions of counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mingtang.disclosure.checks.figures import ABOUT
from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

BASIS = "《出版物上数字用法》（GB/T 15835-2011）"
WIDE = re.compile(r"[０-９]+(?:[．.，,][０-９]+)*")
HALF = re.compile(r"[0-9]")
COUNT = r"(?:人次|件次|[件条次份篇期起宗场项])"
# A letter in the midst of a figure that is counted: 1O5件, 2l条.
LETTER = re.compile(
    rf"(?<![A-Za-z0-9.\-/])(?:\d+[OolI]\d*|[lIO]\d+[OolI]?\d*)(?=\s?(?:[万亿]?元|{COUNT}|个|人|名|%|％))"
)
MIXED = re.compile(r"[OolI]")
# 1,2345条: digits are grouped by threes.
GROUPED = re.compile(
    rf"(?<![\d,.])(?!(?:19|20)\d\d年)\d{{1,3}},\d{{4,7}}(?:\.\d+)?(?=\s?(?:[万亿]?元|{COUNT}|个))"
)
# 12 3件, 98.5 6%: a blank fell into the figure.
TORN = re.compile(rf"(?<=[\u4e00-\u9fff])\d+(?:\.\d+)?[ \u3000]+\d+(?:\.\d+)?(?={COUNT}|%|％)")
# 15.5条: what is counted has no fraction, unless it is an average or in 万.
FRACTION = re.compile(rf"(?<![\d.．])(?<=[\u4e00-\u9fff\s，,、：:])\d+\.\d+(?={COUNT}(?![/／每]))")
# The end of the last two, and nothing else of them: found fast, and hardly ever.
TORN_END = re.compile(rf"[ \u3000]\d+(?:\.\d+)?(?={COUNT}|%|％)")
FRACTION_END = re.compile(rf"\.\d+(?={COUNT}(?![/／每]))")
AVERAGE = re.compile(r"平均|均|每|约|折合|相当于|倍|第|版")
MOST_SHOWN = 12


def digits(reading: Reading) -> Iterator[Finding]:
    """Full-width digits where others are half-width: one note for the whole text."""
    lines = reading.prose
    wide = [(line, m) for line in lines for m in WIDE.finditer(line.text)]
    if wide and any(HALF.search(line.text) for line in lines):
        line, match = wide[0]
        yield finding(
            "text.digits", "note", place(line, match.start(), match.end()), f"数字用了全角，共 {len(wide)} 处，第一处：“{match[0]}”",
            figures=tuple(m[0] for _, m in wide[:MOST_SHOWN]), suggestion="请统一改为半角数字",
        )  # fmt: skip


def misprinted(reading: Reading) -> Iterator[Finding]:
    """Figures that no figure is printed like."""
    for line in reading.prose:
        text = line.text
        for match in LETTER.finditer(text) if MIXED.search(text) else ():
            yield _misprint(
                "text.letter", line, match, "里夹着字母，不是数字", "把字母 O、o、l、I 改为数字 0、1"
            )
        for match in GROUPED.finditer(text) if "," in text else ():
            yield _misprint(
                "text.grouping",
                line,
                match,
                "的分节号位置不对，三位一节",
                "请核对这个数，多写或漏写了一位的改正",
            )
        for match in TORN.finditer(text) if TORN_END.search(text) else ():
            yield _misprint(
                "text.torn",
                line,
                match,
                "中间有空格，是一个数还是两个数看不出来",
                "删去空格，或补上漏写的文字",
            )
        for match in FRACTION.finditer(text) if FRACTION_END.search(text) else ():
            before = text[max(0, match.start() - 8) : match.start()]
            if not AVERAGE.search(before) and not ABOUT.search(before):
                yield _misprint(
                    "text.fraction", line, match, "是小数，而这是逐件计数的", "请核对这个数和它的单位"
                )


def _misprint(code: str, line: Line, match: re.Match[str], what: str, suggestion: str) -> Finding:
    return finding(
        code, "error" if code == "text.letter" else "warning", place(line, match.start(), match.end()), f"“{match[0]}”{what}",
        figures=(match[0],), suggestion=suggestion,
    )  # fmt: skip


CHECKS = (
    Check("text.digits", "数字用半角", BASIS, "note", digits, bad="公开信息１２３条，答复45件。", good="公开信息123条，答复45件。"),
    Check("text.letter", "数字里不夹字母", BASIS, "error", misprinted, bad="公开信息1O5条。", good="公开信息105条，建设5G基站3个。"),
    Check("text.grouping", "分节号三位一节", BASIS, "warning", misprinted, bad="公开信息1,2345条。", good="公开信息12,345条。"),
    Check("text.torn", "数字中间没有空格", BASIS, "warning", misprinted, bad="公开规范性文件12 3件。", good="公开规范性文件 123 件。"),
    Check("text.fraction", "逐件计数的没有小数", BASIS, "warning", misprinted, bad="全年公开15.5条信息。", good="全年公开15.5万条信息，平均每天公开1.5条。"),
)  # fmt: skip
