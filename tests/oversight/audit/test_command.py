"""``mingtang report audit``: what it prints, for programs and for people, and how it ends."""

import json
import zipfile
from io import BytesIO

import pytest
from click.testing import CliRunner

from mingtang.config.commands.report_audit import audit
from tests.oversight.audit import making


@pytest.fixture
def files(tmp_path):
    """Reports on disk by name."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return write


def run(*arguments):
    return CliRunner().invoke(audit, list(arguments))


def test_a_report_that_adds_up_ends_with_status_0(files):
    result = run(files("好.html", making.as_html(2024, making.figures(2024, 17))), "--json")
    assert result.exit_code == 0, result.output
    listed = json.loads(result.stdout)
    assert [f for f in listed["files"][0]["findings"] if f["severity"] == "error"] == []


def test_a_wrong_cell_ends_with_status_1_and_json_as_the_contract_has_it(files):
    values = making.figures(2024, 17)
    values["t3.granted.total"] += 1
    path = files("错.html", making.as_html(2024, values))
    result = run(path, "--json")
    assert result.exit_code == 1
    (file,) = json.loads(result.stdout)["files"]
    assert file["file"] == path
    errors = [f for f in file["findings"] if f["severity"] == "error"]
    assert {f["code"] for f in errors} == {"table.annual2021.A3.granted", "table.annual2021.A2.total"}
    assert set(errors[0]) >= {"code", "severity", "place", "figures", "relation", "message", "suggestion"}
    assert set(errors[0]["place"]) >= {"page", "line", "span", "text"}
    assert all(isinstance(figure, str) for figure in errors[0]["figures"])


def test_the_listing_is_plain_chinese_with_place_figures_ground_and_advice(files):
    values = making.figures(2024, 17)
    values["t3.granted.total"] += 1
    result = run(files("错.html", making.as_html(2024, values)))
    assert result.exit_code == 1
    for word in ("[错误]", "第 ", "行", "数字：", "依据：", "建议："):
        assert word in result.output


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.txt", b""),
        ("乱.bin", bytes(range(256)) * 40),
        ("图.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"),
        ("菜谱.txt", "把水烧开，下面条，三分钟后捞出。".encode()),
        ("旧.txt", "测试市2005年政府信息公开工作年度报告\n一、总体情况\n".encode()),
    ],
)  # fmt: skip
def test_what_cannot_be_audited_is_said_with_what_to_do_and_status_1(files, name, content):
    result = run(files(name, content), "--json")
    assert result.exit_code == 1
    first = json.loads(result.stdout)["files"][0]["findings"][0]
    assert first["severity"] == "error"
    assert first["message"]
    assert first["suggestion"]


def test_a_good_file_beside_a_bad_one_is_still_audited(files):
    good = files("好.txt", making.as_text(2024, making.figures(2024, 17), " "))
    result = run(files("空.txt", b""), good, "--json")
    assert [f["file"] for f in json.loads(result.stdout)["files"]][1] == good
    assert result.exit_code == 1


def test_a_report_in_gbk_is_read_like_any_other(files):
    text = making.as_text(2024, making.figures(2024, 17), " ").decode().encode("gb18030")
    assert run(files("国标.txt", text)).exit_code == 0


def test_every_report_of_an_archive_is_audited_and_named(files):
    values = making.figures(2024, 17)
    wrong = values | {"t3.granted.total": values["t3.granted.total"] + 1}
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.html", making.as_html(2024, values))
        archive.writestr("b.html", making.as_html(2024, wrong))
    result = run(files("年报.zip", packed.getvalue()), "--json")
    errors = [f for f in json.loads(result.stdout)["files"][0]["findings"] if f["severity"] == "error"]
    assert errors
    assert all("b.html" in f["place"]["part"] for f in errors)


def test_last_years_report_is_held_against_this_years(files):
    now, before = making.figures(2024, 17), making.figures(2023, 12)
    for person in [*making.PEOPLE, "total"]:
        before[f"t3.carried_out.{person}"] = now[f"t3.carried_in.{person}"] + 1
    path = files("今.html", making.as_html(2024, now))
    result = run(path, "--previous", files("去.html", making.as_html(2023, before)), "--json")
    codes = {f["code"] for f in json.loads(result.stdout)["files"][0]["findings"]}
    assert "chain.annual2021.A4.total" in codes
    assert result.exit_code == 1


@pytest.mark.parametrize("arguments", [[], ["没有这个文件.txt"], ["--unknown"]])
def test_wrong_usage_ends_with_status_2(arguments):
    assert run(*arguments).exit_code == 2


def test_a_previous_report_that_cannot_be_read_is_wrong_usage(files):
    good = files("好.txt", making.as_text(2024, making.figures(2024, 17), " "))
    result = run(good, "--previous", files("空.txt", b""))
    assert result.exit_code == 2
