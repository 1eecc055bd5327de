"""``mingtang report audit``: audit anybody's published annual report."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from mingtang.config.commands.check import SEVERITY, finding_dict
from mingtang.disclosure.api import Finding, Place, Reading, Unreadable, read
from mingtang.oversight.api import audit as audited

SHOWN = 12
FOLDER = Unreadable(
    "这是文件夹，不是文件",
    "命令 report audit 的参数是一份或几份文件",
    "请写出文件夹里的文件，例如“文件夹/*.docx”，或打成一个 ZIP 再审核",
)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--previous",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Last year's report of the same organ.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def audit(files: tuple[Path, ...], previous: Path | None, as_json: bool) -> None:
    """Audit published annual reports (TXT, HTML, DOCX, PDF): tables, prose, last year's figures.

    Exit status: 0 no errors, 1 errors found, 2 wrong usage (also a path that names no file; the other files are
    audited all the same). Notes and warnings never change it.
    """
    before = _previous(previous) if previous else None
    entries = []
    for file in files:
        entries.append(_entry(file, before))
        if not as_json:
            click.echo(_listing(entries[-1]))
    if as_json:
        click.echo(json.dumps({"files": entries}, ensure_ascii=False))
    if not all(file.is_file() for file in files):
        sys.exit(2)
    sys.exit(1 if any(f["severity"] == "error" for entry in entries for f in entry["findings"]) else 0)


def _previous(path: Path) -> Reading:
    reading = read(path)
    if isinstance(reading, Unreadable):
        raise click.UsageError(f"上年报告读不了：{reading.why}（{reading.basis}）。{reading.instead}。")
    return reading


def _entry(path: Path, before: Reading | None) -> dict[str, Any]:
    """One entry of ``files``; a file nobody can read is itself a finding."""
    reading = read(path) if not path.is_dir() else FOLDER
    if isinstance(reading, Unreadable):
        nowhere = Place(None, None, None, "")
        finding = Finding(
            "meta.unreadable", "error", nowhere, reading.why, (), reading.basis, reading.instead
        )
        refusal = {"error": reading.why, "basis": reading.basis, "instead": reading.instead}
        return {"file": str(path), **refusal, "findings": [finding_dict(finding)]}
    return {"file": str(path), "findings": [finding_dict(f) for f in audited(reading, previous=before)]}


def _listing(entry: dict[str, Any]) -> str:
    """A file's findings for a reader, gravest first."""
    findings = entry["findings"]
    counts = [f"{name} {sum(f['severity'] == key for f in findings)} 处" for key, name in SEVERITY.items()]
    lines = [entry["file"], f"  {'，'.join(counts)}" if findings else "  没有发现问题"]
    gravest_first = list(SEVERITY).index
    for found in sorted(findings, key=lambda f: (gravest_first(f["severity"]), f["place"]["line"] or 0)):
        place = found["place"]
        page = f"第 {place['page']} 页" if place["page"] else ""
        line = f"第 {place['line']} 行" if place["line"] else ""
        where = "，".join(text for text in (place.get("part", ""), page, line) if text) or "全文"
        lines.append(f"\n  [{SEVERITY[found['severity']]}] {where}  （{found['code']}）")
        lines.append(f"    {found['message']}")
        figures = found["figures"]
        more = f" 等 {len(figures)} 个" if len(figures) > SHOWN else ""
        for name, text in (
            ("原文", _short(place["text"])),
            ("数字", "、".join(figures[:SHOWN]) + more),
            ("依据", found["relation"]),
            ("建议", found["suggestion"]),
        ):
            if text:
                lines.append(f"    {name}：{text}")
    return "\n".join([*lines, ""])


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 80 else plain[:79] + "…"
