"""Fields of a document by its kind: the catalogue's own and those the kind adds."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mingtang.desk.fields import Field, Mistyped
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused

_ATTRIBUTES = (("open", "主动公开"), ("on_request", "依申请公开"), ("closed", "不予公开"))
# A tag of the web's own with attributes as they are written there; “<b 且 c>” is none.
_ATTRIBUTE = r"""\s+(?:[a-zA-Z_:][\w:.-]*\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+)|nowrap|noshade|hidden|disabled|checked|reversed)"""
_BLOCKS = "p|h[1-6]|table|ul|ol|dl|div|section|article|blockquote|figure|pre|html|body"
_KNOWN = (
    _BLOCKS
    + "|a|b|i|u|s|em|strong|small|big|sub|sup|span|font|br|hr|img|li|dt|dd|caption|colgroup|col|thead|tbody|tfoot|tr|th|td"
    "|figcaption|head|meta|link|title|style|script|noscript|template|iframe|object|embed|svg|math|form|input|button|select"
    "|option|textarea|label|header|footer|nav|aside|main|address|center|code|del|ins|strike|video|audio|base|[ovwxm]:[\\w.]+"
)
_BLOCK = re.compile(rf"<(?:{_BLOCKS})(?:{_ATTRIBUTE})*\s*/?>", re.IGNORECASE | re.ASCII)
_NO_TAG = re.compile(rf"<(?=/?[a-z])(?!/?(?:{_KNOWN})(?:{_ATTRIBUTE})*\s*/?>)", re.IGNORECASE | re.ASCII)
_NOTE = "理由会留痕，也会显示在原网址上"
# What each verb on a document must be told.
FACTS: dict[str, tuple[Field, ...]] = {
    "submit": (),
    "head_review": (Field("comment", "审核意见", "area", hint="可以不填"),),
    "secrecy_review": (Field("comment", "审查意见", "area", hint="可以不填；涉密、敏感、第三方权益逐项看"),),
    "sign": (Field("comment", "签发意见", "area", hint="可以不填"),),
    "return": (Field("comment", "要改的地方", "area", True, "写给起草人看"),),
    "publish": (),
    "schedule": (Field("when", "什么时候发布", "moment", hint="到时自动公开；不填就是取消原来定的时间"),),
    "exempt": (
        Field("reason", "为什么不配解读", "area", True, "例如：转发上级文件，上级已有解读", most=500),
    ),
    "override": (
        Field("code", "保留哪一处", "choice", True),
        Field("reason", "核对的结果", "area", True, "例如：原文如此，已与发文机关核对", most=500),
    ),
    "correct": (),
    "discard": (),
    "emergency": (
        Field(
            "reason",
            "是什么突发事件",
            "area",
            True,
            "应急发布不经三审，事后补审，全程留痕；理由不显示在网页上",
        ),
    ),
    "withdraw": (
        Field("way", "怎样撤下", "choice", True, choices=tuple(disclosure.WAYS.items())),
        Field("into", "并入的那一份的索引号", hint="只在并入另一份时填", most=40),
        Field("reason", "撤下的理由", "area", True, _NOTE),
    ),
    "overturn": (
        Field("how", "怎么了", "choice", True, choices=tuple(disclosure.OVERTURNED.items())),
        Field("on", "变更、撤销的日期", "day", True, "文书上的日期；从这天起算3个工作日"),
        Field("paper", "变更、撤销它的文书", required=True, hint="例如 行政复议决定书，连同文号", most=200),
    ),
    "repeal": (
        Field("reason", "废止它的文件和日期", "area", True, _NOTE),
        Field(
            "successor", "取代它的文件", hint="索引号或文号；在目录里的填上，两份的公开页互相链接", most=80
        ),
    ),
}


def facts_of(verb: str, findings: Iterable[disclosure.Finding]) -> tuple[Field, ...]:
    """The fields of a verb on a document with these findings."""
    if verb != "override":
        return FACTS.get(verb, ())
    blocking = {f.code: f.message for f in findings if f.severity == "error"}
    choices = tuple((code, f"{message[:60]}（{code}）") for code, message in blocking.items())
    return tuple(replace(f, choices=choices) if f.key == "code" else f for f in FACTS["override"])


@dataclass(frozen=True)
class Own(Field):
    """A field that the kind adds, judged as the kind judges it."""

    of: disclosure.Field | None = field(default=None, compare=False)

    def read(self, raw: Any) -> Any:
        """The value as it is kept: text, or a day. Raises Mistyped."""
        found = super().read(raw)
        return self._judged(found)

    def _judged(self, found: Any) -> Any:
        assert self.of is not None
        if fault := self.of.fault(found, "文种的项目"):
            raise Mistyped(fault)
        return found


@dataclass(frozen=True)
class Rows(Own):
    """A list of a kind, typed as lines: one a row, the cells parted by ``|``."""

    def read(self, raw: Any) -> Any:
        """The rows as they are kept. Raises Mistyped."""
        assert self.of is not None
        found = self.of.rows(str(Field.read(self, raw) or ""))
        if isinstance(found, Refused):
            raise Mistyped(found)
        return self._judged(found)


_WIDGETS = {"choice": "choice", "date": "day", "number": "number", "long": "area", "list": "area"}
_MOST = {"year": 4, "long": 4000, "list": 200_000}


def _own(f: disclosure.Field) -> Field:
    """The form's field for a field of the kind."""
    hint = "例如 2026" if f.type == "year" else f"应为{f.form}" if f.form else ""
    if f.type == "list":
        hint = f"一行一条，各格用 | 隔开：{f.heads}"
    made = Field(
        f"data_{f.key}", f.label, _WIDGETS.get(f.type, "text"), f.required, hint, tuple(f.options.items()),
        _MOST.get(f.type, 500), group="kind",
    )  # fmt: skip
    values = {k: getattr(made, k) for k in made.__dataclass_fields__}
    return Rows(**values, of=f) if f.type == "list" else Own(**values, of=f)


