"""Everything that is sent to TikTok, held against the tables of its reference: addresses, headers, fields, values, pairs."""

from __future__ import annotations

import copy
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses
from django.core.cache import cache

from integrations.contracts import Account, Action, Level, Order, TargetingKind, Tokens
from integrations.draft import Draft
from integrations.http import Http
from integrations.platforms.tiktok.adapter import TikTokPlatform
from tests.contract import tiktok_rules
from tests.contract.tiktok_rules import ENDPOINTS
from tests.tiktok.drafts import (
    BERLIN,
    BLUE,
    CUSTOM,
    GREY,
    IDENTITY,
    MAIN,
    MUSIC,
    PIXEL,
    RED,
    SHARED,
    TOKYO,
    ad,
    ad_set,
    draft,
    order,
    video,
)
from tests.tiktok.publisher import Publisher

HOST = "https://business-api.tiktok.com"
ADDRESS = re.compile(rf"{HOST}/open_api/v1\.3/.*")


@dataclass(frozen=True)
class Sent:
    """A request as TikTok would read it."""

    name: str
    method: str
    values: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass
class Recorder:
    """Answers every request with as much as is needed to go on, and keeps what was asked."""

    sent: list[Sent] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1_800_000_000_000_001))

    def __call__(self, request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        name, values = _read(request)
        self.sent.append(Sent(name, str(request.method), values, dict(request.headers)))
        body = {"code": 0, "message": "OK", "request_id": "T", "data": self._data(name, values)}
        return 200, {}, json.dumps(body)

    def _data(self, name: str, values: Mapping[str, Any]) -> Any:
        match name:
            case "oauth2/access_token":
                return {"access_token": "t" * 40, "scope": [1, 2, 6, 8], "advertiser_ids": []}
            case "oauth2/advertiser/get":
                return {"list": [{"advertiser_id": MAIN.external_id, "advertiser_name": MAIN.name}]}
            case "advertiser/info":
                return {"list": [{"advertiser_id": values["advertiser_ids"][0], "status": "STATUS_ENABLE"}]}
            case "identity/get":
                return {"identity_list": []}
            case "pixel/list":
                return {"pixels": []}
            case "file/music/get":
                return {"musics": [{"music_id": "73"}] if values["search_type"] == "SEARCH_BY_KEYWORD" else []}
            case "tool/region":
                codes = {"US": "6252001", "DE": "2921044", "JP": "1861060"}
                return {"region_info": [_country(code, number) for code, number in codes.items()]}
            case "tool/targeting/search":
                return {"targeting_tag_list": []}
            case "tool/language":
                return {"languages": []}
            case "tool/interest_category":
                return {"interest_categories": []}
            case _:
                return self._made(name, values)

    def _made(self, name: str, values: Mapping[str, Any]) -> Any:
        number = str(next(self.numbers))
        match name:
            case "campaign/create" | "adgroup/create":
                return {f"{name.partition('/')[0]}_id": number}
            case "ad/create":
                names = [creative["ad_name"] for creative in values["creatives"]]
                return {"creatives": [{"ad_id": str(next(self.numbers)), "ad_name": name} for name in names]}
            case "file/image/ad/upload":
                return {"image_id": f"ad-site-i18n-sg/{number}"}
            case "file/video/ad/upload":
                return [{"video_id": f"v{number}"}]
            case "file/image/ad/info":
                return {"list": [{"image_id": key, "image_url": f"{HOST}/{key}"} for key in values["image_ids"]]}
            case "file/video/ad/info":
                return {"list": [{"video_id": values["video_ids"][0], "video_cover_url": f"{HOST}/cover.jpg"}]}
            case "campaign/get" if "campaign_ids" in values.get("filtering", {}):
                row = {"campaign_id": values["filtering"]["campaign_ids"][0], "operation_status": "DISABLE"}
                return {"list": [row], "page_info": {"page": 1, "total_page": 1}}
            case "user/info":
                return {"core_user_id": "1", "display_name": "Dana"}
            case _:
                return {"list": [], "page_info": {"page": 1, "total_page": 1}}


def _country(code: str, number: str) -> dict[str, str]:
    return {"location_id": number, "region_code": code, "level": "COUNTRY"}


def _read(request: requests.PreparedRequest) -> tuple[str, dict[str, Any]]:
    """The endpoint and the fields, each as its encoding says: JSON in a query where it is none of text, a form's parts."""
    url = urlsplit(str(request.url))
    name = url.path.removeprefix("/open_api/v1.3/")
    assert name.endswith("/"), "without the slash at its end TikTok knows no address"
    if request.method == "GET":
        return name.rstrip("/"), {key: _unwritten(value) for key, value in parse_qsl(url.query, strict_parsing=True)}
    assert not url.query
    kind = str(request.headers["Content-Type"])
    if kind.startswith("multipart/form-data"):
        return name.rstrip("/"), _form(request, kind)
    assert kind.startswith("application/json")
    return name.rstrip("/"), dict(json.loads(request.body or ""))


def _unwritten(value: str) -> Any:
    """Lists and objects are JSON in a query, numbers below page_size too; an id stays a text."""
    if value.startswith(("[", "{")) or (value.isdigit() and len(value) < 5):
        return json.loads(value)
    return value


def _form(request: requests.PreparedRequest, kind: str) -> dict[str, str]:
    body: Any = request.body
    content = body if isinstance(body, bytes) else b"".join(body)
    message = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + content)
    parts: Any = message.get_payload()
    return {
        str(part.get_param("name", header="Content-Disposition")): part.get_payload(decode=True).decode("latin-1")
        for part in parts
    }


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    found = Recorder()
    cache.clear()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        for method in ("GET", "POST"):
            mocked.add_callback(method, ADDRESS, found)
        yield found


