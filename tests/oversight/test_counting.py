"""What counts, in which year, and how a change of any room reaches the tallies."""

from datetime import date
from decimal import Decimal

import pytest

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from mingtang.oversight.reports import tallies
from mingtang.oversight.reports.opening import asked
from tests import given
from tests.oversight.reporting import compiled, open_case, take_over, through_outbox

pytestmark = pytest.mark.django_db


def test_a_change_at_the_desk_reaches_the_figure_through_the_outbox(city):
    root, bureau, _ = city
    people = given.team(bureau)
    at = given.at(2026, 3, 2)
    oversight.recount(2026, at)
    case = given.received(people["clerk"], bureau, at)
    given.answered(people, case, given.at(2026, 3, 9))
    with ledger.clock_at(given.at(2026, 3, 9)):
        ledger.drain("tallies", oversight.follow)
        figures = oversight.compile_report(root, 2026, ledger.now()).figures
    assert figures["t3.new_received.natural"].value == 1
    assert figures["t3.granted.natural"].value == 1
    (row,) = asked("requests.processed", {"row2021": "granted", "applicant": "natural"}, 2026, root.path)
    assert row.id == case.id


def test_one_taken_back_is_dealt_with_in_its_year_and_carried_nowhere(city):
    root, bureau, _ = city
    people = given.team(bureau)
    case = given.received(people["clerk"], bureau, given.at(2026, 3, 2))
    given.done(given.act(case.id, "withdraw", people["clerk"], given.at(2026, 3, 4), text="来信撤回"))
    for counter, count in (("requests.processed", 1), ("requests.carried_out", 0), ("requests.answered", 0)):
        assert asked(counter, {}, 2026, root.path).count() == count
    assert asked("requests.processed", {"row2021": "other.misc"}, 2026, root.path).count() == 1
    assert asked("requests.carried_in", {}, 2027, root.path).count() == 0


def test_a_training_a_taken_over_proposal_and_a_late_registered_case_reach_the_figures_without_a_recount(
    city,
):
    root, bureau, _ = city
    at = given.at(2026, 3, 2)
    through_outbox(root, 2017, at)
    for year in (2017, 2024, 2025, 2026):
        oversight.recount(year, at)
    keeper, clerk = given.person(root, "keeper"), given.person(bureau, "clerk")
    course = {
        "agency": bureau,
        "kind": "course",
        "subject": "培训",
        "held_on": date(2017, 5, 2),
        "people": 40,
    }
    given.done(oversight.enter("training", [course], by=keeper, at=at, source="旧系统"))
    assert clerk.pk
    take_over(root, "case", [open_case(bureau, "old", received_on=date(2024, 11, 5))])
    made = through_outbox(root, 2017, at)
    held = {f.counter: f.value for f in made.values() if f.counter.startswith("trainings")}
    assert held == {"trainings.held": 1, "trainings.people": 40}
    assert through_outbox(root, 2024, at)["t3.new_received.total"].value == 1
    for year in (2024, 2025):
        assert through_outbox(root, year, at)["t3.carried_out.total"].value == 1
    assert through_outbox(root, 2025, at)["t3.carried_in.total"].value == 1


def test_a_publication_counts_again_what_counts_publications_and_no_cases(city):
    root, bureau, _ = city
    at, later = given.at(2026, 3, 2), given.at(2026, 3, 3)
    oversight.recount(2026, at)
    given.published(given.team(bureau), bureau, later)
    with ledger.clock_at(later):
        through_outbox(root, 2026, later)
    counted = {c: mark.cutoff for (c, _where), mark in tallies.marks(2026).items()}
    assert counted["documents.published"] == later
    assert counted["requests.received"] == counted["trainings.held"] == at


def test_a_release_through_a_channel_reaches_the_figures_without_a_recount(city):
    from mingtang.portal import api as portal

    root, bureau, _ = city
    at = given.at(2026, 3, 2)
    row = given.published(given.team(bureau), bureau, at)
    oversight.recount(2026, at)
    (published,) = disclosure.find("publication", document_id=row.id).ids()
    for _again in range(2):
        portal.note_releases([(published, "gazette", at, "第3期")])
    assert ledger.find("outbox", topic="released").count() == 1
    through_outbox(root, 2026, at)
    tally = oversight.find("tally", counter="documents.by_channel", year=2026)
    assert {t.value for t in tally} <= {1}
    assert asked("documents.by_channel", {"channel": "gazette"}, 2026, root.path).count() == 1


