"""What Google Ads holds at first: Dana Whitfield of Acme Corp, her manager account, its accounts, logos, conversions."""

from __future__ import annotations

import io
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PIL import Image, ImageDraw

from stratum.sandbox import files, ids
from stratum.sandbox.models import Object

from . import currencies

PERSON = {"id": "107428561930284756102", "name": "Dana Whitfield", "email": "dana.whitfield@acme.example"}
MANAGER = "1000200030"
ASSET_KINDS = {"logo": Object.Kind.MEDIA, "conversion_action": Object.Kind.CONVERSION}

_ACCOUNTS: list[dict[str, Any]] = [
    {"id": MANAGER, "name": "Acme Corp (all brands)", "manager": True, "direct": True},
    {"id": "1234567890", "name": "Acme Corp Main"},
    {"id": "2345678901", "name": "Acme Corp Europe", "currency": "EUR", "time_zone": "Europe/Berlin"},
    {"id": "3456789012", "name": "Acme Corp Japan", "currency": "JPY", "time_zone": "Asia/Tokyo"},
    {"id": "4567890123", "name": "Acme Corp Legacy", "status": "SUSPENDED"},
    {"id": "5678901234", "name": "Acme Corp Outlet", "direct": True, "managed_by": ""},
    {"id": "6789012345", "name": "Acme Corp Pop-up", "direct": True, "managed_by": "", "status": "CANCELED"},
]
_FIELDS: dict[str, type] = {
    "name": str,
    "currency": str,
    "time_zone": str,
    "status": str,
    "manager": bool,
    "test_account": bool,
    "hidden": bool,
    "direct": bool,
    "managed_by": str,
    "role": str,
}
_STATUSES = frozenset({"ENABLED", "CANCELED", "SUSPENDED", "CLOSED"})
_ROLES = frozenset({"ADMIN", "STANDARD", "READ_ONLY"})


def fill() -> None:
    """Creates the person's usual accounts."""
    for account in _ACCOUNTS:
        create_account(account)


def create_account(wishes: dict[str, Any]) -> Object:
    """A new account with a logo and a conversion action; raises ValueError for a field or value that none has."""
    wishes = dict(wishes)
    digits = str(wishes.pop("id", ids.digits(10))).replace("-", "")
    data = {
        "currency": "USD",
        "time_zone": "America/New_York",
        "status": "ENABLED",
        "manager": False,
        "test_account": False,
        "hidden": False,
        "direct": False,
        "managed_by": MANAGER if digits != MANAGER else "",
        "role": "ADMIN",
    }
    account = Object(platform="google", kind=Object.Kind.ACCOUNT, external_id=digits, account=digits, data=data)
    _set(account, {"name": f"Acme Branch {digits[-4:]}"} | wishes)
    account.save()
    if not account.data["manager"]:
        create_logo(account, {"name": "Acme logo"})
        create_conversion(account, {"name": "Purchase", "category": "PURCHASE"})
    return account


def change_account(account: Object, changes: dict[str, Any]) -> None:
    """Changes fields of an account; raises ValueError for a field or a value that no account has."""
    _set(account, changes)
    account.save()


def replace_assets(kind: str, assets: list[dict[str, Any]]) -> None:
    """Puts logos or conversion actions in place of those of all accounts; `accounts` limits one to those accounts."""
    if kind not in ASSET_KINDS:
        raise ValueError(f"assets of Google are {', '.join(ASSET_KINDS)}, not {kind}")
    stored = Object.objects.filter(platform="google", kind=ASSET_KINDS[kind])
    (stored.filter(data__is_logo=True) if kind == "logo" else stored).delete()
    make = create_logo if kind == "logo" else create_conversion
    for account in Object.objects.present().filter(platform="google", kind=Object.Kind.ACCOUNT, data__manager=False):
        for asset in assets:
            if account.external_id in asset.get("accounts", [account.external_id]):
                make(account, asset)


def create_logo(account: Object, wishes: dict[str, Any]) -> Object:
    """A square image in the account's library, of `width` pixels."""
    width, height = int(wishes.get("width", 512)), int(wishes.get("height", wishes.get("width", 512)))
    content = _drawn(account.external_id + str(wishes.get("name")), width, height)
    data = {
        "asset_type": "IMAGE",
        "file": files.store(content),
        "width": width,
        "height": height,
        "size": len(content),
        "mime_type": "IMAGE_PNG",
        "is_logo": True,
    }
    return _asset(account, Object.Kind.MEDIA, wishes, data)


def create_conversion(account: Object, wishes: dict[str, Any]) -> Object:
    data = {"category": wishes.get("category", "PURCHASE"), "status": wishes.get("status", "ENABLED")}
    return _asset(account, Object.Kind.CONVERSION, wishes, data)


def _asset(account: Object, kind: Object.Kind, wishes: dict[str, Any], data: dict[str, Any]) -> Object:
    external_id = str(wishes.get("id") or ids.digits(12 if kind == Object.Kind.MEDIA else 9))
    return Object.objects.create(
        platform="google",
        kind=kind,
        external_id=external_id,
        account=account.external_id,
        name=str(wishes.get("name", "")),
        data=data,
    )


def _drawn(text: str, width: int, height: int) -> bytes:
    """A picture of its own for each text, so that no two have the same bytes."""
    shade = sum(text.encode()) % 200
    image = Image.new("RGB", (width, height), (20 + shade // 2, 60, 160))
    draw = ImageDraw.Draw(image)
    draw.polygon(
        [(width // 2, height // 5), (width * 4 // 5, height * 4 // 5), (width // 5, height * 4 // 5)], fill="#ffffff"
    )
    draw.text((2, 2), text, fill="#ffffff")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _set(account: Object, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if name not in _FIELDS:
            raise ValueError(f"a Google Ads account has no field {name}; there are {', '.join(_FIELDS)}")
        if not isinstance(value, _FIELDS[name]):
            raise ValueError(f"{name} cannot be {value!r}")
    account.name = changes.get("name", account.name)
    account.data |= {name: value for name, value in changes.items() if name != "name"}
    account.status = account.data["status"]
    account.parent = account.data["managed_by"]
    _check(account.data)


def _check(data: dict[str, Any]) -> None:
    if data["currency"] not in currencies.CURRENCIES:
        raise ValueError(f"Google bills in no currency {data['currency']}")
    if data["status"] not in _STATUSES or data["role"] not in _ROLES:
        raise ValueError(f"status is one of {', '.join(sorted(_STATUSES))}, role one of {', '.join(sorted(_ROLES))}")
    try:
        ZoneInfo(data["time_zone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"there is no time zone {data['time_zone']}") from error
