"""Drafting: a document enters the catalogue, its edition is written, cleaned and fingerprinted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

import nh3
from django.db import transaction
from django.db.models import Max

from mingtang.disclosure import papers, secrecy
from mingtang.disclosure.events import await_publication
from mingtang.disclosure.kinds import REQUIRABLE, key_areas, kinds, themes
from mingtang.disclosure.models import Attachment, Document, Edition
from mingtang.disclosure.secrecy import Declassified
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Agency, Deed, FileRow, Person, Verdict, may, number, record

# What a document's text may be made of. Styles, scripts, forms and frames stay out.
_TAGS = {
    "p", "h2", "h3", "h4", "h5", "strong", "b", "em", "i", "u", "sub", "sup", "br", "hr", "ul", "ol", "li", "blockquote",
    "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "img", "a", "figure", "figcaption", "section", "div",
    "span", "dl", "dt", "dd", "svg", "pre",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title", "id"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"}, "ol": {"start"}, "li": {"id"}, "sup": {"id"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "section": {"id"},
}  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=_TAGS - {"svg"}, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto", "attach"}
)
FIELDS = (
    "title", "short_title", "doc_no", "written_on", "effective_on", "repeal_on", "validity", "theme", "genre", "keywords",
    "summary", "source", "attribute", "attribute_ground", "body", "data",
)  # fmt: skip
_DAYS = {"written_on": "成文日期", "effective_on": "生效日期", "repeal_on": "废止日期"}
_TITLE, _KEYWORDS = 300, 20
# No organ that publishes here signed anything before; nothing is put off by a lifetime. Outside it is a slip of the pen.
_FOUNDED, _AHEAD = date(1949, 10, 1), 30
VALIDITIES = {
    "valid": "现行有效",
    "amended": "已修改",
    "partly": "部分失效",
    "expired": "失效",
    "repealed": "废止",
}


def clean(html: str) -> str:
    """The text as it may be shown: known tags only, no scripts, no off-screen styles, http(s) and relative links.

    ``<img src="attach:NAME">`` shows the attachment of that name in the text.
    """
    return _CLEANER.clean(html)


def fingerprint(edition: Any, files: list[tuple[str, str]]) -> str:
    """SHA-256 over everything of an edition that becomes public (fields, text, attachments by name and digest).

    ``edition``: an Edition or its frozen row.
    """
    parts = {f: getattr(edition, f) for f in FIELDS} | {"files": files}
    return hashlib.sha256(
        json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str).encode()
    ).hexdigest()


def _day(value: Any, label: str) -> date | Refused | None:
    if value in (None, ""):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return Refused(
            f"{label}“{str(value)[:20]}”不是日历上的日期",
            "目录元数据：日期为年-月-日",
            "请写成 2026-11-23 这样",
        )


def _fault_of_days(values: Mapping[str, Any], day: date) -> Refused | None:
    """Why the days of a paper cannot be: unreadable, before there was a paper like it, signed after today, out of order."""
    days: dict[str, date] = {}
    for key, label in _DAYS.items():
        found = _day(values.get(key), label)
        if isinstance(found, Refused):
            return found
        if found and (found < _FOUNDED or found.year > day.year + _AHEAD):
            return Refused(
                f"{label}{found}的年份多半写错了",
                f"日期在{_FOUNDED}以后，也不会在{_AHEAD}年以外",
                f"请核对{label}的年份",
            )
        if found:
            days[key] = found
    if "written_on" in days and days["written_on"] > day:
        return Refused(
            f"成文日期{days['written_on']}在今天之后",
            "成文日期是签发日，不会晚于公开的那天",
            "请核对成文日期",
        )
    if "effective_on" in days and days.get("repeal_on", date.max) < days["effective_on"]:
        return Refused(
            f"废止日期{days['repeal_on']}早于生效日期", "先生效，后废止", "请核对废止日期和生效日期"
        )
    return None


def fault_of(kind: str, values: Mapping[str, Any], day: date) -> Refused | None:
    """The first reason why these values cannot be an edition, or None."""
    if kind not in kinds():
        return Refused(
            f"没有“{kind}”这个文种",
            "目录：文种清单",
            "可用的文种：" + "、".join(k.title for k in kinds().values()),
        )
    title = str(values.get("title") or "").strip()
    if not title:
        return Refused("标题没有填写", "目录元数据：名称为必选项", "请填写文件的正式全称")
    if len(title) > _TITLE:
        return Refused(
            f"标题有{len(title)}字，超过{_TITLE}字", "目录元数据：名称的长度", "请核对是不是误粘了正文"
        )
    if len(values.get("keywords") or ()) > _KEYWORDS:
        return Refused(
            f"主题词有{len(values['keywords'])}个，最多{_KEYWORDS}个", "目录元数据：主题词", "请只留最切题的"
        )
    if fault := _fault_of_days(values, day):
        return fault
    if values.get("theme") and values["theme"] not in themes():
        return Refused(f"没有“{values['theme']}”这个主题分类", "目录元数据：主题分类", "请从主题分类表中选择")
    if values.get("validity", "valid") not in VALIDITIES:
        return Refused(
            "有效性只能是：" + "、".join(VALIDITIES.values()), "目录元数据：有效性", "请从列表中选择"
        )
    if values.get("attribute", Edition.OPEN) not in dict(Edition.ATTRIBUTES):
        return Refused(
            "公开属性只能是主动公开、依申请公开、不予公开",
            "国办发〔2016〕80号：公开属性源头认定",
            "请从三项中选择",
        )
    if values.get("attribute") == Edition.CLOSED and not values.get("attribute_ground"):
        return Refused(
            "定为不予公开，没有写明理由", "国办发〔2016〕80号：不予公开应说明理由", "请写明依据的条款和理由"
        )
    return _fault_of_kind(kind, values, day)


def _fault_of_kind(kind: str, values: Mapping[str, Any], day: date) -> Refused | None:
    """Why the fields that the kind adds or asks for cannot stand."""
    spec, data = kinds()[kind], values.get("data") or {}
    basis = f"文种“{spec.title}”的必填项"
    if missing := next((k for k in spec.requires if not values.get(k)), None):
        return Refused(f"“{REQUIRABLE[missing]}”没有填写", basis, f"请填写{REQUIRABLE[missing]}")
    for f in spec.fields:
        required = basis if data.get(f.key) in (None, "", []) else f"文种“{spec.title}”"
        if fault := f.fault(data.get(f.key), required):
            return fault
    own = {f.key: f for f in spec.fields}
    if fault := next(filter(None, (rule.fault(own, data) for rule in spec.rules)), None):
        return fault
    said = data.get("ends_on")
    return _term_fault(own["ends_on"].label, said, day) if said and "ends_on" in own else None


def _term_fault(label: str, said: Any, day: date) -> Refused | None:
    """Why a term cannot end on that day."""
    if date.fromisoformat(str(said)) <= day:
        return Refused(
            f"{label}{said}，已经到了", "公示应当有期限", "请写今天以后的日期；不填就按文种的期限算"
        )
    return None


def as_filed(document: Document, edition: Edition, facts: Mapping[str, Any]) -> dict[str, Any] | Refused:
    """The facts that may change in a document whose text and figures belong to another room; others pass as they are.

    A form that sends the text and the fields back as they stand changes nothing.
    """
    given = {k: v for k, v in facts.items() if k != "origin"}
    if not _anothers(document, facts):
        return given
    body, data = given.pop("body", None), given.pop("data", None)
    same_body = body is None or clean(str(body)).split() == edition.body.split()
    if same_body and all(edition.data.get(k) == v for k, v in (data or {}).items()):
        return given
    return Refused(
        f"{kinds()[document.kind].title}的正文和数字来自定稿，不能在这里改写",
        "条例第五十条：年度报告应当载明的内容；数字须与台账一致",
        "可以改标题、日期等项目；数字有误的，另发更正说明",
    )


def _anothers(document: Document, facts: Mapping[str, Any]) -> bool:
    """Do text, figures and files belong to another room than the one that writes (``origin`` names who writes)?"""
    return kinds()[document.kind].origin not in ("", facts.get("origin", ("", ""))[0])


def files_as_filed(
    document: Document, edition: Edition, files: list[tuple[str, FileRow]], facts: Mapping[str, Any]
) -> Refused | None:
    """Why these attachments cannot stand: a file that another room filed would go missing or be exchanged."""
    if not _anothers(document, facts):
        return None
    filed = set(edition.attachments.values_list("name", "file_id"))
    if filed <= {(name, f.digest) for name, f in files}:
        return None
    return Refused(
        f"{kinds()[document.kind].title}定稿时生成的附件不能删除或替换",
        "条例第五十条：年度报告应当载明的内容；数字须与台账一致",
        "请保留原附件；需要补充的另加附件",
    )


def next_edition(document: Document) -> int:
    """The number of the document's next edition; discarded ones keep theirs."""
    return (document.editions.aggregate(last=Max("number"))["last"] or 0) + 1


