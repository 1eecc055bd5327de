"""``mingtang demo``: create the demo city once, then serve portal, counter and desk on one port."""

from __future__ import annotations

import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from mingtang.config import schedule
from mingtang.config.commands.serve import bring_up_to_date, data_folder, must_be_free, run_server
from mingtang.config.demo import living, units, y2017
from mingtang.ledger import api as ledger
from mingtang.oversight import api as oversight
from mingtang.portal import api as portal

_DONE, _BAKED = "demo-is-complete", "demo-site-is-complete"


class Progress:
    """One line a step with its seconds; a bar where a step counts."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    @contextmanager
    def step(self, label: str, length: int = 0) -> Iterator[Callable[[int], object]]:
        start = time.monotonic()
        if length and sys.stderr.isatty():
            with click.progressbar(length=length, label=f"  {label}", file=sys.stderr) as bar:
                yield bar.update
        else:
            yield lambda n: None
        click.echo(f"  {label}  {time.monotonic() - start:.1f} 秒", err=True)


def _clear() -> None:
    """Remove a demo that was not finished; never anything else."""
    here = "ledger_installation" in connection.introspection.table_names()
    if here and any(kind != "demo" for (kind,) in ledger.find("installation").values("kind")):
        raise click.ClickException(
            "这个数据库属于正式环境，不能装载演示数据。请用 MINGTANG_HOME 另指一个目录。"
        )
    if connection.vendor == "sqlite":
        connection.close()
        name = Path(settings.DATABASES["default"]["NAME"])
        for suffix in ("", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
    elif here:
        call_command("flush", verbosity=0, interactive=False)
    (settings.HOME / _BAKED).unlink(missing_ok=True)
    for folder in ("site", "files", "search"):
        shutil.rmtree(settings.HOME / folder, ignore_errors=True)
    (settings.HOME / "seals.log").unlink(missing_ok=True)


def build(progress: Progress) -> None:
    """Every row of the demo city, through the doors; leaves a mark when it is whole."""
    data_folder()
    _clear()
    with progress.step("建库"):
        bring_up_to_date()
        units.install("示例市", living.START)
    with progress.step("机构和人员"):
        units.found_city()
        people = units.hire_staff()
        keeper = people["keeper"]
    with progress.step("2017年公开信息 33,981 条", 33_981) as advance:
        y2017.load_publications(keeper, living.START, advance)
    with progress.step("2017年事项、申请、复议诉讼、提案、来信"):
        y2017.load_service_items(keeper, living.START)
        y2017.load_registers(keeper, living.START)
    with progress.step("2025年、2026年"):
        living.load_publications(keeper)
        living.load_closed_cases()
        living.load_open_cases()
        living.load_drafts()
        living.load_duties(living.START)
    with progress.step("计数和2025年年报"):
        oversight.recount(2017, living.START)
        y2017.write_report(people["yeming"], living.START)
        living.report_2025(lambda text: click.echo(f"  {text}", err=True))
        oversight.recount(2026, living.START)
        _settle_outbox()
    (settings.HOME / _DONE).write_text("1")


def _settle_outbox() -> None:
    """What was loaded is counted and baked in bulk; the consumers start from here."""
    ledger.take(None, "skip", by=None, at=ledger.now(), consumers=schedule.CONSUMERS)


def _finish(report: Callable[[str], None]) -> None:
    """Bake what was not baked before the addresses were printed, and seal the Acts."""
    connection.close()
    try:
        ledger.take(None, "seal", by=None, at=ledger.now())
        if not portal.Finder.stats().entries:
            portal.Finder.rebuild()
            report("检索索引已建立")
        portal.rebuild(progress=None)
        (settings.HOME / _BAKED).write_text("1")
        report("门户全部页面已生成")
    finally:
        connection.close()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--build-only", is_flag=True, help="Create the city, bake everything, do not serve.")
@click.option("--first-pages", is_flag=True, help="Leave older pages and the search index to the next start.")
def demo(host: str, port: int, build_only: bool, first_pages: bool) -> None:
    """Create the demo city (once) and serve it."""
    if not build_only:
        must_be_free(host, port)
    progress = Progress()
    fresh = not (settings.HOME / _DONE).exists()
    if fresh:
        click.echo("正在建立演示城市“示例市”（虚构）……", err=True)
        build(progress)
    else:
        bring_up_to_date()
    portal.recover()
    # A whole site of an earlier run is served at once, and brought up to date beside that.
    if fresh or build_only or not (settings.HOME / _BAKED).exists():
        with progress.step("首批页面"):
            portal.rebuild(only=None if build_only else "first")
    if build_only:
        ledger.take(None, "seal", by=None, at=ledger.now())
        portal.Finder.rebuild()
        (settings.HOME / _BAKED).write_text("1")
        return
    threading.Thread(target=_beside, args=(host, port, progress, first_pages), daemon=True).start()
    run_server(host, port, background=True)


def _beside(host: str, port: int, progress: Progress, first_pages: bool) -> None:
    """While the server runs: the addresses as soon as they answer, then the pages that could wait."""
    for _ in range(600):
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            break
        time.sleep(0.1)
    _greet(host, port, time.monotonic() - progress.began)
    if not first_pages:
        _finish(lambda text: click.echo(f"  {text}", err=True))


def _greet(host: str, port: int, seconds: float) -> None:
    base = f"http://{host}:{port}"
    click.echo(f"\n示例市已就绪（{seconds:.0f} 秒）。演示系统，一切人物、机构、数据均为虚构。\n")
    for label, path in (
        ("门户", "/"),
        ("申请公开", "/apply"),
        ("查询进度", "/track"),
        ("期限试算", "/due"),
        ("工作台", "/desk/"),
    ):
        click.echo(f"  {label}  {base}{path}")
    click.echo(f"\n演示账号（密码都是 {units.PASSWORD}）：")
    for login, name, what in units.accounts():
        click.echo(f"  {login:<10} {name}  {what}")
    click.echo("\n其余页面在后台继续生成；按 Ctrl+C 停止。\n")
