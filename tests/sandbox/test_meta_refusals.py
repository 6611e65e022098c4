"""What Meta refuses when objects are made: each row is a change to parameters that pass."""

from __future__ import annotations

from typing import Any

import pytest

from .graph_client import (
    ACCOUNT,
    DISABLED_ACCOUNT,
    EURO_ACCOUNT,
    OTHER_ACCOUNT,
    PAGE,
    PIXEL,
    TARGETING,
    YEN_ACCOUNT,
    GraphClient,
    ad,
    ad_set,
    campaign,
    creative,
    link_spec,
    png,
)
from .process import SandboxProcess

CONVERSIONS = {
    "optimization_goal": "OFFSITE_CONVERSIONS",
    "promoted_object": {"pixel_id": PIXEL, "custom_event_type": "PURCHASE"},
}
GERMANY = TARGETING | {"geo_locations": {"countries": ["DE"]}}
LIFETIME = {"daily_budget": None, "lifetime_budget": "300000"}


def targeting(**changes: Any) -> dict[str, Any]:
    """The usual targeting with changes; None leaves a key out."""
    return {"targeting": {key: value for key, value in (TARGETING | changes).items() if value is not None}}


def blamed(error: dict[str, Any]) -> str | None:
    """The first parameter the error blames."""
    specs = error.get("error_data", {}).get("blame_field_specs")
    return specs[0][-1] if specs else None


CAMPAIGNS_ACCEPTED = {
    "as usual": {},
    "longest name": {"name": "x" * 400},
    "campaign budget": {"daily_budget": "5000", "is_adset_budget_sharing_enabled": None},
    "lifetime budget": {"lifetime_budget": "5000", "is_adset_budget_sharing_enabled": None},
    "with bid strategy": {"daily_budget": "5000", "bid_strategy": "COST_CAP", "is_adset_budget_sharing_enabled": None},
    "special category": {"special_ad_categories": ["HOUSING"], "special_ad_category_country": ["US"]},
    "category none": {"special_ad_categories": ["NONE"]},
    "sharing": {"is_adset_budget_sharing_enabled": "true", "bid_strategy": "LOWEST_COST_WITHOUT_CAP"},
}
# parameter changes, code, subcode, blamed parameter
CAMPAIGNS_REFUSED: dict[str, tuple[dict[str, Any], int, int | None, str | None]] = {
    "no name": ({"name": None}, 100, None, "name"),
    "name too long": ({"name": "x" * 401}, 100, None, "name"),
    "no objective": ({"objective": None}, 100, None, "objective"),
    "old objective": ({"objective": "CONVERSIONS"}, 100, None, "objective"),
    "unknown status": ({"status": "OFF"}, 100, None, "status"),
    "no special categories": ({"special_ad_categories": None}, 100, None, "special_ad_categories"),
    "unknown special category": ({"special_ad_categories": ["CARS"]}, 100, None, "special_ad_categories"),
    "special category without country": (
        {"special_ad_categories": ["HOUSING"]},
        100,
        None,
        "special_ad_category_country",
    ),
    "sharing not stated": (
        {"is_adset_budget_sharing_enabled": None},
        100,
        4834011,
        "is_adset_budget_sharing_enabled",
    ),
    "sharing without strategy": ({"is_adset_budget_sharing_enabled": "true"}, 100, 4834005, "bid_strategy"),
    "unknown parameter": ({"colour": "red"}, 100, None, "colour"),
    "not JSON": ({"special_ad_categories": "none"}, 100, None, "special_ad_categories"),
    "decimal budget": ({"daily_budget": "50.00"}, 100, None, "daily_budget"),
    "no budget at all": ({"daily_budget": "0"}, 100, None, "daily_budget"),
    "budget too low": ({"daily_budget": "99"}, 100, 1885272, "daily_budget"),
    "two budgets": ({"daily_budget": "5000", "lifetime_budget": "5000"}, 100, None, "daily_budget"),
    "strategy without budget": ({"bid_strategy": "LOWEST_COST_WITHOUT_CAP"}, 100, None, "bid_strategy"),
    "unknown strategy": ({"daily_budget": "5000", "bid_strategy": "LOWEST_COST"}, 100, None, "bid_strategy"),
}


