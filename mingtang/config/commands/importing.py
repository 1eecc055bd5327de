"""``mingtang import``: another system's catalogue, taken over row by row; run it dry first."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from mingtang.config.commands.report import refuse
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.portal import api as portal


class _Imports(click.Group):
    """``mingtang import FILE`` is ``mingtang import catalogue FILE``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["catalogue", *args]
        return super().parse_args(ctx, args)


@click.group("import", cls=_Imports)
def group() -> None:
    """Take over another system's catalogue (a table) or saved site (its pages)."""


@group.command("catalogue")
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
        refuse(Refused(table.why, table.basis, table.instead), as_json)
    person, organ = _asked(account, agency, (kind,))
    done = _taken(table, source, person, kind, organ, dry_run, as_json)
    _close(table, done, dry_run, errors, as_json)


@group.command("site")
@click.argument("saved", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--source", required=True, help="The site the pages come from, as it will stand beside each of them."
)
@click.option("--by", "account", required=True, help="The account of the keeper who answers for the import.")
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="COLUMN=KIND",
    help="The kind of what stands in a column of the old site (repeatable).",
)
@click.option("--kind", default="", help="Kind of pages whose column is not mapped.")
@click.option("--agency", default="", help="Code of the organ of pages whose source is none of the register.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; write nothing.")
@click.option(
    "--table",
    "seen",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what was recognised, a row a page, to this CSV.",
)
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the pages that do not fit to this CSV.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def import_site(
    saved: Path, source: str, account: str, columns: tuple[str, ...], kind: str, agency: str, dry_run: bool,
    seen: Path | None, errors: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Take over the saved pages of a site (a folder or a ZIP); old addresses lead to the new ones. Safe to run again."""
    kinds = dict(c.partition("=")[::2] for c in columns)
    person, organ = _asked(account, agency, (kind, *kinds.values()))
    table = disclosure.SavedSite.of_path(saved, kinds)
    if isinstance(table, disclosure.Unreadable):
        refuse(Refused(table.why, table.basis, table.instead), as_json)
    if seen:
        seen.write_text(table.as_csv(), encoding="utf-8")
    done = _taken(table, source, person, kind, organ, dry_run, as_json)
    if not dry_run:
        _lead_on(table, source)
    _close(table, done, dry_run, errors, as_json)


def _lead_on(table: disclosure.SavedSite, source: str) -> None:
    """Old addresses lead to what was taken over, now or before."""
    for path in portal.Redirects.moved(table.moved(source)):
        click.echo(f"旧网址 /{path} 不能转到新网址：与本站的网址相同，或已转到另一篇", err=True)


def _asked(account: str, agency: str, kinds: Sequence[str]) -> tuple[ledger.Person, ledger.Agency | None]:
    """The keeper and the organ; a usage error for what does not exist."""
    person = ledger.find("person", username=account).first()
    organ = ledger.find("agency", code=agency).first() if agency else None
    if person is None or (agency and organ is None) or any(k and k not in disclosure.KINDS for k in kinds):
        raise click.UsageError("没有这个账号、机构代码或文种；文种可用：" + "、".join(disclosure.KINDS))
    return person, organ


def _taken(
    table: disclosure.CatalogueTable, source: str, person: ledger.Person, kind: str, organ: ledger.Agency | None,
    dry_run: bool, as_json: bool,
) -> disclosure.Imported:  # fmt: skip
    """What the table came to; ends with the refusal when it was refused."""
    with click.progressbar(length=len(table.rows), label="移交", file=sys.stderr, hidden=as_json) as bar:
        done = table.take(
            source, person, ledger.now(), kind=kind, agency=organ, dry=dry_run, progress=bar.update
        )
    if isinstance(done, Refused):
        refuse(done, as_json)
    return done


def _close(
    table: disclosure.CatalogueTable,
    done: disclosure.Imported,
    dry_run: bool,
    errors: Path | None,
    as_json: bool,
) -> None:
    """Tell, and leave with the status that says whether everything fitted."""
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
