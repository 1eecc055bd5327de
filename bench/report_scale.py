"""The report of the demo's 2017, and the same with 1,000,000 publications and 100,000 cases in the database.

Compile means: from tallies to JSON and HTML inside a running process (contract: figures of speed); PDF and DOCX apart.
The million rows are laid in by SQL: how they came in is not what is measured here.
"""

import sys
import time

from bench.table import line, peak, staffed_city

PUBLICATIONS, CASES = 1_000_000, 100_000
if len(sys.argv) > 1:
    PUBLICATIONS, CASES = int(sys.argv[1]), int(sys.argv[1]) // 10

_FILL = (
    "INSERT INTO disclosure_document (id, agency_id, kind, index_no, article20, \"column\", key_area, state, on_site, origin_type,"
    " origin_id, created_at, title, published_at, first_published_at, uninterpreted, suspect, thread)"
    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    " SELECT {base} + i, (SELECT id FROM ledger_agency WHERE id = 1 + i % 100), CASE i % 10 WHEN 0 THEN 'interpretation' ELSE 'news' END,"
    " 'B/' || i, NULL, 'news', '', 'live', 1, '', '', {day}, 'x', {day}, {day}, '', '', '' FROM n",
    "INSERT INTO disclosure_edition (id, document_id, number, round, state, title, short_title, doc_no, validity, theme, genre, keywords,"
    " summary, source, attribute, attribute_ground, body, data, drafted_at, digest, overridden)"
    " SELECT id, id, 1, 0, 'published', 'x', '', '', 'valid', '', '', '[]', '', '', 'open', '', '', '{{}}', created_at, '', '{{}}'"
    " FROM disclosure_document WHERE id > {base}",
    "UPDATE disclosure_document SET live_id = id WHERE id > {base}",
    "INSERT INTO disclosure_publication (document_id, new_edition_id, kind, first, at, reason, stated_by)"
    " SELECT id, id, 'publish', 1, first_published_at, '', 'bench' FROM disclosure_document WHERE id > {base}",
    "INSERT INTO portal_release (publication_id, channel, state, at, place, digest, remote_id, tries, error, target, remote, photo, link_state)"
    " SELECT id, CASE id % 3 WHEN 0 THEN 'other' ELSE 'site' END, 'done', at, '', '', '', 0, '', '', '{{}}', '', '' FROM disclosure_publication"
    " WHERE stated_by = 'bench'",
    "INSERT INTO casework_case (agency_id, number, code, submitted_at, received_on, counted_on, channel, applicant_type, request_class, subject,"
    " content, delivery, state, firm, provisional, clock, extended, fee, outcome, grounds, evidence, replied_on, concluded_on, closed_on,"
    " idempotency_key, stated_by)"
    " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {cases})"
    " SELECT 1 + i % 100, 'B' || i, 'X', {day}, date('2017-01-02', '+' || (i % 300) || ' days'),"
    " date('2017-01-02', '+' || (i % 300) || ' days'), 'in_person', 'natural', 'other', 'x', 'x',"
    " '', 'closed', 1, 0, 'running', 0, 0, 'A2', '', '{{}}', date('2017-01-12', '+' || (i % 300) || ' days'),"
    " date('2017-01-12', '+' || (i % 300) || ' days'), NULL, 'b' || i, 'bench' FROM n",
)  # fmt: skip


def main() -> None:
    people = staffed_city()
    from django.db import connection

    from mingtang.config.demo import living, units, y2017
    from mingtang.oversight import api as oversight

    y2017.load_publications(people["keeper"], living.START, lambda n: None)
    y2017.load_service_items(people["keeper"], living.START)
    y2017.load_registers(people["keeper"], living.START)
    city = units.by_code()["SL"]

    def compiled(label: str, limit: float) -> None:
        start = time.perf_counter()
        made = oversight.compile_report(city, 2017, living.START)
        for how in ("json", "html"):
            oversight.render(made, how)
        line(label, time.perf_counter() - start, "s", limit, at_least=False)

    start = time.perf_counter()
    oversight.recount(2017, living.START)
    print(f"recount of the demo's 2017: {time.perf_counter() - start:.2f} s")
    compiled("compile of the demo's 2017 (JSON and HTML)", 2)
    made = oversight.compile_report(city, 2017, living.START)
    start = time.perf_counter()
    for how in ("docx", "pdf"):
        oversight.render(made, how)
    line("DOCX and PDF of it", time.perf_counter() - start, "s", 10, at_least=False)

    words = {"count": PUBLICATIONS, "cases": CASES, "base": 1_000_000, "day": "'2017-06-01 02:00:00'"}
    with connection.cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement.format(**words))
        cursor.execute("ANALYZE")
    start = time.perf_counter()
    oversight.recount(2017, living.START)
    line(
        f"full recount, {PUBLICATIONS:,} publications, {CASES:,} cases",
        time.perf_counter() - start,
        "s",
        120,
        at_least=False,
    )
    compiled("compile from tallies with all of them", 5)
    line("peak memory", peak(), "MB", 500, at_least=False)


if __name__ == "__main__":
    main()
