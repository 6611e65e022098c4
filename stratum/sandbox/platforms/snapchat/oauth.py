"""Snapchat's OAuth 2.0: consent page, codes, access tokens of an hour, refresh tokens (Ads API v1, "Authentication")."""

from __future__ import annotations

import hmac
from typing import Any

from django.http import HttpRequest, HttpResponse

from stratum.sandbox import consent, ids, tokens
from stratum.sandbox.call import Answer, Call
from stratum.sandbox.consent import Consent, Group
from stratum.sandbox.credentials import APPS
from stratum.sandbox.models import Token, settings_in_force

from .access import MARKETING, PROFILES
from .seed import PERSON

APP = APPS["snapchat"]
SCOPES = {
    MARKETING: "View and manage your ad accounts, campaigns and creatives",
    PROFILES: "View and manage your public profiles",
    "snapchat-offline-conversions-api": "Send offline conversions for your ad accounts",
}
DEFAULTS: dict[str, Any] = {
    "snapchat_code_seconds": 600,
    "snapchat_token_seconds": 3600,
    "snapchat_rotates_refresh_tokens": False,
}


class Refused(Exception):
    """A refusal of the token endpoint (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.status = error, status

    def answer(self) -> Answer:
        return Answer({"error": self.error, "error_description": str(self)}, self.status)


def page(request: HttpRequest, path: str) -> HttpResponse:
    """Asks the person, and leads back with a code or with access_denied; refuses what no app could have meant."""
    asked = request.GET.dict()
    if problem := _problem(asked):
        return consent.refuse(request, "Snapchat", problem)
    scopes = asked["scope"].split()
    state = {"state": asked["state"]} if asked.get("state") else {}
    if request.method != "POST":
        # Snapchat takes a yes or a no to the whole: there is nothing to untick.
        groups = [Group(f"{SCOPES[scope]} ({scope})", "", []) for scope in scopes]
        return consent.ask(
            request, Consent("Snapchat", APP.name, PERSON["display_name"], groups, asked["redirect_uri"])
        )
    if not consent.is_allowed(request):
        return consent.send_back(asked["redirect_uri"], {"error": "access_denied", **state})
    code = _issue(Token.Kind.CODE, _seconds("snapchat_code_seconds"), scopes, redirect_uri=asked["redirect_uri"])
    return consent.send_back(asked["redirect_uri"], {"code": code.value, **state})


def token(call: Call) -> Answer:
    """POST /login/oauth2/access_token: a code or a refresh token for an access token."""
    if call.method != "POST" or call.body_kind != "form":
        return Answer({"error": "invalid_request", "error_description": "POST a form."}, 400)
    try:
        _check_app(call.form)
        match call.form.get("grant_type"):
            case "authorization_code":
                return Answer(_redeemed(call.form, call.settings))
            case "refresh_token":
                return Answer(_refreshed(call.form, call.settings))
            case other:
                raise Refused("unsupported_grant_type", f"Unsupported grant type: {other}")
    except Refused as refused:
        return refused.answer()


def issue_token(scopes: list[str], lifetime: float) -> dict[str, Any]:
    """Tokens as if the person had granted the scopes."""
    refresh = _issue(Token.Kind.REFRESH, None, scopes)
    return _answered(scopes, lifetime) | {"refresh_token": refresh.value}


def _problem(asked: dict[str, str]) -> str | None:
    if asked.get("client_id") != APP.client_id:
        return "invalid_client: there is no such app."
    if not consent.is_registered(asked.get("redirect_uri", "")):
        return "invalid_redirect_uri: the redirect URI is not the one of the app."
    if asked.get("response_type") != "code":
        return "unsupported_response_type: response_type must be code."
    unknown = [scope for scope in asked.get("scope", "").split() if scope not in SCOPES]
    if unknown or not asked.get("scope"):
        return f"invalid_scope: {', '.join(unknown) or 'none given'}."
    return None


def _seconds(name: str) -> float:
    return float(settings_in_force(DEFAULTS)[name])


def _check_app(form: dict[str, str]) -> None:
    if form.get("client_id") != APP.client_id:
        raise Refused("invalid_client", "Client not found", 401)
    if not hmac.compare_digest(form.get("client_secret", "").encode(), APP.client_secret.encode()):
        raise Refused("invalid_client", "Client authentication failed", 401)


def _redeemed(form: dict[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    code = tokens.find("snapchat", Token.Kind.CODE, form.get("code", ""))
    if code is None or code.revoked_at or code.is_expired():
        raise Refused("invalid_grant", "The authorization code is invalid or has expired")
    if form.get("redirect_uri") != code.data["redirect_uri"]:
        raise Refused("invalid_grant", "The redirect URI does not match the one of the authorization request")
    if not tokens.spend(code):
        raise Refused("invalid_grant", "The authorization code was used before")
    return issue_token(code.scopes, settings["snapchat_token_seconds"])


def _refreshed(form: dict[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    refresh = tokens.find("snapchat", Token.Kind.REFRESH, form.get("refresh_token", ""))
    if refresh is None or refresh.revoked_at or refresh.used_at:
        raise Refused("invalid_grant", "The refresh token is invalid or was revoked")
    if not settings["snapchat_rotates_refresh_tokens"]:
        return _answered(refresh.scopes, settings["snapchat_token_seconds"]) | {"refresh_token": refresh.value}
    if not tokens.spend(refresh):
        raise Refused("invalid_grant", "The refresh token was used before")
    return issue_token(refresh.scopes, settings["snapchat_token_seconds"])


def _answered(scopes: list[str], lifetime: float) -> dict[str, Any]:
    access = _issue(Token.Kind.ACCESS, lifetime, scopes)
    return {
        "access_token": access.value,
        "token_type": "Bearer",
        "expires_in": int(lifetime),
        "scope": " ".join(scopes),
    }


def _issue(kind: Token.Kind, lifetime: float | None, scopes: list[str], **data: Any) -> Token:
    prefix = {Token.Kind.CODE: "hCgwKCjc", Token.Kind.ACCESS: "hCgwKCja", Token.Kind.REFRESH: "hCgwKCjr"}[kind]
    return tokens.issue(
        "snapchat",
        kind,
        ids.opaque(160, prefix),
        lifetime=lifetime,
        user=PERSON["id"],
        client_id=APP.client_id,
        scopes=scopes,
        **data,
    )
