"""Settings of the sandbox's own Django project; everything it keeps lies in the folder SANDBOX_DATA."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key

DATA_FOLDER = Path(os.environ.get("SANDBOX_DATA", "data/sandbox")).resolve()
UPLOADS_FOLDER = DATA_FOLDER / "uploads"

# It signs nothing but the tokens of consent forms; a restart voids those that are open.
SECRET_KEY = get_random_secret_key()
DEBUG = False
# Names other than loopback's are refused unless the sandbox was bound to other addresses on purpose: a page on the web
# that points its own name at 127.0.0.1 must not reach the control surface.
ALLOWED_HOSTS = os.environ.get("SANDBOX_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

INSTALLED_APPS = ["stratum.sandbox.apps.SandboxConfig"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "stratum.sandbox.middleware.HostMiddleware",
    "stratum.sandbox.middleware.PageHeadersMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "stratum.sandbox.urls"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_FOLDER / "sandbox.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}

# Cookies ignore ports: with Django's default name this would overwrite the product's own cookie on the same host.
CSRF_COOKIE_NAME = "sandbox_csrftoken"
CSRF_COOKIE_HTTPONLY = True

DATA_UPLOAD_MAX_MEMORY_SIZE = None
DATA_UPLOAD_MAX_NUMBER_FIELDS = None
DATA_UPLOAD_MAX_NUMBER_FILES = None

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "ERROR"},
    "loggers": {"django": {"level": "ERROR"}},
}
