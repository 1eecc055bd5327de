"""What the text says of a figure against what the table says.

A statement is compared only when it plainly speaks of the whole report's figure: sentences about one channel, one
office, another year or a part ("其中") are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from mingtang.oversight.reports.audit.claims import (
    ABOUT_DISCLOSURE,
    ACTIVE,
    APPLICANTS,
    CARRIED_IN,
    CARRIED_OUT,
    CHARGE,
    CONCLUDED,
    DISPUTE,
    GOVERNMENT,
    NARROW,
    NEAR,
    NOT_REQUESTS,
    OFFICE,
    OTHER_REQUESTS,
    OUTCOME_WORDS,
    OUTCOMES,
    PART,
    PLACE,
    RECEIVED,
    RESULTS,
    RESULTS_2014,
    SENTENCE,
    SHEET_2014,
    Claim,
    claims,
)
from mingtang.oversight.reports.audit.figures import Sheet
from mingtang.oversight.reports.audit.reading import Finding, Severity
from mingtang.oversight.reports.audit.stream import Stream

# What a figure of requests received may be in table 3; only the first is right.
FIRST, BOTH = "第一项", "第一项加第二项"
ITEMS = {FIRST: ("new_received",), BOTH: ("new_received", "carried_in"), "办理总计": ("processed_total",)}
INCLUDED = re.compile(r"(?:含|包括|包含|加上?|其中)[^，。；]{0,6}(?:结转|转结)")


def against_table(sheet: Sheet, prose: Stream, year: int | None, organ: str = "") -> list[Finding]:
    """Every plain statement that differs from the table's figure; ``organ``: whose report it is."""
    judge = _Judge(sheet, prose, year, organ)
    findings: list[Finding] = []
    for sentence in SENTENCE.finditer(prose.text):
        if sheet.form.edition == "2014":
            findings += judge.sentence_2014(sentence.start(), sentence.end())
        else:
            findings += judge.sentence_matrix(sentence.start(), sentence.end())
    return findings


