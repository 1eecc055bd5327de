"""Many rows written at once are the rows that would have been saved one by one."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from mingtang.casework.models import Case, CitizenLetter
from mingtang.ledger.models import Act
from tests import given

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def act(key: str, **fields) -> Act:
    return Act(
        key=key, verb="v", subject_type="t", subject_id="1", at=NOON, recorded_at=NOON, mac="0" * 64, **fields
    )


def values(row) -> dict:
    return {
        f.attname: getattr(row, f.attname)
        for f in row._meta.concrete_fields
        if not f.unique and not f.primary_key
    }


def test_every_kind_of_value_comes_back_as_it_would_after_a_save():
    organ = given.demo_city()
    said = {"制度": [1, None, "a\tb\\N\nc"], "空": {}}
    saved = act("a" * 32, agency=organ, facts=said, basis='引号"、反斜杠\\、制表\t、换行\n')
    saved.save()
    Act.objects.insert(
        [act("b" * 32, agency=organ, facts=said, basis=saved.basis), act("c" * 32, payload={"x": 1.5})]
    )
    assert values(Act.objects.get(key="b" * 32)) == values(Act.objects.get(key="a" * 32))
    other = Act.objects.get(key="c" * 32)
    assert (other.payload, other.agency_id, other.facts) == ({"x": 1.5}, None, {})


def test_money_and_days_come_back_as_they_are():
    organ = given.demo_city()
    fields = {
        "agency": organ,
        "received_on": date(2017, 2, 3),
        "refunded": Decimal("12.50"),
        "category": "咨询",
    }
    CitizenLetter(number="甲", **fields).save()
    CitizenLetter.objects.insert([CitizenLetter(number="乙", **fields)])
    saved, inserted = CitizenLetter.objects.order_by("pk")
    assert values(inserted) == values(saved)
    assert (inserted.number, inserted.refunded, inserted.received_on) == (
        "乙",
        Decimal("12.50"),
        date(2017, 2, 3),
    )


def test_ids_go_on_from_the_last_row_and_the_next_save_goes_on_from_them():
    act("a" * 32).save()
    rows = [act(f"{n:032x}") for n in range(3)]
    Act.objects.insert(rows)
    ids = [r.pk for r in rows]
    assert ids == sorted(set(ids))
    assert list(Act.objects.filter(pk__in=ids).order_by("pk").values_list("key", flat=True)) == [
        r.key for r in rows
    ]
    later = act("f" * 32)
    later.save()
    assert later.pk > ids[-1]


def test_nothing_to_insert_is_nothing_done_and_a_doubled_row_is_refused_whole():
    Act.objects.insert([])
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.insert([act("a" * 32), act("a" * 32)])
    assert not Act.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rows_are_never_inserted_outside_a_transaction():
    with pytest.raises(RuntimeError):
        Act.objects.insert([act("a" * 32)])
    with pytest.raises(RuntimeError):
        Case.objects.insert([])
