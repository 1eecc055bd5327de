"""Personal information before publication. Three tiers: certain (a checksum holds), likely (the form), suspected.

Basis: Personal Information Protection Law, articles 28 and 34; identity numbers GB 11643-1999; unified social
credit codes (GB 32100-2015) and office telephones are public and pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading, Severity
from mingtang.law.api import identity_digit

BASIS = "《个人信息保护法》第二十八条、第三十四条；《政府信息公开条例》第十五条"
DIGITS = str.maketrans("０１２３４５６７８９Ｘｘ＠－", "0123456789Xx@-")
WIDE = re.compile("[０-９Ｘｘ＠－]")
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PROVINCES = frozenset(
    re.findall(
        r"\d\d",
        "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83",
    )
)
# Digits may be grouped by blanks or hyphens to slip past a search.
RUN = re.compile(r"(?<![\dA-Za-z.])[1-9](?:[ \u3000-]?\d){13,19}(?:[ \u3000-]?[Xx])?(?![\dA-Za-z])")
TIGHT_RUN = re.compile(r"(?<![\d])[1-9]\d{16}[\dXx](?![\dXx])")
MOBILE = re.compile(
    r"(?<![\dA-Za-z.\-/_=])(?:\+?86[- ]?)?(1[3-9]\d)[ \-]?(\d{4})[ \-]?(\d{4})(?![\d.]\d|\d|-\d)"
)
PASSPORT = re.compile(r"(?<![A-Za-z0-9])(?:E[A-HJ-NP-Z]?|[GDSPM])\d{7,8}(?![\dA-Za-z])")
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•\s]?(?:[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳]|[A-HJ-NP-Z0-9]{6})(?![A-Za-z0-9])"
)
EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+", re.ASCII)
ABOUT_PERSON = re.compile(
    r"身份证|公民身份|证件号|身份号码|姓名|出生|户主|申请人|当事人|家庭住址|住址|残疾证"
)
ABOUT_CARD = re.compile(r"卡号|账号|帐号|账户|帐户|开户|银行卡|存折|社保卡|一卡通|收款")
ABOUT_TRAVEL = re.compile(r"护照|通行证|证件|出入境|签证")
ABOUT_PLATE = re.compile(r"车牌|号牌|车辆|机动车|牌照|驾驶|肇事|车号|车主")
OFFICE = re.compile(
    r"咨询|联系|电话|热线|监督|举报|投诉|传真|值班|办公|邮箱|信箱|E-?mail|邮件|受理|服务", re.IGNORECASE
)
NAMED = re.compile(r"[\u4e00-\u9fff]{2,4}\s*[，,：:（(]?\s*(?:手机|电话|联系电话|联系方式)?\s*[：:]?\s*$")
PUBLIC_MAIL = re.compile(r"@(?:[\w-]+\.)*(?:gov|edu|org)\.cn$|@[\w.-]*gov\.", re.IGNORECASE)


def is_identity(number: str) -> bool:
    """18 characters: province, a date that exists, check character."""
    return (
        number[:2] in PROVINCES and _born(number[6:14]) and identity_digit(number[:17]) == number[17].upper()
    )


def _born(text: str) -> bool:
    try:
        return 1880 <= date(int(text[:4]), int(text[4:6]), int(text[6:8])).year <= 2099
    except ValueError:
        return False


def is_credit_code(code: str) -> bool:
    """Unified social credit code (GB 32100-2015): public, never personal."""
    if len(code) != 18 or any(c not in CREDIT for c in code):
        return False
    total = sum(CREDIT.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return CREDIT[(31 - total) % 31] == code[17]


def luhn(number: str) -> bool:
    """Bank card check digit (ISO/IEC 7812-1)."""
    doubled = (int(d) * 2 if i % 2 else int(d) for i, d in enumerate(reversed(number)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _lines(reading: Reading, needed: re.Pattern[str]) -> Iterator[tuple[Line, str]]:
    """Lines with what a rule looks for, wide digits made narrow (one for one, so that spans hold)."""
    for line in reading.lines:
        text = line.text.translate(DIGITS) if WIDE.search(line.text) else line.text
        if needed.search(text):
            yield line, text


# At least what fourteen digits with single gaps between them take up.
LONG_NUMBER = re.compile(r"\d[\d \u3000-]{13}")
ELEVEN = re.compile(r"1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}")


def identity_numbers(reading: Reading) -> Iterator[Finding]:
    """18-digit identity numbers, 15-digit ones, disability cards (identity number, class, grade)."""
    for line, text in _lines(reading, LONG_NUMBER):
        for match in _runs(text):
            number = re.sub(r"[ \u3000-]", "", match[0])
            around = text[max(0, match.start() - 30) : match.end() + 6]
            found = _identity(number, around)
            if found is not None:
                code, severity, what, tier, mask = found
                yield _pii(code, severity, line, match, f"{what}（{tier}）", mask)


def _runs(text: str) -> Iterator[re.Match[str]]:
    """Digit runs with gaps, else, where a run with gaps is too long, the tight runs inside."""
    for match in RUN.finditer(text):
        number = re.sub(r"[ \u3000-]", "", match[0])
        if len(number) in (15, 16, 17, 18, 19, 20):
            yield match
    for match in TIGHT_RUN.finditer(text):
        if not any(m.start() == match.start() and m.end() == match.end() for m in RUN.finditer(text, max(0, match.start() - 1), match.end() + 4)):  # fmt: skip
            yield match


def _identity(number: str, around: str) -> tuple[str, Severity, str, str, str] | None:
    upper = number.upper()
    if (
        len(upper) == 20
        and upper.isdigit()
        and is_identity(upper[:18])
        and upper[18] in "1234567"
        and upper[19] in "1234"
    ):
        return "pii.disability", "error", "残疾人证号", "确定：校验码相符", _mask_id(upper)
    if len(upper) == 18 and is_identity(upper):
        if is_credit_code(upper) and re.search(r"信用代码|机构代码|注册号", around):
            return None
        return "pii.identity", "error", "居民身份证号码", "确定：校验码相符", _mask_id(upper)
    if is_credit_code(upper):
        return None
    if len(upper) == 18 and upper[:2] in PROVINCES and _born(upper[6:14]) and ABOUT_PERSON.search(around):
        return "pii.identity", "warning", "像居民身份证号码，但校验码不符", "可能", _mask_id(upper)
    if len(upper) == 15 and upper.isdigit() and upper[:2] in PROVINCES and _born("19" + upper[6:12]) and ABOUT_PERSON.search(around):  # fmt: skip
        return "pii.identity15", "warning", "15 位旧身份证号码", "可能", _mask_id(upper)
    return None


def bank_cards(reading: Reading) -> Iterator[Finding]:
    """16 to 19 digits with a Luhn check digit and a bank's first digit; certain beside words of accounts."""
    for line, text in _lines(reading, LONG_NUMBER):
        for match in _runs(text):
            number = re.sub(r"[ \u3000-]", "", match[0])
            if (
                not number.isdigit()
                or not 16 <= len(number) <= 19
                or number[0] not in "3456"
                or not luhn(number)
            ):
                continue
            around = text[max(0, match.start() - 30) : match.end() + 6]
            if (len(number) == 18 and (is_identity(number) or is_credit_code(number))) or re.search(r"信用代码|编号|项目代码|流水|条形码|文号|备案", around):  # fmt: skip
                continue
            sure = bool(ABOUT_CARD.search(around))
            if sure or (len(number) in (16, 19) and number.startswith("62")):
                tier = "确定：校验位相符" if sure else "可能：校验位相符"
                yield _pii("pii.bank_card", "error" if sure else "warning", line, match, f"银行卡号（{tier}）", f"{'*' * 12}{number[-4:]}")  # fmt: skip


