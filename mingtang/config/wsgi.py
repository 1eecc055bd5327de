"""The web process: baked pages straight from disk and memory, the rest through Django."""

import ctypes
import os
import signal
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingtang.config.settings")

from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()

from mingtang.portal.api import Site  # noqa: E402  needs Django set up

application = Site(_django)

if sys.platform == "linux":
    # A killed supervisor must not leave this process on the port: the kernel ends it with its parent (prctl 1).
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
