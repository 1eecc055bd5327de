"""``mingtang bake`` and ``mingtang site verify``: JSON alone on standard output, an exit status that means something."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from mingtang.config.commands.site import bake, site

pytestmark = pytest.mark.django_db


def test_baking_prints_what_it_made_as_json_and_nothing_else(city):
    city.publish(kind="notice", title="停水通知")
    answer = CliRunner().invoke(bake, ["--workers", "1", "--json"])
    assert answer.exit_code == 0
    told = json.loads(answer.stdout)
    assert told["pages"] > 20
    assert told["changed"] > told["pages"]


def test_a_changed_page_is_named_with_status_one_and_mended_on_request(city, site_home):
    CliRunner().invoke(bake, ["--workers", "1"])
    (site_home / "index.html").write_text("被改过的首页")
    told = CliRunner().invoke(site, ["verify", "--json"])
    assert told.exit_code == 1
    assert json.loads(told.stdout)["faults"] == [{"path": "index.html", "kind": "changed"}]
    mended = CliRunner().invoke(site, ["verify", "--heal"])
    assert mended.exit_code == 0
    assert "index.html：内容被改动" in mended.stdout
    assert CliRunner().invoke(site, ["verify"]).exit_code == 0


def test_without_its_key_a_site_is_neither_judged_nor_signed_anew(city, settings, tmp_path):
    CliRunner().invoke(bake, ["--workers", "1"])
    settings.KEYS = tmp_path / "no-keys"
    for asked in (["verify", "--json"], ["verify", "--heal"]):
        told = CliRunner().invoke(site, asked)
        assert told.exit_code == 2
        assert "缺少网站签名的密钥" in told.output
    assert not settings.KEYS.exists()


def test_where_nothing_was_baked_nothing_is_judged_and_no_key_is_made(db, settings, tmp_path):
    settings.HOME, settings.KEYS = tmp_path, tmp_path / "keys"
    told = CliRunner().invoke(site, ["verify", "--json"])
    assert told.exit_code == 2
    assert "没有生成过网站" in json.loads(told.stdout)["error"]
    assert list(tmp_path.iterdir()) == []


def test_a_stage_that_does_not_exist_is_wrong_usage():
    assert CliRunner().invoke(bake, ["--only", "everything"]).exit_code == 2
