"""A plain client of Snapchat's Ads API, so that tests read as calls. It shares nothing with the product."""

from __future__ import annotations

import copy
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from PIL import Image

CLIENT_ID = "5a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
CLIENT_SECRET = "sandbox-snapchat-secret-0001"
ORGANIZATION = "0c9f6a7e-1d24-4b83-8e5f-6a7b3c2d1e90"
MAIN, JAPAN = "b5a1c0de-7f3e-4d2a-9c41-0e8f6b2d7a10", "6e2d9b14-83c7-4f0a-b1d5-92c4a7e60f38"
HOMES, LEGACY = "91f8e3a6-4c2b-4d97-8b05-7e6d1c0a5f29", "3a7c5e90-6b1d-4f28-9e83-c2d4b8f01a67"
PIXEL, PROFILE = "c7d2e8f1-0a4b-4c6d-9e35-1f8b7a6c2d03", "7b1e4d90-2c8f-4a53-b6e7-d9f0c3a2e815"
NOWHERE = "00000000-0000-4000-8000-000000000000"
SINGULAR = {
    "campaigns": "campaign", "adsquads": "adsquad", "ads": "ad", "creatives": "creative", "media": "media",
    "organizations": "organization", "adaccounts": "adaccount", "pixels": "pixel", "public_profiles": "public_profile",
}  # fmt: skip


def ahead(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class SnapClient:
    """Speaks for one token; `call` answers the response, the others what is in the envelope, checked to be no error."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def call(self, method: str, path: str, surface: str = "api", **request: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return requests.request(
            method, f"{self.url}/snapchat/{surface}/v1/{path}", headers=headers, timeout=30, **request
        )

    def rows(self, path: str, surface: str = "api", **query: Any) -> list[dict[str, Any]]:
        answer = self.call("GET", path, surface, params=query)
        assert answer.status_code == 200, answer.text
        return inner(answer, path.split("?")[0].split("/")[-1])

    def one(self, path: str, **query: Any) -> dict[str, Any]:
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        (row,) = inner(answer, path.split("/")[0])
        return row

    def write(self, parent: str, plural: str, *rows: dict[str, Any], method: str = "POST") -> requests.Response:
        return self.call(method, f"{parent}/{plural}", json={plural: list(rows)})

    def make(self, parent: str, plural: str, *rows: dict[str, Any], method: str = "POST") -> dict[str, Any]:
        """Write objects; return the first."""
        answer = self.write(parent, plural, *rows, method=method)
        assert answer.status_code == 200, answer.text
        assert reasons(answer) == []
        return inner(answer, plural)[0]

    def upload(self, media_id: str, content: bytes, name: str = "summer.png") -> requests.Response:
        return self.call("POST", f"media/{media_id}/upload", files={"file": (name, content)})

    # A tree from above
    def campaign(self, **changes: Any) -> dict[str, Any]:
        return self.make(f"adaccounts/{MAIN}", "campaigns", campaign(**changes))

    def ad_squad(self, **changes: Any) -> dict[str, Any]:
        parent = self.campaign()["id"]
        return self.make(f"campaigns/{parent}", "adsquads", ad_squad(parent, **changes))

    def media(self, content: bytes | None = None, kind: str = "IMAGE", account: str = MAIN) -> dict[str, Any]:
        entry = {"name": "Summer", "type": kind, "ad_account_id": account}
        made = self.make(f"adaccounts/{account}", "media", entry)
        answer = self.upload(made["id"], picture() if content is None else content)
        assert answer.status_code == 200, answer.text
        return made

    def creative(self, **changes: Any) -> dict[str, Any]:
        return self.make(f"adaccounts/{MAIN}", "creatives", creative(self.media()["id"], **changes))


def inner(answer: requests.Response, plural: str) -> list[dict[str, Any]]:
    return [entry[SINGULAR[plural]] for entry in answer.json()[plural]]


def reasons(answer: requests.Response) -> list[str]:
    """Why objects of a write were refused, or why the whole was."""
    body = answer.json()
    entries = next((value for value in body.values() if isinstance(value, list)), [])
    found = [entry["sub_request_error_reason"] for entry in entries if entry["sub_request_status"] == "ERROR"]
    return found or ([f"{body.get('error_code', '')}: {body['debug_message']}"] if "debug_message" in body else [])


def picture(width: int = 1080, height: int = 1920, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(buffer, kind)
    return buffer.getvalue()


def film(size: int = 2_000) -> bytes:
    return (b"\x00\x00\x00\x18ftypmp42" + b"film" * size)[:size]


# Objects that pass; tests change single places.


def campaign(account: str = MAIN, **changes: Any) -> dict[str, Any]:
    return {
        "ad_account_id": account,
        "name": "Spring sale",
        "status": "PAUSED",
        "start_time": ahead(5),
        "end_time": ahead(30),
        "objective_v2_properties": {"objective_v2_type": "SALES"},
        "buy_model": "AUCTION",
        "daily_budget_micro": 50_000_000,
    } | changes


def ad_squad(campaign_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "name": "US 25-54",
        "type": "SNAP_ADS",
        "status": "PAUSED",
        "targeting": {
            "geos": [{"country_code": "us"}],
            "demographics": [{"min_age": "25", "max_age": "54"}],
            "interests": [{"category_id": ["SLC_7"]}],
        },
        "placement_v2": {"config": "AUTOMATIC"},
        "billing_event": "IMPRESSION",
        "bid_strategy": "AUTO_BID",
        "daily_budget_micro": 20_000_000,
        "delivery_constraint": "DAILY_BUDGET",
        "optimization_goal": "PIXEL_PURCHASE",
        "pixel_id": PIXEL,
        "conversion_window": "SWIPE_7DAY",
        "start_time": ahead(6),
        "end_time": ahead(20),
        "pacing_type": "STANDARD",
    } | changes


def creative(media_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "ad_account_id": MAIN,
        "name": "Sale card",
        "type": "WEB_VIEW",
        "headline": "Up to 50% off",
        "brand_name": "Acme",
        "call_to_action": "SHOP_NOW",
        "top_snap_media_id": media_id,
        "shareable": True,
        "profile_properties": {"profile_id": PROFILE},
        "web_view_properties": {"url": "https://shop.example.com/sale", "block_preload": False},
    } | changes


def ad(ad_squad_id: str, creative_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "ad_squad_id": ad_squad_id,
        "creative_id": creative_id,
        "name": "Ad A",
        "status": "PAUSED",
        "type": "REMOTE_WEBPAGE",
    } | changes


def put(fields: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with a value at a dotted path; None takes what is there away. Parts of a list go by their number."""
    changed = copy.deepcopy(fields)
    *before, last = path.split(".")
    place: Any = changed
    for part in before:
        place = place[int(part)] if isinstance(place, list) else place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return changed
