"""What may stand in the fields that a kind adds: lists cell by cell, codes, limits that are not longer than the law's."""

from __future__ import annotations

import pytest

from mingtang.disclosure import api as disclosure
from mingtang.disclosure import kinds as loader
from mingtang.law import api as law
from mingtang.law.api import Refused
from tests import given

AT = given.at(2026, 11, 23)
ITEM = disclosure.KINDS["service_item"].example["data"]
MATERIALS = disclosure.KINDS["service_item"].field("materials")
assert MATERIALS is not None


@pytest.fixture
def draft(db):
    city = given.demo_city()
    clerk = given.person(city, "clerk")

    def enter(kind: str = "service_item", **changed):
        example = dict(disclosure.KINDS[kind].example)
        data = {k: v for k, v in (example.pop("data") | changed).items() if v is not None}
        return disclosure.draft(clerk, AT, agency=city, kind=kind, data=data, **example)

    return enter


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"catalog_code": "00013100800", "task_code": None}, "“基本编码”写的是“00013100800”，格式不对"),
        ({"task_code": "11000000MB00000000300013100800"}, "“实施编码”写的是"),
        ({"catalog_code": "000131008001"}, "“实施编码”的末尾不是“基本编码”"),
        ({"promise_days": "21"}, "“承诺办结时限”21个工作日，超过“法定办结时限”20个工作日"),
        # 20 natural days hold 14 working days and a bit: 15 working days are longer.
        ({"promise_days": "15", "legal_unit": "days"}, "超过"),
        ({"promise_unit": None}, "没有填写：承诺办结时限单位"),
        ({"promise_days": "6个工作日"}, "不是数字"),
        ({"materials": [], "phone": None}, "没有填写：申请材料、咨询方式"),
        ({"item_type": "gift"}, "“事项类型”没有“gift”这一项"),
        ({"is_fee": "1"}, "没有填写：收费项目"),
        ({"materials": "申请书"}, "“申请材料”应当是不超过2000行的表"),
        ({"materials": [{"copies": "1"}]}, "“申请材料”第1行：“材料名称”没有填写"),
        ({"materials": [{"name": "申请书"}, {"name": "图", "copies": "一"}]}, "“申请材料”第2行：“份数”写的是“一”，不是数字"),
        ({"materials": [{"name": "申请书", "colour": "红"}]}, "“申请材料”第1行有不认识的格"),
        ({"materials": [{"name": "申请书", "blank": "javascript:alert(1)"}]}, "不是网址"),
        ({"place": ["窗口"]}, "“办理地点”只能是一段文字"),
    ],
)  # fmt: skip
def test_a_service_item_that_cannot_be_is_refused_by_name(draft, changed, why):
    refused = draft(**changed)
    assert isinstance(refused, Refused), refused
    assert why in refused.why


@pytest.mark.parametrize(
    "changed",
    [
        {"promise_days": "20"},
        {"promise_days": "14", "legal_unit": "days"},
        {"promise_days": None, "promise_unit": None},
        # What nobody applies for needs no guide.
        {"item_type": "inspection", "materials": None, "phone": None, "place": None},
        {"is_fee": "1", "fees": [{"item": "工本费", "standard": "10元/本", "basis": "示价〔2020〕1号"}]},
    ],
)
def test_a_service_item_that_keeps_the_limits_is_entered(draft, changed):
    assert not isinstance(draft(**changed), Refused)


def test_a_repost_names_its_source_and_links_to_it(draft, db):
    assert "“来源链接”没有填写" in draft("repost", source_url=None).why
    city = given.organ("转载局", given.demo_city())
    refused = disclosure.draft(
        given.person(city, "clerk"), AT, agency=city, kind="repost", title="转载", body="<p>文。</p>",
        data={"source_url": "https://www.example.gov.cn/1.html", "source_on": "2026-11-20"},
    )  # fmt: skip
    assert isinstance(refused, Refused)
    assert refused.why == "“来源”没有填写"


def test_more_failures_than_samples_cannot_be(draft):
    assert "超过“抽检批次”" in draft("food_sampling", failed="121").why


def test_the_lines_of_a_list_are_read_back_as_they_were():
    rows = [
        {"name": "申请书（一式|两份）", "type": "original", "copies": "2"},
        {"name": "反斜线\\|和\\", "notice": "末格"},
    ]
    assert MATERIALS.rows(MATERIALS.lines(rows)) == rows


def test_a_typed_line_takes_words_of_choices_either_bar_and_empty_cells():
    typed = "申请书 | 原件 |  | 必要 | 1\n\n  身份证 ｜ 复印件\n"
    assert MATERIALS.rows(typed) == [
        {"name": "申请书", "type": "original", "necessity": "must", "copies": "1"},
        {"name": "身份证", "type": "copy"},
    ]
    refused = MATERIALS.rows("|".join("x" * 13))
    assert isinstance(refused, Refused)
    assert "第1行有13格，最多12格" in refused.why


def test_personal_data_in_a_cell_stops_the_paper_like_personal_data_in_the_text(db):
    city = given.demo_city()
    people = given.team(city)
    rows = [{"unit": "某人 身份证号 110101199003074514", "verdict": "未发现问题"}]
    data = disclosure.KINDS["spot_check_result"].example["data"] | {"results": rows}
    paper = given.draft(
        people["clerk"], city, AT, kind="spot_check_result", title="抽查结果", body="", data=data
    )
    refused = disclosure.take(paper.id, "submit", by=people["clerk"], at=AT)
    assert isinstance(refused, Refused)
    assert "个人信息" in refused.why


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"fields": {"x": {"label": "x", "type": "list", "required": False}}}, "fields.x.columns"),
        ({"fields": {"x": {"label": "x", "type": "text", "required": False, "pattern": "a"}}}, "fields.x.form"),
        ({"fields": {}, "thread": "x"}, "thread：不能是 'x'"),
        ({"fields": {}, "requires": ["colour"]}, "requires：不能是 'colour'，可用：source"),
        ({"fields": {}, "rules": [{"at_most": ["a", "b"], "basis": "x"}]}, "rules：没有a、b这样的栏"),
        ({}, "fields：缺少此项"),
        ({"fields": ["x"]}, "不是应有的文字、列表或表"),
    ],
)  # fmt: skip
def test_a_fault_in_a_kind_names_its_file_and_key(tmp_path, fault, said):
    import yaml

    kind = {
        "kind": "odd", "title": "x", "column": "news", "article20": None, "chain": "light", "counted": "document",
        "interpretation_required": False, "example": {},
    }  # fmt: skip
    file = tmp_path / "odd.yaml"
    file.write_text(yaml.safe_dump(kind | fault), encoding="utf-8")
    with pytest.raises(law.Malformed, match=r"odd\.yaml") as raised:
        loader._kind(file, loader.columns())
    assert said in str(raised.value)
