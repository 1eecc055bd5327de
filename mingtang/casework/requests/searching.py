"""Looking for what was asked: the register of papers and the public catalogue, and the record that it was looked for.

A reply that the information does not exist rests on this record (条例第三十六条第（四）项：经检索没有所申请公开信息的).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from mingtang.casework.models import Case, Step
from mingtang.disclosure.api import find as find_paper
from mingtang.law.api import Refused
from mingtang.ledger.api import find

BASIS = "条例第三十六条第（四）项：经检索"
# How many of the papers found are kept by number; how many there were is always kept.
_KEPT = 200


@dataclass(frozen=True)
class Searched:
    """What one search asked and found: ``kept`` stays for ever, ``told`` (the words) is erased with the case."""

    kept: dict[str, Any]
    told: dict[str, str]


def search(
    case: Case, day: date, *, words: str = "", doc_no: str = "", scope: str = "own",
    since: date | None = None, until: date | None = None,
) -> Searched | Refused:  # fmt: skip
    """Look in the register and the public catalogue: every word in the title, the number, days of writing.

    ``scope``: ``own`` the case's organ, ``all`` its register and the whole public catalogue.
    """
    words, doc_no = " ".join(str(words).split())[:120], "".join(str(doc_no).split())[:80]
    if not words and not doc_no:
        return Refused("没有写检索词，也没有写文号", BASIS, "请写申请描述里的关键词或文号")
    if scope not in ("own", "all"):
        return Refused("没有选择检索范围", BASIS, "请选择本机关或全部机关")
    if since and until and since > until:
        return Refused(f"期间从{since}到{until}，前后颠倒", BASIS, "请核对起止日期")
    wanted = _wanted(words, doc_no, since, until)
    ours = sorted(_carried(case.agency_id))
    here = {"agency_id__in": ours} if scope == "own" else {}
    lines = find_paper("paper", agency_id__in=ours).where_q(wanted)
    papers = dict(lines.order("pk").values("pk", "document_id"))
    public = find_paper("document", state="live", **here).where_q(wanted)
    documents = [d for (d,) in public.order("pk").values("pk") if d not in set(papers.values())]
    count = len(papers) + len(documents)
    kept = {"count": count, "papers": list(papers)[:_KEPT], "documents": documents[:_KEPT], "scope": scope}
    told = {
        "words": words,
        "doc_no": doc_no,
        "text": _sentence(case, day, words, doc_no, scope, since, until, count, len(ours) > 1),
    }
    return Searched(kept, told)


def _carried(agency_id: int) -> set[int]:
    """The case's organ and all whose rest it carries on: whose registers it answers for, wherever the searcher serves."""
    found, fresh = {agency_id}, {agency_id}
    while fresh:
        before = find("succession", successor_id__in=sorted(fresh), rest=True).values("predecessor_id")
        fresh = {p for (p,) in before} - found
        found |= fresh
    return found


def _wanted(words: str, doc_no: str, since: date | None, until: date | None) -> Q:
    q = Q()
    for word in words.split():
        q &= Q(title__icontains=word)
    if doc_no:
        q &= Q(doc_no__icontains=doc_no)
    if since:
        q &= Q(written_on__gte=since)
    if until:
        q &= Q(written_on__lte=until)
    return q


def _sentence(
    case: Case, day: date, words: str, doc_no: str, scope: str, since: date | None, until: date | None, count: int, carries: bool
) -> str:  # fmt: skip
    """The search as a reply may quote it."""
    asked = [f"标题含“{'”“'.join(words.split())}”"] if words else []
    asked += [f"文号含“{doc_no}”"] if doc_no else []
    if since or until:
        asked.append(f"成文日期{f'{since}起' if since else ''}{f'至{until}' if until else ''}")
    where = f"{case.agency.name}{'和由它承接的单位' if carries else ''}的文件登记簿和{'' if scope == 'own' else '本平台各机关的'}公开目录"
    found = f"找到{count}份" if count else "没有找到"
    return f"{day.year}年{day.month}月{day.day}日检索{where}（{'，'.join(asked)}），{found}。"


def record_of(steps: Iterable[Step]) -> str:
    """The searches of a case as one text, for a decision that rests on them; empty when nobody searched."""
    keys = [s.act_key for s in steps if s.step == "search"]
    acts = {a.key: a for a in find("act", key__in=keys)} if keys else {}
    return "\n".join(str((acts[k].payload or {}).get("text", "")) for k in keys if k in acts).strip()
