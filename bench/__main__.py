"""Every bench in turn, each in a process of its own: ``python -m bench [names]``."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = (
    "law_deadline",
    "ledger_import",
    "catalogue_import",
    "word_draft",
    "publishing",
    "report_scale",
    "audit_speed",
    "checks_throughput",
    "words",
    "personal",
    "bake",
    "serve",
    "search",
)


def main() -> int:
    """Run the named parts (all by default); exit 1 if one could not run."""
    failed = []
    for name in sys.argv[1:] or PARTS:
        if not (ROOT / "bench" / f"{name}.py").exists():
            continue
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\ncould not run: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
