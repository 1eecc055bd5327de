"""Small files of every kind, built in memory. Every place and person is invented."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import docx
import openpyxl
from openpyxl.comments import Comment


def zipped(members: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def a_docx(
    *paragraphs: str, table: list[list[str]] | None = None, comment: str = "", header: str = ""
) -> bytes:
    document = docx.Document()
    runs = [document.add_paragraph(text).runs for text in paragraphs]
    if table:
        grid = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            for cell, text in zip(grid.add_row().cells, row, strict=True):
                cell.text = text
    if comment:
        document.add_comment(runs=runs[0], text=comment, author="甲")
    if header:
        document.sections[0].header.paragraphs[0].text = header
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def rezipped(data: bytes, **changes: bytes) -> bytes:
    """The same archive with members replaced or added (``__`` in a key stands for ``/``)."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    members.update(
        {
            key.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): v
            for key, v in changes.items()
        }
    )
    return zipped(members)


def an_xlsx(
    rows: list[list[object]], *, hidden: list[list[object]] | None = None, comment: str = "", merge: str = ""
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "目录"
    for row in rows:
        sheet.append(row)
    if comment:
        sheet["A1"].comment = Comment(comment, "甲")
    if merge:
        sheet.merge_cells(merge)
    if hidden:
        spare = book.create_sheet("备用")
        spare.sheet_state = "hidden"
        for row in hidden:
            spare.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_pdf(*pages: str, flate: bytes | None = None) -> bytes:
    """A PDF of our own making: each page is a content stream in Latin text operators."""
    objects: list[bytes] = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    kids = []
    for content in pages:
        body = zlib.compress(content.encode("latin-1")) if flate is None else flate
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n" % len(body) + body + b"\nendstream")
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % len(objects)
        )
        kids.append(len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(b"%d 0 R" % k for k in kids))
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % at for at in offsets)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    return bytes(out)


def a_ruled_page(top: int, rows: list[list[str]]) -> str:
    """A table of ruled cells 100 wide and 20 high, its first row's upper edge at ``top`` (PDF points from below)."""
    out = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            x, y = 60 + 100 * c, top - 20 * (r + 1)
            out.append(f"{x} {y} 100 20 re S BT /F1 10 Tf {x + 5} {y + 5} Td ({text}) Tj ET")
    return "\n".join(out)


def a_png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )
