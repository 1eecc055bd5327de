"""The one command line. Rooms' commands are loaded when asked for, so ``law`` needs neither Django nor a database."""

from __future__ import annotations

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
    "report": ("mingtang.config.commands.report:report", True, "Compile, file and audit annual reports."),
    "bake": ("mingtang.config.commands.site:bake", True, "Bake the portal."),
    "site": ("mingtang.config.commands.site:site", True, "Verify and heal the baked portal."),
    "work": ("mingtang.config.commands.work:work", True, "Drain the outbox and run the jobs."),
    "tick": ("mingtang.config.commands.work:tick", True, "Run the jobs that are due, once."),
    "ledger": ("mingtang.config.commands.ledger:ledger", True, "Verify and seal the Acts."),
    "serve": ("mingtang.config.commands.serve:serve", True, "Serve portal, counter and desk on one port."),
    "migrate": ("mingtang.config.commands.serve:migrate", True, "Bring the database up to date."),
    "doctor": ("mingtang.config.commands.doctor:doctor", True, "Say what is missing on this machine."),
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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


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
