"""From the signer's click to the reader: how long until what is published has its page and is found by search.

Run: python -m bench publishing. MINGTANG_BENCH_DOCUMENTS: how many documents stand in the catalogue (default 34,000);
they are laid in by SQL, because how they came in is not what is measured here. ``mingtang work`` runs beside as a
process of its own and drains every consumer of the outbox, its wait between turns included. Goal: p99 ≤ 1 s.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench.table import line, peak, staffed_city

DOCUMENTS = int(os.environ.get("MINGTANG_BENCH_DOCUMENTS", "34000"))
PUBLISHED = int(os.environ.get("MINGTANG_BENCH_PUBLISHED", "200"))
_PATIENCE = 300.0
_TEXT = "为方便群众，现将有关事项公告如下。请各单位认真执行，遇到问题及时反映，由经办科室逐件答复并在网站公开结果。"
_FILL = (
    "INSERT INTO disclosure_document (id, agency_id, kind, index_no, article20, \"column\", key_area, state, on_site, origin_type,"
    " origin_id, created_at, title, published_at, first_published_at, uninterpreted, suspect, thread)"
    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    " SELECT i, (SELECT min(id) FROM ledger_agency) + i % (SELECT count(*) FROM ledger_agency),"
    " CASE i % 3 WHEN 0 THEN 'notice' ELSE 'news' END, 'B/' || i, NULL, CASE i % 3 WHEN 0 THEN '{notice}' ELSE '{news}' END, '', 'live', 1,"
    " '', '', {day}, '关于第' || i || '号事项办理情况的公告', {day}, {day}, '', '', '' FROM n",
    "INSERT INTO disclosure_edition (id, document_id, number, round, state, title, short_title, doc_no, validity, theme, genre, keywords,"
    " summary, source, attribute, attribute_ground, body, data, drafted_at, digest, overridden)"
    " SELECT id, id, 1, 0, 'published', title, '', '', 'valid', '', '', '[]', '', '示例', 'open', '',"
    " replace(hex(zeroblob(12)), '00', '<p>第' || (id * 7 % 9973) || '条　{text}</p>'), '{{}}', created_at, '', '{{}}' FROM disclosure_document",
    "UPDATE disclosure_document SET live_id = id",
    "INSERT INTO disclosure_publication (document_id, new_edition_id, kind, first, at, reason, stated_by)"
    " SELECT id, id, 'publish', 1, first_published_at, '', 'bench' FROM disclosure_document ORDER BY id",
)  # fmt: skip


def fill() -> None:
    """The catalogue of some years, its index and its site."""
    from django.db import connection

    from mingtang.disclosure import api as disclosure
    from mingtang.portal import api as portal

    columns = {k: disclosure.KINDS[k].column for k in ("notice", "news")}
    # Ten years, oldest first, in the order of the ids.
    day = f"datetime('2016-11-01 01:00:00', '+' || (i * 5000000 / {DOCUMENTS}) || ' minutes')"
    with connection.cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement.format(count=DOCUMENTS, day=day, text=_TEXT, **columns))
        cursor.execute("ANALYZE")
    start = time.perf_counter()
    portal.Finder.rebuild()
    print(f"index of {DOCUMENTS:,} documents: {time.perf_counter() - start:.0f} s", flush=True)
    start = time.perf_counter()
    made = portal.rebuild(workers=2)
    spent = time.perf_counter() - start
    print(f"full bake: {made['pages']:,} pages in {spent:.0f} s, {made['pages'] / spent:,.0f} /s", flush=True)


def signed(people: dict[str, Any], many: int) -> list[tuple[int, str]]:
    """Papers that wait for nothing but their publication: their ids and a word that stands in no other."""
    from mingtang.disclosure import api as disclosure
    from mingtang.ledger import api as ledger

    clerk = people["clerk"]
    organ = ledger.find("agency").order("pk").first()
    made = []
    for n in range(many):
        word, at = f"编{n:05d}号事项", ledger.now()
        paper = disclosure.draft(
            clerk, at, agency=organ, kind="notice", title=f"{word}公告", body="".join(f"<p>{word}第{i}条　{_TEXT}</p>" for i in range(24))
        )  # fmt: skip
        for verb, who in (("submit", "clerk"), ("head_review", "section_head"), ("sign", "signer")):
            paper = disclosure.take(paper.id, verb, by=people[who], at=ledger.now())
            assert isinstance(paper, disclosure.DocumentRow), paper
        made.append((paper.id, f"{word}公告"))
    return made


def chain_of_people() -> dict[str, Any]:
    """One person for each pair of eyes, at the first organ."""
    from mingtang.config.demo import units
    from mingtang.ledger import api as ledger

    at, organ = units.civil(date(2026, 11, 20)), ledger.find("agency").order("pk").first()
    people = {}
    for role in ("clerk", "section_head", "signer"):
        people[role] = ledger.take(None, "hire", by=None, at=at, username=f"bench-{role}", name="测试")
        ledger.take(
            people[role],
            "appoint",
            by=None,
            at=at,
            agency=organ,
            role=role,
            since=date(2000, 1, 1),
        )
    return people


def seen(document: int, title: str) -> tuple[float, float]:
    """Seconds from now until a reader gets the page, and until the search names it."""
    from django.core.wsgi import get_wsgi_application
    from django.test import Client

    from mingtang.portal.api import Site

    site, client, began = Site(get_wsgi_application()), Client(HTTP_HOST="localhost"), time.perf_counter()
    page, found = 0.0, 0.0
    while not (page and found):
        spent = time.perf_counter() - began
        if spent > _PATIENCE:
            raise SystemExit(f"document {document} was not to be seen within {_PATIENCE} s")
        if not page:
            got: list[str] = []
            environ = {"REQUEST_METHOD": "GET", "PATH_INFO": f"/doc/{document // 1000}/{document}.html"}
            text = b"".join(site(environ, lambda status, headers, got=got: got.append(status)))
            if got[0].startswith("200") and title.encode() in text:
                page = time.perf_counter() - began
        if not found and title in [
            h["title"] for h in client.get("/search.json", {"q": title}).json()["hits"]
        ]:
            found = time.perf_counter() - began
        time.sleep(0.05)  # a reader who asks more often takes the time from the worker
    return page, found


def _peak_of(pid: int) -> float:
    """Peak memory of another process, MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def main() -> None:
    staffed_city()
    from mingtang.config import schedule
    from mingtang.disclosure import api as disclosure
    from mingtang.ledger import api as ledger

    start = time.perf_counter()
    fill()
    print(f"{DOCUMENTS:,} documents laid in, indexed and baked in {time.perf_counter() - start:.0f} s")
    people = chain_of_people()
    papers = signed(people, PUBLISHED + 1)
    while schedule.drain_all():  # what founding the city left behind
        pass
    worker = subprocess.Popen([sys.executable, "-m", "mingtang", "work"], stderr=subprocess.DEVNULL)
    try:
        pages, finds = [], []
        for document, title in papers:
            done = disclosure.take(document, "publish", by=people["signer"], at=ledger.now())
            assert isinstance(done, disclosure.DocumentRow), done
            page, found = seen(document, title)
            pages.append(page)
            finds.append(max(page, found))
        # The first waits for the day's jobs, which a worker that has just begun runs once.
        print(f"the first, while the worker began: {finds[0]:.2f} s")
        pages, finds = pages[1:], finds[1:]
        held = _peak_of(worker.pid)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=30)
    told = f"with {DOCUMENTS:,} documents"
    for what, spent in (("page visible", pages), ("page visible and found", finds)):
        spent.sort()
        for name, place in (
            ("median", len(spent) // 2),
            ("p99", min(len(spent) - 1, int(len(spent) * 0.99))),
        ):
            line(f"{what} {told}, {name}", spent[place], "s", 1, at_least=False)
    line("peak memory of this process", peak(), "MB", 500, at_least=False)
    line("peak memory of mingtang work", held, "MB", 500, at_least=False)
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
