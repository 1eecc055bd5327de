"""Readers: every kind of file is read as the eye sees it, or refused with why, basis and what to do instead."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from mingtang.disclosure.checks.readers import limits, ooxml, read, xlsx
from mingtang.disclosure.checks.types import Reading, Unreadable

from .given_files import a_docx, a_pdf, a_png, a_ruled_page, an_xlsx, rezipped, zipped

SENTENCE = "示例市人民政府办公室关于做好政府信息公开工作的通知\n全市共受理申请12件。\n"


def texts(reading: Reading | Unreadable) -> list[str]:
    assert isinstance(reading, Reading), reading
    return [line.text for line in reading.lines]


def refusal(data: bytes | Path) -> Unreadable:
    reading = read(data)
    assert isinstance(reading, Unreadable), reading
    assert reading.why
    assert reading.basis
    assert reading.instead
    return reading


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_text_reads_the_same_in_every_encoding(encoding: str) -> None:
    assert texts(read(SENTENCE.encode(encoding), "通知.txt")) == SENTENCE.split("\n")[:2]


def test_big5_is_read_and_said() -> None:
    reading = read("臺北市政府資訊公開說明,請各機關依照規定辦理並於期限內回覆".encode("big5"))
    assert isinstance(reading, Reading)
    assert "Big5" in reading.notes[0]


def test_a_broken_byte_in_utf8_is_said_and_shown_not_turned_into_other_characters() -> None:
    data = (SENTENCE * 10).encode()
    reading = read(data[:40] + data[41:])
    assert isinstance(reading, Reading)
    assert "\ufffd" in reading.lines[0].text
    assert "损坏" in reading.notes[0]
    assert reading.lines[1].text == "全市共受理申请12件。"


def test_latin_text_in_an_unknown_encoding_is_refused() -> None:
    assert "编码" in refusal("Füße größer über Öl, Äpfel, Straße".encode("latin-1") * 3).why


def test_lines_are_numbered_as_in_an_editor_and_blank_ones_left_out() -> None:
    reading = read("甲\r\n\r\n  乙\n丙".encode())
    assert isinstance(reading, Reading)
    assert [(line.no, line.text) for line in reading.lines] == [(1, "甲"), (3, "  乙"), (4, "丙")]


def test_an_empty_file_is_refused() -> None:
    assert "空" in refusal(b"").why
    assert "空" in refusal(b" \n\n ").why


def test_binary_junk_is_refused() -> None:
    assert refusal(bytes(range(256)) * 40).why
    assert refusal(b"\x00\x01\x02" * 1000).why


def test_a_file_of_200_mb_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "大.txt"
    with path.open("wb") as out:
        out.truncate(200 * limits.MB)
    assert "200 MB" in refusal(path).why


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "找不到" in refusal(tmp_path / "没有.txt").why


def test_the_kind_is_judged_by_content_not_by_name() -> None:
    reading = read(a_docx("正文一行"), "其实不是.pdf")
    assert isinstance(reading, Reading)
    assert "wordprocessingml" in reading.media


def test_a_docx_gives_paragraphs_and_tables_in_reading_order() -> None:
    reading = read(
        a_docx("第一段", table=[["项目", "件数"], ["合计", "3"]], comment="请核对", header="内部"), "a.docx"
    )
    assert texts(reading) == ["第一段", "项目\t件数", "合计\t3"]
    assert isinstance(reading, Reading)
    assert reading.tables[0].rows == (("项目", "件数"), ("合计", "3"))
    assert reading.tables[0].line == 2
    assert [line.text for line in reading.prose] == ["第一段"]
    assert {p.name: p.lines[0].text for p in reading.parts} == {
        "a.docx#批注": "请核对",
        "a.docx#页眉": "内部",
    }


def test_hidden_and_deleted_words_of_a_docx_are_kept_apart() -> None:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = (
        f"<w:document {w}><w:body><w:p><w:r><w:t>看得见</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r>"
        "<w:del><w:r><w:delText>删掉了</w:delText></w:r></w:del></w:p></w:body></w:document>"
    )
    reading = read(rezipped(a_docx("x"), word__document_xml=body.encode()), "b.docx")
    assert texts(reading) == ["看得见"]
    assert isinstance(reading, Reading)
    assert {p.name: p.lines[0].text for p in reading.parts} == {
        "b.docx#隐藏文字": "看不见",
        "b.docx#已删除的修订": "删掉了",
    }


def test_macros_are_refused_whatever_the_name() -> None:
    assert "宏" in refusal(rezipped(a_docx("x"), word__vbaProject_bin=b"macro")).why
    assert "宏" in refusal(rezipped(an_xlsx([["x"]]), xl__vbaProject_bin=b"macro")).why
    # A DOCM and an XLSM say so in their list of types, even when the program itself was taken out.
    for whole, plain, macro in (
        (a_docx("x"), b"wordprocessingml.document.main", b"ms-word.document.macroEnabled.main"),
        (an_xlsx([["x"]]), b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"),
    ):
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            types = archive.read("[Content_Types].xml")
        said = types.replace(b"openxmlformats-officedocument." + plain, macro)
        assert said != types
        assert "宏" in refusal(rezipped(whole, **{"[Content_Types]_xml": said})).why


def test_entities_in_office_xml_are_not_expanded() -> None:
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert "实体" in refusal(rezipped(a_docx("x"), word__document_xml=evil)).why


def test_a_damaged_docx_is_refused() -> None:
    whole = a_docx("正文")
    assert "损坏" in refusal(whole[: len(whole) // 2]).why
    assert "损坏" in refusal(rezipped(whole, word__document_xml=b"<w:document")).why


def test_an_xlsx_shows_percentages_as_printed_and_merged_cells_everywhere() -> None:
    reading = read(an_xlsx([["类别", "件数"], ["当面", 133], [None, 60]], merge="A2:A3"), "t.xlsx")
    assert isinstance(reading, Reading)
    assert reading.tables[0].rows == (("类别", "件数"), ("当面", "133"), ("当面", "60"))
    assert texts(reading) == ["类别\t件数", "当面\t133", "60"]


def test_hidden_sheets_and_comments_are_parts() -> None:
    reading = read(an_xlsx([["公开"]], hidden=[["不公开"]], comment="批一下"), "目录.xlsx")
    assert isinstance(reading, Reading)
    assert {p.name: p.lines[0].text for p in reading.parts} == {
        "目录.xlsx#隐藏表“备用”": "不公开",
        "目录.xlsx#批注“目录”": "A1 批一下",
    }


def test_a_pdf_table_torn_by_a_page_break_is_one_table() -> None:
    pages = (
        a_ruled_page(200, [["Kind", "Count"], ["A", "1"]]),
        a_ruled_page(800, [["B", "2"], ["Sum", "3"]]),
    )
    reading = read(a_pdf(*pages))
    assert isinstance(reading, Reading)
    assert [t.rows for t in reading.tables] == [(("Kind", "Count"), ("A", "1"), ("B", "2"), ("Sum", "3"))]
    assert [(line.no, line.page) for line in reading.lines] == [(1, 1), (2, 1), (3, 2), (4, 2)]


def test_a_pdf_without_text_is_refused_with_advice() -> None:
    assert "OCR" in refusal(a_pdf("10 10 100 100 re S")).instead


def test_a_pdf_with_a_password_is_refused_with_advice() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(a_pdf("BT /F1 12 Tf 72 720 Td (Hello) Tj ET")))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert "密码" in refusal(out.getvalue()).why


def test_an_office_file_with_a_password_is_refused() -> None:
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 40).why


def test_a_table_with_more_cells_than_anybody_reads_is_refused_before_it_is_parsed(monkeypatch) -> None:
    # 50 MB of rows are some two million cells: refused within a second, not after half a minute of parsing.
    monkeypatch.setattr(xlsx, "CELLS", 10)
    monkeypatch.delattr(xlsx.openpyxl, "load_workbook")
    refused = refusal(an_xlsx([[str(n), "值"] for n in range(20)]))
    assert "超过 10 个单元格，没有读完" in refused.why
    assert "拆成几份" in refused.instead


@pytest.mark.parametrize("prefix", [b"", b"x:"])
def test_a_table_of_blanks_is_refused_before_it_is_parsed(monkeypatch, prefix: bytes) -> None:
    monkeypatch.setattr(xlsx, "DRAWN", 10)
    monkeypatch.delattr(xlsx.openpyxl, "load_workbook")
    blanks = b"".join(b'<%sc r="A%d" s="1"/>' % (prefix, n) for n in range(1, 20))
    refused = refusal(rezipped(an_xlsx([["x"]]), xl__worksheets__sheet1_xml=blanks))
    assert "空白单元格过多" in refused.why
    assert "删去没有内容的行" in refused.instead


def test_a_table_that_is_nearly_all_gaps_is_refused_part_way(monkeypatch) -> None:
    monkeypatch.setattr(xlsx, "PLACES", 100)
    assert "空白单元格过多" in refusal(an_xlsx([[None] * 60 + ["远"]] * 2)).why
    assert texts(read(an_xlsx([[None] * 60 + ["远"]]), "t.xlsx")) == ["远"]


def test_a_definition_of_entities_is_seen_where_two_pieces_of_a_file_meet(monkeypatch) -> None:
    evil = b"<a/>" + b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    for size in range(5, 14):
        monkeypatch.setattr(ooxml, "PIECE", size)
        assert "实体" in refusal(rezipped(an_xlsx([["x"]]), xl__worksheets__sheet1_xml=evil)).why


def test_a_damaged_pdf_is_refused() -> None:
    assert refusal(b"%PDF-1.4\n garbage").why


def test_a_pdf_whose_stream_explodes_is_refused() -> None:
    assert "炸弹" in refusal(a_pdf("x", flate=zlib.compress(b" " * (50 * limits.MB)))).why


def test_an_html_page_gives_what_the_eye_sees_and_keeps_the_hidden_apart() -> None:
    page = (
        "<html><head><meta charset='utf-8'><meta name='SiteName' content='示例市'><title>通知</title><script>var a=1</script></head>"
        "<body><p>第一段<br>第二行</p><div style='display:none'><a href='http://bad.example/'>博彩</a></div>"
        "<table><tr><th rowspan=2>类</th><th colspan=2>数</th></tr><tr><td>1</td><td>2</td></tr></table>"
        "<script src='//cdn.example/x.js'></script></body></html>"
    )
    reading = read(page.encode(), "p.html")
    assert texts(reading) == ["第一段", "第二行", "类\t数", "1\t2"]
    assert isinstance(reading, Reading)
    assert reading.tables[0].rows == (("类", "数", "数"), ("类", "1", "2"))
    assert reading.parts[0].lines[0].text == "博彩"
    assert [(k.url, k.tag, k.hidden) for k in reading.links] == [
        ("http://bad.example/", "a", "display:none"),
        ("//cdn.example/x.js", "script", ""),
    ]
    assert ("SiteName", "示例市") in reading.meta


def test_a_layout_table_is_prose_not_figures() -> None:
    page = "<table><tr><td><table><tr><td>正文第一段</td></tr></table></td></tr></table>"
    reading = read(f"<html><body>{page}</body></html>".encode())
    assert texts(reading) == ["正文第一段"]
    assert isinstance(reading, Reading)
    assert reading.tables == ()


def test_a_page_that_declares_the_wrong_encoding_is_still_read_right() -> None:
    page = "<html><head><meta charset='utf-8'></head><body><p>示例市人民政府公告</p></body></html>".encode(
        "gb18030"
    )
    assert texts(read(page)) == ["示例市人民政府公告"]


def test_members_of_a_zip_are_parts_and_the_unread_are_named() -> None:
    reading = read(zipped({"甲.txt": "内容甲", "图.png": a_png(), "里/乙.docx": a_docx("内容乙")}), "包.zip")
    assert isinstance(reading, Reading)
    assert {p.name: p.lines[0].text for p in reading.parts} == {
        "包.zip#甲.txt": "内容甲",
        "包.zip#里/乙.docx": "内容乙",
    }
    assert [name for name, _ in reading.unread] == ["包.zip#图.png"]


@pytest.mark.parametrize("name", ["../逃.txt", "/etc/x.txt", "C:\\x.txt", "a\\..\\..\\b.txt"])
def test_zip_names_that_leave_the_folder_are_refused(name: str) -> None:
    assert "越出目录" in refusal(zipped({name: "x"})).why


def test_a_zip_bomb_is_refused_before_unpacking() -> None:
    assert "炸弹" in refusal(zipped({"a.txt": b"0" * (60 * limits.MB)})).why


def test_zips_nested_too_deep_are_not_opened() -> None:
    data = zipped({"a.txt": "内容"})
    for _ in range(5):
        data = zipped({"inner.zip": data})
    assert "层" in refusal(data).why


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (a_png(), "图片"),
        (b"{\\rtf1 hello}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "DOC"),
        (b"Rar!\x1a\x07\x00" + b"x" * 50, "RAR"),
    ],
)
def test_other_kinds_are_named_and_refused(data: bytes, word: str) -> None:
    assert word in refusal(data).why


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        [
            b"",
            b"%PDF-1.4\n",
            b"PK\x03\x04",
            b"<html>",
            b"<!doctype html><table>",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
        ]
    ),
    st.binary(max_size=600),
)
def test_no_bytes_whatever_make_a_reader_raise(start: bytes, rest: bytes) -> None:
    assert isinstance(read(start + rest, "x"), (Reading, Unreadable))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3000), st.integers(1, 255), st.sampled_from(["docx", "xlsx", "pdf", "zip"]))
def test_one_flipped_byte_never_makes_a_reader_raise(at: int, flip: int, kind: str) -> None:
    whole = {
        "docx": lambda: a_docx("正文", table=[["a", "1"]]),
        "xlsx": lambda: an_xlsx([["a", 1]]),
        "pdf": lambda: a_pdf(a_ruled_page(700, [["a", "1"]])),
        "zip": lambda: zipped({"a.txt": "内容"}),
    }[kind]()
    data = bytearray(whole)
    data[at % len(data)] ^= flip
    assert isinstance(read(bytes(data), "x"), (Reading, Unreadable))
