"""The one command line: what keeps every command from beginning is told in words, and nothing is made on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from mingtang.config.cli import main
from mingtang.law import plain_yaml

ROOT = Path(__file__).parents[2]


_ALL = """
import sys
from click.testing import CliRunner
from mingtang.config.cli import main
for words in (["law", "due", "--received", "2017-01-16", "--channel", "in_person"], ["law", "fee", "--method", "per_item", "--quantity", "3"],
              ["law", "why", "reply_days"], ["law", "lint"], ["check", "a.txt"], ["report", "audit", "a.txt"], ["site", "--help"], ["doctor"],
              ["ledger", "verify"]):
    done = CliRunner().invoke(main, words, catch_exceptions=False)
    print(*words[:2], done.stdout[:40], done.stderr)
"""


@pytest.mark.look
def test_what_needs_no_data_folder_makes_none(tmp_path):
    here, home = tmp_path / "here", tmp_path / "home"
    here.mkdir()
    (here / "a.txt").write_text("全年受理申请10件，其中当面申请3件，信函申请7件。", encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if k != "MINGTANG_DATABASE"}
    done = subprocess.run(
        [sys.executable, "-c", _ALL], cwd=here, capture_output=True, text=True, check=True,
        env=kept | {"MINGTANG_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert "还没有建库" in done.stdout.partition("ledger verify")[2], "what needs one says so"
    assert not home.exists()
    assert [p.name for p in here.iterdir()] == ["a.txt"]


@pytest.mark.look
def test_a_broken_file_of_the_installation_is_told_with_its_place_and_ends_with_2(tmp_path, monkeypatch):
    broken = tmp_path / "reply_days.yaml"
    broken.write_text("title: 答复\nvalues: [1, 2\n", encoding="utf-8")
    command = click.Command("law", callback=lambda: plain_yaml.read_yaml(broken))
    monkeypatch.setattr("mingtang.config.commands.law.law", command)
    result = CliRunner().invoke(main, ["law"])
    assert result.exit_code == 2
    assert "reply_days.yaml：第 3 行" in result.stderr
    assert "从这里起不是有效的 YAML" in result.stderr
    assert "请改正这个文件后再运行" in result.stderr


def test_a_file_that_is_no_text_or_holds_nothing_is_told_too(tmp_path):
    odd = tmp_path / "x.yaml"
    for content, said in (
        (b"a: \xff", "x.yaml：第 4 个字节：不是 UTF-8 文本"),
        (b"# nothing\n", "应为“键: 值”的表"),
    ):
        odd.write_bytes(content)
        with pytest.raises(plain_yaml.Malformed, match=said):
            plain_yaml.read_yaml(odd)
    assert plain_yaml.read_yaml(odd, empty=True) == {}


def test_outside_a_checkout_nothing_is_kept_beside_the_program_unless_somebody_says_so(
    tmp_path, settings, monkeypatch
):
    settings.BASE_DIR, settings.HOME = tmp_path, tmp_path / "var"
    monkeypatch.delenv("MINGTANG_HOME", raising=False)
    done = CliRunner().invoke(main, ["migrate"])
    assert done.exit_code == 2
    assert "MINGTANG_HOME" in done.stderr
    assert not settings.HOME.exists()
