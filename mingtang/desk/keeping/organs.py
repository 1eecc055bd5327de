"""Organs at the desk: one organ's record, its change, a new organ, a new name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.desk.access import MOST_NUMBER, allow, page, power, reach_of, whole
from mingtang.desk.chips import days_of
from mingtang.desk.entry import Form, entry
from mingtang.desk.fields import Field
from mingtang.desk.keeping import matters
from mingtang.disclosure import api as disclosure
from mingtang.law.api import Refused
from mingtang.ledger.api import ROLES, Agency, find, now, take

_MOST = 12
LEVELS = (("city", "市本级"), ("county", "县（市）区"))
# Article 12: what the guide says about an organ, then how its papers are numbered.
_RECORD = (
    Field("short_name", "简称", required=True, most=40, group="names"),
    Field("aliases", "其他名称", hint="曾用名、俗称，用空格分开", most=400, group="names"),
    Field("doc_prefix", "机关代字", hint="文号的开头，例如 示建", most=20, group="names"),
    Field("order", "排列次序", "number", hint="数字小的在前", most=6, group="names"),
    Field("head", "负责人", most=60, group="guide"),
    Field("phone", "公开工作机构电话", most=60, group="guide"),
    Field("address", "办公地址", most=200, group="guide"),
    Field("hours", "办公时间", most=120, group="guide"),
    Field("office", "政府信息公开工作机构", hint="例如 办公室政务公开科", most=120, group="guide"),
    Field("postal", "通信地址", hint="连同邮政编码", most=200, group="guide"),
    Field("fax", "传真", most=60, group="guide"),
    Field("email", "电子邮箱", most=120, group="guide"),
)
_NEW = (
    Field("name", "全称", required=True, most=120, group="names"),
    Field("code", "机构代码", required=True, hint="每个机构一个，撤销后也不再用", most=32, group="names"),
)


def organ_of(request: HttpRequest, number: int, asked: str = "") -> Agency:
    """The organ of an address; with a power, only if the person holds it there. Raises Http404 or Barred."""
    organ = find("agency", pk=min(number, MOST_NUMBER)).first()
    if organ is None:
        raise Http404(_("没有这个单位"))
    if asked:
        allow(request, asked, organ)
    return organ


def crumbs(organ: Agency | None = None) -> list[tuple[str, str]]:
    above = [(_("机构"), reverse("desk:agencies"))]
    return above + ([(organ.short_name, reverse("desk:agency", args=[organ.pk]))] if organ else [])


@power("desk.open", room="册")
def record(request: HttpRequest, number: int) -> HttpResponse:
    """One organ: what the guide says of it, who works there, whom it succeeded, what is open."""
    organ, day = organ_of(request, number), days_of(request).today
    reach = reach_of(request)
    held = [a for a in find("appointment", agency_id=organ.pk) if a.role in ROLES and a.serves(day)]
    below = find("agency", parent_id=organ.pk, valid_to__isnull=True)
    keeps = organ.pk in reach.ids("agency.keep")
    return page(request, "organ", {
        "organ": organ, "parent": find("agency", pk=organ.parent_id).first() if organ.parent_id else None,
        "staff": [(a, ROLES[a.role].title) for a in held], "below": below.order("order", "pk").page(1, _MOST),
        "before": [(s, matters.column_titles(s.columns)) for s in find("succession", successor_id=organ.pk)],
        "after": sorted(find("succession", predecessor_id=organ.pk), key=lambda s: not s.rest),
        "keeps": keeps and organ.valid_to is None, "matters": matters.counted([organ.pk]) if keeps else [],
        "level": dict(LEVELS).get(organ.level, ""), "rules": disclosure.find("review_rule", agency_id=organ.pk).page(1, _MOST).rows,
        "rule_holds": disclosure.ReviewRules.holds(organ.pk, day),
        "assigns": organ.type == Agency.PUBLIC_SERVICE and organ.valid_to is None and organ.pk in reach.ids("duty.assign"),
        "rules_here": organ.pk in reach.ids("review.combine") and organ.valid_to is None,
    })  # fmt: skip


def _filled(organ: Agency) -> list[Field]:
    shown = {f.key: getattr(organ, f.key) for f in _RECORD} | {"aliases": " ".join(organ.aliases)}
    return [replace(f, value=str(shown[f.key])) for f in _RECORD]


def _as_columns(typed: dict[str, Any]) -> dict[str, Any] | Refused:
    """Typed fields as the ledger keeps them: every field of the record, emptied ones as empty."""
    told = {f.key: typed.get(f.key, "") for f in _RECORD}
    if not str(told["order"] or "0").isascii() or not str(told["order"] or "0").isdigit():
        return Refused("排列次序应当是数字", "本平台的登记表", "请填 0 或正整数，例如 12")
    told["order"] = int(told["order"] or 0)
    told["aliases"] = str(told["aliases"]).replace("、", " ").replace("，", " ").split()[:20]
    return told


@power("agency.keep", room="册", methods=("GET", "POST"))
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change the record that the guide of article 12 is made from."""
    organ = organ_of(request, number, "agency.keep")

    def do(typed: dict[str, Any]) -> Any:
        told = _as_columns(typed)
        if isinstance(told, Refused):
            return told
        changed = {k: v for k, v in told.items() if v != getattr(organ, k)}
        if not changed:
            return Refused("什么也没有改", "本平台的登记表", "改好再保存，或者退回机构页")
        done = take(organ, "change", by=request.user, at=now(), **changed)
        return done if isinstance(done, Refused) else (_("已保存，门户上的机构页随后更新"), reverse("desk:agency", args=[organ.pk]))  # fmt: skip

    form = Form(
        _("更改机构信息"), organ.name, _("保存"), "条例第十二条：公开指南列明机构的名称、地址、时间、电话、传真、邮箱",
        crumbs(organ), (("names", _("名称和编号")), ("guide", _("公开指南里的内容"))),
    )  # fmt: skip
    return entry(request, form, _filled(organ), do)


