"""Template tags of the desk: icons, deadline chips, dates as a clerk reads them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.templatetags.i18n import register as i18n
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mingtang.desk import statics
from mingtang.desk.chips import WEEK, Chip
from mingtang.ledger.api import SHANGHAI

register = template.Library()
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
def longday(day: date | None) -> str:
    """2026年11月24日 星期二"""
    if day is None:
        return ""
    return f"{day.year}年{day.month}月{day.day}日 星期{WEEK[day.weekday()]}"


@register.filter
def cnday(day: date | datetime | None) -> str:
    """2026年11月24日"""
    if day is None:
        return ""
    if isinstance(day, datetime):
        day = day.astimezone(SHANGHAI).date()
    return f"{day.year}年{day.month}月{day.day}日"


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
        return "未列明"
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
