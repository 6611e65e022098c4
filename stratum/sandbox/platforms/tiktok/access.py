"""Who calls: the token in the header Access-Token, its permissions, and the ad accounts it reaches."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from stratum.sandbox import tokens
from stratum.sandbox.call import Call
from stratum.sandbox.credentials import APPS
from stratum.sandbox.models import Object, Token

from . import errors
from .errors import TikTokError

APP = APPS["tiktok"]
USABLE = "STATUS_ENABLE"


def authenticated(call: Call) -> Token:
    """The live token of a call; raises 40104, 40105 or 40102. A bearer token is none."""
    value = call.headers.get("access-token", "")
    if not value:
        raise errors.token_missing()
    token = tokens.find("tiktok", Token.Kind.ACCESS, value)
    if token is None or token.revoked_at:
        raise errors.token_unknown()
    if token.is_expired():
        raise errors.token_expired()
    return token


def revoke_presented(call: Call) -> None:
    """Takes the token of the call back."""
    token = tokens.find("tiktok", Token.Kind.ACCESS, call.headers.get("access-token", ""))
    if token is not None:
        tokens.revoke("tiktok", token.user)


def require_app(values: Mapping[str, Any]) -> None:
    """Raises 40101 unless id and secret are the app's own."""
    secret = str(values.get("secret") or "")
    if values.get("app_id") != APP.client_id or not hmac.compare_digest(secret.encode(), APP.client_secret.encode()):
        raise TikTokError(40101, "The app_id or secret is incorrect")


def require_scope(token: Token, any_of: tuple[str, ...]) -> None:
    """Raises 40001 unless one of the permissions was granted; without any named, none is needed."""
    if any_of and not set(any_of) & set(token.scopes):
        raise errors.no_permission("No permission to operate: the access token lacks the permission of this endpoint")


def reached(token: Token) -> list[Object]:
    """The ad accounts that were ticked when the token was granted."""
    ticked = token.data.get("advertisers")
    accounts = Object.objects.present().filter(platform="tiktok", kind=Object.Kind.ACCOUNT).order_by("id")
    return [account for account in accounts if ticked is None or account.external_id in ticked]


def advertiser(token: Token, external_id: str) -> Object:
    """The ad account of that id; raises 40300 or 40001."""
    found = (
        Object.objects.present().filter(platform="tiktok", kind=Object.Kind.ACCOUNT, external_id=external_id).first()
    )
    if found is None:
        raise TikTokError(40300, f"The advertiser {external_id} does not exist")
    ticked = token.data.get("advertisers")
    if ticked is not None and external_id not in ticked:
        raise errors.no_permission(f"No permission to operate the advertiser {external_id}")
    return found


def require_writable(account: Object) -> None:
    if account.status != USABLE:
        raise errors.no_permission(f"The advertiser cannot be operated: its status is {account.status}")