@pytest.mark.parametrize("case", CAMPAIGNS_ACCEPTED)
def test_campaign_is_accepted(graph: GraphClient, case: str) -> None:
    assert graph.campaign(**CAMPAIGNS_ACCEPTED[case])


@pytest.mark.parametrize("case", CAMPAIGNS_REFUSED)
def test_campaign_is_refused(graph: GraphClient, sandbox: SandboxProcess, case: str) -> None:
    changes, code, subcode, parameter = CAMPAIGNS_REFUSED[case]

    error = graph.refusal("POST", f"{ACCOUNT}/campaigns", **campaign(**changes))

    assert (error["code"], error.get("error_subcode"), blamed(error)) == (code, subcode, parameter)
    assert sandbox.objects(kind="campaign") == []


AD_SETS_ACCEPTED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # changes to the campaign, changes to the ad set
    "as usual": ({}, {}),
    "least budget": ({}, {"daily_budget": "100"}),
    "lifetime": ({}, LIFETIME | {"end_time": "2030-01-01T00:00:00+0000", "lifetime_budget": "999999999"}),
    "under a campaign budget": (
        {"daily_budget": "5000", "is_adset_budget_sharing_enabled": None},
        {"daily_budget": None},
    ),
    "cost cap": ({}, {"bid_strategy": "COST_CAP", "bid_amount": "500"}),
    "unix times": ({}, {"start_time": "1893456000", "end_time": "1896134400"}),
    "end zero means none": ({}, {"end_time": "0"}),
    "no ages": ({}, targeting(age_min=None, age_max=None)),
    "cities": ({}, targeting(geo_locations={"cities": [{"key": "2490299", "radius": 25, "distance_unit": "mile"}]})),
    "advantage audience": ({}, targeting(age_min=18, age_max=65, targeting_automation={"advantage_audience": 1})),
    "men only, in English": ({}, targeting(genders=[1], locales=[1001])),
    "sales": ({"objective": "OUTCOME_SALES"}, CONVERSIONS),
    "awareness": (
        {"objective": "OUTCOME_AWARENESS"},
        {"optimization_goal": "REACH", "promoted_object": {"page_id": PAGE}},
    ),
    "engagement": (
        {"objective": "OUTCOME_ENGAGEMENT"},
        {"optimization_goal": "POST_ENGAGEMENT", "destination_type": "ON_POST", "promoted_object": {"page_id": PAGE}},
    ),
    "leads": (
        {"objective": "OUTCOME_LEADS"},
        CONVERSIONS | {"promoted_object": {"pixel_id": PIXEL, "custom_event_type": "LEAD"}},
    ),
    "Germany with beneficiary": ({}, {"targeting": GERMANY, "dsa_beneficiary": "Acme", "dsa_payor": "Acme"}),
}
AD_SETS_REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], int | None, str | None]] = {
    # changes to the campaign, changes to the ad set, subcode, blamed parameter
    "no name": ({}, {"name": None}, None, "name"),
    "unknown campaign": ({}, {"campaign_id": "120000000000000000"}, None, "campaign_id"),
    "unknown parameter": ({}, {"budget": "5"}, None, "budget"),
    "no targeting": ({}, {"targeting": None}, None, "targeting"),
    "no billing event": ({}, {"billing_event": None}, None, "billing_event"),
    "foreign billing event": ({}, {"billing_event": "THRUPLAY"}, None, "billing_event"),
    "budget at both levels": (
        {"daily_budget": "5000", "is_adset_budget_sharing_enabled": None},
        {},
        1885621,
        "daily_budget",
    ),
    "budget at no level": ({}, {"daily_budget": None}, None, "daily_budget"),
    "budget too low": ({}, {"daily_budget": "99"}, 1885272, "daily_budget"),
    "lifetime too low for its days": (
        {},
        LIFETIME | {"end_time": "2099-01-01T00:00:00+0000"},
        1885272,
        "lifetime_budget",
    ),
    "lifetime without end": ({}, LIFETIME, None, "end_time"),
    "strategy without budget": (
        {"daily_budget": "5000", "is_adset_budget_sharing_enabled": None},
        {"daily_budget": None, "bid_strategy": "LOWEST_COST_WITHOUT_CAP"},
        None,
        "bid_strategy",
    ),
    "cap without bid": ({}, {"bid_strategy": "COST_CAP"}, None, "bid_amount"),
    "bid without cap": ({}, {"bid_amount": "500"}, None, "bid_amount"),
    "time without offset": ({}, {"start_time": "2030-01-01T00:00:00"}, None, "start_time"),
    "no such day": ({}, {"start_time": "2030-02-30T00:00:00+0000"}, None, "start_time"),
    "end in the past": ({}, {"end_time": "2020-01-01T00:00:00+0000"}, None, "end_time"),
    "end before start": (
        {},
        {"start_time": "2030-01-02T00:00:00+0000", "end_time": "2030-01-01T00:00:00+0000"},
        None,
        "end_time",
    ),
    "daily for less than a day": (
        {},
        {"start_time": "2030-01-01T00:00:00+0000", "end_time": "2030-01-01T23:59:00+0000"},
        None,
        "end_time",
    ),
    "goal of another objective": ({}, {"optimization_goal": "VALUE"}, 2490408, "optimization_goal"),
    "unknown goal": ({}, {"optimization_goal": "FAME"}, None, "optimization_goal"),
    "landing page views for sales": (
        {"objective": "OUTCOME_SALES"},
        CONVERSIONS | {"optimization_goal": "LANDING_PAGE_VIEWS"},
        2490408,
        "optimization_goal",
    ),
    "sales without pixel": (
        {"objective": "OUTCOME_SALES"},
        CONVERSIONS | {"promoted_object": None},
        None,
        "pixel_id",
    ),
    "sales without event": (
        {"objective": "OUTCOME_SALES"},
        CONVERSIONS | {"promoted_object": {"pixel_id": PIXEL}},
        None,
        "custom_event_type",
    ),
    "unknown event": (
        {"objective": "OUTCOME_SALES"},
        CONVERSIONS | {"promoted_object": {"pixel_id": PIXEL, "custom_event_type": "BUY"}},
        None,
        "custom_event_type",
    ),
    "pixel of another account": (
        {"objective": "OUTCOME_SALES"},
        CONVERSIONS | {"promoted_object": {"pixel_id": "880011223344552", "custom_event_type": "PURCHASE"}},
        None,
        "pixel_id",
    ),
    "awareness without page": ({"objective": "OUTCOME_AWARENESS"}, {"optimization_goal": "REACH"}, None, "page_id"),
    "engagement without destination": (
        {"objective": "OUTCOME_ENGAGEMENT"},
        {"optimization_goal": "POST_ENGAGEMENT"},
        None,
        "destination_type",
    ),
    "no location": ({}, targeting(geo_locations={}), 1885364, "targeting"),
    "unknown country": ({}, targeting(geo_locations={"countries": ["XX"]}), None, "targeting"),
    "country without ads": ({}, targeting(geo_locations={"countries": ["KP"]}), None, "geo_locations"),
    "country in small letters": ({}, targeting(geo_locations={"countries": ["us"]}), None, "targeting"),
    "unknown city": ({}, targeting(geo_locations={"cities": [{"key": "1"}]}), None, "targeting"),
    "too young": ({}, targeting(age_min=12), None, "targeting"),
    "too old": ({}, targeting(age_max=66), None, "targeting"),
    "ages the wrong way round": ({}, targeting(age_min=50, age_max=40), None, "targeting"),
    "age as text": ({}, targeting(age_min="25"), None, "targeting"),
    "unknown gender": ({}, targeting(genders=[3]), None, "targeting"),
    "unknown locale": ({}, targeting(locales=[999999]), None, "targeting"),
    "unknown interest": ({}, targeting(flexible_spec=[{"interests": [{"id": "1"}]}]), None, "targeting"),
    "retired interest": (
        {},
        targeting(flexible_spec=[{"interests": [{"id": "6003109384433"}]}]),
        1487694,
        "targeting",
    ),
    "no advantage flag": ({}, targeting(targeting_automation=None), 1870227, "targeting"),
    "advantage with a maximum age": (
        {},
        targeting(targeting_automation={"advantage_audience": 1}),
        1870189,
        "targeting",
    ),
    "unknown targeting key": ({}, targeting(shoe_size=42), None, "targeting"),
    "targeting of the wrong shape": ({}, targeting(genders=1), None, "targeting"),
    "Germany without beneficiary": ({}, {"targeting": GERMANY}, None, "dsa_beneficiary"),
    "worldwide without beneficiary": (
        {},
        targeting(geo_locations={"country_groups": ["worldwide"]}),
        None,
        "dsa_beneficiary",
    ),
    "ages in a special category": (
        {"special_ad_categories": ["HOUSING"], "special_ad_category_country": ["US"]},
        {},
        None,
        "targeting",
    ),
}


