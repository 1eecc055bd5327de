"""``mingtang duties``: the standard catalogue of grassroots disclosure in as duties, and out again as its table."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from mingtang.config.commands.report import refuse
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger


@click.group()
def duties() -> None:
    """The standard catalogue as duties: import, export."""


@duties.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--by", "account", required=True, help="The account of the office that lays the duties on organs."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the lines that do not fit to this CSV.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def take(file: Path, account: str, dry_run: bool, errors: Path | None, as_json: bool) -> None:
    """Lay the lines of a table (XLSX or CSV) on their organs. Safe to run again: what is there is left alone."""
    person = ledger.find("person", username=account).first()
    if person is None:
        raise click.UsageError("没有这个账号")
    table = disclosure.DutyTable.of_file(file.read_bytes(), file.name)
    if isinstance(table, disclosure.Unreadable):
        refuse(Refused(table.why, table.basis, table.instead), as_json)
    done = table.take(person, ledger.now(), dry=dry_run)
    if isinstance(done, Refused):
        refuse(done, as_json)
    if errors and done.misfits:
        errors.write_text(table.misfits_as_csv(done.misfits), encoding="utf-8")
    told = {
        "dry_run": dry_run,
        "taken": done.taken,
        "known": done.known,
        "misfits": [vars(m) for m in done.misfits],
    }
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo(
            f"{'可以交办' if dry_run else '交办了'} {done.taken} 项，已经有的 {done.known} 项，不合的 {len({m.row for m in done.misfits})} 行"
        )
        for m in done.misfits[:20]:
            click.echo(f"  第{m.row}行 {m.column}：{m.why}。{m.instead}", err=True)
    sys.exit(1 if done.misfits else 0)


@duties.command("export")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The XLSX to write.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def export(output: Path, as_json: bool) -> None:
    """Write the duties of the catalogue as the table they came from."""
    held = [
        line
        for (line,) in disclosure.find("duty", listed__isnull=False, until__isnull=True)
        .order("pk")
        .values("listed")
    ]
    output.write_bytes(disclosure.DutyTable.of_duties(held))
    click.echo(
        json.dumps({"duties": len(held), "file": str(output)})
        if as_json
        else f"{len(held)} 项，写在 {output}"
    )
