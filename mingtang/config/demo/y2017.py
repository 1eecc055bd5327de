"""The ledger of 2017, taken over from the city's former system: rows, not totals, whose counts are the report's."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from mingtang.casework import api as casework
from mingtang.config.demo.texts import body_of, title_of
from mingtang.config.demo.units import by_code, civil, plan
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused, calendar
from mingtang.ledger.api import Agency, Person
from mingtang.oversight import api as oversight
from mingtang.portal import api as portal

SOURCE = "原信息公开系统（2017年移交）"
_MEDIA = ("wechat", "weibo")


def _must(result: Any) -> Any:
    if isinstance(result, Refused):
        raise RuntimeError(f"{result.why}｜{result.basis}｜{result.instead}")
    return result


class Year:
    """Everything a generator of this year's rows needs: organs, dice, working days."""

    def __init__(self, year: int = 2017):
        self.figures = plan("y2017.yaml")
        self.organs = by_code()
        self.dice = random.Random(year)  # noqa: S311  invented texts, not secrets
        self.calendar = calendar()
        first = date(year, 1, 1)
        self.days = [d for d in (first + timedelta(n) for n in range(365)) if self.calendar.is_working(d)]
        self.keepers = self._keepers()
        self.city = [
            a
            for a in self.organs.values()
            if a.level == "city" and a.type == "department" and a.valid_to is None
        ]
        self.counties = [a for a in self.organs.values() if a.type == "county"]
        self.everyone = [
            *self.city,
            *self.counties,
            *(a for a in self.organs.values() if a.type == "township"),
        ]

    def _keepers(self) -> dict[str, Agency]:
        found = {area: self.organs[c[0]] for c in plan("city.yaml")["departments"] for area in c[4]}
        former = plan("city.yaml")["former_areas"]
        return found | {area: self.organs[code] for area, code in former.items()}

    def moment(self, day: date) -> datetime:
        return civil(day).replace(hour=self.dice.randint(9, 16), minute=self.dice.randint(0, 59))


