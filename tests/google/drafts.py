"""Drafts, accounts and orders for the tests of Google Ads: plain data. What is not said is the ordinary case."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from typing import Any

from PIL import Image

from integrations import draft as drafts
from integrations.contracts import Account, Media, Order

NOW = datetime(2027, 5, 1, 12, 0, tzinfo=UTC)
_UNIT = {"login_customer_id": "1000200030", "is_test": False, "billable_unit_micros": 10_000}
MAIN = Account("1234567890", "Acme Corp Main", "USD", "America/New_York", extra=_UNIT)
TOKYO = Account(
    "3456789012",
    "Acme Corp Japan",
    "JPY",
    "Asia/Tokyo",
    extra={
        "login_customer_id": "1000200030",
        "billable_unit_micros": 1_000_000,
        "demand_gen_minimum_micros": 700_000_000,
    },
)
LOGO = "700000000001"
CONVERSION = "800000001"


def picture(colour: str = "#d9603b", width: int = 1200, height: int = 1200) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, "PNG")
    return target.getvalue()


def film(word: bytes = b"summer") -> bytes:
    """The beginning of an MP4 file, as far as anything looks at it here."""
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + word * 200


_DATA = [picture(), picture("#223344", 1200, 628), picture("#aabbcc", 960, 1200), film()]
FILES = {hashlib.sha256(data).hexdigest(): data for data in _DATA}
SQUARE, WIDE, TALL, FILM = FILES
SIZES = {SQUARE: (1200, 1200), WIDE: (1200, 628), TALL: (960, 1200)}


def media() -> dict[str, Media]:
    """All files that a draft may name."""
    found = {
        sha: Media(sha, "image", "image/png", f"summer {n}.png", len(FILES[sha]), *SIZES[sha])
        for n, sha in enumerate(SIZES)
    }
    found[FILM] = Media(FILM, "video", "video/mp4", "summer.mp4", len(FILES[FILM]), 1920, 1080, 12.0)
    return found


def open_media(sha256: str) -> io.BytesIO:
    return io.BytesIO(FILES[sha256])


def ad(key: str = "a1", **creative: Any) -> dict[str, Any]:
    return {
        "key": key,
        "name": creative.pop("name", f"Summer Sale - Image Ad {key}"),
        "creative": {
            "type": "image",
            "media": [SQUARE, WIDE],
            "headlines": ["Summer Sale - Up to 50% Off!"],
            "descriptions": ["Shop now for the best deals"],
            "call_to_action": "shop_now",
            "link_url": "https://shop.example.com/summer?x=1&y=2",
            **creative,
        },
    }


def search_ad(key: str = "a1", **creative: Any) -> dict[str, Any]:
    texts = {
        "headlines": ["Running Shoes", "Summer Sale", "Free Shipping"],
        "descriptions": ["Everything for runners.", "Half the price until August."],
        "media": [],
    }
    return ad(key, name=f"Search ad {key}", **(texts | creative))


def ad_set(key: str = "s1", ads: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    targeting = {
        "locations": ["US"],
        "age_min": 25,
        "age_max": 54,
        "interests": [{"id": "92501", "name": "Fashionistas"}],
        **fields.pop("targeting", {}),
    }
    values = {"key": key, "name": f"US - 25-54 {key}", "optimization": "conversions"}
    return values | fields | {"targeting": targeting, "ads": [ad()] if ads is None else ads}


def search_ad_set(key: str = "s1", ads: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    targeting = {
        "languages": [{"id": "1000", "name": "English"}],
        "keywords": ["running shoes", '"trail shoes"', "[marathon shoes]"],
        "interests": [],
        **fields.pop("targeting", {}),
    }
    return ad_set(key, [search_ad()] if ads is None else ads, targeting=targeting, **fields)


def draft(*ad_sets: dict[str, Any], **campaign: Any) -> drafts.Draft:
    """Flow 3's example as a Demand Gen campaign: Summer Sale, conversions, 1,000 a day, June to August."""
    values: dict[str, Any] = {
        "name": "Summer Sale",
        "objective": "conversions",
        "budget": {"amount": "1000", "type": "daily"},
        "schedule": {"start": "2027-06-01T00:00", "end": "2027-08-31"},
        "assets": {"logo": LOGO, "business_name": "Acme Corp", "conversion_action": CONVERSION},
        "declarations": {"eu_political": False},
        "url_tags": "utm_source=google",
    }
    reading = drafts.read({"campaign": values | campaign, "ad_sets": list(ad_sets) or [ad_set()]})
    assert reading.unread == ()
    return reading.draft


def order(content: drafts.Draft | None = None, account: Account = MAIN, now: datetime = NOW) -> Order:
    return Order(content or draft(), account, media(), "abcd2345-1", now)
