"""One paper takes another's place: a paper that repeals or amends others marks them when it goes out, and each names the other.

``data["repeals"]`` and ``data["amends"]`` of an edition name papers, one a line, by 索引号 or 文号; so they lie inside what
reviewers sign. Source: 国办发〔2017〕47号：失效、修改的文件应当标注; decision 0006.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from mingtang.disclosure import papers, publishing
from mingtang.disclosure.models import Document, Edition
from mingtang.law.api import Refused
from mingtang.ledger.api import Agency, Person, find

BASIS = "国办发〔2017〕47号：失效、修改的文件应当标注"
# Key of an edition's data → what it makes of the paper that is named there.
MARKS = {"repeals": "repealed", "amends": "amended"}
_WORDS = {"repeals": "废止", "amends": "修改"}


def fault(agency: Agency, data: Mapping[str, Any], document: Document | None = None) -> Refused | None:
    """Why a paper cannot take the places that its data name: not there, another organ's, gone, or in a circle."""
    for how, name in _named(data):
        found = named(agency, name)
        if isinstance(found, Refused):
            return found
        if document is not None and found.successor_id == document.pk:
            continue  # marked before; this is a later edition
        if found.live and found.live.validity == "repealed":
            return Refused(f"《{found.title}》已经废止，不能再{_WORDS[how]}", BASIS, "请核对索引号或文号")
        if document is not None and (circle := _circle(found, document)):
            return circle
    return None


def _named(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for how in MARKS:
        for line in str(data.get(how) or "").splitlines():
            if line.strip():
                yield how, line.strip()


def named(agency: Agency, name: str) -> Document | Refused:
    """The organ's live paper of this 索引号 or 文号; an organ that carries another one on may name the other's, too."""
    live = Document.objects.select_related("live", "agency").filter(state=Document.LIVE)
    found = list(live.filter(Q(index_no=name) | Q(paper__doc_no=papers.plain(name))).order_by("pk"))
    before = dict(find("succession", successor_id=agency.pk).values("predecessor_id", "pk")) if found else {}
    ours = [d for d in found if d.agency_id == agency.pk or d.agency_id in before]
    if ours:
        return ours[0]
    if found:
        return Refused(
            f"《{found[0].title}》是{found[0].agency.short_name}的文件，不能由{agency.short_name}标注",
            BASIS, "请告知该机关标注废止或修改",
        )  # fmt: skip
    return Refused(f"目录里没有在网的“{name[:60]}”", BASIS, "请从目录中抄索引号或文号，一行一个")


def _circle(old: Document, new: Document) -> Refused | None:
    """Why ``new`` cannot follow ``old``: it is the same paper, or ``old`` itself came after it."""
    at: Document | None = new
    while at is not None:
        if at.pk == old.pk:
            why = (
                "一份文件不能废止或修改自己" if old.pk == new.pk
                else f"《{old.title}》正是取代《{new.title}》的文件，两份不能互相取代"
            )  # fmt: skip
            return Refused(why, BASIS, "请核对哪一份在后")
        at = at.successor
    return None


def mark(document: Document, edition: Edition, by: Person, at: datetime) -> None:
    """Mark the papers that this edition repeals or amends, as it goes out; call after ``fault`` and inside the transaction.

    Of those that an earlier edition marked and this one names no more, the mark goes.
    """
    unmark(document, by, at, f"《{edition.title}》更正后不再{{}}本件", edition)
    for how, name in _named(edition.data):
        old = named(document.agency, name)
        if isinstance(old, Refused) or old.successor_id == document.pk:
            continue
        # Whoever takes it back at this moment was first or comes after: looked at again once it is ours.
        old = Document.objects.select_for_update(of=("self",)).select_related("live").get(pk=old.pk)
        if old.state != Document.LIVE or old.live is None:
            continue
        said = f"被《{edition.title}》{f'（{edition.doc_no}）' if edition.doc_no else ''}{_WORDS[how]}"
        publishing.follow(old, document)
        publishing.mark(old, MARKS[how], by, at, BASIS, said)


def unmark(document: Document, by: Person | None, at: datetime, why: str, but: Edition | None = None) -> None:
    """Take off the marks that a paper set, save those its edition ``but`` still sets. ``why``: with a place for 废止 or 修改.

    What somebody marked by hand, naming this paper as the one that followed, stands on that signature: it stays.
    """
    public = document.editions.filter(state__in=(Edition.PUBLISHED, Edition.REPLACED))
    was = [e for e in public.order_by("-number") if (but is None or e.pk != but.pk) and any(_named(e.data))]
    if not was:
        return  # nearly every paper: it never named another
    held = Document.objects.select_for_update(of=("self",)).select_related("live")
    for old in held.filter(successor=document, state=Document.LIVE).order_by("pk"):
        how = next((h for e in was if (h := _how(e, old))), None)
        if how is None or (but is not None and _how(but, old)) or old.live is None:
            continue
        if old.live.validity == MARKS[how]:
            publishing.unmark(old, by, at, BASIS, why.format(_WORDS[how]))


def _how(edition: Edition, old: Document) -> str | None:
    """By which key of its data an edition names a paper; None when it does not."""
    number = papers.plain(old.live.doc_no) if old.live else ""
    for how, name in _named(edition.data):
        if name == old.index_no or (number and papers.plain(name) == number):
            return how
    return None


def successor(old: Document, name: str) -> Document | Refused:
    """The live paper that takes this one's place, by 索引号 or 文号, for whoever marks it by hand."""
    live = Document.objects.filter(state=Document.LIVE)
    found = live.filter(Q(index_no=name) | Q(paper__doc_no=papers.plain(name))).order_by("pk").first()
    if found is None:
        return Refused(f"目录里没有在网的“{name[:60]}”", BASIS, "请从目录中抄索引号或文号；不在目录里的不填")
    return _circle(old, found) or found
