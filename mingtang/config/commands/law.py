"""``mingtang law``: due dates, fees and norms on the command line and for other systems. No Django, no database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click

from mingtang.config.commands.law_cases import (
    DAY,
    KEYS,
    BadInput,
    Given,
    answer_case,
    because_json,
    case_of,
    day_of,
    deadline_json,
    line_of,
    lines_of,
    refused_json,
)
from mingtang.law.api import (
    Deadline,
    Fee,
    Law,
    Norm,
    NormFile,
    Notice,
    Outcome,
    Refused,
    calendar,
    lint,
    on,
    parse_norms,
    parse_notice,
    reference,
)

CASES = Path(__file__).parents[3] / "tests" / "law" / "cases"


@click.group(help="Deadlines, fees and norms of the Regulation, with reasons. Needs no database.")
def law() -> None:
    """The group; each command says its own use."""


def _later(command: Any) -> Any:
    """The options that bring in what arrived later."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    command = click.option("--norms", multiple=True, type=file, help="A city's own norms (YAML).")(command)
    return click.option("--notices", multiple=True, type=file, help="A holiday notice as pasted text.")(
        command
    )


def _json(command: Any) -> Any:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")(command)


@law.command()
@click.option("--received", help="The day it reached the organ, YYYY-MM-DD.")
@click.option("--channel", help="in_person oral post_signed post_plain online fax")
@click.option(
    "--step", "steps", multiple=True, metavar="NAME=DATE", help="What happened since; may be repeated."
)
@click.option("--today", help="To tell whether a wait has run out.")
@click.option("--batch", type=click.File("rb"), help="JSON Lines in, JSON Lines out; - is standard input.")
@_later
@_json
def due(
    received: str | None,
    channel: str | None,
    steps: tuple[str, ...],
    today: str | None,
    batch: BinaryIO | None,
    notices: tuple[Path, ...],
    norms: tuple[Path, ...],
    as_json: bool,
) -> None:
    """When an answer is due, and why."""
    if batch is not None:
        if received or channel or steps or today:
            raise click.UsageError(
                "--batch takes its cases from the lines; leave out --received, --channel, --step, --today."
            )
        _batch(batch, _given(notices, norms, True))
        return
    if received is None or channel is None:
        raise click.UsageError("--received and --channel are needed (or --batch -).")
    rows = []
    for text in steps:
        name, equals, day = text.partition("=")
        if not equals:
            raise click.UsageError(f"--step {text!r}: write NAME=DATE, for example extend=2026-03-20.")
        rows.append({"step": name, "on": day})
    given = _given(notices, norms, as_json)
    case = {"received": received, "channel": channel, "steps": rows, "today": today}
    try:
        answer = answer_case(case, given)
    except BadInput as bad:
        _fail(bad.refused, as_json)
    if as_json:
        _emit(deadline_json(answer))
        return
    _say(answer)


def _say(answer: Deadline) -> None:
    """A deadline as a person reads it."""
    if answer.due_on is None:
        click.echo("没有届满日" + ("（申请视为放弃）" if answer.state == "lapsed" else "（期限停止计算）"))
    else:
        click.echo(f"{answer.due_on}" + ("" if answer.firm else "（预计）"))
    for n, reason in enumerate(answer.because, 1):
        click.echo(f"{n}. {reason.text}〔{reason.basis}〕")


def _given(notices: tuple[Path, ...], norms: tuple[Path, ...], as_json: bool) -> Given:
    """The files read and checked; what is odd about them goes to stderr, what is wrong ends the run."""
    found: list[Notice] = []
    for path in notices:
        notice = parse_notice(_text(path, as_json))
        if isinstance(notice, Refused):
            _fail(Refused(f"{path.name}：{notice.why}", notice.basis, notice.instead), as_json)
        if notice.amends:
            click.echo(f"{path.name}：没有元旦安排，只作为对 {notice.year} 年原安排的调整。", err=True)
        elif notice.missing:
            click.echo(f"{path.name}：缺少{'、'.join(notice.missing)}，此后的日期仍为预计。", err=True)
        found.append(notice)
    files: list[NormFile] = []
    for path in norms:
        norm = parse_norms(_text(path, as_json), path.name)
        if isinstance(norm, Refused):
            _fail(norm, as_json)
        files.append(norm)
    return Given(tuple(found), tuple(files))


def _text(path: Path, as_json: bool) -> str:
    data = path.read_bytes()[:2_000_000]
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _fail(Refused(f"{path.name} 不是文本文件。", "文件编码", "请另存为 UTF-8 文本后重试。"), as_json)


def _batch(lines: BinaryIO, given: Given) -> NoReturn:
    """Answer every line in order; a bad line is answered with its refusal and the run goes on."""
    out = sys.stdout.buffer
    failed = False
    for line in lines_of(lines):
        try:
            case = case_of(line)
            answer = deadline_json(answer_case(case, given))
            extra = sorted(str(key)[:40] for key in case if key not in KEYS)
            if extra:
                answer["ignored"] = extra
        except BadInput as bad:
            failed = True
            answer = refused_json(bad.refused)
        out.write(line_of(answer))
        out.flush()
    raise SystemExit(1 if failed else 0)


def _emit(answer: object) -> None:
    out = sys.stdout.buffer
    out.write(line_of(answer))
    out.flush()


