"""How many pages a second the portal bakes: rows from the database, HTML, gzip, JSON twin, files, signed lists.

Run: python -m bench.bake [DOCUMENTS] [PROCESSES]. Goal: 1,000 pages of 15 kB a second with two processes (issue 2),
1,500 for issue 4. Prints each stage alone on one core, the whole beside the goal, a second bake that changes nothing,
one publication brought to the site, the check of the whole tree, and the peak memory of a process.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, timedelta

DOCUMENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
PROCESSES = int(sys.argv[2]) if len(sys.argv) > 2 else 2
GOAL, LATER = 1_000, 1_500
SENTENCE = "第{n}条 行政机关收到政府信息公开申请，能够当场答复的应当当场答复，第{m}款另有规定的从其规定，由{k}号经办人办理。"


@contextmanager
def timed(found: dict[str, float], name: str):
    start = time.perf_counter()
    yield
    found[name] = time.perf_counter() - start


def body(n: int) -> str:
    """About 3,000 characters that gzip cannot fold away: every paragraph differs."""
    lines = (SENTENCE.format(n=n + i, m=n * i % 97, k=n * 31 + i * 7) for i in range(48))
    return "".join(f"<p>{line}</p>" for line in lines)


def load() -> int:
    """A city with twelve organs and the documents, taken over in bulk; returns the keeper's newest publication."""
    from django.core.management import call_command

    from mingtang.config.demo import units
    from mingtang.disclosure import api as disclosure
    from mingtang.ledger import api as ledger

    call_command("migrate", verbosity=0)
    units.install("示例市", units.civil(date(2026, 11, 23)))
    at, fields = (
        units.civil(date(2026, 11, 20)),
        {"level": "city", "type": "department", "valid_from": date(2000, 1, 1)},
    )
    organs = [
        ledger.take(
            None,
            "found",
            by=None,
            at=at,
            code=f"B{n:03d}",
            name=f"示例市第{n}局",
            short_name=f"{n}局",
            **fields,
        )
        for n in range(12)
    ]
    keeper = ledger.take(None, "hire", by=None, at=at, username="bench", name="测试")
    ledger.take(keeper, "appoint", by=None, at=at, agency=organs[0], role="keeper", since=date(2001, 1, 2))
    kinds = ["notice", "key_area", "normative", "news", "penalty"]
    rows = (
        {"agency": organs[n % 12], "kind": kinds[n % 5], "title": f"示例市关于第{n}号事项办理情况的公告", "body": body(n),
         "doc_no": f"示办发〔2026〕{n}号", "keywords": ["公开", "事项"], "theme": "0201", "genre": "03",
         "published_at": units.civil(date(2017, 1, 1) + timedelta(n * 3600 // DOCUMENTS)), "data": {"decision_no": f"{n}"}}
        for n in range(DOCUMENTS)
    )  # fmt: skip
    last = 0
    for batch in disclosure.take_over(rows, source="bench", by=keeper, at=at):
        last = batch[-1][0]
    return last


def stages() -> dict[str, float]:
    """Pages a second of each stage alone, on one core, over a thousand documents."""
    from mingtang.portal.bake import units
    from mingtang.portal.bake.press import Press, as_json
    from mingtang.portal.bake.writer import pack

    press = Press()
    ids = press.source.in_folder(0)
    assert press.source.organs
    took: dict[str, float] = {}
    with timed(took, "rows, 500 a batch"):
        sheets = list(press.source.sheets(ids))
    with timed(took, "HTML"):
        pages = [press.document(sheet) for sheet in sheets]
    with timed(took, "gzip 6 of the HTML"):
        _each(pages, lambda page: pack(page.html.encode()))
    with timed(took, "JSON twin and its gzip"):
        _each(pages, lambda page: pack(as_json(page.twin)))
    size = sum(len(page.html.encode()) for page in pages) / len(pages)
    print(f"{len(pages)} pages of {size / 1000:.1f} kB, one process, each stage alone:")
    for name, seconds in took.items():
        print(f"  {name:<28}{len(pages) / seconds:>10,.0f} /s")
    change, count = units.change(iter(pages))
    tree = units.tree()
    with timed(took, "files"):
        tree.commit(change)
    print(f"  {'gzip, files, signed lists':<28}{count / took['files']:>10,.0f} /s")
    return took


def _each(pages: list, act: Callable) -> None:
    for page in pages:
        act(page)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as home:
        os.environ |= {"MINGTANG_HOME": home, "MINGTANG_DATABASE": f"sqlite:///{home}/bench.sqlite3"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "mingtang.config.settings"
        import shutil

        import django

        django.setup()
        last = load()
        from django.conf import settings

        from mingtang.portal import api as portal

        stages()
        shutil.rmtree(settings.HOME / "site")
        took: dict[str, float] = {}
        with timed(took, "bake"):
            first = portal.rebuild(workers=PROCESSES)
        rate = first["pages"] / took["bake"]
        print(f"full bake, {PROCESSES} processes, {first['pages']:,} pages in {took['bake']:.1f} s")
        print(
            f"  {rate:>10,.0f} /s   goal {GOAL:,} /s   ratio {rate / GOAL:.2f}   (issue 4: {LATER:,} /s, {rate / LATER:.2f})"
        )
        with timed(took, "again"):
            again = portal.rebuild(workers=PROCESSES)
        print(f"again, {again['changed']} files changed: {again['pages'] / took['again']:,.0f} pages/s")
        with timed(took, "deliver"):
            portal.deliver([last])
        print(
            f"one publication to the site: {took['deliver'] * 1000:.0f} ms with {DOCUMENTS:,} in the catalogue"
        )
        with timed(took, "verify"):
            faults = portal.verify()
        print(f"check of the whole tree: {took['verify']:.1f} s, {len(faults)} faults")
        peak = max(
            resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        print(
            f"peak memory of a process: {peak / 1024:.0f} MB   limit 500 MB   ratio {peak / 1024 / 500:.2f}"
        )


if __name__ == "__main__":
    main()
