"""One form on a page of its own: shown, read, done or refused with everything typed still in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.debug import sensitive_variables

from mingtang.desk.access import page
from mingtang.desk.fields import Field, Mistyped, read, refill
from mingtang.law.api import Refused


@dataclass(frozen=True)
class Form:
    """What stands around the fields. ``crumbs``: (text, address); ``groups``: (key, legend) in order."""

    title: str
    lede: str
    button: str
    basis: str
    crumbs: Sequence[tuple[str, str]] = ()
    groups: Sequence[tuple[str, str]] = (("", ""),)
    # Facts shown beside the form: (label, figure or words).
    beside: Sequence[tuple[str, Any]] = ()
    beside_title: str = ""
    context: dict[str, Any] = field(default_factory=dict)


@sensitive_variables("typed")
def entry(
    request: HttpRequest, form: Form, fields: list[Field], do: Callable[[dict[str, Any]], tuple[str, str] | HttpResponse | Refused],
) -> HttpResponse:  # fmt: skip
    """GET shows the form; POST reads it and calls ``do``, which answers (what was done, where to go), a page or why not."""
    if request.method != "POST":
        return page(request, "entry", {"form": form, "fields": fields})
    try:
        done = do(read(fields, request.POST))
    except Mistyped as mistyped:
        done = mistyped.refused
    if isinstance(done, Refused):
        again = [
            f if f.kind == "secret" else g for f, g in zip(fields, refill(fields, request.POST), strict=True)
        ]
        return page(request, "entry", {"form": form, "fields": again, "refused": done}, 409)
    if isinstance(done, HttpResponse):
        return done
    said, where = done
    messages.success(request, said)
    return HttpResponseRedirect(where)
