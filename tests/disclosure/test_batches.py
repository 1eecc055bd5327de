"""Many rows reviewed as one paper: sampled, risky ones pulled out, each row public as a document of its own (decision 0007)."""

import hypothesis
import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from mingtang.config.schedule import drain_all
from mingtang.disclosure import api as disclosure
from mingtang.disclosure import batches, publishing
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db
AT = given.at(2026, 11, 23)
HEAD = ("原编号", "标题", "决定书文号", "决定日期", "正文")
PROJECT = ("原编号", "标题", "项目代码", "阶段", "项目（建设）单位", "办理结果", "正文")


def brought(by, organ, rows, kind="penalty", name="处罚.csv"):
    """A table of penalties (number, title and text of each) brought by somebody."""
    head, cells = HEAD, [(str(n), title, f"测罚〔2026〕{n}号", "2026-11-20", text) for n, title, text in rows]
    if kind == "project_approval":
        head, cells = (
            PROJECT,
            [(str(n), t, f"2602-{n}", "核准", "某公司", "同意", text) for n, t, text in rows],
        )
    lines = "\n".join(",".join(row) for row in (head, *cells)).encode()
    table = disclosure.BatchTable.of_file(lines, name)
    ledger.store(lines, "text/csv")
    with ledger.clock_at(AT):
        return table.bring(by, AT, agency=organ, kind=kind)


def plain(*numbers):
    return [(n, f"处罚决定第{n}件", "对某企业罚款。") for n in numbers]


def sent(batch):
    with ledger.clock_at(AT):
        while drain_all():
            pass
    return [r.number for r in disclosure.find("batch_line", batch_document_id=batch) if r.published_at]


@pytest.fixture
def batch(organ, people):
    return given.done(brought(people["clerk"], organ, plain(*range(1, 9)))).document_id


def signed(batch, people, *verbs):
    for verb in ("submit", "sign", *verbs):
        given.move(batch, verb, people["clerk" if verb == "submit" else "signer"], AT)


def test_one_signature_on_a_batch_makes_each_row_public_with_its_own_number_and_the_paper_stays_inside(
    batch, people
):
    signed(batch, people, "publish")
    assert sent(batch) == [2, 3, 4, 5, 6, 7, 8, 9]
    rows = disclosure.find("document", state="live")
    assert [r.index_no[-5:] for r in rows.order("pk")] == [f"{n:05d}" for n in range(1, 9)]
    assert {(r.origin_type, r.origin_id) for r in rows} == {("batch", str(batch))}
    assert disclosure.find("document", pk=batch).one().state == "draft"
    assert disclosure.find("publication", first=True).count() == 8, "the paper is not one 条 more"
    told = ledger.find("act", subject_type="document", verb="document.publish", person_id=people["signer"].pk)
    assert told.count() == 8


def test_what_is_in_doubt_is_pulled_out_with_its_reason_and_never_comes_out_with_the_batch(organ, people):
    given.published(people, organ, AT, kind="penalty", title="老件", data={"decision_no": "测罚〔2026〕3号"})
    rows = [*plain(1, 2), (3, "老件", "对某企业罚款。"), (4, "处罚决定第4件", "当事人手机13812345678。")]
    batch = given.done(brought(people["clerk"], organ, rows)).document_id
    out = {r.number: r for r in disclosure.find("batch_line", batch_document_id=batch) if r.pulled_in == 0}
    assert set(out) == {4, 5}
    why = disclosure.BatchTable.reasons([r.document_id for r in out.values()])
    assert "已公开的" in why[out[4].document_id]
    assert "pii" in why[out[5].document_id]
    signed(batch, people, "publish")
    assert sent(batch) == [2, 3]
    own = disclosure.find("document", pk=out[4].document_id).one()
    assert (own.state, own.origin_type) == ("draft", ""), "it is a draft like any other"
    given.move(own.id, "submit", people["clerk"], AT)
    given.move(own.id, "sign", people["signer"], AT)
    assert given.move(own.id, "publish", people["signer"], AT).state == "live"


