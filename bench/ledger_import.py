"""Import of 34,000 publications through ``take_over``: documents, editions, publications, Acts, outbox. ≥ 1,500 rows/s."""

import time
from datetime import date

from bench.table import line, own_home, peak


def main() -> None:
    own_home()
    from django.core.management import call_command

    from mingtang.config.demo import living, units, y2017
    from mingtang.ledger import api as ledger

    call_command("migrate", verbosity=0)
    units.install("示例市", units.civil(date(2026, 11, 23)))
    units.found_city()
    keeper = units.hire_staff()["keeper"]
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
