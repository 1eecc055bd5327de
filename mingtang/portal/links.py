"""Addresses of the site. Short, without Chinese characters, and for life: a document keeps its number.

``doc_url(1234567)`` is ``/doc/1234/1234567.html``; a folder holds a thousand documents and is one shard of the
manifest. Everything here is pure.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

PER_FOLDER = 1000
PAGE_SIZE = 20

# Attachments are shown in the reader's browser only as these types; anything else is handed over as a download.
MEDIA = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "ofd": "application/ofd",
    "wps": "application/vnd.ms-works",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
}
# Addresses that are also spoken in English, under /en.
ENGLISH = ("/", "/guide/", "/apply", "/track", "/due", "/search")
_CODE = re.compile(r"[^A-Za-z0-9_-]+")


def doc_stem(doc_id: int) -> str:
    """Path of a document inside the tree, without its ending."""
    return f"doc/{doc_id // PER_FOLDER}/{doc_id}"


def doc_url(doc_id: int) -> str:
    return f"/{doc_stem(doc_id)}.html"


def col_url(column: str, number: int | None = None) -> str:
    """The newest entries of a column, or its numbered page (1 holds the oldest)."""
    return f"/col/{column}/" if number is None else f"/col/{column}/{number}.html"


def org_slug(code: str) -> str:
    """An organ's code as one path segment, another for each code.

    The ledger lets in only codes that are addresses as they stand. One that is there from before keeps what can be
    read of it, and after a dot, which no code has, a digest of the whole.
    """
    if code and not _CODE.search(code):
        return code
    readable = _CODE.sub("-", code).strip("-") or "org"
    return f"{readable}.{hashlib.sha256(code.encode()).hexdigest()[:16]}"


def org_url(code: str, number: int | None = None) -> str:
    return f"/org/{org_slug(code)}/" if number is None else f"/org/{org_slug(code)}/{number}.html"


def in_english(path: str) -> str:
    """The English twin of a Chinese address; the English home where there is none."""
    return f"/en{path}" if path in ENGLISH else "/en/"


def in_chinese(path: str) -> str:
    """The Chinese twin of an address under /en/; the home where there is none."""
    twin = path.removeprefix("/en")
    return twin if twin in ENGLISH else "/"


def ending(name: str) -> str:
    """The ending under which an attachment lies: its own when it is one of MEDIA, else ``bin``."""
    suffix = PurePosixPath(name).suffix.lower().lstrip(".")
    return suffix if suffix in MEDIA else "bin"


def file_url(doc_id: int, place: int, name: str) -> str:
    """Address of a document's attachment by its 1-based place; the readable name travels in ``download``."""
    return f"/{doc_stem(doc_id)}-{place}.{ending(name)}"


def page_files(url: str) -> tuple[str, str, str]:
    """The three files of a page address: ``.html``, ``.html.gz`` and the ``.json.gz`` twin."""
    path = url.lstrip("/")
    if not path or path.endswith("/"):
        path += "index.html"
    return path, path + ".gz", path.removesuffix(".html") + ".json.gz"