def mobile_numbers(reading: Reading) -> Iterator[Finding]:
    """Mobile numbers: a person's is a warning; one given as an office's contact is a note."""
    for line, text in _lines(reading, ELEVEN):
        for match in MOBILE.finditer(text):
            before = text[max(0, match.start() - 16) : match.start()]
            office = bool(OFFICE.search(before)) and not ABOUT_PERSON.search(before)
            tier = "可能：作为办公联系方式给出的可以公开" if office else "可能"
            yield _pii(
                "pii.mobile",
                "note" if office else "warning",
                line,
                match,
                f"手机号码（{tier}）",
                f"{match[1]}****{match[3]}",
            )


def passports(reading: Reading) -> Iterator[Finding]:
    """Passport and travel permit numbers beside words that say so."""
    for line in reading.lines:
        if ABOUT_TRAVEL.search(line.text):
            for match in PASSPORT.finditer(line.text):
                around = line.text[max(0, match.start() - 24) : match.end()]
                if ABOUT_TRAVEL.search(around):
                    yield _pii(
                        "pii.passport",
                        "warning",
                        line,
                        match,
                        "护照或通行证号码（可能）",
                        f"{'*' * (len(match[0]) - 3)}{match[0][-3:]}",
                    )


def plates(reading: Reading) -> Iterator[Finding]:
    """Number plates; a warning beside words of vehicles, else suspected."""
    for line in reading.lines:
        for match in PLATE.finditer(line.text):
            body = re.sub(r"[·•\s]", "", match[0])[2:]
            if not any(c.isdigit() for c in body):
                continue
            around = line.text[max(0, match.start() - 24) : match.end() + 12]
            if not ABOUT_PLATE.search(around) and (
                "号" in line.text[match.end() : match.end() + 2] or body.isdigit()
            ):
                continue
            sure = bool(ABOUT_PLATE.search(around))
            mask = f"{match[0][:2]}****{match[0][-1]}"
            yield _pii(
                "pii.plate",
                "warning" if sure else "note",
                line,
                match,
                f"车牌号码（{'可能' if sure else '疑似'}）",
                mask,
            )