def catalogue(kind: str) -> list[Field]:
    """The fields of a new or edited document of a kind."""
    spec = disclosure.KINDS[kind]
    # What the organ's record says is changed there.
    own = () if spec.from_record else spec.fields
    return [*_heading(kind), *(_own(f) for f in own), *_rest(spec)]


def _heading(kind: str) -> list[Field]:
    """What the paper says of itself at its head."""
    themes = tuple((k, f"{k} {v}") for k, v in disclosure.THEMES.items())
    areas = tuple((k, f"{a.theme_title} / {a.title}") for k, a in disclosure.KEY_AREAS.items())
    made = [
        Field("title", "标题", "text", True, "文件的正式全称", most=300, group="main"),
        Field("short_title", "短标题", hint="微信标题限32字；不填就不另起", most=32, group="main"),
        Field("doc_no", "文号", hint="例如 示政发〔2026〕12号；没有就不填", most=80, group="main"),
        Field("written_on", "成文日期", "day", hint="签发日，不晚于今天", group="main"),
        Field("effective_on", "生效日期", "day", group="main"),
        Field("theme", "主题分类", "choice", choices=themes, group="main"),
        Field("validity", "有效性", "choice", choices=tuple(disclosure.VALIDITIES.items()), value="valid", group="main"),
    ]  # fmt: skip
    if disclosure.KINDS[kind].column in ("policy", "rules"):
        made += [
            Field("data_repeals", "废止哪些文件", "area", hint="索引号或文号，一行一个；本件公开时一并标注", most=2000, group="main"),
            Field("data_amends", "修改哪些文件", "area", hint="索引号或文号，一行一个", most=2000, group="main"),
        ]  # fmt: skip
    if kind == "key_area":
        made.append(Field("key_area", "重点领域", "choice", choices=areas, group="main"))
    return made


def _rest(spec: disclosure.Kind) -> list[Field]:
    """What it is about, whether everybody may read it, and its text."""
    return [
        Field("summary", "摘要", "area", "summary" in spec.requires, most=1000, group="main"),
        Field("keywords", "主题词", hint="用空格分开，最多20个", most=200, group="main"),
        Field("source", "来源", "text", "source" in spec.requires, "转载的写明来源", most=120, group="main"),
        Field("attribute", "公开属性", "choice", True, choices=_ATTRIBUTES, value="open", group="main"),
        Field("attribute_ground", "不公开的依据和理由", hint="公开属性不是主动公开时写明条款", most=200, group="main"),
        Field("body", "正文", "area", "body" in spec.requires, "直接写，也可以从 Word、网页粘贴，表格会保留；没有脚本时空行分段", most=400_000, group="body"),
    ]  # fmt: skip


def written(fields: list[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Read values as the catalogue takes them: keywords as a list, the kind's fields under ``data``, text as paragraphs."""
    out = {
        f.key: values.get(f.key, None if f.kind == "day" else "")
        for f in fields
        if not f.key.startswith("data_")
    }
    out["data"] = {
        f.key[5:]: values[f.key] if isinstance(f, Rows) else str(values[f.key])
        for f in fields
        if f.key.startswith("data_") and values.get(f.key)
    }
    out["keywords"] = str(out.get("keywords") or "").replace("，", " ").replace("；", " ").split()
    out["body"] = paragraphs(str(out.get("body") or ""))
    out["validity"] = out.get("validity") or "valid"
    return out


def paragraphs(text: str) -> str:
    """Plain text as paragraphs; text in whole blocks of the web is left to the catalogue's cleaning.

    Nothing is lost in silence: what only looks like a tag is kept as the text it is.
    """
    if _BLOCK.search(text):
        return _NO_TAG.sub("&lt;", text)
    blocks = [b.strip() for b in re.split(r"\n\s*\n|\n", text) if b.strip()]
    return "".join(f"<p>{html.escape(b, quote=False)}</p>" for b in blocks)


def shown_again(text: str) -> str:
    """A text that was not saved, as saving would have kept it: a script typed once is not sent back; plain text stays as it is."""
    return disclosure.Paper.clean(paragraphs(text)) if _BLOCK.search(text) else text


def filled(kind: str, edition: disclosure.EditionRow) -> list[Field]:
    """The fields with an edition's values in them (the key area belongs to the document and stays)."""
    made = []
    for f in catalogue(kind):
        if f.key == "key_area":
            continue
        if isinstance(f, Rows) and f.of is not None:
            value = f.of.lines(edition.data.get(f.key[5:]))
        elif f.key.startswith("data_"):
            value = str(edition.data.get(f.key[5:], ""))
        elif f.key == "keywords":
            value = " ".join(edition.keywords)
        else:
            found = getattr(edition, f.key)
            value = "" if found is None else str(found)
        made.append(replace(f, value=value))
    return made