def test_a_case_that_changed_hands_is_counted_once(city):
    root, bureau, county = city
    at = given.at(2026, 3, 2)
    take_over(root, "case", [open_case(bureau, "moved", received_on=date(2025, 3, 3))])
    assert through_outbox(root, 2025, at)["t3.new_received.total"].value == 1
    (case,) = casework.find("case")
    given.passed(bureau, county, at)
    assert through_outbox(root, 2025, at)["t3.new_received.total"].value == 1
    assert given.done(oversight.compile_report(county, 2025, at)).figures["t3.new_received.total"].value == 1
    assert case.id


def test_an_answer_after_the_due_day_is_not_in_time(city):
    root, bureau, _ = city
    base = {
        "agency": bureau,
        "kind": "deputy",
        "level": "city",
        "subject": "建议",
        "assigned_on": date(2017, 2, 1),
        "due_on": date(2017, 5, 1),
    }
    rows = [
        base | {"number": "1", "answered_on": date(2017, 5, 1)},
        base | {"number": "2", "answered_on": date(2017, 10, 9)},
        base | {"number": "3", "answered_on": None},
        base | {"number": "4", "assigned_on": date(2017, 12, 1), "due_on": date(2018, 3, 1), "answered_on": date(2018, 2, 1)},
    ]  # fmt: skip
    take_over(root, "proposal", rows)
    (row,) = asked("proposals.answered", {}, 2017, root.path)
    assert row.number == "1"


def test_a_fax_of_december_confirmed_in_january_was_received_in_january(city):
    root, bureau, _ = city
    confirmed = open_case(
        bureau, "fax", received_on=date(2025, 12, 31), channel="fax", steps=[("confirm", date(2026, 1, 5))]
    )
    waiting = open_case(bureau, "fax2", received_on=date(2025, 12, 30), channel="fax", steps=[])
    take_over(root, "case", [confirmed, waiting])
    last, this = compiled(root, 2025).figures, compiled(root, 2026).figures
    assert (last["t3.new_received.total"].value, last["t3.carried_out.total"].value) == (0, 0)
    assert (this["t3.new_received.total"].value, this["t3.carried_in.total"].value) == (1, 0)


def test_a_fee_counts_in_the_year_it_was_paid(city):
    root, bureau, _ = city
    paid = [("fee_notice", date(2025, 12, 26)), ("fee_paid", date(2025, 12, 29))]
    row = open_case(
        bureau, "fee", received_on=date(2025, 12, 22), replied_on=date(2026, 1, 12), state="closed", outcome="GRANT",
        fee=Decimal(100), steps=paid,
    )  # fmt: skip
    undated = row | {"number": "fee-undated", "steps": [], "fee": Decimal(40)}
    take_over(root, "case", [row, undated])
    for year, fee in ((2025, 100), (2026, 40)):
        assert [c.id for c in asked("fees.collected", {}, year, root.path)] == list(
            casework.find("case", fee=fee).ids()
        )


def test_an_item_withdrawn_during_the_year_is_not_in_the_list_at_its_end(city):
    root, bureau, _ = city
    keeper, people = given.person(root, "keeper"), given.team(bureau)
    rows = [
        {"agency": bureau, "kind": "service_item", "published_at": given.at(2017, 6, 1), "title": f"事项{n}",
         "source": bureau.name, "data": disclosure.KINDS["service_item"].example["data"] | {"item_type": "licence"}}
        for n in range(3)
    ]  # fmt: skip
    list(given.done(disclosure.take_over(rows, source="旧系统", by=keeper, at=given.at(2018, 1, 5))))
    first, second, _third = disclosure.find("document", kind="service_item").ids()
    given.move(first, "withdraw", people["signer"], given.at(2018, 4, 2), reason="事项取消")
    given.move(second, "withdraw", people["signer"], given.at(2019, 4, 2), reason="事项取消")
    listed = {
        y: asked("service_items.listed", {"item_type": "licence"}, y, root.path).count()
        for y in (2016, 2017, 2018, 2019)
    }
    assert listed == {2016: 0, 2017: 3, 2018: 2, 2019: 1}


