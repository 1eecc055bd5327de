"""What a channel is handed and what it answers.

A channel is one module with a word (``KEY``) and three functions; ``roll`` lists them and one test holds each to this:

``publish(sending) -> Sent``   bring one publication to its target. May be called again after any fault, and brings it once.
``withdraw(sending) -> Sent``  leave nothing of the document reachable there, or its notice only. May be called again.
``rebuild() -> int``           bring what the channel shows into line with the catalogue; how much changed.

A fault that may pass is raised as ``Unsent``; nothing else that a channel raises is shown to anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from mingtang.disclosure.api import DocumentRow, PublicationRow
from mingtang.portal.channels.accounts import Account


def _forgotten(remote: Mapping[str, Any]) -> None:
    """Nothing is kept: for channels that need no memory."""


@dataclass(frozen=True)
class Sending:
    """One publication on its way. ``document`` carries the live edition, of a withdrawn one the last it showed.

    ``remote``: what earlier tries noted of the other end. ``note`` keeps it from now on, whatever happens next; call it
    before asking for anything that must not be asked twice. ``shown``: somebody said that it stands there already.
    ``known``: ids at the other end that belong to other documents.
    """

    publication: PublicationRow
    document: DocumentRow
    account: Account | None = None
    remote: Mapping[str, Any] = field(default_factory=dict)
    note: Callable[[Mapping[str, Any]], None] = _forgotten
    shown: bool = False
    known: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Sent:
    """How it stands now: done | withdrawn | by_hand (a person must go on; ``error`` says what to do) | waiting (asked
    again after ``wait``; the other end is at it)."""

    state: str
    place: str = ""
    remote_id: str = ""
    error: str = ""
    wait: timedelta = timedelta(seconds=15)


class Unsent(Exception):
    """It did not work this time: why (Chinese, without addresses or secrets), and when to try again.

    ``wait`` None leaves that to the growing pause. ``counts`` False: it was nobody's fault and is no try (a quota).
    """

    def __init__(self, why: str, wait: timedelta | None = None, counts: bool = True):
        super().__init__(why)
        self.why, self.wait, self.counts = why, wait, counts


class Channel(Protocol):
    """The shape of a channel's module."""

    KEY: str

    def publish(self, sending: Sending) -> Sent: ...

    def withdraw(self, sending: Sending) -> Sent: ...

    def rebuild(self) -> int: ...
