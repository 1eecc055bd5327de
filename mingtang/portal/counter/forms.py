"""Reading what a citizen typed. Every value is hostile until it is read; a fault says what to do.

Articles: 29 (what an application holds), 31 (which day it is received), 33 (how long an answer may take).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext as _

from mingtang.casework import api as casework
from mingtang.law.api import Refused, Step
from mingtang.ledger.api import law

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
LIMITS = {"name": 100, "id_number": 40, "contact": 200, "subject": 120, "content": 5000, "period": 100}
# As the form calls them: said when one is too long.
LABELS = {
    "name": "姓名或者名称", "id_number": "身份证明号码", "contact": "联系方式", "subject": "标题", "content": "所需信息的描述", "period": "起止时间",
}  # fmt: skip
APPLY = (*LIMITS, "agency", "applicant_type", "id_type", "request_class", "delivery", "key")
# What may have happened on the way, each a date: the contract's words.
STEPS = {
    "confirm": "双方确认", "clarify_out": "发出补正告知", "clarify_in": "收到补正", "consult_out": "发出征求第三方意见书",
    "consult_in": "收到第三方意见", "coorgan_out": "发出征求机关意见", "coorgan_in": "收到机关意见",
    "fee_notice": "发出收费通知", "fee_paid": "缴清费用", "extend": "决定延期",
}  # fmt: skip
_WHOLE = 200_000
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}$")
_AHEAD = timedelta(days=731)


def text(data: QueryDict | Mapping[str, Any], name: str, limit: int) -> str:
    """One field as one line or text: controls taken out, cut a little past its limit so that the fault can be told."""
    value = data.get(name)
    cleaned = _CONTROL.sub("", value) if isinstance(value, str) else ""
    return cleaned.replace("\r\n", "\n").strip()[: limit + 1]


@dataclass
class Faults:
    """What is wrong, by field, in the order of the form; each says what to do."""

    by_field: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, fault: str | Refused) -> None:
        self.by_field.setdefault(name, fault if isinstance(fault, str) else f"{fault.why}。{fault.instead}")

    def __bool__(self) -> bool:
        return bool(self.by_field)


def new_key() -> str:
    """A fresh submission key, signed: only keys that this site gave out are taken back."""
    return signing.Signer(salt="apply").sign(secrets.token_hex(16))


def known_key(signed: str) -> str | None:
    """The key in a form, or None when it is missing or not ours."""
    try:
        return signing.Signer(salt="apply").unsign(signed)
    except signing.BadSignature:
        return None


def read_application(data: QueryDict, organs: Mapping[str, int]) -> tuple[dict[str, str], Faults]:
    """The typed values and what is wrong with them (``organs``: code → id of the organs that can be asked)."""
    # Whole, as far as a form may carry: what is too long comes back to be shortened, never cut unsaid.
    values = {name: text(data, name, _WHOLE) for name in APPLY}
    faults = Faults()
    needed = {
        "name": _("请填写姓名或者名称"), "id_number": _("请填写身份证明号码"), "contact": _("请填写一种联系方式：手机、邮箱或通信地址"),
        "content": _("请写明需要什么信息：名称、文号，或者能认出它的特征"),
    }  # fmt: skip
    for name, fault in needed.items():
        if name == "content" and values["agency"] not in organs:  # asked just before it on the form
            faults.add("agency", _("请选择向哪个机关申请"))
        if not values[name]:
            faults.add(name, fault)
    for name, limit in LIMITS.items():
        if len(values[name]) > limit:
            faults.add(
                name,
                _("%(field)s最多 %(most)d 字，现有 %(typed)d 字，请写得简短些")
                % {"field": _(LABELS[name]), "most": limit, "typed": len(values[name])},
            )
    if values["id_type"] not in casework.ID_TYPES:
        values["id_type"] = casework.ID_TYPES[0]
    return values, faults


def application(values: Mapping[str, str], agency_id: int) -> dict[str, Any]:
    """The typed values as casework takes them; the period is part of what is asked for."""
    content = values["content"]
    if values["period"]:
        content += (
            f"\n起止时间：{values['period']}"  # for the organ that reads it, whatever the page's language
        )
    kept = (
        "applicant_type",
        "name",
        "id_type",
        "id_number",
        "contact",
        "subject",
        "delivery",
        "request_class",
    )
    return {**{k: values[k] for k in kept}, "agency_id": agency_id, "channel": "online", "content": content}


@dataclass(frozen=True)
class Question:
    """When is my answer due: the day it reached the organ, the channel, and what happened on the way."""

    received: date
    channel: str
    steps: tuple[Step, ...] = ()


def read_day(raw: str, label: str) -> date | Refused:
    """A civil day typed as 2026-11-23; the fault names the field."""
    try:
        if not _ISO.match(raw):
            raise ValueError
        return date.fromisoformat(raw)
    except ValueError:
        shown = raw[:20]
        return Refused(
            _("%s“%s”不是日历上的日期") % (_(label), shown),
            _("日期写成年-月-日"),
            _("请写成 2026-11-23 这样，并核对这一天是否存在"),
        )


def read_question(
    data: QueryDict, channels: Mapping[str, str], today: date
) -> tuple[dict[str, str], Question | None, Faults]:
    """The typed values, the question they ask (None when nothing or something wrong was typed), and the faults."""
    values = {name: text(data, name, 20) for name in ("received", "channel", *STEPS)}
    faults = Faults()
    if not values["received"]:
        if data:
            faults.add("received", _("请填写收到之日，写成 2026-11-23 这样"))
        return values, None, faults
    if values["channel"] not in channels:
        if values["channel"]:
            faults.add("channel", _("请从列表中选择提交方式"))
        values["channel"] = "online" if not values["channel"] else values["channel"]
    received = read_day(values["received"], _("收到之日"))
    if isinstance(received, Refused):
        faults.add("received", received)
        values["received"] = ""  # a date field can hold nothing else; the fault repeats what was typed
        return values, None, faults
    if received > today + _AHEAD:
        faults.add("received", _("收到之日在两年以后，放假安排还没有公布，算不出来。请填写两年以内的日期"))
    steps = []
    for name, label in STEPS.items():
        if not values[name]:
            continue
        day = read_day(values[name], label)
        if isinstance(day, Refused):
            faults.add(name, day)
            values[name] = ""
        elif day < received or day > received + _AHEAD:
            faults.add(name, _("“%s”应在收到之日以后、两年以内，请核对日期") % _(label))
        else:
            steps.append(Step(name, day))
    if faults:
        return values, None, faults
    norms = law(received)
    if not values["confirm"] and not isinstance(norms, Refused) and norms.must_confirm(values["channel"]):
        steps.append(Step("confirm", received))
    return values, Question(received, values["channel"], tuple(sorted(steps, key=lambda s: s.on))), faults