def test_a_reviewer_pulls_out_a_row_and_what_was_signed_still_holds_for_the_rest(batch, people):
    signed(batch, people)
    row = disclosure.find("batch_line", batch_document_id=batch, number=4).one()
    assert isinstance(
        disclosure.BatchTable.pull_out(row.document_id, " ", by=people["signer"], at=AT), Refused
    )
    assert isinstance(
        disclosure.BatchTable.pull_out(row.document_id, "疑", by=people["director"], at=AT), Refused
    )
    given.done(
        disclosure.BatchTable.pull_out(row.document_id, "金额与决定书不符", by=people["signer"], at=AT)
    )
    given.move(batch, "publish", people["signer"], AT)
    assert sent(batch) == [2, 3, 5, 6, 7, 8, 9]
    told = ledger.find("act", verb="document.pull_out", subject_id=str(row.document_id)).one()
    assert (told.facts["row"], told.payload["reason"]) == (4, "金额与决定书不符")


def test_no_verb_reaches_a_row_beside_its_batch_and_the_paper_itself_is_not_written(batch, people):
    row = disclosure.find("batch_line", batch_document_id=batch, number=2).one().document_id
    for verb in ("edit", "submit", "sign", "publish", "emergency", "withdraw"):
        assert isinstance(disclosure.take(row, verb, by=people["signer"], at=AT), Refused), verb
    for verb in ("edit", "override", "emergency", "correct", "discard"):
        assert isinstance(disclosure.take(batch, verb, by=people["clerk"], at=AT), Refused), verb


def test_the_same_table_doubles_nothing_and_a_mended_one_adds_only_what_is_new(batch, organ, people):
    again = given.done(brought(people["clerk"], organ, plain(*range(1, 9))))
    assert (again.taken, again.known, again.document_id) == (0, 8, None)
    more = given.done(brought(people["clerk"], organ, plain(8, 9), name="补.csv"))
    assert (more.taken, more.known) == (1, 1)
    assert disclosure.find("batch_line").count() == 9


def test_a_row_that_cannot_be_a_document_comes_back_and_a_secrecy_mark_stops_the_table(organ, people):
    done = given.done(brought(people["clerk"], organ, [*plain(1), (2, "", "没有标题")]))
    assert (done.taken, [m.row for m in done.misfits]) == (1, [3])
    marked = brought(people["clerk"], organ, [*plain(5), (6, "处罚决定第6件", "机密★10年")], name="密.csv")
    assert isinstance(marked, disclosure.Stopped)
    assert disclosure.find("batch").count() == 1


def test_publishing_cut_short_goes_on_where_it_stopped(batch, people, monkeypatch):
    signed(batch, people, "publish")
    monkeypatch.setattr(batches, "_SLICE", 3)
    real, calls = publishing.publish, []

    def dies(*args):
        calls.append(args)
        if len(calls) == 5:
            raise OSError("killed")
        return real(*args)

    monkeypatch.setattr(publishing, "publish", dies)
    with pytest.raises(OSError, match="killed"), ledger.clock_at(AT):
        batches.send(batch)
    assert disclosure.find("document", state="live").count() == 3, "a slice is whole or not at all"
    assert sent(batch) == [2, 3, 4, 5, 6, 7, 8, 9]
    numbers = sorted(d.index_no[-5:] for d in disclosure.find("document", state="live"))
    assert numbers == [f"{n:05d}" for n in range(1, 9)], "no number is lost"
    assert batches.send(batch) == 0


def test_a_return_starts_over_and_the_rows_are_looked_at_again(batch, organ, people):
    given.move(batch, "submit", people["clerk"], AT)
    seed = disclosure.find("batch", document_id=batch).one().seed
    given.move(batch, "return", people["signer"], AT, comment="抽看的三行写法不一")
    given.published(
        people, organ, AT, kind="penalty", title="处罚决定第2件", data={"decision_no": "测罚〔2026〕2号"}
    )
    given.move(batch, "submit", people["clerk"], AT)
    second = disclosure.find("batch", document_id=batch).one()
    assert second.seed != seed
    assert [r.number for r in disclosure.find("batch_line", pulled_in=1)] == [3], (
        "what is live by now goes by itself"
    )
    given.move(batch, "sign", people["signer"], AT)
    given.move(batch, "publish", people["signer"], AT)
    assert len(sent(batch)) == 7


