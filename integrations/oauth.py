"""The way to a platform's consent page and back.

A state is random, lives ten minutes, belongs to the session that asked for it and to the person who asked, and is used
once: it is taken out of the session, and the session is saved, before anything else happens. The code and the tokens
are never put into an address, a log or a page of ours.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from integrations import platforms
from integrations.contracts import ConsentError, Grant
from integrations.errors import ErrorKind, PlatformError
from integrations.recording import record_exchange
from stratum.redaction import SECRET_NAMES, remember
from stratum.ui import Refusal

SESSION_KEY = "oauth"


class CallbackFailed(Exception):
    """The way back did not lead to a connection; nothing was stored. `platform` is empty when it is not known."""

    def __init__(self, code: str, platform: str, what: str, to_do: str, status: int = 400) -> None:
        super().__init__(what)
        self.code = code
        self.platform = platform
        self.what = what
        self.to_do = to_do
        self.status = status

    @property
    def title(self) -> str:
        return f"{platforms.label(self.platform)} was not connected" if self.platform else "Nothing was connected"


@dataclass(frozen=True)
class Asked:
    """What the session remembers of a question: which platform, with which state and verifier, by whom, when."""

    platform: str
    state: str
    verifier: str
    user_id: int
    at: float

    @property
    def is_too_old(self) -> bool:
        return not 0 <= time.time() - self.at <= settings.OAUTH_STATE_SECONDS


def redirect_uri() -> str:
    """Return the address the platforms send people back to: it must be registered with each app, to the letter."""
    return settings.BASE_URL + reverse("integrations:callback")


def start(request: HttpRequest, slug: str) -> str:
    """Return the address of the platform's consent page for this session.

    Raises Refusal when this version cannot speak to the platform, or when its app's credentials are not configured.
    """
    require_configured(slug)
    asked = Asked(slug, secrets.token_urlsafe(32), secrets.token_urlsafe(64), int(request.user.pk or 0), time.time())
    others = [other for other in _remembered(request) if other.platform != slug]
    _remember(request, [*others, asked])
    platform = platforms.platform(slug, None, record_exchange(slug))
    return platform.authorize_url(asked.state, asked.verifier, redirect_uri())


def finish(request: HttpRequest) -> tuple[str, Grant]:
    """Return the platform that sent the person back, and what was granted there; CallbackFailed if nothing was."""
    asked = _take(request, request.GET.get("state", ""))
    slug = asked.platform
    if asked.user_id != request.user.pk:
        raise CallbackFailed(
            "OTHER_PERSON", slug, "Somebody else began to connect it in this browser.", "Press Connect again."
        )
    if asked.is_too_old:
        minutes = settings.OAUTH_STATE_SECONDS // 60
        raise CallbackFailed(
            "STATE_EXPIRED",
            slug,
            f"More than {minutes} minutes passed between pressing Connect and coming back.",
            "Press Connect again.",
        )
    return slug, _exchange(request, asked)


def missing_variables(slug: str) -> list[str]:
    """Return the environment variables without which the platform's app cannot be used."""
    app, names = settings.PLATFORMS[slug], platforms.REGISTRY[slug].variables
    values = (app["client_id"], app["client_secret"])
    return [name for name, value in zip(names, values, strict=True) if not value]


def require_configured(slug: str) -> None:
    """Refuse a platform that cannot be connected here, and say why."""
    label = platforms.label(slug)
    if slug not in platforms.available():
        raise Refusal("PLATFORM_NOT_AVAILABLE", f"{label} is not available in this version.")
    if missing := missing_variables(slug):
        raise Refusal(
            "PLATFORM_NOT_CONFIGURED",
            f"{label} cannot be connected yet: {' and '.join(missing)} must be set in the environment of this "
            "installation. Then restart it.",
        )


def _exchange(request: HttpRequest, asked: Asked) -> Grant:
    slug = asked.platform
    platform = platforms.platform(slug, None, record_exchange(slug))
    for secret in (asked.verifier, *(request.GET[name] for name in SECRET_NAMES & request.GET.keys())):
        remember(secret)
    try:
        return platform.exchange(request.GET.dict(), asked.verifier, redirect_uri())
    except ConsentError as error:
        raise CallbackFailed(error.code, slug, str(error), "Press Try again to go back to the consent page.") from error
    except PlatformError as error:
        raise _platform_failure(slug, error) from error


def _platform_failure(slug: str, error: PlatformError) -> CallbackFailed:
    if error.kind is ErrorKind.RATE_LIMITED:
        return CallbackFailed(error.code, slug, error.message, "Wait some minutes, then try again.", 429)
    if error.retry_helps:
        return CallbackFailed(error.code, slug, error.message, "Try again in a few minutes.", 502)
    to_do = "Try again. If it happens once more, compare the app's settings there with those of this installation."
    return CallbackFailed(error.code, slug, error.message, to_do, 502)


# What the session remembers -----------------------------------------------------------------------------------------


def _take(request: HttpRequest, state: str) -> Asked:
    """Return what was asked with this state, and forget it for good; CallbackFailed if there is no such question."""
    remembered = _remembered(request)
    matching = [asked for asked in remembered if secrets.compare_digest(asked.state.encode(), state.encode())]
    if not matching:
        raise CallbackFailed(
            "STATE_UNKNOWN",
            "",
            "This way back belongs to no request of this browser: it was used already, it began in another browser, or "
            "Connect was pressed again meanwhile.",
            "Press Connect once more and stay in this browser.",
        )
    _remember(request, [asked for asked in remembered if asked not in matching])
    # Saved now, not after the answer: the same address opened twice at once must not be exchanged twice.
    request.session.save()
    return matching[0]


def _remembered(request: HttpRequest) -> list[Asked]:
    rows: list[dict[str, Any]] = request.session.get(SESSION_KEY, [])
    return [Asked(**row) for row in rows if row["platform"] in platforms.available()]


def _remember(request: HttpRequest, asked: list[Asked]) -> None:
    request.session[SESSION_KEY] = [vars(one) for one in asked]
