"""The door of the portal.

Verbs: ``deliver`` ``rebuild`` ``preview`` ``manifest`` ``verify`` ``recover`` ``note_releases``
``follow`` ``push`` ``enter`` ``take`` ``recheck`` ``turned_away``, and ``find``. Beside them ``Redirects``, the Jinja2 ``environment`` of Django's settings, the ``Site`` that serves the baked tree, and the counter's routes.
"""

from __future__ import annotations

from collections.abc import Mapping

from mingtang.disclosure.api import DocumentRow
from mingtang.portal import look
from mingtang.portal.bake.press import Press
from mingtang.portal.bake.run import FIRST, STAGES, deliver, rebuild, tree, verify
from mingtang.portal.bake.source import Sheet
from mingtang.portal.bake.writer import Fault
from mingtang.portal.channels.accounts import Unfit
from mingtang.portal.channels.entering import enter, take
from mingtang.portal.channels.planning import follow
from mingtang.portal.channels.rechecking import recheck
from mingtang.portal.channels.search import Finder
from mingtang.portal.channels.sending import push
from mingtang.portal.counter.urls import urlpatterns as counter_urls
from mingtang.portal.counter.views import turned_away
from mingtang.portal.look import environment
from mingtang.portal.redirects import Redirects
from mingtang.portal.releases import BY_HAND, CHANNELS, IssueRow, ReleaseRow, find, note_releases
from mingtang.portal.serve import Site


def manifest() -> dict[str, str]:
    """The signed root of the site's manifest: each folder's list and its digest. Raises BadSignature."""
    return tree().roots()


def recover() -> int:
    """Finish what a crash left half done; returns how many sets were finished. Run at every start."""
    return tree().recover()


@look.chinese
def preview(document: DocumentRow, files: Mapping[str, str]) -> str:
    """The page this document would have, with the edition it carries; nothing is written.

    ``files``: where each attachment (by digest) can be had until it is public.
    """
    baked = Press().document(Sheet(document))
    html = baked.html
    for path, digest in baked.files:
        html = html.replace(f'"/{path}"', f'"{files[digest]}"')
    return html


__all__ = [
    "BY_HAND", "CHANNELS", "FIRST", "STAGES", "Fault", "Finder", "IssueRow", "Redirects", "ReleaseRow", "Site", "Unfit", "counter_urls", "deliver", "enter", "environment", "find", "follow", "manifest",
    "note_releases", "preview", "push", "rebuild", "recheck", "recover", "take", "turned_away", "verify",
]  # fmt: skip
