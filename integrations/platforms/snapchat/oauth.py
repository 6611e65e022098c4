"""Snapchat's OAuth 2.0: consent page, code → tokens, renewal.

Reference: Ads API v1, "Authentication". An access token lives an hour; the refresh token has no published end. There is
no address to give access back at: whoever connected removes the app in their Snapchat account.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from integrations.contracts import ConsentError, Deadline, Grant, Tokens
from integrations.errors import ErrorKind, PlatformError, connection_expired
from integrations.http import Answer, Http
from integrations.platforms.snapchat import refusals
from integrations.platforms.snapchat.client import Ads
from integrations.platforms.snapchat.refusals import LABEL

MARKETING = "snapchat-marketing-api"
#: Opens the list of public profiles, for apps that Snap has allowed it.
PROFILES = "snapchat-profile-api"
#: What is believed where an answer names no lifetime.
USUAL_SECONDS = 3_600
_DENIED = "Snapchat was not connected, because the permission was declined. Connect again and choose to continue."
_NO_CODE = "Snapchat sent no code, so it was not connected. Connect again."
_STALE_CODE = "Snapchat no longer accepts the code it sent: it was used before, or took too long. Connect again."
_APP = "Snapchat refused the app's id or secret. An Admin must check SNAPCHAT_CLIENT_ID and SNAPCHAT_CLIENT_SECRET."
#: Errors of the token endpoint that speak of the app, not of the code (RFC 6749, 5.2).
_APP_ERRORS = frozenset({"invalid_client", "unauthorized_client"})


def authorize_url(state: str, redirect_uri: str) -> str:
    """Return the address of Snapchat's consent page."""
    app = settings.PLATFORMS["snapchat"]
    query = {
        "client_id": app["client_id"],
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": " ".join(_asked_scopes()),
        "state": state,
    }
    return f"{app['authorize_url']}/login/oauth2/authorize?{urlencode(query)}"


def exchange(http: Http, callback: Mapping[str, str], redirect_uri: str) -> Grant:
    """Turn the callback into a grant; ConsentError when a person must do something else."""
    if callback.get("error"):
        raise _denial(callback)
    if not callback.get("code"):
        raise ConsentError("CONSENT_INCOMPLETE", _NO_CODE)
    form = {"grant_type": "authorization_code", "code": callback["code"], "redirect_uri": redirect_uri}
    try:
        body = _token_answer(http, form)
    except _Refused as refused:
        if refused.error in _APP_ERRORS:
            raise ConsentError("APP_REFUSED", _APP) from refused
        raise ConsentError("CODE_REFUSED", _STALE_CODE) from refused
    granted = frozenset(str(body.get("scope") or " ".join(_asked_scopes())).split())
    if MARKETING not in granted:
        message = (
            f"Snapchat was not connected, because it did not grant {MARKETING}, which every call needs. Connect again."
        )
        raise ConsentError("PERMISSION_MISSING", message)
    tokens = _tokens(body)
    person = Ads(http, tokens.access_token).get("me").get("me")
    me = person if isinstance(person, Mapping) else {}
    return Grant(tokens, granted, str(me.get("id") or ""), str(me.get("display_name") or me.get("email") or ""))


def refresh(http: Http, tokens: Tokens) -> Tokens:
    """Return a fresh access token; PlatformError of kind auth when a person must reconnect."""
    if not tokens.refresh_token:
        raise connection_expired(LABEL)
    try:
        body = _token_answer(http, {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token})
    except _Refused as refused:
        if refused.error in _APP_ERRORS:
            raise PlatformError(ErrorKind.INVALID, "APP_REFUSED", _APP) from refused
        raise connection_expired(LABEL) from refused
    return _tokens(body)


def revoke() -> None:
    """Raise PlatformError: Snapchat has no address to give access back at, and nobody may be told that it is over."""
    message = (
        "Snapchat takes no access back from here. Remove the app among the connected apps of the Snapchat account."
    )
    raise PlatformError(ErrorKind.INVALID, "NO_REVOCATION", message)


class _Refused(Exception):
    """The token endpoint said no; `error` is its word for why."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


def _asked_scopes() -> list[str]:
    return settings.PLATFORMS["snapchat"]["scopes"].split()


def _denial(callback: Mapping[str, str]) -> ConsentError:
    if callback["error"] == "access_denied":
        return ConsentError("CONSENT_DENIED", _DENIED)
    said = callback.get("error_description") or callback["error"]
    return ConsentError("CONSENT_FAILED", f"Snapchat ended the log-in: {said[:200].rstrip('.')}. Connect again.")


def _token_answer(http: Http, fields: Mapping[str, str]) -> dict[str, Any]:
    """Ask the token endpoint; _Refused when it says no, PlatformError of kind transient when it says nothing of use.

    Whatever became of a lost answer: nothing was created, and the refresh token stays good.
    """
    app = settings.PLATFORMS["snapchat"]
    form = {"client_id": app["client_id"], "client_secret": app["client_secret"], **fields}
    address = f"{app['token_url']}/login/oauth2/access_token"
    try:
        answer = http.request("POST", address, deadline=Deadline.CREATE, form=form)
    except PlatformError as error:
        if error.kind is ErrorKind.AMBIGUOUS:
            error.kind = ErrorKind.TRANSIENT
        raise
    return _judged(answer)


def _judged(answer: Answer) -> dict[str, Any]:
    body = answer.json
    if answer.is_ok and isinstance(body, dict) and body.get("access_token"):
        return body
    if answer.status in (400, 401) and isinstance(body, Mapping) and body.get("error"):
        raise _Refused(str(body["error"]))
    if answer.status == 429:
        raise refusals.translate(429, body, answer.headers, is_write=False)
    raise refusals.unreadable(answer.status, body, is_write=False)


def _tokens(body: Mapping[str, Any]) -> Tokens:
    """Read a token answer. The end is the answer's own: older documents name another lifetime."""
    seconds = int(body.get("expires_in") or USUAL_SECONDS)
    ends = timezone.now() + timedelta(seconds=seconds)
    return Tokens(str(body["access_token"]), str(body.get("refresh_token") or ""), expires_at=ends)