def test_whoever_brings_the_rest_of_a_table_has_written_it_too(organ, people, monkeypatch):
    both = given.person(organ, "clerk", "signer")
    text = plain(*range(1, 4))
    monkeypatch.setattr("mingtang.disclosure.batch_table._SLICE", 2)
    real, calls = batches.BatchLine.objects.create, []

    def dies(**fields):
        calls.append(fields)
        if len(calls) == 3:
            raise OSError("killed")
        return real(**fields)

    monkeypatch.setattr(batches.BatchLine.objects, "create", dies)
    with pytest.raises(OSError, match="killed"):
        brought(people["clerk"], organ, text)
    batch = disclosure.find("batch").one().document_id
    assert "再送一次" in disclosure.take(batch, "submit", by=people["clerk"], at=AT).instead
    assert given.done(brought(both, organ, text)).document_id == batch
    given.move(batch, "submit", people["clerk"], AT)
    assert "起草人或修改人" in disclosure.take(batch, "sign", by=both, at=AT).why


@pytest.mark.parametrize(("rows", "sampled"), [(3, 3), (8, 5), (25, 5), (26, 6), (2000, 45)])
def test_the_sample_is_five_or_the_root_and_anybody_can_draw_it_again(rows, sampled):
    numbers = range(2, rows + 2)
    drawn = batches.sample_of("ab12", numbers)
    assert len(drawn) == sampled
    assert drawn == batches.sample_of("ab12", reversed(numbers))
    assert rows < 30 or drawn != batches.sample_of("ab13", numbers)


def test_kinds_that_come_singly_are_refused(organ, people):
    for kind in ("annual_report", "guide", "policy", "nonsense"):
        assert isinstance(brought(people["clerk"], organ, plain(1), kind=kind), Refused), kind


@settings(
    max_examples=given.examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@hypothesis.given(
    kind=st.sampled_from(["penalty", "project_approval"]),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["submit", "head_review", "secrecy_review", "sign", "return", "publish", "pull"]),
            st.sampled_from(["clerk", "section_head", "secrecy", "signer", "all"]),
        ),
        max_size=14,
    ),
)
def test_no_history_of_a_batch_brings_a_row_out_with_fewer_people_than_its_chain(organ, people, kind, steps):
    """Whoever may do everything is tried, too: no row is ever public without its chain's number of people, none its drafter."""
    with transaction.atomic():
        everybody = people | {"all": given.person(organ, "clerk", "section_head", "secrecy", "signer")}
        rows = [(n, f"事项第{n}件", "正文。") for n in (1, 2)]
        batch = given.done(brought(people["clerk"], organ, rows, kind=kind)).document_id
        for verb, who in steps:
            if verb == "pull":
                row = disclosure.find("batch_line", batch_document_id=batch, number=2).one().document_id
                disclosure.BatchTable.pull_out(row, "疑点", by=everybody[who], at=AT)
            else:
                facts = {"comment": "请改"} if verb == "return" else {}
                disclosure.take(batch, verb, by=everybody[who], at=AT, **facts)
        sent(batch)
        needed = {"penalty": 1, "project_approval": 2}[kind]
        out = disclosure.find("batch_line", batch_document_id=batch, published_at__isnull=False)
        told = ledger.find("act", subject_type="document", subject_id=str(batch))
        since = told.where(verb="document.submit").order("-pk").first()
        passed = told.where(
            verb__in=("document.head_review", "document.sign"), pk__gt=since.id if since else 0
        )
        if out.exists():
            assert len({a.person_id for a in passed} - {people["clerk"].pk}) >= needed, "of the last round"
            assert not out.where(pulled_in__isnull=False).exists()
        transaction.set_rollback(True)


def other(rows, number):
    """The same rows, the decision of the second bearing another number as it would be typed."""
    head, first, second, *rest = "\n".join(",".join(r) for r in rows).splitlines()
    return "\n".join((head, first, ",".join([*second.split(",")[:2], number, *second.split(",")[3:]]), *rest))


