"""The living years: 2025 closed and reported, 2026 under way with open cases near their dates.

What happened before the demo's clock starts is done by the rooms' own verbs at the moment it happened.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from mingtang.casework import api as casework
from mingtang.config.demo.texts import body_of, title_of
from mingtang.config.demo.units import by_code, civil, plan
from mingtang.config.demo.y2017 import _must
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused, calendar
from mingtang.ledger.api import Person, clock_at, find
from mingtang.oversight import api as oversight
from mingtang.portal import api as portal

START = civil(date(2026, 11, 23))
SOURCE = "原信息公开系统（2026年移交）"
# Policies of 2026 with their interpretations: title, 文号, day, interpretation, form.
POLICIES = (
    (
        "示例市政府信息公开申请办理规范",
        "示政办发〔2026〕18号",
        date(2026, 10, 30),
        "收到日期怎么定，二十日怎么数",
        "qa",
    ),
    (
        "示例市人民政府关于促进民营经济发展的若干措施",
        "示政发〔2026〕12号",
        date(2026, 10, 22),
        "二十六条措施，企业能用上哪几条",
        "chart",
    ),
    ("示例市城镇供热管理办法", "示政规〔2026〕6号", date(2026, 10, 15), "室温不达标，退费怎么算", "text"),
    (
        "示例市人民政府关于调整城乡居民最低生活保障标准的通知",
        "示政规〔2026〕5号",
        date(2026, 9, 28),
        "新标准与申请材料一览",
        "chart",
    ),
    (
        "示例市电动自行车充电设施建设管理规定",
        "示政规〔2026〕4号",
        date(2026, 9, 11),
        "小区能不能装、谁来装",
        "video",
    ),
)
_NEWS = (
    ("市政府印发申请办理规范：收到日期怎样认定、二十个工作日怎样计算，都有了统一口径", date(2026, 11, 19)),
    ("全市政务公开培训班开班，126名工作人员参训", date(2026, 11, 18)),
    ("前三季度213件政策文件，210件同步发布解读", date(2026, 11, 17)),
    ("明川区公布基层公开事项一张清单，共187项", date(2026, 11, 13)),
    ("第四季度重大行政决策事项进展公布", date(2026, 11, 12)),
    ("供热季价格与补贴政策吹风会答问实录", date(2026, 11, 11)),
)
_NOTICES = (
    ("公共停车管理办法（草案）征求意见", date(2026, 11, 19)),
    ("10月集中式饮用水水源水质报告", date(2026, 11, 18)),
    ("第三季度重点排污单位名录", date(2026, 11, 16)),
    ("知行区老旧小区改造征收补偿方案", date(2026, 11, 13)),
    ("事业单位公开招聘拟聘用人员公示", date(2026, 11, 12)),
    ("市级政府采购意向（11月第二批）", date(2026, 11, 10)),
    ("10月食品抽检612批次，合格605批次", date(2026, 11, 9)),
)


def _rows(year: int, until: date, count: int) -> Iterator[dict[str, Any]]:
    """Ordinary publications of a year, spread over its working days up to a day."""
    dice, organs, table = random.Random(year), by_code(), calendar()  # noqa: S311  invented texts
    keepers = {area: organs[c[0]] for c in plan("city.yaml")["departments"] for area in c[4]}
    everyone = [a for a in organs.values() if a.valid_to is None and a.type in ("department", "county")]
    days = [
        d
        for n in range((until - date(year, 1, 1)).days)
        if table.is_working(d := date(year, 1, 1) + timedelta(n))
    ]
    kinds = (
        ["key_area"] * 5
        + ["news"] * 3
        + ["notice"] * 3
        + ["licence", "penalty", "statistics", "policy", "interpretation"]
    )
    areas = sorted(keepers)
    for n in range(count):
        day, kind = days[n * len(days) // count], kinds[n % len(kinds)]
        area = areas[n % len(areas)] if kind == "key_area" else ""
        organ = keepers[area] if area else dice.choice(everyone)
        data = (
            {"holder": "示例单位"}
            if kind == "licence"
            else {"decision_no": f"示罚〔{year}〕{n}号"}
            if kind == "penalty"
            else {}
        )
        data = {"form": "text"} if kind == "interpretation" else data
        yield {
            "agency": organ, "kind": kind, "key_area": area, "published_at": civil(day, time(9 + n % 8)), "written_on": day,
            "title": title_of(kind, area, n + 1, day, dice), "body": body_of(organ.name, day, dice), "data": data,
            "source": organ.name,
        }  # fmt: skip


def _written(kind: str, title: str, day: date, organ: Any, **more: Any) -> dict[str, Any]:
    body = body_of(organ.name, day, random.Random(title))  # noqa: S311
    return {
        "agency": organ, "kind": kind, "title": title, "published_at": civil(day, time(10)), "written_on": day, "body": body,
        "source": organ.name, **more,
    }  # fmt: skip


def _take(rows: Iterator[dict[str, Any]] | list[dict[str, Any]], keeper: Person) -> list[int]:
    """Take over publications, note them as released on the site, return their document ids."""
    taken: list[int] = []
    for batch in map(_must, _must(disclosure.take_over(rows, source=SOURCE, by=keeper, at=START))):
        portal.note_releases([(p, "site", row["published_at"], "") for p, row in batch])
        taken += [p for p, _ in batch]
    found = {r.id: r.document_id for r in disclosure.find("publication", pk__in=taken)}
    return [found[p] for p in taken]


def load_publications(keeper: Person) -> None:
    """2025 and 2026 up to the demo's day, and the city's guide and rules."""
    city = by_code()["SL"]
    fixed = [
        _written("guide", "示例市人民政府政府信息公开指南", date(2026, 10, 29), city),
        _written("rules", "示例市政府信息公开申请办理制度", date(2026, 3, 2), city),
        _written(
            "gazette",
            "示例市人民政府公报2026年第10期",
            date(2026, 10, 31),
            city,
            data={"issue": "2026年第10期"},
        ),
    ]
    _take(_rows(2025, date(2025, 12, 31), 260), keeper)
    _take(_rows(2026, date(2026, 11, 9), 380), keeper)
    papers = [
        _written("policy", t, d, city, doc_no=no, theme="0201", genre="05") for t, no, d, _, _ in POLICIES
    ]
    ids = _take([*fixed, *papers], keeper)[len(fixed) :]
    _take(
        [
            _written("interpretation", i, d, city, interprets=paper, data={"form": form})
            for paper, (_, _, d, i, form) in zip(ids, POLICIES, strict=True)
        ],
        keeper,
    )
    _take([_written("news", t, d, city) for t, d in reversed(_NEWS)], keeper)
    _take([_written("notice", t, d, city) for t, d in reversed(_NOTICES)], keeper)


_OUTCOMES = {
    "GRANT": {"provided": "随本答复书附上该批准文件的电子件一份。"},
    "GRANT_ALREADY": {"provided": "该批准文件已在本机关网站的政府信息公开专栏公布，可以随时查阅、下载。"},
    "PARTIAL": {"reasons": "合同附件含第三方商业秘密，已作区分处理。", "provided": "随本答复书附上隐去商业秘密后的合同电子件一份。"},
    "NA_NOTEXIST": {"search_record": "检索档案室目录和业务系统，关键词为项目名称，未见相关信息。"},
    "NA_NOTOURS": {"named_organ": "市自然资源局，电话0000-8800012"}, "NA_CREATE": {"search_record": "检索业务系统，没有现成的汇总信息。"},
}  # fmt: skip
# (organ, received, channel, subject, story); a story is the list of verbs done to it, by login, on a day.


def _people() -> dict[str, Person]:
    return {p.username: p for p in find("person")}


_TEAM = {
    "ZJJ": ("zhoumin", "shenli", "hejia", "qinyue", "luohe"),
    "CZJ": ("tangning", "fangyi", "suwen", "guyan", "tangning"),
    "BGS": ("wangshu", "linchuan", "xuqing", "jianghai", "wangshu"),
}


def _receive(people: dict[str, Person], organ: str, day: date, channel: str, subject: str, n: int) -> int:
    at = civil(day, time(9, 30))
    by = None if channel == "online" else people[_TEAM[organ][0]]
    application = {
        "agency_id": by_code()[organ].pk, "channel": channel, "applicant_type": "natural" if n % 5 else "business",
        "name": f"演示申请人{n}", "id_type": "居民身份证", "id_number": "", "contact": "（演示，无真实联系方式）", "subject": subject,
        "content": f"申请公开{subject}。", "request_class": ("other", "planning", "expropriation", "demolition", "approval")[n % 5],
    }  # fmt: skip
    with clock_at(at):
        made = casework.receive(application, at=at, idempotency_key=f"demo-{n:06d}", by=by)
    if isinstance(made, dict):
        raise RuntimeError(str(made))
    return _must(made).id


def _do(
    people: dict[str, Person], case: int, login: str, verb: str, day: date, hour: int = 11, **facts: Any
) -> None:
    at = civil(day, time(hour))
    with clock_at(at):
        _must(casework.take(case, verb, by=people[login], at=at, **facts))


def _answer(people: dict[str, Person], case: int, organ: str, day: date, outcome: str) -> None:
    clerk, head, secrecy, signer, _ = _TEAM[organ]
    evidence = _OUTCOMES[outcome]
    reasons = evidence.get("reasons", "经检索，本机关保存有申请的信息。")
    rest = {k: v for k, v in evidence.items() if k != "reasons"}
    if outcome in ("PARTIAL",):
        rest |= {"review_opinion": "区分处理后公开。"}
    _do(people, case, clerk, "decide", day, 9, outcome=outcome, grounds=reasons, **rest)
    _do(people, case, clerk, "submit", day, 10)
    for login, verb in ((head, "head_review"), (secrecy, "secrecy_review"), (signer, "sign")):
        _do(people, case, login, verb, day, 14)
    _do(people, case, clerk, "reply", day, 16, way="electronic")
    _do(people, case, clerk, "close", day, 17)


def load_closed_cases() -> None:
    """Cases of 2025 and of 2026 that are answered, by the verbs, at the moments they happened."""
    people, table, dice = _people(), calendar(), random.Random(26)  # noqa: S311
    organs, outcomes = list(_TEAM), list(_OUTCOMES)
    for n in range(1, 49):
        year, at = (2025, n * 14) if n <= 24 else (2026, (n - 24) * 12)
        day = _must(table.add(date(year, 1, 1), 1)) + timedelta(at)
        while not table.is_working(day):
            day += timedelta(1)
        organ, channel = organs[n % 3], ("in_person", "online", "post_signed")[n % 3]
        case = _receive(people, organ, day, channel, f"{title_of('notice', '', n, day, dice)}的批准文件", n)
        if channel == "online":
            _do(people, case, _TEAM[organ][0], "confirm", _must(table.add(day, 1)))
        _answer(people, case, organ, _must(table.add(day, 6 + n % 9)), outcomes[n % len(outcomes)])


def load_open_cases() -> None:
    """What lies on the desks on the demo's morning: due today, due soon, paused, waiting, unconfirmed, one overdue."""
    people = _people()
    n = 900

    def new(organ: str, day: date, channel: str, subject: str) -> int:
        nonlocal n
        n += 1
        case = _receive(people, organ, day, channel, subject, n)
        if channel == "online":
            _do(people, case, _TEAM[organ][0], "confirm", day, 15)
        return case

    clerk, _, _, _, director = _TEAM["ZJJ"]
    extended = new(
        "ZJJ", date(2026, 9, 14), "online", "滨河路片区老旧小区改造项目的中标通知书、施工合同、资金支付明细"
    )
    _do(people, extended, clerk, "consult", date(2026, 9, 18))
    _do(people, extended, clerk, "consulted", date(2026, 9, 29), opinion="同意公开合同正文，不同意公开单价表")
    _do(people, extended, director, "extend", date(2026, 10, 26))
    _do(people, extended, clerk, "decide", date(2026, 11, 20), 10, outcome="PARTIAL", grounds="单价表属商业秘密，合同正文予以公开。",
        third_party_opinion="同意公开合同正文，不同意公开单价表", review_opinion="区分处理",
        provided="随本答复书附上中标通知书和隐去单价表的施工合同各一份。")  # fmt: skip
    today = new("ZJJ", date(2026, 10, 26), "in_person", "城南新区安置房项目的规划许可证和竣工验收备案表")
    _do(people, today, clerk, "note", date(2026, 11, 2), text="电话核实所需楼号，申请人补充为3号楼、5号楼")
    new("ZJJ", date(2026, 10, 28), "post_signed", "和畅区供热管网改造工程的招标控制价")
    consulting = new("ZJJ", date(2026, 11, 2), "online", "站前街道棚户区改造补偿协议汇总")
    _do(people, consulting, clerk, "consult", date(2026, 11, 9))
    clarifying = new("ZJJ", date(2026, 11, 11), "online", "小区相关材料")
    _do(people, clarifying, clerk, "clarify", date(2026, 11, 16), what="请写明小区名称和材料的年份")
    n += 1
    _receive(people, "ZJJ", date(2026, 11, 20), "online", "2025年公共租赁住房配租名册的公开版", n)
    new("ZJJ", date(2026, 11, 12), "in_person", "物业专项维修资金使用情况")
    new("CZJ", date(2026, 10, 23), "in_person", "2025年度会议费支出明细")
    new("CZJ", date(2026, 11, 6), "post_signed", "市级政府采购项目验收情况")
    new("BGS", date(2026, 11, 4), "online", "市政府常务会议纪要的公开部分")


