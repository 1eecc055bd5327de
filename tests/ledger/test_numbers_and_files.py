"""Gapless numbers, files by hash, identities at rest."""

import pytest
from django.db import transaction

from mingtang.ledger import api as ledger

pytestmark = pytest.mark.django_db


def test_numbers_of_a_series_have_no_gap_even_after_a_rolled_back_verb():
    assert ledger.number("a/2026") == 1
    with transaction.atomic():
        assert ledger.number("a/2026") == 2
        transaction.set_rollback(True)
    assert ledger.number("a/2026") == 2
    assert ledger.number("b/2026") == 1
    assert ledger.number("a/2026", 10) == 3
    assert ledger.number("a/2026") == 13


@pytest.mark.django_db(transaction=True)
def test_a_number_is_never_drawn_outside_a_transaction():
    with pytest.raises(RuntimeError):
        ledger.number("a/2026")


def test_the_same_bytes_are_kept_once_and_found_by_their_digest():
    first = ledger.store(b"hello", "text/plain")
    again = ledger.store(iter([b"hel", b"lo"]), "text/plain")
    assert first.digest == again.digest == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert ledger.FileRow.path_of(first.digest).read_bytes() == b"hello"


def test_a_broken_upload_leaves_no_file(settings, tmp_path):
    settings.HOME = tmp_path

    def broken():
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        ledger.store(broken(), "text/plain")
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []


def test_an_identity_at_rest_shows_nothing_and_comes_back_whole():
    identity = {"name": "张某", "id_number": "11010519491231002X"}
    kept = ledger.Identity.closed(identity)
    assert "张某".encode() not in kept
    assert b"11010519491231002X" not in kept
    assert ledger.Identity.opened(kept) == identity


def test_the_same_applicant_is_matched_without_being_read():
    assert ledger.Identity.blind("张 某", "11010519491231002x") == ledger.Identity.blind(
        "张某", "11010519491231002X"
    )
    assert ledger.Identity.blind("张某", "1") != ledger.Identity.blind("张", "某1")
