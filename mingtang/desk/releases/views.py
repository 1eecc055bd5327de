"""Channels: what waits for a person, and many deliveries entered from one table, the faulty rows handed back with reasons."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import MOST_NUMBER, page, power, reach_of, seen, whole
from mingtang.desk.cases.views import stream_csv
from mingtang.desk.documents.files import name_of
from mingtang.desk.fields import Field, Mistyped, clean
from mingtang.desk.releases.fields import LABELS, TASKS
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import FileRow, find, now
from mingtang.portal import api as portal

_LENGTH = 20
_MOST_ROWS, _MOST_BYTES = 2_000, 4 * 1024 * 1024
_BASIS = "批量登记：一行一件"


@power("release.enter", room="簿", methods=("GET", "POST"))
def listing(request: HttpRequest) -> HttpResponse:
    """What waits for a person, and the table to enter; a table that was sent is entered, its faulty rows come back."""
    if request.method != "POST":
        return _show(request)
    rows = _table(request)
    if isinstance(rows, Refused):
        return _show(request, refused=rows, status=409)
    faulty, entered = _enter(request, rows)
    if entered:
        messages.success(request, _("登记了 %(n)s 行") % {"n": entered})
    if not faulty:
        return HttpResponseRedirect(reverse("desk:releases"))
    return _show(request, faulty=faulty, entered=entered, status=409)


def _show(
    request: HttpRequest,
    *,
    faulty: Any = (),
    entered: int = 0,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    ids = reach_of(request).ids("release.enter")
    found = portal.find("release", agency_id__in=sorted(ids)).where_q(TASKS).order("-at", "-pk")
    shown = found.page(whole(request.GET.get("page"), most=10**6), _LENGTH)
    titles = dict(
        disclosure.find("document", pk__in=sorted({r.document_id for r in shown.rows})).values("pk", "title")
    )
    return page(request, "releases", {
        "page": shown, "rows": [(r, titles[r.document_id]) for r in shown.rows], "faulty": faulty, "entered": entered,
        "refused": refused, "labels": LABELS, "channels": portal.BY_HAND, "may_issue": bool(reach_of(request).ids("release.issue")),
    }, status)  # fmt: skip


def _table(request: HttpRequest) -> list[list[str]] | Refused:
    """The rows of an uploaded XLSX or CSV file, its headings checked and left out; or why it cannot be read."""
    upload = request.FILES.get("table")
    if upload is None:
        return Refused("没有选择文件", _BASIS, "请选择按样表填好的 XLSX 或 CSV 文件")
    if (upload.size or 0) > _MOST_BYTES:
        return Refused("表太大", _BASIS, f"一次不超过{_MOST_ROWS}行，分几次登记")
    name, content = name_of(upload.name or ""), upload.read()
    rows = disclosure.Cells.read(content, name, _BASIS)
    if isinstance(rows, disclosure.Unreadable):
        return Refused(rows.why, rows.basis, rows.instead)
    rows = [[clean(c) for c in r[: len(LABELS)]] for r in rows if any(c.strip() for c in r)]
    if not rows or tuple(rows[0]) != LABELS:
        return Refused("第一行不是样表的表头", _BASIS, "表头依次是" + "、".join(LABELS))
    if len(rows) - 1 > _MOST_ROWS:
        return Refused(f"表有{len(rows) - 1}行", _BASIS, f"一次不超过{_MOST_ROWS}行，分几次登记")
    return [[*r, *[""] * (len(LABELS) - len(r))] for r in rows[1:]]


def _enter(request: HttpRequest, rows: list[list[str]]) -> tuple[list[tuple[int, list[str], Refused]], int]:
    """Enter every row that can be; the others come back with their number in the table and the reason."""
    papers = _papers({r[0] for r in rows}, reach_of(request).ids("release.enter"))
    faulty: list[tuple[int, list[str], Refused]] = []
    good: list[tuple[int, list[str], dict[str, Any]]] = []
    for line, row in enumerate(rows, 2):
        try:
            good.append((line, row, _typed(row, papers)))
        except Mistyped as mistyped:
            faulty.append((line, row, mistyped.refused))
    done = portal.enter([facts for _line, _row, facts in good], by=request.user, at=now())  # type: ignore[arg-type]
    for (line, row, _facts), answer in zip(good, done, strict=True):
        if isinstance(answer, Refused):
            faulty.append((line, row, answer))
    return sorted(faulty, key=lambda f: f[0]), len(rows) - len(faulty)


def _papers(names: set[str], ids: frozenset[int]) -> dict[str, list[int]]:
    """Documents in reach by index number and by 文号."""
    found: dict[str, list[int]] = {}
    wanted = sorted(n for n in names if n)
    for start in range(0, len(wanted), 400):
        part = wanted[start : start + 400]
        rows = disclosure.find("document", agency_id__in=sorted(ids)).where_q(
            Q(index_no__in=part) | Q(doc_no__in=part)
        )
        for pk, index_no, doc_no in rows.values("pk", "index_no", "doc_no"):
            for name in {index_no, doc_no} & set(part):
                found.setdefault(name, []).append(pk)
    return found


def _typed(row: list[str], papers: dict[str, list[int]]) -> dict[str, Any]:
    """One row as ``portal.enter`` takes it. Raises Mistyped."""
    name, channel, place, on = row
    held = papers.get(name, [])
    if len(held) != 1:
        why = (
            f"“{name[:40]}”对得上{len(held)}件文件"
            if held
            else f"你的单位没有索引号或文号是“{name[:40]}”的文件"
        )
        raise Mistyped(Refused(why, _BASIS, "请写索引号" if held else "请核对索引号、文号"))
    words = {word: key for key, word in portal.BY_HAND.items()}
    if channel not in words:
        raise Mistyped(Refused(f"没有“{channel[:20]}”这种渠道", _BASIS, "可用：" + "、".join(words)))
    day = Field("on", LABELS[3], "day", True).read(_day(on))
    return {"document": held[0], "channel": words[channel], "place": place.removeprefix("'"), "on": day}


def _day(text: str) -> str:
    """2026/11/3, 2026.11.3 and 2026年11月3日 as 2026-11-03; a spreadsheet's midnight is left out."""
    parts = text.removesuffix("日").translate(str.maketrans("/.年月", "----")).split(" ")[0].split("-")
    if len(parts) == 3 and all(p.isascii() and p.isdigit() for p in parts):
        return f"{parts[0]:>04}-{parts[1]:>02}-{parts[2]:>02}"
    return text


