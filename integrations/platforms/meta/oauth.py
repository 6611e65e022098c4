"""Facebook Login: consent page, code → short → long-lived token, what was granted, renewal, and giving it back.

Reference: Facebook Login, "Manually build a login flow", "Long-lived access tokens", "Permissions" (Graph API v26.0).
Meta has no refresh token: a long-lived one (about 60 days) is exchanged for a new one while it is still good.
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
from integrations.http import Http
from integrations.platforms.meta import client
from integrations.platforms.meta.client import Graph
from integrations.platforms.meta.refusals import LABEL

#: Permission → what we cannot do without it.
SCOPES = {
    "ads_management": "create campaigns and switch them on and off",
    "ads_read": "read campaigns back and check them",
    "business_management": "reach the ad accounts of a business",
    "pages_show_list": "list the Pages that ads may speak for",
    "pages_read_engagement": "use a Page in an ad",
    "pages_manage_ads": "create ads in a Page's name",
}
_DENIED = "Meta was not connected, because the permissions were declined. Connect again and choose to continue."
_NO_CODE = "Meta sent no code, so it was not connected. Connect again."
_STALE_CODE = "Meta no longer accepts the code it sent: it was used before, or took too long. Connect again."


def authorize_url(state: str, redirect_uri: str) -> str:
    """Return the address of Meta's consent page.

    `auth_type=rerequest` makes Meta ask again for what a person declined earlier; without it nobody could correct that.
    """
    settings_of_app = settings.PLATFORMS["meta"]
    query = {
        "client_id": settings_of_app["client_id"],
        "redirect_uri": redirect_uri,
        "state": state,
        "response_type": "code",
        "scope": ",".join(SCOPES),
        "auth_type": "rerequest",
    }
    return f"{settings_of_app['authorize_url']}/{client.VERSION}/dialog/oauth?{urlencode(query)}"


def exchange(http: Http, callback: Mapping[str, str], redirect_uri: str) -> Grant:
    """Turn the callback into a grant with a long-lived token; ConsentError when a person must do something else."""
    if callback.get("error") or callback.get("error_code"):
        raise _denial(callback)
    if not callback.get("code"):
        raise ConsentError("CONSENT_INCOMPLETE", _NO_CODE)
    short = _tokens_for_code(http, callback["code"], redirect_uri)
    tokens = _token(http, {"grant_type": "fb_exchange_token", "fb_exchange_token": short.access_token})
    graph = Graph(http, tokens.access_token)
    granted = _granted(graph)
    _require_all(granted)
    person = graph.get("me", {"fields": "id,name"})
    return Grant(tokens, granted, str(person.get("id", "")), str(person.get("name", "")))


def refresh(http: Http, tokens: Tokens) -> Tokens:
    """Exchange a token that is still good for one that lasts longer; PlatformError of kind auth once it is not."""
    if tokens.expires_at and tokens.expires_at <= timezone.now():
        raise connection_expired(LABEL)
    try:
        return _token(http, {"grant_type": "fb_exchange_token", "fb_exchange_token": tokens.access_token})
    except PlatformError as error:
        raise client.as_read(error) from error  # the old token stays good whatever became of this


def revoke(http: Http, tokens: Tokens, external_user_id: str) -> None:
    """Take back everything the person granted to this app. All tokens of that person end with it."""
    Graph(http, tokens.access_token).delete(f"{external_user_id}/permissions")


def _denial(callback: Mapping[str, str]) -> ConsentError:
    if callback.get("error") == "access_denied":
        return ConsentError("CONSENT_DENIED", _DENIED)
    said = callback.get("error_description") or callback.get("error_message") or "no reason given"
    return ConsentError("CONSENT_FAILED", f"Meta ended the log-in: {said[:200].rstrip('.')}. Connect again.")


def _tokens_for_code(http: Http, code: str, redirect_uri: str) -> Tokens:
    try:
        return _token(http, {"redirect_uri": redirect_uri, "code": code})
    except PlatformError as error:
        if error.kind is not ErrorKind.INVALID:
            raise client.as_read(error) from error
        if error.code == "APP_REFUSED":
            raise ConsentError(
                "APP_REFUSED",
                "Meta refused the app's id or secret. An Admin must check META_APP_ID and META_APP_SECRET.",
            ) from error
        raise ConsentError("CODE_REFUSED", _STALE_CODE) from error


def _token(http: Http, fields: Mapping[str, str]) -> Tokens:
    """Ask for a token. As a form, because what stands in an address ends up in logs."""
    app = settings.PLATFORMS["meta"]
    form = {"client_id": app["client_id"], "client_secret": app["client_secret"], **fields}
    answer = http.request("POST", client.url("oauth/access_token"), deadline=Deadline.CREATE, form=form)
    _raise_for_secret(answer.json)
    body = client.checked(answer, is_write=True)
    token, seconds = body.get("access_token"), body.get("expires_in")
    if not isinstance(token, str) or not token:
        raise PlatformError(
            ErrorKind.TRANSIENT, "PLATFORM_ERROR", "Meta sent no access token. Try again in a few minutes."
        )
    # Without expires_in the token has no known end, as those of system users have none.
    expires_at = timezone.now() + timedelta(seconds=int(seconds)) if seconds else None
    return Tokens(token, expires_at=expires_at)


def _raise_for_secret(body: Any) -> None:
    """A wrong app secret answers code 1, "unknown error" everywhere else; here its text tells it apart."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if isinstance(error, Mapping) and "client secret" in str(error.get("message", "")).lower():
        raise PlatformError(
            ErrorKind.INVALID, "APP_REFUSED", "Meta refused the app's secret. An Admin must check META_APP_SECRET."
        )


def _granted(graph: Graph) -> frozenset[str]:
    listed = graph.pages("me/permissions", {})
    return frozenset(str(row.get("permission")) for row in listed if row.get("status") == "granted")


def _require_all(granted: frozenset[str]) -> None:
    missing = [scope for scope in SCOPES if scope not in granted]
    if not missing:
        return
    needs = "; ".join(f"{scope} (to {SCOPES[scope]})" for scope in missing)
    raise ConsentError(
        "PERMISSION_MISSING",
        f"Meta was not connected, because these permissions were not granted: {needs}. "
        "Connect again and leave every permission switched on.",
    )
