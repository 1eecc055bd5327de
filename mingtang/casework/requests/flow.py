"""依申请公开 as one table: from, verb, to, who, basis. The desk obeys it, the docs draw it, a test walks it.

Whether a step is open in law on that day (clarify once, extend before the first due date …) is asked of ``law``;
the table only knows states and powers.
"""

from __future__ import annotations

from mingtang.law.api import Refused
from mingtang.ledger.api import FlowRow, FlowTable

STATES = {
    "submitted": "待确认",
    "received": "办理中",
    "clarifying": "等待申请人补正",
    "consulting": "征求意见中",
    "awaiting_fee": "等待缴费",
    "asking": "等待说明理由",
    "drafted": "拟稿",
    "in_review": "待科室审核",
    "head_done": "待保密审查",
    "secrecy_done": "待签发",
    "approved": "待送达",
    "replied": "已答复",
    "closed": "已办结",
    "withdrawn": "已撤回",
}
_CHAIN = "条例第十七条；内部审批：承办、审核、保密审查、签发由不同的人办理"


def _r(
    source: str, verb: str, target: str | None, power: str, label: str, basis: str, step: str = ""
) -> FlowRow:
    return FlowRow(source, verb, target, f"case.{power}", label, basis, step)


_WORKING = ("received", "consulting")
REQUESTS = FlowTable(
    [
        _r("submitted", "confirm", "received", "confirm", "与申请人确认收到", "条例第三十一条第（三）项", "confirm"),
        _r("received", "clarify", "clarifying", "clarify", "告知补正", "条例第三十条", "clarify_out"),
        _r("clarifying", "clarified", "received", "clarified", "收到补正", "条例第三十条", "clarify_in"),
        *(
            _r(s, "consult", "consulting", "consult", "征求第三方意见", "条例第三十二条", "consult_out")
            for s in _WORKING
        ),
        _r("consulting", "delivered", None, "delivered", "登记第三方收到征求意见书", "条例第三十二条", "consult_delivered"),
        _r("consulting", "consulted", "received", "consulted", "收到第三方意见", "条例第三十二条", "consult_in"),
        *(
            _r(s, "coconsult", "consulting", "consult", "征求共同制作机关意见", "条例第三十四条", "coorgan_out")
            for s in _WORKING
        ),
        _r("consulting", "coconsulted", "received", "consulted", "收到共同制作机关意见", "条例第三十四条", "coorgan_in"),
        *(
            _r(s, "extend", None, "extend", "延长答复期限", "条例第三十三条第二款", "extend")
            for s in ("received", "consulting", "drafted", "in_review", "head_done", "secrecy_done")
        ),
        _r("received", "ask_reasons", "asking", "clarify", "要求说明理由", "条例第三十五条", "reasons_out"),
        _r("asking", "reasons", "received", "clarified", "收到理由", "条例第三十五条", "reasons_in"),
        _r("received", "fee", "awaiting_fee", "fee", "发收费通知", "条例第四十二条；国办函〔2020〕109号", "fee_notice"),
        _r("awaiting_fee", "paid", "received", "paid", "登记缴费", "国办函〔2020〕109号", "fee_paid"),
        *(
            _r(s, "decide", "drafted", "draft", "拟定处理决定", "条例第三十六条、第三十七条")
            for s in ("received", "clarifying", "awaiting_fee", "asking", "drafted")
        ),
        _r("drafted", "submit", "in_review", "submit", "送审", _CHAIN),
        _r("in_review", "head_review", "head_done", "head_review", "审核通过", _CHAIN),
        _r("head_done", "secrecy_review", "secrecy_done", "secrecy_review", "保密审查通过", _CHAIN),
        _r("secrecy_done", "sign", "approved", "sign", "签发", _CHAIN),
        *(
            _r(s, "return", "drafted", "return", "退回修改", _CHAIN)
            for s in ("in_review", "head_done", "secrecy_done")
        ),
        _r("approved", "reply", "replied", "reply", "登记送达", "国办公开办函〔2016〕235号：直接送达以签收之日、邮寄以交邮之日为答复之日"),
        _r("replied", "close", "closed", "close", "归档办结", "条例第四十五条"),
        *(
            _r(s, "withdraw", "withdrawn", "note", "申请人撤回", "申请人处分自己的权利")
            for s in ("submitted", "received", "clarifying", "consulting", "awaiting_fee", "asking", "drafted")
        ),
        *(
            _r(s, "search", None, "draft", "检索登记簿和目录", "条例第三十六条第（四）项：经检索")
            for s in ("received", "clarifying", "consulting", "awaiting_fee", "asking", "drafted")
        ),
        *(
            _r(s, "note", None, "note", "登记联系情况", "条例第三十条：指导和释明")
            for s in ("submitted", "received", "clarifying", "consulting", "awaiting_fee", "asking", "drafted")
        ),
    ],
    STATES,
)  # fmt: skip

