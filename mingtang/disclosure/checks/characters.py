"""Characters: damaged ones, mojibake, pairs without partner, missing and half-width punctuation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.types import Check, Finding, Line, Reading

BASIS = "《政府网站发展指引》（国办发〔2017〕47号）：信息发布前须审校"
MARKS = "《标点符号用法》（GB/T 15834-2011）"
LOST = re.compile(r"\ufffd+|锟斤拷|烫烫烫|屯屯屯")
BETWEEN_DIGITS = re.compile(r"(?<![\d?=&/.A-Za-z])\d{1,4}(?:\?\d{1,4})+(?![\d?=&/A-Za-z])")
# UTF-8 read as Latin-1 or Windows-1252: runs of these pairs never stand in Chinese or Latin prose.
LATIN_JUNK = re.compile(r"(?:[\u00c3-\u00ef][\u0080-\u00bf\u0152-\u0178\u2013-\u2122]{1,2}){2,}")
RARE_RUN = re.compile(r"[^\x00-\x7f，。、；：“”（）《》\s]{5,}")
GBK_JUNK = re.compile(r"[鏀搴涓鍏鐨鎶鍛鍥鍒鍔鍚鍐鍑鏂鏃鐜鍦浠鎴绛閮鏈鎵璇浜闂缁鍙鐢寮]")
# What each kind of mojibake cannot do without; two marks in a row.
JUNK = re.compile(r"[\u00c3-\u00ef]|" + GBK_JUNK.pattern)
TWO_MARKS = re.compile(r"[，、；：。]{2}")
OPENERS = {"“": "”", "《": "》", "（": ")", "(": ")", "【": "】", "〔": "〕", "「": "」", "『": "』"}
CLOSERS = {"”": "”", "》": "》", "）": ")", ")": ")", "】": "】", "〕": "〕", "」": "」", "』": "』"}
PAIRED = re.compile(r"[“”《》（）()【】〔〕「」『』]")
BULLET = re.compile(
    r"(?:^|[\s\u3000，,、；;：:。．.“”（(])[（(]?(?:\d{1,3}|[A-Za-z]|[一二三四五六七八九十]{1,3}|[ⅰ-ⅹⅠ-Ⅻ①-⑳])\s?[)）]$"
)
CHINESE = r"\u4e00-\u9fff"
HALF = re.compile(rf"(?<=[{CHINESE}”）》])[,;:?!](?=\s?[{CHINESE}“（《])")
DOUBLE_MARK = re.compile(
    r"，，|、、|；；|：：|(?<!。)。。(?!。)|，。|。，|、。|。、|，、|、，|；。|。；|；，|，；"
)
PROSE_END = re.compile(rf"[{CHINESE}0-9%％]$")
TAIL = re.compile(
    r"^\s?(?:附件|附：|（联系)|责任编辑|编辑[：:]|记者|来源[：:]|扫一扫|打印|分享|上一篇|下一篇|相关"
)
SIGNED = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日$|(?:人民政府|办公室|办公厅|委员会|局|厅|部|院|公司|委|党组|中心|领导小组)$"
)


def lost(reading: Reading) -> Iterator[Finding]:
    """U+FFFD and the two words it makes in GBK."""
    for line in reading.lines:
        if (match := LOST.search(line.text)) is not None:
            count = sum(len(m[0]) for m in LOST.finditer(line.text))
            yield finding(
                "text.lost", "error", place(line, match.start(), match.end()), f"有 {count} 个字符已经损坏，显示为“{match[0][:3]}”",
                figures=(match[0],), suggestion="请对照原稿补正",
            )  # fmt: skip


def damaged(reading: Reading) -> Iterator[Finding]:
    """5?15: a sign between digits that an encoding lost; the whole form elsewhere is the proof and the cure."""
    found: dict[str, list[tuple[Line, re.Match[str]]]] = {}
    for line in reading.lines:
        if "?" in line.text:
            for match in BETWEEN_DIGITS.finditer(line.text):
                if not re.search(r"(?:https?://|www\.)\S*$", line.text[: match.start()]):
                    found.setdefault(match[0], []).append((line, match))
    for printed, spots in found.items():
        whole = _whole(reading, printed)
        line, match = spots[0]
        yield finding(
            "text.damaged", "warning", place(line, match.start(), match.end()),
            f"“{printed}”中的“?”是丢失的字符（共 {len(spots)} 处：{'、'.join(dict.fromkeys(f'第 {at.no} 行' for at, _ in spots))}）"
            + (f"，同文别处写作“{whole}”" if whole else ""),
            figures=tuple(m[0] for _, m in spots) + ((whole,) if whole else ()),
            suggestion=f"改为“{whole or printed.replace('?', '·')}”",
        )  # fmt: skip


def _whole(reading: Reading, printed: str) -> str:
    pattern = re.compile(r"(?<!\d)" + re.escape(printed).replace(re.escape("?"), "[·•・.—-]") + r"(?!\d)")
    return next((m[0] for line in reading.lines if (m := pattern.search(line.text))), "")


def mojibake(reading: Reading) -> Iterator[Finding]:
    """Text that was decoded in the wrong encoding once: shown with what it should have been."""
    for line in reading.lines:
        if JUNK.search(line.text) is None:
            continue
        spots = [(m, "latin-1") for m in LATIN_JUNK.finditer(line.text)]
        if len(GBK_JUNK.findall(line.text)) >= 2:
            runs = RARE_RUN.finditer(line.text)
            spots += [(m, "gb18030") for m in runs if len(GBK_JUNK.findall(m[0])) >= 2]
        for match, encoding in spots:
            right = _undone(match[0], encoding)
            if right:
                yield finding(
                    "text.mojibake", "error", place(line, match.start(), match.end()), f"“{match[0][:20]}”是乱码，原文应是“{right[:20]}”",
                    figures=(match[0][:40],), suggestion=f"改为“{right[:40]}”，并检查保存时的编码",
                )  # fmt: skip
                break


def _undone(text: str, encoding: str) -> str:
    """The text as it was before the wrong decoding, or an empty string if that makes no sense."""
    for codec in (encoding, "cp1252") if encoding == "latin-1" else (encoding,):
        # The run may end in the middle of a character.
        for length in range(len(text), max(0, len(text) - 3), -1):
            try:
                right = text[:length].encode(codec).decode("utf-8", errors="ignore")
            except UnicodeError:
                continue
            if (
                len(re.findall(rf"[{CHINESE}]", right)) * 2 >= len(right)
                and right
                and len(right) * 4 >= length
            ):
                return right
    return ""


def unpaired(reading: Reading) -> Iterator[Finding]:
    """Quotes and brackets without a partner; a quotation or a sentence that runs over lines has its partner there."""
    rows = reading.row_lines
    alone: list[list[int]] = []
    lines: list[Line] = []
    for line in reading.lines:
        if line.no not in rows and PAIRED.search(line.text):
            lines.append(line)
            alone.append(_without_partner(line.text))
    for index, spots in enumerate(alone):
        for at in [at for at in spots if lines[index].text[at] in CLOSERS]:
            if _partner_above(lines, alone, index, CLOSERS[lines[index].text[at]]):
                spots.remove(at)
    for index, (line, spots) in enumerate(zip(lines, alone, strict=True)):
        # A quotation over several paragraphs opens each of them and closes the last only.
        quoted = any(other.text.lstrip().startswith("“") for other in lines[index + 1 : index + 3])
        left = [at for at in spots if not (quoted and line.text[at] == "“" and _begins(line.text, at))]
        if left:
            yield _alone(line, sorted(left))


def _without_partner(text: str) -> list[int]:
    """Places of signs that have no partner in their own line."""
    stack: list[tuple[str, int]] = []
    waiting: Counter[str] = Counter()
    alone: list[int] = []
    for match in PAIRED.finditer(text):
        sign = match[0]
        if sign in OPENERS:
            stack.append((OPENERS[sign], match.start()))
            waiting[OPENERS[sign]] += 1
        elif waiting[CLOSERS[sign]]:
            while stack[-1][0] != CLOSERS[sign]:
                lost_sign, at = stack.pop()
                waiting[lost_sign] -= 1
                alone.append(at)
            waiting[stack.pop()[0]] -= 1
        elif not (sign in ")）" and BULLET.search(text[max(0, match.end() - 12) : match.end()])):
            alone.append(match.start())
    return alone + [at for _, at in stack]


def _begins(text: str, at: int) -> bool:
    """Does a sign open a quotation that may run over lines: at the start, or after a colon?"""
    before = text[:at].strip()
    return not before or before[-1] in "：:"


def _partner_above(lines: list[Line], alone: list[list[int]], index: int, closer: str) -> bool:
    """Take the opener a closer belongs to from one of the lines above, if that line lets a sentence run on."""
    for above in range(index - 1, max(-1, index - 16), -1):
        text = lines[above].text
        if lines[index].no - lines[above].no > 30:
            return False
        for at in reversed(alone[above]):
            runs_on = text.rstrip()[-1] not in "。！？；" or _begins(text, at)
            if OPENERS.get(text[at]) == closer and runs_on:
                alone[above].remove(at)
                return True
    return False


def _alone(line: Line, spots: list[int]) -> Finding:
    signs = "、".join(dict.fromkeys(line.text[at] for at in spots))
    first = spots[0]
    around = line.text[max(0, first - 12) : first + 13]
    what = "左边没有开头的" if line.text[first] in CLOSERS else "右边没有收尾的"
    return finding(
        "text.unpaired", "warning", place(line, first, first + 1), f"标点“{signs}”不成对，{what}一半：“{around.strip()}”",
        figures=(around.strip(),), suggestion="请补上缺的一半，或删去多出的一半",
    )  # fmt: skip


def full_stops(reading: Reading) -> Iterator[Finding]:
    """A paragraph of several sentences whose last one has no end."""
    rows = reading.row_lines
    for line in reading.lines:
        text = line.text.rstrip()
        if line.no in rows or "。" not in text[:-1] or not PROSE_END.search(text) or SIGNED.search(text):
            continue
        last = text.rsplit("。", 1)[1]
        if len(last) >= 8 and not TAIL.search(last):
            yield finding(
                "text.full_stop", "note", place(line, len(text) - 1, len(text)), f"段末缺句号：“…{text[-16:]}”",
                figures=(text[-16:],), suggestion="在段末补“。”",
            )  # fmt: skip


def half_width(reading: Reading) -> Iterator[Finding]:
    """Half-width punctuation between Chinese characters: one note for the whole text."""
    rows = reading.row_lines
    count, first = 0, None
    for line in reading.lines:
        if line.no in rows:
            continue
        for match in HALF.finditer(line.text):
            count += 1
            first = first or (line, match)
    if first is not None:
        line, match = first
        around = line.text[max(0, match.start() - 8) : match.end() + 8].strip()
        yield finding(
            "text.half_width", "note", place(line, match.start(), match.end()), f"中文里用了半角标点，共 {count} 处，第一处：“{around}”",
            figures=(around,), suggestion="请统一改为全角标点",
        )  # fmt: skip


def doubled_marks(reading: Reading) -> Iterator[Finding]:
    """Two marks where one belongs."""
    for line in reading.lines:
        if TWO_MARKS.search(line.text) is None:
            continue
        for match in DOUBLE_MARK.finditer(line.text):
            around = line.text[max(0, match.start() - 8) : match.end() + 8].strip()
            yield finding(
                "text.doubled_mark", "warning", place(line, match.start(), match.end()), f"标点“{match[0]}”重复或连用：“{around}”",
                figures=(match[0],), suggestion=f"只留一个标点，如“{match[0][-1] if '。' in match[0] else match[0][0]}”",
            )  # fmt: skip


CHECKS = (
    Check("text.lost", "没有损坏的字符", BASIS, "error", lost, bad="政府信息公\ufffd工作", good="政府信息公开工作"),
    Check("text.damaged", "数字之间没有丢失的符号", BASIS, "warning", damaged, bad="5·15政务公开日；印发了5?15活动方案。", good="5·15政务公开日；网址 http://example.gov.cn/?id=3?4"),
    Check("text.mojibake", "没有乱码", BASIS, "error", mojibake, bad="标题：" + "政府信息公开".encode().decode("gb18030", "replace").replace("\ufffd", ""), good="标题：政府信息公开"),
    Check("text.unpaired", "引号、括号成对", MARKS, "warning", unpaired, bad="（一）互联网+政务服务”工作", good="（一）“互联网+政务服务”工作"),
    Check("text.full_stop", "段末有句号", MARKS, "note", full_stops, bad="及时公开工作情况。每季度公开重点工作进展和完成情况", good="及时公开工作情况。每季度公开重点工作进展和完成情况。"),
    Check("text.half_width", "中文用全角标点", MARKS, "note", half_width, bad="公开内容不够规范; 二是形式单一。", good="公开内容不够规范；二是形式单一。"),
    Check("text.doubled_mark", "标点不连用", MARKS, "warning", doubled_marks, bad="加强组织领导，，明确责任。", good="加强组织领导，明确责任。"),
)  # fmt: skip
