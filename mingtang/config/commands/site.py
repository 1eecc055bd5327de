"""``mingtang bake`` and ``mingtang site verify``: make the baked portal, and check it against its signed manifest."""

from __future__ import annotations

import json
import sys
import time

import click
from django.conf import settings

from mingtang.config.commands.report import refuse
from mingtang.law.api import Refused
from mingtang.portal import api


@click.command()
@click.option(
    "--only", multiple=True, type=click.Choice(["first", *api.STAGES]), help="Only these stages (repeatable)."
)
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 32), help="Processes that bake."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def bake(only: tuple[str, ...], workers: int, as_json: bool) -> None:
    """Bake the portal. Interrupted, it goes on where it stopped; pages that did not change are left alone."""
    began = time.monotonic()
    api.recover()
    stages = {stage for word in only for stage in (api.FIRST if word == "first" else (word,))}
    bar = click.progressbar(length=1, label="生成页面", file=sys.stderr)
    with bar:

        def progress(done: int, of: int, what: str) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        totals = api.rebuild(progress=progress, only=stages or None, workers=workers)
    seconds = time.monotonic() - began
    if as_json:
        click.echo(json.dumps(totals | {"seconds": round(seconds, 3)}))
    else:
        click.echo(f"{totals['pages']} 页，{totals['changed']} 个文件有变化，用时 {seconds:.1f} 秒", err=True)


@click.group()
def site() -> None:
    """Verify and heal the baked portal."""


@site.command()
@click.option("--heal", is_flag=True, help="Mend what was changed, lost or slipped in.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def verify(heal: bool, as_json: bool) -> None:
    """Compare every file with the signed manifest; exit status 1 when something is not as it was signed, 2 without its key."""
    if not (settings.HOME / "site").is_dir() and not (settings.KEYS / "site").is_file():
        # Nothing was ever signed here, and whoever only looks makes no key.
        refuse(Refused(
            "这里还没有生成过网站", f"网站应在 {settings.HOME / 'site'}", "先执行 mingtang bake；数据目录由 MINGTANG_HOME 指明",
        ), as_json, 2)  # fmt: skip
    if (settings.HOME / "site").is_dir() and not (settings.KEYS / "site").is_file():
        # Under a new key the whole site would look forged, and healing would sign whatever lies there.
        refuse(Refused(
            "缺少网站签名的密钥，无法核验，也不说明网站被改过", f"密钥应在 {settings.KEYS}",
            "请从备份恢复原来的 keys 目录再核验；不要新建",
        ), as_json, 2)  # fmt: skip
    found = api.verify()
    left = api.verify(heal=True) if heal and found else found
    if as_json:
        rows = [{"path": f.path, "kind": f.kind} for f in found]
        click.echo(
            json.dumps(
                {"faults": rows, "healed": len(found) - len(left), "left": len(left)}, ensure_ascii=False
            )
        )
    else:
        for fault in found:
            click.echo(fault.text)
        if heal and found:
            click.echo(f"修复 {len(found) - len(left)} 处，余 {len(left)} 处", err=True)
        click.echo(
            "与签名清单一致" if not left else f"有 {len(left)} 处与签名清单不符；可用 --heal 修复", err=True
        )
    sys.exit(1 if left else 0)


@site.command()
@click.option("--nginx", is_flag=True, help="As lines for an nginx map block.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def redirects(nginx: bool, as_json: bool) -> None:
    """Old addresses of a site that was taken over, and where each leads."""
    if nginx:
        click.echo(api.Redirects.as_nginx(), nl=False)
    elif as_json:
        click.echo(json.dumps(api.Redirects.told(), ensure_ascii=False))
    else:
        for path, url in api.Redirects.told().items():
            click.echo(f"/{path}\t{url}")
