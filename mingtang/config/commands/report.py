"""``mingtang report``: compile, declare, file and audit annual reports."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NoReturn

import click

from mingtang.config.commands.report_audit import audit
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight


@click.group()
def report() -> None:
    """Compile, file and audit annual reports."""


report.add_command(audit)


def refuse(refused: Refused, as_json: bool = False, status: int = 1) -> NoReturn:
    """Say a refusal on stderr (as JSON on stdout when asked) and leave."""
    if as_json:
        click.echo(
            json.dumps(
                {"error": refused.why, "basis": refused.basis, "instead": refused.instead}, ensure_ascii=False
            )
        )
    else:
        click.echo(f"{refused.why}（{refused.basis}）。{refused.instead}", err=True)
    sys.exit(status)


def _agency(code: str | None) -> ledger.Agency:
    found = ledger.find("agency", code=code) if code else ledger.find("agency", parent__isnull=True)
    agency = found.first()
    if agency is None:
        known = "、".join(a.code for a in ledger.find("agency", level="city").page(1, 40).rows)
        raise click.UsageError(
            f"没有代码为“{code}”的单位；例如：{known}" if known else "还没有建库，请先运行 make demo"
        )
    return agency


@report.command("compile")
@click.option("--year", type=click.IntRange(2008, 2200), required=True, help="Reporting year.")
@click.option("--agency", "code", help="Code of the organ (default: the city; with all organs below it).")
@click.option("--format", "how", type=click.Choice(oversight.FORMATS), default="json", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write (default: stdout)."
)
@click.option(
    "--recount",
    is_flag=True,
    help="Count every row again first (done by itself while anything was never counted).",
)
def compile_(
    year: int, code: str | None, how: str, as_json: bool, output: Path | None, recount: bool
) -> None:
    """Fill the form of a year from tallies and declarations."""
    agency, at, how = _agency(code), ledger.now(), "json" if as_json else how
    if year <= at.year:
        oversight.recount(
            year, at, progress=lambda n, of: click.echo(f"\r重新计数 {n}/{of}", nl=n == of, err=True),
            missing_only=not recount,
        )  # fmt: skip
    made = oversight.compile_report(agency, year, at)
    if isinstance(made, Refused):
        refuse(made, as_json=how == "json")
    content = oversight.render(made, how)
    if output:
        try:
            output.write_bytes(content)
        except OSError as error:
            raise click.UsageError(f"写不进 {output}：{error.strerror}。请换一个可写的位置。") from error
        click.echo(f"已写入 {output}", err=True)
    else:
        sys.stdout.buffer.write(content)
    for block in made.blocks:
        click.echo(f"还不能定稿：{block}", err=True)


@report.command()
@click.argument("cell")
@click.argument("value")
@click.option("--year", type=int, required=True)
@click.option("--agency", "code")
@click.option("--unit", "unit_name", required=True, help="Unit that states the figure.")
@click.option("--source", required=True, help="The paper it rests on.")
@click.option("--signer", required=True)
@click.option("--signed-on", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--by", "login", required=True, help="Who enters it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def declare(
    cell: str, value: str, year: int, code: str | None, unit_name: str, source: str, signer: str, signed_on: datetime,
    login: str, as_json: bool,
) -> None:  # fmt: skip
    """State a figure that no row of this platform can give."""
    person = ledger.find("person", username=login).first()
    if person is None:
        raise click.UsageError(f"没有账号“{login}”")
    try:
        figure = Decimal(value)
    except InvalidOperation as error:
        raise click.UsageError(f"“{value}”不是数字") from error
    done = oversight.take(
        _agency(code), "declare", year=year, by=person, at=ledger.now(), cell=cell, value=figure, unit_name=unit_name,
        source=source, signer=signer, signed_on=signed_on.date(),
    )  # fmt: skip
    if isinstance(done, Refused):
        refuse(done, as_json)
    click.echo(
        json.dumps({"cell": cell, "value": value}) if as_json else f"{cell} = {value}，{unit_name}申报"
    )
