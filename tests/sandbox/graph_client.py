"""A plain client of Meta's Graph API, so that tests read as calls."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from typing import Any
from urllib.parse import quote

import requests
from PIL import Image

CLIENT_ID = "1000000000000001"
CLIENT_SECRET = "sandbox-meta-secret-0001"
ACCOUNT = "act_123456789"
OTHER_ACCOUNT = "act_987654321"
EURO_ACCOUNT = "act_555111333"
YEN_ACCOUNT = "act_555222333"
DISABLED_ACCOUNT = "act_555333444"
PAGE = "102938475610001"
PIXEL = "880011223344551"

TARGETING = {
    "geo_locations": {"countries": ["US"]},
    "age_min": 25,
    "age_max": 54,
    "flexible_spec": [{"interests": [{"id": "6002839660079", "name": "Fashion"}]}],
    "targeting_automation": {"advantage_audience": 0},
}


class GraphClient:
    """Speaks for one token; `call` answers the response, the others its JSON after checking that it is not an error."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self.session = requests.Session()

    @property
    def proof(self) -> str:
        return hmac.new(CLIENT_SECRET.encode(), self.token.encode(), hashlib.sha256).hexdigest()

    def call(self, method: str, path: str, *, version: str = "v26.0", surface: str = "graph", **params: Any) -> Any:
        files = params.pop("files", None)
        fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}
        fields = {"access_token": self.token, "appsecret_proof": self.proof} | fields
        where = {"data": fields} if method == "POST" else {"params": fields}
        url = f"{self.url}/meta/{surface}/{version}/{path}"
        return self.session.request(method, url, files=files, timeout=30, **where)

    def get(self, path: str, **params: Any) -> Any:
        return self._json(self.call("GET", path, **params))

    def post(self, path: str, **params: Any) -> Any:
        return self._json(self.call("POST", path, **params))

    def delete(self, path: str, **params: Any) -> Any:
        return self._json(self.call("DELETE", path, **params))

    def refusal(self, method: str, path: str, **params: Any) -> dict[str, Any]:
        answer = self.call(method, path, **params)
        assert answer.status_code >= 400, answer.text
        return answer.json()["error"]

    def batch(self, items: list[dict[str, Any]], **more: Any) -> list[Any]:
        """The answers of a batch, each with its body parsed."""
        answers = self.post("", batch=items, include_headers="false", **more)
        return [answer and answer | {"body": json.loads(answer["body"])} for answer in answers]

    # Objects that pass; keyword arguments replace or (with None) leave out single parameters.

    def campaign(self, account: str = ACCOUNT, **changes: Any) -> str:
        return self.post(f"{account}/campaigns", **campaign(**changes))["id"]

    def ad_set(self, campaign_id: str, account: str = ACCOUNT, **changes: Any) -> str:
        return self.post(f"{account}/adsets", **ad_set(campaign_id, **changes))["id"]

    def image(self, account: str = ACCOUNT, colour: str = "navy") -> str:
        answer = self.post(f"{account}/adimages", files={"filename": ("square.png", png(colour), "image/png")})
        return answer["images"]["square.png"]["hash"]

    def creative(self, account: str = ACCOUNT, **changes: Any) -> str:
        return self.post(f"{account}/adcreatives", **creative(self.image(account), **changes))["id"]

    def ad(self, ad_set_id: str, creative_id: str, account: str = ACCOUNT, **changes: Any) -> str:
        return self.post(f"{account}/ads", **ad(ad_set_id, creative_id, **changes))["id"]

    def _json(self, answer: requests.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()


def campaign(**changes: Any) -> dict[str, Any]:
    usual = {
        "name": "Summer sale [st-a1b2-1-c]",
        "objective": "OUTCOME_TRAFFIC",
        "status": "PAUSED",
        "special_ad_categories": [],
        "is_adset_budget_sharing_enabled": "false",
    }
    return _without_none(usual | changes)


def ad_set(campaign_id: str, **changes: Any) -> dict[str, Any]:
    usual = {
        "name": "US - 25-54",
        "campaign_id": campaign_id,
        "status": "PAUSED",
        "daily_budget": "50000",
        "billing_event": "IMPRESSIONS",
        "optimization_goal": "LINK_CLICKS",
        "targeting": TARGETING,
    }
    return _without_none(usual | changes)


def link_spec(image_hash: str, /, **changes: Any) -> dict[str, Any]:
    link_data = {
        "link": "https://shop.example.com/summer",
        "message": "Shop now for the best deals",
        "name": "Summer Sale - Up to 50% Off!",
        "image_hash": image_hash,
        "call_to_action": {"type": "SHOP_NOW", "value": {"link": "https://shop.example.com/summer"}},
    }
    return {"page_id": PAGE, "link_data": _without_none(link_data | changes)}


def creative(image_hash: str, **changes: Any) -> dict[str, Any]:
    return _without_none({"name": "Creative A [st-a1b2-1-k]", "object_story_spec": link_spec(image_hash)} | changes)


def ad(ad_set_id: str, creative_id: str, **changes: Any) -> dict[str, Any]:
    usual = {"name": "Image ad", "adset_id": ad_set_id, "creative": {"creative_id": creative_id}, "status": "PAUSED"}
    return _without_none(usual | changes)


def form(params: dict[str, Any]) -> str:
    """The parameters as the body of a batch item; references to earlier results stay as they are."""
    fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}
    return "&".join(f"{name}={quote(value, safe='{}$:*=.')}" for name, value in fields.items())


def png(colour: str = "navy", size: int = 64) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(buffer, "PNG")
    return buffer.getvalue()


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
