"""TikTok's log-in: consent page, auth_code → access token, what was granted, and giving it back.

Reference: TikTok API for Business v1.3, "Marketing API authentication": /oauth2/access_token/, /oauth2/revoke_token/,
/user/info/. It resembles OAuth 2 and is not: the app asks for no scopes (they are registered with it), the code is called
auth_code, and the token has no end and no refresh token. It is good until the advertiser or the app takes it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from integrations.contracts import ConsentError, Deadline, Grant, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Http
from integrations.platforms.tiktok import client
from integrations.platforms.tiktok.client import Ads

#: Permission → what it is called in TikTok's developer portal, and what we cannot do without it.
SCOPES = {
    "1": ("Ad Account Management", "list the ad accounts"),
    "2": ("Ads Management", "create campaigns and switch them on and off"),
    "6": ("Creative Management", "upload pictures and videos, and use a TikTok account in ads"),
    "8": ("Pixel Management", "list the pixels that count conversions"),
}
_DENIED = "TikTok was not connected, because access was declined. Connect again and confirm."
_STALE_CODE = "TikTok no longer accepts the code it sent: it was used before, or took too long. Connect again."
_APP_REFUSED = (
    "TikTok refused the app's id or secret. An Admin must check TIKTOK_APP_ID and TIKTOK_APP_SECRET, and that the app is "
    "approved in TikTok's developer portal."
)


def authorize_url(state: str, redirect_uri: str) -> str:
    """Return the address of TikTok's consent page."""
    app = settings.PLATFORMS["tiktok"]
    query = {"app_id": app["client_id"], "state": state, "redirect_uri": redirect_uri}
    return f"{app['authorize_url']}/portal/auth?{urlencode(query)}"


def exchange(http: Http, callback: Mapping[str, str]) -> Grant:
    """Turn the callback into a grant; ConsentError when a person must do something else."""
    # TikTok names no error when somebody declines: they come back without a code, or not at all.
    if callback.get("error") or not callback.get("auth_code"):
        raise ConsentError("CONSENT_DENIED", _DENIED)
    data = _token_for_code(http, callback["auth_code"])
    token, scopes = data.get("access_token"), data.get("scope")
    if not isinstance(token, str) or not token:
        raise PlatformError(
            ErrorKind.TRANSIENT, "PLATFORM_ERROR", "TikTok sent no access token. Try again in a few minutes."
        )
    granted = frozenset(str(scope) for scope in scopes) if isinstance(scopes, list) else frozenset()
    _require_all(granted)
    return Grant(Tokens(token), granted, *_person_or_nobody(Ads(http, token)))


def refresh(http: Http, tokens: Tokens) -> Tokens:
    """Return the same tokens after asking whether they still work; PlatformError of kind auth once they do not."""
    _person(Ads(http, tokens.access_token))
    return tokens


def revoke(http: Http, tokens: Tokens) -> None:
    """Take the token back, and with it our access to every ad account it reached."""
    _app_post(http, "oauth2/revoke_token/", {"access_token": tokens.access_token})


def _token_for_code(http: Http, auth_code: str) -> dict[str, Any]:
    try:
        # The list of thousands of accounts would come here as well, and make the answer time out.
        return _app_post(http, "oauth2/access_token/", {"auth_code": auth_code, "return_advertiser_ids": False})
    except PlatformError as error:
        if error.code == "CODE_REFUSED":
            raise ConsentError("CODE_REFUSED", _STALE_CODE) from error
        if error.code == "APP_REFUSED":
            raise ConsentError("APP_REFUSED", _APP_REFUSED) from error
        raise client.as_read(error) from error


def _app_post(http: Http, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Post with the app's own id and secret; the token, if any, stands in the body."""
    app = settings.PLATFORMS["tiktok"]
    body = {"app_id": app["client_id"], "secret": app["client_secret"], **fields}
    return Ads(http).post(path, body, deadline=Deadline.CREATE)


def _person(ads: Ads) -> tuple[str, str]:
    """Return id and name of whoever granted the access (/user/info/)."""
    found = ads.get("user/info/", {})
    return str(found.get("core_user_id") or ""), str(found.get("display_name") or found.get("email") or "")


def _person_or_nobody(ads: Ads) -> tuple[str, str]:
    """Return who granted the access, as far as TikTok tells: a connection is worth more than the name on it."""
    try:
        person_id, name = _person(ads)
    except PlatformError as error:
        if error.kind not in (ErrorKind.PERMISSION, ErrorKind.INVALID):
            raise
        person_id, name = "", ""
    return person_id or "unknown", name or "TikTok for Business"


def _require_all(granted: frozenset[str]) -> None:
    missing = [scope for scope in SCOPES if scope not in granted]
    if not missing:
        return
    needs = "; ".join(f"{SCOPES[scope][0]} (to {SCOPES[scope][1]})" for scope in missing)
    raise ConsentError(
        "PERMISSION_MISSING",
        f"TikTok was not connected, because these permissions were not granted: {needs}. They are registered with the app "
        "in TikTok's developer portal: add them there, wait for TikTok's approval, and connect again.",
    )