def _fail(refused: Refused, as_json: bool) -> NoReturn:
    """Say why, on what basis and what to do; exit 1."""
    if as_json:
        _emit(refused_json(refused))
    else:
        click.echo(f"{refused.why}〔{refused.basis}〕{refused.instead}", err=True)
    raise SystemExit(1)


def _law_on(day: str | None, given: Given, as_json: bool) -> Law:
    """The law of a day; without one, the newest there is."""
    try:
        found = on(calendar().last if day is None else day_of(day, "--on "), given.notices, given.norms)
    except BadInput as bad:
        found = bad.refused
    if isinstance(found, Refused):
        _fail(found, as_json)
    return found


@law.command()
@click.option(
    "--method", required=True, help="per_item (applications in one month) or per_page (pages handed over)."
)
@click.option("--quantity", required=True, type=int)
@click.option("--on", "day", help="The day of receipt; without it the newest rule.")
@_later
@_json
def fee(
    method: str,
    quantity: int,
    day: str | None,
    notices: tuple[Path, ...],
    norms: tuple[Path, ...],
    as_json: bool,
) -> None:
    """The information handling fee (信息处理费), line by line."""
    found = _law_on(day, _given(notices, norms, as_json), as_json).fee(method, quantity)
    if isinstance(found, Refused):
        _fail(found, as_json)
    if as_json:
        _emit(_fee_json(found))
        return
    for line in found.lines:
        click.echo(f"{line.text}：{line.quantity} × {line.rate} = {line.amount} 元")
    click.echo(f"合计 {found.amount} 元")
    for reason in found.because:
        click.echo(f"{reason.text}〔{reason.basis}〕")


def _fee_json(found: Fee) -> dict[str, Any]:
    lines = [
        {"text": x.text, "quantity": x.quantity, "rate": x.rate, "amount": x.amount} for x in found.lines
    ]
    return {
        "method": found.method,
        "quantity": found.quantity,
        "amount": found.amount,
        "lines": lines,
        "because": because_json(found.because),
    }


@law.command()
@click.argument("topic", required=False)
@click.option("--on", "day", help="The day to look at; without it the newest rule.")
@_later
@_json
def why(
    topic: str | None, day: str | None, notices: tuple[Path, ...], norms: tuple[Path, ...], as_json: bool
) -> None:
    """Why a day is worked, what a norm says, what an outcome rests on. TOPIC: a date, a norm, an outcome code."""
    given = _given(notices, norms, as_json)
    found = _law_on(day, given, as_json)
    if topic is None:
        rows = [_norm_json(norm) for norm in found.norms()]
        if as_json:
            _emit({"norms": rows})
        else:
            for row in rows:
                click.echo(f"{row['norm']}  {row['title']}：{row['value']}〔{row['basis']}〕")
        return
    answer = _explain(topic, found, given)
    if isinstance(answer, Refused):
        _fail(answer, as_json)
    if as_json:
        _emit(answer)
    else:
        click.echo("\n".join(f"{key}  {value}" for key, value in answer.items() if value not in ("", None)))


def _explain(topic: str, found: Law, given: Given) -> dict[str, Any] | Refused:
    if DAY.fullmatch(topic):
        try:
            day = day_of(topic, "")
        except BadInput as bad:
            return bad.refused
        reason = found.calendar.why(day)
        if isinstance(reason, Refused):
            return reason
        works, later = found.calendar.is_working(day), found.calendar.provisional(day)
        return {
            "day": topic,
            "working": works,
            "provisional": later,
            "text": reason.text,
            "basis": reason.basis,
        }
    outcome = found.outcome(topic)
    if isinstance(outcome, Outcome):
        return {
            "outcome": outcome.code,
            "title": outcome.name,
            "basis": outcome.clause,
            "letter": outcome.letter,
            "evidence": list(outcome.evidence),
            "prereview": outcome.prereview,
            "row2014": outcome.row2014,
            "row2021": outcome.row2021,
        }
    norm = found.norm(topic)
    return norm if isinstance(norm, Refused) else _norm_json(norm)


def _norm_json(norm: Norm) -> dict[str, Any]:
    return {
        "norm": norm.name,
        "title": norm.title,
        "value": norm.value,
        "unit": norm.unit,
        "since": norm.since.isoformat(),
        "basis": norm.article,
        "source": norm.source,
        "tag": norm.tag,
        "note": norm.note,
    }


@law.command("lint")
@_later
@_json
def lint_command(notices: tuple[Path, ...], norms: tuple[Path, ...], as_json: bool) -> None:
    """Check norms, calendar and outcomes, and any files given: cited, ordered, typed, each norm with a case."""
    problems = lint(CASES)
    for paths, read in (
        (notices, lambda text, path: parse_notice(text)),
        (norms, lambda text, path: parse_norms(text, path.name)),
    ):
        for path in paths:
            answer = read(_text(path, as_json), path)
            if isinstance(answer, Refused):
                problems.append(f"{path.name}：{answer.why}{answer.instead}")
            elif isinstance(answer, Notice) and answer.missing:
                problems.append(f"{path.name}：通知里没有提到{'、'.join(answer.missing)}。请粘贴通知全文。")
    if as_json:
        _emit({"problems": problems})
    else:
        click.echo("\n".join(problems) if problems else "规范、日历和处理结果没有问题。")
    raise SystemExit(1 if problems else 0)


@law.command("norms")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of stdout."
)
def norms_command(output: Path | None) -> None:
    """Print the reference page of all norms, outcomes and notices (Markdown)."""
    if output is None:
        click.echo(reference(), nl=False)
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(reference(), encoding="utf-8")
