"""The one look of baked and counter pages: the Jinja2 environment, its words, and who the site belongs to.

Colours, type and parts are in ``static/portal.css``; the frame is ``templates/layout.html``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from mingtang.ledger import api as ledger
from mingtang.portal import links

P = ParamSpec("P")
T = TypeVar("T")
TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"

# Word of the catalogue → what the reader sees, and which chip carries it. Only exceptions are filled (mockups, 3).
VALIDITY = {
    "valid": ("现行有效", "ok", "check"),
    "amended": ("已修改", "warn", "info"),
    "partly": ("部分失效", "warn", "info"),
    "expired": ("失效", "bad", "x"),
    "repealed": ("废止", "bad", "x"),
}
ATTRIBUTES = {"open": "主动公开", "on_request": "依申请公开", "closed": "不予公开"}
# 体裁 (domain 5.5); the number is the catalogue's code.
GENRES = {
    "01": "政府令", "02": "决定", "03": "公告", "04": "通告", "05": "通知", "06": "通报", "07": "议案",
    "08": "报告", "09": "请示", "10": "批复", "11": "意见", "12": "函", "13": "会议纪要", "14": "其他",
}  # fmt: skip
WEEKDAYS = "一二三四五六日"
_ENGLISH_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_CHINESE = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True)
class Site:
    """Whose site this is. ``demo`` sites carry the banner, no mark of a real organ, and ask not to be indexed."""

    name: str = "政府信息公开平台"
    city: str = ""
    domain: str = "portal.example"
    id_code: str = "0000000000"
    demo: bool = True

    @property
    def owner(self) -> str:
        return f"{self.city}人民政府" if self.city else gettext("市人民政府")


def site() -> Site:
    """The site of this installation; before there is one, a nameless demo site."""
    here = ledger.find("installation").first()
    domain = getattr(settings, "SITE_DOMAIN", Site.domain)
    code = getattr(settings, "SITE_ID_CODE", Site.id_code)
    if here is None:
        return Site(domain=domain, id_code=code)
    demo = here.kind == "demo"
    owner = f"{here.city_name}人民政府"
    return replace(
        Site(), name=owner + ("（演示系统）" if demo else ""), city=here.city_name, domain=domain,
        id_code=code, demo=demo,
    )  # fmt: skip


def day(value: date | datetime | None) -> str:
    """2026-11-23, in Shanghai's day."""
    if value is None:
        return ""
    return _local(value).strftime("%Y-%m-%d")


def minute(value: datetime | None) -> str:
    """2026-11-23 09:00, the form the page-label rule asks for (GB 2017 guideline, annex)."""
    return "" if value is None else _local(value).strftime("%Y-%m-%d %H:%M")


def long_day(value: date | datetime | None, weekday: bool = False) -> str:
    """2026年11月23日, with （星期一） when asked; 23 November 2026 (Monday) in English."""
    if value is None:
        return ""
    there = _local(value)
    if english():
        text = f"{there.day} {_ENGLISH_MONTHS[there.month - 1]} {there.year}"
        return f"{text} ({_weekday(there)})" if weekday else text
    text = f"{there.year}年{there.month}月{there.day}日"
    return f"{text}（{_weekday(there)}）" if weekday else text


def short_day(value: date | datetime | None) -> str:
    """11月23日; 23 Nov in English."""
    if value is None:
        return ""
    there = _local(value)
    return f"{there.day} {_month(there)}" if english() else f"{there.month}月{there.day}日"


def _month(value: date | datetime) -> str:
    """11月; Nov in English."""
    return _ENGLISH_MONTHS[value.month - 1][:3] if english() else f"{value.month}月"


def _weekday(value: date | datetime) -> str:
    """星期一; Monday in English."""
    return _ENGLISH_WEEKDAYS[value.weekday()] if english() else f"星期{WEEKDAYS[value.weekday()]}"


def _week_heads() -> list[str]:
    """Heads of a calendar's seven columns."""
    return [name[:3] for name in _ENGLISH_WEEKDAYS] if english() else [f"周{d}" for d in WEEKDAYS]


def english() -> bool:
    """Whether the page at hand is being made in English."""
    return get_language() == "en"


def zh(text: Any = None) -> Any:
    """What stays Chinese in an English page (names of organs, titles, reasons in law) says so to a screen reader.

    As a filter it wraps the text; called without one it gives the attribute. In Chinese pages it does nothing.
    """
    if not english():
        return "" if text is None else text
    if text is None:
        return Markup(' lang="zh-Hans"')
    return Markup('<span lang="zh-Hans">{}</span>').format(text) if _CHINESE.search(str(text)) else text


