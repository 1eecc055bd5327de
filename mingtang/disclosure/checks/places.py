"""Another place's organ as the editor or the host of a report: a page copied from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.types import Check, Finding, Reading

BASIS = "《政府信息公开条例》第四十九条：各机关发布本机关的政府信息公开工作年度报告"
TITLE = re.compile(
    r"^(?:标题[:：]\s?)?(?P<owner>[\u4e00-\u9fff]{1,12}?[市县区州旗盟镇乡])(?![市县区镇乡])[\u4e00-\u9fff]{0,20}(?:19|20)\d\d年[\u4e00-\u9fff]{0,8}信息公开"
)
PLACE = r"(?P<place>[\u4e00-\u9fff]{1,5}?[市县区州旗盟镇乡])"
HOST = re.compile(
    rf"(?:版权所有|主办单位|主办)\s?[：:]\s?(?:[\u4e00-\u9fff]{{2,8}}?(?:省|自治区))?(?P<organ>{PLACE}(?:人民)?政府(?:办公[室厅])?)"
)
EDITOR = re.compile(
    rf"(?:^|(?<=[，。；：\s由]))(?!由)(?P<organ>{PLACE}(?:(?:人民)?政府|[\u4e00-\u9fff]{{1,14}}?(?:局|委员会|委|中心|医院|学校|学院))(?:办公[室厅])?)(?:负责)?(?:汇总)?(?:编制|编写|撰写)(?:了|并发布)?(?=(?:本|这份|此)(?:年度)?报告|[。，]|完成)"
)
# One report within another's text: 海河市2024年政府信息公开工作年度报告 in 云山市's.
OTHER_TITLE = re.compile(
    rf"(?:^|(?<=[。；：\s]))(?P<organ>{PLACE})(?:19|20)\d\d年度?政府信息公开工作(?:年度)?报告(?=[。\s]|$)"
)
BEGINNING = 3


def foreign_organs(reading: Reading) -> Iterator[Finding]:
    """A report of one place that says another place's government wrote it (error) or hosts the page (warning)."""
    owner = next((m for line in reading.lines[:BEGINNING] if (m := TITLE.match(line.text.strip()))), None)
    if owner is None:
        return
    told: set[str] = set()
    for line in reading.lines:
        if "政府" not in line.text and "编" not in line.text:
            continue
        for pattern, role in ((EDITOR, "编制"), (OTHER_TITLE, "报告"), (HOST, "主办")):
            for match in pattern.finditer(line.text):
                other = match["place"]
                # A county's page may stand on its city's site, so a host is only asked about.
                if _same(owner[0], owner["owner"], other) or match["organ"] in told:
                    continue
                told.add(match["organ"])
                yield finding(
                    "organ.host_place" if role == "主办" else "organ.place", "warning" if role == "主办" else "error",
                    place(line, match.start("organ"), match.end("organ")),
                    f"标题是“{owner['owner']}”的报告，{role}的却是“{match['organ']}”", figures=(owner["owner"], match["organ"]),
                    relation="报告由本机关编制、在本机关网站发布", suggestion="请核对机关名称；文本从别处复制的，逐处改正",
                )  # fmt: skip


def _same(title: str, owner: str, other: str) -> bool:
    """青山市龙泉县 is 龙泉县, told in full."""
    full = other.endswith(owner) or owner.endswith(other)
    return full or other in title or other[:-1] in title or other[:1] in "本我全该各市县区镇乡"


CHECKS = (
    Check("organ.place", "报告由标题所写的机关编制", BASIS, "error", foreign_organs,
          bad="示例市2024年政府信息公开工作年度报告\n他乡市人民政府办公室编制本报告。", good="示例市2024年政府信息公开工作年度报告\n示例市人民政府办公室编制本报告。"),
    Check("organ.host_place", "主办单位在标题所写的地方", BASIS, "warning", foreign_organs,
          bad="示例市2024年政府信息公开工作年度报告\n主办单位：他乡市人民政府办公室", good="示例市2024年政府信息公开工作年度报告\n主办单位：示例市人民政府办公室"),
)  # fmt: skip
