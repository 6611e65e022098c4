"""Facebook Login: dialog, codes, tokens, permissions and taking them back (Meta, "Manually build a login flow")."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from stratum.sandbox import consent, ids, tokens
from stratum.sandbox.call import Call
from stratum.sandbox.consent import Choice, Consent, Group
from stratum.sandbox.models import Token, settings_in_force

from . import errors
from .access import APP
from .errors import GraphError
from .seed import PERSON

SCOPES = {
    "ads_management": "Manage ads on your ad accounts",
    "ads_read": "Read the ads and reports of your ad accounts",
    "business_management": "Manage your business",
    "pages_show_list": "See a list of the Pages you manage",
    "pages_read_engagement": "Read content posted on the Page",
    "pages_manage_ads": "Create and manage ads for the Page",
    "instagram_basic": "See the Instagram accounts linked to your Pages",
    "public_profile": "Your name and profile picture",
    "email": "Your e-mail address",
}
DEFAULTS = {"code_seconds": 600, "short_token_seconds": 5400, "long_token_seconds": 5183944}


def dialog(request: HttpRequest, path: str) -> HttpResponse:
    """Asks the person, and leads back with a code or with access_denied; refuses what no app could have meant."""
    asked = request.GET
    if problem := _problem(asked.dict()):
        return consent.refuse(request, "Meta", problem)
    scopes = _asked_scopes(asked.get("scope", ""))
    choices = [Choice(scope, SCOPES[scope]) for scope in scopes]
    group = Group("Permissions", "granted", choices)
    if request.method != "POST":
        return consent.ask(request, Consent("Meta", APP.name, PERSON["name"], [group], asked["redirect_uri"]))
    if not consent.is_allowed(request):
        return consent.send_back(asked["redirect_uri"], _denial(asked["state"]))
    code = _issue_code(asked.dict(), consent.granted(request, group), scopes)
    return consent.send_back(asked["redirect_uri"], {"code": code, "state": asked["state"]})


def access_token(call: Call) -> dict[str, Any]:
    """Exchanges a code, or a live short token for a long one; raises GraphError as Meta's token endpoint does."""
    params = call.params
    _check_app(params)
    if params.get("grant_type") == "fb_exchange_token":
        return _exchange_token(params, call.settings)
    if "grant_type" in params:
        raise GraphError(1, f"Unsupported grant type: {params['grant_type']}")
    code = _redeemed(params)
    return _issue(code.user, code.scopes, call.settings["short_token_seconds"], declined=code.data["declined"])


def issue_token(scopes: list[str], lifetime: float) -> dict[str, Any]:
    """A token as if the person had granted the scopes."""
    return _issue(PERSON["id"], scopes, lifetime, declined=[])


def debug_token(call: Call) -> dict[str, Any]:
    """What the app may know about a token; the caller proves itself as the app, or by a token of the app's."""
    caller = call.params.get("access_token", "")
    is_app = hmac.compare_digest(caller.encode(), f"{APP.client_id}|{APP.client_secret}".encode())
    if not is_app and not _live(tokens.find("meta", Token.Kind.ACCESS, caller)):
        raise errors.bad_token("Invalid OAuth access token.")
    if "input_token" not in call.params:
        raise errors.missing_parameter("input_token")
    token = tokens.find("meta", Token.Kind.ACCESS, call.params["input_token"])
    if token is None:
        return {
            "data": {"is_valid": False, "scopes": [], "error": {"code": 190, "message": "Invalid OAuth access token."}}
        }
    return {"data": _described(token)}


def permissions(token: Token) -> list[dict[str, str]]:
    """The rows of /me/permissions."""
    granted = [{"permission": scope, "status": "granted"} for scope in token.scopes]
    return granted + [{"permission": scope, "status": "declined"} for scope in token.data.get("declined", [])]


def withdraw(token: Token, permission: str | None) -> dict[str, bool]:
    """Takes one permission or the whole grant back, for every token of the person."""
    if permission is None:
        tokens.revoke("meta", token.user)
        return {"success": True}
    if permission not in token.scopes:
        raise GraphError(100, f"(#100) The permission {permission} is not granted")
    for each in Token.objects.filter(platform="meta", user=token.user, revoked_at=None):
        each.scopes = [scope for scope in each.scopes if scope != permission]
        each.data["declined"] = [*each.data.get("declined", []), permission]
        each.save(update_fields=["scopes", "data"])
    return {"success": True}


