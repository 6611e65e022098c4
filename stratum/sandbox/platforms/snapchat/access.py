"""Who calls: bearer token, scopes, ad accounts and roles (Ads API v1, "Authentication", "Roles")."""

from __future__ import annotations

from stratum.sandbox import tokens
from stratum.sandbox.call import Call
from stratum.sandbox.models import Object, Token

from . import errors

MARKETING = "snapchat-marketing-api"
PROFILES = "snapchat-profile-api"
#: Roles on an ad account that may make and change campaigns.
WRITING_ROLES = frozenset({"admin", "general"})


def token_text(call: Call) -> str:
    scheme, _, credentials = call.headers.get("authorization", "").partition(" ")
    return credentials if scheme.lower() == "bearer" else ""


def authenticated(call: Call) -> Token:
    """The live token of a call; raises Refused 401."""
    value = token_text(call)
    if not value:
        raise errors.no_token()
    token = tokens.find("snapchat", Token.Kind.ACCESS, value)
    if token is None or token.revoked_at:
        raise errors.bad_token()
    if token.is_expired():
        raise errors.expired_token()
    return token


def revoke_presented(call: Call) -> None:
    """Takes back the grant of the person whose token the call carries."""
    for kind, value in (
        (Token.Kind.ACCESS, token_text(call)),
        (Token.Kind.REFRESH, call.form.get("refresh_token", "")),
    ):
        token = tokens.find("snapchat", kind, value) if value else None
        if token is not None:
            tokens.revoke("snapchat", token.user)


def require_scope(token: Token, scope: str) -> None:
    if scope not in token.scopes:
        raise errors.no_permission(f"the scope {scope} was not granted")


def account(external_id: str) -> Object:
    """The ad account the person reaches; raises Refused 404, which does not say whether it exists."""
    found = (
        Object.objects.present().filter(platform="snapchat", kind=Object.Kind.ACCOUNT, external_id=external_id).first()
    )
    if found is None:
        raise errors.not_found(external_id)
    return found


def require_writable(account: Object) -> None:
    """Raises Refused 403 where the person may only look, or the account is not active."""
    if not WRITING_ROLES & set(account.data["roles"]):
        raise errors.no_permission("the member's role on the ad account does not allow this")
    if account.data["status"] != "ACTIVE":
        raise errors.no_permission(f"the ad account is {account.data['status']}")
