"""Google Ads: the Google Ads API v23 to v26 over REST, Google's OAuth, and a dashboard where Google Ads would be.

Surfaces: ads = googleads.googleapis.com, accounts = accounts.google.com, oauth2 = oauth2.googleapis.com,
web = ads.google.com, tpc = tpc.googlesyndication.com (pictures). The registered redirect URI is any loopback URL that ends
in /oauth/callback. The developer token is optional and ignored, as it is since September 2026.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.db import transaction

from stratum.sandbox.call import Answer, Call
from stratum.sandbox.models import Object
from stratum.sandbox.platform import Page, Platform

from . import access, assets, dashboard, errors, money, oauth, routes, seed, statuses
from .errors import Plain, Refusal


class GoogleSandbox(Platform):
    slug = "google"
    title = "Google Ads"
    api_surfaces = frozenset({"ads", "oauth2"})
    pages: ClassVar[tuple[tuple[str, str, Page, bool], ...]] = (
        ("accounts", r"/o/oauth2/v2/auth", oauth.page, True),
        ("web", r"/aw/campaigns", dashboard.show, False),
        ("tpc", r"/simgad/[0-9a-f]{64}", assets.show, False),
    )
    tokens = re.compile(r"ya29\.a0[0-9A-Za-z]{40,}|1//0[0-9A-Za-z]{40,}|4/0A[0-9A-Za-z]{40,}")
    settings: ClassVar[dict[str, Any]] = oauth.DEFAULTS | statuses.DEFAULTS
    on_statuses = frozenset({"ENABLED"})

    def answer(self, call: Call) -> Answer:
        if call.surface == "oauth2":
            return self._oauth(call)
        request_id = errors.request_id()
        try:
            answer = routes.dispatch(call)
        except Refusal as refusal:
            answer = Answer(refusal.body(request_id), refusal.status)
        except Plain as plain:
            answer = Answer(plain.body(request_id), plain.status)
        answer.headers |= {"request-id": request_id}
        return answer

    def unreadable(self, reason: str) -> Answer:
        return self._refused(Plain(400, f"Invalid JSON payload received. {reason}"))

    def failing(self, call: Call, status: int) -> Answer:
        if call.surface == "oauth2":
            return Answer({"error": "internal_failure", "error_description": "Try again."}, status)
        return self._refused(errors.for_http_status(status), status)

    def throttled(self, call: Call, hint: Any) -> Answer:
        """RESOURCE_TEMPORARILY_EXHAUSTED with the hint as seconds; {"value": "RESOURCE_EXHAUSTED", "seconds": n}."""
        order = hint if isinstance(hint, dict) else {"seconds": hint}
        return self._refused(errors.throttled(float(order.get("seconds") or 0), **_value(order)))

    def token_expired(self, call: Call) -> Answer:
        return self._refused(errors.expired_token())

    def token_revoked(self, call: Call) -> Answer:
        access.revoke_presented(call)
        if call.surface == "oauth2":
            return oauth.Refused("invalid_grant", "Token has been expired or revoked.").answer()
        return self._refused(errors.revoked_token())

    def seed(self) -> None:
        seed.fill()

    def new_account(self, number: int, wishes: dict[str, Any]) -> Object:
        return seed.create_account({"name": f"Acme Branch {number:03d}"} | wishes)

    def change_account(self, account: Object, changes: dict[str, Any]) -> None:
        seed.change_account(account, changes)

    def replace_assets(self, kind: str, assets: list[dict[str, Any]]) -> None:
        with transaction.atomic():
            seed.replace_assets(kind, assets)

    def issue_token(self, wishes: dict[str, Any]) -> dict[str, Any]:
        scopes = wishes.get("scopes", [oauth.ADWORDS, oauth.EMAIL, "openid"])
        return oauth.issue_token(scopes, wishes.get("expires_in", oauth.DEFAULTS["google_token_seconds"]))

    def budget(self, stored: Object) -> dict[str, str] | None:
        return money.budget(stored)

    def dashboard_path(self, account: Object) -> str:
        return f"/google/web/aw/campaigns?__e={account.external_id}"

    def _oauth(self, call: Call) -> Answer:
        if call.path == "/token":
            return oauth.token(call)
        if call.path == "/revoke":
            return oauth.revoke(call)
        return Answer({"error": "not_found"}, 404)

    def _refused(self, refusal: Refusal | Plain, status: int | None = None) -> Answer:
        request_id = errors.request_id()
        return Answer(refusal.body(request_id), status or refusal.status, {"request-id": request_id})


def _value(order: dict[str, Any]) -> dict[str, str]:
    return {"value": order["value"]} if "value" in order else {}
