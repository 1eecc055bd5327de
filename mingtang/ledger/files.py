"""Files by hash. Written aside, flushed and renamed, so that a crash leaves a whole file or none."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError

from mingtang.ledger.clock import now
from mingtang.ledger.models import StoredFile

# Longer than any request takes.
_REQUEST = timedelta(hours=1)


@dataclass(frozen=True)
class FileRow:
    """The bytes of one file, kept once under their SHA-256."""

    digest: str
    size: int
    media: str
    stored_at: datetime

    @property
    def path(self) -> Path:
        """Where its bytes lie."""
        return self.path_of(self.digest)

    @staticmethod
    def path_of(digest: str) -> Path:
        """Where the bytes of a digest lie."""
        return settings.HOME / "files" / digest[:2] / digest[2:]


def purge(by: None, at: datetime, *, digest: str) -> bool:
    """Remove a file that must not be kept, bytes and row; False when something refers to it, or it was kept before today's request.

    The platform's own upkeep, asked for by a room that stopped it on its way in. The bytes go with the commit.
    """
    try:
        with transaction.atomic():
            # What was kept before today's request is somebody's, who may know it by its digest alone.
            just_now = StoredFile.objects.filter(digest=digest, stored_at__gte=at - _REQUEST)
            gone, _each = just_now.delete()
    except ProtectedError:
        return False
    if gone:
        transaction.on_commit(lambda: FileRow.path_of(digest).unlink(missing_ok=True))
    return bool(gone)


def store(content: bytes | Iterable[bytes], media: str) -> FileRow:
    """Keep bytes (or a stream of chunks) under their SHA-256; the same bytes are kept once.

    Raises OSError when they cannot be written; then nothing of them stays. Source: contract "Time, law and data that arrive later".
    """
    folder = settings.HOME / "files"
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    handle, aside = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in [content] if isinstance(content, bytes) else content:
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        target = FileRow.path_of(digest.hexdigest())
        target.parent.mkdir(exist_ok=True)
        os.replace(aside, target)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    row, _ = StoredFile.objects.get_or_create(
        digest=digest.hexdigest(), defaults={"size": size, "media": media, "stored_at": now()}
    )
    return FileRow(row.digest, row.size, row.media, row.stored_at)
