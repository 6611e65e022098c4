"""Who calls: access token, proof of the app secret, permissions and accounts (Meta, "Securing Graph API requests")."""

from __future__ import annotations

import hashlib
import hmac

from stratum.sandbox import tokens
from stratum.sandbox.call import Call
from stratum.sandbox.credentials import APPS
from stratum.sandbox.models import Object, Token

from . import errors
from .errors import GraphError

APP = APPS["meta"]
USABLE_STATUSES = {1, 9}
WRITING_TASKS = {"MANAGE", "ADVERTISE"}


def token_text(call: Call) -> str:
    """The access token as sent: as a parameter or as a bearer token."""
    if "access_token" in call.params:
        return call.params["access_token"]
    scheme, _, credentials = call.headers.get("authorization", "").partition(" ")
    return credentials if scheme.lower() in ("bearer", "oauth") else ""


def authenticated(call: Call) -> Token:
    """The live token of a call that proves the app secret; raises GraphError 190, 104, 2500 or 100."""
    value = token_text(call)
    if not value:
        raise GraphError(2500, "An active access token must be used to query information about the current user.")
    token = call.remembered(f"token {value}", lambda: tokens.find("meta", Token.Kind.ACCESS, value))
    if token is None:
        raise errors.bad_token("Invalid OAuth access token - Cannot parse access token")
    _check_proof(call.params.get("appsecret_proof"), value)
    if token.revoked_at:
        raise errors.revoked_token()
    if token.is_expired():
        raise errors.expired_token()
    return token


def revoke_presented(call: Call) -> None:
    """Takes back the grant of the person whose token the call carries."""
    token = tokens.find("meta", Token.Kind.ACCESS, token_text(call))
    if token is not None:
        tokens.revoke("meta", token.user)
        call.memo.clear()


def proof_for(value: str) -> str:
    """The hex HMAC-SHA256 of the token under the app secret."""
    return hmac.new(APP.client_secret.encode(), value.encode(), hashlib.sha256).hexdigest()


def require_scope(token: Token, *any_of: str) -> None:
    """Raises GraphError 200 unless one of the permissions was granted."""
    if not set(any_of) & set(token.scopes):
        raise errors.no_permission(f"Requires {' or '.join(any_of)} permission to manage the object")


def account(call: Call, external_id: str) -> Object:
    """The ad account act_<digits> the person reaches; raises GraphError 100/33."""
    accounts = Object.objects.present().filter(platform="meta", kind=Object.Kind.ACCOUNT)
    found = call.remembered(f"account {external_id}", accounts.filter(external_id=external_id).first)
    if found is None:
        raise errors.no_such_object(call.method, external_id)
    return found


def require_writable(account: Object) -> None:
    """Raises GraphError 200 or 368 if ads on the account cannot be made or changed by this person now."""
    if not WRITING_TASKS & set(account.data["user_tasks"]):
        raise errors.no_permission(f"Ad account {account.external_id} does not grant the ADVERTISE task to this person")
    if account.data["account_status"] not in USABLE_STATUSES:
        raise GraphError(
            368,
            "The action attempted has been deemed abusive or is otherwise disallowed",
            title="Ad account is not active",
            advice=f"The ad account {account.name} is disabled or has an unpaid balance, so its ads cannot be changed.",
        )


def _check_proof(proof: str | None, value: str) -> None:
    if proof is None:
        raise GraphError(
            100, "API calls from the server require an appsecret_proof argument", kind="GraphMethodException"
        )
    if not hmac.compare_digest(proof.encode(), proof_for(value).encode()):
        raise GraphError(100, "Invalid appsecret_proof provided in the API argument", kind="GraphMethodException")
