"""A citizen's day in a real browser: ask at the counter, be answered at the desk, move the report by one."""

import re

import pytest

from tests.words import word

pytestmark = pytest.mark.browser
PASSWORD = "mingtang-demo"


def enter(browser, demo, login):
    """A fresh session of one member of staff."""
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(f"{demo.base}/desk/login")
    page.fill("input[name=account]", login)
    page.fill("input[name=secret]", PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(r"/desk/(?!login)"))
    return page


def figures(demo, *cells):
    report = demo.json("report", "compile", "--year", "2026", "--format", "json", "--recount")
    found = {f["cell"]: f["value"] for f in report["figures"]}
    return [found[c] for c in cells]


def do(page, demo, address, verb, **fields):
    """Open a case, unfold a verb, fill its fields and send it; the page must not refuse."""
    page.goto(f"{demo.base}{address}")
    drawer = page.locator(f"#verb-{verb}")
    if drawer.get_attribute("open") is None:
        drawer.locator("summary").first.click()
    for name, value in fields.items():
        control = drawer.locator(f"[name={name}]").first
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        elif control.get_attribute("type") == "radio":
            drawer.locator(f"[name={name}][value={value}]").check()
        else:
            control.fill(value)
    with page.expect_response(lambda r: r.request.method == "POST") as answered:
        drawer.locator("button[type=submit]").click()
    assert answered.value.status in (200, 204, 302), page.inner_text("main")
    page.wait_for_load_state()


def test_an_application_filed_at_the_counter_is_answered_and_moves_the_report_by_one(demo, browser):
    cells = ("t3.new_received.natural", "t3.granted.natural")
    received, granted = figures(demo, *cells)

    citizen = browser.new_context(locale="zh-CN").new_page()
    citizen.goto(f"{demo.base}/apply")
    organ = citizen.locator("select[name=agency]")
    organ.select_option(
        label=next(o for o in organ.locator("option").all_text_contents() if "住房和城乡建设局" in o)
    )
    citizen.fill("[name=name]", "故事申请人")
    citizen.fill("[name=id_number]", "11010519491231002X")
    citizen.fill("[name=contact]", "（演示）story@example.invalid")
    citizen.fill("[name=content]", "申请公开滨河路片区2025年改造项目的施工许可证。")
    for box in citizen.locator("main input[type=checkbox][required]").all():
        box.check()
    citizen.locator("main form button.main").last.click()
    citizen.wait_for_load_state()
    said = citizen.inner_text("main")
    number = re.search(r"\S+公开受理〔2026〕\d+号", said)
    assert number, said
    assert re.search(r"第三十[一三]条", said), "the date comes with its article"
    code = re.search(r"\b[2-9A-HJ-NP-Z]{8}\b", said)
    assert code, said

    citizen.goto(f"{demo.base}/track")
    citizen.fill("[name=number]", number[0])
    citizen.fill("[name=code]", code[0])
    citizen.locator("main form button.main, main form button[type=submit]").first.click()
    citizen.wait_for_load_state()
    assert "待确认" in citizen.inner_text("main")

    clerk = enter(browser, demo, "zhoumin")
    clerk.goto(f"{demo.base}/desk/cases/?q={number[0]}")
    address = clerk.get_by_role("link", name=number[0]).first.get_attribute("href")
    assert "故事申请人" not in clerk.content(), "the list masks who asked"
    do(clerk, demo, address, "confirm")
    do(
        clerk,
        demo,
        address,
        "decide",
        outcome="GRANT",
        grounds="经检索，本机关保存有该许可证，予以公开。",
        provided="随本答复书附上许可证复制件一份。",
    )
    do(clerk, demo, address, "submit")
    for login, verb in (("shenli", "head_review"), ("hejia", "secrecy_review"), ("qinyue", "sign")):
        do(enter(browser, demo, login), demo, address, verb)
    do(clerk, demo, address, "reply", way="electronic")
    clerk.goto(f"{demo.base}{address}")
    assert "已答复" in clerk.inner_text("main")

    assert figures(demo, *cells) == [received + 1, granted + 1]
    office = enter(browser, demo, "yeming")
    office.goto(f"{demo.base}/desk/reports/2026/figure?cell=t3.granted.natural")
    found = office.inner_text("body")
    for _ in range(20):
        if number[0] in found or not (following := office.get_by_role("link", name="下一页")).count():
            break
        following.first.click()
        office.wait_for_load_state()
        found = office.inner_text("body")
    assert number[0] in found, "the figure opens to the row that moved it"


def test_a_clerk_of_another_organ_cannot_open_the_case_by_its_address(demo, browser):
    clerk = enter(browser, demo, "zhoumin")
    clerk.goto(f"{demo.base}/desk/cases/")
    address = clerk.locator("a[href*='/desk/cases/']").filter(has_text="公开受理").first.get_attribute("href")
    stranger = enter(browser, demo, "tangning")
    answer = stranger.goto(f"{demo.base}{address}")
    assert answer.status == 403
    assert "不在你的单位范围内" in stranger.inner_text("body")


def test_a_word_file_is_sent_to_review_in_five_clicks_passed_by_two_others_and_seen_on_the_portal(
    demo, browser, tmp_path
):
    file = tmp_path / "停水通知.docx"
    file.write_bytes(
        word("示例市住房和城乡建设局文件", "示建发〔2026〕98号", "关于滨河路片区停水的通告", "各有关单位：", "因管网改造，停水一天。",
             "示例市住房和城乡建设局", "2026年11月20日", "（此件公开发布）")
    )  # fmt: skip
    clerk = enter(browser, demo, "zhoumin")
    clerk.goto(f"{demo.base}/desk/documents/new")
    clerk.set_input_files("#word", file)
    clerk.select_option("#word-kind", "notice")
    clerk.get_by_role("button", name="上传", exact=True).click()
    clerk.wait_for_url(re.compile(r"/edit$"))
    assert clerk.input_value("[name=doc_no]") == "示建发〔2026〕98号"
    assert clerk.input_value("[name=written_on]") == "2026-11-20"
    clerk.get_by_role("button", name="保存", exact=True).click()
    clerk.wait_for_url(re.compile(r"/desk/documents/\d+/$"))
    address = clerk.url.removeprefix(demo.base)
    number = int(re.search(r"(\d+)/$", address)[1])
    do(clerk, demo, address, "submit")  # two clicks: four after the upload was chosen
    do(enter(browser, demo, "shenli"), demo, address, "head_review")
    signer = enter(browser, demo, "qinyue")
    do(signer, demo, address, "sign")
    do(signer, demo, address, "publish")

    citizen = browser.new_context(locale="zh-CN").new_page()
    page = f"{demo.base}/doc/{number // 1000}/{number}.html"
    for _ in range(900):  # the demo may still be baking its other pages
        if citizen.goto(page).status == 200:
            break
        citizen.wait_for_timeout(200)
    said = citizen.inner_text("main")
    for words in (
        "关于滨河路片区停水的通告",
        "示建发〔2026〕98号",
        "因管网改造，停水一天。",
        "2026年11月20日",
    ):
        assert words in said
    assert "此件公开发布" not in said
