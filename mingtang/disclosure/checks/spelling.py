"""Words that are written otherwise here than in every text known to be right.

A city's own published texts are the best dictionary of its language: names of organs, set phrases, titles. A
character is doubted only when nothing known has it between these neighbours, and one other character stands there
in all that is known. So the rule is silent where it knows nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.types import Finding, Reading
from mingtang.disclosure.checks.wording import WRONG

# Two marks before and after a text, so that its first and last characters have neighbours too.
_EDGE = "\x02\x02"
# A numeral or a letter of a series differs from text to text, and is right.
_COUNTS = frozenset("〇零一二三四五六七八九十百千万亿两甲乙丙丁戊己庚辛壬癸上中下左右东南西北年月日")
# Threes seen so often that another character between the same neighbours is a slip, not another word.
_OFTEN = 6


def _han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


@dataclass
class Known:
    """What is known to be right: runs of two and three characters, and slips that were mended before."""

    twos: set[str] = field(default_factory=set)
    threes: Counter[str] = field(default_factory=Counter)
    # Two neighbours before (after) a place → the characters seen in it.
    _after: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _before: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    slips: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, texts: Iterable[str]) -> None:
        """Take in texts that are right, each once."""
        for text in dict.fromkeys(texts):
            whole = f"{_EDGE}{text}{_EDGE}"
            self.twos.update(whole[i : i + 2] for i in range(len(whole) - 1))
            for i in range(len(whole) - 2):
                three = whole[i : i + 3]
                self.threes[three] += 1
                self._after[three[:2]].add(three[2])
                self._before[three[1:]].add(three[0])

    def learn_slips(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take in (as written, as mended): which character was written for which. Pairs of unequal length say nothing."""
        for wrong, right in pairs:
            if len(wrong) == len(right):
                for a, b in zip(wrong, right, strict=True):
                    if a != b:
                        self.slips[a].add(b)

    def doubts(self, text: str) -> Iterator[tuple[int, str]]:
        """(place, the character that belongs there) for each character that the known texts speak against."""
        if not self.threes:
            return
        whole = f"{_EDGE}{text}{_EDGE}"
        seen = [whole[i : i + 3] in self.threes for i in range(len(whole) - 2)]
        for i in range(2, len(whole) - 2):
            if seen[i - 2] or seen[i - 1] or seen[i]:
                continue
            here = whole[i]
            if not _han(here) or here in _COUNTS:
                continue
            if whole[i - 1 : i + 1] in self.twos or whole[i : i + 2] in self.twos:
                continue
            if (better := self._better(whole, i)) is not None:
                yield i - 2, better

    def _better(self, whole: str, i: int) -> str | None:
        """The character that known texts have in this place, when they agree strongly enough."""
        two_before, before, after, two_after = (
            whole[i - 2 : i],
            whole[i - 1],
            whole[i + 1],
            whole[i + 1 : i + 3],
        )
        mended = self.slips.get(whole[i], set())
        best: tuple[int, int, str] | None = None
        for other in self._after.get(two_before, set()) | self._before.get(two_after, set()) | mended:
            if not _han(other) or other in _COUNTS:
                continue
            times = [
                self.threes.get(t, 0) for t in (two_before + other, before + other + after, other + two_after)
            ]
            held = sum(t > 0 for t in times)
            if (held == 3 and sum(times) >= _OFTEN) or (held >= 2 and other in mended):
                best = max(best or (0, 0, ""), (held, sum(times), other))
        return best[2] if best else None

    def check(self, reading: Reading) -> Iterator[Finding]:
        """A finding for each doubted character of the lines."""
        for line in reading.lines:
            for at, better in self.doubts(line.text):
                around = line.text[max(0, at - 3) : at + 4]
                yield finding(
                    "word.unusual", "warning", place(line, at, at + 1),
                    f"“{around}”里的“{line.text[at]}”可能有误：已知的文本在这里都写作“{better}”",
                    figures=(line.text[at],), suggestion=f"如确有误，改为“{better}”；{WRONG}",
                )  # fmt: skip
