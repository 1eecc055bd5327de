"""``mingtang ledger``: verify and seal the Acts."""

from __future__ import annotations

import json
import sys

import click

from mingtang.casework import api as casework
from mingtang.ledger import api


@click.group()
def ledger() -> None:
    """Verify and seal the Acts."""


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def verify(as_json: bool) -> None:
    """Recompute every digest and signature; name each row that was edited, removed or inserted."""
    found = api.verify()
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
    n = api.seal_acts()
    click.echo(json.dumps({"sealed": n}) if as_json else f"封存 {n} 条")


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def rotate(as_json: bool) -> None:
    """Make a newer key for applicants' identities and close every kept one under it."""
    name = api.new_key()
    n = casework.reseal_identities(by=None, at=api.now())
    click.echo(json.dumps({"key": name, "resealed": n}) if as_json else f"新钥 {name}，重新加密 {n} 份")
