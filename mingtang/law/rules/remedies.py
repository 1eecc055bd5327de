"""What the applicant may do against a decision: 行政复议, 行政诉讼, or 申诉 against a public-service body.

《行政复议法》（2017、2023）, 《行政诉讼法》, 法释〔2025〕8号. Chosen by the date of the decision, not of the application.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mingtang.law.types import Norm, Outcome, Reason, Refused, Remedies

ORGANS = {
    "government": "县级以上人民政府",
    "department": "政府部门",
    "county": "县（市、区）人民政府",
    "township": "乡镇人民政府、街道办事处",
    "authorised": "法律法规授权组织",
    "vertical": "实行垂直领导的机关（海关、金融、外汇、税务、国家安全）",
    "public_service": "公共企事业单位",
}
SILENCE = "SILENCE"
Pick = Callable[[str], Norm | Refused]


def remedies(pick: Pick, decided_on: date, outcome: Outcome | None, organ: str) -> Remedies | Refused:
    """The paths against one decision. ``outcome`` None: the organ did not answer in time. ``pick``: norms of that day."""
    if organ == "public_service":
        return _appeal(pick)
    names = ("review_days", "suit_months", "suit_after_review_days", "review_organ")
    picked = [pick(name) for name in names]
    norms = [n for n in picked if isinstance(n, Norm)]
    if len(norms) < len(names):
        return next(n for n in picked if isinstance(n, Refused))
    days, months, after, where_norm = norms
    where = _where(where_norm.value, organ)
    first_norm = pick(_first_by(outcome))
    if isinstance(first_norm, Refused):
        return first_norm
    first = first_norm.value == "required" and (outcome is None or outcome.prereview is not False)
    text = _text(first, outcome is None, "或者".join(where), days.value, months.value, after.value)
    reasons = [
        Reason(
            f"行政复议：{days.value}日内，向{'或者'.join(where)}申请。",
            f"{days.article}；{where_norm.article}",
        ),
        Reason(
            "应当先申请行政复议，对复议决定不服的再起诉；决定书必须写明这一点。"
            if first
            else "可以不经复议直接起诉。",
            first_norm.article,
        ),
        Reason(
            f"直接起诉的期限为{months.value}个月；经过复议的，为收到复议决定书之日起{after.value}日。",
            f"{months.article}；{after.article}",
        ),
    ]
    interpretation = pick("interpretation")
    if isinstance(interpretation, Norm):
        reasons.append(Reason("人民法院受理的范围依照司法解释确定。", interpretation.article))
    if first_norm.tag == "?":
        reasons.append(
            Reason(
                "复议是否前置各地掌握不一，本系统按可配置的规范处理，请与法制机构核对。", first_norm.article
            )
        )
    return Remedies(
        first, where, days.value, None if first else months.value, after.value, text, tuple(reasons)
    )


def _first_by(outcome: Outcome | None) -> str:
    """The norm that says whether reconsideration comes first."""
    if outcome is None:
        return "review_first_silence"
    if outcome.prereview == "configurable":
        return "review_first_partial" if outcome.row2021 == "partial" else "review_first_query"
    return "review_first"


def _where(rule: str, organ: str) -> tuple[str, ...]:
    if organ == "vertical":
        return ("上一级主管部门",)
    if organ in ("government", "county", "township"):
        return ("上一级人民政府",)
    if organ == "authorised":
        return (
            ("直接管理本组织的人民政府",)
            if rule == "government"
            else ("直接管理本组织的人民政府", "直接管理本组织的政府工作部门")
        )
    return ("本级人民政府",) if rule == "government" else ("本级人民政府", "上一级主管部门")


def _text(first: bool, silent: bool, where: str, days: int, months: int, after: int) -> str:
    since = "自答复期限届满之日起" if silent else "自收到本决定之日起"
    what = "行政机关逾期不答复" if silent else "本决定"
    if first:
        return (
            f"如对{what}不服，应当先{since}{days}日内向{where}申请行政复议；对复议决定仍不服的，可以自收到复议决定书之日起"
            f"{after}日内向人民法院提起行政诉讼。未经行政复议，不能直接提起行政诉讼。"
        )
    return (
        f"如对{what}不服，可以{since}{days}日内向{where}申请行政复议，也可以{since}{months}个月内直接向人民法院提起行政诉讼。"
        f"选择先申请行政复议的，对复议决定不服，可以自收到复议决定书之日起{after}日内提起行政诉讼。"
    )


def _appeal(pick: Pick) -> Remedies | Refused:
    norm = pick("public_service_remedy")
    if isinstance(norm, Refused):
        return norm
    if norm.value == "appeal":
        text = "如认为本单位未依法公开信息，可以向本单位的主管部门或者监督管理部门申诉；主管部门应当及时调查处理并告知结果。"
    else:
        text = "如认为本单位未依法公开信息，可以向本单位的主管部门或者政府信息公开工作主管部门举报。"
    reason = Reason("公共企事业单位公开信息适用行业主管部门的规定，不适用行政复议。", norm.article)
    return Remedies(False, ("主管部门或者监督管理部门",), None, None, None, text, (reason,))