def _problem(asked: dict[str, str]) -> str | None:
    if asked.get("client_id") != APP.client_id:
        return "Invalid App ID: The provided app ID does not look like a valid app ID."
    if not consent.is_registered(asked.get("redirect_uri", "")):
        return "URL Blocked: The redirect URI is not whitelisted in the app's Client OAuth Settings."
    if not asked.get("state"):
        return "The parameter state is required."
    if asked.get("response_type", "code") != "code":
        return "The parameter response_type must be code."
    if "code_challenge" in asked and asked.get("code_challenge_method") != "S256":
        return "The parameter code_challenge_method must be S256."
    unknown = [scope for scope in _asked_scopes(asked.get("scope", "")) if scope not in SCOPES]
    return f"Invalid Scopes: {', '.join(unknown)}." if unknown else None


def _asked_scopes(text: str) -> list[str]:
    asked = [scope.strip() for scope in text.split(",") if scope.strip()]
    return list(dict.fromkeys([*asked, "public_profile"]))


def _denial(state: str) -> dict[str, str]:
    return {
        "error": "access_denied",
        "error_code": "200",
        "error_description": "Permissions error",
        "error_reason": "user_denied",
        "state": state,
    }


def _issue_code(asked: dict[str, str], granted: list[str], scopes: list[str]) -> str:
    granted = list(dict.fromkeys([*granted, "public_profile"]))
    lifetime = settings_in_force(DEFAULTS)["code_seconds"]
    return tokens.issue(
        "meta",
        Token.Kind.CODE,
        ids.opaque(220, "AQ"),
        lifetime=lifetime,
        user=PERSON["id"],
        client_id=APP.client_id,
        scopes=granted,
        redirect_uri=asked["redirect_uri"],
        declined=[scope for scope in scopes if scope not in granted],
        code_challenge=asked.get("code_challenge", ""),
    ).value


def _check_app(params: dict[str, str]) -> None:
    if params.get("client_id") != APP.client_id:
        raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")
    if not hmac.compare_digest(params.get("client_secret", "").encode(), APP.client_secret.encode()):
        raise GraphError(1, "Error validating client secret.")


def _redeemed(params: dict[str, str]) -> Token:
    if "code" not in params:
        raise GraphError(1, "Missing authorization code")
    code = tokens.find("meta", Token.Kind.CODE, params["code"])
    if code is None or code.revoked_at:
        raise GraphError(100, "Invalid verification code format.")
    if params.get("redirect_uri") != code.data["redirect_uri"]:
        raise GraphError(
            100,
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used "
            "in the OAuth dialog request",
            subcode=36008,
        )
    if code.data["code_challenge"] and _challenge(params.get("code_verifier", "")) != code.data["code_challenge"]:
        raise GraphError(100, "Invalid code verifier.")
    if code.is_expired():
        raise GraphError(100, "This authorization code has expired.", subcode=36007)
    if not tokens.spend(code):
        raise GraphError(100, "This authorization code has been used.", subcode=36009)
    return code


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _exchange_token(params: dict[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    token = tokens.find("meta", Token.Kind.ACCESS, params.get("fb_exchange_token", ""))
    if token is None:
        raise errors.bad_token("Invalid OAuth access token - Cannot parse access token")
    if token.revoked_at:
        raise errors.revoked_token()
    if token.is_expired():
        raise errors.expired_token()
    return _issue(token.user, token.scopes, settings["long_token_seconds"], declined=token.data["declined"])


def _issue(user: str, scopes: list[str], lifetime: float, *, declined: list[str]) -> dict[str, Any]:
    token = tokens.issue(
        "meta",
        Token.Kind.ACCESS,
        ids.opaque(196, "EAAG"),
        lifetime=lifetime,
        user=user,
        client_id=APP.client_id,
        scopes=scopes,
        declined=declined,
    )
    return {"access_token": token.value, "token_type": "bearer", "expires_in": int(lifetime)}


def _live(token: Token | None) -> bool:
    return token is not None and token.revoked_at is None and not token.is_expired()


def _described(token: Token) -> dict[str, Any]:
    expires = int(token.expires_at.timestamp()) if token.expires_at else 0
    described = {
        "app_id": token.client_id,
        "type": "USER",
        "application": APP.name,
        "data_access_expires_at": int(token.issued_at.timestamp()) + 90 * 24 * 3600,
        "expires_at": expires,
        "is_valid": _live(token),
        "issued_at": int(token.issued_at.timestamp()),
        "scopes": token.scopes,
        "granular_scopes": [{"scope": scope} for scope in token.scopes],
        "user_id": token.user,
    }
    if token.revoked_at:
        described["error"] = errors.revoked_token().body()["error"]
    elif token.is_expired():
        described["error"] = {"code": 190, "message": f"Session has expired on {timezone.now():%A}.", "subcode": 463}
    return described
