"""文件登记簿 at the desk: the organ's staff see and enter it, outsiders and other organs do not."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingtang.disclosure import api as disclosure
from tests import given
from tests.desk.conftest import TODAY, Bureau, at_desk, words

pytestmark = pytest.mark.django_db
TYPED = {"doc_no": "测房〔2020〕3号", "title": "=考勤通知", "written_on": "2020-03-02", "attribute": "closed", "attribute_ground": "条例第十六条"}  # fmt: skip


def entered(bureau: Bureau):
    answer = bureau.desk("clerk").post("/desk/papers/new", {**TYPED, "agency": bureau.organ.pk})
    assert answer.status_code == 302
    return disclosure.find("paper").one()


def test_a_clerk_enters_a_paper_and_finds_it_by_its_number_and_attribute(bureau):
    line = entered(bureau)
    desk = bureau.desk("clerk")
    assert "考勤通知" in words(desk.get("/desk/papers/?q=〔2020〕3号&attribute=closed&year=2020"))
    assert "考勤通知" not in words(desk.get("/desk/papers/?attribute=on_request"))
    assert "条例第十六条" in words(desk.get(f"/desk/papers/{line.id}/"))


def test_the_register_leaves_as_csv_without_formulas(bureau):
    entered(bureau)
    assert "'=考勤通知" in words(bureau.desk("clerk").get("/desk/papers/export.csv"))


def test_another_organ_sees_no_line_and_the_city_office_sees_all(bureau, other, office):
    line = entered(bureau)
    assert at_desk(other).get(f"/desk/papers/{line.id}/").status_code == 403
    assert "考勤通知" not in words(at_desk(other).get("/desk/papers/"))
    assert "考勤通知" in words(at_desk(office).get("/desk/papers/"))
    supervisor = at_desk(given.person(bureau.city, "supervisor"))
    assert supervisor.get("/desk/papers/").status_code == 403


def test_a_head_changes_the_attribute_and_the_page_tells_why(bureau):
    line = entered(bureau)
    url = f"/desk/papers/{line.id}/change"
    assert bureau.desk("section_head").post(url, {"attribute": "open"}).status_code == 409
    answer = bureau.desk("section_head").post(
        url, {"attribute": "open", "reason": "制度已经对外执行"}, follow=True
    )
    assert "制度已经对外执行" in words(answer)
    assert "主动公开" in words(answer)


def test_a_table_is_looked_at_entered_and_its_faults_come_back_as_a_sheet(bureau):
    desk = bureau.desk("clerk")
    text = (
        "文号,标题,成文日期,公开属性\n测房〔2021〕1号,甲,2021-03-04,依申请公开\n,乙,2021-03-04,依申请公开\n"
    )
    typed = {"stated_by": "办公系统", "source": "office", "agency": bureau.organ.pk}
    looked = words(
        desk.post(
            "/desk/papers/import",
            {**typed, "step": "look", "table": SimpleUploadedFile("表.csv", text.encode())},
        )
    )
    word = looked.split('name="brought" value="')[1].split('"')[0]
    assert "登记 1 条" in looked
    assert not disclosure.find("paper").exists()
    again = {**typed, "brought": word, "name": "表.csv"}
    assert "没有写文号" in words(desk.post("/desk/papers/import", {**again, "step": "errors"}))
    colleague = at_desk(given.person(bureau.organ, "clerk", name="旁"))
    for theirs in (word, word.partition(":")[0]):  # another's table, by its word or by its digest alone
        refused = colleague.post("/desk/papers/import", {**again, "brought": theirs, "step": "errors"})
        assert "没有选择表格" in words(refused)
    assert "合的已经登记" in words(desk.post("/desk/papers/import", {**again, "step": "take"}))
    assert disclosure.find("paper").one().title == "甲"


def test_a_round_waits_in_the_heads_queue_until_its_papers_are_decided(bureau):
    line = entered(bureau)
    disclosure.advance(TODAY)
    head = bureau.desk("section_head")
    round_ = disclosure.find("duty_instance", task="appraisal").one()
    assert "还有 1 份没有定" in words(head.get("/desk/"))
    assert "还有 1 份没有定" not in words(bureau.desk("clerk").get("/desk/"))
    page = words(head.get(f"/desk/papers/rounds/{round_.id}/"))
    assert "1 份里已定 0 份" in page
    url = f"/desk/papers/rounds/{round_.id}/{disclosure.find('appraisal').one().id}"
    assert head.post(url, {"attribute": "closed"}).status_code == 409
    done = head.post(url, {"attribute": "closed", "reason": "仍属内部事务"}, follow=True)
    assert "仍属内部事务" in words(done)
    assert "没有定" not in words(head.get("/desk/"))
    assert "评估审查" in words(head.get(f"/desk/papers/{line.id}/"))
