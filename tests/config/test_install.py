"""A service installation is made once, by one command, with a keeper who can log in."""

import json

import pytest
from click.testing import CliRunner

from mingtang.config.cli import main
from mingtang.ledger import api as ledger
from tests import given

pytestmark = pytest.mark.django_db


def run(*words):
    done = CliRunner().invoke(main, words)
    return done.exit_code, done.output


INSTALL = ("install", "--city", "某市", "--keeper", "admin", "--name", "某", "--json", "--password")


def test_a_database_becomes_a_citys_once():
    status, said = run(*INSTALL, "a-long-enough-secret")
    assert (status, json.loads(said)["keeper"]) == (0, "admin")
    keeper = ledger.find("person", username="admin").one()
    assert keeper.check_password("a-long-enough-secret")
    assert ledger.may(keeper, "agency.keep")
    assert ledger.verify().faults == ()
    status, said = run(*INSTALL, "a-long-enough-secret")
    assert status == 1
    assert "已经属于" in json.loads(said)["error"]


def test_a_weak_password_makes_nothing():
    status, said = run(*INSTALL, "short")
    assert status == 1
    assert "口令" in json.loads(said)["error"]
    assert ledger.find("installation").first() is None


def test_a_notice_is_loaded_from_a_file_and_nonsense_is_refused(tmp_path):
    city = given.demo_city()
    keeper = given.person(city, "keeper")
    paste = tmp_path / "notice.txt"
    paste.write_text("随便写的一段话", encoding="utf-8")
    status, said = run("ledger", "load-law", str(paste), "--by", keeper.username, "--json")
    assert status == 1
    assert json.loads(said)["instead"]
    paste.write_bytes(b"\xff\xfe\x00junk")
    assert run("ledger", "load-law", str(paste), "--by", keeper.username, "--json")[0] == 1
    assert run("ledger", "load-law", str(paste), "--by", "nobody")[0] == 2


@pytest.mark.parametrize("json_wanted", [False, True])
def test_without_its_keys_a_ledger_accuses_nobody_and_makes_no_new_ones(tmp_path, settings, json_wanted):
    given.demo_city()
    settings.KEYS = tmp_path
    status, said = run("ledger", "verify", *(["--json"] if json_wanted else []))
    assert status == 2
    assert "缺少痕迹的密钥（acts）" in said
    assert "请从备份恢复" in said
    assert "被改过" not in said.replace("也不说明痕迹被改过", "")
    assert list(tmp_path.iterdir()) == []
