"""State secrets never enter: what bears a secrecy mark is refused before it is kept, and the secrecy officer is told at once.

Nothing of the text stays: the Act and the alarm name who, when, where and a digest. A paper whose secrecy was lifted passes
with the decision that lifted it. Source: 保守国家秘密法；条例第十四条、第十七条.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from typing import Any, ClassVar

from django.db import transaction

from mingtang.disclosure.checks.marks import SECRETS
from mingtang.disclosure.checks.run import check as run_checks
from mingtang.disclosure.checks.types import Finding, Line, Reading
from mingtang.disclosure.judging import judge_file, judge_values
from mingtang.disclosure.models import Document, SecrecyAlarm
from mingtang.law.api import Refused
from mingtang.ledger.api import SHANGHAI, Agency, Deed, FileRow, Person, enqueue, find, may, record
from mingtang.ledger.api import take as ledger_take

# 密级 and the marks of inside papers (工作秘密): neither comes in.
MARKS = ("meta.secrecy", "meta.internal")
LIFTED = "《国家秘密解密暂行办法》：解密须有解密决定"
_WORTH_READING = re.compile(r"密|内部|外传|注意保存")


@dataclass(frozen=True)
class Stopped(Refused):
    """Refused because of a secrecy mark: whoever shows it shows nothing of what was typed or sent."""


@dataclass(frozen=True)
class Declassified:
    """The decision that lifted a paper's secrecy: its number, day and organ, and the file that proves it."""

    number: str
    on: date | None
    organ: str
    file: FileRow | None
    name: str = ""

    def fault(self, today: date) -> Refused | None:
        """Why this is no decision to go by: a part is missing, or its day is still to come."""
        parts = {"文号": self.number.strip(), "日期": self.on, "机关": self.organ.strip(), "文件": self.file}
        if missing := [label for label, value in parts.items() if not value]:
            return Refused(
                f"解密决定缺少：{'、'.join(missing)}",
                LIFTED,
                "四项都要有：文号、日期、作出决定的机关、决定的文件",
            )
        if self.on is not None and self.on > today:
            return Refused(f"解密决定的日期{self.on}还没有到", LIFTED, "解密之后再起草")
        return None

    def kept(self) -> dict[str, str]:
        """As the document keeps it and its Act tells it."""
        assert self.file is not None
        return {
            "number": self.number.strip()[:80], "on": str(self.on), "organ": self.organ.strip()[:120], "digest": self.file.digest,
            "name": self.name[:200],
        }  # fmt: skip


def marked(values: Mapping[str, Any], files: Iterable[tuple[str, FileRow]] = ()) -> bool:
    """Does anything of this bear a secrecy mark: text, fields, a file's name, a kept file's text?

    ``values``: an edition's fields, its text as it would be kept.
    """
    if _WORTH_READING.search(unescape(str(list(values.values())))) and judge_values(values, MARKS):
        return True
    return any(names_mark((name,)) or _bears(judge_file(name, f.digest)) for name, f in files)


def names_mark(texts: Iterable[str]) -> bool:
    """Does one of these short texts (cells, names) bear a mark, each by itself?"""
    worth = (t for t in texts if _WORTH_READING.search(t))
    return any(
        run_checks(
            Reading("", "text/plain", tuple(Line(n, x) for n, x in enumerate(t.splitlines(), 1))), MARKS
        )
        for t in worth
    )


def _bears(findings: Iterable[Finding]) -> bool:
    return any(f.code in MARKS for f in findings)


def digest_of(values: Mapping[str, Any], files: Sequence[tuple[str, FileRow]] = ()) -> str:
    """What the Act calls the thing that was stopped: the one file's SHA-256, else that of everything together."""
    if len(files) == 1 and not values:
        return files[0][1].digest
    whole = repr(sorted(values.items())) + repr([(name, f.digest) for name, f in files])
    return hashlib.sha256(whole.encode()).hexdigest()


