"""The web process: baked pages straight from disk and memory, the rest through Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingtang.config.settings")

from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()

from mingtang.portal.api import Site  # noqa: E402  needs Django set up

application = Site(_django)