@power("release.enter", room="簿")
def sheet(request: HttpRequest) -> HttpResponseBase:
    """The table to fill in: headings, and the fifty newest documents by their index numbers."""
    ids = reach_of(request).ids("release.enter")
    found = disclosure.find("document", agency_id__in=sorted(ids), state="live").order(
        "-first_published_at", "-pk"
    )
    rows = ((r.index_no, "", "", str(now().date())) for r in found.page(1, 50).rows)
    return stream_csv("channels.csv", list(LABELS), rows)


@power("release.enter", room="簿", methods=("GET", "POST"))
def faults(request: HttpRequest) -> HttpResponseBase:
    """The faulty rows of a table as a table again, each with its reason in a column more; corrected, it is sent as it is."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk:releases"))
    told = request.POST.getlist("cell")[: (len(LABELS) + 1) * _MOST_ROWS]
    width = len(LABELS) + 1
    rows = (told[n : n + width] for n in range(0, len(told), width))
    return stream_csv("channels-faults.csv", [*LABELS, "哪里不对"], rows)


@power("release.enter", room="文", methods=("GET", "POST"))
def act(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """One verb on one row, then back to its document."""
    row = seen(
        request, portal.find("release", pk=min(number, MOST_NUMBER)), "release.enter", _("没有这一条渠道记录")
    )
    back = reverse("desk:document", args=[row.document_id]) + "#channels"
    if request.method != "POST":
        return HttpResponseRedirect(back)
    wanted = {"sent": "place", "strike": "reason"}.get(verb)
    facts = {wanted: clean(request.POST.get(wanted))} if wanted else {}
    done = portal.take(row.id, verb, by=request.user, at=now(), **facts) if verb != "issue" else None  # type: ignore[arg-type]
    if done is None:
        raise Http404(_("没有这一步"))
    if isinstance(done, Refused):
        messages.error(request, f"{done.why}。{done.instead}")
    else:
        messages.success(request, _("已办"))
    return HttpResponseRedirect(back)


@power("release.enter", room="文")
def photo(request: HttpRequest, number: int) -> HttpResponseBase:
    """The photograph of a delivery, as a download."""
    row = seen(
        request, portal.find("release", pk=min(number, MOST_NUMBER)), "release.enter", _("没有这一条渠道记录")
    )
    return picture(row.photo, f"photo-{row.id}")


def picture(digest: str, name: str) -> FileResponse:
    """A kept picture as a download. Raises Http404 when there is none."""
    if not digest or not FileRow.path_of(digest).is_file():
        raise Http404(_("没有照片"))
    media = find("file", digest=digest).one().media
    ending = "png" if media == "image/png" else "jpg"
    return FileResponse(
        FileRow.path_of(digest).open("rb"),
        as_attachment=True,
        filename=f"{name}.{ending}",
        content_type=media,
    )
