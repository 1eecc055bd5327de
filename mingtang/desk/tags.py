"""Template tags of the desk: icons, deadline chips, dates as a clerk reads them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.templatetags.i18n import register as i18n
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from mingtang.desk import speech, statics
from mingtang.desk.chips import Chip
from mingtang.ledger.api import SHANGHAI

register = template.Library()
_CHINESE = re.compile("[\u3400-\u9fff]")
# This library is a builtin of the desk's templates: with it, so are the translation tags.
register.tags.update(i18n.tags)
register.filters.update(i18n.filters)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite in the base page; the words beside it say the same."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag
def look(name: str) -> str:
    """The address of a stylesheet or script, with its content's hash."""
    return statics.address(name)


@register.inclusion_tag("desk/part_chip.html")
def chip(value: Chip, large: bool = False, href: str = "") -> dict[str, Any]:
    """The deadline chip."""
    return {"chip": value, "large": large, "href": href}


@register.inclusion_tag("desk/part_pager.html", takes_context=True)
def pager(context: template.Context, page: Any, key: str = "page") -> dict[str, Any]:
    """Numbered pages of a list, keeping the rest of the address."""
    kept = context["request"].GET.copy()
    kept.pop(key, None)
    start = f"?{kept.urlencode()}&" if kept else "?"
    return {"page": page, "before": page.number - 1, "after": page.number + 1, "start": f"{start}{key}="}


@register.filter
def say(text: object) -> str:
    """A word that another room hands up (a state, a verb, a kind) in the language of the page."""
    return gettext(str(text)) if text else ""


@register.filter
def zh(text: object) -> object:
    """What stays Chinese in an English page (titles, names, reasons in law) tells a screen reader so."""
    if get_language() != "en" or not _CHINESE.search(str(text)):
        return text
    return format_html('<span lang="zh-Hans">{}</span>', text)


@register.filter
def longday(day: date | None) -> str:
    """2026年11月24日 星期二; Tuesday 24 November 2026 in English"""
    if day is None:
        return ""
    return speech.long_day(day)


@register.filter
def shortday(day: date | None) -> str:
    """11月24日; 24 Nov in English"""
    return "" if day is None else speech.short_day(day)


@register.filter
def cnday(day: date | datetime | None) -> str:
    """2026年11月24日; 24 November 2026 in English"""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = day.astimezone(SHANGHAI).date()
    return speech.day(day)


@register.filter
def moment(at: datetime | None) -> str:
    """2026-11-24 09:05, in civil time"""
    return "" if at is None else f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


@register.filter
def short(text: str, keep: int = 8) -> str:
    """The head of a digest or key."""
    return f"{str(text)[:keep]}…" if text else ""


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """An entry of a mapping, or nothing."""
    try:
        return mapping.get(key, "")
    except AttributeError:
        return ""


@register.filter
def plain(value: Any) -> str:
    """A figure as printed; an unknown one as 未列明."""
    if value is None:
        return gettext("未列明")
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