@pytest.fixture
def tiktok(settings: Any) -> TikTokPlatform:
    urls = {"api_url": HOST, "authorize_url": HOST}
    settings.PLATFORMS = {**settings.PLATFORMS, "tiktok": {**settings.PLATFORMS["tiktok"], **urls}}
    return TikTokPlatform(Http("tiktok", lambda exchange: None), Tokens("t" * 40))


def budgets(**campaign: Any) -> Draft:
    return draft(ad_set("s1", budget=None), ad_set("s2", budget=None), **campaign)


ALL_ASSETS = {"identity": IDENTITY, "pixel": PIXEL}
LIFETIME = {"budget": {"amount": "9000", "type": "lifetime"}}
ORDERS: dict[str, tuple[Draft, Account]] = {
    "carousel, budgets of ad sets": (draft(), MAIN),
    "budget of the campaign": (budgets(), MAIN),
    "lifetime of the campaign": (budgets(**LIFETIME), MAIN),
    "lifetime of ad sets": (draft(ad_set(budget="9000"), **LIFETIME), MAIN),
    "yen": (draft(ad_set(budget="5000", targeting={"locations": ["JP"], "age_min": 13, "age_max": None})), TOKYO),
    "cents": (draft(ad_set(budget="199.99")), MAIN),
    "no end": (draft(schedule={"start": "2027-06-01T09:00"}), MAIN),
    "no times": (draft(schedule={}), BERLIN),
    "recommended music, all kinds of ads": (
        draft(
            ad_set(ads=[ad("a1", media=[RED, BLUE]), ad("a2", type="image", media=[GREY]), video("a3")]), assets=ALL_ASSETS
        ),
        MAIN,
    ),
    "a shared account": (draft(assets={**ALL_ASSETS, "identity": SHARED, "music": MUSIC}), MAIN),
    "a made-up name": (draft(assets={**ALL_ASSETS, "identity": CUSTOM, "music": MUSIC}), MAIN),
    "special categories": (draft(declarations={"special_ad_categories": ["housing", "employment", "credit"]}), MAIN),
    "everything about an audience": (
        draft(
            ad_set(
                targeting={
                    "locations": ["US", {"kind": "city", "id": "5128581"}], "genders": ["female"],
                    "languages": ["en", "zh-Hant"], "interests": [{"id": "15", "name": "x"}, {"id": "25", "name": "y"}],
                }
            )
        ),
        MAIN,
    ),
    "URL tags and a long text in Japanese": (
        draft(ad_set(ads=[ad(primary_text="夏" * 50)]), name="夏" * 256, url_tags="utm_source=tiktok&x=__CID__"), MAIN,
    ),
}  # fmt: skip
for _objective, _goal in [
    ("awareness", "reach"), ("traffic", "link_clicks"), ("video_views", "video_views"), ("leads", "leads"),
    ("leads", "link_clicks"), ("conversions", "conversions"),
]:  # fmt: skip
    for _budget in ("500", None):
        ORDERS[f"{_objective} by {_goal}, {_budget or 'shared'}"] = (
            draft(
                ad_set(optimization=_goal, budget=_budget, ads=[video("a1")]), objective=_objective, assets=ALL_ASSETS
            ),
            MAIN,
        )