def write(edition: Edition, values: Mapping[str, Any]) -> None:
    """Set an edition's fields from checked values; the text is cleaned here and nowhere else."""
    for f in FIELDS:
        if f in values:
            setattr(edition, f, values[f])
    for key in _DAYS:
        found = _day(getattr(edition, key), key)
        setattr(edition, key, found if isinstance(found, date) else None)
    edition.title = edition.title.strip()
    edition.body = clean(edition.body or "")


def readable(raw: str) -> str:
    """A file's name as readers will see it: no folders, no control or direction characters, at most 193 characters."""
    plain = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in raw)
    name = PurePosixPath(plain.replace("\\", "/")).name.strip(" .")
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:180]}{dot}{suffix[:12]}" if stem else name[:190]


def attach(edition: Edition, files: list[tuple[str, FileRow]]) -> None:
    edition.attachments.all().delete()
    Attachment.objects.bulk_create(
        [
            Attachment(edition=edition, file_id=f.digest, name=readable(name) or "附件", order=i)
            for i, (name, f) in enumerate(files)
        ]
    )


def draft(
    by: Person,
    at: datetime,
    *,
    agency: Agency,
    kind: str,
    files: list[tuple[str, FileRow]] | None = None,
    key_area: str = "",
    interprets: int | None = None,
    origin: tuple[str, str] = ("", ""),
    on_site: bool = True,
    allowed: Verdict | None = None,
    declassified: Declassified | None = None,
    **values: Any,
) -> int | Refused:
    """Enter a new document with its first draft; returns its id. ``values`` are the edition's FIELDS.

    ``allowed``: the verdict of the room that makes documents of this kind, where one does (``Kind.origin``).
    ``declassified``: the decision that lifted the secrecy of a paper that bears a mark; without it the paper is stopped
    (``secrecy.Stopped``) and the secrecy officer alarmed.
    """
    at = at.astimezone(SHANGHAI)
    made_elsewhere = kind in kinds() and kinds()[kind].origin
    if not (verdict := (allowed if made_elsewhere else None) or may(by, "document.draft", agency)):
        return Refused(verdict.why, verdict.basis, "请由本单位公开专员起草")
    said = values | {"body": clean(values.get("body") or "")}
    if stopped := secrecy.stopped_draft(by, at, agency, said, files or [], declassified is not None):
        return stopped
    if fault := fault_of(kind, values, at.date()):
        return fault
    spec = kinds()[kind]
    if spec.origin and (origin[0] != spec.origin or not origin[1]):
        return Refused(
            f"{spec.title}由编制定稿生成，不能另行起草",
            "条例第四十九条、第五十条：年度报告的数字须有出处",
            "请在“年报”中编制，定稿后自动生成送审稿",
        )
    if key_area and key_area not in key_areas():
        return Refused(f"没有“{key_area}”这个重点领域", "年度工作要点", "请从重点领域表中选择")
    if declassified and (fault := declassified.fault(at.date())):
        return fault
    if fault := papers.clash(agency, values):
        return fault
    more = {
        "key_area": key_area, "on_site": on_site, "interprets_id": interprets, "origin_type": origin[0], "origin_id": origin[1],
    }  # fmt: skip
    with transaction.atomic(), verdict.standing():
        document = enter(
            agency, kind, values, files or [], drafter=by, by=by, at=at, basis=verdict.basis, **more
        )
        if declassified:
            secrecy.declassify(document, declassified, by, at)
    return document.pk


