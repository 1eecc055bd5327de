"""What each verb on a case must be told, as fields; the flow table decides which verbs there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from mingtang.casework import api as casework
from mingtang.desk.fields import Field
from mingtang.law.api import Refused
from mingtang.ledger.api import law

_ON = Field("on", "实际发生的日期", "day", hint="不填就是今天；不能晚于今天")
_SAID = Field("comment", "审核意见", "area", hint="可以不填")
_WAYS = (
    ("by_hand", "当面签收（签收之日为答复之日）"),
    ("post", "邮政企业邮寄（交邮之日为答复之日）"),
    ("electronic", "电子送达"),
)
_METHODS = (("per_item", "按件计收"), ("per_page", "按量（页）计收"))
_SCOPES = (("own", "本机关"), ("all", "本机关登记簿和各机关的公开目录"))
FACTS: dict[str, tuple[Field, ...]] = {
    "confirm": (_ON, Field("text", "怎样确认的", hint="例如：电话确认")),
    "clarify": (_ON, Field("what", "要申请人补正什么", "area", True, "写明缺什么、怎样改、多少天内改；补正只告知一次")),
    "clarified": (_ON, Field("text", "补正后的内容", "area", True)),
    "consult": (_ON, Field("party", "第三方名称", required=True, most=100), Field("what", "征求意见的内容", "area")),
    "delivered": (_ON, Field("party", "第三方名称", required=True, most=100, hint="和发出征求意见书时写的一样")),
    "consulted": (
        _ON, Field("party", "第三方名称", required=True, most=100, hint="和发出征求意见书时写的一样"),
        Field("opinion", "第三方意见", "area", True),
    ),
    "coconsult": (_ON, Field("party", "共同制作机关", required=True, most=100), Field("what", "征求意见的内容", "area")),
    "coconsulted": (
        _ON, Field("party", "共同制作机关", required=True, most=100, hint="和发出时写的一样"),
        Field("opinion", "机关意见", "area", True),
    ),
    "extend": (_ON, Field("reason", "延长的理由", "area", True, "理由会写进延期告知书")),
    "ask_reasons": (_ON, Field("what", "请申请人说明什么", "area", True)),
    "reasons": (_ON, Field("text", "申请人说明的理由", "area", True)),
    "fee": (
        _ON,
        Field("method", "计收方式", "choice", True, "两种只能选一种；金额由平台按标准分档算出", choices=_METHODS, value="per_page"),
        Field("quantity", "数量", "number", True, "按件的填这位申请人本月累计的件数，按量的填实际提供的页数", most=6),
        Field("text", "向申请人说明的话", "area"),
    ),
    "paid": (_ON, Field("amount", "缴费金额（元）", "number", True, "和收费通知上的一样", most=12)),
    "search": (
        Field("words", "检索词", hint="用空格分开，标题里每个词都要有", most=120),
        Field("doc_no", "文号", hint="写一部分也可以", most=80),
        Field("scope", "范围", "choice", True, choices=_SCOPES, value="own"),
        Field("since", "成文日期从", "day"),
        Field("until", "成文日期到", "day"),
    ),
    "submit": (),
    "head_review": (_SAID,),
    "secrecy_review": (_SAID,),
    "sign": (_SAID,),
    "return": (Field("comment", "要改的地方", "area", True, "写给拟稿人看"),),
    "reply": (_ON, Field("way", "送达方式", "choice", True, choices=_WAYS)),
    "close": (_ON,),
    "withdraw": (_ON, Field("text", "申请人怎样提出撤回的", "area", True, "附书面材料的，写明编号")),
    "note": (_ON, Field("text", "联系的情况", "area", True)),
}  # fmt: skip
_NOTE = {
    "extend": "须在原期限届满前告知申请人，一件只延一次",
    "clarify": "只能告知一次；收到补正之日重新起算",
    "consult": "征求意见的时间不计入期限",
    "decide": "选定结论，固定段落跟着换",
    "reply": "送达之日就是答复之日",
    "submit": "承办、审核、保密审查、签发由不同的人办理",
    "withdraw": "申请人提出才能办",
    "note": "不影响期限",
    "search": "查文件登记簿和公开目录；查了什么、查到几份留在案卷里",
}


def fields_of(case: casework.CaseRow, verb: str) -> tuple[Field, ...] | None:
    """The fields of a verb for this case; None for a verb this desk does not know."""
    if verb == "decide":
        return _decision(case)
    found = FACTS.get(verb)
    if found is not None and verb == "paid":
        asked = next(
            (e.facts["amount"] for e in reversed(casework.timeline(case.id)) if "amount" in e.facts), ""
        )
        return tuple(replace(f, value=str(asked)) if f.key == "amount" else f for f in found)
    if found is None or verb not in ("delivered", "consulted", "coconsulted"):
        return found
    step = "consult_out" if verb in ("delivered", "consulted") else "coorgan_out"
    party = next(
        (str(e.facts.get("party", "")) for e in reversed(casework.timeline(case.id)) if e.step == step), ""
    )
    if not party:
        # Sent without a name: the answer must not name one either, or the law could not match the two.
        return tuple(f for f in found if f.key != "party")
    return tuple(replace(f, value=party) if f.key == "party" else f for f in found)


def searched_of(case_id: int) -> str:
    """What was looked for in this case, one search a line."""
    return "\n".join(str(e.facts.get("text", "")) for e in casework.timeline(case_id) if e.step == "search")[
        :4000
    ]


def note_of(verb: str, basis: str) -> str:
    """One line beside a verb's button."""
    return _NOTE.get(verb, basis)


def _decision(case: casework.CaseRow) -> tuple[Field, ...]:
    norms = law(case.received_on)
    outcomes: Sequence = () if isinstance(norms, Refused) else norms.outcomes()
    choices = tuple((o.code, _("%s（%s）") % (_(o.name), o.clause)) for o in outcomes)
    kept = case.evidence
    needs: dict[str, list[str]] = {}
    for o in outcomes:
        for key in o.evidence:
            needs.setdefault(key, []).append(o.name)
    evidence = tuple(
        Field(
            key, label, "area", hint=(_("选“%s”等时必填") if len(needs[key]) > 4 else _("选“%s”时必填")) % "”“".join(map(_, needs[key][:4])),
            most=4000, value=str(kept.get(key) or (searched_of(case.id) if key == "search_record" else "")), group="evidence",
        )
        for key, label in casework.EVIDENCE.items()
        if key in needs and key != "reasons"
    )  # fmt: skip
    return (
        Field("outcome", "处理决定", "choice", True, choices=choices, value=case.outcome),
        Field(
            "finding",
            "查明情况",
            "area",
            hint="写进答复书：查了什么，有什么",
            most=4000,
            value=str(kept.get("finding", "")),
        ),
        Field("grounds", "理由", "area", hint="不公开、部分公开必须说明理由", most=4000, value=case.grounds),
        *evidence,
    )
