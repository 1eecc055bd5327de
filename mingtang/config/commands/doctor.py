"""``mingtang doctor``: what is missing on this machine, and the line that installs it."""

from __future__ import annotations

import ctypes.util
import json
import shutil
import subprocess
import sys

import click
from django.conf import settings

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


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def doctor(as_json: bool) -> None:
    """Say what is missing on this machine."""
    found = examine()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for row in found:
            click.echo(
                f"{'有' if row['ok'] else '缺'}  {row['what']}（{row['for']}）"
                + ("" if row["ok"] else f"：{row['instead']}")
            )
    sys.exit(0 if all(row["ok"] for row in found) else 1)