def stop(
    by: Person,
    at: datetime,
    agency: Agency | int | None,
    where: str,
    digest: str,
    stored: Collection[str] = (),
) -> Stopped:
    """Refuse it, remove what was stored of it, record who, when and which digest, and alarm the organ's secrecy officer.

    ``where``: draft | upload | word | import. ``stored``: digests of files kept on the way here; one that something else
    refers to stays. One transaction of its own: call it outside the verb's, which changes nothing.
    """
    judge_file.cache_clear()
    with transaction.atomic():
        organ = _organ(agency, by)
        purged = sum(
            bool(ledger_take(None, "purge", by=None, at=at, digest=d)) for d in dict.fromkeys(stored)
        )
        alarm = SecrecyAlarm.objects.create(
            organ=organ, agency=_alarmed(organ, at), person=by, at=at, place=where, digest=digest
        )
        facts = {"where": where, "digest": digest, "purged": purged}
        record(Deed("secrecy.stop", "secrecy_alarm", str(alarm.pk), at, by, organ, SECRETS, facts))
        enqueue("secrecy.stopped", {"alarm": alarm.pk}, at)
    return Stopped(
        "带有密级标志或内部标志，没有收进来；已经告知保密审查员",
        SECRETS,
        "请立即停止处理，按保密规定保管原件；已解密的，起草时附上解密决定；不是密件的，改掉像密级标志的写法",
    )


def _organ(agency: Agency | int | None, by: Person) -> Agency:
    """The organ where it happened; without one, that of the person's first appointment."""
    if isinstance(agency, Agency):
        return agency
    if agency is None:
        agency = find("appointment", person_id=by.pk).one().agency_id
    return find("agency", pk=agency).one()


def _alarmed(organ: Agency, at: datetime) -> Agency:
    """The nearest organ upwards that has a secrecy officer today; the organ itself when none has."""
    line = [int(pk) for pk in organ.path.strip("/").split("/") if pk]
    day = at.astimezone(SHANGHAI).date()
    found = {a.agency_id for a in find("appointment", role="secrecy", agency_id__in=line) if a.serves(day)}
    nearest = next((pk for pk in reversed(line) if pk in found), organ.pk)
    return find("agency", pk=nearest).one()


def stopped_draft(
    by: Person, at: datetime, agency: Agency, values: Mapping[str, Any], files: Sequence[tuple[str, FileRow]], lifted: bool
) -> Stopped | None:  # fmt: skip
    """The answer to a draft that bears a mark and whose secrecy nobody lifted; None when it may be kept."""
    if lifted or not marked(values, files):
        return None
    held = [f.digest for _name, f in files]
    return stop(by, at, agency, "draft", digest_of(values, files), held)


def declassify(document: Document, decision: Declassified, by: Person, at: datetime) -> None:
    """Keep the decision with its document, with an Act. Inside the verb's transaction."""
    document.declassified = decision.kept()
    document.save(update_fields=["declassified"])
    record(
        Deed("document.declassify", "document", str(document.pk), at, by, document.agency_id, LIFTED, document.declassified)
    )  # fmt: skip


class Secrecy:
    """What the desk asks about secrecy marks: does a file bear one, stop it, acknowledge an alarm."""

    PLACES: ClassVar = dict(SecrecyAlarm.PLACES)
    MEASURES: ClassVar = dict(SecrecyAlarm.MEASURES)

    @staticmethod
    def marks(name: str, reading: Reading | None = None) -> bool:
        """Does a file that was read, or its name, bear a mark?"""
        return names_mark((name,)) or (reading is not None and bool(run_checks(reading, MARKS)))

    @staticmethod
    def stop(by: Person, at: datetime, agency: Agency | int | None, where: str, content: bytes) -> Stopped:
        """Refuse an upload that was never stored; see ``stop``."""
        return stop(by, at, agency, where, hashlib.sha256(content).hexdigest())

    @staticmethod
    def acknowledge(alarm: int, *, by: Person, at: datetime, measure: str) -> Refused | None:
        """The secrecy officer has seen an alarm and says, from a list, what was done. Refused for others and a second time."""
        with transaction.atomic():
            held = SecrecyAlarm.objects.select_for_update(of=("self",)).filter(pk=alarm).first()
            if held is None:
                return Refused("没有这条告警", SECRETS, "请从告警页重新打开")
            if not (verdict := may(by, "secrecy.acknowledge", held)):
                return Refused(verdict.why, verdict.basis, "请本单位保密审查员办理")
            if held.seen_at is not None:
                return Refused("这条告警已经处置过", SECRETS, "不需要再办")
            if measure not in Secrecy.MEASURES:
                return Refused("没有写明怎样处置", SECRETS, "请从列表中选择")
            held.seen_by, held.seen_at, held.measure = by, at, measure
            held.save(update_fields=["seen_by", "seen_at", "measure"])
            facts = {"measure": measure}
            with verdict.standing():
                record(
                    Deed(
                        "secrecy.acknowledge",
                        "secrecy_alarm",
                        str(alarm),
                        at,
                        by,
                        held.organ_id,
                        SECRETS,
                        facts,
                    )
                )
        return None
