"""Ad accounts, what their ads need besides, and targeting look-ups.

Reference: Google Ads API v26, "List accessible accounts", "Get account hierarchy", customer, customer_client, asset,
conversion_action, currency_constant, geo_target_constant, language_constant, user_interest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.contracts import Account, Asset, AssetKind, TargetingKind, TargetingOption
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.google.client import Ads, Row, dig
from integrations.platforms.google.gaql import containing, one_of, select

_ABOUT = ("id", "descriptive_name", "currency_code", "time_zone", "manager", "test_account", "status")
_CUSTOMER = select([f"customer.{name}" for name in _ABOUT], "customer", limit=1)
_BELOW = select([f"customer_client.{name}" for name in (*_ABOUT, "level", "hidden")], "customer_client")
_CURRENCY_FIELDS = (
    "currency_constant.code",
    "currency_constant.billable_unit_micros",
    "currency_constant.demand_gen_info.minimum_budget_per_day_micros",
)
_SIZE = "asset.image_asset.full_size"
_LOGOS = select(
    ("asset.id", "asset.name", f"{_SIZE}.width_pixels", f"{_SIZE}.height_pixels"), "asset", "asset.type = 'IMAGE'"
)
_CONVERSIONS = select(
    ("conversion_action.id", "conversion_action.name", "conversion_action.category"),
    "conversion_action",
    "conversion_action.status = 'ENABLED'",
)
_LANGUAGES = select(
    ("language_constant.id", "language_constant.name"), "language_constant", "language_constant.targetable = TRUE"
)
_STATUS_REASONS = {
    "CANCELED": "The account is cancelled. An administrator can reopen it in Google Ads.",
    "SUSPENDED": "Google has suspended this account. Open it in Google Ads to see why.",
    "CLOSED": "The account is closed for good.",
}
#: A logo must be square and at least this wide (v26, DemandGenMultiAssetAdInfo.logo_images).
_LOGO_PIXELS = 128
_RATIO_TOLERANCE = 0.01
_MOST_OPTIONS = 25
#: Google's types of places that stand for the whole of a country, and for what people call a city.
_COUNTRY_TYPES = frozenset({"Country"})
_CITY_TYPES = frozenset({"City", "Municipality", "Borough", "City Region", "District", "Neighborhood", "Village"})
_REGION_TYPES = frozenset(
    {
        "State", "Region", "Province", "Department", "Prefecture", "Canton", "County", "Governorate", "Territory",
        "Autonomous Community", "Union Territory", "TV Region", "DMA Region", "Okrug", "Oblast",
    }
)  # fmt: skip


def list_accounts(ads: Ads) -> Iterator[Account]:
    """Yield every account the connected person reaches, directly or through managers, each once.

    A direct way wins over one through a manager; accounts that cannot be used come with the reason.
    """
    roots = ads.accessible_customers()
    below: list[tuple[str, Row]] = []
    direct: dict[str, Row] = {}
    for root in roots:
        row = _root(ads, root)
        if isinstance(row, PlatformError):
            yield Account(root, dashed(root), "", "", _refused_reason(row), {"login_customer_id": root})
            continue
        direct[root] = row
        if row.get("manager") is True:
            below += [(root, child) for child in _children(ads, root)]
    found = list(direct.items())
    found += [(root, row) for root, row in below if str(row.get("id")) not in set(roots)]
    yield from _accounts(ads, found)


def list_assets(ads: Ads, account: Account) -> list[Asset]:
    """Return the square images that can be logos, and the conversion actions that are switched on."""
    images, actions = ads.search_all(account, [_LOGOS, _CONVERSIONS])
    logos = [_asset(AssetKind.LOGO, row["asset"]) for row in images if _is_logo(row)]
    kind = AssetKind.CONVERSION_ACTION
    return logos + [_asset(kind, row["conversionAction"]) for row in actions if row.get("conversionAction")]


def search_targeting(ads: Ads, account: Account, kind: TargetingKind, text: str) -> list[TargetingOption]:
    """Look up countries, regions and cities, languages, or interests (affinity and in-market); at most 25."""
    if kind is TargetingKind.LOCATION:
        places = [place for row in ads.suggest_places([text]) if (place := _place(row))]
        return places[:_MOST_OPTIONS]
    if kind is TargetingKind.LANGUAGE:
        (found,) = ads.search_all(account, [_LANGUAGES])
        listed = [dict(row.get("languageConstant") or {}) for row in found]
        wanted = [row for row in listed if text.casefold() in str(row.get("name", "")).casefold()]
        options = [TargetingOption(str(row["id"]), str(row["name"])) for row in wanted]
        return sorted(options, key=lambda option: option.name)[:_MOST_OPTIONS]
    (found,) = ads.search_all(account, [_interest_query(text)])
    return [_interest(dict(row.get("userInterest") or {})) for row in found]


def dashed(customer_id: str) -> str:
    """Write an account's id as people know it: 123-456-7890."""
    return f"{customer_id[:3]}-{customer_id[3:6]}-{customer_id[6:]}" if len(customer_id) == 10 else customer_id


# Accounts -----------------------------------------------------------------------------------------------------------


def _root(ads: Ads, root: str) -> Row | PlatformError:
    """Return the account itself, or why it cannot be looked at; every other error is raised."""
    try:
        row = next(iter(ads.search(root, root, _CUSTOMER)), {})
    except PlatformError as error:
        if error.kind is not ErrorKind.PERMISSION or error.code == "APP_NOT_APPROVED":
            raise
        return error
    return dict(row.get("customer") or {"id": root})


