"""A form that came without its token: staff and citizens each get a page of their own kind."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from mingtang.config.language import DESK
from mingtang.desk.views import csrf_refused
from mingtang.portal.api import stale


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: the desk's page below /desk/, the counter's elsewhere."""
    return (csrf_refused if request.path.startswith(DESK) else stale)(request, reason)
