"""Links of a page: hidden ones, foreign scripts, addresses that run code or point into somebody's computer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from mingtang.disclosure.checks.marking import finding
from mingtang.disclosure.checks.types import Check, Finding, Link, Place, Reading, Severity

BASIS = "《政府网站发展指引》（国办发〔2017〕47号）：不得有暗链、错链、断链"
RUNS_CODE = re.compile(
    r"^(?:vbscript:|data:text/html|javascript:.*(?:eval|unescape|fromCharCode|document\.write|location\s*=|\.src\s*=))",
    re.IGNORECASE | re.DOTALL,
)
LOCAL = re.compile(r"^(?:file:|[A-Za-z]:[\\/]|\\\\)", re.IGNORECASE)
OFFICIAL = re.compile(r"(?:^|\.)(?:gov\.cn|政务|公益)$")


def hidden_links(reading: Reading) -> Iterator[Finding]:
    """暗链: addresses of other sites that no visitor sees."""
    own = own_host(reading)
    bad = [k for k in reading.links if k.hidden and k.tag in {"a", "area", "iframe"} and _foreign(k, own)]
    if bad:
        first = bad[0]
        yield _found(
            "link.hidden", "error", first, f"有 {len(bad)} 个看不见的外站链接（{first.hidden}），第一个指向 {_host(first)}",
            tuple(k.url[:120] for k in bad[:20]), "立即删除并查明是谁加上的；网站可能已被入侵",
        )  # fmt: skip


def foreign_scripts(reading: Reading) -> Iterator[Finding]:
    """Scripts and frames loaded from hosts that are no organ's."""
    own = own_host(reading)
    bad = [
        k
        for k in reading.links
        if k.tag in {"script", "iframe", "embed", "object", "frame"} and _foreign(k, own)
    ]
    seen = {host: k for k in reversed(bad) if (host := _host(k))}
    for host, link in seen.items():
        yield _found(
            "link.script",
            "warning",
            link,
            f"页面从 {host} 加载程序或框架，不是本站也不是政府网站",
            (link.url[:120],),
            "改用本站存放的文件，或删去",
        )


def dangerous(reading: Reading) -> Iterator[Finding]:
    """Addresses that run code, or that work on the editor's own computer only."""
    for link in reading.links:
        if RUNS_CODE.match(link.url):
            yield _found(
                "link.dangerous",
                "error",
                link,
                f"链接里带有程序：{link.url[:60]}",
                (link.url[:120],),
                "改为普通网址，或删去",
            )


def local_files(reading: Reading) -> Iterator[Finding]:
    """Links into a computer's own disk."""
    for link in reading.links:
        if LOCAL.match(link.url):
            yield _found(
                "link.local",
                "warning",
                link,
                f"链接指向编辑者电脑里的文件：{link.url[:60]}",
                (link.url[:120],),
                "把文件上传到网站后重新链接",
            )


def own_host(reading: Reading) -> str:
    """The page's own host: stated (SiteDomain, base, canonical), else the organ's host most linked to."""
    meta = {name.lower(): content for name, content in reading.meta}
    stated = meta.get("sitedomain", "")
    if stated:
        return urlsplit(stated if "//" in stated else f"//{stated}").hostname or ""
    base = next((k for k in reading.links if k.tag == "base"), None)
    if base is not None and _host(base):
        return _host(base)
    counted = Counter(host for k in reading.links if (host := _host(k)) and OFFICIAL.search(host))
    return counted.most_common(1)[0][0] if counted else ""


def _host(link: Link) -> str:
    try:
        return (urlsplit(link.url).hostname or "").lower()
    except ValueError:
        return ""


def _foreign(link: Link, own: str) -> bool:
    host = _host(link)
    if not host or OFFICIAL.search(host):
        return False
    site = ".".join(own.split(".")[-2:]) if own else ""
    return not site or not (host == site or host.endswith("." + site))


def _found(
    code: str, severity: Severity, link: Link, message: str, figures: tuple[str, ...], suggestion: str
) -> Finding:
    return finding(
        code,
        severity,
        Place(None, link.line, None, link.text or link.url[:80]),
        message,
        figures=figures,
        suggestion=suggestion,
    )


CHECKS = (
    Check("link.hidden", "没有暗链", BASIS, "error", hidden_links,
          bad="<html><body><p>公告</p><div style='position:absolute;left:-9999px'><a href='http://lucky.example/'>彩票</a></div></body></html>",
          good="<html><body><p>公告</p><div style='display:none'><a href='/menu/'>菜单</a></div></body></html>"),
    Check("link.script", "程序只从政府网站加载", BASIS, "warning", foreign_scripts,
          bad="<html><body><p>公告</p><script src='https://cdn.example/x.js'></script></body></html>",
          good="<html><body><p>公告</p><script src='/js/x.js'></script></body></html>"),
    Check("link.dangerous", "链接不带程序", BASIS, "error", dangerous,
          bad="<html><body><p><a href='javascript:eval(atob(1))'>公告</a></p></body></html>",
          good="<html><body><p><a href='javascript:void(0)'>公告</a></p></body></html>"),
    Check("link.local", "链接不指向本地文件", BASIS, "warning", local_files,
          bad="<html><body><p><a href='file:///C:/公告.doc'>公告</a></p></body></html>",
          good="<html><body><p><a href='/公告.doc'>公告</a></p></body></html>"),
)  # fmt: skip
