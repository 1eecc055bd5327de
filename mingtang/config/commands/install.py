"""``mingtang install``: make this database a city's, with its government and its first keeper."""

from __future__ import annotations

import json

import click
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from mingtang.config.commands.report import refuse
from mingtang.config.commands.serve import bring_up_to_date
from mingtang.law.api import Refused
from mingtang.ledger import api as ledger


@click.command()
@click.option("--city", required=True, help="Name of the city, as 示例市.")
@click.option("--prefix", default="", help="机关代字 of the city government, as 示政.")
@click.option("--keeper", "login", required=True, help="Log-in of the first keeper.")
@click.option("--name", required=True, help="The keeper's name.")
@click.password_option(help="The keeper's password (asked for when not given).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def install(city: str, prefix: str, login: str, name: str, password: str, as_json: bool) -> None:
    """Create a service installation: its database, its government, its first keeper. Once."""
    bring_up_to_date()
    if ledger.find("installation").exists():
        refuse(
            Refused("这个数据库已经属于一个安装", "一个数据库只装一次", "请用 MINGTANG_DATABASE 另指一个库"),
            as_json,
        )
    try:
        validate_password(password)
    except ValidationError as error:
        refuse(Refused("口令不合要求：" + "".join(error.messages), "账号安全", "请换一个更长的口令"), as_json)
    with transaction.atomic():
        at = ledger.now()
        ledger.take(None, "install", by=None, at=at, kind="service", city_name=city)
        government = ledger.take(
            None, "found", by=None, at=at, code="GOV", name=f"{city}人民政府", short_name="市政府", type="government",
            level="city", doc_prefix=prefix, valid_from=at.date(),
        )  # fmt: skip
        keeper = ledger.take(None, "hire", by=None, at=at, username=login, name=name, password=password)
        ledger.take(keeper, "appoint", by=None, at=at, agency=government, role="keeper", since=at.date())
    click.echo(
        json.dumps({"city": city, "keeper": login}, ensure_ascii=False)
        if as_json
        else f"{city}已建立，管理员 {login}"
    )