def _children(ads: Ads, root: str) -> list[Row]:
    """Return what a manager holds at any depth; itself, hidden accounts and managers below it left out."""
    rows = [dict(row.get("customerClient") or {}) for row in ads.search(root, root, _BELOW)]
    return [
        row
        for row in rows
        if str(row.get("id")) != root and row.get("hidden") is not True and row.get("manager") is not True
    ]


def _accounts(ads: Ads, found: Sequence[tuple[str, Row]]) -> Iterator[Account]:
    once: dict[str, tuple[str, Row]] = {}
    for root, row in found:
        once.setdefault(str(row.get("id")), (root, row))
    codes = sorted({str(row["currencyCode"]) for _, row in once.values() if row.get("currencyCode")})
    units = _currency_facts(ads, [root for root, _ in once.values()], codes)
    for customer_id, (root, row) in once.items():
        yield _account(customer_id, root, row, units.get(str(row.get("currencyCode")), {}))


def _currency_facts(ads: Ads, logins: Sequence[str], codes: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return each currency's billable unit and least daily budget of Demand Gen, in micros.

    They are the same for every account, so any account that answers will do.
    """
    if not codes:
        return {}
    for login in dict.fromkeys(logins):
        try:
            query = select(_CURRENCY_FIELDS, "currency_constant", f"currency_constant.code IN {one_of(codes)}")
            listed = list(ads.search(login, login, query))
        except PlatformError as error:
            if error.kind is ErrorKind.PERMISSION:
                continue
            raise
        rows = [dict(row.get("currencyConstant") or {}) for row in listed]
        return {str(row.get("code")): _units(row) for row in rows}
    return {}


def _units(row: Mapping[str, Any]) -> dict[str, int]:
    facts = {
        "billable_unit_micros": row.get("billableUnitMicros"),
        "demand_gen_minimum_micros": dig(row, "demandGenInfo.minimumBudgetPerDayMicros"),
    }
    return {name: int(value) for name, value in facts.items() if value}


def _account(customer_id: str, root: str, row: Row, units: Mapping[str, int]) -> Account:
    zone, is_test = str(row.get("timeZone") or ""), row.get("testAccount") is True
    extra = {"login_customer_id": root, "is_test": is_test, **units}
    return Account(
        customer_id,
        f"{row.get('descriptiveName') or dashed(customer_id)}{' (test account)' if is_test else ''}",
        str(row.get("currencyCode") or ""),
        zone,
        _unusable_reason(row, zone),
        extra,
    )


def _unusable_reason(row: Mapping[str, Any], zone: str) -> str:
    """Say why campaigns cannot run on the account; empty if they can. Test accounts are always reported as closed."""
    if row.get("manager") is True:
        return "This is a manager account: campaigns run on the accounts below it, not on itself."
    status = str(row.get("status") or "")
    if status != "ENABLED" and not (status == "CLOSED" and row.get("testAccount") is True):
        unknown = f"Google gives the account a status we do not know ({status or 'none'})."
        return _STATUS_REASONS.get(status, unknown)
    if not row.get("currencyCode"):
        return "Google names no currency for this account."
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return f"Google gives the account a time zone we do not know ({zone or 'none'})."
    return ""


def _refused_reason(error: PlatformError) -> str:
    if error.code == "AD_ACCOUNT_UNUSABLE":
        return "The account is not set up, or was cancelled. Open it in Google Ads to see what to do."
    return "The connected person may not use this account. Give them standard access in Google Ads."


# Assets and targeting -----------------------------------------------------------------------------------------------


def _is_logo(row: Mapping[str, Any]) -> bool:
    width = int(dig(row, "asset.imageAsset.fullSize.widthPixels") or 0)
    height = int(dig(row, "asset.imageAsset.fullSize.heightPixels") or 0)
    return width >= _LOGO_PIXELS and height >= _LOGO_PIXELS and abs(width / height - 1) <= _RATIO_TOLERANCE


def _asset(kind: AssetKind, row: Mapping[str, Any]) -> Asset:
    category = {"category": str(row["category"])} if row.get("category") else {}
    return Asset(kind, str(row["id"]), str(row.get("name") or row["id"]), category)


def _place(row: Mapping[str, Any]) -> TargetingOption | None:
    """A country goes by its ISO code, a smaller place by Google's id; `detail` says where it is. None: no such kind."""
    target, name = str(row.get("targetType") or ""), str(row.get("name") or "")
    if row.get("status") not in (None, "ENABLED"):
        return None  # Google does not offer it any more
    if target in _COUNTRY_TYPES and row.get("countryCode"):
        return TargetingOption(str(row["countryCode"]), name, kind="country")
    kind = "city" if target in _CITY_TYPES else "region" if target in _REGION_TYPES else ""
    if not kind:
        return None
    where = str(row.get("canonicalName") or "").split(",")[1:]
    return TargetingOption(str(row["id"]), name, ", ".join(where), kind=kind, country=str(row.get("countryCode") or ""))


def _interest_query(text: str) -> str:
    return select(
        ("user_interest.user_interest_id", "user_interest.name", "user_interest.taxonomy_type"),
        "user_interest",
        "user_interest.taxonomy_type IN ('AFFINITY', 'IN_MARKET')",
        f"user_interest.name LIKE {containing(text)}",
        limit=_MOST_OPTIONS,
    )


def _interest(row: Mapping[str, Any]) -> TargetingOption:
    detail = {"AFFINITY": "Affinity", "IN_MARKET": "In-market"}.get(str(row.get("taxonomyType")), "")
    return TargetingOption(str(row["userInterestId"]), str(row.get("name") or row["userInterestId"]), detail)
