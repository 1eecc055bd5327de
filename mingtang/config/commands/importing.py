"""``mingtang import``: another system's catalogue, taken over row by row; run it dry first."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger


def _wrong(why: str, basis: str, instead: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": why, "basis": basis, "instead": instead}, ensure_ascii=False))
    click.echo(f"{why}（{basis}）。{instead}", err=True)
    sys.exit(1)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--source", required=True, help="The system the rows come from, as it will stand beside each of them."
)
@click.option("--by", "account", required=True, help="The account of the keeper who answers for the import.")
@click.option("--kind", default="", help="Kind of rows that name none.")
@click.option("--agency", default="", help="Code of the organ of rows that name none.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rows that do not fit to this CSV.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def import_catalogue(
    file: Path,
    source: str,
    account: str,
    kind: str,
    agency: str,
    dry_run: bool,
    errors: Path | None,
    as_json: bool,
) -> None:
    """Take over a catalogue (XLSX or CSV). Safe to run again: what is there is left alone."""
    table = disclosure.CatalogueTable.of_file(file.read_bytes(), file.name)
    if isinstance(table, disclosure.Unreadable):
        return _wrong(table.why, table.basis, table.instead, as_json)
    person = ledger.find("person", username=account).first()
    organ = ledger.find("agency", code=agency).first() if agency else None
    if person is None or (agency and organ is None) or (kind and kind not in disclosure.KINDS):
        raise click.UsageError("没有这个账号、机构代码或文种；文种可用：" + "、".join(disclosure.KINDS))
    with click.progressbar(length=len(table.rows), label="移交", file=sys.stderr, hidden=as_json) as bar:
        done = table.take(
            source, person, ledger.now(), kind=kind, agency=organ, dry=dry_run, progress=bar.update
        )
    if isinstance(done, Refused):
        return _wrong(done.why, done.basis, done.instead, as_json)
    if errors and done.misfits:
        errors.write_text(table.misfits_as_csv(done.misfits), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(_told(table, done, dry_run), ensure_ascii=False))
    else:
        _tell(table, done, dry_run, errors)
    sys.exit(1 if done.misfits else 0)


def _told(table: disclosure.CatalogueTable, done: disclosure.Imported, dry: bool) -> dict[str, Any]:
    misfits = [vars(m) for m in done.misfits]
    return {
        "dry_run": dry,
        "taken": done.taken,
        "known": done.known,
        "unknown_columns": table.unknown,
        "misfits": misfits,
    }


def _tell(
    table: disclosure.CatalogueTable, done: disclosure.Imported, dry: bool, errors: Path | None
) -> None:
    click.echo(
        f"{'可以移交' if dry else '移交了'} {done.taken} 条，已经有的 {done.known} 条，不合的 {len({m.row for m in done.misfits})} 行"
    )
    if table.unknown:
        click.echo(f"没有用上的列：{'、'.join(table.unknown)}", err=True)
    for m in done.misfits[:20]:
        click.echo(f"  第{m.row}行 {m.column}：{m.why}。{m.instead}", err=True)
    if len(done.misfits) > 20:
        click.echo(
            f"  还有 {len(done.misfits) - 20} 处{'，见 ' + str(errors) if errors else '；加 --errors 写成表'}",
            err=True,
        )
