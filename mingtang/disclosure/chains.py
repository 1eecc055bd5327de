"""Review as tables: one flow for each chain, obeyed by the desk, drawn by the docs, walked by a test.

The full chain is three reviews by three different people, none of whom wrote the text (contract: reviews).
"""

from __future__ import annotations

from mingtang.ledger.api import FlowRow, FlowTable

STATES = {
    "draft": "起草",
    "submitted": "待科室审核",
    "head_done": "待下一步审查",
    "secrecy_done": "待签发",
    "approved": "待发布",
    "published": "已公开",
    "replaced": "已被新版替换",
    "discarded": "更正稿已作废",
    "batched": "随批审签",
    "released": "批次已结",
}
THREE = "三审三校；先审查、后公开（条例第十七条）"
PACKAGE = "国办发〔2016〕80号：谁起草谁解读，解读材料与文件一并报批"


def _row(source: str, verb: str, target: str | None, power: str, label: str, basis: str = THREE) -> FlowRow:
    return FlowRow(source, verb, target, f"document.{power}", label, basis)


_START = (
    _row("draft", "edit", None, "edit", "修改"),
    _row("draft", "submit", "submitted", "submit", "送审"),
    _row("draft", "exempt", None, "exempt", "同意不配解读", PACKAGE),
    _row("draft", "override", None, "override", "保留检查出的问题", THREE),
    _row(
        "draft",
        "discard",
        "discarded",
        "discard",
        "作废更正稿",
        "条例第六条：信息应当准确；不再需要的更正稿不留在办",
    ),
    _row(
        "draft",
        "emergency",
        "published",
        "emergency",
        "应急发布",
        "突发事件应对法：第一时间发布；事后补审，全程留痕",
    ),
)
_END = (
    _row(
        "approved",
        "publish",
        "published",
        "publish",
        "公开发布",
        "条例第二十六条：自形成或者变更之日起20个工作日内",
    ),
    _row("approved", "schedule", None, "publish", "定时发布", "签发之后择时公开；到时自动公开发布"),
    _row("approved", "return", "draft", "return", "退回修改"),
    _row("published", "correct", None, "draft", "更正（出新版）", "条例第六条：信息应当准确"),
)


def _chain(*reviews: FlowRow) -> FlowTable:
    """A chain of these reviews. What is public can be taken back whatever stage a newer edition has reached."""
    rows = (*_START, *reviews, *_END)
    taking_back = (
        row
        for state in dict.fromkeys(r.source for r in rows)
        for row in (
            _row(state, "withdraw", None, "withdraw", "撤下", "条例第六条、第十八条"),
            _row(
                state,
                "overturn",
                None,
                "overturn",
                "登记决定被变更、撤销",
                "行政处罚法第四十八条：变更、撤销的，3日内撤回并说明理由",
            ),
            _row(state, "repeal", None, "repeal", "标注废止", "国办发〔2017〕47号：失效文件应当标注"),
        )
    )
    return FlowTable((*rows, *taking_back), STATES)


CHAINS = {
    "full": _chain(
        _row("submitted", "head_review", "head_done", "head_review", "科室审核通过"),
        _row("submitted", "return", "draft", "return", "退回修改"),
        _row("head_done", "secrecy_review", "secrecy_done", "secrecy_review", "保密审查通过", "条例第十七条；保密法第三十五条"),
        _row("head_done", "return", "draft", "return", "退回修改"),
        _row("secrecy_done", "sign", "approved", "sign", "签发"),
        _row("secrecy_done", "return", "draft", "return", "退回修改"),
    ),
    "light": _chain(
        _row("submitted", "head_review", "head_done", "head_review", "科室审核通过"),
        _row("submitted", "return", "draft", "return", "退回修改"),
        _row("head_done", "sign", "approved", "sign", "签发"),
        _row("head_done", "return", "draft", "return", "退回修改"),
    ),
    "standing": _chain(
        _row("submitted", "sign", "approved", "sign", "签发"),
        _row("submitted", "return", "draft", "return", "退回修改"),
    ),
}  # fmt: skip
