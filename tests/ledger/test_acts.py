"""Acts are append-only and sealed: any edited, removed or inserted row is named."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.ledger.models import Act, Seal
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def acts():
    given.demo_city()
    office = given.organ("测试市财政局", None)
    clerk = given.person(office, "clerk")
    ledger.record(
        ledger.Deed(
            "test.note",
            "thing",
            "7",
            given.at(2026, 3, 2),
            clerk,
            office,
            payload={"name": "张某"},
            facts={"n": 1},
        )
    )
    return list(Act.objects.order_by("id"))


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_untouched_ledger_verifies_and_says_how_many_rows_are_unsealed(acts):
    found = ledger.verify()
    assert found.faults == ()
    assert found.acts == found.unsealed == len(acts)
    assert ledger.take(None, "seal", by=None, at=ledger.now()) == len(acts)
    assert ledger.verify() == ledger.Verified(len(acts), 0, ())


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "test.other"), ("subject_id", "8"), ("subject_type", "other"), ("basis", "别的依据"), ("at", "2020-01-01 00:00:00+00:00"),
        ("recorded_at", "2020-01-01 00:00:00+00:00"), ("facts", '{"n": 2}'), ("payload", '{"name": "李某"}'), ("mac", "0" * 64),
        ("person_id", None), ("agency_id", None), ("key", "f" * 32), ("payload_digest", "0" * 64),
    ],
)  # fmt: skip
def test_a_direct_edit_of_any_field_of_an_act_is_named(acts, column, value, sealed):
    if sealed:
        ledger.take(None, "seal", by=None, at=ledger.now())
    changing = [a for a in acts if getattr(a, column) not in (None, value)]
    target = changing[-1]
    sql(f"UPDATE ledger_act SET {column} = %s WHERE id = %s", value, target.pk)
    named = " ".join(ledger.verify().faults)
    assert re.search(rf"痕迹 {target.pk}（", named) or target.key in named


def test_a_removed_act_is_named_once_it_was_sealed(acts):
    ledger.take(None, "seal", by=None, at=ledger.now())
    sql("DELETE FROM ledger_act WHERE id = %s", acts[1].pk)
    assert any(acts[1].key in fault and "删除" in fault for fault in ledger.verify().faults)


def test_an_inserted_act_without_the_key_is_named(acts):
    forged = Act.objects.get(pk=acts[0].pk)
    forged.pk, forged.key = None, "a" * 32
    forged.save()
    assert any(f"痕迹 {forged.pk}" in fault for fault in ledger.verify().faults)


def test_an_act_slipped_into_a_sealed_batch_is_named(acts):
    ledger.take(None, "seal", by=None, at=ledger.now())
    (key,) = ledger.record(ledger.Deed("test.late", "thing", "9", given.at(2026, 3, 2)))
    sql("UPDATE ledger_act SET seal_id = %s WHERE key = %s", Seal.objects.get().pk, key)
    assert any("塞入" in fault for fault in ledger.verify().faults)


def test_cutting_off_the_newest_seal_with_its_acts_is_seen(acts, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ledger.take(None, "seal", by=None, at=ledger.now())
    sql("DELETE FROM ledger_act")
    sql("DELETE FROM ledger_seal")
    assert any("库外的签名簿" in fault for fault in ledger.verify().faults)


def test_erasing_the_personal_part_of_an_act_keeps_the_ledger_whole(acts):
    ledger.take(None, "seal", by=None, at=ledger.now())
    keeper = given.person(given.organ("测试市信息中心", None), "keeper")
    ledger.take(None, "seal", by=None, at=ledger.now())
    assert (
        ledger.take(None, "erase", subject_type="thing", subject_id="7", by=keeper, at=given.at(2036, 3, 2))
        == 1
    )
    assert Act.objects.get(verb="test.note").payload is None
    found = ledger.verify()
    assert (found.faults, found.erased) == ((), 1)
    assert ledger.find("act", verb="ledger.erase", subject_id="7").count() == 1
    assert isinstance(
        ledger.take(
            None,
            "erase",
            subject_type="thing",
            subject_id="7",
            by=given.person(given.organ("测试市某局", None)),
            at=given.at(2036, 3, 2),
        ),
        Refused,
    )


def test_nothing_but_take_over_may_be_dated_otherwise_than_recorded_in_service():
    given.installation("service")
    past = given.at(2020, 1, 6)
    ledger.record(
        ledger.Deed(ledger.TAKE_OVER, "thing", "1", past),
        ledger.Deed("test.note", "thing", "2", ledger.now()),
    )
    assert ledger.verify().faults == ()
    ledger.record(ledger.Deed("test.note", "thing", "3", past))
    assert [f for f in ledger.verify().faults if "倒签" in f]


def test_the_clock_can_be_set_only_in_a_demo():
    given.installation("service")
    with pytest.raises(PermissionError), ledger.clock_at(given.at(2018, 1, 8)):
        pass


def test_a_demos_clock_starts_where_it_was_told_and_runs_on():
    given.installation("demo", demo_epoch=given.at(2026, 11, 23))
    passed = ledger.now() - given.at(2026, 11, 23)
    assert 0 <= passed.total_seconds() < 60


@pytest.fixture(autouse=True)
def _own_seal_log(settings, tmp_path):
    (tmp_path / "keys").mkdir()
    settings.HOME = tmp_path


def test_a_payload_that_vanished_without_the_rule_is_named(acts):
    target = Act.objects.get(verb="test.note")
    sql("UPDATE ledger_act SET payload = NULL, salt = '' WHERE id = %s", target.pk)
    assert any(f"痕迹 {target.pk}（" in fault for fault in ledger.verify().faults)


def test_a_sealed_act_marked_unsealed_is_named(acts):
    ledger.take(None, "seal", by=None, at=ledger.now())
    sql("UPDATE ledger_act SET seal_id = NULL WHERE id = %s", acts[1].pk)
    assert any(f"痕迹 {acts[1].pk}（" in fault for fault in ledger.verify().faults)


@pytest.mark.parametrize(
    "edit",
    ["key = 'not a key'", "mac = '中文'", "basis = 'x'"],
    ids=["a key that is none", "a digest that is none", "another ground"],
)
def test_a_row_edited_into_nonsense_is_named_and_the_others_are_still_read(acts, edit):
    ledger.take(None, "seal", by=None, at=ledger.now())
    sql(f"UPDATE ledger_act SET {edit} WHERE id = %s", acts[1].pk)
    found = ledger.verify()
    assert found.acts == len(acts)
    assert any(f"痕迹 {acts[1].pk}（" in fault for fault in found.faults)
    assert not any(f"痕迹 {acts[2].pk}（" in fault for fault in found.faults)


def test_two_sealed_acts_that_changed_places_are_named(acts):
    ledger.take(None, "seal", by=None, at=ledger.now())
    one, two = acts[0].pk, acts[1].pk
    for old, new in ((one, 10**9), (two, one), (10**9, two)):
        sql(f"UPDATE ledger_act SET id = {new} WHERE id = %s", old)
    assert any("编号被换过" in fault for fault in ledger.verify().faults)


def _erased(acts, subject: str = "7") -> Act:
    """The erasing Act for one thing."""
    keeper = given.person(given.organ("测试市信息中心", None), "keeper")
    ledger.take(None, "erase", subject_type="thing", subject_id=subject, by=keeper, at=given.at(2036, 3, 2))
    return Act.objects.get(verb="ledger.erase", subject_id=subject)


def test_an_erasing_act_names_what_it_emptied_and_covers_nothing_else(acts):
    office = given.organ("测试市某局", None)
    first = Act.objects.get(verb="test.note")
    assert _erased(acts).facts == {"acts": 1, "erased": [first.key]}
    (later,) = ledger.record(
        ledger.Deed("test.note", "thing", "7", given.at(2026, 3, 2), None, office, payload={"name": "李某"})
    )
    assert ledger.verify().faults == ()
    sql("UPDATE ledger_act SET payload = NULL, salt = '' WHERE key = %s", later)
    (fault,) = ledger.verify().faults
    assert f"痕迹 {Act.objects.get(key=later).pk}（" in fault
    assert "没有按规定删除的痕迹" in fault


def test_what_was_erased_and_is_put_back_is_named(acts):
    held = Act.objects.get(verb="test.note")
    erasing = _erased(acts)
    sql("UPDATE ledger_act SET payload = %s, salt = %s WHERE id = %s", '{"name": "张某"}', held.salt, held.pk)
    (fault,) = ledger.verify().faults
    assert f"痕迹 {held.pk}（test.note）" in fault
    assert f"按痕迹 {erasing.pk} 已经删除" in fault


def test_an_erasing_act_that_was_edited_excuses_nothing(acts):
    held, erasing = Act.objects.get(verb="test.note"), _erased(acts)
    sql("UPDATE ledger_act SET basis = 'x' WHERE id = %s", erasing.pk)
    named = " ".join(ledger.verify().faults)
    assert f"痕迹 {held.pk}（" in named
    assert f"痕迹 {erasing.pk}（" in named


def test_an_act_moved_into_another_seal_is_named_with_both(acts):
    ledger.take(None, "seal", by=None, at=ledger.now())
    ledger.record(ledger.Deed("test.late", "thing", "9", given.at(2026, 3, 2)))
    ledger.take(None, "seal", by=None, at=ledger.now())
    first, second = Seal.objects.order_by("pk")
    sql("UPDATE ledger_act SET seal_id = %s WHERE id = %s", second.pk, acts[1].pk)
    named = [f for f in ledger.verify().faults if f"痕迹 {acts[1].pk}（" in f]
    assert any(f"封存在批次 {first.pk}，却被标成属于批次 {second.pk}" in f for f in named)


def test_the_check_of_many_seals_holds_no_more_than_a_run_of_them(acts, monkeypatch):
    for n in range(12):
        ledger.record(*(ledger.Deed("test.late", "thing", str(n), given.at(2026, 3, 2)) for _ in range(5)))
        ledger.take(None, "seal", by=None, at=ledger.now())
    monkeypatch.setattr("mingtang.ledger.acts.SEAL_SIZE", 20)
    with CaptureQueriesContext(connection) as asked:
        assert ledger.verify() == ledger.Verified(len(acts) + 60, 0, ())
    whole = [q["sql"] for q in asked if '"ledger_seal"."members"' in q["sql"]]
    # The first seal holds the acts of the beginning and five more, the eleven others five each: four at most a run.
    assert len(whole) >= 4
    assert all('"ledger_seal"."id" <=' in q for q in whole)


def test_a_row_with_a_number_below_nought_is_read_like_any_other(acts):
    forged = Act.objects.get(pk=acts[0].pk)
    forged.pk, forged.key = -5, "a" * 32
    forged.save(force_insert=True)
    assert any("痕迹 -5（" in fault for fault in ledger.verify().faults)


def test_a_sealed_row_that_cannot_be_read_any_more_is_named_once(acts):
    if connection.vendor == "postgresql":  # it keeps such a value out of the column
        return
    ledger.take(None, "seal", by=None, at=ledger.now())
    sql("UPDATE ledger_act SET at = '2026-13-99 25:00:00' WHERE id = %s", acts[1].pk)
    found = ledger.verify()
    assert found.acts == len(acts)
    assert found.faults == (f"痕迹 {acts[1].pk} 的内容已经读不出来：被改过",)
