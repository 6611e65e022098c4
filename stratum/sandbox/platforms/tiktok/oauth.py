"""TikTok's log-in: the consent page at /portal/auth, auth codes, tokens without an end, and taking them back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from stratum.sandbox import consent, tokens
from stratum.sandbox.call import Call
from stratum.sandbox.consent import Choice, Consent, Group
from stratum.sandbox.models import Object, Token, settings_in_force

from . import access, errors
from .access import APP
from .endpoints import ApiRequest
from .errors import TikTokError
from .parameters import Parameters
from .seed import PERSON

# What the app was given in the developer portal; the person may take ticks away.
SCOPES = {
    "1": "Ad Account Management",
    "2": "Ads Management",
    "3": "Audience Management",
    "4": "Reporting",
    "6": "Creative Management",
    "8": "Pixel Management",
}
DEFAULTS = {"tiktok_code_seconds": 3600}


def portal(request: HttpRequest, path: str) -> HttpResponse:
    """Asks the person, and leads back with an auth_code, or without one if access is declined."""
    asked = request.GET.dict()
    if problem := _problem(asked):
        return consent.refuse(request, "TikTok", problem)
    groups = [_accounts(), Group("Permissions", "scopes", [Choice(scope, label) for scope, label in SCOPES.items()])]
    if request.method != "POST":
        page = Consent("TikTok for Business", APP.name, str(PERSON["display_name"]), groups, asked["redirect_uri"])
        return consent.ask(request, page)
    if not consent.is_allowed(request):
        return consent.send_back(asked["redirect_uri"], {"state": asked["state"]})
    chosen, scopes = (consent.granted(request, group) for group in groups)
    everything = [choice.value for choice in groups[0].choices]
    code = _issue_code(scopes, None if chosen == everything else chosen)
    return consent.send_back(asked["redirect_uri"], {"auth_code": code, "code": code, "state": asked["state"]})


def access_token(call: Call, values: Mapping[str, Any]) -> dict[str, Any]:
    """Exchanges an auth_code for a token; the code works once, within an hour."""
    params = Parameters(values, {"app_id", "secret", "auth_code", "return_advertiser_ids"})
    params.require("app_id", "secret", "auth_code")
    access.require_app(values)
    code = tokens.find("tiktok", Token.Kind.CODE, params.text("auth_code"))
    if code is None or code.revoked_at or code.is_expired() or not tokens.spend(code):
        raise TikTokError(40110, "The auth_code is incorrect, has expired or was used before")
    token = _issue(code.scopes, code.data["advertisers"])
    listed = [account.external_id for account in access.reached(token)]
    if "return_advertiser_ids" in params and not params.flag("return_advertiser_ids"):
        listed = []
    return _described(token, listed)


def revoke_token(call: Call, values: Mapping[str, Any]) -> dict[str, Any]:
    """Takes a token back."""
    params = Parameters(values, {"app_id", "secret", "access_token"})
    params.require("app_id", "secret", "access_token")
    access.require_app(values)
    token = tokens.find("tiktok", Token.Kind.ACCESS, params.text("access_token"))
    if token is None or token.revoked_at:
        raise errors.token_unknown()
    listed = [account.external_id for account in access.reached(token)]
    tokens.revoke("tiktok", token.user)
    return {"app_id": APP.client_id, "advertiser_ids": listed}


def advertisers(request: ApiRequest) -> dict[str, Any]:
    """GET oauth2/advertiser/get/: the ad accounts that were ticked."""
    params = request.parameters("app_id", "secret")
    params.require("app_id", "secret")
    access.require_app(request.values)
    accounts = access.reached(request.token)
    return {"list": [{"advertiser_id": row.external_id, "advertiser_name": row.name} for row in accounts]}


def user_info(request: ApiRequest) -> dict[str, Any]:
    """GET user/info/: the person who granted the access; the address is masked."""
    request.parameters()
    return dict(PERSON)


def issue_token(scopes: Sequence[str], lifetime: float | None) -> dict[str, Any]:
    """A token as if the person had ticked every account."""
    token = _issue(scopes, None, lifetime)
    return _described(token, [account.external_id for account in access.reached(token)])


def _problem(asked: Mapping[str, str]) -> str | None:
    if asked.get("app_id") != APP.client_id:
        return "The app_id is not valid."
    if not consent.is_registered(asked.get("redirect_uri", "")):
        return "The redirect_uri is not registered with this app."
    if not asked.get("state"):
        return "The parameter state is missing."
    strange = sorted(asked.keys() - {"app_id", "redirect_uri", "state"})
    return f"The parameter {strange[0]} is not known." if strange else None


def _accounts() -> Group:
    accounts = Object.objects.present().filter(platform="tiktok", kind=Object.Kind.ACCOUNT).order_by("id")
    return Group("Ad accounts", "advertisers", [Choice(account.external_id, account.name) for account in accounts])


def _issue_code(scopes: list[str], ticked: list[str] | None) -> str:
    return tokens.issue(
        "tiktok",
        Token.Kind.CODE,
        secrets.token_hex(20),
        lifetime=settings_in_force(DEFAULTS)["tiktok_code_seconds"],
        user=str(PERSON["core_user_id"]),
        client_id=APP.client_id,
        scopes=scopes,
        advertisers=ticked,
    ).value


def _issue(scopes: Sequence[str], ticked: list[str] | None, lifetime: float | None = None) -> Token:
    return tokens.issue(
        "tiktok",
        Token.Kind.ACCESS,
        secrets.token_hex(20),
        lifetime=lifetime,
        user=str(PERSON["core_user_id"]),
        client_id=APP.client_id,
        scopes=list(scopes),
        advertisers=ticked,
    )


def _described(token: Token, advertiser_ids: list[str]) -> dict[str, Any]:
    scopes = sorted(int(scope) for scope in token.scopes)
    return {"access_token": token.value, "scope": scopes, "advertiser_ids": advertiser_ids}
