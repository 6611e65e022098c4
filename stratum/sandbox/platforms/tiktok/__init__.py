"""TikTok: the API for Business v1.3, its log-in, and a dashboard where TikTok Ads Manager would be.

Surfaces: api = business-api.tiktok.com, portal = the consent page on the same host, web = ads.tiktok.com, cdn = the host
of pictures.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from stratum.sandbox.call import Answer, Call
from stratum.sandbox.models import Object
from stratum.sandbox.platform import Page, Platform

from . import access, ads, dashboard, endpoints, errors, media, money, oauth, seed, statuses, storing
from .ads import PartlyDone
from .errors import NoSuchAddressError, TikTokError
from .routes import ENDPOINTS, WITHOUT_TOKEN

PARTLY_DONE = 20001


class TikTokSandbox(Platform):
    slug = "tiktok"
    title = "TikTok"
    api_surfaces = frozenset({"api"})
    path_prefixes: ClassVar[dict[str, str]] = {"portal": "/portal"}
    pages: ClassVar[tuple[tuple[str, str, Page, bool], ...]] = (
        ("portal", r"/portal/auth", oauth.portal, True),
        ("web", r"/i18n/perf/(campaign|adgroup|ad)", dashboard.show, False),
        ("cdn", r"/[0-9a-f]{64}", media.show, False),
    )
    tokens = re.compile(r"\b[0-9a-f]{40}\b")
    settings: ClassVar[dict[str, Any]] = (
        oauth.DEFAULTS | media.DEFAULTS | statuses.DEFAULTS | storing.DEFAULTS | ads.DEFAULTS
    )

    def answer(self, call: Call) -> Answer:
        """Refusals come with HTTP 200 like everything else; only what misses the API has another status."""
        try:
            return _told(errors.envelope(endpoints.dispatch(call, ENDPOINTS, WITHOUT_TOKEN)))
        except PartlyDone as partly:
            return _told(errors.envelope(partly.data, PARTLY_DONE, "Partially succeeded"))
        except TikTokError as error:
            return _refusal(error)
        except NoSuchAddressError as error:
            return Answer(error.text, error.status, content_type="text/plain; charset=utf-8")

    def unreadable(self, reason: str) -> Answer:
        return _refusal(TikTokError(errors.INVALID, f"The request body could not be read: {reason}"))

    def failing(self, call: Call, status: int) -> Answer:
        """The gateway's own page: the API was not reached, or did not answer it."""
        return Answer(f"<html><body>{status}</body></html>", status, content_type="text/html; charset=utf-8")

    def throttled(self, call: Call, hint: Any) -> Answer:
        """40100; the hint is the limit that was met: QPS, QPM or QPD."""
        return _refusal(errors.throttled(hint if hint in ("QPS", "QPM", "QPD") else "QPS"))

    def token_expired(self, call: Call) -> Answer:
        return _refusal(errors.token_expired())

    def token_revoked(self, call: Call) -> Answer:
        access.revoke_presented(call)
        return _refusal(errors.token_unknown())

    def seed(self) -> None:
        seed.fill()

    def new_account(self, number: int, wishes: dict[str, Any]) -> Object:
        return seed.create_account({"name": f"Acme Corp Branch {number:03d}"} | wishes)

    def change_account(self, account: Object, changes: dict[str, Any]) -> None:
        seed.change_account(account, changes)

    def replace_assets(self, kind: str, assets: list[dict[str, Any]]) -> None:
        seed.replace_assets(kind, assets)

    def issue_token(self, wishes: dict[str, Any]) -> dict[str, Any]:
        scopes = [str(scope) for scope in wishes.get("scopes", list(oauth.SCOPES))]
        return errors.envelope(oauth.issue_token(scopes, wishes.get("expires_in")))

    def budget(self, stored: Object) -> dict[str, str] | None:
        return money.budget(stored)

    def dashboard_path(self, account: Object) -> str:
        return f"/tiktok/web/i18n/perf/campaign?aadvid={account.external_id}"


def _told(body: dict[str, Any]) -> Answer:
    return Answer(body, headers={"X-Tt-Logid": body["request_id"]})


def _refusal(error: TikTokError) -> Answer:
    return _told(errors.envelope({}, error.code, error.message))
