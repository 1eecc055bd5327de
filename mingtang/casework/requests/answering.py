"""The decision and its letter: a closed list of outcomes, the evidence each needs, fixed legal parts, free parts."""

from __future__ import annotations

from datetime import date
from typing import Any

from mingtang.casework.models import Case, CaseLetter
from mingtang.casework.requests import searching, timing
from mingtang.law.api import Refused
from mingtang.ledger.api import Person, law, number

EVIDENCE = {
    # Article 36 (1) (2): how, where and when to get it, or the information itself.
    "provided": "所提供的信息，或者获取的方式、途径和时间",
    "search_record": "检索记录（范围、方法、日期）",
    "named_organ": "负责公开的机关名称和联系方式",
    "original_number": "原申请的登记号",
    "third_party_opinion": "第三方意见",
    "review_opinion": "审查意见",
    "reasons": "理由",
}


def decide(
    case: Case,
    by: Person,
    day: date,
    *,
    outcome: str = "",
    grounds: str = "",
    finding: str = "",
    **evidence: Any,
) -> Refused | None:
    """Set the decision of a case: an outcome of the Regulation that governs it, with reasons and evidence."""
    norms = law(case.received_on)
    if isinstance(norms, Refused):
        return norms
    chosen = norms.outcome(outcome)
    if isinstance(chosen, Refused):
        return chosen
    given = {k: str(v).strip()[:4000] for k, v in evidence.items() if str(v).strip()}
    if unknown := set(given) - set(EVIDENCE):
        return Refused(f"没有这些证据项：{'、'.join(sorted(unknown))}", "条例第三十六条", "请只填表上的项目")
    if grounds.strip():
        given.setdefault("reasons", grounds.strip())
    if "search_record" in chosen.evidence and (searched := searching.record_of(case.steps.order_by("pk"))):
        given.setdefault("search_record", searched[:4000])
    missing = [EVIDENCE.get(k, k) for k in chosen.evidence if k not in given]
    if missing:
        return Refused(f"“{chosen.name}”还缺：{'、'.join(missing)}", chosen.clause, "请补齐后再拟定处理决定")
    if contradiction := _contradicts(case, outcome, day, given):
        return contradiction
    case.outcome, case.grounds, case.drafter = outcome, grounds.strip()[:4000], by
    case.evidence = given | ({"finding": finding.strip()[:4000]} if finding.strip() else {})
    return None


# While the clock waits for the applicant, only the lapse can be decided; and a lapse only then.
_LAPSES = {"clarifying": "OT_CORR_LAPSE", "awaiting_fee": "OT_FEE_LAPSE", "asking": "NP_BULK"}
_WAITS = {
    "OT_CORR_LAPSE": ("clarifying", "没有告知过补正"),
    "OT_FEE_LAPSE": ("awaiting_fee", "没有发过收费通知"),
}


def _contradicts(case: Case, outcome: str, day: date, given: dict[str, str]) -> Refused | None:
    """A decision that the case's own steps speak against."""
    steps = list(case.steps.order_by("pk"))
    if case.state in _LAPSES and outcome != _LAPSES[case.state]:
        return Refused(
            "申请人还没有回应，现在只能办理逾期不再处理",
            "条例第三十条、第四十二条",
            "收到回应后再拟定处理决定",
        )
    if outcome in _WAITS:
        state, why = _WAITS[outcome]
        if case.state != state:
            return Refused(
                why + "，不能按逾期处理", "条例第三十条；国办函〔2020〕109号", "请按实际情况选择处理决定"
            )
        answer = timing.deadline(case, timing.law_steps(steps), day)
        if isinstance(answer, Refused) or answer.state != "lapsed":
            return Refused(
                "申请人的期限还没有届满",
                "条例第三十条；国办函〔2020〕109号",
                "请等期限届满，或收到回应后再办",
            )
    if outcome == "NA_UNCLEAR" and not any(s.step == "clarify_in" for s in steps):
        return Refused("没有补正过，不能以补正后仍不明确答复", "条例第三十条", "请先一次性告知补正")
    original = given.get("original_number")
    if (
        outcome == "NP_REPEAT"
        and not Case.objects.filter(number=plain_number(original or "")).exclude(pk=case.pk).exists()
    ):
        return Refused(
            f"登记簿里没有“{(original or '')[:40]}”这件申请",
            "条例第三十六条第六项：已就同一申请作出答复",
            "请填写原申请的登记号",
        )
    return None


