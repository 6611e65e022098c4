"""A plain client of TikTok's API for Business, so that tests read as calls. It shares nothing with the product."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import secrets
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from PIL import Image

APP_ID, SECRET = "7000000000000000001", "sandbox-tiktok-secret-0001"
MAIN, TEST, EUROPE, JAPAN, CLOSED = (f"701234567890123456{n}" for n in range(1, 6))
LINKED, SHARED, PRIVATE = (f"11111111-2222-5333-8444-55555555555{n}" for n in range(1, 4))
CENTER, MADE_UP = "6900000000000000003", "7100000000000000009"
PIXEL, FOREIGN_PIXEL, MUSIC = "7200000000000000001", "7200000000000000002", "7300000000000000001"
US, CALIFORNIA, UK, GERMANY, JAPAN_PLACE = "6252001", "5332921", "2635167", "2921044", "1861060"


class TikTokClient:
    """Speaks for one token; `ask` answers the whole envelope, the others its data after checking that the code is 0."""

    def __init__(self, url: str, token: str, advertiser: str = MAIN) -> None:
        self.url, self.token, self.advertiser = url, token, advertiser

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Access-Token": self.token, **more.pop("headers", {})}
        url = f"{self.url}/tiktok/api/open_api/v1.3/{path}"
        return requests.request(method, url, headers=headers, timeout=20, **more)

    def ask(self, method: str, path: str, **values: Any) -> Any:
        values = {"advertiser_id": self.advertiser, **values}
        values = {name: value for name, value in values.items() if value is not None}
        if method == "GET":
            written = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
            return self._envelope(self.call("GET", path, params=written))
        return self._envelope(self.call("POST", path, json=values))

    def get(self, path: str, **values: Any) -> Any:
        return self._data(self.ask("GET", path, **values))

    def post(self, path: str, **values: Any) -> Any:
        return self._data(self.ask("POST", path, **values))

    def refusal(self, path: str, method: str = "POST", **values: Any) -> tuple[int, str]:
        """Code and message of a refusal."""
        answer = self.ask(method, path, **values)
        assert answer["code"] != 0, answer
        assert answer["data"] == {}
        return answer["code"], answer["message"]

    # Making things: what is named replaces the usual; None leaves a field out.

    def campaign(self, **changes: Any) -> str:
        return str(self.post("campaign/create/", **(campaign() | changes))["campaign_id"])

    def ad_group(self, campaign_id: str, **changes: Any) -> str:
        return str(self.post("adgroup/create/", **(ad_group(campaign_id) | changes))["adgroup_id"])

    def ads(self, ad_group_id: str, *creatives: dict[str, Any]) -> list[str]:
        return list(self.post("ad/create/", adgroup_id=ad_group_id, creatives=list(creatives))["ad_ids"])

    def carousel(self, **changes: Any) -> dict[str, Any]:
        return creative(ad_format="CAROUSEL_ADS", image_ids=[self.image()], music_id=MUSIC, **changes)

    def film_ad(self, **changes: Any) -> dict[str, Any]:
        video = self.video()
        return creative(ad_format="SINGLE_VIDEO", video_id=video, image_ids=[self.cover(video)], **changes)

    def image(self, width: int = 720, height: int = 1280, **more: Any) -> str:
        return str(self._data(self.upload_image(picture(width, height), **more))["image_id"])

    def video(self, width: int = 1080, height: int = 1920) -> str:
        return str(self._data(self.upload_video(film(width, height)))[0]["video_id"])

    def cover(self, video_id: str) -> str:
        return str(self.get("file/video/suggestcover/", video_id=video_id, poster_number=1)["list"][0]["id"])

    def upload_image(self, content: bytes, **form: str) -> Any:
        return self._upload("image", content, form)

    def upload_video(self, content: bytes, **form: str) -> Any:
        return self._upload("video", content, form)

    def _upload(self, kind: str, content: bytes, form: dict[str, str]) -> Any:
        usual = {
            "advertiser_id": self.advertiser,
            "upload_type": "UPLOAD_BY_FILE",
            "file_name": f"{secrets.token_hex(8)}.bin",
            f"{kind}_signature": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        }
        fields = {name: value for name, value in (usual | form).items() if value is not None}
        files = {f"{kind}_file": ("file.bin", content, "application/octet-stream")}
        return self._envelope(self.call("POST", f"file/{kind}/ad/upload/", data=fields, files=files))

    def _envelope(self, answer: requests.Response) -> Any:
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert set(body) == {"code", "message", "request_id", "data"}
        assert answer.headers["X-Tt-Logid"] == body["request_id"]
        return body

    def _data(self, envelope: Any) -> Any:
        assert envelope["code"] == 0, envelope
        return envelope["data"]


def utc(days: float) -> str:
    """A time so many days ahead, as TikTok reads it."""
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d %H:%M:%S}"


def picture(width: int = 720, height: int = 1280, kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(target, kind)
    return target.getvalue()


def film(width: int = 1080, height: int = 1920) -> bytes:
    """The beginning of an MP4 file with a track header."""
    track = b"tkhd\x00" + bytes(79) + struct.pack(">II", width << 16, height << 16)
    return b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + track + b"x" * 2_000


# Objects that pass; tests change single fields.

_CAMPAIGN = {
    "campaign_name": "Spring sale [p-8f3c2a]",
    "objective_type": "WEB_CONVERSIONS",
    "budget_mode": "BUDGET_MODE_INFINITE",
    "operation_status": "DISABLE",
}
_AD_GROUP = {
    "adgroup_name": "US 18-34",
    "promotion_type": "WEBSITE",
    "placement_type": "PLACEMENT_TYPE_NORMAL",
    "placements": ["PLACEMENT_TIKTOK"],
    "location_ids": [US],
    "age_groups": ["AGE_18_24", "AGE_25_34"],
    "gender": "GENDER_UNLIMITED",
    "budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
    "budget": 30.0,
    "schedule_type": "SCHEDULE_FROM_NOW",
    "optimization_goal": "CONVERT",
    "billing_event": "OCPM",
    "bid_type": "BID_TYPE_NO_BID",
    "pacing": "PACING_MODE_SMOOTH",
    "pixel_id": PIXEL,
    "optimization_event": "SHOPPING",
    "operation_status": "DISABLE",
}
_CREATIVE = {
    "ad_name": "Ad A",
    "identity_type": "TT_USER",
    "identity_id": LINKED,
    "ad_text": "Two days only: free delivery",
    "call_to_action": "SHOP_NOW",
    "landing_page_url": "https://shop.example/sale?utm_source=tiktok",
    "dark_post_status": "ON",
    "operation_status": "DISABLE",
}
#: A campaign whose budget is shared out, and how its ad groups name theirs.
SHARED_BUDGET = {"budget_optimize_on": True, "budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "budget": 80.0}


def campaign() -> dict[str, Any]:
    """Two campaigns may have one name only if each request has an id of its own."""
    return copy.deepcopy(_CAMPAIGN) | {"request_id": str(secrets.randbits(62))}


def ad_group(campaign_id: str) -> dict[str, Any]:
    own = {"campaign_id": campaign_id, "schedule_start_time": utc(7), "request_id": str(secrets.randbits(62))}
    return copy.deepcopy(_AD_GROUP) | own


def creative(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (_CREATIVE | changes).items() if value is not None}