@pytest.mark.parametrize("case", AD_SETS_ACCEPTED)
def test_ad_set_is_accepted(graph: GraphClient, case: str) -> None:
    campaign_changes, changes = AD_SETS_ACCEPTED[case]

    assert graph.ad_set(graph.campaign(**campaign_changes), **changes)


@pytest.mark.parametrize("case", AD_SETS_REFUSED)
def test_ad_set_is_refused(graph: GraphClient, sandbox: SandboxProcess, case: str) -> None:
    campaign_changes, changes, subcode, parameter = AD_SETS_REFUSED[case]
    parameters = ad_set(graph.campaign(**campaign_changes)) | changes
    parameters = {name: value for name, value in parameters.items() if value is not None}

    error = graph.refusal("POST", f"{ACCOUNT}/adsets", **parameters)

    assert (error["code"], error.get("error_subcode"), blamed(error)) == (100, subcode, parameter)
    assert sandbox.objects(kind="ad_set") == []


def test_the_account_s_own_beneficiary_stands_in(graph: GraphClient) -> None:
    account = "act_555111222"
    ad_set_id = graph.ad_set(graph.campaign(account), account, targeting=GERMANY)

    assert graph.get(ad_set_id, fields="dsa_payor")["dsa_payor"] == "Acme Europe GmbH"


