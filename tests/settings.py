"""Settings of the tests: the product's own, with a fixed environment instead of the machine's .env."""

from __future__ import annotations

import os
import tempfile

os.environ.update(
    SECRET_KEY="tests-only-tests-only-tests-only-tests-only-tests-only",
    TOKEN_KEYS="pAGW1cUFJSZ3N3tZ4JgrU0pEAIYZ0Jw3iK1Ef0g0Y2A=",
    DEBUG="False",
    BASE_URL="http://testserver",
    ALLOWED_HOSTS="testserver,127.0.0.1,localhost",
    ALLOW_INSECURE_LOOPBACK="True",
    SANDBOX_URL=os.environ.get("TEST_SANDBOX_URL", "http://127.0.0.1:9"),
    DATA_DIR=os.environ.get("TEST_DATA_DIR") or tempfile.mkdtemp(prefix="stratum-tests-"),
    META_APP_ID="1000000000000001",
    META_APP_SECRET="sandbox-meta-secret-0001",
    GOOGLE_CLIENT_ID="100000000001-sandbox.apps.googleusercontent.com",
    GOOGLE_CLIENT_SECRET="sandbox-google-secret-0001",
    TIKTOK_APP_ID="7000000000000000001",
    TIKTOK_APP_SECRET="sandbox-tiktok-secret-0001",
    SNAPCHAT_CLIENT_ID="5a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
    SNAPCHAT_CLIENT_SECRET="sandbox-snapchat-secret-0001",
    EMAIL_URL="memorymail://",
    TRUSTED_PROXIES="0",
)

from stratum.settings import *
from stratum.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
AXES_ENABLED = False
MAIL_WINDOW_SECONDS = 0
LANDING_PAGE_CHECK = False
