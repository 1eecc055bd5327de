"""Django settings, read from a few environment variables.

MINGTANG_HOME      folder of everything an installation keeps (default: ``var`` in the checkout; outside one it must be named)
MINGTANG_DATABASE  ``sqlite:///path`` (default: MINGTANG_HOME/mingtang.sqlite3) or ``postgresql://user:pw@host/db``;
                   a Unix socket is ``postgresql:///db?host=/folder``
MINGTANG_HOSTS     comma-separated host names that are answered (default: loopback only)
MINGTANG_PROXIES   how many proxies of one's own stand before this process (default 0: their headers are not believed);
                   with one or more, pages are served over https only and cookies are marked so
MINGTANG_DEBUG     ``1`` shows tracebacks; never in service
"""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.utils.functional import SimpleLazyObject

BASE_DIR = Path(__file__).resolve().parents[2]
ROOMS = Path(__file__).resolve().parents[1]
HOME = Path(os.environ.get("MINGTANG_HOME", BASE_DIR / "var")).resolve()
KEYS = HOME / "keys"


def key_file(name: str) -> str:
    """A secret of 32 random bytes kept as hex in HOME/keys, made at first use, readable by the owner only."""
    path = KEYS / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written aside and linked: another process finds the whole key or none, and the first one stays.
        handle, aside = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
        os.unlink(aside)
    return path.read_text().strip()


def database(url: str) -> dict:
    """Django's DATABASES entry for a ``sqlite:`` or ``postgresql:`` address."""
    if url.startswith("sqlite:///"):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": url.removeprefix("sqlite:///"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
            },
            "TEST": {"NAME": os.environ.get("MINGTANG_TEST_SQLITE") or None},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parse_qs(parts.query).get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


# Made when something is first signed: a command that only checks a file leaves nothing behind.
SECRET_KEY = SimpleLazyObject(lambda: key_file("django"))
# Keys of the ledger (acts, seals, identity, blind index) lie outside the database.
LEDGER_KEYS = key_file
DEBUG = os.environ.get("MINGTANG_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("MINGTANG_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

# A header that a citizen can write is believed only as far as our own proxies wrote it.
PROXIES = int(os.environ.get("MINGTANG_PROXIES") or 0)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PROXIES > 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if PROXIES and host != "*"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    "django_tasks_db",
    "mingtang.ledger",
    "mingtang.disclosure",
    "mingtang.casework",
    "mingtang.portal",
    "mingtang.oversight",
    "mingtang.desk",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "mingtang.config.language.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "mingtang.config.urls"
# Counter pages and baked pages share Jinja2 layouts; the desk uses Django templates (contract: pages).
TEMPLATES = [
    {
        "NAME": "portal",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [ROOMS / "portal" / "templates"],
        "OPTIONS": {"environment": "mingtang.portal.api.environment"},
    },
    {
        "NAME": "desk",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOMS / "desk" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mingtang.desk.frame.frame",
            ],
            "builtins": ["mingtang.desk.tags"],
        },
    },
]
DATABASES = {
    "default": database(os.environ.get("MINGTANG_DATABASE", f"sqlite:///{HOME / 'mingtang.sqlite3'}"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The password of the demo's invented accounts, printed on the log-in page of a demo and nowhere else.
DEMO_PASSWORD = "mingtang-demo"  # noqa: S105
AUTH_USER_MODEL = "ledger.Person"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/desk/login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOMS / "config/locale"]
LANGUAGE_COOKIE_PATH = "/desk/"  # the desk's choice; pages for citizens go by their address
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "mingtang.config.refusals.csrf"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
