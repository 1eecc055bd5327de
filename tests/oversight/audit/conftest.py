"""Where the real reports lie, when they are there."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "annual"


@pytest.fixture
def published():
    """A real published report by file name; skips, saying so, where the data is not beside the checkout."""

    def find(name):
        path = SHARED / name
        if not path.is_file():
            pytest.skip(f"real reports are not beside this checkout ({name})")
        return path

    return find
