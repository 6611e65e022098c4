"""Snapchat: the Ads API v1, Snapchat's OAuth, the list of public profiles, and a dashboard where Ads Manager would be.

Surfaces: api = adsapi.snapchat.com, businessapi = businessapi.snapchat.com, accounts = accounts.snapchat.com, web =
ads.snapchat.com, storage = the host of uploaded files. The registered redirect URI is any loopback URL that ends in
/oauth/callback. The setting snapchat_profiles says who may list public profiles: open (any token), scope
(snapchat-profile-api must be granted) or closed.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.db import transaction

from stratum.sandbox.call import Answer, Call
from stratum.sandbox.models import Object
from stratum.sandbox.platform import Page, Platform

from . import access, dashboard, errors, lists, media, money, oauth, routes, seed, statuses
from .errors import Refused


class SnapchatSandbox(Platform):
    slug = "snapchat"
    title = "Snapchat"
    api_surfaces = frozenset({"api", "businessapi", "accounts"})
    pages: ClassVar[tuple[tuple[str, str, Page, bool], ...]] = (
        ("accounts", r"/login/oauth2/authorize", oauth.page, True),
        ("web", r"/[0-9a-f-]{36}/campaigns(/[0-9a-f-]{36})?", dashboard.show, False),
        ("storage", r"/[0-9a-f]{64}", media.show, False),
    )
    tokens = re.compile(r"hCgwKCj[acr][0-9A-Za-z]{60,}")
    settings: ClassVar[dict[str, Any]] = (
        oauth.DEFAULTS
        | statuses.DEFAULTS
        | media.DEFAULTS
        | {"snapchat_profiles": "open", "snapchat_page_size": lists.MOST}
    )

    def answer(self, call: Call) -> Answer:
        if call.surface == "accounts":
            return (
                oauth.token(call) if call.path == "/login/oauth2/access_token" else Answer({"error": "not_found"}, 404)
            )
        handler = routes.profile_api if call.surface == "businessapi" else routes.ads_api
        request_id = errors.request_id()
        try:
            envelope = handler(call)
        except Refused as refused:
            return Answer(refused.body(request_id), refused.status)
        status = 400 if envelope["request_status"] == "ERROR" else 200
        return Answer({"request_id": request_id, **envelope}, status)

    def unreadable(self, reason: str) -> Answer:
        return self._refused(errors.bad_request(f"the request body could not be read: {reason}"))

    def failing(self, call: Call, status: int) -> Answer:
        if call.surface == "accounts":
            return Answer({"error": "server_error", "error_description": "Try again."}, status)
        return self._refused(errors.for_http_status(status))

    def throttled(self, call: Call, hint: Any) -> Answer:
        """HTTP 429; with a hint it names the seconds in Retry-After, which Snapchat itself does not promise."""
        answer = self._refused(errors.throttled())
        if hint:
            answer.headers["Retry-After"] = str(hint)
        return answer

    def token_expired(self, call: Call) -> Answer:
        return self._refused(errors.expired_token())

    def token_revoked(self, call: Call) -> Answer:
        access.revoke_presented(call)
        if call.surface == "accounts":
            return oauth.Refused("invalid_grant", "The refresh token is invalid or was revoked").answer()
        return self._refused(errors.bad_token())

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
        lifetime = wishes.get("expires_in", oauth.DEFAULTS["snapchat_token_seconds"])
        return oauth.issue_token(wishes.get("scopes", [access.MARKETING]), lifetime)

    def budget(self, stored: Object) -> dict[str, str] | None:
        return money.budget(stored)

    def dashboard_path(self, account: Object) -> str:
        return f"/snapchat/web/{account.external_id}/campaigns"

    def _refused(self, refused: Refused) -> Answer:
        return Answer(refused.body(errors.request_id()), refused.status)
