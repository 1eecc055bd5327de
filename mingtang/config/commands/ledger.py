"""``mingtang ledger``: verify and seal the Acts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from mingtang.casework import api as casework
from mingtang.config.commands.report import refuse
from mingtang.law.api import Refused
from mingtang.ledger import api


@click.group()
def ledger() -> None:
    """Verify and seal the Acts."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def verify(as_json: bool) -> None:
    """Recompute every digest and signature; name each row that was edited, removed or inserted.

    It needs the keys the Acts were written with (exit 2 without them) and proves nothing against who holds keys and database.
    """
    found = api.verify()
    if isinstance(found, Refused):
        refuse(found, as_json, status=2)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "acts": found.acts,
                    "unsealed": found.unsealed,
                    "erased": found.erased,
                    "faults": list(found.faults),
                },
                ensure_ascii=False,
            )
        )
    else:
        for fault in found.faults:
            click.echo(fault)
        click.echo(
            f"痕迹 {found.acts} 条，未封存 {found.unsealed} 条，按规定删去附带内容 {found.erased} 条，问题 {len(found.faults)} 处"
        )
    sys.exit(1 if found.faults else 0)


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def seal(as_json: bool) -> None:
    """Seal every unsealed Act in signed batches."""
    n = api.take(None, "seal", by=None, at=api.now())
    click.echo(json.dumps({"sealed": n}) if as_json else f"封存 {n} 条")


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.option("--resume", is_flag=True, help="Make no newer key; go on closing what an interrupted run left.")
def rotate(as_json: bool, resume: bool) -> None:
    """Make a newer key for applicants' identities and close every kept one under it."""
    name = api.Identity.newest() if resume else api.take(None, "rotate", by=None, at=api.now())
    n = casework.reseal_identities(by=None, at=api.now())
    click.echo(json.dumps({"key": name, "resealed": n}) if as_json else f"新钥 {name}，重新加密 {n} 份")


@ledger.command("load-law")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", type=click.Choice(["notice", "norms"]), default="notice", show_default=True)
@click.option("--year", type=int, help="The year a notice arranges, where its text does not say.")
@click.option("--by", "login", required=True, help="Who loads it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def load_law(file: Path, kind: str, year: int | None, login: str, as_json: bool) -> None:
    """Load a holiday notice (pasted text) or a city's norms (YAML); open cases are recomputed by the background."""
    person = api.find("person", username=login).first()
    if person is None:
        raise click.UsageError(f"没有账号“{login}”")
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        refuse(Refused("文件不是 UTF-8 文本", "放假通知按文本载入", "请另存为 UTF-8 文本再载入"), as_json)
    done = api.take(None, "load_law", by=person, at=api.now(), kind=kind, text=text, title="", year=year)
    if isinstance(done, Refused):
        refuse(done, as_json)
    click.echo(
        json.dumps({"title": done.title, "id": done.pk}, ensure_ascii=False)
        if as_json
        else f"已载入《{done.title}》"
    )