def load_drafts() -> None:
    """Documents on their way: one waiting for the section head, one for the signer, one draft."""
    people, organs = _people(), by_code()
    clerk, head, secrecy, _, _ = (people[x] for x in _TEAM["ZJJ"])
    at = civil(date(2026, 11, 20), time(15))
    papers = (
        ("关于调整住房公积金贷款首付比例的通知", "示建发〔2026〕31号", "submit"),
        ("示例市房屋租赁登记备案办法", "示建规〔2026〕2号", "secrecy_review"),
        ("11月房地产市场信息", "", ""),
    )
    for title, number, upto in papers:
        with clock_at(at):
            made = _must(
                disclosure.draft(
                    clerk, at, agency=organs["ZJJ"], kind="policy" if number else "key_area", title=title, doc_no=number,
                    body=body_of(organs["ZJJ"].name, at.date(), random.Random(title)), theme="1002" if number else "",  # noqa: S311
                    key_area="" if number else "risk.housing", source=organs["ZJJ"].name, written_on=date(2026, 11, 18),
                )
            )  # fmt: skip
            if number:
                _explained(clerk, at, organs["ZJJ"], made.id, title)
            for verb, person in (("submit", clerk), ("head_review", head), ("secrecy_review", secrecy)):
                if not upto:
                    break
                _must(disclosure.take(made.id, verb, by=person, at=at))
                if verb == upto:
                    break


