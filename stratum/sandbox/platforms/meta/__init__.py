"""Meta: the Marketing API v25.0 and v26.0, Facebook Login, and a dashboard where Ads Manager would be.

Surfaces: graph = graph.facebook.com, graph-video = graph-video.facebook.com, www = www.facebook.com,
adsmanager = adsmanager.facebook.com. scontent = the image host.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any, ClassVar

from django.db import transaction

from stratum.sandbox import exchange
from stratum.sandbox.call import Answer, Call
from stratum.sandbox.models import Object
from stratum.sandbox.platform import Page, Platform

from . import access, batch, dashboard, errors, graph, images, media, money, oauth, seed, statuses, usage
from .errors import GraphError
from .routes import ROUTES


class MetaSandbox(Platform):
    slug = "meta"
    title = "Meta"
    api_surfaces = frozenset({"graph", "graph-video"})
    pages: ClassVar[tuple[tuple[str, str, Page, bool], ...]] = (
        ("www", r"/v2[56]\.0/dialog/oauth", oauth.dialog, True),
        ("adsmanager", r"/adsmanager/manage/(campaigns|adsets|ads)", dashboard.show, False),
        ("scontent", r"/[0-9a-f]{64}", images.show, False),
    )
    tokens = re.compile(r"EAAG[0-9A-Za-z]{40,}|AQ[0-9A-Za-z]{100,}")
    binary_fields = frozenset({"bytes"})
    settings: ClassVar[dict[str, Any]] = oauth.DEFAULTS | media.DEFAULTS | statuses.DEFAULTS

    def answer(self, call: Call) -> Answer:
        try:
            version, rest = graph.split_version(call.path)
            graph.refuse_removed(call.params)
            body = self._body(_with_form(call), version, rest)
        except GraphError as error:
            return Answer(error.body(), error.status, usage.headers(call, graph.VERSIONS[0]))
        return Answer(body, 200, usage.headers(call, version))

    def requests(self, call: Call) -> list[tuple[str, str]]:
        own = [(call.method, call.path)]
        return own + batch.requests(call, graph.VERSIONS[0]) if "batch" in call.params else own

    def unreadable(self, reason: str) -> Answer:
        return Answer(GraphError(100, f"(#100) The request body could not be read: {reason}").body(), 400)

    def failing(self, call: Call, status: int) -> Answer:
        error = errors.for_http_status(status)
        return Answer(error.body(), status, usage.headers(call, graph.VERSIONS[0]))

    def throttled(self, call: Call, hint: Any) -> Answer:
        """80004 with the hint as minutes; {"code": 4, "minutes": n} picks another of Meta's throttle codes."""
        order = hint if isinstance(hint, dict) else {"minutes": hint}
        minutes = int(order.get("minutes") or 0)
        error = errors.throttled(order.get("code", 80004))
        return Answer(error.body(), error.status, usage.exhausted(call, graph.VERSIONS[0], minutes))

    def token_expired(self, call: Call) -> Answer:
        error = errors.expired_token()
        return Answer(error.body(), error.status, usage.headers(call, graph.VERSIONS[0]))

    def token_revoked(self, call: Call) -> Answer:
        access.revoke_presented(call)
        error = errors.revoked_token()
        return Answer(error.body(), error.status, usage.headers(call, graph.VERSIONS[0]))

    def seed(self) -> None:
        seed.fill()

    def new_account(self, number: int, wishes: dict[str, Any]) -> Object:
        return seed.create_account({"name": f"Acme Branch {number:03d}"} | wishes)

    def change_account(self, account: Object, changes: dict[str, Any]) -> None:
        seed.change_account(account, changes)

    def replace_assets(self, kind: str, assets: list[dict[str, Any]]) -> None:
        seed.replace_assets(kind, assets)

    def issue_token(self, wishes: dict[str, Any]) -> dict[str, Any]:
        lifetime = wishes.get("expires_in", oauth.DEFAULTS["long_token_seconds"])
        return oauth.issue_token(wishes.get("scopes", list(oauth.SCOPES)), lifetime)

    def budget(self, stored: Object) -> dict[str, str] | None:
        return money.budget(stored)

    def dashboard_path(self, account: Object) -> str:
        return f"/meta/adsmanager/adsmanager/manage/campaigns?act={account.data['account_id']}"

    def _body(self, call: Call, version: str, rest: str) -> Any:
        """The answer's body; login and introspection come before a token is asked for."""
        if rest == "oauth/access_token" and call.method in ("GET", "POST"):
            return oauth.access_token(call)
        if rest == "debug_token" and call.method == "GET":
            return oauth.debug_token(call)
        if rest == "" and call.method == "POST":
            # One transaction for speed alone: no item undoes another, and nothing waits inside.
            with transaction.atomic():
                return batch.run(call, version, lambda inner: exchange.execute(self, inner))
        token = access.authenticated(call)
        return graph.dispatch(call, rest, token, ROUTES)


def _with_form(call: Call) -> Call:
    """A JSON body counts as the form it could have been: nested values are JSON in a field."""
    if not isinstance(call.json, dict):
        return call
    form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in call.json.items()}
    return replace(call, form=form)