def test_a_first_change_of_one_organ_counts_the_question_for_all(city):
    root, bureau, county = city
    take_over(root, "case", [open_case(county, "there", received_on=date(2025, 3, 3))])
    oversight.recount(2025, given.at(2026, 3, 2), {bureau.pk})
    made = given.done(oversight.compile_report(root, 2025, given.at(2026, 3, 2)))
    assert made.figures["t3.new_received.total"].value == 1


def test_two_who_count_a_year_at_once_leave_each_figure_once(city):
    root, bureau, _ = city
    take_over(root, "case", [open_case(bureau, "both", received_on=date(2025, 3, 3))])
    at = given.at(2026, 3, 2)
    oversight.recount(2025, at, progress=lambda n, _of: n == 5 and oversight.recount(2025, at))
    figures = given.done(oversight.compile_report(root, 2025, at)).figures
    assert figures["t3.new_received.total"].value == 1


def test_a_recount_is_seen_as_one_set(city):
    root, bureau, _ = city
    at, seen = given.at(2026, 3, 2), []
    oversight.recount(2025, at)
    take_over(root, "case", [open_case(bureau, "new", received_on=date(2025, 3, 3))])

    def figures():
        made = given.done(oversight.compile_report(root, 2025, at)).figures
        return made["t3.new_received.total"].value, made["t3.carried_out.total"].value

    oversight.recount(2025, at, progress=lambda _n, _of: seen.append(figures()))
    assert set(seen) == {(0, 0)}
    assert figures() == (1, 1)


def test_who_was_overtaken_while_counting_counts_again(city):
    root, bureau, _ = city
    at = given.at(2026, 3, 2)
    oversight.recount(2025, at)
    late = [open_case(bureau, "late", received_on=date(2025, 3, 3))]

    def overtake(n, of):
        if n == of and late:
            take_over(root, "case", [late.pop()])
            oversight.recount(2025, given.at(2026, 3, 3))

    oversight.recount(2025, at, progress=overtake)
    assert given.done(oversight.compile_report(root, 2025, at)).figures["t3.new_received.total"].value == 1


def test_what_was_counted_is_written_while_the_year_is_held(city):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    oversight.recount(2025, given.at(2026, 3, 2))
    with CaptureQueriesContext(connection) as asked:
        oversight.recount(2025, given.at(2026, 3, 2))
    said = [q["sql"] for q in asked]
    starts = [n for n, sql in enumerate(said) if sql.startswith(("SAVEPOINT", "BEGIN"))]
    held = [n for n, sql in enumerate(said) if "oversight_counted" in sql and "\"counter\" = ''" in sql]
    writes = [n for n, sql in enumerate(said) if sql.startswith(("INSERT", "DELETE", "UPDATE"))]
    assert writes
    assert all(n < min(held) for n, sql in enumerate(said) if "casework_case" in sql)
    assert any(min(held) > start for start in starts)
    assert min(held) < min(writes)


@pytest.mark.django_db(transaction=True)
def test_a_recount_keeps_nobody_from_writing_while_it_counts(city):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def write():
        try:
            ledger.enqueue("nothing", {}, given.at(2026, 3, 2))
        finally:
            connection.close()

    _root, _bureau, _ = city
    with ThreadPoolExecutor(1) as other:
        oversight.recount(
            2025,
            given.at(2026, 3, 2),
            progress=lambda n, _of: n == 1 and other.submit(write).result(timeout=5),
        )
    assert ledger.find("outbox", topic="nothing").count() == 1


@pytest.mark.parametrize(
    "name",
    ["documents.published", "documents.by_channel", "interpretations.published", "service_items.listed"],
)
@pytest.mark.parametrize("topic", ["published", "released"])
def test_what_becomes_public_recounts_every_figure_of_what_is_public(topic, name):
    from mingtang.oversight.reports.counters import COUNTERS
    from mingtang.oversight.reports.following import _shelves

    assert COUNTERS[name].rows(2025).shelf in _shelves(topic)
