"""Intake: one submission, one case, whatever the network or the double click did."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from mingtang.casework.models import Applicant, Case, Step
from mingtang.casework.requests import timing
from mingtang.law.api import Refused, identity_digit
from mingtang.ledger.api import (
    Agency,
    Deed,
    Identity,
    Person,
    Verdict,
    enqueue,
    find,
    law,
    may,
    number,
    record,
)

# No letters that are read as digits: the code is told over the telephone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LIMITS = {"name": 100, "id_number": 40, "contact": 200, "subject": 120, "content": 5000}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WHAT = "条例第二十九条第二款：申请应当包括姓名或者名称、身份证明、联系方式，所需信息的描述，形式要求"
# What the applicant's identity may be proved by; the number of the first is checked.
ID_TYPES = (
    "居民身份证",
    "护照",
    "港澳居民来往内地通行证",
    "台湾居民来往大陆通行证",
    "统一社会信用代码",
    "其他",
)
_LABELS = {
    "name": "姓名或者名称", "id_number": "身份证明号码", "contact": "联系方式", "subject": "标题", "content": "所需信息的描述",
}  # fmt: skip


# Field → what may be chosen, and what is meant where nothing was.
_CHOICES = {
    "channel": (Case.CHANNELS, "online"), "applicant_type": (Case.APPLICANTS, "natural"),
    "request_class": (Case.CLASSES, "other"), "delivery": (Case.DELIVERIES, "electronic"),
}  # fmt: skip


@dataclass(frozen=True)
class Application:
    """A parsed application: nothing of it is trusted before it is one of these."""

    agency: Agency
    channel: str
    applicant_type: str
    name: str
    id_type: str
    id_number: str
    contact: str
    subject: str
    content: str
    delivery: str
    request_class: str
    received_on: date


def parse(raw: Mapping[str, Any], at: datetime) -> Application | dict[str, Refused]:
    """Read an application; on faults, one Refused a field."""
    text = {k: _CONTROL.sub("", str(raw.get(k) or "")).strip() for k in _LIMITS}
    if text["content"] and not text["subject"]:
        text["subject"] = text["content"].splitlines()[0][:60]
    picked = {key: str(raw.get(key) or default) for key, (_allowed, default) in _CHOICES.items()}
    id_type = str(raw.get("id_type") or ID_TYPES[0])[:20]
    faults = _text_faults(text, id_type) | _choice_faults(picked)
    agency = find("agency", pk=_int(raw.get("agency_id")), valid_to__isnull=True).first()
    if agency is None:
        faults["agency_id"] = Refused(
            "没有选择受理机关，或该机关已撤销", "条例第二十七条", "请选择一个现有的机关"
        )
    received = _day(raw.get("received_on"), at)
    governed = received if isinstance(received, Refused) else law(received)
    if isinstance(governed, Refused):
        faults["received_on"] = governed
    if faults:
        return faults
    assert agency is not None
    assert isinstance(received, date)
    return Application(agency=agency, received_on=received, id_type=id_type, **text, **picked)


def _text_faults(text: Mapping[str, str], id_type: str) -> dict[str, Refused]:
    """What is missing, too long, or not the number it says it is."""
    faults = {}
    for key, limit in _LIMITS.items():
        if len(text[key]) > limit:
            faults[key] = Refused(
                f"{_LABELS[key]}超过{limit}字（写了{len(text[key])}字）",
                "本平台的长度限制",
                "请写得简短些；较长的说明可以另附材料",
            )
    for key in ("name", "contact", "content"):
        if not text[key]:
            faults[key] = Refused(f"没有填写{_LABELS[key]}", _WHAT, f"请填写{_LABELS[key]}")
    if "contact" not in faults and not _is_contact(text["contact"]):
        faults["contact"] = Refused(
            "联系方式不像电话、邮箱或者通信地址，答复无法送达",
            _WHAT,
            "请填写能找到申请人的一种：电话（至少7位数字）、电子邮箱，或者写全的通信地址",
        )
    if text["id_number"] and id_type == ID_TYPES[0] and not _is_id_card(text["id_number"]):
        faults["id_number"] = Refused(
            "居民身份证号码不对", _WHAT + "；号码最后一位是校验码", "请核对号码，或改选实际使用的证件"
        )
    return faults


def _choice_faults(picked: Mapping[str, str]) -> dict[str, Refused]:
    """What was chosen that is not on its list."""
    return {
        key: Refused("选项不在列表里", _WHAT, "请从：" + "、".join(v for _, v in allowed) + "中选择")
        for key, (allowed, _default) in _CHOICES.items()
        if picked[key] not in dict(allowed)
    }


def _is_contact(text: str) -> bool:
    """Whether a letter, a call or a mail could go there: a telephone, an e-mail, or an address in Chinese or Latin."""
    if re.search(r"[^\s@]@[^\s@]", text) or len(re.findall(r"\d", text)) >= 7:
        return True
    if len(text) < 4:
        return False
    return bool(re.search(r"[\u4e00-\u9fff]", text)) or bool(re.search(r"[A-Za-z]{3}", text) and " " in text)


def _is_id_card(number: str) -> bool:
    """18 digits whose last is the checksum of the others (GB 11643-1999), or an old one of 15."""
    if re.fullmatch(r"\d{15}", number):
        return True
    return bool(re.fullmatch(r"\d{17}[\dXx]", number)) and identity_digit(number[:17]) == number[-1].upper()


def _int(value: Any) -> int:
    try:
        found = int(str(value))
    except (TypeError, ValueError):
        return -1
    return found if 0 < found < 2**62 else -1


def _day(value: Any, at: datetime) -> date | Refused:
    """The day it reached the organ: today unless a clerk enters paper that came earlier; never later than today."""
    if value in (None, ""):
        return at.date()
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return Refused(f"“{str(value)[:20]}”不是日历上的日期", "条例第三十一条", "请写成 2026-11-23 这样")
    if day > at.date():
        return Refused(f"收到日期{day}在今天之后", "条例第三十一条：以实际收到之日为准", "请核对收到日期")
    return day


def receive(
    raw: Mapping[str, Any], *, at: datetime, idempotency_key: str, by: Person | None = None
) -> Case | Refused | dict[str, Refused]:
    """Make a case of an application. The same key again gives the same case. ``by=None`` is the citizen online."""
    raw_key = idempotency_key.strip()
    if not 8 <= len(raw_key) <= 200:
        return Refused("提交缺少防重号", "同一份申请只登记一次", "请从申请页重新提交")
    # Counter and desk have keys of their own; a digest fits the column whatever was sent.
    key = f"{'web' if by is None else 'desk'}:{hashlib.sha256(raw_key.encode()).hexdigest()[:48]}"
    if (known := Case.objects.filter(idempotency_key=key).first()) is not None:
        return known if by is None else _barred(may(by, "case.receive", known)) or known
    read = parse(raw, at)
    if isinstance(read, dict):
        return read
    if by is None and (read.channel != "online" or read.received_on != at.date()):
        return Refused(
            "网上只能提交网络申请，收到日期由平台记录",
            "条例第三十一条第（三）项",
            "当面、信函申请请由工作人员登记",
        )
    # The citizen's own hand needs no power and stands in for nobody.
    verdict = may(by, "case.receive", read.agency) if by is not None else Verdict(True, "", "条例第二十七条")
    if refused := _barred(verdict):
        return refused
    try:
        with transaction.atomic(), verdict.standing():
            return _enter(read, at, key, by)
    except IntegrityError:
        # The same submission arrived twice at one moment; the other one won. Any other clash is a fault of ours.
        if (won := Case.objects.filter(idempotency_key=key).first()) is None:
            raise
        return won


def _barred(verdict: Verdict) -> Refused | None:
    return None if verdict else Refused(verdict.why, verdict.basis, "请由本单位公开专员登记")


def _enter(read: Application, at: datetime, key: str, by: Person | None) -> Case:
    case = Case(
        agency=read.agency, number=f"…{key}", code="".join(secrets.choice(_ALPHABET) for _ in range(8)), submitted_at=at,
        received_on=read.received_on, channel=read.channel, applicant_type=read.applicant_type,
        request_class=read.request_class, subject=read.subject, content=read.content, delivery=read.delivery,
        state="received", idempotency_key=key,
    )  # fmt: skip
    timing.recount(case, [])
    case.save()
    identity = {
        "name": read.name,
        "id_type": read.id_type,
        "id_number": read.id_number,
        "contact": read.contact,
    }
    Applicant.objects.create(
        case=case,
        sealed=Identity.closed(identity),
        blind=Identity.blind(read.name, read.id_number),
        proof=read.id_type,
    )
    (act,) = record(
        Deed(
            "case.receive", "case", str(case.pk), at, by, read.agency, "条例第三十一条",
            {"channel": read.channel, "received_on": read.received_on, "due_on": case.due_on, "state": case.state},
        )
    )  # fmt: skip
    Step.objects.create(case=case, step="received", on=read.received_on, facts={}, at=at, act_key=act)
    enqueue("case.changed", {"case": case.pk, "verb": "receive", "agencies": [read.agency.pk]}, at)
    # Drawn last, so that the number's row is locked for the shortest time and no number is ever missing.
    year = read.received_on.year
    prefix = read.agency.doc_prefix or read.agency.short_name
    case.number = f"{prefix}公开受理〔{year}〕{number(f'case/{prefix}/{year}')}号"
    case.save(update_fields=["number"])
    return case
