"""A city with a department and a county, to report on."""

import pytest

from tests import given


@pytest.fixture
def city():
    root = given.demo_city()
    return (
        root,
        given.organ("测试市住建局", root),
        given.organ("测试县人民政府", root, type="county", level="county"),
    )