def test_least_budgets_are_the_currency_s(graph: GraphClient) -> None:
    yen_campaign = graph.campaign(YEN_ACCOUNT)

    assert graph.refusal("POST", f"{YEN_ACCOUNT}/adsets", **ad_set(yen_campaign, daily_budget="149"))
    assert graph.ad_set(yen_campaign, YEN_ACCOUNT, daily_budget="150")


def test_a_parent_of_another_account_is_refused(graph: GraphClient) -> None:
    error = graph.refusal("POST", f"{OTHER_ACCOUNT}/adsets", **ad_set(graph.campaign()))

    assert blamed(error) == "campaign_id"


def test_nothing_is_added_to_a_deleted_campaign(graph: GraphClient) -> None:
    campaign_id = graph.campaign()
    graph.delete(campaign_id)

    assert blamed(graph.refusal("POST", f"{ACCOUNT}/adsets", **ad_set(campaign_id))) == "campaign_id"


def story(**changes: Any) -> dict[str, Any]:
    """A change of the link data's parts; the image is filled in by the test."""
    return {"link_data": changes}


CARD = {"link": "https://shop.example.com/a", "name": "A", "image_hash": "{image}"}
BUTTON_LINK = {"link": "https://shop.example.com"}
CREATIVES_ACCEPTED = {
    "as usual": {},
    "a page of this machine": story(link="http://127.0.0.1:8000/landing"),
    "carousel of two": story(child_attachments=[CARD, CARD]),
    "no button": story(call_to_action={"type": "NO_BUTTON"}),
    "telephone": story(call_to_action={"type": "CALL_NOW", "value": {"link": "tel:+15550100"}}),
}
CREATIVES_REFUSED: dict[str, tuple[dict[str, Any], int, int | None, str | None]] = {
    "no link": (story(link=None), 100, None, "link"),
    "plain http": (story(link="http://shop.example.com"), 100, None, "link"),
    "no web address": (story(link="shop.example.com"), 100, None, "link"),
    "image of nowhere": (story(image_hash="0" * 32), 100, None, "image_hash"),
    "free-text button": (story(call_to_action={"type": "Buy it", "value": BUTTON_LINK}), 100, None, "call_to_action"),
    "button without link": (story(call_to_action={"type": "SHOP_NOW"}), 100, None, "call_to_action"),
    "WhatsApp with a value": (
        story(call_to_action={"type": "WHATSAPP_MESSAGE", "value": BUTTON_LINK}),
        105,
        1815630,
        "call_to_action",
    ),
    "carousel of one": (story(child_attachments=[CARD]), 100, None, "child_attachments"),
    "carousel of eleven": (story(child_attachments=[CARD] * 11), 100, None, "child_attachments"),
    "card without image": (
        story(child_attachments=[CARD, {"link": "https://a.example"}]),
        100,
        None,
        "child_attachments",
    ),
    "unknown part": (story(headline="Sale"), 100, None, "link_data"),
}