def _explained(clerk: Person, at: datetime, organ: Any, paper: int, title: str) -> None:
    """The interpretation that comes with a paper (谁起草谁解读), drafted by the same clerk."""
    _must(
        disclosure.draft(
            clerk, at, agency=organ, kind="interpretation", title=f"一图读懂《{title}》", interprets=paper, data={"form": "chart"},
            body=body_of(organ.name, at.date(), random.Random(paper)), source=organ.name,  # noqa: S311
        )
    )  # fmt: skip


def load_duties(at: datetime) -> None:
    """The cadence duties of the key areas, laid on the organs that answer for them; this month's periods opened."""
    organs, office = by_code(), _people()["yeming"]
    keepers = {area: organs[c[0]] for c in plan("city.yaml")["departments"] for area in c[4]}
    with clock_at(civil(date(2026, 1, 5))):
        for area, spec in disclosure.KEY_AREAS.items():
            for title, cadence in spec.duties:
                _must(
                    disclosure.assign(
                        office, civil(date(2026, 1, 5)), agency=keepers[area], since=date(2026, 1, 1), title=title,
                        basis="国办发〔2017〕24号；本市年度政务公开工作要点", cadence=cadence, key_area=area,
                    )
                )  # fmt: skip
    for month in range(1, at.month + 1):
        disclosure.advance(civil(date(at.year, month, 15)))
    disclosure.advance(at)
    _settle(at)
    _meet_duties(at)
    _settle(at)


