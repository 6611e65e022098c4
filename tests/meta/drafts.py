"""Drafts, accounts and orders for the tests of Meta: plain data, no database. What is not said is the ordinary case."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from integrations import draft as drafts
from integrations.contracts import Account, Media, Order

PAGE, INSTAGRAM, PIXEL = "102938475610001", "17841400000000001", "880011223344551"
NOW = datetime(2027, 5, 1, 12, 0, tzinfo=UTC)
MAIN = Account("act_123456789", "Acme Corp Main", "USD", "America/New_York", extra={"min_daily_budget": 100})
BERLIN = Account("act_555111333", "Acme Outlet EU", "EUR", "Europe/Berlin", extra={"min_daily_budget": 94})
TOKYO = Account("act_555222333", "Acme Japan K.K.", "JPY", "Asia/Tokyo", extra={"min_daily_budget": 150})


def picture(colour: str = "#d9603b") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (1080, 1080), colour).save(target, "PNG")
    return target.getvalue()


def film(word: bytes = b"summer") -> bytes:
    """The beginning of an MP4 file, as far as anything looks at it here."""
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + word * 200


FILES = {hashlib.sha256(data).hexdigest(): data for data in (picture(), picture("#223344"), picture("#aabbcc"), film())}
RED, BLUE, GREY, FILM = FILES


def media() -> dict[str, Media]:
    """All files that a draft may name."""
    found = {sha: Media(sha, "image", "image/png", "summer sale.png", len(FILES[sha]), 1080, 1080) for sha in FILES}
    found[FILM] = Media(FILM, "video", "video/mp4", "summer.mp4", len(FILES[FILM]), 1080, 1350, 12.0)
    return found


def ad(key: str = "a1", **creative: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": creative.pop("name", f"Summer Sale - Image Ad {key}"),
        "creative": {
            "type": "image",
            "media": [RED],
            "headlines": ["Summer Sale - Up to 50% Off!"],
            "descriptions": ["Shop now for the best deals"],
            "primary_text": "Everything must go.",
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
        "interests": [{"id": "6003456388203", "name": "Fashion"}],
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
        "assets": {"page": PAGE, "instagram": INSTAGRAM, "pixel": PIXEL, "conversion_event": "purchase"},
    }
    reading = drafts.read({"campaign": values | campaign, "ad_sets": list(ad_sets) or [ad_set()]})
    assert reading.unread == ()
    return reading.draft


def order(content: drafts.Draft | None = None, account: Account = MAIN, now: datetime = NOW) -> Order:
    return Order(content or draft(), account, media(), "abcd2345-1", now)
