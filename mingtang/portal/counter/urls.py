"""The citizens' counter: apply, follow, and count the days."""

from django.urls import path, re_path

from mingtang.portal.counter import views

urlpatterns = [
    path("apply", views.apply, name="apply"),
    path("track", views.track, name="track"),
    path("due", views.due, name="due"),
    path("healthz", views.healthz, name="healthz"),
    path("qr/<path:page>", views.qr, name="qr"),
    # Whatever nobody answers to; the desk's own addresses stay the desk's.
    re_path(r"^(?!desk(?:/|$)).*$", views.not_found, name="not-found"),
]
