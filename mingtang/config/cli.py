"""The one command line. Rooms' commands are loaded when asked for, so ``law`` needs neither Django nor a database."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

import click

# name → (module:attribute, needs Django, one line of help)
COMMANDS = {
    "demo": ("mingtang.config.commands.demo:demo", True, "Create the demo city, bake it and serve it."),
    "install": (
        "mingtang.config.commands.install:install",
        True,
        "Make this database a city's (service, not demo).",
    ),
    "law": (
        "mingtang.config.commands.law:law",
        False,
        "Deadlines, fees and norms of the Regulation, with reasons.",
    ),
    "check": ("mingtang.config.commands.check:check", False, "Check any file before it is published."),
    "import": (
        "mingtang.config.commands.importing:group",
        True,
        "Take over another system's catalogue or saved site.",
    ),
    "duties": (
        "mingtang.config.commands.duties:duties",
        True,
        "The standard catalogue in and out as duties.",
    ),
    "report": ("mingtang.config.commands.report:report", True, "Compile, declare and audit annual reports."),
    "bake": ("mingtang.config.commands.site:bake", True, "Bake the portal."),
    "site": ("mingtang.config.commands.site:site", True, "Verify and heal the baked portal."),
    "search": (
        "mingtang.config.commands.search:group",
        False,
        "Make the search index anew; measure the ranking.",
    ),
    "work": ("mingtang.config.commands.work:work", True, "Drain the outbox and run the jobs."),
    "tick": ("mingtang.config.commands.work:tick", True, "Run the jobs that are due, once."),
    "ledger": ("mingtang.config.commands.ledger:ledger", True, "Verify and seal the Acts."),
    "serve": ("mingtang.config.commands.serve:serve", True, "Serve portal, counter and desk on one port."),
    "deploy": (
        "mingtang.config.commands.deploy:deploy",
        True,
        "Configurations for the programs around a service.",
    ),
    "migrate": ("mingtang.config.commands.serve:migrate", True, "Bring the database up to date."),
    "doctor": (
        "mingtang.config.commands.doctor:doctor",
        True,
        "Say what is missing on this machine, and what the background could not do.",
    ),
}


class Rooms(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        where, django, _ = COMMANDS[name]
        module, attribute = where.split(":")
        if django:
            set_up()
        return getattr(import_module(module), attribute)

    def invoke(self, ctx: click.Context) -> object:
        """What keeps every command from beginning is told, instead of failing: no database yet, a file of the installation."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            told = cannot_begin(error)
            if told is None:
                raise
        status, why, basis, instead = told
        if "--json" in sys.argv:
            click.echo(json.dumps({"error": why, "basis": basis, "instead": instead}, ensure_ascii=False))
        else:
            click.echo(f"{why}。{instead}。", err=True)
        sys.exit(status)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


def cannot_begin(error: Exception) -> tuple[int, str, str, str] | None:
    """Exit status, why, basis and what to do for a failure that no input caused; None for any other."""
    from mingtang.law.api import Malformed

    if without_tables(error):
        instead = "请先运行 make demo、mingtang install 或 mingtang migrate；数据目录由 MINGTANG_HOME 指明"
        return 1, "还没有建库，或数据库还没有升级", "数据库", instead
    if isinstance(error, Malformed):
        return 2, f"系统自己的文件有误。{error}", "这个文件的格式", "请改正这个文件后再运行"
    return None


def without_tables(error: Exception) -> bool:
    """Does a failure only say that the tables are not there (SQLite's and PostgreSQL's words)?"""
    said = str(error)
    return type(error).__name__ in ("OperationalError", "ProgrammingError") and (
        "no such table" in said
        or "no such column" in said
        or "does not exist" in said
        or said == "unable to open database file"  # SQLite, before there is a data folder
    )


def set_up() -> None:
    """Django, once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingtang.config.settings")
    import django

    django.setup()


@click.group(cls=Rooms)
@click.version_option("0.1.0", message="%(version)s")
def main() -> None:
    """明堂 Mingtang: government information disclosure for a Chinese city."""


if __name__ == "__main__":
    sys.exit(main())
