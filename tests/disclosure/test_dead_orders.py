"""An order to go out is for one text: when that text is given up, nothing else goes out in its stead."""

from datetime import timedelta

import pytest

from mingtang.disclosure import api as disclosure
from tests import given

pytestmark = pytest.mark.django_db
AT = given.at(2026, 11, 23)


def test_the_order_of_a_discarded_correction_publishes_no_other():
    organ = given.demo_city()
    people = given.team(organ)
    row = given.published(people, organ, AT, kind="notice", title="通知")

    def signed(text: str) -> None:
        given.move(row.id, "correct", people["clerk"], AT, body=f"<p>{text}</p>")
        for verb, who in (
            ("submit", "clerk"),
            ("head_review", "section_head"),
            ("sign", "signer"),
        ):
            given.move(row.id, verb, people[who], AT)

    signed("甲")
    given.done(disclosure.take(row.id, "schedule", by=people["signer"], at=AT, when=AT + timedelta(hours=2)))
    given.move(row.id, "repeal", people["signer"], AT, reason="由新办法代替")
    signed("乙")
    assert disclosure.advance(AT + timedelta(hours=3))["sent"] == 0
    assert disclosure.current([row.id])[0].edition.body != "<p>乙</p>"