def enter(
    agency: Agency, kind: str, values: Mapping[str, Any], files: list[tuple[str, FileRow]] | None = None, *,
    drafter: Person | None, by: Person | None, at: datetime, basis: str, **more: Any,
) -> Document:  # fmt: skip
    """Write a document that may be entered, with its first draft and its Act; call inside a transaction.

    ``drafter``: whose text it is, None while it is nobody's (a decision opened it). ``more``: the document's own columns.
    """
    spec = kinds()[kind]
    document = Document.objects.create(
        agency=agency, kind=kind, article20=spec.article20, column=spec.column, created_at=at,
        title=str(values["title"]).strip(), **more,
    )  # fmt: skip
    edition = Edition(document=document, number=1, drafter=drafter, drafted_at=at)
    write(edition, values)
    edition.save()
    attach(edition, files or [])
    papers.keep(document, edition, by, at)
    await_publication(document, edition)
    facts = {"title": edition.title}
    record(Deed("document.draft", "document", str(document.pk), at, by, agency, basis, facts))
    return document


def index_number(agency: Agency, year: int, serial: int) -> str:
    """``{organ code}/{yyyy}-{5 digits}``, for life (国务院办公厅秘书局《实施指引（试行）》)."""
    return f"{_index_prefix(agency)}/{year}-{serial:05d}"


def _index_prefix(agency: Agency) -> str:
    return agency.credit_code or agency.code


def index_series(agency: Agency, year: int) -> str:
    """The series that serials are drawn from: that of the printed code, which an organ keeps under a new name."""
    return f"index/{_index_prefix(agency)}/{year}"


def next_index_number(agency: Agency, year: int) -> str:
    return index_number(agency, year, number(index_series(agency, year)))


def working(document: Document) -> Edition:
    """The edition that is being worked on: the newest that was not discarded."""
    kept = document.editions.exclude(state=Edition.DISCARDED)
    return kept.order_by("-number").select_related("drafter").first()
