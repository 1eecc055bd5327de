"""``mingtang check``: everything that judges one text or one file, from the shell. No database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mingtang.disclosure.api import Finding, Reading, Unreadable

SEVERITY = {"error": "错误", "warning": "警告", "note": "提示"}


def finding_dict(finding: Finding) -> dict[str, Any]:
    """A finding as the contract's JSON; ``part`` only where the fault lies in a part of the file."""
    where = finding.place
    place: dict[str, Any] = {
        "page": where.page,
        "line": where.line,
        "span": list(where.span) if where.span else None,
        "text": where.text,
    }
    if where.part:
        place["part"] = where.part
    return {
        "code": finding.code,
        "severity": finding.severity,
        "place": place,
        "figures": list(finding.figures),
        "relation": finding.relation,
        "message": finding.message,
        "suggestion": finding.suggestion,
    }


def door() -> ModuleType:
    """The room that judges. Its door wants Django's registry, though no database; so it is opened only on use."""
    from mingtang.config.cli import set_up

    set_up()
    from mingtang.disclosure import api

    return api


def report(name: str, reading: Reading | Unreadable, by_line: bool = False) -> dict[str, Any]:
    """One entry of ``files``."""
    disclosure = door()
    if isinstance(reading, disclosure.Unreadable):
        return {
            "file": name,
            "error": reading.why,
            "basis": reading.basis,
            "instead": reading.instead,
            "findings": [],
        }
    return {"file": name, "findings": [finding_dict(f) for f in disclosure.check(reading, by_line=by_line)]}


def entries(files: tuple[str, ...], by_line: bool) -> Iterator[dict[str, Any]]:
    """Each file read and judged in turn, so that only one is in memory."""
    for name in files:
        source = sys.stdin.buffer.read() if name == "-" else Path(name)
        yield report(name, door().read(source, name if name == "-" else Path(name).name), by_line)


def faulty(entry: dict[str, Any]) -> bool:
    """Does an entry turn the exit status to 1? Notes do not."""
    return "error" in entry or any(f["severity"] != "note" for f in entry["findings"])


def show(entry: dict[str, Any]) -> None:
    """One file's findings for a person to read."""
    click.secho(entry["file"], bold=True)
    if "error" in entry:
        click.echo(f"  读不了：{entry['error']}\n  依据：{entry['basis']}\n  怎么办：{entry['instead']}\n")
        return
    for found in entry["findings"]:
        place = found["place"]
        spot = "，".join(
            text
            for text in (
                place.get("part", ""),
                f"第 {place['page']} 页" if place["page"] else "",
                f"第 {place['line']} 行" if place["line"] else "",
                f"第 {place['span'][0] + 1} 字起" if place["span"] else "",
            )
            if text
        )
        click.echo(
            f"  [{SEVERITY[found['severity']]}] {spot or '全文'}  {found['message']}  （{found['code']}）"
        )
        if found["relation"]:
            click.echo(f"      关系：{found['relation']}")
        if found["suggestion"]:
            click.echo(f"      建议：{found['suggestion']}")
    counts = [
        f"{label} {n}"
        for key, label in SEVERITY.items()
        if (n := sum(f["severity"] == key for f in entry["findings"]))
    ]
    click.echo(f"  {'、'.join(counts) if counts else '没有发现问题'}\n")


@click.command("check")
@click.argument(
    "files", nargs=-1, type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="FILE…"
)
@click.option("--lines", "by_line", is_flag=True, help="Judge each line of a text file by itself.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.pass_context
def check(context: click.Context, files: tuple[str, ...], by_line: bool, as_json: bool) -> None:
    """Check files: figures, wrong words, personal data, names of organs, damaged characters, punctuation, links.

    Exit status 0: nothing or notes only; 1: errors or warnings, or a file that cannot be read; 2: wrong usage.
    """
    if not files:
        raise click.UsageError("请给出要检查的文件。", context)
    found = []
    for entry in entries(files, by_line):
        found.append(entry)
        if not as_json:
            show(entry)
    if as_json:
        click.echo(json.dumps({"files": found}, ensure_ascii=False, indent=1))
    context.exit(1 if any(map(faulty, found)) else 0)