def _settle(at: datetime) -> None:
    """Let this year's publications meet the duties they fit."""
    this_year = disclosure.find("publication", at__gte=civil(date(at.year, 1, 1)))
    disclosure.follow("published", [{"publications": list(this_year.ids())}])


# Of so many past periods one is left unmet: no city is without its late ones.
_LATE_EVERY = 24


def _meet_duties(at: datetime) -> None:
    """Publish what the past periods asked for, all but a few and those of the last fortnight."""
    organs = {a.pk: a for a in by_code().values()}
    past = disclosure.find("duty_instance", publication_id__isnull=True, due_on__lt=at.date() - timedelta(14))
    rows = []
    for n, i in enumerate(past, 1):
        if n % _LATE_EVERY:
            title = f"{i.duty.title}（{_period_said(i)}）"
            organ, area = organs[i.duty.agency_id], i.duty.key_area
            rows.append(_written("key_area", title, i.due_on, organ, key_area=area))
    _take(sorted(rows, key=lambda r: r["published_at"]), _people()["keeper"])


def _period_said(row: disclosure.DutyInstanceRow) -> str:
    first, last = row.period_from, row.period_to
    if (last - first).days < 10:
        return f"{first.month}月{first.day}日至{last.month}月{last.day}日"
    return f"{first.month}月" if first.month == last.month else f"{first.month}月至{last.month}月"


