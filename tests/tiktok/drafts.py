"""Drafts, accounts and orders for the tests of TikTok: plain data, no database. What is not said is the ordinary case."""

from __future__ import annotations

import hashlib
import io
import struct
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from integrations import draft as drafts
from integrations.contracts import Account, Media, Order

IDENTITY = "TT_USER:11111111-2222-5333-8444-555555555551"
SHARED = "BC_AUTH_TT:11111111-2222-5333-8444-555555555552:6900000000000000003"
CUSTOM = "CUSTOMIZED_USER:7100000000000000009"
PIXEL = "7200000000000000001"
MUSIC = "7300000000000000001"
NOW = datetime(2027, 5, 1, 12, 0, tzinfo=UTC)
MAIN = Account("7012345678901234561", "Acme Corp Main", "USD", "America/New_York")
TEST = Account(
    "7012345678901234562", "Acme Corp Test", "USD", "America/New_York", extra={"can_use_custom_identity": True}
)
BERLIN = Account("7012345678901234563", "Acme Corp Europe", "EUR", "Europe/Berlin")
TOKYO = Account("7012345678901234564", "Acme Corp Japan", "JPY", "Asia/Tokyo")


def picture(colour: str = "#d9603b", size: tuple[int, int] = (720, 1280)) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, colour).save(target, "PNG")
    return target.getvalue()


def film(width: int = 1080, height: int = 1920, word: bytes = b"summer") -> bytes:
    """The beginning of an MP4 file with a track header, as far as anything looks at it here."""
    track = b"tkhd\x00" + bytes(79) + struct.pack(">II", width << 16, height << 16)
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + track + word * 200


FILES = {
    hashlib.sha256(data).hexdigest(): data
    for data in (picture(), picture("#223344"), picture("#aabbcc"), film(), film(1080, 1080, b"square"))
}
RED, BLUE, GREY, FILM, SQUARE_FILM = FILES


def media() -> dict[str, Media]:
    """All files that a draft may name."""
    found = {
        sha: Media(sha, "image", "image/png", "summer sale.png", len(FILES[sha]), 720, 1280)
        for sha in (RED, BLUE, GREY)
    }
    found[FILM] = Media(FILM, "video", "video/mp4", "summer.mp4", len(FILES[FILM]), 1080, 1920, 12.0)
    size = len(FILES[SQUARE_FILM])
    found[SQUARE_FILM] = Media(SQUARE_FILM, "video", "video/mp4", "square.mp4", size, 1080, 1080, 15.0)
    return found


def ad(key: str = "a1", **creative: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": creative.pop("name", f"Summer Sale - Carousel {key}"),
        "creative": {
            "type": "carousel",
            "media": [RED, BLUE],
            "primary_text": "Everything must go: up to 50% off.",
            "call_to_action": "shop_now",
            "link_url": "https://shop.example.com/summer?x=1&y=%C3%A4",
            **creative,
        },
    }


def video(key: str = "v1", **creative: Any) -> dict[str, Any]:
    return ad(key, **({"type": "video", "media": [FILM], "name": f"Summer Sale - Video {key}"} | creative))


def ad_set(key: str = "s1", ads: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    targeting = {
        "locations": ["US"],
        "age_min": 25,
        "age_max": 54,
        "interests": [{"id": "15", "name": "Apparel & Accessories"}],
        **fields.pop("targeting", {}),
    }
    values = {"key": key, "name": f"US - 25-54 {key}", "budget": "500", "optimization": "conversions"}
    return values | fields | {"targeting": targeting, "ads": [ad(f"a{key[1:]}")] if ads is None else ads}


def draft(*ad_sets: dict[str, Any], **campaign: Any) -> drafts.Draft:
    """Flow 3's example: Summer Sale, conversions, 1,000 a day, June to August, as a carousel."""
    values: dict[str, Any] = {
        "name": "Summer Sale",
        "objective": "conversions",
        "budget": {"amount": "1000", "type": "daily"},
        "schedule": {"start": "2027-06-01T09:00", "end": "2027-08-31"},
        "assets": {"identity": IDENTITY, "music": MUSIC, "pixel": PIXEL, "conversion_event": "purchase"},
    }
    reading = drafts.read({"campaign": values | campaign, "ad_sets": list(ad_sets) or [ad_set()]})
    assert reading.unread == ()
    return reading.draft


def order(content: drafts.Draft | None = None, account: Account = MAIN, now: datetime = NOW) -> Order:
    return Order(content or draft(), account, media(), "abcd2345-1", now)
