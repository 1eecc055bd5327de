"""``mingtang law``: for people, for other systems, and for whatever arrives on standard input."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mingtang.config.commands.law import law

ROOT = Path(__file__).parents[2]
NOTICE = "国务院办公厅关于2027年部分节假日安排的通知\n一、元旦：1月1日至3日放假，共3天。2026年12月27日（星期日）上班。\n"


def run(*args, stdin=None):
    return CliRunner().invoke(law, list(args), input=stdin)


def answers(lines):
    result = run("due", "--batch", "-", stdin=b"\n".join(lines) + b"\n")
    return result, [json.loads(line) for line in result.stdout.splitlines()]


def test_due_answers_with_date_firmness_and_reasons():
    result = run("due", "--received", "2017-01-16", "--channel", "in_person", "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (answer["due_on"], answer["firm"]) == ("2017-02-09", True)
    assert all(set(reason) == {"text", "basis"} for reason in answer["because"])
    assert any("国办发明电〔2016〕17号" in reason["basis"] for reason in answer["because"])


def test_due_takes_steps():
    steps = ("--step", "consult_out=2026-03-05", "--step", "consult_in=2026-03-20")
    result = run("due", "--received", "2026-03-02", "--channel", "in_person", *steps, "--json")
    assert json.loads(result.stdout)["due_on"] == "2026-04-15"


def test_due_for_people_prints_the_date_first():
    result = run("due", "--received", "2026-12-01", "--channel", "in_person")
    assert result.stdout.splitlines()[0] == "2026-12-29（预计）"


def test_due_with_a_later_notice(tmp_path):
    (tmp_path / "2027.txt").write_text(NOTICE, encoding="gb18030")
    result = run(
        "due",
        "--received",
        "2026-12-01",
        "--channel",
        "in_person",
        "--notices",
        str(tmp_path / "2027.txt"),
        "--json",
    )
    assert result.exit_code == 0
    assert json.loads(result.stdout)["due_on"] == "2026-12-28"
    assert "国庆节" in result.stderr


def test_due_with_a_citys_norms(tmp_path):
    path = tmp_path / "city.yaml"
    path.write_text(
        "receipt_online:\n  - {since: 2026-01-01, value: received, article: 市规定, source: 示例, tag: D}\n"
    )
    result = run("due", "--received", "2026-03-02", "--channel", "online", "--norms", str(path), "--json")
    assert json.loads(result.stdout)["firm"] is True
    path.write_text("receipt_online: soon\n")
    result = run("due", "--received", "2026-03-02", "--channel", "online", "--norms", str(path), "--json")
    assert result.exit_code == 1
    assert set(json.loads(result.stdout)) == {"error", "basis", "instead"}


@pytest.mark.parametrize("received", ["2026-02-30", "yesterday", "2008-04-30", "9999-12-31", "20260302", ""])
def test_a_day_that_cannot_be_is_refused_with_exit_1(received):
    result = run("due", "--received", received, "--channel", "in_person", "--json")
    assert result.exit_code == 1
    assert set(json.loads(result.stdout)) == {"error", "basis", "instead"}


@pytest.mark.parametrize(
    "args",
    [
        ("due",),
        ("due", "--received", "2026-03-02"),
        ("due", "--received", "2026-03-02", "--channel", "in_person", "--step", "extend"),
        ("due", "--batch", "-", "--received", "2026-03-02"),
        ("fee", "--method", "per_item", "--quantity", "many"),
        ("due", "--notices", "no-such-file"),
    ],
)
def test_wrong_usage_ends_with_exit_2_and_prints_no_answer(args):
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_batch_answers_every_line_in_order_and_goes_on_after_a_bad_one():
    good = b'{"received": "2026-03-02", "channel": "in_person", "steps": [{"step": "extend", "on": "2026-03-20"}]}'
    bad = [
        b"\xff\xfe\x00",
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{",
        b"[" * 100_000,
        b'{"received": 20260302, "channel": "in_person"}',
        b'{"received": "2026-02-30", "channel": "in_person"}',
        b'{"received": "9999-12-31", "channel": "in_person"}',
        b'{"received": "2026-03-02"}',
        b'{"received": "2026-03-02", "channel": {"a": 1}}',
        b'{"received": "2026-03-02", "received": "2026-03-03", "channel": "in_person"}',
        b'{"received": "2026-03-02", "channel": "in_person", "steps": {"extend": "2026-03-20"}}',
        b'{"received": "2026-03-02", "channel": "in_person", "steps": [["extend", "2026-03-20"]]}',
        b'{"received": "2026-03-02", "channel": "in_person", "steps": [{"step": "extend"}]}',
        b'{"received": "2026-03-02", "channel": "in_person", "steps": [{"step": "extend", "on": "2026-03-20", "days": 1e400}]}',
        b'{"received": "2026-03-02", "channel": "in_person", "steps": [{"step": "extend", "on": "2026-03-20"}, {"step": "extend", "on": "2026-03-20"}]}',
        b'{"received": "2026-03-02", "channel": "\\udc80", "steps": []}',
        b'{"received": "2026-03-02", "channel": "in_person", "note": ' + b"9" * 5000 + b"}",
        b'{"received": "2026-03-02", "channel": "in_person", "note": "' + b"x" * 600_000 + b'"}',
    ]
    lines = [line for one in bad for line in (one, good)]
    result, found = answers(lines)
    assert result.exit_code == 1
    assert len(found) == len(lines)
    for wrong, right in zip(found[::2], found[1::2], strict=True):
        assert set(wrong) == {"error", "basis", "instead"}
        assert right["due_on"] == "2026-04-28"


def test_steps_out_of_order_are_put_in_order():
    steps = [{"step": "consult_in", "on": "2026-03-20"}, {"step": "consult_out", "on": "2026-03-05"}]
    result, found = answers(
        [json.dumps({"received": "2026-03-02", "channel": "in_person", "steps": steps}).encode()]
    )
    assert result.exit_code == 0
    assert found[0]["due_on"] == "2026-04-15"


def test_keys_that_mean_nothing_are_named_in_the_answer():
    _, found = answers([b'{"received": "2026-03-02", "channel": "in_person", "step": [], "id": 7}'])
    assert found[0]["ignored"] == ["step"]


def test_a_date_that_is_a_number_is_told_to_be_written_in_quotes():
    _, found = answers([b'{"received": 20260302, "channel": "in_person"}'])
    assert "带引号" in found[0]["error"]
    assert '"2026-03-02"' in found[0]["instead"]


def test_an_empty_batch_is_no_error():
    result = run("due", "--batch", "-", stdin=b"")
    assert (result.exit_code, result.stdout) == (0, "")


def test_fee_prints_whole_yuan_and_its_bands():
    answer = json.loads(run("fee", "--method", "per_item", "--quantity", "51", "--json").stdout)
    assert answer["amount"] == 7400
    assert [line["amount"] for line in answer["lines"]] == [0, 2000, 2000, 3000, 400]
    assert (
        run("fee", "--method", "per_item", "--quantity", "51", "--on", "2020-12-31", "--json").exit_code == 1
    )


def test_why_explains_a_day_a_norm_and_an_outcome():
    assert json.loads(run("why", "2026-02-14", "--json").stdout)["working"] is True
    assert json.loads(run("why", "reply_days", "--on", "2018-01-02", "--json").stdout)["value"] == 15
    assert json.loads(run("why", "NA_NOTOURS", "--json").stdout)["row2014"] == "3.3.5"
    assert len(json.loads(run("why", "--json").stdout)["norms"]) >= 50
    assert run("why", "no_such_thing", "--json").exit_code == 1


def test_lint_finds_nothing_in_the_package_and_names_a_faulty_file(tmp_path):
    assert run("lint", "--json").exit_code == 0
    (tmp_path / "city.yaml").write_text("reply_dayz: []")
    result = run("lint", "--norms", str(tmp_path / "city.yaml"), "--json")
    assert result.exit_code == 1
    assert "reply_dayz" in json.loads(result.stdout)["problems"][0]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("reply_days:\n  - {since: 2026-01-01\n   value: 3}\n", "第 3 行"),
        ("reply_days: []\nreply_days: []\n", "第 2 行第 1 个字：“reply_days”这个键写了两遍"),
        ("reply_days: *all\n", "锚点和别名"),
        ("[" * 3000, "一层套一层"),
        ("reply_days: \x00\n", "控制字符"),
        ("reply_days: [{since: 2026-02-30}]\n", "第 1 行第 22 个字：这里的值不能用：日期应真有其日"),
        ("? [a]\n: 1\n", "这里的值不能用"),
    ],
)
def test_a_norm_file_that_is_no_yaml_is_told_with_its_place_in_our_own_words(tmp_path, written, told):
    (tmp_path / "city.yaml").write_text(written)
    result = run("lint", "--norms", str(tmp_path / "city.yaml"), "--json")
    (problem,) = json.loads(result.stdout)["problems"]
    assert result.exit_code == 1
    assert told in problem
    assert not re.search(r"while|expected|mapping|anchor", problem), problem


@pytest.mark.parametrize(
    ("kept", "missing"),
    [("一二三五六七", ["劳动节"]), ("一", ["春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"]), ("二三四五六七", ["元旦"]), ("一二三四五六七", [])],
)  # fmt: skip
def test_lint_reports_a_notice_that_was_cut_off(tmp_path, kept, missing):
    lines = {
        "一": "元旦：1月1日（周五）至3日（周日）放假，共3天。", "二": "春节：2月4日（周四）至11日（周四）放假调休，共8天。1月30日（周六）、2月14日（周日）上班。",
        "三": "清明节：4月3日（周六）至5日（周一）放假，共3天。", "四": "劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。",
        "五": "端午节：6月9日（周三）放假1天。", "六": "中秋节：9月15日（周三）放假1天。",
        "七": "国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。",
    }  # fmt: skip
    text = "国务院办公厅关于2027年部分节假日安排的通知\n" + "\n".join(f"{n}、{lines[n]}" for n in kept)
    (tmp_path / "notice.txt").write_text(text)
    result = run("lint", "--notices", str(tmp_path / "notice.txt"), "--json")
    assert result.exit_code == (1 if missing else 0)
    problems = json.loads(result.stdout)["problems"]
    assert len(problems) == bool(missing)
    assert all(name in problems[0] for name in missing)
    named = {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"} - set(missing)
    assert not problems or not any(name in problems[0] for name in named)


def test_the_command_loads_no_framework():
    code = "import sys, mingtang.config.commands.law; sys.exit(any(m.split('.')[0] == 'django' for m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == 0


def test_the_reference_page_is_what_the_package_generates():
    page = (ROOT / "docs" / "reference" / "norms.md").read_text(encoding="utf-8")
    assert run("norms").stdout == page
    assert "### reply_days" in page
