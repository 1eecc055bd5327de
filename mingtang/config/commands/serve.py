"""``mingtang serve`` and ``mingtang migrate``."""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
import threading

import click

# How long the parts of the server may take to end, in seconds.
_PATIENCE = 1


def data_folder() -> None:
    """Make the data folder when there is none.

    Raises UsageError outside a checkout when nobody said where: beside the program, it would go with the program.
    """
    from django.conf import settings

    if "MINGTANG_HOME" not in os.environ and not (settings.BASE_DIR / "pyproject.toml").is_file():
        raise click.UsageError(
            "请先用环境变量 MINGTANG_HOME 指明数据目录，例如 export MINGTANG_HOME=/srv/mingtang"
        )
    settings.HOME.mkdir(parents=True, exist_ok=True)


def bring_up_to_date() -> None:
    """Make the data folder when there is none, and the database's tables as this version has them."""
    from django.core.management import call_command

    data_folder()
    call_command("migrate", verbosity=0, interactive=False)


@click.command()
def migrate() -> None:
    """Bring the database up to date."""
    bring_up_to_date()
    click.echo("数据库已是最新", err=True)


def must_be_free(host: str, port: int) -> None:
    """Raises ClickException when another program answers on the port."""
    with socket.socket() as probe:
        if probe.connect_ex((host, port)) == 0:
            raise click.ClickException(
                f"端口 {port} 已有程序在用。请换一个端口，例如 make demo PORT={port + 1}。"
            )


def run_server(host: str, port: int, background: bool, threads: int = 4) -> None:
    """Serve until stopped; with ``background``, drain the outbox and tick in this process as well."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    must_be_free(host, port)
    # Never fork with threads about: a child would inherit SQLite's locks as they stood and wait for ever.
    multiprocessing.set_start_method("spawn", force=True)
    stop = threading.Event()
    server = Granian(
        "mingtang.config.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=1,
        blocking_threads=threads, log_access=False, log_level=LogLevels.warning, websockets=False,
        workers_kill_timeout=_PATIENCE,
    )  # fmt: skip
    server.on_shutdown(stop.set)
    if not background:
        server.serve()
        return
    from mingtang.config.commands.work import run

    worker = threading.Thread(target=run, args=(stop,), name="work", daemon=True)
    worker.start()
    server.serve()
    worker.join(timeout=_PATIENCE)
    # Whoever pressed Ctrl+C does not wait for a bake: what is half done is done again at the next start.
    for child in multiprocessing.active_children():
        child.terminate()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--background/--no-background", default=False, help="Also drain the outbox and run the jobs here."
)
def serve(host: str, port: int, background: bool) -> None:
    """Serve portal, counter and desk on one port."""
    from mingtang.ledger.api import find

    if not find("installation").exists():
        raise click.ClickException("还没有建立平台：请先运行 mingtang install 或 make demo。")
    run_server(host, port, background)
