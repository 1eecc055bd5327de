"""文件登记簿: every paper an organ issued that is no secret, public or not, with its attribute and who decided it.

A document with a 文号 stands here by itself; papers that are not public are entered (form, table). Source: 条例第四条,
第十三条; 国办发〔2016〕80号：公开属性源头认定.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from mingtang.disclosure import secrecy
from mingtang.disclosure.judging import judge_words
from mingtang.disclosure.models import Document, Edition, IssuedPaper
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Agency, Deed, Person, Reach, Verdict, may, record

ATTRIBUTES = dict(Edition.ATTRIBUTES)
SOURCES = dict(IssuedPaper.SOURCES)
BASIS = "国办发〔2016〕80号：公开属性源头认定"
_MARKS = str.maketrans({**dict.fromkeys("[［【(（", "〔"), **dict.fromkeys("]］】)）", "〕")})


def plain(doc_no: str) -> str:
    """A 文号 in any bracket style, as the register writes it: 六角括号, no spaces."""
    return "".join(doc_no.split()).translate(_MARKS)[:80]


def ways_to_write(doc_no: str) -> set[str]:
    """A 文号 in every bracket style that is in use, to be found however somebody wrote it."""
    written = plain(doc_no)
    return {
        written.replace("〔", a).replace("〕", b) for a, b in ("〔〕", "[]", "［］", "()", "（）", "【】")
    } | {doc_no}


# --- what follows the catalogue ---------------------------------------------------------------------------------


def clash(agency: Agency, values: Mapping[str, Any], document: Document | None = None) -> Refused | None:
    """Why a draft cannot say this attribute: the register holds another one, and a change needs its reason."""
    number, wanted = plain(str(values.get("doc_no") or "")), values.get("attribute") or Edition.OPEN
    held = IssuedPaper.objects.filter(document=document).first() if document else None
    if held is None and number:
        held = IssuedPaper.objects.filter(agency=agency, doc_no=number, document__isnull=True).first()
    if held is None or held.attribute == wanted:
        return None
    if held.document_id and wanted != Edition.OPEN and values.get("attribute_ground"):
        return None  # taken back from the public on a ground: the change is recorded with it
    return Refused(
        f"文件登记簿里{held.doc_no or '这份文件'}是{ATTRIBUTES[held.attribute]}，这里写的是{ATTRIBUTES[wanted]}",
        BASIS,
        "请先在文件登记簿变更公开属性并写明理由；改为不公开的，也可以在这里写明依据和理由",
    )


def keep(document: Document, edition: Edition, by: Person | None, at: datetime) -> None:
    """Let the document's line say what its edition says; a document without a 文号 gets none.

    A line that was entered before and has the same 文号 becomes the document's.
    """
    number = plain(edition.doc_no)
    line = IssuedPaper.objects.filter(document=document).first()
    if line is None and number:
        entered = IssuedPaper.objects.filter(agency_id=document.agency_id, document__isnull=True)
        line = entered.filter(doc_no=number).first() or _drafted(document, by, at)
    if line is None:
        return
    before = line.attribute if line.pk else edition.attribute
    said = (line.doc_no, line.title) if line.pk else None
    line.document = document
    _say(line, edition)
    line.save()
    if said and said != (line.doc_no, line.title):
        _record_follow(line, said, edition, by, at)
    if before != line.attribute:
        _record_change(line, before, edition.attribute_ground, by, at)


def _drafted(document: Document, by: Person | None, at: datetime) -> IssuedPaper:
    return IssuedPaper(agency_id=document.agency_id, source="draft", entered_at=at, entered_by=by)


def _say(line: IssuedPaper, edition: Edition) -> None:
    line.doc_no, line.title, line.written_on = plain(edition.doc_no), edition.title, edition.written_on
    line.attribute, line.attribute_ground = edition.attribute, edition.attribute_ground


def keep_taken_over(pairs: Sequence[tuple[Document, Edition]], source: str, by: Person, at: datetime) -> None:
    """Lines for documents of another system's catalogue that have a 文号; one entered before becomes the document's."""
    numbered = [(d, e) for d, e in pairs if plain(e.doc_no)]
    entered = {
        (p.agency_id, p.doc_no): p
        for p in IssuedPaper.objects.filter(
            document__isnull=True, doc_no__in={plain(e.doc_no) for _d, e in numbered}
        )
    }
    fresh = []
    for document, edition in numbered:
        line = entered.pop((document.agency_id, plain(edition.doc_no)), None)
        if line is not None:
            line.document = document
            line.save(update_fields=["document"])
            continue
        line = IssuedPaper(
            agency_id=document.agency_id, source="take_over", stated_by=source, document=document,
            entered_at=at, entered_by=by,
        )  # fmt: skip
        _say(line, edition)
        fresh.append(line)
    IssuedPaper.objects.insert(fresh)


# --- what is entered --------------------------------------------------------------------------------------------


def fault_of(values: Mapping[str, Any], day: date) -> tuple[str, Refused] | None:
    """The first reason why these values are no line of the register, with the field it lies in; None when they are."""
    title, number = str(values.get("title") or "").strip(), plain(str(values.get("doc_no") or ""))
    attribute, written = values.get("attribute"), values.get("written_on")
    if not title or len(title) > 300:
        return "title", Refused("标题没有填写，或超过300字", BASIS, "请填写文件的正式全称")
    if not number:
        return "doc_no", Refused(
            "没有写文号", "党政机关公文处理工作条例：发文字号", "请照文件写，例如 示政发〔2026〕12号"
        )
    if not isinstance(written, date):
        return "written_on", Refused("没有写成文日期", BASIS, "请写签发日，例如 2026-11-23")
    if written > day:
        return "written_on", Refused(f"成文日期{written}在今天之后", BASIS, "请核对成文日期")
    if attribute not in ATTRIBUTES:
        return "attribute", Refused(
            "公开属性只能是" + "、".join(ATTRIBUTES.values()), BASIS, "请从三项中选择"
        )
    if attribute == Edition.CLOSED and not str(values.get("attribute_ground") or "").strip():
        return "attribute_ground", Refused("定为不予公开，没有写明理由", BASIS, "请写明依据的条款和理由")
    if secret := next((f for f in judge_words(f"{title}\n{number}") if f.code == "meta.secrecy"), None):
        return "title", Refused(
            f"涉密文件不登记在这里：{secret.message}", "保密法第二十五条", "请在涉密系统登记"
        )
    return None


def enter(
    rows: Sequence[Mapping[str, Any]], *, by: Person, at: datetime, source: str = "form", stated_by: str = ""
) -> list[IssuedPaper] | Refused:
    """Enter papers, all or none: ``agency``, ``doc_no``, ``title``, ``written_on``, ``attribute``, ``attribute_ground``."""
    reach, day = Reach(by), at.astimezone(SHANGHAI).date()
    lent: dict[int, Verdict] = {}
    for row in rows:
        if not (verdict := reach.may("paper.enter", row["agency"])):
            return Refused(verdict.why, verdict.basis, "请由该单位公开专员登记")
        lent[row["agency"].pk] = verdict
        texts = (
            str(row.get("title") or ""),
            str(row.get("doc_no") or ""),
            str(row.get("attribute_ground") or ""),
        )
        if secrecy.names_mark(texts):
            return secrecy.stop(by, at, row["agency"], "draft", secrecy.digest_of({"texts": texts}))
        if fault := unkept(*texts):
            return fault
        if found := fault_of(row, day):
            return found[1]
    with transaction.atomic():
        if there := standing((row["agency"].pk, row["doc_no"]) for row in rows):
            return Refused(
                f"文件登记簿里已有{sorted(n for _a, n in there)[0]}", BASIS, "请核对文号；已有的不用再登记"
            )
        made = [_entered(row, by, at, source, stated_by) for row in rows]
        try:
            with transaction.atomic():
                IssuedPaper.objects.insert(made)
        except IntegrityError:  # somebody entered the same at this moment
            return Refused("同样的文号正有人登记", BASIS, "请刷新文件登记簿，看是不是已经登记")
        for organ, verdict in lent.items():
            with verdict.standing():
                record(*(_entry(p, by, at) for p in made if p.agency_id == organ))
    return made


def _entry(p: IssuedPaper, by: Person, at: datetime) -> Deed:
    facts = {"doc_no": p.doc_no, "attribute": p.attribute, "source": p.source}
    return Deed("paper.enter", "paper", str(p.pk), at, by, p.agency_id, BASIS, facts, {"ground": p.attribute_ground})  # fmt: skip


def _entered(row: Mapping[str, Any], by: Person, at: datetime, source: str, stated_by: str) -> IssuedPaper:
    closed = row["attribute"] != Edition.OPEN
    return IssuedPaper(
        agency=row["agency"], doc_no=plain(row["doc_no"]), title=str(row["title"]).strip(), written_on=row["written_on"],
        attribute=row["attribute"], attribute_ground=str(row.get("attribute_ground") or "").strip()[:200] if closed else "",
        source=source, stated_by=stated_by, entered_at=at, entered_by=by,
    )  # fmt: skip


def standing(numbers: Any) -> set[tuple[int, str]]:
    """Which of these (organ, 文号) the register holds already."""
    wanted = {(agency, plain(number)) for agency, number in numbers}
    held: set[tuple[int, str]] = set()
    known: Collection[str] = [n for _a, n in wanted]
    for start in range(0, len(known), 500):
        part = list(known)[start : start + 500]
        held |= set(IssuedPaper.objects.filter(doc_no__in=part).values_list("agency_id", "doc_no"))
    return wanted & held


# --- its attribute ----------------------------------------------------------------------------------------------


def change(
    paper_id: int, attribute: str, *, ground: str = "", reason: str = "", by: Person, at: datetime
) -> IssuedPaper | Refused:
    """Change a paper's attribute for a reason, with one Act; a draft of it follows.

    Refused for what is public (it is withdrawn first), for what is under review, and without a reason.
    """
    if stopped := stopped_words(paper_id, (ground, reason), by, at):
        return stopped
    with transaction.atomic():
        line = IssuedPaper.objects.select_for_update(of=("self",)).filter(pk=paper_id).first()
        if line is None:
            return Refused("登记簿里没有这份文件", BASIS, "请从文件登记簿重新打开")
        if not (verdict := may(by, "paper.decide", line)):
            return Refused(verdict.why, verdict.basis, "请由本单位负责人办理")
        if attribute == line.attribute:
            return Refused(f"已经是{ATTRIBUTES[attribute]}", BASIS, "不需要再办")
        if fault := _unreasoned(attribute, ground, reason) or unkept(ground, reason) or bound(line):
            return fault
        before = line.attribute
        settle(line, attribute, ground)
        with verdict.standing():
            _record_change(line, before, reason.strip()[:500], by, at)
    return line


def stopped_words(paper_id: int, texts: tuple[str, ...], by: Person, at: datetime) -> secrecy.Stopped | None:
    """The answer to words about a paper that bear a secrecy mark; None when they may be kept."""
    if not secrecy.names_mark(texts):
        return None
    agency = IssuedPaper.objects.filter(pk=paper_id).values_list("agency_id", flat=True).first()
    return secrecy.stop(by, at, agency, "draft", secrecy.digest_of({"texts": texts}))


def _unreasoned(attribute: str, ground: str, reason: str) -> Refused | None:
    if attribute not in ATTRIBUTES:
        return Refused("公开属性只能是" + "、".join(ATTRIBUTES.values()), BASIS, "请从三项中选择")
    if not reason.strip():
        return Refused("变更公开属性没有写明理由", BASIS, "请写明情况发生了什么变化")
    if attribute == Edition.CLOSED and not ground.strip():
        return Refused("定为不予公开，没有写明依据", BASIS, "请写明依据的条款")
    return None


def unkept(*texts: str) -> Refused | None:
    """Why words cannot stand in the register: personal data in them."""
    found = (f for t in texts for f in judge_words(t) if f.severity == "error" and f.code.startswith("pii."))
    if (wrong := next(found, None)) is None:
        return None
    return Refused(
        f"写的内容里有个人信息：{wrong.message}", "条例第十五条", wrong.suggestion or "请改写，不写号码和住址"
    )


def bound(line: IssuedPaper) -> Refused | None:
    """Why the document of a line does not let its attribute change now."""
    document = line.document
    if document is None:
        return None
    if document.state == Document.LIVE:
        return Refused("这份文件已经公开", "条例第六条、第十八条", "确需不再公开的，请先撤下，再变更公开属性")
    if document.editions.filter(
        state__in=("submitted", "head_done", "secrecy_done", "approved", "batched")
    ).exists():
        return Refused("这份文件正在审签", BASIS, "请先退回起草人，再变更公开属性")
    return None


def settle(line: IssuedPaper, attribute: str, ground: str) -> None:
    """Write the attribute to the line and to the draft that it belongs to."""
    line.attribute, line.attribute_ground = (
        attribute,
        "" if attribute == Edition.OPEN else ground.strip()[:200],
    )
    line.save(update_fields=["attribute", "attribute_ground"])
    if line.document_id:
        line.document.editions.filter(state=Edition.DRAFT).update(
            attribute=line.attribute, attribute_ground=line.attribute_ground
        )


def _record_change(line: IssuedPaper, before: str, reason: str, by: Person | None, at: datetime) -> None:
    # What people write may name somebody: it can be erased, unlike the facts.
    said = {"ground": line.attribute_ground, "reason": reason}
    facts = {"from": before, "to": line.attribute}
    record(Deed("paper.change", "paper", str(line.pk), at, by, line.agency_id, BASIS, facts, said))


def _record_follow(
    line: IssuedPaper, said: tuple[str, str], edition: Edition, by: Person | None, at: datetime
) -> None:
    """A line that says another number or title than before, because its document does."""
    facts = {"edition": edition.number, "from": said[0], "to": line.doc_no}
    titles = {} if said[1] == line.title else {"title_from": said[1], "title_to": line.title}
    record(Deed("paper.follow", "paper", str(line.pk), at, by, line.agency_id, BASIS, facts, titles))


def unopened(document: Document) -> Refused | None:
    """Why a document cannot go out: its line in the register says that it is not for everybody."""
    line = IssuedPaper.objects.filter(document=document).exclude(attribute=Edition.OPEN).first()
    if line is None:
        return None
    return Refused(
        f"文件登记簿里这份文件是{ATTRIBUTES[line.attribute]}", BASIS, "需要公开时先变更公开属性并写明理由"
    )
