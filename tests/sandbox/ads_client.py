"""A plain client of the Google Ads API, so that tests read as calls. It shares nothing with the product."""

from __future__ import annotations

import base64
import copy
import io
from typing import Any

import requests
from PIL import Image

CLIENT_ID = "100000000001-sandbox.apps.googleusercontent.com"
CLIENT_SECRET = "sandbox-google-secret-0001"
MANAGER, MAIN, EUROPE, JAPAN = "1000200030", "1234567890", "2345678901", "3456789012"
SUSPENDED, OUTLET, CANCELLED = "4567890123", "5678901234", "6789012345"


class AdsClient:
    """Speaks for one token; `call` answers the response, the others its JSON after checking that it is no error."""

    def __init__(self, url: str, token: str, customer: str = MAIN, login: str = MANAGER) -> None:
        self.url, self.token, self.customer, self.login = url, token, customer, login

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        sent = {"Authorization": f"Bearer {self.token}", "login-customer-id": self.login} | headers
        sent = {name.replace("_", "-"): value for name, value in sent.items() if value}
        return requests.request(method, f"{self.url}/google/ads/{path}", json=body, headers=sent, timeout=30)

    def search(self, query: str) -> list[dict[str, Any]]:
        return self._json(self.ask(query)).get("results", [])

    def ask(self, query: str, **more: Any) -> requests.Response:
        return self.call("POST", f"v26/customers/{self.customer}/googleAds:search", {"query": query, **more})

    def mutate(self, operations: list[dict[str, Any]], **more: Any) -> Any:
        return self._json(self.try_mutate(operations, **more))

    def try_mutate(self, operations: list[dict[str, Any]], **more: Any) -> requests.Response:
        body = {"mutateOperations": operations, **more}
        return self.call("POST", f"v26/customers/{self.customer}/googleAds:mutate", body)

    def faults(self, operations: list[dict[str, Any]], **more: Any) -> list[tuple[str, str]]:
        """Category and value of everything that is wrong."""
        return codes(self.try_mutate(operations, **more))

    def logo(self) -> str:
        (row,) = self.search("SELECT asset.id FROM asset WHERE asset.type = 'IMAGE'")
        name: str = row["asset"]["resourceName"]
        return name

    def _json(self, answer: requests.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()


def codes(answer: requests.Response) -> list[tuple[str, str]]:
    assert answer.status_code >= 400, answer.text
    details = answer.json()["error"].get("details", [])
    return [next(iter(error["errorCode"].items())) for detail in details for error in detail.get("errors", [])]


def name(collection: str, number: int, customer: str = MAIN) -> str:
    return f"customers/{customer}/{collection}/{number}"


def picture(width: int = 600, height: int = 600, colour: str = "navy", kind: str = "PNG", **save: Any) -> str:
    buffer = io.BytesIO()
    mode = "CMYK" if save.pop("cmyk", False) else "RGB"
    Image.new(mode, (width, height), colour if mode == "RGB" else 0).save(buffer, kind, **save)
    return base64.b64encode(buffer.getvalue()).decode()


# Trees that pass; tests change single places of a copy.

BUDGET = {
    "resourceName": name("campaignBudgets", -1),
    "amountMicros": "20000000",
    "deliveryMethod": "STANDARD",
    "explicitlyShared": False,
}
CAMPAIGN = {
    "resourceName": name("campaigns", -2),
    "name": "Spring sale [st-7f3a-1-c]",
    "status": "PAUSED",
    "advertisingChannelType": "SEARCH",
    "campaignBudget": name("campaignBudgets", -1),
    "targetSpend": {},
    "containsEuPoliticalAdvertising": "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING",
    "networkSettings": {"targetGoogleSearch": True},
}
AD_GROUP = {
    "resourceName": name("adGroups", -3),
    "campaign": name("campaigns", -2),
    "name": "US 25-54",
    "status": "PAUSED",
    "type": "SEARCH_STANDARD",
}
KEYWORD = {
    "adGroup": name("adGroups", -3),
    "status": "ENABLED",
    "keyword": {"text": "running shoes", "matchType": "PHRASE"},
}
LOCATION = {"campaign": name("campaigns", -2), "location": {"geoTargetConstant": "geoTargetConstants/2840"}}
SEARCH_AD = {
    "adGroup": name("adGroups", -3),
    "status": "PAUSED",
    "ad": {
        "finalUrls": ["https://example.com/sale"],
        "responsiveSearchAd": {
            "headlines": [{"text": "A"}, {"text": "B"}, {"text": "C"}],
            "descriptions": [{"text": "One"}, {"text": "Two"}],
        },
    },
}


def search_tree() -> dict[str, dict[str, Any]]:
    """Operation → what it creates, in an order that works."""
    return copy.deepcopy(
        {
            "campaignBudgetOperation": BUDGET,
            "campaignOperation": CAMPAIGN,
            "campaignCriterionOperation": LOCATION,
            "adGroupOperation": AD_GROUP,
            "adGroupCriterionOperation": KEYWORD,
            "adGroupAdOperation": SEARCH_AD,
        }
    )


def demand_gen_tree(logo: str) -> dict[str, dict[str, Any]]:
    tree = search_tree()
    del tree["campaignCriterionOperation"]
    tree["campaignOperation"] |= {"advertisingChannelType": "DEMAND_GEN"}
    del tree["campaignOperation"]["networkSettings"]
    del tree["adGroupOperation"]["type"]
    tree["adGroupCriterionOperation"] = {
        "adGroup": name("adGroups", -3),
        "status": "ENABLED",
        "location": {"geoTargetConstant": "geoTargetConstants/2840"},
    }
    tree["adGroupAdOperation"]["ad"] = {
        "name": "Ad A",
        "finalUrls": ["https://example.com/sale"],
        "demandGenMultiAssetAd": {
            "headlines": [{"text": "A"}],
            "descriptions": [{"text": "One"}],
            "businessName": "Example",
            "logoImages": [{"asset": logo}],
            "squareMarketingImages": [{"asset": name("assets", -10)}],
            "callToActionText": "Shop now",
        },
    }
    image = {"resourceName": name("assets", -10), "name": "img-1", "imageAsset": {"data": picture()}}
    return {"assetOperation": image} | tree


def operations(tree: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [{operation: {"create": fields}} for operation, fields in tree.items()]


def put(tree: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Put a value at a dotted path; None takes what is there away. Parts of a list go by their number."""
    *before, last = path.split(".")
    place: Any = tree
    for part in before:
        place = place[int(part)] if isinstance(place, list) else place[part]
    if value is None:
        del place[last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return tree
