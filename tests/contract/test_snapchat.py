"""What we send Snapchat, read strictly against tables of the Ads API v1: no unknown address, parameter, field or value."""

from __future__ import annotations

import copy
import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import responses

from integrations.contracts import Account, Action, Level, Order, TargetingKind, Tokens
from integrations.draft import CallToAction, ConversionEvent, Objective
from integrations.http import Http
from integrations.platforms.snapchat import uploading
from integrations.platforms.snapchat.adapter import SnapchatPlatform
from integrations.platforms.snapchat.capabilities import CAPABILITIES
from tests.contract.snapchat_tables import ADS, BUSINESS, PLURALS, address_problems, problems
from tests.snapchat.drafts import BERLIN, FILM, HOMES, MAIN, PIXEL, PROFILE, TOKYO, ad, ad_set, draft, order
from tests.snapchat.publisher import Publisher

SINGULARS = {"campaigns": "campaign", "adsquads": "adsquad", "ads": "ad", "creatives": "creative", "media": "media"}
#: What Snapchat adds of its own to an object that it shows. None of it may come back in a PUT.
_FOUND = {"updated_at": "2027-05-01T12:00:00.000Z", "delivery_status": ["VALID"], "deleted": False}
ADDED: dict[str, dict[str, Any]] = {
    "campaigns": _FOUND | {"objective": "WEB_CONVERSION"},
    "adsquads": _FOUND | {"targeting_reach_status": "VALID", "placement": "UNSUPPORTED", "auto_bid": True},
    "ads": _FOUND | {"review_status": "APPROVED", "review_status_reasons": [], "render_type": "STATIC"},
    "creatives": {"review_status": "APPROVED", "packaging_status": "SUCCESS"},
    "media": {"media_status": "READY"},
}
NOW = datetime.now(UTC)


def ahead(days: int) -> str:
    return f"{NOW + timedelta(days=days):%Y-%m-%dT09:00}"


