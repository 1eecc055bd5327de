"""``mingtang deploy``: what other programs of a service installation are told."""

from __future__ import annotations

from pathlib import Path

import click
from django.conf import settings

from mingtang.config.commands.report import refuse
from mingtang.law.api import Refused
from mingtang.portal.api import Redirects
from mingtang.portal.nginx import configuration


@click.group()
def deploy() -> None:
    """Configurations for the programs around a service installation."""


@deploy.command()
@click.option("--host", "hosts", multiple=True, help="A domain of the site (default: MINGTANG_HOSTS).")
@click.option("--upstream", default="127.0.0.1:8000", show_default=True, help="Where granian answers.")
@click.option("--listen", default="80", show_default=True, help="Address and port of the site, as nginx writes it.")  # fmt: skip
@click.option("--certificate", default="", help="Its certificate: the site then answers on 443 only.")
@click.option("--key", default="", help="The certificate's private key.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write it to this file.")
def nginx(
    hosts: tuple[str, ...], upstream: str, listen: str, certificate: str, key: str, output: str | None
) -> None:
    """The nginx configuration: the baked tree served without Python, counter and desk behind it."""
    names = list(hosts) or [h for h in settings.ALLOWED_HOSTS if h not in ("*", "[::1]")]
    made = configuration(
        settings.HOME / "site", names, upstream=upstream, listen=listen, moved=Redirects.as_nginx(),
        certificate=certificate, key=key,
    )  # fmt: skip
    if isinstance(made, Refused):
        refuse(made, False, 2)
    if output:
        Path(output).write_text(made, "utf-8")
        click.echo(f"已写入 {output}；用 nginx -t 核对后重新载入", err=True)
    else:
        click.echo(made, nl=False)
