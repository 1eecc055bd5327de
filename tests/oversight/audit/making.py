"""Synthetic annual reports: random figures that add up, rendered as a city would publish them.

The arithmetic here is written out on its own (sums of what was drawn), not taken from the relations under test.
"""

import random
from io import BytesIO

from mingtang.law.forms import form

LEAVES = [
    *("granted", "partial"),
    *("deny.state_secret", "deny.law_forbids", "deny.safety_stability", "deny.third_party", "deny.internal"),
    *("deny.process", "deny.case_file", "deny.admin_query", "na.not_held", "na.must_create", "na.unclear"),
    *("np.petition", "np.repeat", "np.publication", "np.bulk", "np.reconfirm"),
]
OTHERS = {2021: ["other.corr_lapse", "other.fee_lapse", "other.misc"], 2019: ["other"]}
PEOPLE = ["natural", "business", "research", "nonprofit", "legal", "other"]
RESULTS = ["upheld", "corrected", "other", "pending"]
CN = "一二三四五六"


def figures(year, seed, top=400):
    """Cell code to whole number (money as text), adding up."""
    draw = random.Random(seed)
    return sheet(draw, top) if year < 2019 else matrix(2021 if year >= 2021 else 2019, draw, top)


def some(draw, top, chance=0.5):
    return draw.choice([draw.randint(1, 9), draw.randint(1, top)]) if draw.random() < chance else 0


def matrix(edition, draw, top):
    v = {}
    leaves = LEAVES + OTHERS[edition]
    for person in PEOPLE:
        chance = {"natural": 0.6, "business": 0.3}.get(person, 0.08)
        for leaf in leaves:
            v[f"t3.{leaf}.{person}"] = some(draw, top, chance)
        done = sum(v[f"t3.{leaf}.{person}"] for leaf in leaves)
        out = some(draw, 20, chance / 2)
        brought = min(done + out, some(draw, 20, chance / 2))
        v[f"t3.processed_total.{person}"] = done
        v[f"t3.carried_out.{person}"] = out
        v[f"t3.carried_in.{person}"] = brought
        v[f"t3.new_received.{person}"] = done + out - brought
    for row in [*leaves, "processed_total", "carried_out", "carried_in", "new_received"]:
        v[f"t3.{row}.total"] = sum(v[f"t3.{row}.{person}"] for person in PEOPLE)
    for row in ("reconsideration", "direct", "after"):
        for result in RESULTS:
            v[f"t4.{row}.{result}"] = some(draw, 60, 0.5)
        v[f"t4.{row}.total"] = sum(v[f"t4.{row}.{result}"] for result in RESULTS)
    for cell in form("annual_report", edition).cells.values():
        if cell.code.startswith("t2."):
            v[cell.code] = f"{draw.randint(0, 900000) / 100:g}" if cell.money else draw.randint(0, 3000)
    return v


def sheet(draw, top):
    v = {c: 0 for c in form("annual_report", 2017).cells if not c.startswith("note.")}
    v["1.2.2"] = draw.randint(1000, 20000)
    v["1.2.5"] = draw.randint(0, 900)
    v["1.1"] = v["1.2.2"] + draw.randint(0, v["1.2.5"])
    v["1.1.1"], v["1.1.2"] = draw.randint(0, 40), draw.randint(40, 60)
    v["2.2.1"], v["2.2.1.1"], v["2.2.3"] = draw.randint(3, 20), draw.randint(0, 3), draw.randint(0, 200)
    answers = {f"3.3.{i}": some(draw, top, 0.7) for i in (1, 2, 3, 5, 6, 7, 8)}
    refused = {f"3.3.4.{i}": some(draw, 20, 0.5) for i in range(1, 7)}
    v |= answers | refused
    v["3.3.4"] = sum(refused.values())
    v["3.3"] = sum(answers.values()) + v["3.3.4"]
    v["3.1"] = v["3.2"] = v["3.3"]
    v["3.2.2"] = draw.randint(0, v["3.2"])
    v["3.2.1"] = v["3.2"] - v["3.2.2"]
    v["3.1.1"] = draw.randint(0, v["3.1"])
    v["3.1.3"] = v["3.1"] - v["3.1.1"]
    for row in ("4", "5"):
        parts = {f"{row}.{i}": some(draw, 30, 0.6) for i in (1, 2, 3)}
        v |= parts
        v[row] = sum(parts.values())
    v["8.1"], v["8.2"], v["8.3.1"], v["8.3.2"] = (
        1,
        draw.randint(1, 9),
        draw.randint(0, 40),
        draw.randint(0, 300),
    )
    v["8.3"] = v["8.3.1"] + v["8.3.2"]
    v["8.4"] = f"{draw.randint(0, 9000) / 100:g}"
    v["9.1"], v["9.2"], v["9.3"] = draw.randint(0, 9), draw.randint(1, 9), draw.randint(20, 900)
    return v


def prose(year, v):
    """What stands before the tables: sentences of our own that agree with them."""
    if year < 2019:
        return [
            f"测试市{year}年政府信息公开工作年度报告",
            f"本报告所列数据的统计期限自{year}年1月1日至12月31日。",
            "一、总体情况",
            f"全市主动公开政府信息{v['1.1']}条，收到政府信息公开申请{v['3.1']}件，办结{v['3.2']}件。",
        ]
    return [
        f"测试市{year}年政府信息公开工作年度报告",
        f"本报告所列数据的统计期限自{year}年1月1日至12月31日。",
        "一、总体情况",
        f"全年新收到政府信息公开申请{v['t3.new_received.total']}件，上年结转{v['t3.carried_in.total']}件，"
        f"办结{v['t3.processed_total.total']}件，结转下年度继续办理{v['t3.carried_out.total']}件。",
        f"发生行政复议{v['t4.reconsideration.total']}件、行政诉讼{v['t4.direct.total'] + v['t4.after.total']}件。",
    ]