# What a case may need next in law: named at every open case, also where its state bars it.
_NEXT = ("clarify", "consult", "coconsult", "extend", "ask_reasons", "fee", "decide")
_DRAFTED = ("处理决定已经拟定", _CHAIN, "要先办这一步的，请审签人退回修改，再重新拟定")
# Why a state bars a step that other states know, on which basis, and what to do instead.
_BARS = {
    "submitted": ("还没有与申请人确认，收到之日未定，期限没有起算", "条例第三十一条第（三）项", "请先与申请人确认收到"),
    "clarifying": ("等待申请人补正期间不能办，期限从收到补正之日重新计算", "条例第三十条", "请登记收到补正；逾期不补正的，办理不再处理"),
    "consulting": ("征求意见还没有收回，征求意见的时间不计入期限", "条例第三十二条、第三十三条、第三十四条", "请先登记收到的意见"),
    "awaiting_fee": ("等待申请人缴费期间不能办，期限从缴费完成次日起重新计算", "国办函〔2020〕109号", "请登记缴费；逾期不缴的，办理不再处理"),
    "asking": ("等待申请人说明理由期间先不办其他步骤，期限照常计算", "条例第三十五条", "请登记收到理由，或者拟定处理决定"),
    "drafted": _DRAFTED, "in_review": _DRAFTED, "head_done": _DRAFTED, "secrecy_done": _DRAFTED,
    "approved": ("答复已经签发", _CHAIN, "请登记送达"),
}  # fmt: skip


def barred(state: str, verb: str) -> Refused | None:
    """Why a step that the law knows is not to be taken in this state; None where the table has it or nobody waits."""
    known = verb in _NEXT and REQUESTS.row(state, verb) is None
    return Refused(*_BARS[state]) if known and state in _BARS else None


def barred_here(state: str) -> list[tuple[FlowRow, Refused]]:
    """The steps that the law knows and this state bars, in the order of the work, each with the reason."""
    found = ((REQUESTS.named(verb), barred(state, verb)) for verb in _NEXT)
    return [(row, why) for row, why in found if why is not None]


# Words of the timeline for the steps that law knows.
STEP_TEXTS = {
    "received": "收到申请",
    "confirm": "与申请人确认收到",
    "clarify_out": "告知补正",
    "clarify_in": "收到补正",
    "consult_out": "发出征求第三方意见书",
    "consult_delivered": "第三方收到征求意见书",
    "consult_in": "收到第三方意见",
    "coorgan_out": "发出征求共同制作机关意见书",
    "coorgan_in": "收到共同制作机关意见",
    "extend": "延长答复期限，已告知申请人",
    "reasons_out": "要求说明理由",
    "reasons_in": "收到理由",
    "fee_notice": "发出收费通知",
    "fee_paid": "申请人缴费",
    "decide": "拟定处理决定",
    "reply": "答复送达",
    "withdraw": "申请人撤回",
    "close": "归档办结",
    "search": "检索登记簿和目录",
    "note": "联系情况",
}
