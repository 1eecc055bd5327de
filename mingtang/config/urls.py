"""Routes: the desk and the counter. Everything else is a baked page and never reaches Django."""

from django.urls import include, path

from mingtang.portal.api import counter_urls

urlpatterns = [
    path("desk/", include("mingtang.desk.urls")),
    path("", include(counter_urls)),
]
