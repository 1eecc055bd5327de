"""信息处理费: 国办函〔2020〕109号, both methods, progressive by band. Money is Decimal, in yuan."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from mingtang.law.types import Fee, FeeLine, Norm, Reason, Refused

METHODS = {"per_item": ("按件计收", "件"), "per_page": ("按量计收", "页")}
MOST = 100_000


def fee(norm: Norm, method: str, quantity: int) -> Fee | Refused:
    """The fee for so many applications of one applicant in one natural month, or for so many pages handed over.

    Refused where no such fee exists on the day, and for a quantity that cannot be one.
    """
    name, unit = METHODS[method]
    if norm.value is None:
        return Refused(
            "这一天还没有信息处理费制度，不得收取信息处理费。",
            norm.article,
            f"{norm.note}。",
        )
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 0 <= quantity <= MOST:
        return Refused(f"数量应为 0 至 {MOST} 的整数。", norm.article, "请核对件数或页数。")
    lines = tuple(
        FeeLine(
            f"第{first}至{last}{unit}，每{unit}{rate}元", last - first + 1, rate, rate * (last - first + 1)
        )
        for first, last, rate in _bands(norm.value, quantity)
    )
    amount = sum((line.amount for line in lines), Decimal(0))
    scope = "同一申请人一个自然月内累计" if method == "per_item" else "按实际提供的页数"
    text = f"{name}，{scope}{quantity}{unit}，分档累计共{amount}元；两种方式只能选用一种。"
    return Fee(method, quantity, amount, lines, (Reason(text, norm.article),))


def _bands(value: dict[str, object], quantity: int) -> Iterator[tuple[int, int, Decimal]]:
    """(first, last, rate) of each band that the quantity reaches."""
    first = 1
    bands = value["bands"]
    assert isinstance(bands, list)
    for to, rate in bands:
        last = quantity if to is None else min(int(to), quantity)
        if last >= first:
            yield first, last, Decimal(rate)
        if to is None:
            return
        first = int(to) + 1
    then = value.get("then")
    if not isinstance(then, dict):
        return
    rate, every = Decimal(then["first"]), int(then["every"])
    while first <= quantity:
        yield first, min(first + every - 1, quantity), rate
        first, rate = first + every, rate + Decimal(then["add"])
