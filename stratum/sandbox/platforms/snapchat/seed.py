"""What Snapchat holds at first: Dana Whitfield of Acme Corp, her organization's ad accounts, pixels, public profiles."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from stratum.sandbox.models import Object

from . import money

PERSON = {
    "id": "2f94a3c1-5e0b-4c7d-9a16-3b8e7d5f0c42",
    "display_name": "Dana Whitfield",
    "email": "dana.whitfield@acme.example",
}
ORGANIZATION = "0c9f6a7e-1d24-4b83-8e5f-6a7b3c2d1e90"
MAIN = "b5a1c0de-7f3e-4d2a-9c41-0e8f6b2d7a10"
ASSET_KINDS = {"pixel": Object.Kind.PIXEL, "profile": Object.Kind.PROFILE}

_ACCOUNTS: list[dict[str, Any]] = [
    {"id": MAIN, "name": "Acme Corp Main"},
    {
        "id": "6e2d9b14-83c7-4f0a-b1d5-92c4a7e60f38",
        "name": "Acme Corp Japan",
        "currency": "JPY",
        "timezone": "Asia/Tokyo",
    },
    {
        "id": "d40b7c52-19ae-4e63-a8f7-5b3c0d9e2f71",
        "name": "Acme Corp Europe",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
    },
    {
        "id": "91f8e3a6-4c2b-4d97-8b05-7e6d1c0a5f29",
        "name": "Acme Corp Homes",
        "regulations": {"restricted_delivery_signals": True},
    },
    {
        "id": "3a7c5e90-6b1d-4f28-9e83-c2d4b8f01a67",
        "name": "Acme Corp Legacy",
        "status": "PENDING",
        "funding_source_ids": [],
    },
]
_PIXELS: list[dict[str, Any]] = [{"id": "c7d2e8f1-0a4b-4c6d-9e35-1f8b7a6c2d03", "name": "Acme Shop Pixel"}]
_PROFILES: list[dict[str, Any]] = [
    {"id": "7b1e4d90-2c8f-4a53-b6e7-d9f0c3a2e815", "name": "Acme Corp"},
    {"id": "e83f5a2c-9d07-4b1e-8c64-0a2b7f6d3e91", "name": "Acme Outlet"},
]
_FIELDS: dict[str, type] = {
    "name": str,
    "currency": str,
    "timezone": str,
    "status": str,
    "funding_source_ids": list,
    "roles": list,
    "regulations": dict,
    "type": str,
}
_STATUSES = frozenset({"ACTIVE", "PENDING", "PAUSED", "DISABLED"})


def fill() -> None:
    """Creates the person's organization with its usual accounts, pixels and profiles."""
    Object.objects.create(
        platform="snapchat",
        kind=Object.Kind.ORGANIZATION,
        external_id=ORGANIZATION,
        name="Acme Corp",
        data={"country": "US", "type": "ENTERPRISE", "state": "ACTIVE"},
        created_at=_long_ago(),
    )
    for account in _ACCOUNTS:
        create_account(account)
    replace_assets("pixel", _PIXELS)
    replace_assets("profile", _PROFILES)


def create_account(wishes: dict[str, Any]) -> Object:
    """A new ad account; raises ValueError for a field or a value that no account has."""
    wishes = dict(wishes)
    external_id = str(wishes.pop("id", "") or uuid.uuid4())
    account = Object(
        platform="snapchat",
        kind=Object.Kind.ACCOUNT,
        external_id=external_id,
        account=external_id,
        parent=ORGANIZATION,
        created_at=_long_ago(),
        data={
            "currency": "USD",
            "timezone": "America/New_York",
            "status": "ACTIVE",
            "type": "PARTNER",
            "funding_source_ids": [str(uuid.uuid4())],
            "roles": ["admin"],
            "regulations": {"restricted_delivery_signals": False},
        },
    )
    _set(account, {"name": f"Acme Branch {external_id[:4]}"} | wishes)
    account.save()
    return account


def change_account(account: Object, changes: dict[str, Any]) -> None:
    """Changes fields of an account; raises ValueError for a field or a value that no account has."""
    _set(account, changes)
    account.save()


def replace_assets(kind: str, assets: list[dict[str, Any]]) -> None:
    """Puts pixels or public profiles in place of those there; `accounts` limits a pixel to those ad accounts."""
    if kind not in ASSET_KINDS:
        raise ValueError(f"assets of Snapchat are {', '.join(ASSET_KINDS)}, not {kind}")
    Object.objects.filter(platform="snapchat", kind=ASSET_KINDS[kind]).delete()
    for asset in assets:
        Object.objects.create(
            platform="snapchat",
            kind=ASSET_KINDS[kind],
            external_id=str(asset.get("id") or uuid.uuid4()),
            name=str(asset.get("name", "")),
            parent=ORGANIZATION,
            data={name: value for name, value in asset.items() if name not in ("id", "name")},
            created_at=_long_ago(),
        )


def _long_ago() -> datetime:
    """When what is seeded was made: long enough ago for reads that lag to show it."""
    return timezone.now() - timedelta(days=400)


def _set(account: Object, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if name not in _FIELDS:
            raise ValueError(f"a Snapchat ad account has no field {name}; there are {', '.join(_FIELDS)}")
        if not isinstance(value, _FIELDS[name]):
            raise ValueError(f"{name} cannot be {value!r}")
    account.name = changes.get("name", account.name)
    account.data |= {name: value for name, value in changes.items() if name != "name"}
    account.status = account.data["status"]
    if account.data["currency"] not in money.CURRENCIES:
        raise ValueError(f"Snapchat bills in no currency {account.data['currency']}")
    if account.status not in _STATUSES:
        raise ValueError(f"status is one of {', '.join(sorted(_STATUSES))}")
    try:
        ZoneInfo(account.data["timezone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"there is no time zone {account.data['timezone']}") from error
