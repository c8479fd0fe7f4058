"""Django settings: one file, read from ALLIAGE_* variables, safe by default."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from alliage.web.allowance import Rule

HOME = Path(os.environ.get("ALLIAGE_HOME", "var")).resolve()
DEBUG = os.environ.get("ALLIAGE_DEBUG") == "1"


def _home() -> Path:
    """ALLIAGE_HOME, made for its owner alone: it holds the key, accounts, drafts and what visitors send."""
    HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    return HOME


def _secret() -> str:
    """ALLIAGE_SECRET_KEY, else a key made once, kept under ALLIAGE_HOME and read by its owner alone."""
    if given := os.environ.get("ALLIAGE_SECRET_KEY"):
        return given
    file = _home() / "secret-key"
    if not file.exists():
        # Written beside, then linked whole: of several processes that start at once, one wins and none reads half a key.
        with tempfile.NamedTemporaryFile("w", dir=HOME, prefix=".secret-key-") as made:
            made.write(secrets.token_urlsafe(48))
            made.flush()
            with suppress(FileExistsError):
                os.link(made.name, file)
    if file.stat().st_mode & 0o077:
        with suppress(PermissionError):
            file.chmod(0o600)
    return file.read_text("ascii")


def _private_file(file: Path) -> Path:
    """That file, made empty for its owner alone when it is missing; SQLite gives its journals the same rights."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
    return file


def _database(url: str) -> dict[str, Any]:
    """The database of ALLIAGE_DATABASE_URL (postgresql://…); SQLite under ALLIAGE_HOME without it."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": _private_file(_home() / "alliage.sqlite3"),
            "OPTIONS": {
                # IMMEDIATE takes the write lock when a transaction begins: no upgrade can fail in its middle.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-32000;PRAGMA temp_store=MEMORY;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured("ALLIAGE_DATABASE_URL attend postgresql://utilisateur:motdepasse@hote:5432/base")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _hosts() -> list[str]:
    """The names that this site answers to: ALLIAGE_HOSTS, else this machine's own and the one of ALLIAGE_URL."""
    if given := os.environ.get("ALLIAGE_HOSTS"):
        return [host.strip() for host in given.split(",") if host.strip()]
    local, public = ["localhost", "127.0.0.1", "[::1]"], urlsplit(SITE_URL).hostname
    listens_on = os.environ.get("ALLIAGE_HOST", "127.0.0.1")
    if public or listens_on in ("localhost", "127.0.0.1", "::1"):
        return [*local, *([public] if public else [])]
    # Shown to a network without a name of its own: a machine cannot know by which of its names it is called.
    return ["*"]


def _proxies() -> tuple[IPv4Network | IPv6Network, ...]:
    """The front servers whose X-Forwarded-For is believed: ALLIAGE_PROXIES, else this machine when ALLIAGE_URL is set."""
    given = os.environ.get("ALLIAGE_PROXIES", "127.0.0.0/8,::1" if SITE_URL else "")
    try:
        return tuple(ip_network(part.strip(), strict=False) for part in given.split(",") if part.strip())
    except ValueError as error:
        raise ImproperlyConfigured(f"ALLIAGE_PROXIES attend des adresses séparées par des virgules : {error}") from None


def _limits(given: str) -> dict[str, Rule]:
    """How often one client may ask; ALLIAGE_LIMITS changes some (« export=30/10m api=off ») or all (« off »)."""
    rules = {
        "search": "300/m",
        "api": "300/m",
        "suggest": "900/m",
        "export": "30/10m",
        "login": "10/15m",
        "start": "60/10m",  # a class of thirty behind one address may each begin twice
        "diagnosis": "240/m",
        "suggestion": "10/h",
    }
    if given.strip() == "off":
        return {}
    for part in given.replace(",", " ").split():
        name, _, rule = part.partition("=")
        if name not in rules:
            raise ImproperlyConfigured(f"ALLIAGE_LIMITS ne connaît pas « {name} » ; il connaît : {', '.join(rules)}.")
        rules[name] = rule
    try:
        return {name: Rule.read(rule) for name, rule in rules.items() if rule != "off"}
    except ValueError as error:
        raise ImproperlyConfigured(f"ALLIAGE_LIMITS : {error}") from None


def _days(given: str) -> int:
    """How many days without use a diagnosis is held, ALLIAGE_DIAGNOSIS_DAYS."""
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= 3_650:
        raise ImproperlyConfigured("ALLIAGE_DIAGNOSIS_DAYS attend un nombre de jours, de 1 à 3650.")
    return int(given)


