"""Asking another machine by HTTP: with a limit of time and size, without following anybody elsewhere.

What goes wrong is ``Unsent`` with words of our own: an address may hold a token, so no library's message is passed on.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from mingtang.portal.channels.types import Unsent

_MOST = 2 * 1024 * 1024
_AGENT = "Mingtang"


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = build_opener(_Stay)


def ask(
    base: str, path: str, *, query: Mapping[str, Any] | None = None, body: Any = None,
    form: Mapping[str, Any] | None = None, file: tuple[str, bytes, str] | None = None, timeout: float = 10.0,
) -> dict[str, Any]:  # fmt: skip
    """The JSON object that comes back: of a GET, or of a POST when there is a ``body`` (JSON), a ``form`` or a ``file``
    (name, content, media type; in the field ``media``). A refusal in JSON comes back too, whatever its status.

    Raises Unsent when there is no answer in time, or none that can be read.
    """
    data, media = _data(body, form, file)
    address = f"{base}{path}" + (f"?{urlencode(query)}" if query else "")
    headers = {"User-Agent": _AGENT, "Accept": "application/json"} | (
        {"Content-Type": media} if media else {}
    )
    until = time.monotonic() + 2 * timeout
    try:
        request = Request(address, data, headers)  # noqa: S310  # accounts.book lets http and https through only
        with _opener.open(request, timeout=timeout) as answer:
            status, content = answer.status, _read(answer, until)
    except HTTPError as error:
        status, content = error.code, _rest(error, until)
    except TimeoutError:
        raise Unsent(f"{path}：{timeout:g}秒没有回应") from None
    except (OSError, HTTPException, ValueError) as error:
        raise Unsent(f"{path}：连不上（{type(error).__name__}）") from None
    if status >= 500:
        raise Unsent(f"{path}：对方出错（HTTP {status}）")
    try:
        told = json.loads(content.decode("utf-8"))
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Unsent(f"{path}：回应读不懂（HTTP {status}）")
    return told


def _data(
    body: Any, form: Mapping[str, Any] | None, file: tuple[str, bytes, str] | None
) -> tuple[bytes | None, str]:
    if body is not None:
        # Characters as they are: some readers at the other end show \\u escapes to the public.
        return json.dumps(body, ensure_ascii=False).encode(), "application/json; charset=utf-8"
    if file is not None:
        name, content, media = file
        mark = secrets.token_hex(16)
        head = f'--{mark}\r\nContent-Disposition: form-data; name="media"; filename="{name}"\r\nContent-Type: {media}\r\n\r\n'
        return (
            head.encode() + content + f"\r\n--{mark}--\r\n".encode(),
            f"multipart/form-data; boundary={mark}",
        )
    if form is not None:
        return urlencode(form).encode(), "application/x-www-form-urlencoded"
    return None, ""


def _read(answer: Any, until: float) -> bytes:
    """The whole answer, unless it is too long or trickles in for ever."""
    content = b""
    while piece := answer.read1(64 * 1024):
        content += piece
        if len(content) > _MOST or time.monotonic() > until:
            raise ValueError("too long")
    return content


def _rest(error: HTTPError, until: float) -> bytes:
    try:
        return _read(error, until)
    except (OSError, HTTPException, ValueError, AttributeError):
        return b""
    finally:
        error.close()
