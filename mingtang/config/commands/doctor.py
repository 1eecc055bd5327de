"""``mingtang doctor``: what is missing on this machine and the line that installs it; whether the background keeps up."""

from __future__ import annotations

import ctypes.util
import json
import shutil
import subprocess
import sys

import click
from django.conf import settings
from django.db import DatabaseError

from mingtang.config.cli import without_tables
from mingtang.config.schedule import CONSUMERS
from mingtang.ledger import api as ledger

APT = "apt-get install -y make python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk chromium"


def _fonts() -> bool:
    if not shutil.which("fc-list"):
        return False
    return "CJK" in subprocess.run(["fc-list"], capture_output=True, text=True, check=False).stdout  # noqa: S607


def examine() -> list[dict[str, object]]:
    """Each thing the platform may need: present or not, what for, and how to get it."""
    return [
        {"what": "Pango", "ok": bool(ctypes.util.find_library("pango-1.0")), "for": "PDF", "instead": APT},
        {"what": "CJK fonts", "ok": _fonts(), "for": "PDF and pictures", "instead": APT},
        {"what": "Chromium", "ok": bool(shutil.which("chromium")), "for": "browser tests", "instead": APT},
        {
            "what": "data folder",
            "ok": settings.HOME.exists(),
            "for": "everything kept",
            "instead": "make demo",
        },
    ]


def attend() -> list[dict[str, object]]:
    """What an installation keeps in its database and must be looked after; nothing before there is one."""
    if not settings.HOME.exists():
        return []
    try:
        return [*_background(), *_laws()] if ledger.find("installation").exists() else []
    except DatabaseError as error:
        if without_tables(error):
            return []
        return [{"what": "database", "ok": False, "for": "everything kept", "instead": str(error).strip()}]


def _background() -> list[dict[str, object]]:
    """Each consumer of the outbox: how far it is, what waits for it, and why it does not go on."""
    cursors, now = {c.consumer: c for c in ledger.find("outbox_cursor")}, ledger.now()
    first, every = ledger.find("outbox").first(), ledger.find("outbox").count()
    rows: list[dict[str, object]] = []
    for name in CONSUMERS:
        never = ledger.OutboxCursorRow(name, 0, every, first.at if first else None, None, 0, None, "")
        at = cursors.get(name, never)
        why = (
            f"第 {at.failed_at} 条试了 {at.tries} 次没有办成：{at.error}"
            if at.tries
            else "请运行 mingtang work"
        )
        rows.append(
            {
                "what": f"outbox {name}",
                "ok": not at.tries and not at.late(now),
                "for": f"办到第 {at.position} 条，还有 {at.waiting} 条",
                "instead": why,
                "position": at.position,
                "waiting": at.waiting,
                "tries": at.tries,
                "error": at.error,
            }
        )
    return rows


def _laws() -> list[dict[str, object]]:
    """Each notice and norm that was loaded, read once more: one that is not understood no longer counts."""
    rows: list[dict[str, object]] = []
    for kept in ledger.find("law"):
        wrong = kept.unread()
        rows.append(
            {
                "what": f"law {kept.title}",
                "ok": wrong is None,
                "for": f"期限照它算，摘要 {kept.digest}",
                "instead": f"{wrong.why}。{wrong.instead}" if wrong else "",
                "digest": kept.digest,
            }
        )
    return rows


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def doctor(as_json: bool) -> None:
    """Say what is missing on this machine, and what the background could not do."""
    found = examine() + attend()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for row in found:
            click.echo(
                f"{'好' if row['ok'] else '缺' if 'tries' not in row else '停'}  {row['what']}（{row['for']}）"
                + ("" if row["ok"] else f"：{row['instead']}")
            )
    sys.exit(0 if all(row["ok"] for row in found) else 1)
