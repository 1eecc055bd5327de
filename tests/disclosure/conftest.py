"""An organ below the city and its people; a test that needs another one makes its own."""

import pytest

from tests import given


@pytest.fixture
def organ():
    return given.organ("测试市住房局", given.demo_city())


@pytest.fixture
def people(organ):
    return given.team(organ)
