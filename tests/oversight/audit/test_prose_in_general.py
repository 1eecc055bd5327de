"""Sentences of other wordings, other places, other bodies: what the audit must see and what it must leave alone."""

import json

import pytest
from click.testing import CliRunner

from mingtang.config.commands.report_audit import audit as command
from mingtang.oversight.reports.audit import audit
from mingtang.oversight.reports.audit.reading import read
from tests.oversight.audit import making
from tests.oversight.audit.test_sentences import BASE, DONE, IN, NEW, OUT, said

GRANTED, UNHELD = (
    BASE["t3.granted.total"],
    sum(BASE[f"t3.na.{k}.total"] for k in ("not_held", "must_create", "unclear")),
)


@pytest.mark.parametrize(
    "sentence",
    [
        f"全年新收到政府信息公开申请{NEW + IN}件，上年结转{IN}件。",
        f"依申请公开。已办结{DONE + 6}件，予以公开{GRANTED}件。",
        f"依申请公开。已办结{DONE}件，予以公开{GRANTED + 5}件。",
        f"从办理结果看，予以公开{GRANTED}件、无法提供{UNHELD + 9}件。",
    ],
)
def test_a_statement_without_the_usual_words_is_held_to_the_table(sentence):
    assert len(said(sentence)) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        f"全年新收到政府信息公开申请{NEW}件，上年结转{IN}件，办结{DONE}件，转下年办理{OUT}件。",
        f"从办理结果看，予以公开{GRANTED}件、无法提供{UNHELD}件。",
        "与海河市相比仍有差距，海河市收到政府信息公开申请7件。",
        "云山县收到政府信息公开申请7件，办结6件。",
        "受理信访事项90件，办结7件。",
    ],
)
def test_another_place_or_another_matter_is_left_alone(sentence):
    assert said(sentence) == []


SHEET = making.figures(2016, 4)


@pytest.mark.parametrize(
    ("sentence", "code", "severity"),
    [
        ("通过政府网站公开{}条。", "1.2.2", "warning"),
        (f"收到政府信息公开申请{SHEET['3.1']}件。其中，当面申请{{}}件。", "3.1.1", "error"),
        (f"办结申请{SHEET['3.2']}件，其中按时办结{{}}件。", "3.2.1", "error"),
        ("全市从事公开工作的专职人员{}人。", "8.3.1", "warning"),
        ("因政府信息公开申请行政复议{}件。", "4", "error"),
    ],
)
def test_more_cells_of_the_sheet_of_2014_are_held_to_the_prose(sentence, code, severity):
    assert said(sentence.format(SHEET[code]), year=2016, values=SHEET) == []
    (found,) = said(sentence.format(SHEET[code] + 40), year=2016, values=SHEET)
    assert (found.severity, found.figures) == (severity, (str(SHEET[code] + 40), str(SHEET[code])))


@pytest.mark.parametrize(
    "text",
    [
        "示例大学2021—2022学年信息公开工作年度报告\n一、概述\n2022年，学校主动公开信息186条。\n二、依申请公开情况\n收到申请7件。",
        "示例县人民医院2022年政府信息公开工作年度报告\n一、总体情况\n我院主动公开信息68条。\n",
    ],
)
def test_a_school_or_hospital_is_asked_for_no_form(text):
    found = audit(read(text.encode(), "x"))
    assert [(f.code, f.severity) for f in found] == [("meta.form", "note")]


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("2023年，我镇将进一步加强培训。", 1),
        ("2025年，我镇将进一步加强培训。", 0),
        ("2024年将着重抓好培训。", 1),
        ("2024年，我市将政务公开列入考核。", 0),
        ("2023年全年主动公开政府信息280条，比2023年增加46条。", 1),
    ],
)
def test_a_year_left_from_an_older_text_is_asked_about(sentence, count):
    assert len(said(sentence, code="meta.year_said")) == count


def test_a_folder_or_a_missing_file_does_not_stop_the_others(tmp_path):
    good = tmp_path / "好.html"
    good.write_bytes(making.as_html(2024, making.figures(2024, 17)))
    result = CliRunner().invoke(command, [str(tmp_path), str(tmp_path / "无.txt"), str(good), "--json"])
    entries = json.loads(result.stdout)["files"]
    assert result.exit_code == 2
    assert [entry.get("error", "")[:4] for entry in entries] == ["这是文件", "找不到文", ""]
    assert all(entry["findings"][0]["suggestion"] for entry in entries[:2])


def test_a_report_that_lost_its_title_is_known_by_its_first_words():
    text = "本报告由海河市人民政府办公室根据《政府信息公开条例》编制。报告所列数据的统计时限自2012年1月1日至2012年12月31日。\n一、概述\n2012年，全市主动公开信息7条。\n"
    assert "meta.report" not in {f.code for f in audit(read(text.encode(), "x"))}
    guide = "《政府信息公开指南》根据《政府信息公开条例》编制。\n一、公开范围\n本机关主动公开的信息。\n"
    assert "meta.report" in {f.code for f in audit(read(guide.encode(), "x"))}
