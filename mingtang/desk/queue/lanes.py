"""Lanes of the queue: late, near, my next step, my review, returned to me, duties. A fixed number of queries.

Who must act is read from the rooms' flow tables and the person's reach; nothing here decides it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from mingtang.casework import api as casework
from mingtang.desk.access import Reach, reach_of
from mingtang.desk.chips import NEAR, Chip, Days, days_of
from mingtang.desk.queue.reminders import silent_columns
from mingtang.disclosure import api as disclosure
from mingtang.ledger.api import SHANGHAI, find
from mingtang.oversight import api as oversight

REVIEWS = ("head_review", "secrecy_review", "sign")
_SHOWN, _PAGE, _DUTY_DAYS, _ROUND_DAYS = 8, 20, 5, 60
_NEVER = Q(pk__in=[])
_IN_REVIEW = ("submitted", "head_done", "secrecy_done")
LANES = {
    "over": ("逾期", "over", "over"),
    "near": ("3个工作日内到期", "clock", "near"),
    "next": ("等我走下一步", "pen", "open"),
    "review": ("等我审", "eye", "open"),
    "returned": ("退回和复查", "back", ""),
    "duties": ("职责将到期", "veto", "near"),
}
KINDS = {"case": "申请", "document": "文件", "duty": "职责"}


@dataclass(frozen=True)
class Task:
    """One line of the queue: its chip, what it is, one button."""

    kind: str
    chip: Chip
    title: str
    url: str
    note: str
    button: str
    # Of a document that waits for review: what names it and the text as it was shown; empty: not to be passed from here.
    ticket: str = ""


@dataclass
class Lane:
    """One lane: how many there are in all, the ones shown, and whether more follow."""

    key: str
    title: str
    icon: str
    tone: str
    count: int = 0
    tasks: list[Task] = field(default_factory=list)
    pages: int = 1


class Desk:
    """What one person's queue asks: their reach, the day, and filters by organ and kind."""

    def __init__(self, person: Any, reach: Reach, days: Days, organ: int | None = None, kind: str = ""):
        self.person, self.reach, self.days, self.organ, self.kind = person, reach, days, organ, kind
        self.cutoff = days.ahead(NEAR)
        self._returned: dict[int, str] | None = None
        self._left: dict[int, int] = {}
        self._reminders: list[Task] | None = None
        self._batches: dict[int, tuple[int, int]] | None = None

    def ids(self, power: str) -> list[int]:
        """Organs of a power, narrowed to the chosen one."""
        found = self.reach.ids(power)
        return sorted(found if self.organ is None else found & {self.organ})

    # --- cases -------------------------------------------------------------------------------------------------
    def _responsible(self) -> Q:
        """Open cases that are mine to bring home: of organs I handle, head or watch over, or that I must review."""
        organs = {*self.ids("case.draft"), *self.ids("case.extend"), *self.ids("inspection.run")}
        return Q(agency_id__in=sorted(organs)) | self._to_review()

    def _to_review(self) -> Q:
        q = _NEVER
        for row in casework.REQUESTS.rows:
            if row.verb in REVIEWS:
                q |= Q(state=row.source, agency_id__in=self.ids(row.power)) & ~Q(drafter_id=self.person.pk)
        return q

    def _steps(self) -> Q:
        """Cases whose one next step is mine: to be confirmed, to be delivered."""
        return Q(state="submitted", agency_id__in=self.ids("case.confirm")) | Q(
            state="approved", agency_id__in=self.ids("case.reply")
        )

    def cases(self, lane: str) -> Any:
        """The question for one lane, in the order of due dates."""
        found = casework.find("case").where_q(self._cases_in(lane))
        return found.order(F("due_on").asc(nulls_last=True), "pk")

    def _cases_in(self, lane: str) -> Q:
        running = casework.OPEN_STATES
        later = Q(due_on__isnull=True) | Q(due_on__gt=self.cutoff)
        conditions = {
            "over": Q(state__in=running, due_on__lt=self.days.today) & self._responsible(),
            "near": Q(state__in=running, due_on__gte=self.days.today, due_on__lte=self.cutoff)
            & self._responsible(),
            "next": self._steps() & later,
            "review": self._to_review() & later,
            "returned": Q(pk__in=list(self.returned_cases())) & later,
            "all": Q(state__in=casework.OPEN_STATES, agency_id__in=self.ids("case.see")),
        }
        return conditions[lane]

    def count_cases(self) -> int:
        """Cases that wait in any lane, each once."""
        q = _NEVER
        for lane in ("over", "near", "next", "review", "returned"):
            q |= self._cases_in(lane)
        return casework.find("case").where_q(q).count()

    def returned_cases(self) -> dict[int, str]:
        """Cases that came back to me and were not decided anew since: id → the comment."""
        if self._returned is None:
            rows = casework.find(
                "review", passed=False, case_state="drafted", case_drafter_id=self.person.pk,
                case_agency_id__in=self.ids("case.draft"),
            )  # fmt: skip
            back = {r.case_id: r for r in rows}
            decided = find(
                "act", subject_type="case", subject_id__in=[str(i) for i in back], verb="case.decide"
            ).group("subject_id")
            self._returned = {
                i: f"{r.person_name}：{r.comment}"
                for i, r in back.items()
                if decided.get(str(i), 0) <= r.round
            }
        return self._returned

    def case_task(self, case: Any) -> Task:
        """A case as a line of the queue."""
        button, note = (
            self._case_button(case),
            [case.number, _("%s收到") % f"{case.received_on:%m-%d}", _(case.state_label)],
        )
        if case.handler:
            note.append(_("承办 %s") % case.handler)
        if case.id in self.returned_cases():
            note, button = [case.number, _("退回意见：%s") % self.returned_cases()[case.id]], _("去改")
        return Task(
            "case",
            self.days.of_case(case),
            case.subject,
            reverse("desk:case", args=[case.id]),
            " · ".join(note),
            button,
        )

    def _case_button(self, case: Any) -> str:
        words = {
            "submitted": _("确认收到"),
            "received": _("办理"),
            "drafted": _("送审"),
            "approved": _("送达"),
        }
        for row in casework.REQUESTS.open_from(case.state):
            if row.verb in REVIEWS and case.agency_id in self.reach.ids(row.power):
                return _("签发") if row.verb == "sign" else _("审核")
        return (
            words.get(case.state, _("查看")) if case.agency_id in self.reach.ids("case.draft") else _("查看")
        )

    # --- documents ---------------------------------------------------------------------------------------------
    def documents(self, lane: str) -> Any:
        """Documents whose working edition waits for me."""
        me, q = self.person.pk, _NEVER
        others = (
            Q(edition_drafter_id__lt=me) | Q(edition_drafter_id__gt=me) | Q(edition_drafter_id__isnull=True)
        )
        for chain, table in disclosure.CHAINS.items():
            kinds = [k.key for k in disclosure.KINDS.values() if k.chain == chain]
            for row in table.rows:
                here = Q(edition_state=row.source, kind__in=kinds, agency_id__in=self.ids(row.power))
                if lane == "review" and row.verb in REVIEWS:
                    q |= here & others
                elif lane == "next" and row.verb == "publish":
                    q |= here
        if lane in ("next", "returned"):
            mine = Q(edition_state="draft", edition_drafter_id=me, agency_id__in=self.ids("document.edit"))
            back = Q(pk__in=list(self.returned_documents()))
            # What the platform drafted is nobody's yet: whoever may edit it takes it up.
            ours = Q(
                edition_state="draft",
                edition_drafter_id__isnull=True,
                agency_id__in=self.ids("document.edit"),
            )
            q = q | (mine & ~back) | ours if lane == "next" else mine & back | self._suspect()
        return disclosure.find("document").where_q(q).order("-pk")

    def _suspect(self) -> Q:
        """What is public and in which the last sweep found personal data: the organ's clerk corrects it, the signer withdraws it."""
        organs = {*self.ids("document.edit"), *self.ids("document.withdraw")}
        return Q(state="live", agency_id__in=sorted(organs)) & ~Q(suspect="")

    def returned_documents(self) -> dict[int, str]:
        """My drafts whose last word was a return: id → the comment."""
        if not hasattr(self, "_back"):
            mine = list(
                disclosure.find("edition", state="draft", drafter_id=self.person.pk).values("document_id")
            )
            acts = find(
                "act", subject_type="document", subject_id__in=[str(i) for (i,) in mine[:500]],
                verb__in=("document.return", "document.submit", "document.draft_correction"),
            )  # fmt: skip
            last: dict[int, tuple[str, Mapping[str, Any]]] = {}
            for subject, verb, payload in acts.values("subject_id", "verb", "payload"):
                last[int(subject)] = (verb, payload or {})
            self._back = {
                i: str(said.get("comment", "")) for i, (v, said) in last.items() if v == "document.return"
            }
        return self._back

    def document_tasks(self, rows: tuple[Any, ...]) -> list[Task]:
        """Documents as lines of the queue, with the state of the edition that is being worked on."""
        states = {
            d: (state, at, name, digest)
            for d, state, at, name, digest in disclosure.find("edition", document_id__in=[r.id for r in rows])
            .where_q(~Q(state="discarded")).order("number").values("document_id", "state", "drafted_at", "drafter_name", "digest")
        }  # fmt: skip
        tasks = []
        for r in rows:
            state, at, name, digest = states.get(r.id, ("draft", None, "", ""))
            kind = _(disclosure.KINDS[r.kind].title)
            waited = -self.days.left(at.astimezone(SHANGHAI).date()) if at else 0
            chip = Chip(
                "none",
                "back" if r.id in self.returned_documents() else "file",
                _("等 %d 日") % waited if waited > 0 else _("今天"),
                kind,
            )
            drafted = _("起草 %s") % name if name else _("没有起草人")
            note = [_(disclosure.STATES[state]), r.agency_name, drafted]
            if r.id in self.returned_documents():
                note = [_("退回意见：%s") % self.returned_documents()[r.id]]
            button = _("去改") if r.id in self.returned_documents() else _next_word(state)
            if r.state == "live" and r.suspect:
                chip, note, button = Chip("over", "warn", _("复查"), kind), [r.suspect], _("去处理")
            tasks.append(
                Task(
                    "document",
                    chip,
                    r.title,
                    reverse("desk:document", args=[r.id]),
                    " · ".join(note),
                    button,
                    f"{r.id}:{digest}" if state in _IN_REVIEW and r.origin_type != "table" else "",
                )
            )
        return tasks

    # --- duties ------------------------------------------------------------------------------------------------
    def duties(self, until: Any) -> Any:
        """Open duties of my organs, soonest first; the rows that wait with one batch are one line."""
        organs = sorted({*self.ids("document.draft"), *self.ids("duty.assign")})
        found = disclosure.find(
            "duty_instance", publication_id__isnull=True, evidence__isnull=True, due_on__lte=until, agency_id__in=organs
        ).order("due_on", "pk")  # fmt: skip
        if self._batches is None:
            rows = found.where(origin_type="batch").values("pk", "origin_id")
            self._batches, first = {}, dict[str, int]()
            for pk, paper in rows:
                line = first.setdefault(paper, pk)
                self._batches[line] = (int(paper), self._batches.get(line, (0, 0))[1] + 1)
        alone = Q(origin_type__isnull=True) | ~Q(origin_type="batch")
        return found.where_q(alone | Q(pk__in=list(self._batches)))

    def reminders(self) -> list[Task]:
        """Columns about to fall silent, which belong to the site and so to the office that keeps it; places of my organs
        that got nothing for a quarter. Few, and never paged."""
        if self._reminders is None:
            columns = (
                silent_columns(self.days.today) if self.organ is None and self.ids("duty.assign") else []
            )
            places = oversight.Copies.overdue(self.ids("register.add"), self.days.ahead(_DUTY_DAYS))
            self._reminders = [self.column_task(*c) for c in columns] + [self.place_task(*p) for p in places]
        return self._reminders

    def place_task(self, place: Any, due: date) -> Task:
        """A place that waits for copies as a line of the queue."""
        note = _("%s · 一个季度没有送交，已有新公开的文件（条例第二十五条）") % place.agency.short_name
        title = _("向%s送交公开文件") % place.name
        return Task(
            "duty", self.days.until(due), title, reverse("desk:place", args=[place.pk]), note, _("去送交")
        )

    def column_task(self, column: disclosure.Column, last: date, falls: date) -> Task:
        """A column about to fall silent as a line of the queue."""
        kind = next((k.key for k in disclosure.KINDS.values() if k.column == column.key and not k.origin), "")
        note = _("最近一条 %(last)s；检查指标要求%(days)s天内有更新（国办秘函〔2019〕19号）") % {
            "last": self.days.said(last), "days": column.cycle_days,
        }  # fmt: skip
        title, chip = _("栏目“%s”要更新") % _(column.title), self.days.until(falls)
        if self.ids("document.draft"):
            return Task("duty", chip, title, f"{reverse('desk:document-new')}?kind={kind}", note, _("去公开"))
        return Task("duty", chip, title, f"{reverse('desk:documents')}?kind={kind}", note, _("查看"))

    def duty_task(self, row: Any) -> Task:
        """A duty as a line of the queue."""
        mine = row.duty.agency_id in self.reach.ids("document.draft")
        note = f"{row.duty.agency_short_name} · {_(row.duty.cadence_name)}"
        if mine:
            note += f" · {row.duty.basis}"
        title, button = row.title, _("去公开") if mine else _("查看")
        page = "desk:round" if row.duty.task == "appraisal" else "desk:duty"
        address = reverse(page, args=[row.id])
        if row.document_id and mine:  # the paper is there: what is left is to bring it through its review
            address = reverse("desk:document", args=[row.document_id])
        if row.id in (self._batches or {}):  # one line for all the rows: its batch is where to go
            paper, many = self._batches[row.id]  # type: ignore[index]
            title = _("%(title)s 等 %(n)d 行，按批送审") % {"title": row.title, "n": many}
            address = reverse("desk:document", args=[paper])
        return Task("duty", self.days.until(row.due_on), title, address, note, button)

    def rounds(self) -> Any:
        """Yearly rounds in which papers wait for my decision, from two months before they are due."""
        waiting = disclosure.find("appraisal", after="", agency_id__in=self.ids("paper.decide"))
        self._left = waiting.where(due_on__lte=self.days.today + timedelta(days=_ROUND_DAYS)).group(
            "instance_id"
        )
        return disclosure.find("duty_instance", pk__in=list(self._left)).order("due_on", "pk")

    def round_task(self, row: Any) -> Task:
        """A round as a line of the queue."""
        note = f"{row.duty.agency_short_name} · {_('还有 %d 份没有定') % self._left[row.id]}"
        chip, where = self.days.until(row.due_on), reverse("desk:round", args=[row.id])
        return Task("duty", chip, _(row.duty.title), where, note, _("去评估"))

    # --- secrecy marks -----------------------------------------------------------------------------------------
    def count_alarms(self) -> int:
        """How much was stopped because of a secrecy mark and waits for me to acknowledge it."""
        mine = sorted(self.reach.ids("secrecy.acknowledge"))
        return (
            disclosure.find("secrecy_alarm", agency_id__in=mine, seen_at__isnull=True).count() if mine else 0
        )


