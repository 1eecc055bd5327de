"""Where a figure comes from, in one sentence fit for the public: rule, period and scope (contract: figures)."""

from __future__ import annotations

from mingtang.casework import api as casework
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Form
from mingtang.oversight.reports.counters import COUNTERS
from mingtang.oversight.reports.figures import Figure
from mingtang.oversight.reports.prose import plain
from mingtang.portal import api as portal

# Words of the filters; a form's rows are named as the form prints them.
_WORDS: dict[str, dict[str, str]] = {
    "channel": casework.CHANNELS | portal.CHANNELS,
    "applicant": casework.APPLICANTS,
    "request_class": casework.CLASSES,
    "kind": {k: v.title for k, v in disclosure.KINDS.items()},
    "kind_group": {k: v.title for k, v in disclosure.KINDS.items()},
    "key_area": {k: v.title for k, v in disclosure.KEY_AREAS.items()},
    "theme": {v.theme: v.theme_title for v in disclosure.KEY_AREAS.values()},
    "level": {"city": "市本级", "county": "县（市）区", "province": "省级"},
    "extended": {"yes": "延期办结", "no": "按时办结"},
    "chief": {"yes": "主要负责同志参加", "no": "主要负责同志未参加"},
    "result": {"upheld": "维持或驳回", "corrected": "依法纠错", "other": "其他情形", "pending": "尚未审结"},
    "path": {"direct": "未经复议直接起诉", "after": "复议后起诉"},
    "rating": {"good": "满意", "fair": "基本满意", "poor": "不满意"},
    "item_type": {k: w for f in disclosure.KINDS["service_item"].fields for k, w in f.options.items()},
}


def trace(form: Form, year: int, scope: str, figure: Figure) -> str:
    """Where a figure of a year's report on a scope comes from."""
    if figure.how == "carried":
        agree = not figure.kept or figure.cutoff is None or figure.counted == figure.value
        return f"承上：{figure.carried}" + ("" if agree else f"；台账现在数出{plain(figure.counted)}")
    if figure.counter and figure.how != "declared" and figure.kept:
        rule = COUNTERS[figure.counter].title
        by = f"按“{rule}”计数" + (
            f"，其中{_in_words(form, figure).removeprefix('其中：')}" if figure.where else ""
        )
        extra = f"；另有申报{plain(figure.known - figure.counted)}" if figure.declared else ""
        return f"{by}；统计期限{year}年1月1日至12月31日；范围：{scope}{extra}"
    if figure.declared:
        return _stated(figure) + (f"；还没有申报：{_named(figure.missing)}" if figure.missing else "")
    return f"平台没有{year}年的这本台账，也没有单位申报" if figure.counter else "没有记录可数，也没有单位申报"


def _stated(figure: Figure) -> str:
    return "；".join(
        f"{d['unit']}申报，依据《{d['source']}》，{d['signer']}{d['on']}签字" for d in figure.declared
    )


def _named(organs: tuple[str, ...]) -> str:
    return "、".join(organs[:5]) + (f"等{len(organs)}个单位" if len(organs) > 5 else "")


def _in_words(form: Form, figure: Figure) -> str:
    """A filter in the field's own words."""
    rows = {r.code: r.title.strip() for t in form.tables for r in t.rows}

    def word(key: str, value: str) -> str:
        return rows.get(value, value) if key.startswith("row") else _WORDS.get(key, {}).get(value, value)

    return "、".join(
        "或".join(word(k, v) for v in ([vs] if isinstance(vs, str) else vs))
        for k, vs in sorted(figure.where.items())
    )