def publication(tiktok: TikTokPlatform, ordered: Order) -> Publisher:
    found = Publisher(tiktok, ordered)
    found.create()
    return found


def problems(sent: list[Sent]) -> list[str]:
    """All that TikTok's reference has against the requests."""
    found = []
    for request in sent:
        endpoint = ENDPOINTS[request.name]
        wrong = list(tiktok_rules.problems(request.name, request.values))
        if request.method != endpoint.method:
            wrong.append(f"the method is {endpoint.method}")
        if ("Access-Token" in request.headers) is not endpoint.has_token or "Authorization" in request.headers:
            wrong.append("the token stands in Access-Token")
        found += [f"{request.name}: {problem}" for problem in wrong]
    campaigns = [request.values for request in sent if request.name == "campaign/create"]
    for campaign in campaigns:
        found += tiktok_rules.campaign_problems(campaign)
        for request in sent:
            if request.name == "adgroup/create":
                found += tiktok_rules.group_problems(campaign, request.values)
    return found


@pytest.mark.parametrize("name", ORDERS)
def test_what_a_draft_becomes_is_as_the_reference_says(recorder: Recorder, tiktok: TikTokPlatform, name: str) -> None:
    content, account = ORDERS[name]

    publication(tiktok, order(content, account))

    assert problems(recorder.sent) == []
    assert {"campaign/create", "adgroup/create", "ad/create"} <= {request.name for request in recorder.sent}


def everything(tiktok: TikTokPlatform) -> None:
    """Use the whole contract once, with every level and action."""
    grant = tiktok.exchange({"auth_code": "abc"}, "", "http://127.0.0.1/oauth/callback")
    tiktok.refresh(grant.tokens)
    list(tiktok.list_accounts())
    tiktok.list_assets(MAIN)
    for kind in TargetingKind:
        tiktok.search_targeting(MAIN, kind, "new york")
    made = publication(tiktok, order(*ORDERS["recommended music, all kinds of ads"]))
    tiktok.preflight(made.order, lambda sha256: pytest.fail("nothing is uploaded beforehand"))
    tiktok.find(made.steps, made.ids, MAIN)
    tiktok.read(made.ids, made.steps, MAIN)
    tiktok.read_status(made.ids[made.key("c")], MAIN)
    for action in (Action.SWITCH_ON, Action.SWITCH_OFF, Action.END, Action.REMOVE):
        for level in (Level.CAMPAIGN, Level.AD_SET, Level.AD):
            made.change(action, [level])
    tiktok.revoke(grant.tokens, "1")


def test_every_request_of_the_contract_is_as_the_reference_says(recorder: Recorder, tiktok: TikTokPlatform) -> None:
    everything(tiktok)

    assert problems(recorder.sent) == []


def test_every_endpoint_of_the_tables_is_used(recorder: Recorder, tiktok: TikTokPlatform) -> None:
    everything(tiktok)

    assert set(ENDPOINTS) - {request.name for request in recorder.sent} == set()


# The tables can say no --------------------------------------------------------------------------------------------------


