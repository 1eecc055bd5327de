"""The one command line: what keeps every command from beginning is told in words, and nothing is made on the way."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from mingtang.config.cli import main
from mingtang.law import plain_yaml, reading


@pytest.mark.look
def test_a_broken_file_of_the_installation_is_told_with_its_place_and_ends_with_2(tmp_path, monkeypatch):
    (tmp_path / "norms").mkdir()
    (tmp_path / "norms/reply_days.yaml").write_text("title: 答复\nvalues: [1, 2\n", encoding="utf-8")
    monkeypatch.setattr(reading, "HOME", tmp_path)
    reading.norm_sheets.cache_clear()
    try:
        result = CliRunner().invoke(main, ["law", "why", "reply_days"])
    finally:
        reading.norm_sheets.cache_clear()
    assert result.exit_code == 2
    assert "norms/reply_days.yaml：第 3 行" in result.stderr
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
