"""System checks: each wrong setting is named, with what to do about it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  (Django's own word)
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from stratum import media_storage


@register(Tags.security)
def check_secret_key(**kwargs: Any) -> list[CheckMessage]:
    with suppress(ImproperlyConfigured):  # how Django answers the question for an empty one
        if settings.SECRET_KEY:
            return []
    return [Error("SECRET_KEY is empty.", hint="Put 50 random characters into .env.", id="stratum.E001")]


@register(Tags.security)
def check_token_keys(**kwargs: Any) -> list[CheckMessage]:
    hint = "Make a key with `manage.py rotate_token_keys --new` and put it first in TOKEN_KEYS in .env."
    if not settings.TOKEN_KEYS:
        return [Error("TOKEN_KEYS is empty: platform tokens cannot be encrypted.", hint=hint, id="stratum.E002")]
    for position, key in enumerate(settings.TOKEN_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            return [Error(f"Key {position} in TOKEN_KEYS is no Fernet key.", hint=hint, id="stratum.E003")]
    return []


@register(Tags.security)
def check_sandbox_is_for_development(**kwargs: Any) -> list[CheckMessage]:
    if settings.DEBUG or not settings.SANDBOX_URL:
        return []
    return [
        Error(
            "SANDBOX_URL is set with DEBUG off: campaigns would be published to a sandbox that only plays the platforms.",
            hint="Empty SANDBOX_URL to speak to the real platforms.",
            id="stratum.E004",
        )
    ]


@register(Tags.security)
def check_loopback_is_for_development(**kwargs: Any) -> list[CheckMessage]:
    if settings.DEBUG or not settings.ALLOW_INSECURE_LOOPBACK:
        return []
    return [
        Error(
            "ALLOW_INSECURE_LOOPBACK is on with DEBUG off: tokens could be sent without encryption.",
            hint="Set ALLOW_INSECURE_LOOPBACK=False.",
            id="stratum.E005",
        )
    ]


@register(Tags.urls)
def check_base_url(**kwargs: Any) -> list[CheckMessage]:
    parts = urlsplit(settings.BASE_URL)
    if parts.scheme in {"http", "https"} and parts.netloc and not parts.path:
        return []
    return [
        Error(
            f"BASE_URL is {settings.BASE_URL!r}.",
            hint="Write scheme and host only, for example https://ads.example.com.",
            id="stratum.E006",
        )
    ]


@register(Tags.security, deploy=True)
def check_public_address(**kwargs: Any) -> list[CheckMessage]:
    if urlsplit(settings.BASE_URL).scheme == "https":
        return []
    return [
        Warning(
            "BASE_URL is not https. The platforms refuse OAuth redirects to plain http.",
            hint="Put a reverse proxy with TLS in front and set BASE_URL=https://…",
            id="stratum.W001",
        )
    ]


@register(Tags.security)
def check_clocks(**kwargs: Any) -> list[CheckMessage]:
    if 0 < settings.PUBLISH_RENEW_SECONDS < settings.PUBLISH_LEASE_SECONDS / 2:
        return []
    return [
        Error(
            "PUBLISH_RENEW_SECONDS must be less than half of PUBLISH_LEASE_SECONDS.",
            hint="A claim must be renewed at least twice before it ends.",
            id="stratum.E007",
        )
    ]


@register(Tags.security)
def check_scaled_clocks(**kwargs: Any) -> list[CheckMessage]:
    if settings.DEBUG or (settings.PUBLISH_SETTLE_FACTOR >= 1 and settings.PUBLISH_DEADLINE_FACTOR >= 1):
        return []
    return [
        Error(
            "The publishing clocks are scaled below 1 with DEBUG off: objects could be made twice.",
            hint="Remove PUBLISH_SETTLE_FACTOR and PUBLISH_DEADLINE_FACTOR.",
            id="stratum.E008",
        )
    ]


@register(Tags.security)
def check_supervision(**kwargs: Any) -> list[CheckMessage]:
    if 0 < settings.SUPERVISOR_PING_SECONDS < settings.SUPERVISOR_STALE_SECONDS / 3:
        return []
    return [
        Error(
            "SUPERVISOR_PING_SECONDS must be less than a third of SUPERVISOR_STALE_SECONDS.",
            hint="A queue must be asked a few times before it is taken for dead.",
            id="stratum.E009",
        )
    ]


@register(Tags.security)
def check_media_storage(**kwargs: Any) -> list[CheckMessage]:
    try:
        backend = media_storage.backend(settings.MEDIA_STORAGE)["BACKEND"]
        import_string(backend)
    except ValueError as error:
        return [
            Error(f"MEDIA_STORAGE cannot be read. {error}", hint="Empty keeps media in DATA_DIR.", id="stratum.E010")
        ]
    except ImportError as error:
        hint = "Run `pip install -r requirements-s3.txt`."
        return [Error(f"MEDIA_STORAGE needs a package that is not installed: {error}.", hint=hint, id="stratum.E011")]
    return []