def filled(value: Any, image_hash: str) -> Any:
    """The value with the image's hash in its place."""
    if isinstance(value, dict):
        return {key: filled(item, image_hash) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, image_hash) for item in value]
    return image_hash if value == "{image}" else value


@pytest.mark.parametrize("case", CREATIVES_ACCEPTED)
def test_creative_is_accepted(graph: GraphClient, case: str) -> None:
    image_hash = graph.image()
    changes = filled(CREATIVES_ACCEPTED[case].get("link_data", {}), image_hash)

    assert graph.post(
        f"{ACCOUNT}/adcreatives", **creative(image_hash, object_story_spec=link_spec(image_hash, **changes))
    )


@pytest.mark.parametrize("case", CREATIVES_REFUSED)
def test_creative_is_refused(graph: GraphClient, sandbox: SandboxProcess, case: str) -> None:
    changes, code, subcode, parameter = CREATIVES_REFUSED[case]
    image_hash = graph.image()
    spec = link_spec(image_hash, **filled(changes["link_data"], image_hash))

    error = graph.refusal("POST", f"{ACCOUNT}/adcreatives", name="C", object_story_spec=spec)

    assert (error["code"], error.get("error_subcode"), blamed(error)) == (code, subcode, parameter)
    assert sandbox.objects(kind="creative") == []


SPECS_REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no page": ({"page_id": None}, "page_id"),
    "page of someone else": ({"page_id": "999"}, "page_id"),
    "Instagram of someone else": ({"instagram_user_id": "999"}, "instagram_user_id"),
    "neither link nor video": ({"link_data": None}, "link_data"),
    "unknown part": ({"photo": {}}, "object_story_spec"),
}


@pytest.mark.parametrize("case", SPECS_REFUSED)
def test_story_spec_is_refused(graph: GraphClient, case: str) -> None:
    changes, parameter = SPECS_REFUSED[case]
    spec = {key: value for key, value in (link_spec(graph.image()) | changes).items() if value is not None}

    assert blamed(graph.refusal("POST", f"{ACCOUNT}/adcreatives", name="C", object_story_spec=spec)) == parameter


def test_an_image_is_only_good_for_its_own_account(graph: GraphClient) -> None:
    foreign = creative(graph.image(OTHER_ACCOUNT))

    assert blamed(graph.refusal("POST", f"{ACCOUNT}/adcreatives", **foreign)) == "image_hash"


def test_the_old_instagram_parameter_is_refused(graph: GraphClient) -> None:
    spec = link_spec(graph.image()) | {"instagram_actor_id": "17841400000000001"}

    error = graph.refusal("POST", f"{ACCOUNT}/adcreatives", name="C", object_story_spec=spec)
    assert "instagram_user_id" in error["message"]


def test_standard_enhancements_are_refused_and_single_features_are_not(graph: GraphClient) -> None:
    image_hash = graph.image()
    bundle = {"creative_features_spec": {"standard_enhancements": {"enroll_status": "OPT_OUT"}}}
    single = {"creative_features_spec": {"image_touchups": {"enroll_status": "OPT_OUT"}}}

    refused = creative(image_hash, degrees_of_freedom_spec=bundle)
    assert graph.refusal("POST", f"{ACCOUNT}/adcreatives", **refused)["error_subcode"] == 3858504
    assert graph.post(f"{ACCOUNT}/adcreatives", **creative(image_hash, degrees_of_freedom_spec=single))


