"""Google's OAuth 2.0: consent page, codes, tokens, PKCE, taking back ("Using OAuth 2.0 for Web Server Applications")."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from stratum.sandbox import consent, ids, tokens
from stratum.sandbox.call import Answer, Call
from stratum.sandbox.consent import Choice, Consent, Group
from stratum.sandbox.credentials import APPS
from stratum.sandbox.models import Token, settings_in_force

from .seed import PERSON

APP = APPS["google"]
ADWORDS = "https://www.googleapis.com/auth/adwords"
EMAIL = "https://www.googleapis.com/auth/userinfo.email"
PROFILE = "https://www.googleapis.com/auth/userinfo.profile"
_SCOPES = {
    ADWORDS: "See, edit, create, and delete your Google Ads accounts and data",
    EMAIL: "See your primary Google Account email address",
    PROFILE: "See your personal info",
    "openid": "Associate you with your personal info on Google",
}
_SHORT = {"email": EMAIL, "profile": PROFILE}
_SIGN_IN = frozenset({"openid", EMAIL, PROFILE})
DEFAULTS: dict[str, Any] = {"google_code_seconds": 600, "google_token_seconds": 3599, "google_refresh_seconds": None}


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
        return consent.refuse(request, "Google", problem)
    scopes = _asked_scopes(asked["scope"])
    # Signing in cannot be unticked; access to an API can.
    choices = [Choice(scope, _SCOPES[scope]) for scope in scopes if scope not in _SIGN_IN]
    group = Group("Select what the app can access", "granted", choices)
    if request.method != "POST":
        return consent.ask(request, Consent("Google", APP.name, PERSON["email"], [group], asked["redirect_uri"]))
    state = {"state": asked["state"]} if asked.get("state") else {}
    if not consent.is_allowed(request):
        return consent.send_back(asked["redirect_uri"], {"error": "access_denied", **state})
    granted = [scope for scope in scopes if scope in _SIGN_IN] + consent.granted(request, group)
    code = _issue_code(asked, granted)
    answer = {"code": code, "scope": " ".join(granted), "authuser": "0", "prompt": asked.get("prompt", "none")}
    return consent.send_back(asked["redirect_uri"], state | answer)


def token(call: Call) -> Answer:
    """POST /token: a code or a refresh token for an access token."""
    if call.method != "POST" or call.body_kind != "form":
        return Answer({"error": "invalid_request", "error_description": "POST a form."}, 400)
    try:
        _check_app(call.form)
        grant = call.form.get("grant_type")
        if grant == "authorization_code":
            return Answer(_redeemed(call.form, call.settings))
        if grant == "refresh_token":
            return Answer(_refreshed(call.form, call.settings))
        raise Refused("unsupported_grant_type", f"Invalid grant_type: {grant}")
    except Refused as refused:
        return refused.answer()


def revoke(call: Call) -> Answer:
    """POST /revoke: ends every token of the person for this app."""
    value = call.params.get("token", "")
    for kind in (Token.Kind.REFRESH, Token.Kind.ACCESS):
        found = tokens.find("google", kind, value)
        if found is not None and found.revoked_at is None:
            tokens.revoke("google", found.user)
            return Answer({})
    return Answer({"error": "invalid_token", "error_description": "Token expired or revoked"}, 400)


def issue_token(scopes: list[str], lifetime: float, refresh_lifetime: float | None = None) -> dict[str, Any]:
    """Tokens as if the person had granted the scopes."""
    refresh = _issue(Token.Kind.REFRESH, ids.opaque(103, "1//0"), refresh_lifetime, scopes)
    return _answered(scopes, lifetime) | {"refresh_token": refresh.value}


def _problem(asked: dict[str, str]) -> str | None:
    if asked.get("client_id") != APP.client_id:
        return "Error 401: invalid_client. The OAuth client was not found."
    if not consent.is_registered(asked.get("redirect_uri", "")):
        return "Error 400: redirect_uri_mismatch. The redirect URI is not registered for the OAuth client."
    if asked.get("response_type") != "code":
        return "Error 400: invalid_request. response_type must be code."
    if asked.get("access_type", "online") not in ("online", "offline"):
        return "Error 400: invalid_request. access_type must be online or offline."
    if "code_challenge" in asked and asked.get("code_challenge_method") != "S256":
        return "Error 400: invalid_request. code_challenge_method must be S256."
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}", asked.get("code_challenge", "A" * 43)):
        return "Error 400: invalid_request. The code challenge is no S256 challenge."
    unknown = [scope for scope in _asked_scopes(asked.get("scope", "")) if scope not in _SCOPES]
    if unknown or not asked.get("scope"):
        return f"Error 400: invalid_scope. Some requested scopes were invalid: {', '.join(unknown) or 'none given'}."
    return None


def _asked_scopes(text: str) -> list[str]:
    return list(dict.fromkeys(_SHORT.get(scope, scope) for scope in text.split()))


def _issue_code(asked: dict[str, str], granted: list[str]) -> str:
    """A code. Only the first offline consent, or one that was forced, brings a refresh token."""
    is_first = not Token.objects.filter(platform="google", kind=Token.Kind.REFRESH, revoked_at=None).exists()
    is_forced = "consent" in asked.get("prompt", "").split()
    return tokens.issue(
        "google",
        Token.Kind.CODE,
        ids.opaque(73, "4/0A"),
        lifetime=settings_in_force(DEFAULTS)["google_code_seconds"],
        user=PERSON["id"],
        client_id=APP.client_id,
        scopes=granted,
        redirect_uri=asked["redirect_uri"],
        code_challenge=asked.get("code_challenge", ""),
        offline=asked.get("access_type") == "offline" and (is_first or is_forced),
    ).value


def _check_app(form: dict[str, str]) -> None:
    if form.get("client_id") != APP.client_id:
        raise Refused("invalid_client", "The OAuth client was not found.", 401)
    if not hmac.compare_digest(form.get("client_secret", "").encode(), APP.client_secret.encode()):
        raise Refused("invalid_client", "Unauthorized", 401)


def _redeemed(form: dict[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    code = tokens.find("google", Token.Kind.CODE, form.get("code", ""))
    if code is None or code.revoked_at or code.is_expired():
        raise Refused("invalid_grant", "Malformed auth code." if code is None else "Bad Request")
    if form.get("redirect_uri") != code.data["redirect_uri"]:
        raise Refused("redirect_uri_mismatch", "Bad Request")
    challenge = code.data["code_challenge"]
    if challenge and _challenge(form.get("code_verifier", "")) != challenge:
        raise Refused(
            "invalid_grant", "Invalid code verifier." if "code_verifier" in form else "Missing code verifier."
        )
    if not tokens.spend(code):
        raise Refused("invalid_grant", "Bad Request")
    if code.data["offline"]:
        return issue_token(code.scopes, settings["google_token_seconds"], settings["google_refresh_seconds"])
    return _answered(code.scopes, settings["google_token_seconds"])


def _refreshed(form: dict[str, str], settings: dict[str, Any]) -> dict[str, Any]:
    refresh = tokens.find("google", Token.Kind.REFRESH, form.get("refresh_token", ""))
    if refresh is None or refresh.revoked_at or refresh.is_expired():
        raise Refused("invalid_grant", "Token has been expired or revoked.")
    answer = _answered(refresh.scopes, settings["google_token_seconds"])
    return {name: value for name, value in answer.items() if name != "id_token"}


def _answered(scopes: list[str], lifetime: float) -> dict[str, Any]:
    access = _issue(Token.Kind.ACCESS, ids.opaque(218, "ya29.a0"), lifetime, scopes)
    answer = {
        "access_token": access.value,
        "expires_in": int(lifetime),
        "scope": " ".join(scopes),
        "token_type": "Bearer",
    }
    return answer | ({"id_token": _id_token(scopes)} if "openid" in scopes else {})


def _issue(kind: Token.Kind, value: str, lifetime: float | None, scopes: list[str]) -> Token:
    return tokens.issue(
        "google", kind, value, lifetime=lifetime, user=PERSON["id"], client_id=APP.client_id, scopes=scopes
    )


def _id_token(scopes: list[str]) -> str:
    """An ID token of the right shape; its signature is none, since nobody here has Google's key."""
    now = int(timezone.now().timestamp())
    claims: dict[str, Any] = {
        "iss": "https://accounts.google.com",
        "azp": APP.client_id,
        "aud": APP.client_id,
        "sub": PERSON["id"],
        "iat": now,
        "exp": now + 3600,
    }
    if EMAIL in scopes:
        claims |= {"email": PERSON["email"], "email_verified": True}
    parts = [{"alg": "RS256", "kid": "sandbox", "typ": "JWT"}, claims]
    return ".".join([*(_encoded(json.dumps(part).encode()) for part in parts), _encoded(b"sandbox" * 36)])


def _challenge(verifier: str) -> str:
    return _encoded(hashlib.sha256(verifier.encode()).digest())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
