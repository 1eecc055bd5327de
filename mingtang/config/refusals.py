"""Requests that no view answered: staff and citizens each get a page of their own kind, and nothing was done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from mingtang.config.language import DESK
from mingtang.desk.views import turned_away as from_desk
from mingtang.portal.api import turned_away as from_counter


def _turned_away(request: HttpRequest, status: int) -> HttpResponse:
    return (from_desk if request.path.startswith(DESK) else from_counter)(request, status)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: a form without its token."""
    return _turned_away(request, 403)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: too much at once, a broken upload, a host that is not ours."""
    return _turned_away(request, 400)


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler500: an error of ours, or the database stopped at the desk."""
    return _turned_away(request, 500)
