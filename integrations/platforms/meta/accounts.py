"""Ad accounts, what their ads need besides, and targeting look-ups.

Reference: Marketing API v26.0, ad account, "Targeting search".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.contracts import Account, Asset, AssetKind, TargetingKind, TargetingOption
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.meta.client import Graph, rows

_FIELDS = (
    "id,name,account_status,disable_reason,currency,timezone_name,user_tasks,min_daily_budget,"
    "default_dsa_beneficiary,default_dsa_payor,business{id,name}"
)
_USABLE_STATUSES = {1, 9}  # active; in a grace period: still delivers
_STATUS_REASONS = {
    2: "Meta has disabled this account",
    3: "The account owes Meta a payment",
    7: "Meta is reviewing the account for risk",
    8: "A payment of the account is being settled",
    100: "The account is about to be closed",
    101: "The account is closed",
}
_DISABLE_REASONS = {
    1: "for its ads policy",
    2: "to review its intellectual property",
    3: "for a payment risk",
    4: "because it is a grey account",
    5: "after a review of its ads",
    7: "for good",
    8: "because it was not used",
    9: "because it was not used",
}
_PUBLISHING_TASKS = {"MANAGE", "ADVERTISE"}


def list_accounts(graph: Graph) -> Iterator[Account]:
    """Yield every ad account the connected person reaches, those that cannot be used with the reason."""
    for row in graph.pages("me/adaccounts", {"fields": _FIELDS, "limit": 100}):
        yield _account(row)


def list_assets(graph: Graph, account: Account) -> list[Asset]:
    """Return the Pages, Instagram accounts and pixels that ads of this account may use."""
    edges = [
        (AssetKind.PAGE, "promote_pages", "id,name", "name"),
        (AssetKind.INSTAGRAM, "instagram_accounts", "id,username", "username"),
        (AssetKind.PIXEL, "adspixels", "id,name", "name"),
    ]
    lists = graph.lists([(f"{account.external_id}/{edge}", {"fields": f, "limit": 100}) for _, edge, f, _ in edges])
    found: list[Asset] = []
    for (kind, _, _, label), listed in zip(edges, lists, strict=True):
        if isinstance(listed, PlatformError):
            # Instagram is optional, and Meta hides the list from people without a role there.
            if kind is AssetKind.INSTAGRAM and listed.kind is ErrorKind.PERMISSION:
                continue
            raise listed
        found += [Asset(kind, str(row["id"]), str(row.get(label) or row["id"])) for row in listed]
    return found


def search_targeting(graph: Graph, kind: TargetingKind, text: str) -> list[TargetingOption]:
    """Look up countries, regions and cities, languages, or interests; at most 25, Meta's best first."""
    if kind is TargetingKind.INTEREST:
        page = graph.get("search", {"type": "adinterest", "q": text, "limit": 25})
        return [_interest(row) for row in rows(page)]
    if kind is TargetingKind.LANGUAGE:
        page = graph.get("search", {"type": "adlocale", "q": text, "limit": 25})
        return [TargetingOption(str(row["key"]), str(row["name"])) for row in rows(page)]
    places = ["country", "region", "city"]
    page = graph.get("search", {"type": "adgeolocation", "location_types": places, "q": text, "limit": 25})
    return [_place(row) for row in rows(page) if row.get("type") in places]


def _account(row: Mapping[str, Any]) -> Account:
    zone = str(row.get("timezone_name") or "")
    business = row.get("business")
    extra = {
        "min_daily_budget": int(row["min_daily_budget"]) if row.get("min_daily_budget") else None,  # minor units
        "default_dsa_beneficiary": row.get("default_dsa_beneficiary") or "",
        "default_dsa_payor": row.get("default_dsa_payor") or "",
        "business": str(business.get("name") or "") if isinstance(business, Mapping) else "",
    }
    return Account(
        str(row["id"]),
        str(row.get("name") or row["id"]),
        str(row.get("currency") or ""),
        zone,
        _unusable_reason(row, zone),
        extra,
    )


def _unusable_reason(row: Mapping[str, Any], zone: str) -> str:
    """Say why campaigns cannot run on the account; empty if they can. A status we do not know counts as unusable."""
    status = row.get("account_status")
    if status not in _USABLE_STATUSES:
        reason = _STATUS_REASONS.get(status or 0, f"Meta gives the account a status we do not know ({status})")
        why = _DISABLE_REASONS.get(row.get("disable_reason") or 0, "") if status == 2 else ""
        return f"{reason} {why}".strip() + ". Open it in Meta Ads Manager to see what to do."
    tasks = row.get("user_tasks")
    if isinstance(tasks, list) and not _PUBLISHING_TASKS & set(tasks):
        return (
            "The connected person may only look at this account. Meta Business settings give the task Manage campaigns."
        )
    if not row.get("currency"):
        return "Meta names no currency for this account."
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return f"Meta gives the account a time zone we do not know ({zone or 'none'})."
    return ""


def _interest(row: Mapping[str, Any]) -> TargetingOption:
    path = row.get("path")
    return TargetingOption(
        str(row["id"]),
        str(row["name"]),
        " › ".join(str(part) for part in path[:-1]) if isinstance(path, list) else "",
        row.get("audience_size_lower_bound"),
        row.get("audience_size_upper_bound"),
    )


def _place(row: Mapping[str, Any]) -> TargetingOption:
    """A country goes by its ISO code, a smaller place by Meta's key; `detail` says where it is."""
    kind = str(row["type"])
    external_id = str(row.get("country_code") or row["key"]) if kind == "country" else str(row["key"])
    where = [str(row[name]) for name in ("region", "country_name") if row.get(name) and kind != "country"]
    if kind == "region":
        where = where[-1:]
    inside = "" if kind == "country" else str(row.get("country_code") or "")
    return TargetingOption(external_id, str(row["name"]), ", ".join(where), kind=kind, country=inside)
