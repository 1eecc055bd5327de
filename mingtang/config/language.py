"""Which language a request is answered in: Chinese, unless the address or the desk's own choice says English.

A browser's Accept-Language is not asked. The same address gives the same page to everybody, and a clerk's letters
do not depend on the machine they sit at.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

DESK, ENGLISH = "/desk/", "/en/"


def chosen(request: HttpRequest) -> str:
    """English for addresses under /en/ and for a desk whose cookie says so; anything unknown is Chinese."""
    if request.path.startswith(ENGLISH):
        return "en"
    asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "") if request.path.startswith(DESK) else ""
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class Language:
    """Answers each request in its language and says so in the answer's head."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen(request)
        with translation.override(language):
            answered = self.answer(request)
        answered.headers.setdefault("Content-Language", "en" if language == "en" else "zh-Hans")
        return answered
