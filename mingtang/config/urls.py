"""Routes: the desk and the counter. Everything else is a baked page and never reaches Django."""

from django.urls import include, path
from django.views.generic import RedirectView

from mingtang.portal.api import counter_urls

urlpatterns = [
    path("desk", RedirectView.as_view(url="/desk/", permanent=True, http_method_names=["get", "head"])),
    path("desk/", include("mingtang.desk.urls")),
    path("", include(counter_urls)),
]
handler400 = "mingtang.config.refusals.unreadable"
handler500 = "mingtang.config.refusals.failed"