def _origin_of_tiles(address: str, credit: str) -> list[str]:
    """Where tiles come from, for the content policy; nothing without tiles."""
    if not address:
        return []
    parts = urlsplit(address)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or not all(p in address for p in ("{z}", "{x}", "{y}"))
    ):
        raise ImproperlyConfigured("ALLIAGE_TILES attend une adresse comme https://tuiles.exemple.fr/{z}/{x}/{y}.png")
    if not credit:
        raise ImproperlyConfigured(
            "ALLIAGE_TILES_CREDIT manque\u00a0: dites de qui sont les tuiles, comme leur licence le demande."
        )
    return [f"{parts.scheme}://{parts.netloc}"]


SECRET_KEY = _secret()
# The public address. In https:// it turns secure cookies, HSTS and the way from http to https on.
SITE_URL = os.environ.get("ALLIAGE_URL", "").rstrip("/")
if SITE_URL and (urlsplit(SITE_URL).scheme not in ("http", "https") or not urlsplit(SITE_URL).hostname):
    raise ImproperlyConfigured(
        "ALLIAGE_URL attend l’adresse publique du site, par exemple https://alliances.exemple.fr"
    )
_https = SITE_URL.startswith("https://")
ALLOWED_HOSTS = _hosts()
PROXIES = _proxies()
LIMITS = _limits(os.environ.get("ALLIAGE_LIMITS", ""))
DIAGNOSIS_DAYS = _days(os.environ.get("ALLIAGE_DIAGNOSIS_DAYS", "90"))
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(SITE_URL))] if SITE_URL else []
CSRF_FAILURE_VIEW = "alliage.web.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_AGE = 7 * 24 * 3_600
SECURE_SSL_REDIRECT, SECURE_SSL_HOST = _https, urlsplit(SITE_URL).netloc or None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # watched from inside, without the front server
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_REFERRER_POLICY = "same-origin"
# No page uses any of this: nothing that slips into one could.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "microphone", "geolocation", "payment", "usb", "serial", "midi", "browsing-topics")
)
X_FRAME_OPTIONS = "DENY"

# Who answers for this installation, said on « Qui fait ce site »: a name, and an e-mail or web address.
PUBLISHER = os.environ.get("ALLIAGE_PUBLISHER", "")
CONTACT = os.environ.get("ALLIAGE_CONTACT", "")

# The background of maps: raster tiles of the administrator's choice (https://…/{z}/{x}/{y}.png), and whom to credit.
TILES, TILES_CREDIT = os.environ.get("ALLIAGE_TILES", ""), os.environ.get("ALLIAGE_TILES_CREDIT", "")
_tiles_origin = _origin_of_tiles(TILES, TILES_CREDIT)

INDEX_DIR = Path(os.environ.get("ALLIAGE_INDEX_DIR", HOME / "index"))

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "alliage.catalogue",
    "alliage.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "alliage.web.guards.Headers",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "alliage.web.guards.ReadableAddress",
    "alliage.web.guards.BoundedBody",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "alliage.web.limits.FairShare",
    "alliage.api.methods.ReadOnly",
    "alliage.web.guards.FriendlyErrors",
]
ROOT_URLCONF = "alliage.site.urls"
WSGI_APPLICATION = "alliage.site.wsgi.application"
DATABASES = {"default": _database(os.environ.get("ALLIAGE_DATABASE_URL", ""))}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "alliage.web.frame.frame",
            ],
            "builtins": [
                "alliage.web.templatetags.french",
                "alliage.web.templatetags.defined_terms",
                "alliage.web.templatetags.selection",
            ],
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *_tiles_origin],
        "font-src": [SELF],
        "connect-src": [SELF, *_tiles_origin],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # bytes of a form, files apart; the largest sheet of the editor is under 200 kB
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
# HSTS for every name below the site's own, and the browsers' preload list, bind other sites of the same organisation,
# for years: that is for whoever holds the domain to say, in the front server.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
NINJA_PAGINATION_MAX_LIMIT = 100

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    # Whoever reads a log must not be let into a diagnosis: its address is its key.
    "filters": {"without keys": {"()": "alliage.site.logs.WithoutKeys"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["without keys"]},
    },
    "loggers": {
        # What strangers mistype is in the front server's log; here it would bury what matters.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("ALLIAGE_LOG", "WARNING")},
}
