"""Drafts, accounts and orders for the tests of Snapchat: plain data. What is not said is the ordinary case."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from integrations import draft as drafts
from integrations.contracts import Account, Media, Order

NOW = datetime(2027, 5, 1, 12, 0, tzinfo=UTC)
PROFILE = "7b1e4d90-2c8f-4a53-b6e7-d9f0c3a2e815"
PIXEL = "c7d2e8f1-0a4b-4c6d-9e35-1f8b7a6c2d03"
_EXTRA = {"organization_id": "0c9f6a7e-1d24-4b83-8e5f-6a7b3c2d1e90", "country": "US", "restricted_delivery": False}
MAIN = Account("b5a1c0de-7f3e-4d2a-9c41-0e8f6b2d7a10", "Acme Corp Main", "USD", "America/New_York", extra=_EXTRA)
TOKYO = Account("6e2d9b14-83c7-4f0a-b1d5-92c4a7e60f38", "Acme Corp Japan", "JPY", "Asia/Tokyo", extra=_EXTRA)
BERLIN = Account("d40b7c52-19ae-4e63-a8f7-5b3c0d9e2f71", "Acme Corp Europe", "EUR", "Europe/Berlin", extra=_EXTRA)
HOMES = Account(
    "91f8e3a6-4c2b-4d97-8b05-7e6d1c0a5f29",
    "Acme Corp Homes",
    "USD",
    "America/New_York",
    extra=_EXTRA | {"restricted_delivery": True},
)


def picture(colour: str = "#d9603b", width: int = 1080, height: int = 1920) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, "PNG")
    return target.getvalue()


def film(word: bytes = b"summer", pieces: int = 200) -> bytes:
    """The beginning of an MP4 file, as far as anything looks at it here."""
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + word * pieces


_DATA = [picture(), picture("#223344"), picture("#aabbcc", 1080, 1080), film()]
FILES = {hashlib.sha256(data).hexdigest(): data for data in _DATA}
RED, BLUE, SQUARE, FILM = FILES


def media() -> dict[str, Media]:
    """All files that a draft may name."""
    found = {sha: Media(sha, "image", "image/png", "summer sale.png", len(FILES[sha]), 1080, 1920) for sha in FILES}
    found[FILM] = Media(FILM, "video", "video/mp4", "summer.mp4", len(FILES[FILM]), 1080, 1920, 12.0)
    return found


def open_media(sha256: str) -> io.BytesIO:
    return io.BytesIO(FILES[sha256])


def ad(key: str = "a1", **creative: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": creative.pop("name", f"Summer Sale - Image Ad {key}"),
        "creative": {
            "type": "image",
            "media": [RED],
            "headlines": ["Summer Sale - Up to 50% Off!"],
            "call_to_action": "shop_now",
            "link_url": "https://shop.example.com/summer?x=1&y=ä",
            **creative,
        },
    }


def ad_set(key: str = "s1", ads: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    targeting = {
        "locations": ["US"],
        "age_min": 25,
        "age_max": 54,
        "interests": [{"id": "SLC_7", "name": "Fashion & Style Gurus"}],
        **fields.pop("targeting", {}),
    }
    values = {"key": key, "name": f"US - 25-54 {key}", "budget": "500", "optimization": "conversions"}
    return values | fields | {"targeting": targeting, "ads": [ad()] if ads is None else ads}


def draft(*ad_sets: dict[str, Any], **campaign: Any) -> drafts.Draft:
    """Flow 3's example: Summer Sale, conversions, 1,000 a day, June to August."""
    values: dict[str, Any] = {
        "name": "Summer Sale",
        "objective": "conversions",
        "budget": {"amount": "1000", "type": "daily"},
        "schedule": {"start": "2027-06-01T09:00", "end": "2027-08-31"},
        "assets": {"profile": PROFILE, "pixel": PIXEL, "conversion_event": "purchase", "business_name": "Acme"},
    }
    reading = drafts.read({"campaign": values | campaign, "ad_sets": list(ad_sets) or [ad_set()]})
    assert reading.unread == ()
    return reading.draft


def order(content: drafts.Draft | None = None, account: Account = MAIN, now: datetime = NOW) -> Order:
    return Order(content or draft(), account, media(), "abcd2345-1", now)
