"""Texts made to be slow are audited in steps that grow with their length, and no faster."""

import sys

import pytest

from mingtang.oversight.reports.audit import audit
from mingtang.oversight.reports.audit.reading import read

TITLE = "示例市2021年政府信息公开工作年度报告\n"
TABLE_3 = "三、收到和处理政府信息公开申请情况 一、本年新收政府信息公开申请数量"
TABLE_4 = "四、政府信息公开行政复议、行政诉讼情况 结果维持 结果纠正 其他结果 尚未审结 总计 "
# What is repeated without an end: digit runs, brackets, clauses without punctuation, torn tables.
HOSTILE = {
    "one run of digits": "1234567890",
    "digits in blanks": "12 34 5 ",
    "lost signs": "5?15",
    "open brackets": "（",
    "figures in nested brackets": "（其中1件",
    "no punctuation": "全市收到政府信息公开申请当面办理答复结转",
    "figures without punctuation": "收到申请1件其中当面2件",
    "nothing but figures": "12件",
    "one endless list": "其中：网站1条、",
    "rates": "同比增长12.5%，",
    "open titles": "《示例市人民政府办公室关于",
    "short lines": "收到1件\n",
}


def hostile(piece: str, length: int) -> str:
    text = (piece * (length // len(piece) + 1))[:length]
    return text[: length // 2] + "）" * (length - length // 2) if piece.startswith("（") else text


def steps(text: str) -> int:
    """How many calls, of Python's functions and of C's, an audit takes."""
    reading, count = read(text.encode(), "年报.txt"), 0

    def one(frame, event, arg):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(one)
    try:
        audit(reading)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", HOSTILE)
def test_twice_the_text_takes_no_more_than_about_twice_the_steps(kind):
    audit(read(TITLE.encode(), "年报.txt"))  # lists are read once
    once, twice = (steps(TITLE + hostile(HOSTILE[kind], n)) for n in (10_000, 20_000))
    assert twice < once * 2.5 + 5_000


@pytest.mark.parametrize(
    "before", [TITLE, TITLE + TABLE_3, TITLE + TABLE_4], ids=["prose", "table 3", "table 4"]
)
def test_two_hundred_thousand_characters_of_every_kind_are_audited_to_their_end(before):
    each = 200_000 // len(HOSTILE)
    text = before + "".join(hostile(piece, each) for piece in HOSTILE.values())
    reading = read(text.encode(), "年报.txt")
    assert sum(len(line.text) for line in reading.lines) > 150_000
    assert [f.code for f in audit(reading) if f.code == "meta.report"] == []
