"""``mingtang check``: the JSON of the contract, its exit status, and what it says of files nobody can read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mingtang.config.commands.check import check

from .given_files import a_docx, an_xlsx, zipped


def run(*arguments: str | Path, given: bytes | None = None) -> Result:
    return CliRunner().invoke(check, [str(a) for a in arguments], input=given)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "好.txt").write_text("全市受理申请12件。\n", "utf-8")
    (tmp_path / "错.txt").write_text("全市受理申请12件（当面5件，网络8件）。\n提高了了效率。\n", "utf-8")
    (tmp_path / "提示.txt").write_text("咨询电话：13800138000。\n", "utf-8")
    (tmp_path / "空.txt").write_bytes(b"")
    return tmp_path


def test_a_clean_file_exits_0(folder: Path) -> None:
    result = run(folder / "好.txt", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"files": [{"file": str(folder / "好.txt"), "findings": []}]}


def test_findings_have_exactly_the_fields_of_the_contract_and_exit_1(folder: Path) -> None:
    result = run(folder / "错.txt", "--json")
    assert result.exit_code == 1
    first = json.loads(result.stdout)["files"][0]["findings"][0]
    assert set(first) == {"code", "severity", "place", "figures", "relation", "message", "suggestion"}
    assert set(first["place"]) == {"page", "line", "span", "text"}
    assert (first["code"], first["severity"]) == ("sum.brackets", "error")
    assert first["figures"] == ["12件", "5件", "8件"]
    assert first["place"]["line"] == 1


def test_notes_do_not_change_the_exit_status(folder: Path) -> None:
    result = run(folder / "提示.txt", "--json")
    assert result.exit_code == 0
    assert [f["severity"] for f in json.loads(result.stdout)["files"][0]["findings"]] == ["note"]


def test_an_unreadable_file_gives_its_reason_and_the_run_goes_on(folder: Path) -> None:
    result = run(folder / "空.txt", folder / "好.txt", "--json")
    assert result.exit_code == 1
    bad, good = json.loads(result.stdout)["files"]
    assert set(bad) == {"file", "error", "basis", "instead", "findings"}
    assert bad["findings"] == []
    assert good["findings"] == []


def test_each_line_is_judged_by_itself_with_its_own_number(folder: Path) -> None:
    result = run(folder / "错.txt", "--lines", "--json")
    found = json.loads(result.stdout)["files"][0]["findings"]
    assert [(f["place"]["line"], f["code"], f["place"]["span"]) for f in found] == [
        (1, "sum.brackets", [6, 19]),
        (2, "word.repeated", [2, 4]),
    ]


def test_no_file_and_a_missing_file_are_wrong_usage(folder: Path) -> None:
    assert run("--json").exit_code == 2
    assert run(folder / "没有.txt").exit_code == 2


def test_standard_input_is_read_for_a_dash() -> None:
    result = run("-", "--json", given="提高了了效率。".encode("gb18030"))
    assert [f["code"] for f in json.loads(result.stdout)["files"][0]["findings"]] == ["word.repeated"]


def test_a_fault_inside_an_archive_names_its_member(folder: Path) -> None:
    packed = zipped({"表.xlsx": an_xlsx([["张某某", "11010519491231002X"]]), "文.docx": a_docx("正文。")})
    (folder / "包.zip").write_bytes(packed)
    found = json.loads(run(folder / "包.zip", "--json").stdout)["files"][0]["findings"]
    assert [f["place"]["part"] for f in found] == ["包.zip#表.xlsx"]


def test_a_person_reads_severity_place_and_advice(folder: Path) -> None:
    shown = run(folder / "错.txt").stdout
    assert "[错误] 第 1 行" in shown
    assert "建议：" in shown
    assert "错误 1、警告 1" in shown
    assert "没有发现问题" in run(folder / "好.txt").stdout
