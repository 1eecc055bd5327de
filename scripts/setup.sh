#!/bin/sh
# Make .venv from a hashed lock: `scripts/setup.sh run|test`. Uses uv when present, plain venv + pip otherwise.
# Does nothing when the lock is the one already installed.
set -eu
cd "$(dirname "$0")/.."
lock="requirements/$1.txt"
want="$(cat "$lock" scripts/setup.sh | sha256sum | cut -c1-64)"
# The test lock holds everything of the run lock.
for have in .venv/.lock-run .venv/.lock-test; do
  if [ -f "$have" ] && [ "$(cat "$have")" = "$want" ]; then exit 0; fi
done
if [ "$1" = run ] && [ -f .venv/.lock-test ]; then exit 0; fi
python="${PYTHON:-python3}"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Mingtang needs Python 3.11 or newer (set PYTHON=...)" >&2; exit 2; }
echo "Preparing the Python environment in .venv (once, half a minute or so) ..." >&2
if command -v uv >/dev/null 2>&1; then
  [ -x .venv/bin/python ] || UV_PYTHON_DOWNLOADS=never uv venv -q --python "$python" .venv
  uv pip install -q --python .venv/bin/python --require-hashes -r "$lock"
else
  [ -x .venv/bin/python ] || "$python" -m venv .venv || { echo "Install it first: apt-get install -y python3-venv" >&2; exit 2; }
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-compile --no-deps --require-hashes -r "$lock"
fi
echo "$want" > ".venv/.lock-$1"
