"""``mingtang report audit``: audit anybody's published annual report."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from mingtang.disclosure.api import Finding, Place, Reading, Unreadable, read
from mingtang.oversight.api import audit as audited

SEVERITIES = {"error": "错误", "warning": "警告", "note": "提示"}


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--previous",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Last year's report of the same organ.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def audit(files: tuple[Path, ...], previous: Path | None, as_json: bool) -> None:
    """Audit published annual reports (TXT, HTML, DOCX, PDF): tables, prose, last year's figures.

    Exit status: 0 no errors, 1 errors found, 2 wrong usage. Notes and warnings never change it.
    """
    before = _previous(previous) if previous else None
    found = [(file, _findings(file, before)) for file in files]
    if as_json:
        listed = [
            {"file": str(file), "findings": [finding_dict(f) for f in findings]} for file, findings in found
        ]
        click.echo(json.dumps({"files": listed}, ensure_ascii=False))
    else:
        for file, findings in found:
            click.echo(_listing(file, findings))
    sys.exit(1 if any(f.severity == "error" for _, findings in found for f in findings) else 0)


def _previous(path: Path) -> Reading:
    reading = read(path)
    if isinstance(reading, Unreadable):
        raise click.UsageError(f"上年报告读不了：{reading.why}（{reading.basis}）。{reading.instead}。")
    return reading


def _findings(path: Path, before: Reading | None) -> tuple[Finding, ...]:
    """What the audit says of one file; a file nobody can read is itself a finding."""
    reading = read(path)
    if isinstance(reading, Unreadable):
        nowhere = Place(None, None, None, "")
        return (
            Finding("meta.unreadable", "error", nowhere, reading.why, (), reading.basis, reading.instead),
        )
    findings: tuple[Finding, ...] = audited(reading, previous=before)
    return findings


def finding_dict(finding: Finding) -> dict[str, Any]:
    """One finding as the contract prints it."""
    place = finding.place
    return {
        "code": finding.code,
        "severity": finding.severity,
        "place": {"page": place.page, "line": place.line, "span": place.span, "text": place.text},
        "figures": list(finding.figures),
        "relation": finding.relation,
        "message": finding.message,
        "suggestion": finding.suggestion,
    }


def _listing(file: Path, findings: tuple[Finding, ...]) -> str:
    """A file's findings for a reader, gravest first."""
    counts = [f"{name} {sum(f.severity == s for f in findings)} 处" for s, name in SEVERITIES.items()]
    lines = [f"{file}", f"  {'，'.join(counts)}" if findings else "  没有发现问题"]
    for finding in sorted(findings, key=lambda f: (list(SEVERITIES).index(f.severity), f.place.line or 0)):
        where = f"第 {finding.place.line} 行" if finding.place.line else "全文"
        if finding.place.page:
            where = f"第 {finding.place.page} 页{where}"
        lines.append(f"\n  [{SEVERITIES[finding.severity]}] {where}  {finding.code}")
        lines.append(f"    {finding.message}")
        if finding.place.text:
            lines.append(f"    原文：{_short(finding.place.text)}")
        if finding.figures:
            lines.append(
                f"    数字：{'、'.join(finding.figures[:12])}{' 等' if len(finding.figures) > 12 else ''}"
            )
        if finding.relation:
            lines.append(f"    依据：{finding.relation}")
        if finding.suggestion:
            lines.append(f"    建议：{finding.suggestion}")
    return "\n".join(lines)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 80 else plain[:79] + "…"