def grids(year, v):
    """(section number, section title, grid) in order; a grid is rows of (text, across, down)."""
    edition = form("annual_report", year)
    blocks = []
    for table in edition.tables:
        if not table.printed:
            continue
        build = one_row if table.layout == "one_row" else matrix_grid if table.code == "t3" else plain
        blocks.append((table.section, build(table, v)))
    return edition, blocks


def plain(table, v):
    n = len(table.columns)
    if not table.columns[0].code:
        head = [[(table.corner, 1, 1), ("单位", 1, 1), (table.columns[0].title, 1, 1)]]
        body = []
        for row in table.rows:
            title = row.title + (f"（{row.note}）" if row.note else "")
            unit = "——" if row.heading else form("annual_report", 2017).cells[row.code].unit
            body.append([(title, 1, 1), (unit, 1, 1), ("——" if row.heading else str(v[row.code]), 1, 1)])
        return head + body
    rows = [
        [(table.caption, 4, 1)],
        [
            (table.corner, 1, 1),
            *[(c.title, 3 // n if n != 2 else i + 1, 1) for i, c in enumerate(table.columns)],
        ],
    ]
    for row in table.rows:
        cells = [str(v[table.cells[row.code, c.code]]) for c in table.columns]
        rows.append(
            [(row.title, 1, 1), *[(text, 3 // n if n != 2 else i + 1, 1) for i, text in enumerate(cells)]]
        )
    return rows


def matrix_grid(table, v):
    rows = [
        [(table.corner, 3, 3), ("申请人情况", 7, 1)],
        [("自然人", 1, 2), ("法人或其他组织", 5, 1), ("总计", 1, 2)],
        [(c.title, 1, 1) for c in table.columns[1:6]],
    ]
    seen = set()
    for row in table.rows:
        cells = []
        for depth, group in enumerate(row.group):
            if (depth, group) not in seen:
                seen.add((depth, group))
                cells.append((group, 1, sum(group in other.group for other in table.rows)))
        cells.append((row.title, 3 - len(row.group), 1))
        rows.append(cells + [(str(v[table.cells[row.code, c.code]]), 1, 1) for c in table.columns])
    return rows


def one_row(table, v):
    titles = [(c.title, 1, 1) for c in table.columns]
    return [
        [("行政复议", 5, 1), ("行政诉讼", 10, 1)],
        [(c.title, 1, 2) for c in table.columns] + [("未经复议直接起诉", 5, 1), ("复议后起诉", 5, 1)],
        titles + titles,
        [(str(v[table.cells[r.code, c.code]]), 1, 1) for r in table.rows for c in table.columns],
    ]


def outline(year, v):
    """Paragraphs and grids in reading order."""
    edition, blocks = grids(year, v)
    yield from prose(year, v)
    if year < 2019:
        yield "附件：政府信息公开情况统计表"
        yield blocks[0][1]
        return
    for section in edition.sections[1:]:
        yield f"{section.number}、{section.title}"
        yield from (grid for number, grid in blocks if number == section.number)
        if section.number == "五":
            yield "一是队伍力量不足，二是解读形式不多；下一步加强培训，丰富形式。"
        if section.number == "六":
            yield "本年度没有收取信息处理费。"


def as_text(year, v, gap="", line="\n"):
    """Tables flattened: ``gap`` between cells, ``line`` between rows and paragraphs."""
    out = []
    for part in outline(year, v):
        out.append(
            part if isinstance(part, str) else line.join(gap.join(text for text, _, _ in row) for row in part)
        )
    return line.join(out).encode()


def as_html(year, v):
    out = ["<!DOCTYPE html><html><head><meta charset='utf-8'><title>年报</title></head><body>"]
    for part in outline(year, v):
        if isinstance(part, str):
            out.append(f"<p>{part}</p>")
            continue
        rows = "".join(
            "<tr>"
            + "".join(f"<td colspan='{across}' rowspan='{down}'>{text}</td>" for text, across, down in row)
            + "</tr>"
            for row in part
        )
        out.append(f"<table border='1'>{rows}</table>")
    return "".join([*out, "</body></html>"]).encode()


def as_docx(year, v):
    import docx

    paper = docx.Document()
    for part in outline(year, v):
        if isinstance(part, str):
            paper.add_paragraph(part)
            continue
        wide = sum(across for _, across, _ in part[0])
        table = paper.add_table(rows=len(part), cols=wide)
        taken = set()
        for i, row in enumerate(part):
            j = 0
            for text, across, down in row:
                while (i, j) in taken:
                    j += 1
                cell = table.cell(i, j)
                if across > 1 or down > 1:
                    cell = cell.merge(table.cell(i + down - 1, j + across - 1))
                cell.text = text
                taken |= {(i + a, j + b) for a in range(down) for b in range(across)}
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


STYLE = """<style>@page{size:A4;margin:2cm;@bottom-center{content:"- " counter(page) " -"}}
body{font:12pt serif}table{border-collapse:collapse;width:100%;table-layout:fixed}
td{border:.5pt solid #000;font-size:9pt;padding:3pt;word-break:break-all}p{text-indent:2em;line-height:1.8}</style>"""


def as_pdf(year, v):
    from weasyprint import HTML

    return HTML(string=as_html(year, v).decode().replace("</head>", STYLE + "</head>")).write_pdf()
