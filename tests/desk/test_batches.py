"""A batch at the desk: its paper and its rows open, and a row says who reviewed the batch."""

import pytest

from mingtang.config.schedule import drain_all
from mingtang.disclosure import api as disclosure
from mingtang.ledger import api as ledger
from tests import given
from tests.desk.conftest import TODAY, Bureau, words

pytestmark = pytest.mark.django_db
TABLE = "原编号,标题,被许可人,正文\n1,食品许可一,某店,准予许可。\n2,食品许可二,某厂,准予许可。\n".encode()


def test_a_batch_and_its_rows_open_in_every_state_and_a_row_names_who_signed_the_batch(bureau: Bureau):
    ledger.store(TABLE, "text/csv")
    table = disclosure.BatchTable.of_file(TABLE, "许可.csv")
    clerk, signer = bureau.people["clerk"], bureau.people["signer"]
    batch = given.done(table.bring(clerk, TODAY, agency=bureau.organ, kind="licence")).document_id
    row = disclosure.find("batch_line", batch_document_id=batch, number=2).one().document_id
    desk = bureau.desk("clerk")
    assert "随批审签" in words(desk.get(f"/desk/documents/{row}/"))
    for verb, by in (("submit", clerk), ("sign", signer), ("publish", signer)):
        given.move(batch, verb, by, TODAY)
        assert desk.get(f"/desk/documents/{batch}/").status_code == 200
    while drain_all(["duties"]):
        pass
    assert disclosure.find("document", pk=row).one().state == "live"
    assert signer.name in words(desk.get(f"/desk/documents/{row}/"))
