"""What the sandbox's Snapchat refuses, each rule by one change to an object that passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from . import snap_client
from .process import SandboxProcess
from .snap_client import (
    HOMES,
    JAPAN,
    MAIN,
    NOWHERE,
    PIXEL,
    SnapClient,
    ad,
    ad_squad,
    ahead,
    campaign,
    creative,
    film,
    picture,
    put,
    reasons,
)  # fmt: skip

#: Path, value, reason. Times are made when the test runs.
Rule = tuple[str, Any, str]
ACCOUNT = f"adaccounts/{MAIN}"


@pytest.fixture
def refusal(snap: SnapClient) -> Callable[..., list[str]]:
    def ask(parent: str, plural: str, fields: dict[str, Any]) -> list[str]:
        answer = snap.write(parent, plural, fields)
        found = reasons(answer)
        assert (answer.status_code == 400) is bool(found), answer.text
        return found

    return ask


Refusal = Callable[..., list[str]]


def now(value: Any) -> Any:
    return value() if callable(value) else value


# Campaigns ----------------------------------------------------------------------------------------------------------------

CAMPAIGNS: list[Rule] = [
    ("name", None, "E1001: name is required"),
    ("name", "x" * 376, "E1001: name exceeds the maximum length of 375"),
    ("name", 7, "E1001: name must be a string"),
    ("status", None, "E1001: status is required"),
    ("status", "DELETED", "E1001: status DELETED is not one of ACTIVE, PAUSED"),
    ("ad_account_id", JAPAN, "E1001: ad_account_id does not match the request path"),
    ("ad_account_id", None, "E1001: ad_account_id is required"),
    ("objective_v2_properties", None, "E1001: objective_v2_properties is required"),
    ("objective_v2_properties.objective_v2_type", "BRAND_AWARENESS", "E1001: objective_v2_properties.objective_v2_type"),
    ("objective_v2_properties.promotion_type", "", "promotion_type must not be empty"),
    ("objective", "WEB_CONVERSION", "E1001: objective is no longer supported, use objective_v2_properties"),
    ("daily_budget_micro", 19_999_999, "E1001: daily_budget_micro 19999999 is below the minimum of 20000000"),
    ("daily_budget_micro", 50.5, "E1001: daily_budget_micro must be an integer"),
    ("daily_budget_micro", "50000000", "E1001: daily_budget_micro must be an integer"),
    ("lifetime_spend_cap_micro", 1, "E1001: lifetime_spend_cap_micro 1 is below the minimum"),
    ("start_time", None, "E1001: start_time is required"),
    ("start_time", lambda: ahead(-1), "E1001: start_time must not be in the past"),
    ("start_time", "2030-01-01", "E1001: start_time must be an ISO 8601 time"),
    ("start_time", "2030-01-01T10:00:00", "E1001: start_time must be an ISO 8601 time"),
    ("end_time", lambda: ahead(4), "E1001: end_time must be after start_time"),
    ("end_time", lambda: ahead(-4), "E1001: end_time must not be in the past"),
    ("buy_model", "RESERVED", "E1001: buy_model RESERVED is not one of AUCTION"),
    ("delivery_status", ["VALID"], "E1001: delivery_status is read-only"),
    ("budget", 1, "E1001: unknown parameter budget"),
    ("id", NOWHERE, "E1001: id must not be set on creation"),
    ("regulations", {"restricted_delivery_signals": True}, "is not set on the ad account"),
    ("regulations", {"housing": True}, "E1001: unknown parameter regulations.housing"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "reason"), CAMPAIGNS)
def test_a_campaign_is_refused(refusal: Refusal, path: str, value: Any, reason: str) -> None:
    (found,) = refusal(ACCOUNT, "campaigns", put(campaign(), path, now(value)))

    assert reason in found


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "x" * 375),
        ("end_time", None),
        ("daily_budget_micro", None),
        ("daily_budget_micro", 20_000_000),
        ("start_time", lambda: ahead(0)),
        ("start_time", "2099-01-01T10:00:00+02:00"),
        ("regulations", {"restricted_delivery_signals": False}),
    ],
)
def test_a_campaign_passes(refusal: Refusal, path: str, value: Any) -> None:
    fields = put(campaign(), path, now(value))
    if "2099" in str(value):
        del fields["end_time"]

    assert refusal(ACCOUNT, "campaigns", fields) == []


# Ad squads ----------------------------------------------------------------------------------------------------------------

LANGUAGE = {"min_age": "25", "languages": ["en"]}
TWO = [{"country_code": "us"}, {"country_code": "ca"}]
AD_SQUADS: list[Rule] = [
    ("campaign_id", NOWHERE, "E1001: campaign_id does not match the request path"),
    ("type", "STORY", "E1001: type STORY is not one of SNAP_ADS"),
    ("billing_event", "SWIPE", "E1001: billing_event SWIPE"),
    ("bid_strategy", None, "E1001: bid_strategy is required"),
    ("bid_strategy", "LOWEST_COST_WITH_MAX_BID", "E1001: bid_micro is required with LOWEST_COST_WITH_MAX_BID"),
    ("bid_micro", 1_000_000, "E2002: bid_micro must not be set with AUTO_BID"),
    ("auto_bid", True, "E1001: auto_bid is no longer supported, use bid_strategy"),
    ("pacing_type", "ACCELERATED", "E2002: pacing_type ACCELERATED needs LOWEST_COST_WITH_MAX_BID"),
    ("placement", "SNAP_ADS", "E1001: placement is no longer supported, use placement_v2"),
    ("placement_v2", {"config": "AUTOMATIC", "snapchat_positions": ["FEED"]}, "E2002: placement_v2.snapchat_positions"),
    ("placement_v2", {"config": "CUSTOM", "snapchat_positions": ["TV"]}, "E21011: placement_v2.snapchat_positions"),
    ("daily_budget_micro", 4_999_999, "E1001: daily_budget_micro 4999999 is below the minimum of 5000000"),
    ("daily_budget_micro", None, "E1001: exactly one of daily_budget_micro and lifetime_budget_micro"),
    ("lifetime_budget_micro", 90_000_000, "E1001: exactly one of daily_budget_micro and lifetime_budget_micro"),
    ("delivery_constraint", "LIFETIME_BUDGET", "E1001: delivery_constraint must be DAILY_BUDGET"),
    ("delivery_constraint", None, "E1001: delivery_constraint is required"),
    ("optimization_goal", "CLICKS", "E1001: optimization_goal CLICKS"),
    ("pixel_id", None, "E1001: pixel_id is required with PIXEL_PURCHASE"),
    ("pixel_id", NOWHERE, f"E1001: pixel_id {NOWHERE} is not a pixel of the ad account"),
    ("conversion_window", "SWIPE_1DAY", "E1001: conversion_window SWIPE_1DAY"),
    ("start_time", lambda: ahead(2), "E1001: start_time must be within the dates of the campaign"),
    ("start_time", lambda: ahead(40), "E1001: start_time must be within the dates of the campaign"),
    ("end_time", lambda: ahead(31), "E1001: end_time must be within the dates of the campaign"),
    ("end_time", lambda: ahead(5.5), "E1001: end_time must be after start_time"),
    ("targeting", None, "E1001: targeting is required"),
    ("targeting.geos", [], "E1001: targeting.geos is required"),
    ("targeting.geos", [{"country_code": "us", "operation": "EXCLUDE"}], "E1001: targeting.geos is required"),
    ("targeting.geos", [{"country_code": "US"}], "country_code US is not a lower-case country code"),
    ("targeting.geos", [{"country_code": "us", "region_id": ["999"]}], "region_id 999 is not a region of us"),
    ("targeting.geos", [{"country_code": "us", "city": 1}], "unknown parameter targeting.geos.city"),
    ("targeting.geos", TWO, "must have one entry with languages for multi-country targeting"),
    ("targeting.demographics", [{"min_age": "12"}], "min_age 12 must be 13 or more"),
    ("targeting.demographics", [{"min_age": "40", "max_age": "30"}], "min_age is above max_age"),
    ("targeting.demographics", [{"min_age": "25", "age_groups": ["25-34"]}], "not both"),
    ("targeting.demographics", [{"age_groups": ["25-35"]}], "age_groups are 13-17"),
    ("targeting.demographics", [{"gender": "FEMALES"}], "gender FEMALES"),
    ("targeting.demographics", [{"languages": ["xx"]}], "languages xx is not supported"),
    ("targeting.interests", [{"category_id": ["SLC_999"]}], "category_id SLC_999 does not exist"),
    ("targeting.interests", [{"category_id": "SLC_7"}], "category_id must be a list"),
    ("targeting.interests", [{"category_id": []}], "category_id is required"),
    ("targeting.keywords", ["shoes"], "unknown parameter targeting.keywords"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "reason"), AD_SQUADS)
def test_an_ad_squad_is_refused(snap: SnapClient, refusal: Refusal, path: str, value: Any, reason: str) -> None:
    parent = snap.campaign()["id"]

    (found,) = refusal(f"campaigns/{parent}", "adsquads", put(ad_squad(parent), path, now(value)))

    assert reason in found


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"end_time": None},
        {"bid_strategy": "TARGET_COST", "bid_micro": 10_000},
        {"bid_strategy": "LOWEST_COST_WITH_MAX_BID", "bid_micro": 500_000_000, "pacing_type": "ACCELERATED"},
        {"daily_budget_micro": 5_000_000},
        {"daily_budget_micro": None, "lifetime_budget_micro": 5_000_000, "delivery_constraint": "LIFETIME_BUDGET"},
        {"placement_v2": {"config": "CUSTOM", "platforms": ["SNAPCHAT"], "snapchat_positions": ["FEED"]}},
        {"optimization_goal": "SWIPES", "pixel_id": None, "conversion_window": None},
        {"targeting": {"geos": TWO, "demographics": [LANGUAGE]}},
        {"targeting": {"geos": [{"country_code": "us", "region_id": ["5"]}]}},
        {"targeting": {"geos": [{"country_code": "us"}], "demographics": [{"age_groups": ["55+"], "gender": "MALE"}]}},
    ],
)
def test_an_ad_squad_passes(snap: SnapClient, refusal: Refusal, changes: dict[str, Any]) -> None:
    parent = snap.campaign()["id"]

    assert refusal(f"campaigns/{parent}", "adsquads", ad_squad(parent, **changes)) == []


def test_a_lifetime_budget_wants_an_end(snap: SnapClient, refusal: Refusal) -> None:
    parent = snap.campaign(end_time=None)["id"]
    lifetime = {
        "daily_budget_micro": None, "lifetime_budget_micro": 90_000_000, "delivery_constraint": "LIFETIME_BUDGET",
    }  # fmt: skip

    (found,) = refusal(f"campaigns/{parent}", "adsquads", ad_squad(parent, **lifetime, end_time=None))
    assert found == "E1001: end_time is required with lifetime_budget_micro"


def test_a_goal_without_a_pixel_has_no_window(snap: SnapClient, refusal: Refusal) -> None:
    parent = snap.campaign()["id"]

    (found,) = refusal(f"campaigns/{parent}", "adsquads", ad_squad(parent, optimization_goal="SWIPES"))
    assert found == "E1001: conversion_window is not supported with SWIPES"


def test_the_largest_bid_depends_on_the_currency(snap: SnapClient, sandbox: SandboxProcess, refusal: Refusal) -> None:
    parent = snap.campaign()["id"]
    bid = {"bid_strategy": "LOWEST_COST_WITH_MAX_BID", "bid_micro": 500_000_001}

    (found,) = refusal(f"campaigns/{parent}", "adsquads", ad_squad(parent, **bid))
    assert "is above the maximum" in found


def test_a_pixel_of_another_account_is_refused(snap: SnapClient, sandbox: SandboxProcess, refusal: Refusal) -> None:
    sandbox.post("seed", platform="snapchat", assets={"pixel": [{"id": PIXEL, "name": "Theirs", "accounts": [JAPAN]}]})
    parent = snap.campaign()["id"]

    (found,) = refusal(f"campaigns/{parent}", "adsquads", ad_squad(parent))
    assert "is not a pixel of the ad account" in found


@pytest.mark.parametrize(
    ("targeting", "is_refused"),
    [
        ({"geos": [{"country_code": "us"}], "demographics": [{"min_age": "18"}]}, False),
        ({"geos": [{"country_code": "us"}], "demographics": [{"min_age": "25"}]}, True),
        ({"geos": [{"country_code": "us"}], "demographics": [{"min_age": "18", "max_age": "40"}]}, True),
        ({"geos": [{"country_code": "us"}], "demographics": [{"gender": "MALE"}]}, True),
        ({"geos": [{"country_code": "us", "region_id": ["5"]}]}, True),
    ],
)
def test_housing_credit_and_employment_may_not_be_narrowed(
    snap: SnapClient, refusal: Refusal, targeting: dict[str, Any], is_refused: bool
) -> None:
    declared = campaign(HOMES, regulations={"restricted_delivery_signals": True})
    parent = snap.make(f"adaccounts/{HOMES}", "campaigns", declared)["id"]

    found = refusal(f"campaigns/{parent}", "adsquads", ad_squad(parent, targeting=targeting))
    assert bool(found) is is_refused
    assert all("can not be narrowed for housing, credit or employment" in reason for reason in found)


# Creatives ----------------------------------------------------------------------------------------------------------------

CREATIVES: list[Rule] = [
    ("headline", None, "E1001: headline is required"),
    ("headline", "x" * 35, "E1001: headline exceeds the maximum length of 34"),
    ("brand_name", "x" * 33, "E1001: brand_name exceeds the maximum length of 32"),
    ("call_to_action", "LEARN_MORE", "E1001: call_to_action LEARN_MORE"),
    ("type", "LENS", "E1001: type LENS"),
    ("web_view_properties", None, "E1001: web_view_properties is required"),
    ("web_view_properties.url", "http://shop.example.com", "url must be an https URL"),
    ("web_view_properties.url", "https://", "url must be an https URL"),
    ("web_view_properties.url", "https://a.example/" + "x" * 2_048, "exceeds the maximum length of 2048"),
    ("profile_properties", None, "E2652: A Public Profile is required"),
    ("profile_properties", {}, "E2652: A Public Profile is required"),
    ("profile_properties.profile_id", NOWHERE, "is not a profile of the organization"),
    ("top_snap_media_id", None, "E1001: top_snap_media_id is required"),
    ("top_snap_media_id", NOWHERE, "is not in the ad account"),
    ("shareable", "yes", "E1001: shareable must be true or false"),
    ("status", "PAUSED", "E1001: unknown parameter status"),
    ("review_status", "APPROVED", "E1001: review_status is read-only"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "reason"), CREATIVES)
def test_a_creative_is_refused(snap: SnapClient, refusal: Refusal, path: str, value: Any, reason: str) -> None:
    (found,) = refusal(ACCOUNT, "creatives", put(creative(snap.media()["id"]), path, value))

    assert reason in found


def test_a_creative_needs_a_file_that_is_there_and_ready(
    snap: SnapClient, sandbox: SandboxProcess, refusal: Refusal
) -> None:
    empty = snap.make(ACCOUNT, "media", {"name": "Empty", "type": "IMAGE", "ad_account_id": MAIN})
    sandbox.post("settings", snapchat_processing_seconds=60)
    in_work = snap.media(film(), "VIDEO")
    theirs = snap.media(account=JAPAN)

    for media_id in (empty["id"], in_work["id"]):
        assert refusal(ACCOUNT, "creatives", creative(media_id)) == [
            f"E1001: media {media_id} hasn't been uploaded yet"
        ]  # fmt: skip
    assert "is not in the ad account" in refusal(ACCOUNT, "creatives", creative(theirs["id"]))[0]
    sandbox.post("settings", snapchat_processing_seconds=0)
    assert refusal(ACCOUNT, "creatives", creative(in_work["id"])) == []


@pytest.mark.parametrize(
    ("width", "height", "is_taken"),
    [(1080, 1920, True), (1440, 2560, True), (1080, 1080, False), (540, 960, False), (1920, 1080, False)],
)
def test_a_top_snap_is_upright_and_large(
    snap: SnapClient, refusal: Refusal, width: int, height: int, is_taken: bool
) -> None:
    found = refusal(ACCOUNT, "creatives", creative(snap.media(picture(width, height))["id"]))

    expected = [] if is_taken else [f"E2601: Top snap media must be 1080x1920, not {width}x{height}"]
    assert found == expected


def test_a_snap_without_a_page_has_no_button(snap: SnapClient, refusal: Refusal) -> None:
    fields = creative(snap.media()["id"], type="SNAP_AD")
    bare = {name: value for name, value in fields.items() if name not in ("call_to_action", "web_view_properties")}

    assert "E2002: call_to_action must be null for SNAP_AD" in refusal(ACCOUNT, "creatives", fields)
    assert refusal(ACCOUNT, "creatives", bare) == []


# Ads ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("creative_id", None, "E1001: creative_id is required"),
        ("creative_id", NOWHERE, "is not in the ad account"),
        ("ad_squad_id", NOWHERE, "E1001: ad_squad_id does not match the request path"),
        ("type", "SNAP_AD", "E1008: the ad type SNAP_AD does not match the creative type WEB_VIEW"),
        ("type", "BANNER", "E1001: type BANNER"),
        ("status", "ON", "E1001: status ON"),
        ("headline", "x", "E1001: unknown parameter headline"),
    ],
)
def test_an_ad_is_refused(snap: SnapClient, refusal: Refusal, path: str, value: Any, reason: str) -> None:
    parent, shown = snap.ad_squad()["id"], snap.creative()["id"]

    (found,) = refusal(f"adsquads/{parent}", "ads", put(ad(parent, shown), path, value))

    assert reason in found


def test_the_client_s_own_objects_pass(snap: SnapClient) -> None:
    """The ground all refusals above stand on."""
    squad = snap.ad_squad()
    made = snap.make(f"adsquads/{squad['id']}", "ads", ad(squad["id"], snap.creative()["id"]))

    assert snap_client.reasons(snap.call("GET", f"ads/{made['id']}")) == []