class Wire:
    """Answers as documented whatever is sent, remembers it, and shows what was made."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[str, dict[str, Any]]] = {}
        self.requests: list[tuple[str, str, Any]] = []

    def answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        is_json = "json" in str(request.headers.get("Content-Type"))
        body = json.loads(request.body) if is_json and request.body else request.body
        self.requests.append((request.method, request.url, body))
        assert request.headers["Authorization"] == "Bearer token"
        return 200, {}, json.dumps({"request_status": "SUCCESS", "request_id": "r1"} | self._found(request, body))

    def _found(self, request: Any, body: Any) -> dict[str, Any]:
        parts = urlsplit(request.url).path.split("/")
        plural = next((part for part in reversed(parts) if part in PLURALS), "")
        if request.method == "GET":
            return self._shown(plural, parts)
        if "multipart-upload-v2" in parts:
            path = urlsplit(request.url).path
            return {"upload_id": "u1", "add_path": f"{path}?action=ADD", "finalize_path": f"{path}?action=FINALIZE"}
        if not isinstance(body, dict):
            return {}
        rows = [{"id": str(uuid.uuid4()), "created_at": f"{NOW:%Y-%m-%dT%H:%M:%S.000Z}"} | row for row in body[plural]]
        self.objects |= {row["id"]: (plural, row) for row in rows}
        return _wrapped(plural, rows)

    def _shown(self, plural: str, parts: list[str]) -> dict[str, Any]:
        if not plural:
            return {}
        rows = [row for kind, row in self.objects.values() if kind == plural]
        one = [row for row in rows if row["id"] == parts[-1]]
        return _wrapped(plural, [row | ADDED[plural] for row in one or rows])

    def sent(self) -> Iterator[tuple[str, dict[str, Any], bool]]:
        """Objects that were written, by plural, and whether they were new."""
        for method, _, body in self.requests:
            for plural, rows in body.items() if isinstance(body, dict) else ():
                yield from ((plural, row, method == "POST") for row in rows)


def _wrapped(plural: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {plural: [{"sub_request_status": "SUCCESS", SINGULARS[plural]: row} for row in rows]}


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        for method in ("GET", "POST", "PUT", "DELETE"):
            mocked.add_callback(method, re.compile(r"https://(adsapi|businessapi)\.snapchat\.com/.*"), made.answer)
        yield made


@pytest.fixture
def snapchat(settings: Any) -> SnapchatPlatform:
    urls = {"api_url": ADS, "profile_url": BUSINESS}
    settings.PLATFORMS = settings.PLATFORMS | {"snapchat": settings.PLATFORMS["snapchat"] | urls}
    return SnapchatPlatform(Http("snapchat", lambda exchange: None), Tokens("token"))


SCHEDULE = {"start": ahead(10), "end": ahead(40)}
ASSETS = {"profile": PROFILE, "pixel": PIXEL, "conversion_event": "purchase"}


def made_of(*ad_sets: dict[str, Any], account: Account = MAIN, **campaign: Any) -> Order:
    return order(draft(*ad_sets, **({"schedule": SCHEDULE} | campaign)), account, NOW)


ORDERS: dict[str, Order] = {
    "the example": made_of(),
    "without a start or an end": made_of(schedule={}),
    "a start that has passed": made_of(schedule={"start": ahead(-1)}),
    "a lifetime budget": made_of(ad_set(budget="5"), budget={"amount": "20", "type": "lifetime"}),
    "too small for a cap": made_of(ad_set(budget=None), budget={"amount": "19.99"}),
    "yen": made_of(ad_set(budget="800"), account=TOKYO, budget={"amount": "1000", "type": "daily"}),
    "euros, over a change of the clocks": made_of(account=BERLIN, schedule={"start": "2027-03-28T02:30"}),
    "homes": made_of(
        ad_set(targeting={"age_min": None, "age_max": None}),
        account=HOMES,
        declarations={"special_ad_categories": ["housing"]},
    ),
    "a film": made_of(ad_set(ads=[ad(type="video", media=[FILM])])),
    "long names": made_of(ad_set(name="x" * 255, ads=[ad(name="y" * 255)]), name="z" * 255),
    "a tagged link": made_of(url_tags="utm_source=snapchat&utm_content={{ad.id}}"),
    "several countries": made_of(
        ad_set(targeting={"locations": ["US", "CA", "GB"], "languages": [{"id": "en", "name": "English"}]})
    ),
    "regions, some left out": made_of(
        ad_set(
            targeting={
                "locations": ["US", {"kind": "region", "id": "us:5", "name": "California"}],
                "excluded_locations": [{"kind": "region", "id": "us:44", "name": "Texas"}],
            }
        )
    ),
    "women of 55 and more": made_of(ad_set(targeting={"age_min": 55, "age_max": None, "genders": ["female"]})),
    "everybody": made_of(ad_set(targeting={"age_min": None, "age_max": None, "interests": []})),
    "several ad sets": made_of(ad_set("s1"), ad_set("s2", ads=[ad("a2"), ad("a3", media=[FILM], type="video")])),
}  # fmt: skip
for _objective in CAPABILITIES.objectives:
    for _goal in _objective.goals:
        ORDERS[f"{_objective.value}, {_goal.value}"] = made_of(
            ad_set(optimization=_goal.value, ads=[ad(type="video", media=[FILM])]), objective=_objective.value
        )
for _button in CallToAction:
    ORDERS[f"the button {_button.value}"] = made_of(ad_set(ads=[ad(call_to_action=_button.value)]))


def refused(wire: Wire) -> list[str]:
    found = [text for method, address, _ in wire.requests for text in address_problems(method, address)]
    return [*found, *(text for kind, row, is_new in wire.sent() for text in problems(kind, row, is_new=is_new))]


@pytest.mark.parametrize("name", ORDERS)
def test_what_is_created_is_as_documented(wire: Wire, snapchat: SnapchatPlatform, name: str) -> None:
    Publisher(snapchat, ORDERS[name]).create()

    assert refused(wire) == []
    sent = [(kind, row) for kind, row, _ in wire.sent()]
    assert {kind for kind, _ in sent} == set(PLURALS)
    assert {row["status"] for kind, row in sent if kind in ("campaigns", "adsquads", "ads")} == {"PAUSED"}


@pytest.mark.parametrize("action", [Action.SWITCH_ON, Action.SWITCH_OFF, Action.END])
def test_what_is_put_back_is_as_documented(wire: Wire, snapchat: SnapchatPlatform, action: Action) -> None:
    made = Publisher(snapchat, ORDERS["several ad sets"]).create()
    wire.requests.clear()

    made.change(action, [Level.CAMPAIGN, Level.AD_SET, Level.AD])

    assert refused(wire) == []
    status = "ACTIVE" if action is Action.SWITCH_ON else "PAUSED"
    written = [row for _, row, is_new in wire.sent() if not is_new]
    assert len(written) >= 6
    assert {row["status"] for row in written} == {status}


def test_what_is_removed_read_and_looked_up_is_as_documented(wire: Wire, snapchat: SnapchatPlatform) -> None:
    made = Publisher(snapchat, ORDERS["several ad sets"]).create()
    wire.requests.clear()

    made.read()
    snapchat.find(made.steps, made.ids, MAIN)
    snapchat.read_status(made.campaign_id, MAIN)
    made.change(Action.REMOVE, list(Level))

    assert refused(wire) == []
    assert {method for method, _, _ in wire.requests} == {"GET", "DELETE"}


def test_accounts_assets_and_look_ups_are_asked_for_as_documented(wire: Wire, snapchat: SnapchatPlatform) -> None:
    list(snapchat.list_accounts())
    snapchat.list_assets(MAIN)
    for kind in (TargetingKind.INTEREST, TargetingKind.LANGUAGE):
        snapchat.search_targeting(MAIN, kind, "a")
    snapchat.search_targeting(MAIN, TargetingKind.LOCATION, "Bavaria, Germany")

    assert refused(wire) == []
    assert len(wire.requests) >= 6


def test_bytes_are_sent_as_documented(wire: Wire, snapchat: SnapchatPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "PIECE", 500)

    Publisher(snapchat, ORDERS["a film"]).create()

    bodies = [(address.partition("action=")[2], body) for _, address, body in wire.requests if "upload" in address]
    assert [action for action, _ in bodies] == ["INIT", "ADD", "ADD", "ADD", "FINALIZE"]
    assert [set(re.findall(rb'; name="(\w+)"', bytes(body))) for _, body in bodies] == [
        {b"file_name", b"file_size", b"number_of_parts"},
        *[{b"upload_id", b"part_number", b"file"}] * 3,
        {b"upload_id"},
    ]


def test_every_event_that_can_be_optimized_for_is_a_goal(wire: Wire, snapchat: SnapchatPlatform) -> None:
    offered = {event for event in ConversionEvent if not refusal(snapchat, event)}

    for event in offered:
        Publisher(snapchat, made_of(assets=ASSETS | {"conversion_event": event.value})).create()

    assert ConversionEvent.PURCHASE in offered
    assert refused(wire) == []


def refusal(snapchat: SnapchatPlatform, event: ConversionEvent) -> bool:
    content = draft(assets=ASSETS | {"conversion_event": event.value})
    return any(line.verdict == "refused" for line in snapchat.fit(content, MAIN, {}))


def test_every_objective_is_in_the_tests_above() -> None:
    assert {name.partition(",")[0] for name in ORDERS} >= {objective.value for objective in Objective}


# The tables themselves ----------------------------------------------------------------------------------------------------

BREACHES: list[tuple[str, dict[str, Any], str]] = [
    ("campaigns", {"objective": "WEB_CONVERSION"}, "campaigns.objective is unknown"),
    ("campaigns", {"daily_budget_micro": 1_000}, "campaigns.daily_budget_micro cannot be 1000"),
    ("campaigns", {"start_time": "2027-06-01T09:00"}, "campaigns.start_time cannot be"),
    ("adsquads", {"delivery_constraint": "LIFETIME_BUDGET"}, "delivery_constraint does not fit the budget"),
    ("adsquads", {"optimization_goal": "SWIPES"}, "conversion_window goes with PIXEL_ goals alone"),
    ("adsquads", {"targeting": {"geos": [{"country_code": "US"}]}}, "country_code cannot be 'US'"),
    ("adsquads", {"bid_micro": 10_000}, "bid_micro goes with every strategy but AUTO_BID"),
    ("adsquads", {"auto_bid": True}, "adsquads.auto_bid is unknown"),
    ("creatives", {"call_to_action": "LEARN_MORE"}, "creatives.call_to_action cannot be 'LEARN_MORE'"),
    ("creatives", {"headline": "x" * 35}, "creatives.headline cannot be"),
    ("ads", {"type": "SNAP_AD"}, "ads.type cannot be 'SNAP_AD'"),
    ("media", {"url": "https://a.example/b.png"}, "media.url is unknown"),
]


@pytest.mark.parametrize(("plural", "change", "problem"), BREACHES)
def test_the_tables_refuse(
    wire: Wire, snapchat: SnapchatPlatform, plural: str, change: dict[str, Any], problem: str
) -> None:
    """The negative control: a table that takes everything would prove nothing."""
    Publisher(snapchat, ORDERS["the example"]).create()
    row = copy.deepcopy(next(row for kind, row, _ in wire.sent() if kind == plural))

    assert any(problem in text for text in problems(plural, row | change, is_new=True))


@pytest.mark.parametrize("name", ["name", "status", "type"])
def test_the_tables_miss(wire: Wire, snapchat: SnapchatPlatform, name: str) -> None:
    Publisher(snapchat, ORDERS["the example"]).create()
    row = next(row for kind, row, _ in wire.sent() if kind == "ads")

    assert f"ads.{name} is missing" in problems("ads", {k: v for k, v in row.items() if k != name}, is_new=True)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", f"{ADS}/v1/campaigns"),
        ("PATCH", f"{ADS}/v1/adaccounts/{MAIN.external_id}/campaigns"),
        ("GET", f"{ADS}/v1/adaccounts/{MAIN.external_id}/campaigns?name=x"),
        ("GET", f"{ADS}/v1/organizations/{MAIN.external_id}/public_profiles"),
        ("GET", f"https://adsapiXsnapchat.com/v1/campaigns/{MAIN.external_id}"),
    ],
)
def test_the_tables_know_no_such_address(method: str, address: str) -> None:
    assert address_problems(method, address)
