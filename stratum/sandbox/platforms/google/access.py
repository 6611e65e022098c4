"""Who calls and for whom: access token, login-customer-id, and the account in the path ("Authorization")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stratum.sandbox import tokens
from stratum.sandbox.call import Call
from stratum.sandbox.models import Object, ObjectQuerySet, Token

from . import errors
from .errors import Fault, Plain, Refusal
from .oauth import ADWORDS

LOGIN = "login-customer-id"


def authenticated(call: Call) -> Token:
    """The live access token of a call; raises Refusal or Plain 401 or 403."""
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value:
        raise Plain(
            401,
            "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other "
            "valid authentication credential.",
        )
    token = tokens.find("google", Token.Kind.ACCESS, value)
    if token is None:
        raise errors.invalid_token()
    if token.revoked_at:
        raise errors.revoked_token()
    if token.is_expired():
        raise errors.expired_token()
    if ADWORDS not in token.scopes:
        info = {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
        }
        raise Plain(403, "Request had insufficient authentication scopes.", [info])
    return token


def revoke_presented(call: Call) -> None:
    """Takes back the grant of the person whose token the call carries."""
    _, _, value = call.headers.get("authorization", "").partition(" ")
    token = tokens.find("google", Token.Kind.ACCESS, value)
    if token is not None:
        tokens.revoke("google", token.user)


def accounts() -> ObjectQuerySet:
    return Object.objects.present().filter(platform="google", kind=Object.Kind.ACCOUNT)


def directly_accessible() -> list[Object]:
    return list(accounts().filter(data__direct=True).order_by("id"))


def customer(call: Call, customer_id: str) -> Object:
    """The account in the path, reached through the login customer; raises Refusal."""
    login_id = login_of(call) or customer_id
    if not re.fullmatch(r"\d{10}", customer_id):
        raise Refusal(Fault("requestError", "INVALID_CUSTOMER_ID", "Invalid customer ID.", trigger=customer_id))
    found = {account.external_id: account for account in accounts().filter(external_id__in=[customer_id, login_id])}
    login, account = found.get(login_id), found.get(customer_id)
    if login is None or account is None or not login.data["direct"] or login not in lineage(account):
        raise errors.no_permission()
    _require_enabled(account)
    return account


def login_of(call: Call) -> str:
    """The login-customer-id header; raises Refusal for one that is not ten digits."""
    value = call.headers.get(LOGIN, "")
    if value and not re.fullmatch(r"\d{10}", value):
        message = f"The login customer ID '{value}' is not valid: write ten digits without dashes."
        raise Refusal(Fault("headerError", "INVALID_LOGIN_CUSTOMER_ID", message))
    return value


def lineage(account: Object) -> Iterator[Object]:
    """The account itself and the managers above it."""
    here: Object | None = account
    for _ in range(7):  # Google nests managers six deep
        if here is None:
            return
        yield here
        here = accounts().filter(external_id=here.data["managed_by"]).first() if here.data["managed_by"] else None


def below(manager: Object) -> Iterator[tuple[Object, int]]:
    """The manager and everything under it, with its level."""
    waiting = [(manager, 0)]
    while waiting:
        account, level = waiting.pop(0)
        yield account, level
        children = accounts().filter(data__managed_by=account.external_id).order_by("id")
        waiting += [(child, level + 1) for child in children]


def require_writable(account: Object) -> None:
    """Raises Refusal if campaigns cannot be made or changed on the account by this person."""
    if account.data["manager"]:
        message = "The operation cannot be executed by a manager account."
        raise Refusal(Fault("requestError", "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT", message))
    if account.data["status"] == "SUSPENDED":
        message = "The action is not permitted for suspended accounts."
        raise Refusal(Fault("authorizationError", "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT", message))
    if account.data["role"] == "READ_ONLY":
        message = "The user does not have permission to perform this action on the resource."
        raise Refusal(Fault("authorizationError", "ACTION_NOT_PERMITTED", message))


def _require_enabled(account: Object) -> None:
    is_closed = account.data["status"] in ("CANCELED", "CLOSED")
    if is_closed and not account.data["test_account"]:
        message = "The customer account can't be accessed because it is not yet enabled or has been deactivated."
        raise Refusal(Fault("authorizationError", "CUSTOMER_NOT_ENABLED", message))