def mail_addresses(reading: Reading) -> Iterator[Finding]:
    """E-mail addresses of persons; those of organs, and those given as a contact, pass."""
    for line in reading.lines:
        if "@" not in line.text and "＠" not in line.text:
            continue
        text = line.text.translate(DIGITS)
        for match in EMAIL.finditer(text):
            before = text[max(0, match.start() - 20) : match.start()]
            if PUBLIC_MAIL.search(match[0]) or OFFICE.search(before):
                continue
            name, _, host = match[0].partition("@")
            yield _pii("pii.email", "note", line, match, "电子邮箱（疑似）", f"{name[0]}***@{host}")


def _mask_id(number: str) -> str:
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def _pii(code: str, severity: Severity, line: Line, match: re.Match[str], what: str, mask: str) -> Finding:
    return finding(
        code, severity, place(line, match.start(), match.end()), f"出现{what}", figures=(line.text[match.start() : match.end()],),
        suggestion=f"公开前删去，或遮盖为 {mask}",
    )  # fmt: skip


def _check(
    code: str,
    title: str,
    severity: Severity,
    run: Callable[[Reading], Iterator[Finding]],
    bad: str,
    good: str,
) -> Check:
    return Check(code, title, BASIS, severity, run, bad, good)


CHECKS = (
    # The two numbers below are the printed example of GB 11643-1999 and its neighbour with a false check character.
    _check("pii.identity", "公民身份号码", "error", identity_numbers, "申请人身份证号11010519491231002X。", "统一社会信用代码91350100M000100Y43。"),
    _check("pii.identity15", "15 位旧身份证号码", "warning", identity_numbers, "户主身份证号110105491231002。", "项目编号110105491231002。"),
    _check("pii.disability", "残疾人证号", "error", identity_numbers, "残疾证号44052418800101001443。", "残疾证号440524********1443。"),
    _check("pii.bank_card", "银行卡号", "error", bank_cards, "补助打入卡号6222021234567890128。", "补助打入卡号************0128。"),
    _check("pii.mobile", "手机号码", "warning", mobile_numbers, "张某某，13800138000。", "张某某，138****8000。"),
    _check("pii.passport", "护照、通行证号码", "warning", passports, "护照号码E12345678。", "护照号码******678。"),
    _check("pii.plate", "车牌号码", "warning", plates, "车牌号为辽G12345的机动车。", "车牌号为辽G****5的机动车。"),
    _check("pii.email", "电子邮箱", "note", mail_addresses, "张某某，zhangsan@example.com。", "联系邮箱：xxgk@example.gov.cn。"),
)  # fmt: skip
