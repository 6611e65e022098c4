"""What we send Meta, held against the lists of its official SDK: no unknown parameter, field or value, at any depth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import responses
from facebook_business.api import FacebookAdsApi

from integrations.contracts import Account, Action, Level, Order, Tokens
from integrations.draft import CallToAction, ConversionEvent
from integrations.http import Http
from integrations.platforms.meta import client, uploading
from integrations.platforms.meta.adapter import MetaPlatform
from integrations.platforms.meta.capabilities import CAPABILITIES
from tests.contract.facebook_lists import creating, problems, reading, unknown_fields, updating
from tests.contract.meta_wire import Wire
from tests.meta.drafts import BERLIN, BLUE, FILM, GREY, MAIN, RED, TOKYO, ad, ad_set, draft, order
from tests.meta.publisher import Publisher

CREATED = {"campaigns", "adsets", "ads", "adcreatives"}


def made_of(*ad_sets: dict[str, Any], account: Account = MAIN, **campaign: Any) -> Order:
    return order(draft(*ad_sets, **campaign), account)


FORMATS: dict[str, dict[str, Any]] = {
    "image": {"media": [RED]},
    "video": {"media": [FILM]},
    "carousel": {"media": [RED, BLUE, GREY], "headlines": ["One", "Two"], "descriptions": []},
}
ORDERS: dict[str, Order] = {
    "the example": made_of(),
    "the campaign's budget": made_of(ad_set(budget=None)),
    "a lifetime budget": made_of(ad_set(budget="5000"), budget={"amount": "9000", "type": "lifetime"}),
    "yen, a start that has passed, no end": made_of(
        account=TOKYO, budget={"amount": "90000"}, schedule={"start": "2027-01-01T00:00"}
    ),
    "as little as possible": made_of(
        ad_set(
            targeting={"age_min": None, "age_max": None, "interests": []}, ads=[ad(descriptions=[], primary_text="")]
        ),
        assets={"page": "1", "pixel": "2"},
    ),
    "all that narrows": made_of(
        ad_set(
            targeting={
                "locations": ["US", {"kind": "region", "id": "3847", "name": "California"}],
                "excluded_locations": [{"kind": "city", "id": "2418779", "name": "Austin"}],
                "genders": ["female"],
                "languages": [{"id": "6", "name": "English (US)"}],
            }
        )
    ),
    "everything declared": made_of(
        ad_set(targeting={"locations": ["DE", "FR"]}),
        account=BERLIN,
        url_tags="utm_source=meta",
        declarations={
            "special_ad_categories": [name for name, _ in CAPABILITIES.special_ad_categories],
            "dsa_beneficiary": "Acme GmbH",
            "dsa_payor": "Acme Media GmbH",
        },
    ),
    "several ad sets": made_of(ad_set("s1"), ad_set("s2", ads=[ad("a2"), ad("a3", media=[FILM], type="video")])),
}
for _button in CallToAction:
    ORDERS[f"the button {_button.value}"] = made_of(ad_set(ads=[ad(call_to_action=_button.value)]))
for _event in ConversionEvent:
    _assets = {"page": "1", "pixel": "2", "conversion_event": _event.value}
    ORDERS[f"the event {_event.value}"] = made_of(assets=_assets)
for _objective in CAPABILITIES.objectives:
    for _goal in _objective.goals:
        for _format, _fields in FORMATS.items():
            ORDERS[f"{_objective.value}, {_goal.value}, {_format}"] = made_of(
                ad_set(optimization=_goal.value, ads=[ad(type=_format, **_fields)]), objective=_objective.value
            )


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        for method in ("GET", "POST", "DELETE"):
            mocked.add_callback(method, re.compile(r"https://graph(-video)?\.facebook\.com/.*"), made.answer)
        yield made


@pytest.fixture
def meta(settings: Any) -> MetaPlatform:
    urls = {"api_url": "https://graph.facebook.com", "video_url": "https://graph-video.facebook.com"}
    settings.PLATFORMS = settings.PLATFORMS | {"meta": settings.PLATFORMS["meta"] | urls}
    return MetaPlatform(Http("meta", lambda exchange: None), Tokens("token"))


def refused(wire: Wire) -> list[str]:
    """All that the SDK does not know of what was written."""
    found = []
    for sent in wire.requests:
        if sent.method == "POST":
            request = creating(sent.edge) if sent.is_new else updating(sent.edge)
            found += [f"{sent.edge} {problem}" for problem in problems(request, sent.form)]
    return found


def test_the_sdk_speaks_the_version_that_we_speak() -> None:
    assert FacebookAdsApi.API_VERSION == client.VERSION


@pytest.mark.parametrize("name", ORDERS)
def test_the_sdk_knows_all_that_creates_a_campaign(wire: Wire, meta: MetaPlatform, name: str) -> None:
    Publisher(meta, ORDERS[name]).create()

    assert refused(wire) == []
    written = {sent.edge for sent in wire.requests if sent.method == "POST"}
    assert written - {"adimages", "advideos"} == CREATED
    assert all(wire.of_edge(edge) for edge in CREATED)


@pytest.mark.parametrize("name", ORDERS)
def test_the_sdk_knows_all_that_is_checked_before_a_campaign_is_submitted(
    wire: Wire, meta: MetaPlatform, name: str
) -> None:
    meta.preflight(ORDERS[name], lambda sha256: pytest.fail("nothing is uploaded beforehand"))

    assert refused(wire) == []
    estimates = [sent.form for sent in wire.requests if sent.method == "GET"]
    assert [problem for form in estimates for problem in problems(reading("delivery_estimate"), form)] == []
    assert all({"optimization_goal", "targeting_spec"} <= form.keys() for form in estimates)
    validated = [form for edge in ("campaigns", "adcreatives") for form in wire.of_edge(edge)]
    assert {form["execution_options"] for form in validated} == {'["validate_only"]'}
    assert len(wire.requests) == len(validated) + len(estimates)


def test_all_formats_and_goals_on_offer_are_among_the_campaigns() -> None:
    assert {creative.value for creative in CAPABILITIES.creatives} == set(FORMATS)
    sent = {(o.draft.campaign.objective, o.draft.ad_sets[0].optimization) for o in ORDERS.values()}
    assert sent >= {(offered.value, goal.value) for offered in CAPABILITIES.objectives for goal in offered.goals}


@pytest.mark.parametrize("action", [Action.SWITCH_ON, Action.SWITCH_OFF, Action.END])
def test_the_sdk_knows_all_that_changes_a_campaign(wire: Wire, meta: MetaPlatform, action: Action) -> None:
    made = Publisher(meta, ORDERS["several ad sets"])
    made.create()
    wire.requests.clear()

    made.change(action, [Level.CAMPAIGN, Level.AD_SET, Level.AD])

    assert refused(wire) == []
    assert {edge for edge in CREATED if wire.of_edge(edge, is_new=False)} == {"campaigns", "adsets", "ads"}
    if action is Action.END:
        # The one that ends: an ad set's own end, which the SDK counts in seconds as in ISO 8601.
        assert any("end_time" in form for form in wire.of_edge("adsets", is_new=False))


def test_the_sdk_knows_how_a_film_goes_up_in_pieces(
    wire: Wire, meta: MetaPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "WHOLE_UP_TO", 1)

    Publisher(meta, made_of(ad_set(ads=[ad(type="video", media=[FILM])]))).create()

    assert refused(wire) == []
    assert [form["upload_phase"] for form in wire.of_edge("advideos")] == ["start", "transfer", "finish"]


def test_objects_have_all_the_fields_that_we_read(wire: Wire, meta: MetaPlatform) -> None:
    made = Publisher(meta, made_of(ad_set(ads=[ad(type="video", media=[FILM]), ad("a2")])))
    made.create()
    wire.requests.clear()

    made.read()
    meta.find(made.steps, made.ids, MAIN)
    meta.read_status(made.ids[made.key("c")], MAIN)

    list(meta.list_accounts())
    meta.list_assets(MAIN)

    read = [(sent.edge, sent.form["fields"]) for sent in wire.requests if "fields" in sent.form]
    assert {edge for edge, _ in read} == {
        *CREATED,
        "advideos",
        "adaccounts",
        "promote_pages",
        "instagram_accounts",
        "adspixels",
    }
    assert [name for edge, fields in read for name in unknown_fields(edge, fields)] == []


def test_a_parameter_a_field_and_a_value_that_do_not_exist_are_noticed() -> None:
    good = {
        "name": "US", "status": "PAUSED", "daily_budget": "500", "targeting": '{"geo_locations":{"countries":["US"]}}',
        "promoted_object": '{"custom_event_type":"PURCHASE"}', "start_time": "2027-06-01T09:00:00-0400",
    }  # fmt: skip
    bad = {
        "names": "US",
        "status": "OFF",
        "daily_budget": "500.5",
        "targeting": '{"geo_locations":{"countries":"US"},"geo":{},"age_min":"18","genders":["women"]}',
        "promoted_object": '{"custom_event_type":"BUY"}',
        "start_time": "2027-06-01T09:00:00",
    }

    assert problems(creating("adsets"), good) == []
    assert sorted(line.split(":")[0] for line in problems(creating("adsets"), bad)) == [
        "daily_budget", "names", "promoted_object.custom_event_type", "start_time", "status", "targeting.age_min",
        "targeting.genders", "targeting.geo", "targeting.geo_locations.countries",
    ]  # fmt: skip
    assert problems(updating("campaigns"), {"objective_v2": "x"}) == ["objective_v2: unknown"]
    assert problems(reading("delivery_estimate"), {"targeting": "{}", "optimization_goal": "FAME"}) == [
        "targeting: unknown",
        "optimization_goal: no value FAME",
    ]
    assert problems(creating("campaigns"), {"execution_options": '["validate"]'}) == [
        "execution_options: no value validate"
    ]
    fields = "id,objective,objectiv,adsets.limit(9){id,creative,bid},creative{id}"
    assert list(unknown_fields("campaigns", fields)) == [
        "campaigns.objectiv",
        "adsets.creative",
        "adsets.bid",
        "campaigns.creative",
    ]
