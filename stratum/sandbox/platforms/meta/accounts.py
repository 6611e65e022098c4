"""Ad accounts and what ads on them need: Pages, Instagram accounts, pixels, least budgets (Marketing API v26)."""

from __future__ import annotations

from typing import Any

from stratum.sandbox.models import Object, ObjectQuerySet

from . import graph, money, nodes, oauth, paging, selection
from .errors import unknown_parameter
from .graph import GraphRequest

# Small pages on purpose: whoever does not follow the cursors misses accounts.
MOST_ACCOUNTS = 25
MOST_ASSETS = 100
PAGE_SCOPES = ("pages_show_list",)


def refuse_unknown(request: GraphRequest, allowed: frozenset[str]) -> None:
    """Raises GraphError 100 for a parameter the edge does not have: a misspelt filter must not widen a list."""
    for name in request.params:
        if name not in allowed:
            raise unknown_parameter(name)


def my_accounts(request: GraphRequest) -> dict[str, Any]:
    refuse_unknown(request, paging.PARAMETERS)
    return paging.oldest_first(_of_kind(Object.Kind.ACCOUNT), Object.Kind.ACCOUNT, request.view, most=MOST_ACCOUNTS)


def my_pages(request: GraphRequest) -> dict[str, Any]:
    refuse_unknown(request, paging.PARAMETERS)
    return paging.oldest_first(_of_kind(Object.Kind.PAGE), Object.Kind.PAGE, request.view, most=MOST_ASSETS)


def my_permissions(request: GraphRequest) -> dict[str, Any]:
    return {"data": oauth.permissions(request.token)}


def withdraw_permissions(request: GraphRequest) -> dict[str, bool]:
    return oauth.withdraw(request.token, request.item or request.params.get("permission"))


def read_object(request: GraphRequest) -> dict[str, Any]:
    """GET /{id}: any object the token reaches, with the fields asked for."""
    refuse_unknown(request, frozenset({"fields"}))
    assert request.node is not None
    return nodes.render(request.node, selection.parse(request.params.get("fields", "")), request.view)


def usable(kind: str, account: Object) -> ObjectQuerySet:
    """The assets of a kind that ads on the account may use."""
    every = _of_kind(kind)
    barred = [
        asset.pk for asset in every if account.external_id not in asset.data.get("accounts", [account.external_id])
    ]
    return every.exclude(pk__in=barred)


def assets(kind: str) -> graph.Handler:
    def listed(request: GraphRequest) -> dict[str, Any]:
        refuse_unknown(request, paging.PARAMETERS)
        return paging.oldest_first(usable(kind, request.account), kind, request.view, most=MOST_ASSETS)

    return listed


def minimum_budgets(request: GraphRequest) -> dict[str, Any]:
    """GET /act_X/minimum_budgets: the row of the account's currency, in minor units."""
    currency = request.account.data["currency"]
    least = money.least_daily(currency)
    row = {
        "currency": currency,
        "min_daily_budget_imp": least,
        "min_daily_budget_high_freq": least * 5,
        "min_daily_budget_video_views": least * 5,
        "min_daily_budget_low_freq": least * 40,
    }
    return {"data": [row]}


def _of_kind(kind: str) -> ObjectQuerySet:
    return Object.objects.present().filter(platform="meta", kind=kind)
