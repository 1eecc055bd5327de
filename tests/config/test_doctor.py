"""``mingtang doctor``: what is missing on the machine, and what in the installation does not go on."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner

from mingtang.config.commands.doctor import doctor
from mingtang.config.schedule import CONSUMERS, drain_all
from mingtang.law import api as law
from mingtang.ledger import api as ledger
from mingtang.ledger import laws
from tests import given

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


def told() -> dict[str, dict[str, Any]]:
    return {row["what"]: row for row in json.loads(CliRunner().invoke(doctor, ["--json"]).stdout)}


def test_before_there_is_an_installation_only_the_machine_is_looked_at(home):
    assert not any(what.startswith("outbox") for what in told())


def test_a_stuck_consumer_is_named_with_its_position_what_waits_its_tries_and_its_error(
    home, monkeypatch, caplog
):
    given.demo_city()
    ledger.enqueue("thing", {}, ledger.now())

    def broken(topic, rows):
        raise OSError("no network")

    monkeypatch.setitem(CONSUMERS, "portal", broken)
    drain_all()
    rows = told()
    stuck = rows["outbox portal"]
    assert (stuck["ok"], stuck["waiting"], stuck["tries"], stuck["error"]) == (
        False,
        1,
        1,
        "OSError: no network",
    )
    assert (rows["outbox tallies"]["ok"], rows["outbox tallies"]["waiting"]) == (True, 0)
    said = CliRunner().invoke(doctor)
    assert said.exit_code == 1
    assert "OSError: no network" in said.stdout


def test_a_background_that_never_ran_is_named(home):
    given.demo_city()
    ledger.enqueue("thing", {}, given.at(2026, 3, 2))
    assert {name: told()[f"outbox {name}"]["ok"] for name in CONSUMERS} == dict.fromkeys(CONSUMERS, False)


NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：2027年1月1日至3日放假，共3天。
二、春节：2月5日至11日放假，共7天。三、清明节：4月5日放假。
四、劳动节：5月1日至3日放假，共3天。五、端午节：6月9日放假。
六、中秋节：9月15日放假。七、国庆节：10月1日至7日放假，共7天。"""


def test_a_loaded_notice_that_is_no_longer_read_is_named_with_title_and_digest(home, monkeypatch, caplog):
    given.demo_city()
    done = ledger.take(
        None, "load_law", by=None, at=ledger.now(), kind="notice", text=NOTICE, title="2027年放假通知"
    )
    name = f"law {done.title}"
    digest = ledger.find("law").one().digest
    assert told()[name]["ok"] is True
    monkeypatch.setattr(
        law, "parse_notice", lambda text, year=None: law.Refused("新的读法不认", "国办通知", "请重新载入")
    )
    assert (told()[name]["ok"], told()[name]["digest"]) == (False, digest)
    assert "新的读法不认" in told()[name]["instead"]
    laws.forget()
    ledger.law(date(2027, 1, 4))
    assert done.title in caplog.text
    assert digest in caplog.text


@pytest.mark.parametrize("how", ["lost", "changed"])
def test_a_loaded_notice_whose_file_is_not_what_was_loaded_is_named(home, caplog, how):
    given.demo_city()
    done = ledger.take(
        None, "load_law", by=None, at=ledger.now(), kind="notice", text=NOTICE, title="2027年放假通知"
    )
    file = ledger.FileRow.path_of(ledger.find("law").one().digest)
    file.chmod(0o600)
    file.unlink() if how == "lost" else file.write_text(NOTICE.replace("10月1日至7日", "10月1日至8日"))
    assert told()[f"law {done.title}"]["ok"] is False
    laws.forget()
    ledger.law(date(2027, 1, 4))
    assert done.title in caplog.text
