"""An index of a few papers: what is found, what is not, and what a person can type."""

from __future__ import annotations

from datetime import date

import pytest

from mingtang.search.api import Entry, Index, Question, evaluate, highlight, same_number


def paper(key: str, title: str, text: str = "", **more) -> Entry:
    return Entry(key, title, text, **more)


def _built(folder) -> Index:
    made = Index(folder)
    made.rebuild(
        [
            paper("1", "关于调整社会保险缴费基数的通知", "自2026年1月1日起调整企业职工缴费基数。", number="示人社发〔2026〕3号", day=date(2026, 1, 5), facets={"organ": "人社局", "kind": "policy", "year": "2026", "validity": "valid"}),
            paper("2", "社会保险缴费基数调整办法", "本办法已由新文件代替。缴费基数按年调整。", number="示人社发〔2019〕14号", day=date(2019, 3, 1), standing=0.0, facets={"organ": "人社局", "kind": "policy", "year": "2019", "validity": "repealed"}),
            paper("3", "关于延长政府信息公开答复期限的说明", "行政机关延长答复期限，应当经负责人同意并告知申请人。", day=date(2026, 5, 1), facets={"organ": "办公室", "kind": "interpretation", "year": "2026", "validity": "valid"}),
            paper("4", "中小学招生工作方案", "今年的中小学招生，个人事项由教育局办理。教师招聘另行通知。", day=date(2026, 6, 1), facets={"organ": "教育局", "kind": "notice", "year": "2026", "validity": "valid"}),
            paper("5", "教师招聘公告", "教育局公开招聘教师三十名。转发示人社发〔2019〕14号文件。", day=date(2025, 6, 1), facets={"organ": "教育局", "kind": "notice", "year": "2025", "validity": "valid"}),
        ]
    )  # fmt: skip
    return made


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> Index:
    """For tests that only ask."""
    return _built(tmp_path_factory.mktemp("index"))


@pytest.fixture
def own(tmp_path) -> Index:
    """For a test that changes it."""
    return _built(tmp_path / "index")


def keys(index: Index, words: str, **more) -> list[str]:
    return [h.key for h in index.ask(Question(words, **more)).hits]


def test_every_word_must_stand_there_and_the_title_counts_most(index):
    assert keys(index, "教育 招聘") == ["5", "4"]


def test_what_is_repealed_stands_below_what_is_in_force(index):
    assert keys(index, "缴费基数") == ["1", "2"]


@pytest.mark.parametrize(
    "typed",
    ["示人社发〔2019〕14号", "示人社发[2019]14号", "示人社发（2019）14号", "示人社发【2019】第14号", "示人社发2019年14号", "示人社发 〔2019〕 14号", "示人社發〔2019〕14號", "示人社发〔２０１９〕１４号"],
)  # fmt: skip
def test_a_document_number_in_any_spelling_finds_its_paper_first_and_then_those_that_name_it(index, typed):
    assert keys(index, typed) == ["2", "5"]
    assert index.ask(Question(typed)).hits[0].exact


def test_one_number_is_one_spelling_and_a_sentence_is_none():
    assert same_number("国办发〔2019〕14号") == same_number("国办发[2019] 14 号") == "国办发2019-14"
    assert same_number("2019年发了14个文件") == ""


@pytest.mark.parametrize(
    "typed", ["“缴费基数按年”", '"长答复期限，应当经"', "“个人事项由教”", "“职”", "“2026年1月”"]
)
def test_a_quoted_passage_is_found_wherever_it_is_cut(index, typed):
    assert len(keys(index, typed)) == 1


def test_a_quoted_passage_with_its_words_in_another_order_is_not_found(index):
    assert keys(index, "“期限答复”") == []


def test_a_minus_excludes(index):
    assert keys(index, "教育 -招生") == ["5"]


def test_synonyms_traditional_characters_and_wide_figures_are_the_same_words(index):
    assert keys(index, "社保 基数") == ["1", "2"]
    assert keys(index, "社會保險") == ["1", "2"]
    assert "1" in keys(index, "２０２６")


def test_a_question_is_ranked_by_what_it_is_about(index):
    assert keys(index, "请问行政机关什么时候可以延长答复期限？")[0] == "3"


def test_a_word_that_nobody_uses_is_answered_with_the_one_of_the_same_sound(index):
    assert index.ask(Question("较师招聘")).rather == "教师招聘"
    assert index.ask(Question("jiaoshi")).rather == "教师"


def test_words_that_never_stand_together_are_answered_loosely_and_it_is_said(index):
    found = index.ask(Question("招聘 缴费基数"))
    assert found.loose
    assert {h.key for h in found.hits} == {"1", "2", "4", "5"}