class _Judge:
    """The table's figures, asked about one sentence at a time."""

    def __init__(self, sheet: Sheet, prose: Stream, year: int | None, organ: str) -> None:
        self.sheet, self.prose, self.year, self.organ = sheet, prose, year, organ
        self.values = sheet.values

    def sum(self, codes: Iterable[str]) -> Decimal | None:
        """A sum of cells, None when any is not known."""
        total = Decimal(0)
        for code in codes:
            value = self.values.get(code)
            if value is None:
                return None
            total += value
        return total

    def own(self, start: int, at: int) -> bool:
        """Does the sentence, up to there, speak of the whole report's figure for its own year?"""
        before = self.prose.text[start:at]
        clause = re.split(r"[，,:：]", before)[-1]
        years = {int(y) for y in re.findall(r"(20\d\d)年", before)}
        whole = not PART.search(clause) and "其中" not in before and not self.elsewhere(before)
        return whole and not (self.year and years - {self.year})

    def elsewhere(self, before: str) -> bool:
        """Does it name another place than the report's own?"""
        return any(m["name"] not in self.organ for m in PLACE.finditer(before)) if self.organ else False

    def scoped(self, start: int, at: int) -> bool:
        """Does nothing before it in the sentence narrow it to one office or turn to another year? 其中 may stand."""
        before = self.prose.text[start:at]
        years = {int(y) for y in re.findall(r"(20\d\d)年", before)}
        here = not NARROW.search(before) and not self.elsewhere(before)
        return here and not (self.year and years - {self.year})

    def of_requests(self, start: int, end: int) -> bool:
        """Is the sentence about requests for information: by its own words, or by those just before it?"""
        text = self.prose.text[start:end]
        if NOT_REQUESTS.search(text):
            return False
        outcomes = len(set(OUTCOME_WORDS.findall(text)))
        said = bool(ABOUT_DISCLOSURE.search(self.prose.text[max(0, start - 2 * NEAR) : end]))
        return "申请" in text or outcomes >= 2 or (said and (outcomes > 0 or "办结" in text))

    def disclosure(self, start: int, at: int) -> bool:
        """Is it about requests for information: said in the sentence, or just before it?"""
        return bool(ABOUT_DISCLOSURE.search(self.prose.text[max(0, min(start, at - NEAR)) : at]))

    def sentence_matrix(self, start: int, end: int) -> list[Finding]:
        """The 2019 and 2021 forms."""
        findings = [*self.received(start, end), *self.disputes(start, end)]
        if self.of_requests(start, end):
            findings += self.simple(start, end, CARRIED_IN, "t3.carried_in.total", "上年结转", "error")
            findings += self.simple(start, end, CARRIED_OUT, "t3.carried_out.total", "结转下年度", "error")
            findings += self.concluded(start, end)
            findings += self.outcomes(start, end)
        findings += self.charge(start, end)
        for code, pattern in ACTIVE:
            findings += self.simple(start, end, pattern, code, self.sheet.form.cells[code].title if code in self.sheet.form.cells else "", "warning")  # fmt: skip
        return findings

    def charge(self, start: int, end: int) -> Iterator[Finding]:
        """行政事业性收费 n 元（万元）against table 2, which counts in 万元: the same digits in another unit are an error."""
        figure = self.sheet.figures.get("t2.charge.amount")
        if figure is None or figure.value is None:
            return
        for match in CHARGE.finditer(self.prose.text, start, end):
            printed, unit = Decimal(match[1].replace(",", "")), match[2]
            said = printed * {"元": Decimal("0.0001"), "万元": Decimal(1), "亿元": Decimal(10000)}[unit]
            if abs(said - figure.value) <= Decimal("0.01") or not self.own(start, match.start()):
                continue
            slipped = printed == figure.value
            claim = Claim(said, match[0][match.start(1) - match.start() :], match.start(1), match.end())
            message = f"文中写行政事业性收费 {claim.printed}，表中是 {figure.value} 万元" + (
                "，数字相同而单位不同。" if slipped else "。"
            )
            yield self.finding(
                "error" if slipped else "warning", [claim], [f"{figure.value}万元"], message, "文中收费金额 = 表二收费金额（万元）"
            )  # fmt: skip

    def sentence_2014(self, start: int, end: int) -> list[Finding]:
        """The 2014 sheet: one cell a statement."""
        findings: list[Finding] = []
        text = self.prose.text[start:end]
        if "申请" in text and not NOT_REQUESTS.search(text):
            findings += self.simple(start, end, RECEIVED, "3.1", "收到申请数", "error")
        confirmed = self.confirmed(start, end)
        for code, how, pattern in SHEET_2014:
            level: Severity = "error" if how == "error" or (how == "of_requests" and confirmed) else "warning"
            if how == "of_requests" and not self.of_requests(start, end):
                continue
            findings += self.simple(start, end, pattern, code, self.sheet.form.cells[code].title, level, how)
        return [*findings, *self.disputes(start, end)]

    def confirmed(self, start: int, end: int) -> bool:
        """Does the sentence, or the one before, give the sheet's own total of requests?"""
        known = {self.values.get(code) for code in ("3.1", "3.2", "3.3")} - {None}
        low = max(0, start - NEAR)
        heads = (claim for p in (RECEIVED, CONCLUDED) for claim in claims(p, self.prose.text, low, end))
        return any(head.value in known for head in heads)

    def simple(
        self,
        start: int,
        end: int,
        pattern: re.Pattern[str],
        code: str,
        title: str,
        severity: Severity,
        how: str = "",
    ) -> Iterator[Finding]:
        """One statement, one cell."""  # fmt: skip
        figure = self.sheet.figures.get(code)
        if figure is None:
            return
        for claim in claims(pattern, self.prose.text, start, end):
            allowed = figure.options if figure.value is None else {figure.value}
            carried = "结转" in title
            if pattern is RECEIVED and not self.request(start, claim):
                continue
            if code.startswith("t2.") and OFFICE.search(
                self.prose.text[max(start, claim.start - 40) : claim.start]
            ):
                continue
            whole = self.scoped if how in ("of_requests", "channel") else self.own
            if not allowed or claim.value in allowed or not (carried or whole(start, claim.start)):
                continue
            shown = figure.printed or "、".join(sorted(str(o) for o in allowed)[:4])
            yield self.finding(
                severity,
                [claim],
                [shown],
                f"文中写{title} {claim.printed}，表中是 {shown}。",
                f"文中{title} = 表中{title}",
            )

    def received(self, start: int, end: int) -> Iterator[Finding]:
        """收到申请 n 件, with the applicants that follow, against the first item of table 3."""
        if NOT_REQUESTS.search(self.prose.text[start:end]):
            return
        for head in list(claims(RECEIVED, self.prose.text, start, end))[:1]:
            if not self.own(start, head.start) or not self.request(start, head):
                return
            said = {"total": head}
            for column, pattern in APPLICANTS:
                for claim in list(claims(pattern, self.prose.text, head.end, end))[:1]:
                    said[column] = claim
            tables = {name: {c: self.sum(f"t3.{row}.{c}" for row in wanted) for c in said} for name, wanted in ITEMS.items()}  # fmt: skip
            first = tables[FIRST]
            if all(first[c] in (None, claim.value) for c, claim in said.items()):
                return
            fitting = (n for n in tables if all(tables[n][c] == claim.value for c, claim in said.items()))
            yield from self.other_item(start, end, said, first, next(fitting, ""))

    def other_item(
        self, start: int, end: int, said: dict[str, Claim], first: dict[str, Decimal | None], other: str
    ) -> Iterator[Finding]:
        """A figure received that is not the first item's; ``other``: what it is instead, if anything."""
        text, head = self.prose.text[start:end], self.prose.text[start : said["total"].start]
        verbs = re.findall(r"收到|新收|受理|接收|接到|收悉", head)
        fresh = verbs[-1:] == ["新收"] or head.endswith("新收到")
        counted_in = re.search(r"结转|转结|上年度?未", text) and not (fresh and not INCLUDED.search(text))
        if other == BOTH and counted_in:
            return
        took_in = bool(other) and verbs[-1:] == ["受理"]
        # 市政府收到 … may mean the government's own office where the table counts every department.
        own_office = GOVERNMENT.search(head) and not re.search(r"全|各", head)
        wrong = [(claim, first[c]) for c, claim in said.items() if first[c] not in (None, claim.value)]
        printed = "、".join(claim.printed for claim, _ in wrong)
        table = "、".join(str(value) for _, value in wrong)
        why = f"它等于表中{other}，收到的申请应当只计本年新收" if other else "两处应当相等"
        yield self.finding(
            "warning" if took_in or own_office else "error",
            [claim for claim, _ in wrong],
            [str(value) for _, value in wrong],
            f"文中写收到申请 {printed} 件，表三第一项（本年新收）对应的是 {table}；{why}。",
            "文中收到申请数 = 表三第一项",
        )

    def request(self, start: int, head: Claim) -> bool:
        """Is this 申请 a request for information?"""
        clause = re.split(r"[，,]", self.prose.text[start : head.start])[-1]
        return not OTHER_REQUESTS.search(clause) and self.disclosure(start, head.end + 20)

    def concluded(self, start: int, end: int) -> Iterator[Finding]:
        """办结、答复 n 件: any reading of the table that yields the number is accepted."""
        total = self.values.get("t3.processed_total.total")
        if total is None or not self.disclosure(start, end):
            return
        new, carried = self.values.get("t3.new_received.total"), self.values.get("t3.carried_in.total")
        sent_away = self.sum(c for c in self.sheet.figures if re.fullmatch(r"t3\.np\..*\.total", c))
        accepted = {total, new, new + carried if new is not None and carried is not None else None}
        accepted.add(total - sent_away if sent_away is not None else None)
        for claim in claims(CONCLUDED, self.prose.text, start, end):
            around = self.prose.text[max(start, claim.start - 14) : claim.end + 3]
            part = re.search(
                r"其中|按时|延期|结转|顺延|转(?:至|入|到)?(?:下|次|明|20)|部分|不予|予以公开|无法|复议|诉讼|规范性文件|当场",
                around,
            )
            if claim.value in accepted or part or not self.own(start, claim.start):
                continue
            yield self.finding(
                "error", [claim], [str(total)], f"文中写办结（答复）{claim.printed} 件，表三办理结果总计是 {total}。", "文中办结数 = 表三第三项总计"
            )  # fmt: skip

    def outcomes(self, start: int, end: int) -> Iterator[Finding]:
        """予以公开 n 件 and its like against the row, or the sum of the group's rows.

        An error where the sentence's own head figure is the table's, so that both speak of the same whole.
        """
        known = {self.values.get(f"t3.{row}.total") for row in ("new_received", "processed_total")} - {None}
        heads = [
            *claims(RECEIVED, self.prose.text, start, end),
            *claims(CONCLUDED, self.prose.text, start, end),
        ]
        confirmed = any(head.value in known for head in heads)
        for title, prefix, pattern in OUTCOMES:
            codes = [c for c in self.sheet.form.cells if c.endswith(".total") and _of(c, prefix)]
            value = self.sum(codes)
            for claim in claims(pattern, self.prose.text, start, end):
                if value is None or claim.value == value or not self.scoped(start, claim.start):
                    continue
                if "其中" in self.prose.text[start : claim.start] and not confirmed:
                    continue
                message = f"文中写{title} {claim.printed} 件，表三对应的是 {value}。"
                severity: Severity = "error" if confirmed else "warning"
                yield self.finding(severity, [claim], [str(value)], message, f"文中{title} = 表三{title}")

    def disputes(self, start: int, end: int) -> Iterator[Finding]:
        """行政复议、行政诉讼 n 件 with the results that follow, against table 4."""
        heads = [
            (claim, word)
            for word, pattern in DISPUTE.items()
            for claim in claims(pattern, self.prose.text, start, end)
        ]
        heads.sort(key=lambda head: head[0].start)
        for i, (head, word) in enumerate(heads):
            stop = heads[i + 1][0].start if i + 1 < len(heads) else end
            said = {"total": head}
            for column, pattern in RESULTS:
                for claim in list(claims(pattern, self.prose.text, head.end, stop))[:1]:
                    said[column] = claim
            readings = self.dispute_rows(word, said)
            if any(all(r[c] in (None, claim.value) for c, claim in said.items()) for r in readings):
                continue
            if not self.dispute_of_disclosure(start, head) or not self.own(start, head.start):
                continue
            yield self.dispute(word, said, readings[0])

    def dispute_rows(self, word: str, said: dict[str, Claim]) -> list[dict[str, Decimal | None]]:
        """The table's figures that the sentence may mean, the most likely first."""
        if self.sheet.form.edition == "2014":
            cells = RESULTS_2014[word]
            return [{c: self.values.get(cells[c]) if c in cells else None for c in said}]
        both = [("direct", "after"), ("direct",), ("after",)]
        rows = [("reconsideration",)] if word == "行政复议" else both
        return [{c: self.sum(f"t4.{row}.{c}" for row in group) for c in said} for group in rows]

    def dispute_of_disclosure(self, start: int, head: Claim) -> bool:
        """A report may tell of other disputes too: this sentence, or the one before, must say which it means."""
        text = self.prose.text
        before = re.split(r"[。；;]", text[max(0, start - 2 * NEAR) : max(0, start - 1)])[-1]
        said_before = ABOUT_DISCLOSURE.search(before) and re.search("复议|诉讼", before)
        return bool(ABOUT_DISCLOSURE.search(text[start : head.start]) or said_before) and (
            "涉及" not in text[head.end : head.end + 6]
        )

    def dispute(self, word: str, said: dict[str, Claim], table: dict[str, Decimal | None]) -> Finding:
        wrong = [(claim, table[c]) for c, claim in said.items() if table[c] not in (None, claim.value)]
        printed, held = "、".join(c.printed for c, _ in wrong), "、".join(str(v) for _, v in wrong)
        pending = table.get("pending") or self.sum(
            f"t4.{row}.pending"
            for row in (("reconsideration",) if word == "行政复议" else ("direct", "after"))
        )
        total = table["total"]
        concluded = (
            len(wrong) == 1
            and total is not None
            and pending is not None
            and said["total"].value == total - pending
        )
        return self.finding(
            "warning" if concluded else "error",
            [claim for claim, _ in wrong],
            [str(v) for _, v in wrong],
            f"文中写{word} {printed} 件，表中对应的是 {held}。"
            + ("差数等于尚未审结的件数。" if concluded else ""),
            f"文中{word}数 = 表中{word}数",
        )

    def finding(
        self, severity: Severity, stated: list[Claim], table: list[str], message: str, relation: str
    ) -> Finding:
        """One finding: the prose's figures, then the table's."""
        return Finding(
            "table.prose",
            severity,
            self.prose.place(stated[0].start, stated[-1].end),
            message,
            (*(claim.printed for claim in stated), *table),
            relation,
            "请核对台账，把文中和表中的数改成一致；口径不同的，在文中写明。",
        )


def _of(code: str, prefix: str) -> bool:
    """t3.other.total is one row in 2019; t3.other.misc.total one of three in 2021; not t3.x.other."""
    return code == f"{prefix}.total" or code.startswith(prefix if prefix.endswith(".") else f"{prefix}.")
