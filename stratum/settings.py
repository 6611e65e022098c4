"""Settings. What an operator may change comes from the environment; stratum/env.py describes it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stratum import env as environment
from stratum import media_storage

BASE_DIR = Path(__file__).resolve().parent.parent
env = environment.read()

SECRET_KEY = env("SECRET_KEY")
TOKEN_KEYS: list[str] = [key for key in env("TOKEN_KEYS") if key]
AUDIT_KEYS: list[str] = [key for key in env("AUDIT_KEYS") if key]
DEBUG = env("DEBUG")
BASE_URL: str = env("BASE_URL").rstrip("/")
SANDBOX_URL: str = env("SANDBOX_URL").rstrip("/")
ALLOW_INSECURE_LOOPBACK: bool = env("ALLOW_INSECURE_LOOPBACK")
_base = urlsplit(BASE_URL)
_https = _base.scheme == "https"
ALLOWED_HOSTS: list[str] = [host for host in env("ALLOWED_HOSTS") if host] or [_base.hostname or "localhost"]
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]

INSTALLED_APPS = [
    "stratum.apps.StratumConfig",
    "integrations.apps.IntegrationsConfig",
    "adaccounts.apps.AdAccountsConfig",
    "campaigns.apps.CampaignsConfig",
    "stratum.apps.RecordsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_q",
    "django_htmx",
    "bootstrap",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "stratum.storable.StorableRequests",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "stratum.ui.LoginRequired",
    "stratum.sessions.KeepIndex",
    "stratum.login.TemporaryPasswords",
    "stratum.twofactor.Requirement",
    "stratum.ui.ApiErrors",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "stratum.urls"
WSGI_APPLICATION = "stratum.wsgi.application"
AUTH_USER_MODEL = "stratum.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "stratum.ui.sidebar",
            ],
            "builtins": ["stratum.templatetags.ui"],
        },
    }
]

# Data ---------------------------------------------------------------------------------------------------------------

DATA_DIR = (BASE_DIR / env("DATA_DIR")).resolve()
_database_url: str = env("DATABASE_URL")
if _database_url:
    _database = env.db_url_config(_database_url)
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    # Said here, whatever the server's own settings are: an intent that was committed must survive a crash of the server,
    # or its object could be made twice.
    _clocks = "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"
    _database.setdefault("OPTIONS", {}).update(connect_timeout=5, options=f"-c synchronous_commit=on {_clocks}")
else:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    # IMMEDIATE and WAL: with the defaults, concurrent read-then-write transactions fail at once with "database is
    # locked". FULL: an intent that was committed must survive a power cut, or its object could be made twice.
    _database = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "stratum.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
DATABASES = {"default": _database}

MEDIA_STORAGE: str = env("MEDIA_STORAGE")
STORAGES: dict[str, dict[str, Any]] = {
    "default": media_storage.or_disk(MEDIA_STORAGE),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG

# One file may be a long video; it is written to disk while it arrives. Text fields stay small.
FILE_UPLOAD_HANDLERS = [
    "stratum.uploads.QuotaUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
MAX_UPLOAD_BYTES = 500 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# People -------------------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "stratum.login.NameOrEmail"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "campaigns:list"
LOGOUT_REDIRECT_URL = "login"
CREATOR_CAN_PUBLISH: bool = env("CREATOR_CAN_PUBLISH")
ALLOW_SELF_APPROVAL: bool = env("ALLOW_SELF_APPROVAL")
REQUIRE_TWO_FACTOR: bool = env("REQUIRE_TWO_FACTOR")
INVITATION_DAYS = 7

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_CLIENT_IP_CALLABLE = "stratum.ui.client_ip"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Web ----------------------------------------------------------------------------------------------------------------

WEB_PORT: int = env("WEB_PORT")
WEB_BIND: str = env("WEB_BIND")
TRUSTED_PROXIES: int = env("TRUSTED_PROXIES")
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = _https
SESSION_COOKIE_AGE = 60 * 60 * 24 * 7
SESSION_ENGINE = "stratum.sessions"
CSRF_COOKIE_SECURE = _https
CSRF_FAILURE_VIEW = "stratum.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Platforms ----------------------------------------------------------------------------------------------------------
# Only these addresses differ between the sandbox and the real platforms.


def _address(real: str, played: str) -> str:
    return f"{SANDBOX_URL}{played}" if SANDBOX_URL else real


PLATFORMS: dict[str, dict[str, str]] = {
    "meta": {
        "client_id": env("META_APP_ID"),
        "client_secret": env("META_APP_SECRET"),
        "api_url": _address("https://graph.facebook.com", "/meta/graph"),
        "video_url": _address("https://graph-video.facebook.com", "/meta/graph-video"),
        "authorize_url": _address("https://www.facebook.com", "/meta/www"),
        "dashboard_url": _address("https://adsmanager.facebook.com", "/meta/adsmanager"),
    },
    "google": {
        "client_id": env("GOOGLE_CLIENT_ID"),
        "client_secret": env("GOOGLE_CLIENT_SECRET"),
        "api_url": _address("https://googleads.googleapis.com", "/google/ads"),
        "authorize_url": _address("https://accounts.google.com", "/google/accounts"),
        "token_url": _address("https://oauth2.googleapis.com", "/google/oauth2"),
        "dashboard_url": _address("https://ads.google.com", "/google/web"),
    },
    "tiktok": {
        "client_id": env("TIKTOK_APP_ID"),
        "client_secret": env("TIKTOK_APP_SECRET"),
        "api_url": _address("https://business-api.tiktok.com", "/tiktok/api"),
        "authorize_url": _address("https://business-api.tiktok.com", "/tiktok"),
        "dashboard_url": _address("https://ads.tiktok.com", "/tiktok/web"),
    },
    "snapchat": {
        "client_id": env("SNAPCHAT_CLIENT_ID"),
        "client_secret": env("SNAPCHAT_CLIENT_SECRET"),
        "scopes": env("SNAPCHAT_SCOPES"),
        "public_profiles": env("SNAPCHAT_PUBLIC_PROFILES"),
        "api_url": _address("https://adsapi.snapchat.com", "/snapchat/api"),
        "profile_url": _address("https://businessapi.snapchat.com", "/snapchat/businessapi"),
        "authorize_url": _address("https://accounts.snapchat.com", "/snapchat/accounts"),
        "token_url": _address("https://accounts.snapchat.com", "/snapchat/accounts"),
        "dashboard_url": _address("https://ads.snapchat.com", "/snapchat/web"),
    },
}
OAUTH_STATE_SECONDS = 600
SYNC_IN_REQUEST_SECONDS = 15

LANDING_PAGE_CHECK: bool = env("LANDING_PAGE_CHECK")
#: Hosts whose pages are asked for at another address: the shop of the demo, which the sandbox plays.
LANDING_PAGE_HOSTS: dict[str, str] = {"shop.example.com": f"{SANDBOX_URL}/shop"} if SANDBOX_URL else {}

_authorize_origins = sorted(
    {"{0.scheme}://{0.netloc}".format(urlsplit(platform["authorize_url"])) for platform in PLATFORMS.values()}
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # data: Bootstrap draws its form controls with it
        "media-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *_authorize_origins],  # Connect is a form that the platform's redirect answers
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Publishing ---------------------------------------------------------------------------------------------------------

PUBLISH_WORKERS: int = env("PUBLISH_WORKERS")
PUBLISH_LEASE_SECONDS: float = env("PUBLISH_LEASE_SECONDS")
PUBLISH_RENEW_SECONDS: float = env("PUBLISH_RENEW_SECONDS")
PUBLISH_RING_SECONDS: float = env("PUBLISH_RING_SECONDS")
PUBLISH_SETTLE_FACTOR: float = env("PUBLISH_SETTLE_FACTOR")
PUBLISH_DEADLINE_FACTOR: float = env("PUBLISH_DEADLINE_FACTOR")

# The queue is a doorbell: tasks carry ids, the ledger is the truth, so the broker never retries on its own account.
# retry stays far above timeout: below it, a task that still runs would be handed out again.
Q_CLUSTER: dict[str, Any] = {
    "name": "publish",
    "orm": "default",
    "workers": PUBLISH_WORKERS,
    "bulk": 1,
    "queue_limit": 1,
    "timeout": 240,
    "retry": 960,
    "ack_failures": True,
    "max_attempts": 1,
    "poll": 0.2,
    "catch_up": False,
    "save_limit": -1,
    "recycle": 500,
    "max_rss": 400_000,
    "guard_cycle": 0.5,
    "log_level": "INFO",
    "label": "Task queue",
    "ALT_CLUSTERS": {"default": {"workers": 1, "timeout": 240, "retry": 960}},
}

# Serving ------------------------------------------------------------------------------------------------------------
# Dotted paths, because the ground floor imports nothing from the rooms above.

SUPERVISOR_PING_SECONDS: float = env("SUPERVISOR_PING_SECONDS")
SUPERVISOR_STALE_SECONDS: float = env("SUPERVISOR_STALE_SECONDS")
SUPERVISOR_GRACE_SECONDS: float = env("SUPERVISOR_GRACE_SECONDS")
SUPERVISOR_RINGS = ["campaigns.publishing.sweeper.ring", "stratum.tasks.ring"]
SUPERVISOR_AFTER_KILL = ["campaigns.publishing.sweeper.expire_leases_of"]
HEALTH_PARTS = ["campaigns.health.runs"]
# Who can name the things that events are about: sort → function (ids) → {id: Thing}.
AUDIT_SUBJECTS = {
    "person": "stratum.audit.people",
    "invitation": "stratum.audit.invitations",
    "webhook": "stratum.audit.webhooks",
    "draft": "campaigns.subjects.drafts",
    "media": "campaigns.subjects.media",
    "template": "campaigns.subjects.templates",
    "audience": "campaigns.subjects.audiences",
    "account": "adaccounts.subjects.accounts",
    "connection": "integrations.subjects.connections",
}

# By the clock: name → dotted path of the task, and every how many minutes. The tasks run in the cluster "default".
SCHEDULES = {
    "keep_connections": ("integrations.tasks.keep_connections", 10),
    "send_mail": ("stratum.tasks.send_mail", 1),
    "send_webhooks": ("stratum.tasks.send_webhooks", 1),
    "seal_events": ("stratum.tasks.seal_events", 1),
    "verify_events": ("stratum.tasks.verify_events", 24 * 60),
    "remind": ("campaigns.tasks.remind", 30),
    "clear_out": ("stratum.tasks.clear_out", 24 * 60),
}

# Words, times, mail -------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = env("TIME_ZONE")
USE_TZ = True
EMAIL_CONFIG = env.email_url_config(env("EMAIL_URL"))
globals().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
# What happens within this time is told to a person in one mail.
MAIL_WINDOW_SECONDS = 30
# When the mail goes out that people asked for once a day, in TIME_ZONE.
MAIL_DAILY_HOUR = 8
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL")
SILENCED_SYSTEM_CHECKS: list[str] = []

# What each process of a queue says about itself, and about each heartbeat.
_CHATTER = re.compile(
    r"stratum\.heartbeats\.ping|^Enqueued|^Process-\w+ (ready|monitoring|pushing|guarding|stopp|waiting)"
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "redact": {"()": "stratum.redaction.RedactSecrets"},
        "hide_chatter": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: not _CHATTER.search(record.getMessage()),
        },
    },
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["redact"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"level": "INFO"},  # without handlers of its own, which would repeat every line
        "django.server": {"handlers": ["console"], "propagate": False},
        "django-q": {"handlers": ["console"], "filters": ["hide_chatter"], "propagate": False, "level": "INFO"},
    },
}