def _next_word(state: str) -> str:
    """The button's word for a document whose working edition stands there."""
    words = {
        "draft": _("送审"),
        "submitted": _("审核"),
        "head_done": _("审核"),
        "secrecy_done": _("签发"),
        "approved": _("发布"),
    }
    return words.get(state, _("查看"))


def desk_of(request: HttpRequest, organ: int | None = None, kind: str = "") -> Desk:
    """The asking person's desk."""
    return Desk(request.user, reach_of(request), days_of(request), organ, kind)


def fill(desk: Desk, only: str = "", number: int = 1) -> list[Lane]:
    """Every lane with its count and first tasks, or one lane page by page."""
    made = [Lane(key, *words) for key, words in LANES.items() if not only or key == only]
    for lane in made:
        size = _PAGE if only else _SHOWN
        if desk.kind in ("", "case") and lane.key != "duties":
            rows = _page(lane, desk.cases(lane.key), number, size)
            lane.tasks += [desk.case_task(c) for c in rows]
        if desk.kind in ("", "document") and lane.key in ("next", "review", "returned"):
            lane.tasks += desk.document_tasks(_page(lane, desk.documents(lane.key), number, size))
        if desk.kind in ("", "duty") and lane.key == "next":
            lane.tasks += [desk.round_task(r) for r in _page(lane, desk.rounds(), number, size)]
        if desk.kind in ("", "duty") and lane.key == "duties":
            rows = _page(lane, desk.duties(desk.days.ahead(_DUTY_DAYS)), number, size)
            lane.tasks += [desk.duty_task(r) for r in rows]
            lane.count += len(desk.reminders())
            lane.tasks += desk.reminders() if number == 1 else []
    return made


def _page(lane: Lane, found: Any, number: int, size: int) -> tuple[Any, ...]:
    page = found.page(number, size)
    lane.count += page.total
    lane.pages = max(lane.pages, page.last)
    return page.rows if page.number == number else ()


def waiting(request: HttpRequest) -> int:
    """How many things wait: the number on the first seal of every page."""
    known = getattr(request, "_waiting", None)
    if known is not None:
        return known
    desk = desk_of(request)
    total = desk.count_cases()
    total += sum(desk.documents(lane).count() for lane in ("next", "review", "returned"))
    total += desk.rounds().count() + desk.count_alarms()
    return total + desk.duties(desk.days.ahead(_DUTY_DAYS)).count() + len(desk.reminders())