def test_facets_days_and_orders(index):
    found = index.ask(Question("", counted=("organ", "year")))
    assert dict(found.facets["organ"]) == {"人社局": 2, "教育局": 2, "办公室": 1}
    assert keys(index, "", only={"organ": ("教育局",)}, by="newest") == ["4", "5"]
    assert keys(index, "", since=date(2025, 1, 1), until=date(2026, 1, 31), by="oldest") == ["5", "1"]
    assert keys(index, "缴费基数", only={"validity": ("repealed",)}) == ["2"]


def test_what_is_removed_is_gone_and_what_is_put_again_stands_once(own):
    own.remove("5")
    own.put([paper("1", "关于调整社会保险缴费基数的通知（更正）", "更正后的内容。")])
    own.commit()
    assert keys(own, "教师招聘公告") == ["4"]
    assert "5" not in keys(own, "")
    assert keys(own, "更正") == ["1"]
    assert own.stats().entries == 4


def test_another_reader_sees_a_commit_and_a_new_generation_at_its_next_question(own, tmp_path):
    reader = Index(tmp_path / "index")
    assert len(keys(reader, "招聘")) == 2
    own.remove("5")
    own.commit()
    assert keys(reader, "招聘") == ["4"]
    own.rebuild([paper("9", "唯一的文件")])
    assert keys(reader, "") == ["9"]
    assert keys(reader, "招聘") == []


def test_who_wrote_before_another_rebuilt_writes_on(own, tmp_path):
    writer = Index(tmp_path / "index")
    own.rebuild([paper("9", "唯一的文件")])
    writer.put([paper("10", "后来的文件")])
    writer.commit()
    assert sorted(keys(own, "文件")) == ["10", "9"]


def test_a_word_of_a_title_that_was_taken_back_is_never_offered(own):
    own.put([paper("11", "关于王小明的处罚决定")])
    own.commit()
    assert own.suggest("王")
    own.remove("11")
    own.commit()
    assert own.suggest("王") == []


def test_a_crash_while_building_anew_leaves_the_old_index(own, tmp_path):
    def breaks():
        yield paper("9", "唯一的文件")
        raise RuntimeError("power")

    with pytest.raises(RuntimeError):
        own.rebuild(breaks())
    assert len(keys(Index(tmp_path / "index"), "")) == 5
    assert own.rebuild([paper("9", "唯一的文件")]) == 1


@pytest.mark.parametrize(
    "typed",
    ["", " ", "“", "”“", '"""', "-", "--", "- -", "AND OR NOT", "(((", "a:b^2~3 [1 TO", "\\", "\x00\x1b", "的", "？", "😀", "-招聘", "x" * 10_000, "税" * 10_000, "“" + "税" * 500, "〔〕号", "〔2019〕号", "​"],
)  # fmt: skip
def test_nothing_that_can_be_typed_is_an_error(index, typed):
    found = index.ask(Question(typed, counted=("organ",), first=10_000_000, many=10_000))
    assert found.total >= 0
    assert isinstance(index.suggest(typed), list)


def test_suggestions_are_titles_with_what_is_typed_or_words_that_begin_so(index):
    assert index.suggest("缴费基") == [
        ("1", "关于调整社会保险缴费基数的通知"),
        ("2", "社会保险缴费基数调整办法"),
    ]
    assert ("", "教师") in index.suggest("教")
    assert ("", "教师") in index.suggest("jiaosh")


def test_a_passage_is_marked_and_escaped():
    said = highlight("<b>延长</b>答复 & 期限", ("延长", "期限"))
    assert said == "&lt;b&gt;<mark>延长</mark>&lt;/b&gt;答复 &amp; <mark>期限</mark>"
    long = highlight("无" * 500 + "答复期限", ("答复期限",))
    assert long.startswith("…")
    assert "<mark>答复期限</mark>" in long


def test_the_measure_is_the_mean_of_reciprocal_ranks():
    documents = [
        {"docid": "a", "title": "供热补贴办法", "text": "供热补贴怎样发放。"},
        {"docid": "b", "title": "供水管理办法", "text": "供水的管理。"},
    ]
    asked = [
        {"question": "供热补贴", "docid": "a"},
        {"question": "供热补贴", "docid": "b"},
        {"question": "供水管理", "docid": "b"},
    ]
    found = evaluate(documents, asked)
    assert (found.mrr, found.recall_1, found.questions, found.documents) == (
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
        3,
        2,
    )


def test_a_single_letter_is_a_word_and_not_a_piece_of_every_other(own):
    own.put(
        [
            paper("6", "A 级旅游景区名录"),
            paper("7", "Map of tramways", "Trams run daily."),
            paper("8", "A级景区"),
        ]
    )
    own.commit()
    assert sorted(keys(own, "a")) == ["6", "8"]
    assert keys(own, "z") == [], "nor does one that stands nowhere find everything"
