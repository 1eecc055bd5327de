"""Import of 34,000 publications through ``take_over``: documents, editions, publications, Acts, outbox. ≥ 1,500 rows/s."""

import time

from bench.table import line, peak, staffed_city


def main() -> None:
    keeper = staffed_city()["keeper"]
    from mingtang.config.demo import living, y2017
    from mingtang.ledger import api as ledger

    start = time.perf_counter()
    y2017.load_publications(keeper, living.START, lambda n: None)
    seconds = time.perf_counter() - start
    rows = y2017.Year().figures["published"]
    line(f"import of {rows:,} publications, SQLite", rows / seconds, "rows/s", 1_500, at_least=True)
    line("peak memory", peak(), "MB", 500, at_least=False)
    start = time.perf_counter()
    found = ledger.verify()
    print(f"verify: {found.acts:,} Acts in {time.perf_counter() - start:.1f} s, {len(found.faults)} faults")


if __name__ == "__main__":
    main()