def _choices(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    organs = reach_of(request).agencies("agency.keep")
    return tuple((str(a.pk), a.name) for a in organs if a.valid_to is None)


@power("agency.keep", room="册", methods=("GET", "POST"))
def found(request: HttpRequest) -> HttpResponse:
    """Enter a new organ."""
    above = _choices(request)
    asked = request.GET.get("below", "")
    fields = [
        *_NEW,
        Field("type", "类型", "choice", True, choices=tuple(Agency.TYPES), value="department", group="names"),
        Field("level", "层级", "choice", True, choices=LEVELS, value="city", group="names"),
        Field("parent", "上级机关", "choice", True, choices=above, value=asked if asked in dict(above) else above[0][0] if above else "", group="names"),
        Field("valid_from", "设立日期", "day", True, value=str(now().date()), group="names"),
        Field("credit_code", "统一社会信用代码", most=18, group="names"), *_RECORD,
    ]  # fmt: skip

    def do(typed: dict[str, Any]) -> Any:
        told = _as_columns(typed)
        if isinstance(told, Refused):
            return told
        told |= {k: typed.get(k, "") for k in ("name", "code", "type", "level", "credit_code")}
        parent = organ_of(request, int(typed["parent"]), "agency.keep")
        made = take(parent, "found", by=request.user, at=now(), valid_from=typed["valid_from"], **told)
        return made if isinstance(made, Refused) else (_("已设立%s") % made.name, reverse("desk:agency", args=[made.pk]))  # fmt: skip

    form = Form(
        _("登记新机构"), _("由机构合并、分立产生的，先登记，再到原机构页办划转。"), _("登记"), "条例第四条、第十条；机构编制文件",
        crumbs(), (("names", _("名称和编号")), ("guide", _("公开指南里的内容"))),
    )  # fmt: skip
    return entry(request, form, fields, do)


@power("agency.keep", room="册", methods=("GET", "POST"))
def rename(request: HttpRequest, number: int) -> HttpResponse:
    """A new name: the old organ ends, the new one has its record and everything that is open."""
    organ = organ_of(request, number, "agency.keep")
    day: date = now().date()
    fields = [
        *_NEW, Field("short_name", "简称", required=True, most=40, group="names"),
        Field("doc_prefix", "机关代字", hint="不填就沿用原来的", most=20, group="names"),
        Field("on", "从哪一天起", "day", True, value=str(day), group="names"),
    ]  # fmt: skip

    def do(typed: dict[str, Any]) -> Any:
        done = take(organ, "rename", by=request.user, at=now(), **typed)
        if isinstance(done, Refused):
            return done
        new = find("succession", act_key=done).one()
        return _("已更名为%s；在办事项和栏目随后转过去") % new.successor_name, reverse("desk:agency", args=[new.successor_id])  # fmt: skip

    form = Form(
        _("更名"), organ.name, _("更名"), "机构编制管理规定；条例第十条：文件的发布机构不变", crumbs(organ), (("names", ""),),
        matters.counted([organ.pk]), _("一并转到新名称下"),
    )  # fmt: skip
    return entry(request, form, fields, do)


@power("review.combine", room="册", methods=("GET", "POST"))
def reviews(request: HttpRequest, number: int) -> HttpResponse:
    """Rule that in a unit of fewer than four one person may do the first two reviews; POST ``end`` takes a rule back."""
    organ = organ_of(request, number, "review.combine")
    by: Any = request.user
    back = reverse("desk:agency", args=[organ.pk])
    if "end" in request.POST:
        rule = whole(request.POST["end"], most=MOST_NUMBER, default=0)
        ending: list[Field] = []

        def end(_typed: dict[str, Any]) -> Any:
            done = disclosure.ReviewRules.separate(rule, by=by, at=now())
            return done if isinstance(done, Refused) else (_("已撤销，今后两审由两个人办理"), back)

        return entry(request, _ruling(organ), ending, end)

    def do(typed: dict[str, Any]) -> Any:
        done = disclosure.ReviewRules.combine(organ, by=by, at=now(), ground=typed["ground"])
        return done if isinstance(done, Refused) else (_("已规定，从现在起照办"), back)

    ground = Field("ground", "理由", required=True, hint="例如：全所编制三人，会议纪要的文号", most=200)
    return entry(request, _ruling(organ), [ground], do)


def _ruling(organ: Agency) -> Form:
    count = disclosure.ReviewRules.staff(organ.pk, now().date())
    return Form(
        _("两审由一人办理"), _("只用于不满四人的单位；起草人、签发人仍须是另外的人。"), _("规定"), "本平台审签规则",
        crumbs(organ), beside=((_("办理公开的人数"), count),), beside_title=organ.short_name,
    )  # fmt: skip
