"""A Word file becomes a draft: what the paper says of itself is metadata, what it says to others is clean text."""

import io
import zipfile
from datetime import date

import docx
import pytest
from docx.shared import Pt
from pypdf import PdfWriter

from mingtang.disclosure import api as disclosure
from tests.words import PAPER, PNG, word


def read(data: bytes, name: str = "通知.docx") -> disclosure.Paper:
    paper = disclosure.Paper.of_word(data, name)
    assert isinstance(paper, disclosure.Paper), paper
    return paper


def test_an_official_paper_says_its_organ_number_title_day_and_attribute():
    paper = read(word(*PAPER))
    assert paper.organ == "测试市住房局"
    assert paper.doc_no == "测房发〔2026〕12号"
    assert paper.title == "测试市住房局关于印发住房租赁登记办法的通知"
    assert paper.written_on == date(2026, 3, 2)
    assert paper.attribute == "open"
    assert paper.attached == ("登记收费标准",)


def test_the_text_keeps_addressee_headings_signature_and_day_and_loses_letterhead_mark_and_imprint():
    body = read(word(*PAPER)).body
    assert body.startswith("<p>各县区人民政府，市政府各部门：</p>")
    assert "<h2>一、总体要求</h2><h3>（一）基本原则</h3><p>坚持便民原则。</p>" in body
    assert body.endswith("<p>测试市住房局</p><p>2026年3月2日</p>")
    for gone in ("测房发", "此件公开发布", "抄送", "印发</p>", "住房租赁登记办法的通知</p>"):
        assert gone not in body


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("示政办发[2026]3号", "示政办发〔2026〕3号"),
        ("示建函（2026）07号", "示建函〔2026〕7号"),
        ("示财发【2026】第18号", "示财发〔2026〕18号"),
    ],
)
def test_a_number_in_any_bracket_style_is_written_as_the_standard_writes_it(written, number):
    assert read(word("示例市住房和城乡建设局文件", written, "关于供热的通知", "各单位：")).doc_no == number


def test_a_day_in_characters_is_a_day():
    assert read(
        word("关于供热的通知", "请遵照执行。", "示例市住建局", "二〇二六年十一月二十日")
    ).written_on == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("mark", "attribute"),
    [("（此件依申请公开）", "on_request"), ("(此件不予公开)", "closed"), ("（此件不公开）", "closed")],
)
def test_the_note_at_the_end_is_the_attribute_signed_with_the_paper(mark, attribute):
    assert read(word("关于供热的通知", "请执行。", mark)).attribute == attribute


def test_a_day_that_is_none_and_a_paper_without_a_title_are_left_to_the_author():
    paper = read(word("今天我们开会研究了供热工作，会议要求做好准备。", "2026年13月40日"))
    assert (paper.title, paper.written_on) == ("", None)
    assert any("标题" in said for said in paper.said)


def test_tables_keep_their_merged_cells_and_bold_first_rows_are_heads():
    def table(document):
        made = document.add_table(rows=3, cols=2)
        for cell, text in zip(made.rows[0].cells, ("项目", "标准"), strict=True):
            cell.paragraphs[0].add_run(text).bold = True
        made.cell(1, 0).text, made.cell(1, 1).text = "一类区", "5元"
        made.cell(2, 0).merge(made.cell(2, 1)).text = "节假日免费"

    body = read(word("关于停车收费的通知", "标准如下：", more=table)).body
    assert "<th>项目</th><th>标准</th>" in body
    assert "<td>一类区</td><td>5元</td>" in body
    assert '<td colspan="2">节假日免费</td>' in body


def test_a_picture_goes_along_and_stands_where_it_stood():
    paper = read(
        word("关于路线的通知", "路线如图：", more=lambda d: d.add_picture(io.BytesIO(PNG), width=Pt(20)))
    )
    assert [(p.name, p.content, p.media) for p in paper.pictures] == [("picture-1.png", PNG, "image/png")]
    assert '<img alt="图1" src="attach:picture-1.png">' in paper.body


def test_word_headings_become_headings_of_the_page():
    document = docx.Document()
    document.add_paragraph("关于供热的公告")
    document.add_heading("供热时间", 1)
    document.add_heading("分区", 2)
    out = io.BytesIO()
    document.save(out)
    assert "<h2>供热时间</h2><h3>分区</h3>" in read(out.getvalue()).body


def test_script_in_a_paper_is_text():
    body = read(word("关于<script>alert(1)</script>的通知", "<img src=x onerror=alert(1)>")).body
    assert "<script" not in body
    assert "<img" not in body


def broken() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word("通知"))) as whole, zipfile.ZipFile(out, "w") as made:
        for name in whole.namelist():
            data = whole.read(name)
            made.writestr(name, data[: len(data) // 2] if name == "word/document.xml" else data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "空.docx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧.doc"),
        (b"%PDF-1.7\n", "扫描.pdf"),
        ("正文".encode(), "正文.docx"),
        (broken(), "坏.docx"),
    ],
)
def test_what_is_no_word_file_is_refused_with_the_way_out(data, name):
    refused = disclosure.Paper.of_word(data, name)
    assert isinstance(refused, disclosure.Unreadable)
    assert refused.why
    assert refused.instead


def a_pdf(password: str = "") -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(72, 72)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def test_another_file_in_the_place_of_a_word_file_or_a_table_is_told_what_is_wanted_there():
    locked, scan = a_pdf("secret"), a_pdf()
    for data, why in ((locked, "密码"), (scan, "扫描件"), (PNG, "图片")):
        told = disclosure.Paper.of_word(data, "通知.pdf")
        assert isinstance(told, disclosure.Unreadable)
        assert why in told.why
        assert "DOCX 原稿" in told.instead
        assert "密码" not in told.instead
    for data in (locked, scan):
        told = disclosure.Cells.read(data, "目录.pdf", "目录导入")
        assert isinstance(told, disclosure.Unreadable)
        assert told.instead == "请交 XLSX 或 CSV"
    # A Word file with a password is one once the password is gone; a program is none, whatever is wanted.
    sealed = disclosure.Paper.of_word(
        b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le") * 40, "密.docx"
    )
    assert isinstance(sealed, disclosure.Unreadable)
    assert "去掉密码" in sealed.instead
    program = disclosure.Paper.of_word(b"MZ" + b"\0" * 600, "通知.docx")
    assert isinstance(program, disclosure.Unreadable)
    assert "信息安全" in program.instead
