"""The preface's list of parts, whose names hold the same marks that part the list."""

from __future__ import annotations

import pytest

from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import check
from mingtang.disclosure.checks.types import Reading

BODY = "一、概述\n甲。\n二、收费及减免情况\n乙。\n三、申请行政复议、提起行政诉讼情况\n丙。\n四、存在的问题和改进措施\n丁。\n"


def listed(preface: str, body: str = BODY) -> list[tuple[str, ...]]:
    reading = read(f"示例市2016年政府信息公开工作年度报告\n{preface}\n{body}".encode(), "样例.txt")
    assert isinstance(reading, Reading)
    return [f.figures for f in check(reading, {"text.contents"})]


@pytest.mark.parametrize(
    "preface",
    [
        "报告由概述、收费及减免情况、申请行政复议、提起行政诉讼情况、存在的问题和改进措施四部分组成。",
        "本年度报告由示例市人民政府办公室编制，全文包括概述，收费及减免情况，申请行政复议、提起行政诉讼情况，存在的问题和改进措施。",
        "全文包括概述、收费及减免情况、申请行政复议和提起行政诉讼情况等内容。",
        "本报告包括人物、地点、时间、经过等要素，另见附件所列的各项说明材料。",
    ],
)
def test_a_list_that_names_the_headings_passes(preface: str) -> None:
    assert listed(preface) == []


def test_one_part_by_another_name_is_shown_with_its_heading() -> None:
    preface = "全文包括概述、收费及减免情况、申请行政复议、提起行政诉讼情况、主要问题与下一步打算等四个部分。"
    assert listed(preface) == [("主要问题与下一步打算", "存在的问题和改进措施")]


def test_rows_of_a_table_below_the_text_are_no_headings() -> None:
    preface = "全文包括概述、收费及减免情况、申请行政复议、提起行政诉讼情况、存在的问题和改进措施。"
    assert listed(preface, BODY + "一、主动公开情况 —— ——\n二、回应解读情况 —— ——\n") == []


@pytest.mark.parametrize(
    ("title", "editor", "count"),
    [
        ("龙泉乡", "凤凰镇人民政府", 1),
        ("南山县人民医院", "北河县人民医院办公室", 1),
        ("龙泉乡", "青山县龙泉乡人民政府", 0),
        ("云岭市", "云岭市人民政府办公室", 0),
    ],
)
def test_a_report_is_edited_by_its_own_organ(title: str, editor: str, count: int) -> None:
    reading = read(f"{title}2022年政府信息公开工作年度报告\n本报告由{editor}编制。\n".encode(), "样例.txt")
    assert isinstance(reading, Reading)
    assert len(check(reading, {"organ.place"})) == count
