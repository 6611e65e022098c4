"""What TikTok holds at first: Dana Whitfield of Acme Corp, her ad accounts, TikTok accounts, pixels and music."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

from stratum.sandbox import ids
from stratum.sandbox.models import Object

from . import money

PERSON = {
    "core_user_id": "6812345678901234567",
    "display_name": "Dana Whitfield",
    "email": "d***d@acme.example",
    "create_time": 1609459200,
}
BUSINESS_CENTER = "6900000000000000003"
ASSET_KINDS = {"identity": Object.Kind.IDENTITY, "pixel": Object.Kind.PIXEL, "music": Object.Kind.ASSET}

_ACCOUNTS: list[dict[str, Any]] = [
    {"id": "7012345678901234561", "name": "Acme Corp Main"},
    {"id": "7012345678901234562", "name": "Acme Corp Test", "can_use_custom_identity": True},
    {
        "id": "7012345678901234563",
        "name": "Acme Corp Europe",
        "currency": "EUR",
        "display_timezone": "Europe/Berlin",
        "timezone": "Etc/GMT-1",
        "country": "DE",
    },
    {
        "id": "7012345678901234564",
        "name": "Acme Corp Japan",
        "currency": "JPY",
        "display_timezone": "Asia/Tokyo",
        "timezone": "Etc/GMT-9",
        "country": "JP",
    },
    {"id": "7012345678901234565", "name": "Acme Corp Legacy (closed shop)", "status": "STATUS_DISABLE"},
]
_IDENTITIES: list[dict[str, Any]] = [
    {
        "id": "11111111-2222-5333-8444-555555555551",
        "name": "Acme Corp",
        "identity_type": "TT_USER",
        "user_name": "acmecorp",
    },
    {
        "id": "11111111-2222-5333-8444-555555555552",
        "name": "Acme Outlet",
        "identity_type": "BC_AUTH_TT",
        "identity_authorized_bc_id": BUSINESS_CENTER,
        "user_name": "acmeoutlet",
        "ads_only_mode": True,
    },
    {
        "id": "11111111-2222-5333-8444-555555555553",
        "name": "Acme Private",
        "identity_type": "TT_USER",
        "user_name": "acmeprivate",
        "available_status": "IS_PRIVATE_ACCOUNT",
        "can_push_video": False,
    },
    {"id": "7100000000000000009", "name": "Acme (made-up)", "identity_type": "CUSTOMIZED_USER"},
]
_PIXELS: list[dict[str, Any]] = [
    {"id": "7200000000000000001", "name": "Acme Shop Pixel"},
    {"id": "7200000000000000002", "name": "Acme Test Pixel", "advertisers": ["7012345678901234562"]},
]
_MUSIC: list[dict[str, Any]] = [
    {"id": "7300000000000000001", "name": "Summer Breeze", "author": "The Parasols", "liked": True},
    {"id": "7300000000000000002", "name": "Upbeat Morning", "author": "Kit & Ladder"},
    {"id": "7300000000000000003", "name": "Acme Jingle", "sources": ["USER"]},
    {"id": "7300000000000000004", "name": "Quiet Hours", "author": "Lantern"},
]
_ACCOUNT_FIELDS: dict[str, type] = {
    "name": str,
    "currency": str,
    "display_timezone": str,
    "timezone": str,
    "country": str,
    "status": str,
    "company": str,
    "owner_bc_id": str,
    "role": str,
    "balance": float,
    "can_use_custom_identity": bool,
    "ads_only_mode": bool,
}


def fill() -> None:
    """Creates the person's usual accounts and assets."""
    for account in _ACCOUNTS:
        create_account(account)
    replace_assets("identity", _IDENTITIES)
    replace_assets("pixel", _PIXELS)
    replace_assets("music", _MUSIC)


def create_account(wishes: dict[str, Any]) -> Object:
    """A new ad account; raises ValueError for a field or a value that no account has."""
    wishes = dict(wishes)
    external_id = str(wishes.pop("id", ids.digits(19, "70")))
    account = Object(
        platform="tiktok",
        created_at=_long_ago(),
        kind=Object.Kind.ACCOUNT,
        external_id=external_id,
        account=external_id,
        status="STATUS_ENABLE",
        data=_new_account_data(),
    )
    _set_account(account, {"name": f"Acme Corp Branch {external_id[-4:]}"} | wishes)
    account.save()
    return account


def change_account(account: Object, changes: dict[str, Any]) -> None:
    """Changes fields of an account; raises ValueError for a field or a value that no account has."""
    _set_account(account, changes)
    account.save()


def replace_assets(kind: str, assets: list[dict[str, Any]]) -> None:
    """Puts identities, pixels or music in place of those there; `advertisers` limits one to those ad accounts."""
    if kind not in ASSET_KINDS:
        raise ValueError(f"assets of TikTok are {', '.join(ASSET_KINDS)}, not {kind}")
    Object.objects.filter(platform="tiktok", kind=ASSET_KINDS[kind]).delete()
    for asset in assets:
        Object.objects.create(
            platform="tiktok",
            kind=ASSET_KINDS[kind],
            external_id=str(asset["id"]),
            name=asset["name"],
            data={name: value for name, value in asset.items() if name not in ("id", "name")},
            created_at=_long_ago(),
        )


def assets(kind: str, account: Object) -> list[Object]:
    """The assets that ads of the account may use, oldest first."""
    every = Object.objects.present().filter(platform="tiktok", kind=ASSET_KINDS[kind]).order_by("id")
    return [asset for asset in every if account.external_id in asset.data.get("advertisers", [account.external_id])]


def _long_ago() -> datetime:
    """When what is seeded was made: long enough ago for reads that lag to show it."""
    return timezone.now() - timedelta(days=400)


def _new_account_data() -> dict[str, Any]:
    return {
        "currency": "USD",
        "display_timezone": "America/New_York",
        "timezone": "Etc/GMT+5",
        "country": "US",
        "company": "Acme Corp",
        "owner_bc_id": BUSINESS_CENTER,
        "role": "ROLE_ADVERTISER",
        "balance": 5000.0,
        "can_use_custom_identity": False,
        "ads_only_mode": False,
    }


def _set_account(account: Object, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if name not in _ACCOUNT_FIELDS:
            raise ValueError(f"a TikTok ad account has no field {name}; there are {', '.join(_ACCOUNT_FIELDS)}")
        if not isinstance(value, _ACCOUNT_FIELDS[name]):
            raise ValueError(f"{name} cannot be {value!r}")
    account.name = changes.get("name", account.name)
    account.status = changes.get("status", account.status)
    account.data |= {name: value for name, value in changes.items() if name not in ("name", "status")}
    if account.data["currency"] not in money.CURRENCIES:
        raise ValueError(f"TikTok bills in no currency {account.data['currency']}")
    try:
        ZoneInfo(account.data["display_timezone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"there is no time zone {account.data['display_timezone']}") from error
