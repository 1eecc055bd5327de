"""``mingtang search``: make the index anew, ask it, and measure the ranking on a city's own documents and questions."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from mingtang.search import api as search


@click.group("search")
def group() -> None:
    """Full-text search: rebuild the index, or measure the ranking."""


def _lines(files: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The JSON objects of these files, one a line; ``.gz`` is unpacked. A line that is none names its file and place."""
    for name in files:
        opener = gzip.open if name.endswith(".gz") else open
        with opener(name, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    found = json.loads(line)
                except ValueError:
                    raise click.ClickException(f"{name} 第 {number} 行不是 JSON") from None
                if not isinstance(found, dict):
                    raise click.ClickException(f"{name} 第 {number} 行不是一个对象")
                yield found


def _documents(files: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Documents; one without a number of its own is known by its file and line."""
    for name in files:
        for number, found in enumerate(_lines((name,)), 1):
            yield {"docid": f"{Path(name).name}:{number}", **found}


@group.command("eval")
@click.argument("docs", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--queries", required=True, multiple=True, type=click.Path(exists=True, dir_okay=False), help="JSON Lines with question and docid.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def evaluate(docs: tuple[str, ...], queries: tuple[str, ...], as_json: bool) -> None:
    """Measure the ranking: DOCS are JSON Lines with docid, text and perhaps title."""
    try:
        found = search.evaluate(_documents(docs), _lines(queries))
    except KeyError as missing:
        raise click.ClickException(f"有一行缺少 {missing} 这一项：文档要有 docid 和 text，问题要有 question 和 docid") from None  # fmt: skip
    except ValueError:
        raise click.ClickException("问题文件里没有问题：每行一个 JSON，要有 question 和 docid") from None
    except (OSError, UnicodeDecodeError):
        raise click.ClickException("文件读不出来：应当是 UTF-8 的 JSON Lines，或者它的 .gz") from None
    if as_json:
        figures = {
            "mrr@10": found.mrr,
            "recall@1": found.recall_1,
            "recall@10": found.recall_10,
            "ms/query": found.milliseconds,
        }
        click.echo(json.dumps({**figures, "queries": found.questions, "documents": found.documents}))
        return
    click.echo(f"MRR@10 {found.mrr:.3f}\nrecall@1 {found.recall_1:.3f}\nrecall@10 {found.recall_10:.3f}")
    click.echo(f"ms/query {found.milliseconds:.2f}")


@group.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def rebuild(as_json: bool) -> None:
    """Make the index anew from the catalogue; the old one answers until then."""
    # Only this of the group needs the database.
    from mingtang.config.cli import set_up

    set_up()
    from mingtang.disclosure import api as disclosure
    from mingtang.portal.api import Finder

    length = disclosure.find("document", state="live", on_site=True).count()
    if as_json or not sys.stderr.isatty():
        done = Finder.rebuild()
    else:
        with click.progressbar(length=length, label="建立索引", file=sys.stderr) as bar:
            done = Finder.rebuild(bar.update)
    stats = Finder.stats()
    if as_json:
        click.echo(json.dumps({"entries": done, "bytes": stats.bytes}))
    else:
        click.echo(f"已建立：{done} 件，{stats.bytes / 1_000_000:.0f} MB")
