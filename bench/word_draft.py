"""A Word file of twenty pages to a checked draft: read, converted, entered, judged. ≤ 2 s."""

import io
import time

from bench.table import line, peak, staffed_city

PAGES = 20
SENTENCE = "为贯彻落实有关要求，进一步规范政务公开工作，现就有关事项通知如下，请各单位结合实际认真抓好落实。"


def paper() -> bytes:
    """Twenty pages of about 700 characters, a table on every second one."""
    import docx

    document = docx.Document()
    for text in (
        "示例市住房和城乡建设局文件",
        "示建发〔2026〕12号",
        "关于做好政务公开工作的通知",
        "各县区住建局：",
    ):
        document.add_paragraph(text)
    for page in range(PAGES):
        document.add_paragraph(f"{'一二三四五六七八九十'[page % 10]}、第{page + 1}部分")
        for _n in range(5):
            document.add_paragraph(SENTENCE * 3)
        if page % 2:
            table = document.add_table(rows=8, cols=4)
            for row in table.rows:
                for cell in row.cells:
                    cell.text = "项目12.5"
        document.add_page_break()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def main() -> None:
    clerk = staffed_city()["zhoumin"]
    from mingtang.config.demo import living
    from mingtang.disclosure import api as disclosure
    from mingtang.law.api import Refused
    from mingtang.ledger import api as ledger

    organ = ledger.find("agency", code="ZJJ").one()
    data, best = paper(), 0.0
    for _round in range(3):
        start = time.process_time()
        found = disclosure.Paper.of_word(data, "通知.docx")
        assert isinstance(found, disclosure.Paper), found
        made = disclosure.draft(
            clerk,
            living.START,
            agency=organ,
            kind="notice",
            title=found.title,
            doc_no=found.doc_no,
            body=found.body,
        )
        assert not isinstance(made, Refused), made
        disclosure.check(made.id)
        seconds = time.process_time() - start
        best = min(best or seconds, seconds)
    line(f"DOCX of {PAGES} pages to a checked draft", best, "s", 2, at_least=False)
    line("peak memory", peak(), "MB", 500, at_least=False)


if __name__ == "__main__":
    main()
