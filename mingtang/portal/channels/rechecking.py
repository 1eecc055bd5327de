"""Looking again at the links that people entered: a HEAD with a time limit, its result and its day kept on the row.

A clerk's link is fetched by our machine, so it may lead to public addresses only, at every step of a redirection, unless
the installation's file says that its channels lie in a private network.
"""

from __future__ import annotations

import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from django.db.models import Q

from mingtang.portal.channels import accounts
from mingtang.portal.models import Release

EVERY, AFTER_A_FAULT = timedelta(days=7), timedelta(days=1)
TIMEOUT = 5.0
_TOGETHER = 8
_AGENT = "Mozilla/5.0 (compatible; Mingtang link check)"


def recheck(at: datetime, most: int = 24) -> dict[str, int]:
    """Look at the links whose turn it is, at most so many; returns how many were found how.

    A link that opens is looked at once a week, one that does not every day.
    """
    try:
        private = accounts.book().private_links
    except accounts.Unfit:
        private = False  # a file that cannot be used allows nothing
    turn = (
        Q(link_at__isnull=True)
        | Q(link_at__lte=at - EVERY)
        | Q(link_at__lte=at - AFTER_A_FAULT, link_state__in=("gone", "unreachable"))
    )
    address = Q(place__startswith="https://") | Q(place__startswith="http://")
    due = Release.objects.filter(turn, address, state="done").order_by("link_at", "pk")
    rows = list(due.values_list("pk", "place")[:most])
    told: dict[str, int] = {}
    if not rows:
        return told
    with ThreadPoolExecutor(_TOGETHER) as pool:
        found = list(pool.map(lambda row: look(row[1], private), rows))
    for (pk, _place), (state, code) in zip(rows, found, strict=True):
        Release.objects.filter(pk=pk).update(link_state=state, link_code=code, link_at=at)
        told[state] = told.get(state, 0) + 1
    return told


class _Closed(Exception):
    """The address leads where our machine does not go."""


def look(url: str, private: bool = False, timeout: float = TIMEOUT) -> tuple[str, int | None]:
    """(ok | gone | unreachable, status): what a reader would find there. Raises nothing."""
    opener = build_opener(ProxyHandler({}) if private else ProxyHandler(), _Careful(private))
    for method in ("HEAD", "GET"):
        try:
            _open_to(url, private)
            request = Request(url, headers={"User-Agent": _AGENT}, method=method)  # noqa: S310  # _open_to looks at the scheme
            with opener.open(request, timeout=timeout) as answer:
                return "ok", answer.status
        except HTTPError as error:
            error.close()
            if method == "HEAD" and error.code in (400, 403, 405, 501):
                continue  # some servers know no HEAD
            return ("gone" if error.code in (404, 410) else "unreachable"), error.code
        except (OSError, HTTPException, ValueError, _Closed):
            return "unreachable", None
    return "unreachable", None


class _Careful(HTTPRedirectHandler):
    max_redirections = 5

    def __init__(self, private: bool):
        self.private = private

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        _open_to(newurl, self.private)
        made = super().redirect_request(req, fp, code, msg, headers, newurl)
        if made is not None:
            made.method = req.get_method()
        return made


def _open_to(url: str, private: bool) -> None:
    """Raises _Closed unless the address is http(s) and leads to public machines only (or private ones are allowed)."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _Closed
    if private:
        return
    for *_rest, place in socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM):
        if not ipaddress.ip_address(str(place[0]).partition("%")[0]).is_global:
            raise _Closed
