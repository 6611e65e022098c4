"""Google's OAuth 2.0: consent page, code → tokens, who granted what, renewal, and giving it back.

Reference: Google Identity, "Using OAuth 2.0 for Web Server Applications", "OpenID Connect"; Google Ads API, "OAuth scope".
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from integrations.contracts import ConsentError, Deadline, Grant, Tokens
from integrations.errors import ErrorKind, PlatformError, connection_expired
from integrations.http import Answer, Http
from stratum.redaction import redact

LABEL = "Google Ads"
ADWORDS = "https://www.googleapis.com/auth/adwords"
#: What is asked for; `openid email` only tells who connected.
ASKED = ("openid", "email", ADWORDS)
_DENIED = "Google Ads was not connected, because access was declined. Connect again and choose Allow."
_NO_CODE = "Google sent no code, so Google Ads was not connected. Connect again."
_STALE_CODE = "Google no longer accepts the code it sent: it was used before, or took too long. Connect again."
_APP = (
    "Google refused this installation's OAuth client. An Admin must check GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and the "
    "redirect URI that is registered for them."
)
_NO_ADWORDS = (
    f"Google Ads was not connected, because this permission was not granted: {ADWORDS} (to manage campaigns). "
    "Connect again and leave its box ticked."
)
_NO_REFRESH = (
    "Google sent no refresh token, so access would end within the hour. Remove this app under "
    "myaccount.google.com/permissions, then connect again."
)
_MISCONFIGURED = frozenset({"invalid_client", "unauthorized_client", "redirect_uri_mismatch", "deleted_client"})


def authorize_url(state: str, verifier: str, redirect_uri: str) -> str:
    """Return the address of Google's consent page.

    Only `prompt=consent` together with `access_type=offline` gives a refresh token every time.
    """
    app = settings.PLATFORMS["google"]
    query = {
        "client_id": app["client_id"],
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": " ".join(ASKED),
        "state": state,
        "access_type": "offline",
        "prompt": "consent",
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    return f"{app['authorize_url']}/o/oauth2/v2/auth?{urlencode(query)}"


def challenge(verifier: str) -> str:
    """Return the S256 code challenge of a verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def exchange(http: Http, callback: Mapping[str, str], verifier: str, redirect_uri: str) -> Grant:
    """Turn the callback into a grant; ConsentError when a person must do something else."""
    if callback.get("error"):
        raise _denial(callback["error"])
    if not callback.get("code"):
        raise ConsentError("CONSENT_INCOMPLETE", _NO_CODE)
    form = {
        "grant_type": "authorization_code",
        "code": callback["code"],
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    body = _redeemed(http, form)
    scopes = frozenset(str(body.get("scope", "")).split())
    if ADWORDS not in scopes:
        raise ConsentError("PERMISSION_MISSING", _NO_ADWORDS)
    tokens = _tokens(body)
    if not tokens.refresh_token:
        raise ConsentError("REFRESH_TOKEN_MISSING", _NO_REFRESH)
    person = _person(str(body.get("id_token", "")))
    return Grant(tokens, scopes, str(person.get("sub", "")), str(person.get("email") or "a Google account"))


def refresh(http: Http, tokens: Tokens) -> Tokens:
    """Return a fresh access token; the refresh token stays the same unless Google names another.

    PlatformError of kind auth when the grant is dead: revoked, unused for six months, or ended by the organization.
    """
    if not tokens.refresh_token:
        raise connection_expired(LABEL)
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
    answer = _ask(http, form)
    if not answer.is_ok:
        raise _refusal(answer)
    fresh = _tokens(_body(answer))
    kept = fresh.refresh_token or tokens.refresh_token
    ends_at = fresh.refresh_expires_at if fresh.refresh_token else tokens.refresh_expires_at
    return Tokens(fresh.access_token, kept, fresh.expires_at, ends_at)


def revoke(http: Http, tokens: Tokens) -> None:
    """Take the grant back: every token of this person for this app ends. A token that is dead already is fine."""
    token = tokens.refresh_token or tokens.access_token
    answer = http.request("POST", _address("/revoke"), deadline=Deadline.CREATE, form={"token": token})
    if answer.is_ok or _error_of(answer) == "invalid_token":
        return
    raise _refusal(answer)


def _denial(error: str) -> ConsentError:
    if error == "access_denied":
        return ConsentError("CONSENT_DENIED", _DENIED)
    if error in _MISCONFIGURED:
        return ConsentError("APP_REFUSED", _APP)
    said = "".join(char for char in error[:100] if char.isprintable())
    return ConsentError("CONSENT_FAILED", f"Google ended the log-in ({said}). Connect again.")


def _redeemed(http: Http, form: Mapping[str, str]) -> dict[str, Any]:
    answer = _ask(http, form)
    if answer.is_ok:
        return _body(answer)
    reason = _error_of(answer)
    if reason in _MISCONFIGURED:
        raise ConsentError("APP_REFUSED", _APP)
    if reason == "invalid_grant":
        raise ConsentError("CODE_REFUSED", _STALE_CODE)
    raise _refusal(answer)


def _ask(http: Http, form: Mapping[str, str]) -> Answer:
    app = settings.PLATFORMS["google"]
    whole = {**form, "client_id": app["client_id"], "client_secret": app["client_secret"]}
    try:
        return http.request("POST", _address("/token"), deadline=Deadline.CREATE, form=whole)
    except PlatformError as error:
        raise _as_read(error) from error  # the refresh token stays good whatever became of this


def _address(path: str) -> str:
    return settings.PLATFORMS["google"]["token_url"] + path


def _as_read(error: PlatformError) -> PlatformError:
    if error.kind is not ErrorKind.AMBIGUOUS:
        return error
    return _unclear(error.http_status, error.raw)


def _unclear(status: int | None, raw: Any) -> PlatformError:
    message = "Google could not answer at the moment. Try again in a few minutes."
    return PlatformError(ErrorKind.TRANSIENT, "PLATFORM_ERROR", message, http_status=status, raw=redact(raw))


def _error_of(answer: Answer) -> str:
    return str(answer.json.get("error", "")) if isinstance(answer.json, Mapping) else ""


def _refusal(answer: Answer) -> PlatformError:
    """Turn a refusal of the token endpoint into an error: dead grant, our configuration, or a passing fault."""
    error = _error_of(answer)
    if answer.status == 429:
        message = "Google limits how often tokens may be asked for. It goes on after a pause."
        return PlatformError(ErrorKind.RATE_LIMITED, "RATE_LIMIT_EXCEEDED", message, retry_after=60.0, http_status=429)
    if error in _MISCONFIGURED:
        return PlatformError(
            ErrorKind.PERMISSION, "APP_REFUSED", _APP, http_status=answer.status, raw=redact(answer.json)
        )
    if error == "invalid_grant":
        dead = connection_expired(LABEL)
        dead.http_status, dead.raw = answer.status, redact(answer.json)
        return dead
    return _unclear(answer.status, answer.json if answer.json is not None else answer.text[:500])


def _body(answer: Answer) -> dict[str, Any]:
    if not isinstance(answer.json, dict):
        raise _unclear(answer.status, answer.text[:500])
    return answer.json


def _tokens(body: Mapping[str, Any]) -> Tokens:
    token = body.get("access_token")
    if not isinstance(token, str) or not token:
        raise _unclear(200, dict(body))
    refresh_token = str(body.get("refresh_token") or "")
    return Tokens(token, refresh_token, _after(body.get("expires_in")), _after(body.get("refresh_token_expires_in")))


def _after(seconds: Any) -> datetime | None:
    return timezone.now() + timedelta(seconds=int(seconds)) if seconds else None


def _person(id_token: str) -> dict[str, Any]:
    """Return the claims of an ID token. It came straight from Google over TLS, which stands for its signature."""
    parts = id_token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