def publications(year: Year) -> Iterator[dict[str, Any]]:
    """33,981 documents by key area, kind and place, in the order of their days."""
    figures, slots = year.figures, []
    for area, count in figures["key_areas"].items():
        slots += [("key_area", area)] * count
    for kind, count in figures["interpretations"].items():
        slots += [(kind, "")] * count
    rest = figures["published"] - len(slots)
    for kind, count in figures["others"].items():
        slots += [(kind, "")] * (rest if count is None else count)
        rest -= count or rest
    away = _elsewhere(figures, slots, year.dice)
    days = sorted(year.days[i * len(year.days) // len(slots)] for i in range(len(slots)))
    order = list(range(len(slots)))
    year.dice.shuffle(order)
    for n, (day, slot) in enumerate(zip(days, order, strict=True), 1):
        kind, area = slots[slot]
        organ = year.keepers[area] if area else year.dice.choice(year.everyone)
        yield {
            "agency": organ, "kind": kind, "key_area": area, "published_at": year.moment(day), "written_on": day,
            "title": title_of(kind, area, n, day, year.dice), "body": body_of(organ.name, day, year.dice),
            "on_site": slot not in away, "place": figures["elsewhere"].get(area, "单位公开栏") if slot in away else "",
            "data": _own(kind, n),
            "source": organ.name, "genre": "05" if kind in ("policy", "notice") else "",
        }  # fmt: skip


def _own(kind: str, n: int) -> dict[str, Any]:
    """What a kind must say beside the catalogue's own fields."""
    return {
        "licence": {"holder": "示例单位"}, "penalty": {"decision_no": f"示罚〔2017〕{n}号"}, "interpretation": {"form": "text"},
    }.get(kind, {})  # fmt: skip


def _elsewhere(figures: Mapping[str, Any], slots: list[tuple[str, str]], dice: random.Random) -> set[int]:
    """Which slots were published elsewhere only: the named areas first, then enough of what is not policy."""
    wanted = figures["published"] - figures["on_site"]
    named = [i for i, (_, area) in enumerate(slots) if area in figures["elsewhere"]]
    others = [
        i
        for i, (kind, area) in enumerate(slots)
        if not area and kind in ("news", "notice", "penalty", "licence")
    ]
    dice.shuffle(others)
    return set([*named, *others][:wanted])


def load_publications(keeper: Person, at: datetime, progress: Callable[[int], Any]) -> None:
    """Take over the year's publications and write down through which channels each went out."""
    year = Year()
    taken = _must(
        disclosure.take_over(publications(year), source=SOURCE, by=keeper, at=at, progress=progress)
    )
    for batch in map(_must, taken):
        released = []
        for publication, row in batch:
            on = row["published_at"]
            released.append((publication, "site" if row["on_site"] else "other", on, row["place"]))
            if row["kind"] in ("normative", "policy"):
                released.append((publication, "gazette", on, "市政府公报"))
            if row["key_area"] == "welfare.food":
                released += [(publication, m, on, "食药监账号") for m in _MEDIA]
            elif row["kind"] == "interpretation" and publication % 3 == 0:
                released.append((publication, _MEDIA[publication % 2], on, "市政府发布"))
        portal.note_releases(released)


def load_service_items(keeper: Person, at: datetime) -> None:
    """647 service items: listed on the portal, not counted as items of information."""
    year = Year()

    def rows() -> Iterator[dict[str, Any]]:
        n = 0
        for item_type, count in year.figures["service_items"].items():
            for _ in range(count):
                n += 1
                organ = year.dice.choice(year.city)
                yield {
                    "agency": organ, "kind": "service_item", "published_at": civil(date(2017, 6, 1)),
                    "title": title_of("service_item", "", n, date(2017, 6, 1), year.dice), "source": organ.name,
                    "data": {
                        "item_type": item_type, "basis": "本市政务服务事项目录（2017年版）", "condition": "符合法定条件的自然人、法人和其他组织",
                        "materials": "申请表；身份证明；相关证明材料", "place": f"市政务服务大厅{n % 40 + 1}号窗口", "hours": "工作日 8:30—17:00",
                        "phone": organ.phone, "flow": "申请—受理—审查—决定—送达", "promise_days": f"{n % 15 + 1}个工作日",
                    },
                }  # fmt: skip

    for batch in map(_must, _must(disclosure.take_over(rows(), source=SOURCE, by=keeper, at=at))):
        portal.note_releases([(p, "site", row["published_at"], "") for p, row in batch])


def _dealt(counts: Mapping[str, int], dice: random.Random) -> list[str]:
    """Each word as often as it counts, shuffled."""
    deck = [word for word, n in counts.items() for _ in range(n)]
    dice.shuffle(deck)
    return deck


def cases(year: Year) -> Iterator[dict[str, Any]]:
    """192 applications with channels, levels, classes and outcomes; all received and answered within the year."""
    figures, dice = year.figures["requests"], year.dice
    decks = [_dealt(figures[k], dice) for k in ("channels", "levels", "classes", "outcomes")]
    days = year.days[5:220]
    received_days = sorted(dice.choice(days) for _ in decks[0])
    serial: dict[int, int] = {}
    for n, (day, channel, level, klass, outcome) in enumerate(zip(received_days, *decks, strict=True), 1):
        organ = dice.choice(year.city if level == "city" else year.counties)
        serial[organ.pk] = serial.get(organ.pk, 0) + 1
        started = _must(year.calendar.add(day, 1)) if channel == "online" else day
        replied = _must(year.calendar.add(started, dice.randint(3, 14)))
        steps = [("confirm", started)] if channel == "online" else []
        thing, place = f"{n}号地块", dice.choice(("滨河路片区", "城南新区", "站前街道", "临河工业园"))
        yield {
            "agency": organ, "number": f"{organ.doc_prefix}公开受理〔2017〕{serial[organ.pk]}号", "received_on": day,
            "channel": channel, "applicant_type": "natural" if n % 8 else "business", "request_class": klass,
            "subject": f"{place}{thing}相关信息", "content": f"申请公开{place}{thing}的批准文件、补偿方案和公告。", "state": "closed",
            "outcome": outcome, "grounds": "按条例规定办理。", "replied_on": replied, "closed_on": replied,
            "identity": {"name": f"申请人{n}", "id_type": "居民身份证", "id_number": "", "contact": "（演示）"},
            "steps": [*steps, ("decide", replied), ("reply", replied), ("close", replied)],
        }  # fmt: skip


def remedies(year: Year) -> Iterator[dict[str, Any]]:
    """11 reconsiderations and 25 lawsuits, all of the city level, all concluded in the year."""
    for kind, results in year.figures["remedies"].items():
        for n, result in enumerate(_dealt(results, year.dice)):
            filed = year.days[10 + n * 5]
            yield {
                "agency": year.dice.choice(year.city), "kind": kind, "filed_on": filed,
                "concluded_on": _must(year.calendar.add(filed, 40)), "result": result, "summary": "因政府信息公开申请处理引起",
            }  # fmt: skip


def proposals(year: Year) -> Iterator[dict[str, Any]]:
    """13 + 301 suggestions and proposals, all answered in time, met and satisfied."""
    n = 0
    for level in ("province", "city"):
        for kind in _dealt(year.figures["proposals"][level], year.dice):
            n += 1
            assigned = date(2017, 3, 15)
            yield {
                "agency": year.dice.choice(year.city), "number": f"2017-{level}-{kind}-{n:03d}", "kind": kind, "level": level,
                "subject": title_of("policy", "", n, assigned, year.dice).replace("的通知", "的建议"), "assigned_on": assigned,
                "due_on": date(2017, 6, 15), "answered_on": _must(year.calendar.add(assigned, year.dice.randint(20, 55))), "met": True,
                "satisfied": True, "result_class": year.dice.choice("AAB"),
            }  # fmt: skip


def letters(year: Year) -> Iterator[dict[str, Any]]:
    """4,393 answered letters; 4,160 rated good; what they gave back to people and set in motion, in yuan."""
    figures, dice = year.figures["letters"], year.dice
    ratings = _dealt({"good": figures["good"], "fair": figures["answered"] - figures["good"]}, dice)
    refunds = _parted(Decimal(figures["refunded"]), 61, dice)
    grants = _parted(Decimal(figures["invested"]), 9, dice)
    categories = ("咨询", "求助", "建议", "投诉转办")
    for n, rating in enumerate(ratings):
        day = year.days[n * (len(year.days) - 12) // len(ratings)]
        yield {
            "agency": dice.choice(year.everyone), "number": f"2017-L{n + 1:05d}", "received_on": day,
            "category": categories[n % 4], "subject": title_of("notice", "", n, day, dice).replace("的公告", "的问题"),
            "answered_on": _must(year.calendar.add(day, dice.randint(1, 8))), "answer": "已核实并答复。", "rating": rating,
            "refunded": refunds[n] if n < len(refunds) else Decimal(0),
            "invested": grants[n - 100] if 100 <= n < 100 + len(grants) else Decimal(0),
        }  # fmt: skip


def _parted(total: Decimal, parts: int, dice: random.Random) -> list[Decimal]:
    """A sum of money cut into parts of whole fen that add up to it exactly."""
    fen = int(total * 100)
    cuts = sorted(dice.sample(range(1, fen), parts - 1))
    return [Decimal(b - a) / 100 for a, b in zip([0, *cuts], [*cuts, fen], strict=True)]


def load_registers(keeper: Person, at: datetime) -> None:
    """Cases, remedies, proposals, letters, press conferences, the course and the copies delivered."""
    year = Year()
    for what, rows in (("case", cases), ("remedy", remedies), ("proposal", proposals), ("letter", letters)):
        _must(casework.take_over(what, rows(year), source=SOURCE, by=keeper, at=at))
    office, figures = year.organs["BGS"], year.figures
    conferences = [
        {
            "agency": office,
            "kind": "conference",
            "subject": f"第{n}场新闻发布会",
            "held_on": year.days[n * 20 - 5],
        }
        for n in range(1, figures["press_conferences"] + 1)
    ]
    course = {
        "agency": office,
        "kind": "course",
        "subject": "全市政务公开业务培训",
        "held_on": date(2017, 9, 14),
        "people": figures["trainees"],
    }
    places = [("市档案馆", 150), ("市图书馆", 150), ("各县（市）区档案馆、图书馆", figures["copies"] - 300)]
    copies = [
        {
            "agency": office,
            "place": place,
            "delivered_on": date(2017, 12, 8),
            "copies": n,
            "receipt": "已签收",
        }
        for place, n in places
    ]
    for what, entries in (("press_conference", conferences), ("training", [course]), ("delivery", copies)):
        _must(oversight.enter(what, entries, by=keeper, at=at, source=SOURCE))


_PROBLEMS = """一是个别重点领域公开不够及时，内容不够规范。二是政策解读以文字为主，图文并茂的形式不多。三是公开工作人员兼职较多，专设岗位少。
改进措施：明确责任部门，加大督办力度；创新解读形式；健全领导体制，加强培训。"""
_PLANS = """继续推进决策、执行、管理、服务、结果公开和重点领域信息公开；依法做好依申请公开答复；加强网站建设、监督考评和队伍培训。"""


def write_report(office: Person, at: datetime) -> None:
    """What people write in the report of 2017 beside the counted sentences."""
    city = by_code()["SL"]
    for section, text in (("十一", _PROBLEMS), ("十二", _PLANS)):
        _must(oversight.take(city, "write", year=2017, section=section, text=text, by=office, at=at))
