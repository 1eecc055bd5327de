"""What is said about the file itself: secrecy marks, members nobody could read, what the reader had to assume."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mingtang.disclosure.checks.marking import finding, place
from mingtang.disclosure.checks.types import Check, Finding, Place, Reading

SECRETS = "《保守国家秘密法》；《政府信息公开条例》第十四条：依法确定为国家秘密的政府信息不予公开"
READ = "明堂读取规则：读不到的内容没有检查，不能当作没有问题"
MARK = re.compile(
    # Without a term the two characters stand a blank apart (GB/T 9704-2012 7.2.2).
    r"(?:绝|机|秘)\s?密\s?[★☆*＊]\s?(?:\d{1,2}\s?[年月]|长期|启封)?|^\s*(?:绝|机|秘)\s?密\s*$|密级[：:]\s?(?:绝密|机密|秘密)"
)
INTERNAL = re.compile(
    r"^[\s\u3000【（(]*(?:内部资料|内部文件|内部使用|注意保存|不得外传|请勿外传|内部明电|仅供内部)[^。]{0,12}$"
)
STANDARD = {
    "SiteIDCode": re.compile(r"^(?:\d{10}|bm\d{8})$"),
    "PubDate": re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?$"),
}


def secrecy(reading: Reading) -> Iterator[Finding]:
    """A secrecy mark: this platform takes no state secrets at all."""
    for line in reading.lines:
        if "密" in line.text and len(line.text) < 400 and (match := MARK.search(line.text)) is not None:
            yield finding("meta.secrecy", "error", place(line, match.start(), match.end()), f"出现密级标志“{match[0].strip()}”", figures=(match[0].strip(),),
                          suggestion="立即停止处理并报告保密管理员；已解密的附解密决定")  # fmt: skip


def internal(reading: Reading) -> Iterator[Finding]:
    """Marks that a paper is for inside use."""
    for line in reading.lines:
        if ("内部" in line.text or "外传" in line.text) and INTERNAL.match(line.text):
            yield finding("meta.internal", "warning", place(line), f"标有“{line.text.strip()[:20]}”", figures=(line.text.strip()[:40],),
                          suggestion="请确认公开属性后再发布")  # fmt: skip


def unread(reading: Reading) -> Iterator[Finding]:
    """Members of an archive that nobody could read."""
    for name, why in reading.unread:
        picture = "图片" in why.why
        yield finding(
            "meta.unread",
            "note" if picture else "warning",
            Place(None, None, None, name),
            f"“{name}”没有检查：{why.why}",
            suggestion=why.instead,
        )


def assumed(reading: Reading) -> Iterator[Finding]:
    """What the reader had to assume or leave out."""
    for note in reading.notes:
        yield finding(
            "meta.reading", "note", Place(None, None, None, reading.name), note, suggestion="请核对原文件"
        )


def tags(reading: Reading) -> Iterator[Finding]:
    """Page tags whose form is laid down: site code and time of publication."""
    for name, content in reading.meta:
        if (form := STANDARD.get(name)) is not None and not form.match(content.strip()):
            yield finding("meta.tag", "warning", Place(None, None, None, f"{name}={content[:60]}"), f"网页标签 {name} 的值“{content[:40]}”不合格式", figures=(content[:60],),
                          suggestion="SiteIDCode 为 10 位数字（部门为 bm 加 8 位数字）；PubDate 为 YYYY-MM-DD HH:MM")  # fmt: skip


CHECKS = (
    Check("meta.secrecy", "没有密级标志", SECRETS, "error", secrecy, bad="机密★10年\n关于某事的请示", good="公文标注了密级、保密期限等。"),
    Check("meta.internal", "没有内部资料标志", SECRETS, "warning", internal, bad="内部资料 注意保存\n工作简报", good="印发内部资料管理办法，规范保存。"),
    Check("meta.unread", "压缩包里的文件都读得到", READ, "warning", unread),
    Check("meta.reading", "按原样读取", READ, "note", assumed),
    Check("meta.tag", "网页标签合格式", "《政府网站发展指引》（国办发〔2017〕47号）附件：网页标签", "warning", tags,
          bad="<html><head><meta name='PubDate' content='2018/3/1'></head><body><p>公告</p></body></html>",
          good="<html><head><meta name='PubDate' content='2018-03-01 09:00'></head><body><p>公告</p></body></html>"),
)  # fmt: skip