def _zh_page() -> Markup | str:
    """The attribute of a link that leads from an English page to a Chinese one."""
    return Markup(' hreflang="zh-Hans"') if english() else ""


def here(path: str) -> str:
    """An address in the language of the page: its English twin where there is one."""
    return links.in_english(path) if english() and path in links.ENGLISH else path


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return value.astimezone(ledger.SHANGHAI)
    return value


def size(count: int) -> str:
    """412 KB; bytes below a thousand are printed as they are."""
    amount = float(count)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"


def figure(value: Any) -> str:
    """A figure with thousands separated; a missing one is 未列明, never 0 (contracts, Figures)."""
    if value is None or value == "":
        return gettext("未列明")
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        try:
            value = Decimal(value.replace(",", ""))
        except ArithmeticError:
            return value
    if isinstance(value, float):
        value = Decimal(str(value))
    return f"{value:,}"


@lru_cache(maxsize=256)
def icon(name: str, classes: str = "icon") -> Markup:
    return Markup('<svg class="{}" aria-hidden="true"><use href="/static/icons.svg#{}"/></svg>').format(
        classes, name
    )


def spaced(digest: str) -> str:
    """A digest in groups of eight, as people compare them."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))


class OneLanguage(Extension):
    """Puts the translation of every ``_("…")`` into the template when it is compiled.

    The tree is baked in one language at a time: looking the same words up again for every page took a third of the time.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        held: list[Token] = []
        wanted = ("name", "lparen", "string", "rparen")
        for token in stream:
            held.append(token)
            place = len(held) - 1
            if token.type != wanted[place] or (place == 0 and token.value != "_"):
                yield from held
                held = []
            elif place == 3:
                yield Token(held[0].lineno, "string", gettext(held[2].value))
                held = []
        yield from held


def environment(**options: Any) -> Environment:
    """The Jinja2 environment of baked pages and, through Django's backend, of the counter."""
    options.setdefault("loader", FileSystemLoader(TEMPLATES))
    options.setdefault("undefined", StrictUndefined)
    options.setdefault("auto_reload", False)
    made = Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        **{k: v for k, v in options.items() if k != "autoescape"},
    )
    made.filters.update(day=day, minute=minute, long_day=long_day, size=size, figure=figure, spaced=spaced)
    made.filters.update(short_day=short_day, month=_month, weekday=_weekday, zh=zh)
    made.globals.update(
        _=gettext, icon=icon, VALIDITY=VALIDITY, ATTRIBUTES=ATTRIBUTES, GENRES=GENRES, WEEKDAYS=WEEKDAYS,
        doc_url=links.doc_url, col_url=links.col_url, org_url=links.org_url, file_url=links.file_url, ending=links.ending,
        english=english, here=here, in_english=links.in_english, in_chinese=links.in_chinese, week_heads=_week_heads, zh=zh,
        zh_page=_zh_page,
    )  # fmt: skip
    # Header and footer are the same on thousands of pages: made once for each site, navigation entry and language.
    chrome = made.get_template("chrome.html").module
    kept: dict[tuple, Markup] = {}

    def top(site: Site, nav: str, home: bool = False, other: str = "") -> Markup:
        key = ("top", site, nav, home, other, get_language())
        if "?" in other:  # as many as there are questions: not worth keeping
            return chrome.top(site, nav, home, other)  # type: ignore[attr-defined]
        return kept[key] if key in kept else kept.setdefault(key, chrome.top(site, nav, home, other))  # type: ignore[attr-defined]

    def foot(site: Site) -> Markup:
        key = ("foot", site, get_language())
        return kept[key] if key in kept else kept.setdefault(key, chrome.foot(site))  # type: ignore[attr-defined]

    made.globals.update(top=top, foot=foot)
    return made


def chinese(made: Callable[P, T]) -> Callable[P, T]:
    """Makes pages in Chinese, whatever language the person reads whose verb led here."""

    @wraps(made)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> T:
        with translation.override(settings.LANGUAGE_CODE):
            return made(*args, **kwargs)

    return spoken


def baking() -> Environment:
    """The environment that bakes, in the language now active; compiled once in a process."""
    return _baking(get_language() or "")


@lru_cache(maxsize=4)
def _baking(_language: str) -> Environment:
    return environment(extensions=[OneLanguage])
