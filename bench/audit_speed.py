"""Speed of ``report audit``: at most 1 s a text report, 5 s a PDF; reading included. Prints the ratio to each limit.

Uses reports made of random figures (the tests' generator) and, where they lie beside the checkout, real ones.
Run: ``python -m bench.audit_speed`` from the root of the repository.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingtang.config.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

django.setup()

from mingtang.oversight.reports.audit import audit  # noqa: E402
from mingtang.oversight.reports.audit.reading import read  # noqa: E402
from tests.oversight.audit import making  # noqa: E402

LIMITS = {"text": 1.0, "pdf": 5.0}
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "annual"


def cases() -> list[tuple[str, str, bytes]]:
    """(name, kind, content)."""
    found = [
        ("digit run, 2024", "text", making.as_text(2024, making.figures(2024, 1), "", "")),
        ("digit run, large city", "text", making.as_text(2024, making.figures(2024, 2, top=9999), "", "")),
        ("HTML, 2019 form", "text", making.as_html(2019, making.figures(2019, 1))),
        ("HTML, 2014 form", "text", making.as_html(2017, making.figures(2017, 1))),
        ("PDF, three pages", "pdf", making.as_pdf(2024, making.figures(2024, 1))),
    ]
    for path in sorted(REAL.glob("*")) if REAL.is_dir() else ():
        found.append((path.name, "pdf" if path.suffix == ".pdf" else "text", path.read_bytes()))
    return found


def main() -> None:
    """Print one line a case: seconds, limit, ratio."""
    worst = dict.fromkeys(LIMITS, 0.0)
    for name, kind, content in cases():
        start = time.perf_counter()
        reading = read(content, name)
        findings = audit(reading) if reading else ()
        spent = time.perf_counter() - start
        worst[kind] = max(worst[kind], spent)
        print(
            f"{name:<28} {kind:<5} {spent:7.3f} s  limit {LIMITS[kind]:.0f} s  ratio {spent / LIMITS[kind]:.3f}  findings {len(findings)}"
        )
    for kind, spent in worst.items():
        print(f"worst {kind:<5} {spent:.3f} s  ratio {spent / LIMITS[kind]:.3f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB  limit 500 MB")


if __name__ == "__main__":
    main()