def test_two_rows_of_one_number_are_one_thing_however_the_number_is_written(organ, people):
    given.published(people, organ, AT, kind="penalty", title="老件", data={"decision_no": "测罚〔2026〕9号"})
    rows = [
        HEAD,
        ("1", "甲", "测罚〔2026〕5号", "2026-11-20", "罚款。"),
        ("2", "乙", "x", "2026-11-20", "罚款。"),
    ]
    for number, why in (("测罚[2026]5号", "与表里第2行相同"), ("测罚(2026)9号", "与已公开的")):
        lines = other(rows, number).encode()
        table = disclosure.BatchTable.of_file(lines, "处罚.csv")
        with ledger.clock_at(AT):
            done = given.done(table.bring(people["clerk"], AT, agency=organ, kind="penalty", dry=True))
        assert [(n, why in said) for n, _title, said in done.risky] == [(3, True)]


def test_a_batch_of_which_every_row_is_in_doubt_is_closed_and_the_rows_are_drafts(organ, people):
    rows = [(n, f"处罚决定第{n}件", "当事人手机13812345678。") for n in (1, 2)]
    batch = given.done(brought(people["clerk"], organ, rows)).document_id
    given.move(batch, "submit", people["clerk"], AT)
    assert disclosure.editions(batch)[-1].state == "released"
    told = ledger.find(
        "act", subject_type="document", subject_id=str(batch), verb="document.release_batch"
    ).one()
    assert told.facts["rows"] == 0
    assert not ledger.find("act", subject_id=str(batch), verb="document.submit").exists()


def test_what_became_public_meanwhile_does_not_go_out_twice(batch, organ, people):
    signed(batch, people, "publish")
    given.published(
        people, organ, AT, kind="penalty", title="抢先公开", data={"decision_no": "测罚[2026]3号"}
    )
    assert 4 not in sent(batch)
    late = disclosure.find("batch_line", batch_document_id=batch, number=4).one().document_id
    assert "已公开的" in disclosure.BatchTable.reasons([late])[late]


def test_rows_do_not_go_out_in_the_name_of_somebody_who_may_no_longer_publish(
    batch, organ, people, monkeypatch
):
    monkeypatch.setattr(batches, "_SLICE", 3)
    signed(batch, people, "publish")
    with ledger.clock_at(AT):
        assert batches._slice(batch) == 3
    given.done(ledger.take(people["signer"], "deactivate", by=None, at=AT))
    assert sent(batch) == [2, 3, 4]
    assert disclosure.editions(batch)[-1].state == "approved"
    assert ledger.find("act", subject_id=str(batch), verb="document.hold_back").exists()
    given.move(batch, "publish", given.person(organ, "signer"), AT)
    assert sent(batch) == [2, 3, 4, 5, 6, 7, 8, 9], "somebody else orders out what is left"


def test_a_table_that_comes_in_by_two_sheets_is_whole(organ, people, monkeypatch):
    monkeypatch.setattr("mingtang.disclosure.batch_table._SLICE", 1)
    real, calls = batches.BatchLine.objects.create, []

    def dies(**fields):
        calls.append(fields)
        if len(calls) == 2:
            raise OSError("killed")
        return real(**fields)

    monkeypatch.setattr(batches.BatchLine.objects, "create", dies)
    with pytest.raises(OSError, match="killed"):
        brought(people["clerk"], organ, plain(1, 2))
    first = disclosure.find("batch").one().document_id
    given.done(brought(people["clerk"], organ, plain(2), name="补.csv"))
    given.done(brought(people["clerk"], organ, plain(1, 2)))
    given.move(first, "submit", people["clerk"], AT)
    assert disclosure.find("batch", document_id=first).one().size == 1


def test_two_rows_under_one_number_of_the_other_system_come_back_and_neither_vanishes(organ, people):
    done = given.done(
        brought(people["clerk"], organ, [(1, "甲", "罚款。"), (1, "乙", "警告。"), (2, "丙", "警告。")])
    )
    assert (done.taken, done.known) == (2, 0)
    assert [(m.row, m.column, "第2行" in m.why) for m in done.misfits] == [(3, "原编号", True)]