def plain_number(text: str) -> str:
    """A registration number in any bracket style, as the register writes it: 六角括号, no spaces."""
    marks = str.maketrans({**dict.fromkeys("[［【(（", "〔"), **dict.fromkeys("]］】)）", "〕")})
    return "".join(text.split()).translate(marks)[:60]


def withdrawn_outcome(case: Case) -> str:
    """The row in which an application taken back is counted; the 2014 form has none: concluded, not answered."""
    norms = law(case.received_on)
    codes = {o.code for o in norms.outcomes()} if not isinstance(norms, Refused) else set()
    return "OT_OTHER" if "OT_OTHER" in codes else ""


def letter_parts(case: Case, day: date) -> list[dict[str, Any]]:
    """The answer's parts in order; fixed ones come from the law and the file and cannot be edited away."""
    norms = law(case.received_on)
    assert not isinstance(norms, Refused)
    chosen = norms.outcome(case.outcome)
    assert not isinstance(chosen, Refused)  # decided from the same closed list
    remedies = norms.remedies(day, case.outcome, case.agency.type)
    received = case.steps.filter(step="confirm").values_list("on", flat=True).first() or case.received_on

    def cn(d: date) -> str:
        return f"{d.year}年{d.month}月{d.day}日"

    facts = [
        f"本机关于{cn(received)}收到你通过{case.get_channel_display()}提出的政府信息公开申请（登记号：{case.number}）。"
    ]
    for s in case.steps.order_by("pk"):
        if s.step in ("clarify_out", "clarify_in", "consult_out", "consult_in", "extend"):
            from mingtang.casework.requests.flow import STEP_TEXTS

            facts.append(f"{cn(s.on)}{STEP_TEXTS[s.step]}。")
    fixed = [
        ("title", f"{case.agency.name}政府信息公开申请答复书", "机关名称和文种"),
        # The name is sealed: the number says who is meant.
        ("addressee", f"登记号{case.number}的申请人：", "申请表"),
        ("content", f"你申请公开的内容为：“{case.content}”。", "申请表原文"),
        ("facts", "".join(facts), "案卷步骤"),
        ("finding", case.evidence.get("finding", ""), ""),
        (
            "decision",
            f"根据{chosen.clause}，本机关决定：{chosen.name}。",
            "处理决定清单",
        ),
        ("grounds", case.grounds, ""),
        ("provided", case.evidence.get("provided", "") if "provided" in chosen.evidence else "", ""),
        ("remedies", getattr(remedies, "text", ""), "救济途径，按决定日期选定"),
        ("signed", f"{case.agency.name}　{cn(day)}", "签发日期"),
    ]
    return [{"part": p, "text": t, "fixed": bool(src), "from": src} for p, t, src in fixed if t]


def reply(case: Case, day: date, *, way: str = "", **unknown: Any) -> Refused | None:
    """Register that the answer left on ``day``; draws its number and keeps its text."""
    if unknown:
        return Refused(f"没有这些项目：{'、'.join(sorted(unknown))}", "送达登记", "请只填送达方式")
    if way not in ("by_hand", "post", "electronic"):
        return Refused(
            "没有选择送达方式", "国办公开办函〔2016〕235号", "请选择当面签收、邮寄（邮政企业）或电子送达"
        )
    norms = law(case.received_on)
    assert not isinstance(norms, Refused)
    chosen = norms.outcome(case.outcome)
    assert not isinstance(chosen, Refused)
    prefix = case.agency.doc_prefix or case.agency.short_name
    letter = CaseLetter(
        case=case, kind=chosen.letter, written_on=day, parts=letter_parts(case, day),
        number=f"{prefix}公开告〔{day.year}〕{number(f'letter/{prefix}/告/{day.year}')}号",
    )  # fmt: skip
    letter.save()
    case.replied_on = case.concluded_on = day
    return None
