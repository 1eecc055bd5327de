"""The door of the portal.

Verbs: ``deliver`` ``rebuild`` ``preview`` ``manifest`` ``verify`` ``recover`` ``note_releases``
``turned_away``, and ``find``. Beside them the Jinja2 ``environment`` of Django's settings, the ``Site`` that serves the baked tree, and the counter's routes.
"""

from __future__ import annotations

from mingtang.disclosure.api import DocumentRow
from mingtang.portal import look
from mingtang.portal.bake.press import Press
from mingtang.portal.bake.run import FIRST, STAGES, deliver, rebuild, tree, verify
from mingtang.portal.bake.source import Sheet
from mingtang.portal.bake.writer import Fault
from mingtang.portal.channels.releases import CHANNELS, ReleaseRow, find, note_releases
from mingtang.portal.counter.urls import urlpatterns as counter_urls
from mingtang.portal.counter.views import turned_away
from mingtang.portal.look import environment
from mingtang.portal.serve import Site


def manifest() -> dict[str, str]:
    """The signed root of the site's manifest: each folder's list and its digest. Raises BadSignature."""
    return tree().roots()


def recover() -> int:
    """Finish what a crash left half done; returns how many sets were finished. Run at every start."""
    return tree().recover()


@look.chinese
def preview(document: DocumentRow) -> str:
    """The page this document would have, with the edition it carries; nothing is written."""
    return Press().document(Sheet(document)).html


__all__ = [
    "CHANNELS", "FIRST", "STAGES", "Fault", "ReleaseRow", "Site", "counter_urls", "deliver", "environment", "find", "manifest",
    "note_releases", "preview", "rebuild", "recover", "turned_away", "verify",
]  # fmt: skip