_PROBLEMS = """一是部分县区政策解读仍以文字为主，图解、视频偏少。二是兼职人员流动较快，答复文书质量不够稳定。
改进措施：解读材料与文件同步起草、同步审签；每季度评查案卷，对新到岗人员先培训后上岗。"""
# Figures of 2025 that no row of the platform can give (invented).
_DECLARED_2025 = {
    "t2.rules.made": 1, "t2.rules.repealed": 0, "t2.rules.valid": 12, "t2.normative.made": 38, "t2.normative.repealed": 21,
    "t2.normative.valid": 412, "t2.licence.decided": 48210, "t2.penalty.decided": 9631, "t2.enforcement.decided": 418,
}  # fmt: skip


def report_2025(progress: Callable[[str], Any]) -> None:
    """Compile, declare, file, review and publish the city's report for 2025, in January 2026."""
    people, city = _people(), by_code()["SL"]
    office, clerk = people["yeming"], people["wangshu"]
    at = civil(date(2026, 1, 20), time(10))
    with clock_at(at):
        oversight.recount(2025, at)
        made = _must(oversight.compile_report(city, 2025, at))
        for code, figure in made.figures.items():
            if figure.how == "missing":
                value = _DECLARED_2025.get(code, Decimal("312.5") if made.form.cells[code].money else 0)
                _must(
                    oversight.take(
                        city, "declare", year=2025, cell=code, value=Decimal(value), unit_name="示例市司法局、市财政局汇总", source="2025年度统计表（示例）",
                        signer="演示签字人", signed_on=date(2026, 1, 15), by=office, at=at,
                    )
                )  # fmt: skip
        _must(oversight.take(city, "write", year=2025, section="五", text=_PROBLEMS, by=office, at=at))
        filed = oversight.take(city, "file", year=2025, by=office, at=at)
        if isinstance(filed, Refused):
            progress(f"2025年年报未定稿：{filed.why}")
            return
    chain = (("submit", office), ("head_review", people["linchuan"]), ("secrecy_review", people["xuqing"]),
             ("sign", people["jianghai"]), ("publish", people["jianghai"]))  # fmt: skip
    del clerk
    document = filed.document_id or 0
    for n, (verb, person) in enumerate(chain):
        moment = at + timedelta(hours=n + 1)
        with clock_at(moment):
            _must(disclosure.take(document, verb, by=person, at=moment))
    published = disclosure.find("publication", document_id=filed.document_id).ids()
    oversight.follow("published", [{"publications": list(published)}])
