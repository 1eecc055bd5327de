"""Two hundred files of every type, an identity number planted in each: every one is found, and masked it is not."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from mingtang.disclosure.checks.readers import read
from mingtang.disclosure.checks.run import check
from mingtang.disclosure.checks.types import Reading
from tests.disclosure.checks.given_files import a_docx, a_pdf, an_xlsx, zipped

COUNT = 200
# GB 11643-1999: weights of the seventeen digits, and the check characters for the remainders 0 to 10.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"


def number_of(dice: random.Random) -> str:
    born = date(1940, 1, 1) + timedelta(dice.randrange(27_000))
    digits = f"{dice.choice(('110105', '210702', '440301', '650102'))}{born:%Y%m%d}{dice.randrange(1000):03d}"
    return digits + CHECK[sum(w * int(d) for w, d in zip(WEIGHTS, digits, strict=True)) % 11]


def wide(number: str) -> str:
    return number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))


def said(number: str, dice: random.Random) -> str:
    shown = dice.choice(
        (number, number, number.lower(), wide(number), f"{number[:6]} {number[6:14]} {number[14:]}")
    )
    return dice.choice(
        (
            "申请人张某，身份证号{}。",
            "户主：李某（{}）",
            "{}",
            "王某，男，{}，住示例路",
            "低保对象身份证号码:{};",
        )
    ).format(shown)


PLACES: dict[str, Callable[[str], bytes]] = {
    "名单.txt": lambda s: f"公示名单\n{s}\n完".encode(),
    "旧编码.txt": lambda s: f"公示名单如下\n{s}\n以上".encode("gb18030"),
    "名单.csv": lambda s: f'序号,内容\n1,"{s}"\n'.encode(),
    "网页.html": lambda s: (
        f"<html><head><meta charset='utf-8'></head><body><p>公示</p><div>{s}</div></body></html>".encode()
    ),
    "隐藏.html": lambda s: f"<html><body><p>公示</p><p style='display:none'>{s}</p></body></html>".encode(),
    "正文.docx": lambda s: a_docx("公示", s),
    "表格.docx": lambda s: a_docx("公示", table=[["姓名", "说明"], ["甲", s]]),
    "批注.docx": lambda s: a_docx("公示如下。", comment=s),
    "页眉.docx": lambda s: a_docx("公示", header=s),
    "格子.xlsx": lambda s: an_xlsx([["姓名", "说明"], ["甲", s]]),
    "隐藏表.xlsx": lambda s: an_xlsx([["姓名"], ["甲"]], hidden=[["说明"], [s]]),
    "批注.xlsx": lambda s: an_xlsx([["姓名"], ["甲"]], comment=s),
    "包.zip": lambda s: zipped({"内/名单.docx": a_docx("公示", s), "说明.txt": "见名单".encode()}),
}


def planted(n: int) -> tuple[str, bytes, str]:
    dice = random.Random(n)
    number = number_of(dice)
    if n % 14 == 13:  # Latin letters only: our own PDF carries no Chinese font
        return "名单.pdf", a_pdf(f"BT /F1 12 Tf 60 700 Td (ID {number} of the applicant) Tj ET"), number
    name = list(PLACES)[n % 14]
    return name, PLACES[name](said(number, dice)), number


def alarms(name: str, data: bytes) -> list[str]:
    reading = read(data, name)
    assert isinstance(reading, Reading), (name, reading)
    return [f.severity for f in check(reading, {"pii.identity"})]


@pytest.mark.parametrize("n", range(COUNT))
def test_the_number_planted_in_a_file_is_found(n):
    name, data, number = planted(n)
    assert "error" in alarms(name, data), (name, number)


def test_the_same_files_with_masked_numbers_raise_no_alarm():
    for name, make in PLACES.items():
        number = number_of(random.Random(name))
        masked = f"申请人张某，身份证号{number[:6]}********{number[-4:]}。"
        assert alarms(name, make(masked)) == [], name
