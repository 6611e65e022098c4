"""What Meta holds at first: Dana Whitfield of Acme Corp, her ad accounts, Pages, Instagram account and pixels."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from stratum.sandbox import ids
from stratum.sandbox.models import Object

from . import money

PERSON = {"id": "10158012345678901", "name": "Dana Whitfield", "email": "dana.whitfield@acme.example"}
BUSINESS = {"id": "2400000000000017", "name": "Acme Corp"}
ASSET_KINDS = {"page": Object.Kind.PAGE, "instagram": Object.Kind.INSTAGRAM, "pixel": Object.Kind.PIXEL}

_ACCOUNTS: list[dict[str, Any]] = [
    {"id": "123456789", "name": "Acme Corp Main"},
    {"id": "987654321", "name": "Acme Corp Test"},
    {
        "id": "555111222",
        "name": "Acme Europe GmbH",
        "currency": "EUR",
        "timezone_name": "Europe/Berlin",
        "default_dsa_beneficiary": "Acme Europe GmbH",
        "default_dsa_payor": "Acme Europe GmbH",
    },
    {"id": "555111333", "name": "Acme Outlet EU", "currency": "EUR", "timezone_name": "Europe/Berlin"},
    {"id": "555222333", "name": "Acme Japan K.K.", "currency": "JPY", "timezone_name": "Asia/Tokyo"},
    {"id": "555333444", "name": "Acme Legacy (closed shop)", "account_status": 2, "disable_reason": 3},
]
_PAGES: list[dict[str, Any]] = [
    {"id": "102938475610001", "name": "Acme Corp", "instagram_business_account": "17841400000000001"},
    {"id": "102938475610002", "name": "Acme Outlet"},
]
_INSTAGRAM: list[dict[str, Any]] = [{"id": "17841400000000001", "username": "acmecorp"}]
_PIXELS: list[dict[str, Any]] = [
    {"id": "880011223344551", "name": "Acme Shop Pixel"},
    {"id": "880011223344552", "name": "Acme Test Pixel", "accounts": ["act_987654321"]},
]
_TIME_ZONE_IDS = {
    "America/New_York": 7,
    "America/Los_Angeles": 1,
    "Europe/Berlin": 47,
    "Europe/London": 58,
    "Asia/Tokyo": 71,
}
_ACCOUNT_FIELDS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "account_status": int,
    "disable_reason": int,
    "currency": str,
    "timezone_name": str,
    "user_tasks": list,
    "min_daily_budget": int,
    "default_dsa_beneficiary": (str, type(None)),
    "default_dsa_payor": (str, type(None)),
    "is_personal": int,
    "business": (dict, type(None)),
}


def fill() -> None:
    """Creates the person's usual accounts and assets."""
    for account in _ACCOUNTS:
        create_account(account)
    replace_assets("page", _PAGES)
    replace_assets("instagram", _INSTAGRAM)
    replace_assets("pixel", _PIXELS)


def create_account(wishes: dict[str, Any]) -> Object:
    """A new ad account; raises ValueError for a field or a value that no account has."""
    wishes = dict(wishes)
    digits = str(wishes.pop("id", ids.digits(15))).removeprefix("act_")
    account = Object(
        platform="meta",
        created_at=_long_ago(),
        kind=Object.Kind.ACCOUNT,
        external_id=f"act_{digits}",
        account=f"act_{digits}",
        data=_new_account_data(digits),
    )
    _set_account(account, {"name": f"Acme Branch {digits[-4:]}"} | wishes)
    account.save()
    return account


def change_account(account: Object, changes: dict[str, Any]) -> None:
    """Changes fields of an account; raises ValueError for a field or a value that no account has."""
    _set_account(account, changes)
    account.save()


def replace_assets(kind: str, assets: list[dict[str, Any]]) -> None:
    """Puts Pages, Instagram accounts or pixels in place of those there; `accounts` limits one to those ad accounts."""
    if kind not in ASSET_KINDS:
        raise ValueError(f"assets of Meta are {', '.join(ASSET_KINDS)}, not {kind}")
    Object.objects.filter(platform="meta", kind=ASSET_KINDS[kind]).delete()
    for asset in assets:
        data = {name: value for name, value in asset.items() if name not in ("id", "name")}
        name = asset.get("name", asset.get("username", ""))
        Object.objects.create(
            platform="meta",
            kind=ASSET_KINDS[kind],
            external_id=str(asset["id"]),
            name=name,
            data=data,
            created_at=_long_ago(),
        )


def _long_ago() -> datetime:
    """When what is seeded was made: long enough ago for reads that lag to show it."""
    return timezone.now() - timedelta(days=400)


def _new_account_data(digits: str) -> dict[str, Any]:
    return {
        "account_id": digits,
        "account_status": 1,
        "disable_reason": 0,
        "currency": "USD",
        "timezone_name": "America/New_York",
        "user_tasks": ["DRAFT", "ANALYZE", "ADVERTISE", "MANAGE"],
        "is_personal": 0,
        "business": BUSINESS,
        "default_dsa_beneficiary": None,
        "default_dsa_payor": None,
    }


def _set_account(account: Object, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if name not in _ACCOUNT_FIELDS:
            raise ValueError(f"a Meta ad account has no field {name}; there are {', '.join(_ACCOUNT_FIELDS)}")
        if not isinstance(value, _ACCOUNT_FIELDS[name]):
            raise ValueError(f"{name} cannot be {value!r}")
    account.name = changes.get("name", account.name)
    account.data |= {name: value for name, value in changes.items() if name != "name"}
    account.status = str(account.data["account_status"])
    _check_currency_and_zone(account.data)
    if "currency" in changes or "min_daily_budget" not in account.data:
        account.data["min_daily_budget"] = changes.get("min_daily_budget", money.least_daily(account.data["currency"]))


def _check_currency_and_zone(data: dict[str, Any]) -> None:
    if data["currency"] not in money.CURRENCIES:
        raise ValueError(f"Meta bills in no currency {data['currency']}")
    try:
        ZoneInfo(data["timezone_name"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"there is no time zone {data['timezone_name']}") from error
    data["timezone_id"] = _TIME_ZONE_IDS.get(data["timezone_name"], 0)
