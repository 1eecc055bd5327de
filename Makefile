# Two commands: `make demo` and `make test`. The rest serves them.
PY := .venv/bin/python
PORT ?= 8000
.PHONY: demo test lint bench lock clean

demo: ## set everything up, load the demo city, serve it
	@scripts/setup.sh run
	@$(PY) -m mingtang demo --port $(PORT)

test: lint ## everything: lint, then the suite on PostgreSQL and on SQLite
	@scripts/needs.sh
	@$(PY) -m tests.both

lint:
	@scripts/setup.sh test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy --strict mingtang/law mingtang/search
	@.venv/bin/mypy mingtang
	@.venv/bin/lint-imports

bench: ## every figure of speed, beside its limit
	@scripts/setup.sh test
	@scripts/needs.sh bench
	@$(PY) -m bench

lock: ## resolve the locks again (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header requirements/run.in -o requirements/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header requirements/test.in -o requirements/test.txt

clean:
	rm -rf var .venv .pytest_cache .mypy_cache .ruff_cache