def test_the_content_of_a_creative_cannot_be_changed(graph: GraphClient) -> None:
    creative_id = graph.creative()

    assert graph.refusal("POST", creative_id, url_tags="utm=1")["error_subcode"] == 1815573
    assert graph.post(creative_id, name="Another name")


ADS_REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"name": None}, "name"),
    "unknown ad set": ({"adset_id": "120000000000000000"}, "adset_id"),
    "no creative": ({"creative": None}, "creative"),
    "unknown creative": ({"creative": {"creative_id": "1"}}, "creative"),
    "creative as text": ({"creative": "120"}, "creative"),
    "unknown parameter": ({"bid": "1"}, "bid"),
}


@pytest.mark.parametrize("case", ADS_REFUSED)
def test_ad_is_refused(graph: GraphClient, sandbox: SandboxProcess, case: str) -> None:
    changes, parameter = ADS_REFUSED[case]
    usual = ad(graph.ad_set(graph.campaign()), graph.creative()) | changes
    parameters = {name: value for name, value in usual.items() if value is not None}

    assert blamed(graph.refusal("POST", f"{ACCOUNT}/ads", **parameters)) == parameter
    assert sandbox.objects(kind="ad") == []


def test_an_engagement_ad_set_without_promoted_object_shows_at_the_ad(graph: GraphClient) -> None:
    campaign_id = graph.campaign(objective="OUTCOME_ENGAGEMENT")
    ad_set_id = graph.ad_set(campaign_id, optimization_goal="POST_ENGAGEMENT", destination_type="ON_POST")

    error = graph.refusal("POST", f"{ACCOUNT}/ads", **ad(ad_set_id, graph.creative()))
    assert error["error_subcode"] == 1885154


def test_an_ad_set_takes_fifty_ads_and_no_more(graph: GraphClient) -> None:
    ad_set_id, creative_id = graph.ad_set(graph.campaign()), graph.creative()
    for _ in range(50):
        graph.ad(ad_set_id, creative_id)

    assert blamed(graph.refusal("POST", f"{ACCOUNT}/ads", **ad(ad_set_id, creative_id))) == "adset_id"


@pytest.mark.parametrize("content", [b"not an image", png()[:60], b""])
def test_what_is_no_image_is_refused(graph: GraphClient, content: bytes) -> None:
    error = graph.refusal("POST", f"{ACCOUNT}/adimages", files={"file": ("a.png", content, "image/png")})

    assert error["error_user_title"] == "Invalid image" or "required" in error["message"]


def test_the_same_bytes_have_the_same_hash(graph: GraphClient, sandbox: SandboxProcess) -> None:
    assert graph.image() == graph.image()
    assert len(sandbox.objects(kind="media")) == 1
    assert graph.image(colour="red") != graph.image()


def test_a_disabled_account_takes_no_writes(graph: GraphClient) -> None:
    assert graph.get(DISABLED_ACCOUNT, fields="account_status")["account_status"] == 2
    assert graph.refusal("POST", f"{DISABLED_ACCOUNT}/campaigns", **campaign())["code"] == 368


def test_a_person_who_may_only_analyse_makes_no_campaigns(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.post("seed", platform="meta", update_accounts={EURO_ACCOUNT: {"user_tasks": ["ANALYZE"]}})

    assert graph.refusal("POST", f"{EURO_ACCOUNT}/campaigns", **campaign())["code"] == 200


def test_validate_only_refuses_alike_and_makes_nothing(graph: GraphClient, sandbox: SandboxProcess) -> None:
    only = {"execution_options": ["validate_only"]}

    assert graph.post(f"{ACCOUNT}/campaigns", **campaign(), **only) == {"success": True}
    assert graph.refusal("POST", f"{ACCOUNT}/campaigns", **campaign(objective="SALES"), **only)["code"] == 100
    assert sandbox.objects(kind="campaign") == []


def test_what_is_made_without_a_status_is_switched_on(graph: GraphClient, sandbox: SandboxProcess) -> None:
    graph.campaign(status=None)

    row = sandbox.objects(kind="campaign")[0]
    assert row["status"] == "ACTIVE"
    assert row["first_on_at"] is not None
