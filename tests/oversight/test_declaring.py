"""What people state: a figure no row can give, by its unit, paper, signer and day; a section no row can write."""

from datetime import date
from decimal import Decimal

import pytest

from mingtang.law.api import Refused
from mingtang.oversight import api as oversight
from tests import given
from tests.oversight.reporting import cases, compiled, say, take_over

pytestmark = pytest.mark.django_db


def test_a_counted_figure_cannot_be_typed_and_a_declared_one_names_its_unit_paper_signer_and_day(city):
    root, bureau, _ = city
    office = given.person(root, "office")
    at = given.at(2026, 1, 20)
    said = {
        "unit_name": bureau.name,
        "source": "统计表",
        "signer": "某",
        "signed_on": date(2026, 1, 15),
        "by": office,
        "at": at,
    }
    assert isinstance(
        oversight.take(root, "declare", year=2025, cell="t3.new_received.natural", value=Decimal(5), **said),
        Refused,
    )
    for wrong in ({"unit_name": ""}, {"source": " "}, {"signer": ""}, {"signed_on": date(2026, 1, 21)}):
        assert isinstance(
            oversight.take(
                root, "declare", year=2025, cell="t2.licence.decided", value=Decimal(5), **(said | wrong)
            ),
            Refused,
        )
    for value in (Decimal(-1), Decimal("1.5"), Decimal("NaN"), Decimal("Infinity"), Decimal(10) ** 14):
        assert isinstance(
            oversight.take(root, "declare", year=2025, cell="t2.licence.decided", value=value, **said),
            Refused,
        )
    assert isinstance(
        oversight.take(root, "declare", year=2025, cell="t9.nothing", value=Decimal(1), **said), Refused
    )
    given.done(
        oversight.take(root, "declare", year=2025, cell="t2.licence.decided", value=Decimal(5), **said)
    )
    figure = compiled(root, 2025).figures["t2.licence.decided"]
    assert (figure.value, figure.how) == (5, "declared")


def test_a_unit_off_the_platform_adds_to_a_count_without_being_shown_as_counted(city):
    root, bureau, _ = city
    office = given.person(root, "office")
    take_over(
        root,
        "case",
        [cases([bureau], 2025, "x", 1)[0] | {"received_on": date(2025, 3, 3), "applicant_type": "natural"}],
    )
    given.done(
        oversight.take(
            root,
            "declare",
            year=2025,
            cell="t3.new_received.natural",
            value=Decimal(2),
            unit_name="某镇（未接入）",
            source="报表",
            signer="某",
            signed_on=date(2026, 1, 15),
            by=office,
            at=given.at(2026, 1, 20),
        )
    )
    figure = compiled(root, 2025).figures["t3.new_received.natural"]
    assert (figure.value, figure.counted, figure.how) == (3, 1, "mixed")


def test_a_sum_over_organs_that_did_not_all_say_is_not_known(city):
    root, bureau, county = city
    mine, theirs, office = (
        given.person(bureau, "office"),
        given.person(county, "office"),
        given.person(root, "office"),
    )
    given.done(say(bureau, mine, 3, bureau.name))
    figure = compiled(root, 2025).figures["t2.licence.decided"]
    assert (figure.value, figure.known, figure.missing) == (None, 3, (county.short_name,))
    given.done(say(county, theirs, 4, county.name))
    assert compiled(root, 2025).figures["t2.licence.decided"].value == 7
    given.done(say(root, office, 9, "市司法局汇总"))
    assert compiled(root, 2025).figures["t2.licence.decided"].value == 9
    made = given.done(oversight.compile_report(county, 2025, given.at(2026, 3, 2)))
    assert made.figures["t2.licence.decided"].value == 4


def test_a_unit_states_a_cell_once_wherever_it_is_entered(city):
    root, _, county = city
    theirs, office = given.person(county, "office"), given.person(root, "office")
    given.done(say(county, theirs, 2, "某镇（未接入）", "t3.new_received.natural"))
    refused = say(root, office, 2, "某镇（未接入）", "t3.new_received.natural")
    assert isinstance(refused, Refused)
    assert county.name in refused.why
    given.done(say(county, theirs, 5, "某镇（未接入）", "t3.new_received.natural"))
    assert compiled(root, 2025).figures["t3.new_received.natural"].value == 5


def test_a_declaration_or_a_section_without_its_act_is_not_kept(city, monkeypatch):
    root, *_ = city
    office = given.person(root, "office")

    def fails(*deeds):
        raise OSError("the disk is full")

    monkeypatch.setattr("mingtang.oversight.reports.declaring.record", fails)
    with pytest.raises(OSError, match="disk"):
        say(root, office, 1, "某单位")
    with pytest.raises(OSError, match="disk"):
        oversight.take(
            root, "write", year=2025, section="五", text="问题。", by=office, at=given.at(2026, 1, 20)
        )
    assert oversight.find("declared").count() == oversight.find("report").count() == 0


def test_what_people_write_in_two_sections_is_kept_in_both(city):
    root, *_ = city
    office = given.person(root, "office")
    for section in ("五", "六"):
        given.done(
            oversight.take(
                root,
                "write",
                year=2025,
                section=section,
                text=f"写{section}",
                by=office,
                at=given.at(2026, 1, 20),
            )
        )
    assert oversight.find("report").one().prose == {"五": "写五", "六": "写六"}


def test_how_many_times_the_head_took_part_can_be_declared_where_the_rows_are_silent(city):
    root, bureau, _ = city
    keeper, office = given.person(root, "keeper"), given.person(root, "office")
    at = given.at(2026, 3, 2)
    rows = [{"agency": bureau, "kind": "conference", "subject": "发布会", "held_on": date(2017, 5, 2)}]
    given.done(oversight.enter("press_conference", rows, by=keeper, at=at, source="旧系统"))
    said = {
        "unit_name": root.name,
        "source": "台账",
        "signer": "某",
        "signed_on": date(2018, 1, 5),
        "by": office,
        "at": at,
    }
    given.done(oversight.take(root, "declare", year=2017, cell="2.2.1.1", value=Decimal(1), **said))
    assert compiled(root, 2017).figures["2.2.1.1"].value == 1
    by_alias = said | {"unit_name": bureau.short_name}
    assert isinstance(
        oversight.take(root, "declare", year=2017, cell="1.1", value=Decimal(5), **by_alias), Refused
    )


def test_an_organ_that_ended_since_was_on_the_platform_in_the_years_it_lived(city):
    root, *_ = city
    office = given.person(root, "office")
    old = given.organ("测试市粮食局", root)
    new = given.organ("测试市发改局", root, valid_from=date(2026, 1, 12))
    given.passed(old, new, given.at(2026, 1, 12))
    refused = say(root, office, 2, old.name, "t3.new_received.natural")
    assert isinstance(refused, Refused)
    assert old.name in refused.why
    # In 2025 the new organ was not there yet: nobody counted rows of it.
    given.done(say(root, office, 2, new.name, "t3.new_received.natural"))


def test_who_declares_holds_the_year_before_looking_whether_another_did(city):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    root, *_ = city
    office = given.person(root, "office")
    with CaptureQueriesContext(connection) as asked:
        given.done(say(root, office, 2, "某镇（未接入）"))
    said = [q["sql"] for q in asked]
    held = [n for n, sql in enumerate(said) if sql.startswith("SELECT") and "oversight_counted" in sql]
    looked = next(n for n, sql in enumerate(said) if sql.startswith("SELECT") and "oversight_declared" in sql)
    assert held
    assert max(held) < looked
