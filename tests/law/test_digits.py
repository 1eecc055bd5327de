"""Figures leave as bare numbers with every digit they had."""

import json
from decimal import Decimal

from mingtang.law.api import BareNumbers


def written(value):
    return json.dumps(value, ensure_ascii=False, cls=BareNumbers)


def test_a_sum_of_money_keeps_the_digits_a_float_would_lose():
    assert written({"value": Decimal("12345678901234.123456")}) == '{"value": 12345678901234.123456}'
    assert (
        written([Decimal("0.10"), Decimal("1E+3"), Decimal("-2.50"), 7, None]) == "[0.1, 1000, -2.5, 7, null]"
    )


def test_texts_that_look_like_numbers_stay_texts():
    assert written(["12.5", "数"]) == '["12.5", "数"]'