def requests_of(recorder: Recorder, tiktok: TikTokPlatform, name: str = "carousel, budgets of ad sets") -> list[Sent]:
    publication(tiktok, order(*ORDERS[name]))
    return [Sent(sent.name, sent.method, copy.deepcopy(sent.values), dict(sent.headers)) for sent in recorder.sent]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("campaign/create", {"campaign_name": "Summer 🎉"}),
        ("campaign/create", {"campaign_name": "夏" * 257}),
        ("campaign/create", {"objective_type": "CONVERSIONS"}),
        ("campaign/create", {"operation_status": None}),
        ("campaign/create", {"operation_status": "PAUSED"}),
        ("campaign/create", {"request_id": 7}),
        ("campaign/create", {"request_id": str(2**64)}),
        ("campaign/create", {"budget": 100}),
        ("campaign/create", {"budget_mode": "BUDGET_MODE_DAY"}),
        ("campaign/create", {"bid_type": "BID_TYPE_NO_BID"}),
        ("campaign/create", {"advertiser_id": 7012345678901234561}),
        ("adgroup/create", {"location_ids": ["US"]}),
        ("adgroup/create", {"location_ids": [6252001]}),
        ("adgroup/create", {"budget": "500"}),
        ("adgroup/create", {"budget": 500.005}),
        ("adgroup/create", {"budget_mode": "BUDGET_MODE_INFINITE"}),
        ("adgroup/create", {"schedule_start_time": "2027-06-01T13:00:00"}),
        ("adgroup/create", {"schedule_end_time": "2027-05-01 00:00:00"}),
        ("adgroup/create", {"schedule_end_time": None}),
        ("adgroup/create", {"billing_event": "CPC"}),
        ("adgroup/create", {"optimization_goal": "REACH", "billing_event": "CPM"}),
        ("adgroup/create", {"promotion_type": None}),
        ("adgroup/create", {"promotion_target_type": "EXTERNAL_WEBSITE"}),
        ("adgroup/create", {"bid_display_mode": "CPV"}),
        ("adgroup/create", {"pixel_id": None}),
        ("adgroup/create", {"optimization_event": "PURCHASE"}),
        ("adgroup/create", {"age_groups": ["AGE_25_54"]}),
        ("adgroup/create", {"gender": "FEMALE"}),
        ("adgroup/create", {"placements": None}),
        ("adgroup/create", {"auto_targeting_enabled": False}),
        ("adgroup/create", {"budget_mode": "BUDGET_MODE_TOTAL", "schedule_type": "SCHEDULE_FROM_NOW"}),
        ("ad/create", {"creatives": []}),
        ("ad/create", {"adgroup_id": 18}),
        ("file/image/ad/upload", {"file_name": "x" * 101}),
        ("file/image/ad/upload", {"image_signature": "x"}),
        ("tool/region", {"objective_type": None}),
        ("tool/region", {"placements": "PLACEMENT_TIKTOK"}),
    ],
)
def test_a_wrong_field_is_noticed(
    recorder: Recorder, tiktok: TikTokPlatform, name: str, changes: dict[str, Any]
) -> None:
    sent = requests_of(recorder, tiktok)
    at = next(number for number, request in enumerate(sent) if request.name == name)
    values = {key: value for key, value in {**sent[at].values, **changes}.items() if value is not None}
    assert problems(sent) == []

    sent[at] = Sent(name, sent[at].method, values, sent[at].headers)

    assert problems(sent) != []


@pytest.mark.parametrize(
    "changes",
    [
        {"ad_text": "x" * 101},
        {"ad_text": "Sale ☀"},
        {"ad_text": None},
        {"call_to_action": "BUY_NOW"},
        {"identity_id": None},
        {"identity_type": "BC_AUTH_TT"},
        {"identity_authorized_bc_id": "69"},
        {"music_id": None},
        {"image_ids": []},
        {"image_ids": ["x"] * 36},
        {"video_id": "v1"},
        {"ad_format": "SINGLE_IMAGE"},
        {"ad_format": "SINGLE_VIDEO"},
        {"landing_page_url": "shop.example.com"},
        {"operation_status": None},
        {"utm_params": []},
    ],
)
def test_a_wrong_ad_is_noticed(recorder: Recorder, tiktok: TikTokPlatform, changes: dict[str, Any]) -> None:
    sent = requests_of(recorder, tiktok)
    [body] = [request.values for request in sent if request.name == "ad/create"]
    creative = {key: value for key, value in {**body["creatives"][0], **changes}.items() if value is not None}

    body["creatives"][0] = creative

    assert problems(sent) != []


@pytest.mark.parametrize(
    ("method", "headers"),
    [("GET", {"Access-Token": "t"}), ("POST", {}), ("POST", {"Access-Token": "t", "Authorization": "Bearer t"})],
)
def test_a_wrong_method_or_header_is_noticed(
    recorder: Recorder, tiktok: TikTokPlatform, method: str, headers: dict[str, str]
) -> None:
    sent = requests_of(recorder, tiktok)
    at = next(number for number, request in enumerate(sent) if request.name == "ad/create")

    sent[at] = Sent("ad/create", method, sent[at].values, headers)

    assert problems(sent) != []


def test_a_film_with_music_is_noticed(recorder: Recorder, tiktok: TikTokPlatform) -> None:
    sent = requests_of(recorder, tiktok, "traffic by link_clicks, 500")
    [body] = [request.values for request in sent if request.name == "ad/create"]
    assert body["creatives"][0]["video_id"]

    body["creatives"][0]["music_id"] = MUSIC

    assert problems(sent) != []
