"""The citizens' counter: apply, follow, and count the days."""

from django.urls import path, re_path

from mingtang.portal.counter import views

urlpatterns = [
    path("apply", views.apply, name="apply"),
    path("track", views.track, name="track"),
    path("due", views.due, name="due"),
    path("search", views.search, name="search"),
    path("search.json", views.search_json, name="search-json"),
    path("suggest.json", views.suggest_json, name="suggest-json"),
    path("en/search", views.search),
    path("en/apply", views.apply),
    path("en/track", views.track),
    path("en/due", views.due),
    # Typed with a slash too many.
    re_path(r"^((?:en/)?(?:apply|track|due|search))/$", views.without_slash),
    path("healthz", views.healthz, name="healthz"),
    path("qr/<path:page>", views.qr, name="qr"),
    # Whatever nobody answers to; the desk's own addresses stay the desk's.
    re_path(r"^(?!desk(?:/|$)).*$", views.not_found, name="not-found"),
]
