"""What the sandbox's TikTok refuses when something is made, each rule by one change to an object that passes."""

from __future__ import annotations

from typing import Any

import pytest

from .process import SandboxProcess
from .tiktok_client import (
    CALIFORNIA,
    CENTER,
    CLOSED,
    EUROPE,
    FOREIGN_PIXEL,
    GERMANY,
    JAPAN,
    JAPAN_PLACE,
    LINKED,
    MADE_UP,
    MAIN,
    PIXEL,
    PRIVATE,
    SHARED,
    SHARED_BUDGET,
    TEST,
    UK,
    US,
    TikTokClient,
    ad_group,
    campaign,
    creative,
    utc,
)

Fields = dict[str, Any]
INVALID, GATED, MISSING = 40002, 40118, 40007
LONG = "x" * 513

# Campaigns ------------------------------------------------------------------------------------------------------------

CAMPAIGN_RULES: list[tuple[Fields, int, str]] = [
    ({"campaign_name": None}, INVALID, "campaign_name"),
    ({"campaign_name": ""}, INVALID, "campaign_name"),
    ({"campaign_name": LONG}, INVALID, "campaign_name"),
    ({"campaign_name": "夏" * 257}, INVALID, "campaign_name"),
    ({"campaign_name": "Spring 🎉"}, INVALID, "campaign_name"),
    ({"campaign_name": 7}, INVALID, "campaign_name"),
    ({"objective_type": None}, INVALID, "objective_type"),
    ({"objective_type": "CONVERSIONS"}, INVALID, "objective_type"),
    ({"objective_type": "SALES"}, INVALID, "objective_type"),
    ({"objective_type": "RF_REACH"}, GATED, "objective_type"),
    ({"objective_type": "PRODUCT_SALES"}, GATED, "objective_type"),
    ({"objective_type": "APP_PROMOTION"}, INVALID, "app_promotion_type"),
    ({"budget_mode": None}, INVALID, "budget_mode"),
    ({"budget_mode": "BUDGET_MODE_WEEK"}, INVALID, "budget_mode"),
    ({"budget_mode": "BUDGET_MODE_DAY"}, INVALID, "budget"),
    ({"budget": 100}, INVALID, "budget"),  # without a limit there is none
    ({"budget_mode": "BUDGET_MODE_DAY", "budget": 49.99}, INVALID, "budget"),
    ({"budget_mode": "BUDGET_MODE_DAY", "budget": 50.001}, INVALID, "budget"),
    ({"budget_mode": "BUDGET_MODE_DAY", "budget": 10_000_000}, INVALID, "budget"),
    ({"budget_mode": "BUDGET_MODE_DAY", "budget": "100"}, INVALID, "budget"),
    ({"budget_mode": "BUDGET_MODE_DAY", "budget": True}, INVALID, "budget"),
    ({"budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "budget": 100}, INVALID, "budget_mode"),
    ({"budget_optimize_on": True}, INVALID, "budget_mode"),
    ({**SHARED_BUDGET, "budget_optimize_on": "true"}, INVALID, "budget_optimize_on"),
    ({**SHARED_BUDGET, "objective_type": "REACH"}, GATED, "budget_mode"),
    ({"operation_status": "PAUSED"}, INVALID, "operation_status"),
    ({"special_industries": ["POLITICS"]}, INVALID, "special_industries"),
    ({"special_industries": "HOUSING"}, INVALID, "special_industries"),
    ({"special_industries": ["HOUSING", "HOUSING"]}, INVALID, "special_industries"),
    ({"request_id": "abc"}, INVALID, "request_id"),
    ({"request_id": str(2**63)}, INVALID, "request_id"),
    ({"request_id": 7}, INVALID, "request_id"),
    ({"bid_type": "BID_TYPE_NO_BID"}, INVALID, "bid_type"),
    ({"optimization_goal": "CLICK"}, INVALID, "optimization_goal"),
    ({"campaign_nam": "x"}, INVALID, "campaign_nam"),
]


@pytest.mark.parametrize(("changes", "code", "said"), CAMPAIGN_RULES)
def test_a_campaign_is_refused(tiktok: TikTokClient, changes: Fields, code: int, said: str) -> None:
    refused, message = tiktok.refusal("campaign/create/", **(campaign() | changes))

    assert refused == code
    assert said in message
    assert tiktok.get("campaign/get/")["list"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"campaign_name": "x" * 512},
        {"campaign_name": "夏" * 256},
        {"campaign_name": "50% off – €5 → €3 ©"},
        {"request_id": str(2**63 - 1)},
        {"budget_mode": "BUDGET_MODE_DAY", "budget": 50},
        {"budget_mode": "BUDGET_MODE_TOTAL", "budget": 9_999_999.99},
        SHARED_BUDGET,
        {**SHARED_BUDGET, "budget_mode": "BUDGET_MODE_TOTAL"},
        {"objective_type": "REACH"},
        {"objective_type": "VIDEO_VIEWS"},
        {"objective_type": "LEAD_GENERATION"},
        {"special_industries": ["HOUSING", "CREDIT"]},
        {"virtual_objective_type": "SALES", "sales_destination": "WEBSITE"},
    ],
)
def test_a_campaign_is_made(tiktok: TikTokClient, changes: Fields) -> None:
    made = tiktok.campaign(**changes)

    assert made.isdigit()
    assert [row["campaign_id"] for row in tiktok.get("campaign/get/")["list"]] == [made]


@pytest.mark.parametrize(
    ("advertiser", "amount", "said"),
    [(JAPAN, 4999, "at least 5000 JPY"), (JAPAN, 5000.5, "no more decimals"), (EUROPE, 49, "at least 50 EUR")],
)
def test_budgets_follow_the_accounts_currency(tiktok: TikTokClient, advertiser: str, amount: float, said: str) -> None:
    tiktok.advertiser = advertiser
    daily = {"budget_mode": "BUDGET_MODE_DAY"}

    assert said in tiktok.refusal("campaign/create/", **(campaign() | daily | {"budget": amount}))[1]
    assert tiktok.campaign(**daily, budget=5000)


def test_special_industries_are_gated_outside_their_regions(tiktok: TikTokClient) -> None:
    tiktok.advertiser = EUROPE

    assert tiktok.refusal("campaign/create/", **(campaign() | {"special_industries": ["HOUSING"]}))[0] == GATED


def test_a_name_is_taken_only_where_no_request_id_is_sent(tiktok: TikTokClient) -> None:
    tiktok.campaign()
    tiktok.campaign()

    code, message = tiktok.refusal("campaign/create/", **(campaign() | {"request_id": None}))
    assert (code, "already exists" in message) == (INVALID, True)
    assert tiktok.campaign(request_id=None, campaign_name="Another")


def test_a_repeated_request_makes_nothing_new(sandbox: SandboxProcess, tiktok: TikTokClient) -> None:
    body = campaign()
    first = tiktok.campaign(**body)

    assert tiktok.refusal("campaign/create/", **body)[0] == 40050
    sandbox.post("settings", tiktok_repeat="same")
    assert tiktok.campaign(**body) == first
    assert len(tiktok.get("campaign/get/")["list"]) == 1


def test_what_is_made_without_a_status_is_on(tiktok: TikTokClient, sandbox: SandboxProcess) -> None:
    campaign_id = tiktok.campaign(operation_status=None)
    group = tiktok.ad_group(campaign_id, operation_status=None)
    tiktok.ads(group, tiktok.carousel(operation_status=None))

    rows = [row for row in sandbox.get("objects", platform="tiktok") if row["kind"] in ("campaign", "ad_set", "ad")]
    assert {row["status"] for row in rows} == {"ENABLE"}
    assert all(row["first_on_at"] for row in rows)


# Ad groups ------------------------------------------------------------------------------------------------------------

GROUP_RULES: list[tuple[Fields, int, str]] = [
    *[({name: None}, INVALID, name) for name in (
        "adgroup_name", "budget_mode", "budget", "schedule_type", "schedule_start_time", "optimization_goal",
        "billing_event", "pacing", "promotion_type", "location_ids", "placements", "pixel_id", "optimization_event",
    )],
    ({"adgroup_name": LONG}, INVALID, "adgroup_name"),
    ({"adgroup_name": "US ☀"}, INVALID, "adgroup_name"),
    ({"campaign_id": "180000"}, MISSING, "180000"),
    ({"campaign_id": 180000}, INVALID, "campaign_id"),
    ({"promotion_type": "LEAD_GENERATION"}, INVALID, "promotion_type"),
    ({"promotion_target_type": "EXTERNAL_WEBSITE"}, INVALID, "promotion_target_type"),
    ({"placements": ["PLACEMENT_FACEBOOK"]}, INVALID, "placements"),
    ({"placements": []}, INVALID, "placements"),
    ({"budget_mode": "BUDGET_MODE_INFINITE"}, INVALID, "budget_mode"),
    ({"budget": 19.99}, INVALID, "budget"),
    ({"budget": 20.001}, INVALID, "budget"),
    ({"budget_mode": "BUDGET_MODE_TOTAL", "budget": 300}, INVALID, "schedule_type"),
    (
        {"budget_mode": "BUDGET_MODE_TOTAL", "budget": 199, "schedule_type": "SCHEDULE_START_END",
         "schedule_end_time": utc(17)},
        INVALID, "at least 200 USD",
    ),
    ({"schedule_type": "SCHEDULE_START_END"}, INVALID, "schedule_end_time"),
    ({"schedule_end_time": utc(30)}, INVALID, "schedule_end_time"),
    ({"schedule_start_time": "2027-06-01T09:00:00"}, INVALID, "schedule_start_time"),
    ({"schedule_start_time": "2027-02-30 09:00:00"}, INVALID, "schedule_start_time"),
    ({"schedule_start_time": utc(-1)}, INVALID, "schedule_start_time"),
    ({"schedule_type": "SCHEDULE_START_END", "schedule_end_time": utc(6)}, INVALID, "schedule_end_time"),
    ({"schedule_type": "SCHEDULE_START_END", "schedule_end_time": utc(-1)}, INVALID, "schedule_end_time"),
    ({"optimization_goal": "CLICK"}, INVALID, "optimization_goal"),
    ({"optimization_goal": "VIDEO_VIEW"}, INVALID, "optimization_goal"),
    ({"billing_event": "CPC"}, INVALID, "billing_event"),
    ({"billing_event": "OCPC"}, INVALID, "billing_event"),
    ({"pixel_id": FOREIGN_PIXEL}, INVALID, "pixel_id"),
    ({"optimization_event": "BUTTON"}, INVALID, "optimization_event"),
    ({"bid_type": "BID_TYPE_MAX"}, INVALID, "bid_type"),
    ({"bid_type": "BID_TYPE_CUSTOM"}, INVALID, "conversion_bid_price"),
    ({"pacing": "PACING_MODE_SLOW"}, INVALID, "pacing"),
    ({"location_ids": ["US"]}, INVALID, "location_ids"),
    ({"location_ids": [6252001]}, INVALID, "location_ids"),
    ({"location_ids": []}, INVALID, "location_ids"),
    ({"location_ids": [UK]}, INVALID, "location_ids"),  # not where the account is registered
    ({"location_ids": [US, CALIFORNIA]}, INVALID, "overlap"),
    ({"location_ids": [US, US]}, INVALID, "location_ids"),
    ({"age_groups": ["AGE_13_17"]}, INVALID, "age_groups"),
    ({"age_groups": ["AGE_18_30"]}, INVALID, "age_groups"),
    ({"gender": "FEMALE"}, INVALID, "gender"),
    ({"languages": ["English"]}, INVALID, "languages"),
    ({"interest_category_ids": ["1"]}, INVALID, "interest_category_ids"),
    ({"interest_category_ids": [15]}, INVALID, "interest_category_ids"),
    ({"auto_targeting_enabled": False}, INVALID, "auto_targeting_enabled"),
    ({"operation_status": "ON"}, INVALID, "operation_status"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "said"), GROUP_RULES)
def test_an_ad_group_is_refused(tiktok: TikTokClient, changes: Fields, code: int, said: str) -> None:
    refused, message = tiktok.refusal("adgroup/create/", **(ad_group(tiktok.campaign()) | changes))

    assert refused == code
    assert said in message
    assert tiktok.get("adgroup/get/")["list"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"budget": 20},
        {"optimization_event": "FORM"},
        {"location_ids": [CALIFORNIA, "6251999"]},
        {"location_ids": [JAPAN_PLACE], "age_groups": ["AGE_13_17"]},
        {"age_groups": None, "gender": None},
        {"languages": ["en", "zh-Hant"], "interest_category_ids": ["15", "25100"]},
        {"placement_type": "PLACEMENT_TYPE_AUTOMATIC", "placements": None},
        {"schedule_start_time": utc(-0.4)},  # some hours ago means now
        {"schedule_type": "SCHEDULE_START_END", "schedule_end_time": utc(8)},
        {
            "budget_mode": "BUDGET_MODE_TOTAL",
            "budget": 200,
            "schedule_type": "SCHEDULE_START_END",
            "schedule_end_time": utc(16.9),
        },
        {"bid_type": "BID_TYPE_CUSTOM", "conversion_bid_price": 5.5},
        {"optimization_goal": "VALUE"},
    ],
)
def test_an_ad_group_is_made(tiktok: TikTokClient, changes: Fields) -> None:
    assert tiktok.ad_group(tiktok.campaign(), **changes).isdigit()


#: Objective → fields of an ad group that goes with it, and changes that do not.
OBJECTIVES: dict[str, tuple[Fields, list[tuple[Fields, int, str]]]] = {
    "REACH": (
        {
            "promotion_type": "WEBSITE_OR_DISPLAY", "optimization_goal": "REACH", "billing_event": "CPM",
            "budget_mode": "BUDGET_MODE_DAY", "pixel_id": None, "optimization_event": None,
        },
        [
            ({"budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"}, GATED, "budget_mode"),
            ({"promotion_type": "WEBSITE"}, INVALID, "promotion_type"),
            ({"pixel_id": PIXEL, "optimization_event": "SHOPPING"}, INVALID, "optimization_event"),
        ],
    ),
    "TRAFFIC": (
        {"optimization_goal": "CLICK", "billing_event": "CPC", "pixel_id": None, "optimization_event": None},
        [
            ({"optimization_goal": "CONVERT", "billing_event": "OCPM"}, INVALID, "optimization_goal"),
            ({"optimization_event": "SHOPPING", "pixel_id": PIXEL}, INVALID, "optimization_event"),
            ({"promotion_type": None}, INVALID, "promotion_type"),
        ],
    ),
    "VIDEO_VIEWS": (
        {
            "promotion_type": None, "optimization_goal": "ENGAGED_VIEW", "billing_event": "CPV", "bid_display_mode": "CPV",
            "budget_mode": "BUDGET_MODE_DAY", "pixel_id": None, "optimization_event": None,
        },
        [({"bid_display_mode": None}, INVALID, "bid_display_mode"), ({"billing_event": "CPM"}, INVALID, "billing_event")],
    ),
    "LEAD_GENERATION": (
        {
            "promotion_type": "LEAD_GENERATION", "promotion_target_type": "EXTERNAL_WEBSITE",
            "optimization_goal": "CLICK", "billing_event": "CPC", "pixel_id": None, "optimization_event": None,
        },
        [
            ({"optimization_goal": "CONVERT", "billing_event": "OCPM"}, INVALID, "pixel_id"),
            ({"promotion_target_type": "WEBSITE"}, INVALID, "promotion_target_type"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_what_an_objective_takes_and_refuses(tiktok: TikTokClient, objective: str) -> None:
    fitting, wrong = OBJECTIVES[objective]
    campaign_id = tiktok.campaign(objective_type=objective)

    assert tiktok.ad_group(campaign_id, **fitting)
    for changes, code, said in wrong:
        refused, message = tiktok.refusal("adgroup/create/", **(ad_group(campaign_id) | fitting | changes))
        assert (refused, said in message) == (code, True), message


def test_special_industries_forbid_narrowing(tiktok: TikTokClient) -> None:
    campaign_id = tiktok.campaign(special_industries=["EMPLOYMENT"])

    assert "age_groups" in tiktok.refusal("adgroup/create/", **ad_group(campaign_id))[1]
    women = ad_group(campaign_id) | {"age_groups": None, "gender": "GENDER_FEMALE"}
    assert "gender" in tiktok.refusal("adgroup/create/", **women)[1]
    assert tiktok.ad_group(campaign_id, age_groups=None)


def test_ad_groups_of_a_shared_budget_repeat_the_first_ones_goal(tiktok: TikTokClient) -> None:
    campaign_id = tiktok.campaign(**SHARED_BUDGET)
    tiktok.ad_group(campaign_id)

    other = ad_group(campaign_id) | {"optimization_event": "FORM"}
    assert "optimization_event" in tiktok.refusal("adgroup/create/", **other)[1]
    assert "bid_type" in tiktok.refusal("adgroup/create/", **(ad_group(campaign_id) | {"bid_type": None}))[1]
    assert tiktok.ad_group(campaign_id)
    apart = tiktok.campaign()
    tiktok.ad_group(apart)
    assert tiktok.ad_group(apart, optimization_event="FORM")  # with budgets of their own they may differ


def test_a_daily_campaign_budget_takes_no_total_one_below(tiktok: TikTokClient) -> None:
    campaign_id = tiktok.campaign(budget_mode="BUDGET_MODE_DAY", budget=500)
    total = {"budget_mode": "BUDGET_MODE_TOTAL", "budget": 500, "schedule_type": "SCHEDULE_START_END",
             "schedule_end_time": utc(17)}  # fmt: skip

    assert "budget_mode" in tiktok.refusal("adgroup/create/", **(ad_group(campaign_id) | total))[1]


@pytest.mark.parametrize(("advertiser", "place"), [(MAIN, UK), (EUROPE, US), (EUROPE, JAPAN_PLACE)])
def test_an_account_reaches_the_countries_of_its_own_region(tiktok: TikTokClient, advertiser: str, place: str) -> None:
    tiktok.advertiser = advertiser
    group = ad_group(tiktok.campaign()) | {"location_ids": [place]}

    assert "location_ids" in tiktok.refusal("adgroup/create/", **group)[1]
    assert tiktok.ad_group(str(group["campaign_id"]), location_ids=[GERMANY])


def test_nothing_hangs_below_another_advertisers_campaign(tiktok: TikTokClient) -> None:
    foreign = tiktok.campaign()
    tiktok.advertiser = TEST

    assert tiktok.refusal("adgroup/create/", **ad_group(foreign))[0] == MISSING


# Ads ------------------------------------------------------------------------------------------------------------------

AD_RULES: list[tuple[Fields, str]] = [
    *[({name: None}, f"creatives.0.{name}") for name in (
        "ad_name", "ad_format", "identity_type", "identity_id", "ad_text", "call_to_action", "landing_page_url",
        "image_ids", "music_id",
    )],
    ({"ad_name": LONG}, "creatives.0.ad_name"),
    ({"ad_name": "Ad 🎉"}, "creatives.0.ad_name"),
    ({"ad_text": "x" * 101}, "creatives.0.ad_text"),
    ({"ad_text": "夏" * 51}, "creatives.0.ad_text"),
    ({"ad_text": "Sale ⭐"}, "creatives.0.ad_text"),
    ({"ad_text": ""}, "creatives.0.ad_text"),
    ({"call_to_action": "BUY_NOW"}, "creatives.0.call_to_action"),
    ({"landing_page_url": "shop.example"}, "creatives.0.landing_page_url"),
    ({"landing_page_url": "https://localhost/x"}, "creatives.0.landing_page_url"),
    ({"landing_page_url": "ftp://shop.example"}, "creatives.0.landing_page_url"),
    ({"ad_format": "SINGLE_IMAGE"}, "creatives.0.ad_format"),
    ({"ad_format": "COLLECTION"}, "creatives.0.ad_format"),
    ({"video_id": "v1"}, "creatives.0.video_id"),
    ({"image_ids": ["ad-site-i18n-sg/none"]}, "creatives.0.image_ids"),
    ({"image_ids": []}, "creatives.0.image_ids"),
    ({"music_id": "1"}, "creatives.0.music_id"),
    ({"identity_id": "x"}, "creatives.0.identity_id"),
    ({"identity_id": PRIVATE}, "creatives.0.identity_id"),
    ({"identity_type": "BC_AUTH_TT"}, "creatives.0.identity_id"),
    ({"identity_type": "BC_AUTH_TT", "identity_id": SHARED}, "Incorrect source field"),
    ({"identity_authorized_bc_id": CENTER}, "Incorrect source field"),
    ({"identity_type": "CUSTOMIZED_USER", "identity_id": MADE_UP}, "creatives.0.identity_type"),
    (
        {"identity_type": "BC_AUTH_TT", "identity_id": SHARED, "identity_authorized_bc_id": CENTER,
         "dark_post_status": "OFF"},
        "creatives.0.dark_post_status",
    ),
    ({"tracking_pixel_id": FOREIGN_PIXEL}, "creatives.0.tracking_pixel_id"),
    ({"operation_status": "PAUSED"}, "creatives.0.operation_status"),
    ({"headline": "x"}, "creatives.0.headline"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "said"), AD_RULES)
def test_an_ad_is_refused(tiktok: TikTokClient, changes: Fields, said: str) -> None:
    group = tiktok.ad_group(tiktok.campaign())
    wrong = {name: value for name, value in (tiktok.carousel() | changes).items() if value is not None}

    code, message = tiktok.refusal("ad/create/", adgroup_id=group, creatives=[wrong])

    assert code == INVALID
    assert said in message
    assert tiktok.get("ad/get/")["list"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"ad_text": "x" * 100},
        {"ad_text": "夏" * 50},
        {"dark_post_status": "OFF"},
        {"identity_type": "BC_AUTH_TT", "identity_id": SHARED, "identity_authorized_bc_id": CENTER},
        {"tracking_pixel_id": PIXEL},
        {"identity_type": "TT_USER", "identity_id": LINKED},
    ],
)
def test_an_ad_is_made(tiktok: TikTokClient, changes: Fields) -> None:
    [made] = tiktok.ads(tiktok.ad_group(tiktok.campaign()), tiktok.carousel() | changes)

    assert made.isdigit()


def test_a_made_up_name_is_taken_where_it_still_may(tiktok: TikTokClient) -> None:
    tiktok.advertiser = TEST
    made_up = {"identity_type": "CUSTOMIZED_USER", "identity_id": MADE_UP}

    assert tiktok.ads(tiktok.ad_group(tiktok.campaign()), tiktok.carousel() | made_up)


def test_carousels_go_with_some_objectives_only(tiktok: TikTokClient) -> None:
    fitting, _ = OBJECTIVES["VIDEO_VIEWS"]
    group = tiktok.ad_group(tiktok.campaign(objective_type="VIDEO_VIEWS"), **fitting)

    assert "ad_format" in tiktok.refusal("ad/create/", adgroup_id=group, creatives=[tiktok.carousel()])[1]
    assert tiktok.ads(group, tiktok.film_ad())


@pytest.mark.parametrize(("size", "passes"), [((1242, 2340), True), ((1243, 2340), False), ((2341, 1242), False),
                                              ((2340, 1242), True), ((500, 1200), False)])  # fmt: skip
def test_pictures_of_a_carousel_have_their_bounds(tiktok: TikTokClient, size: tuple[int, int], passes: bool) -> None:
    group = tiktok.ad_group(tiktok.campaign())
    shown = tiktok.carousel() | {"image_ids": [tiktok.image(*size)]}

    answer = tiktok.ask("POST", "ad/create/", adgroup_id=group, creatives=[shown])

    assert (answer["code"] == 0) is passes
    assert passes or "cannot be used in a carousel" in answer["message"]


def test_a_film_needs_one_cover_of_its_own_shape(tiktok: TikTokClient) -> None:
    group = tiktok.ad_group(tiktok.campaign())
    film = tiktok.film_ad()
    square = tiktok.image(720, 720)

    wrong: list[tuple[Fields, str]] = [
        ({"image_ids": []}, "You must upload an image"),
        ({"image_ids": [square]}, "aspect ratio"),
        ({"image_ids": film["image_ids"] * 2}, "image_ids"),
        ({"video_id": "v1"}, "video_id"),
    ]
    for changes, said in wrong:
        assert said in tiktok.refusal("ad/create/", adgroup_id=group, creatives=[film | changes])[1]
    assert tiktok.ads(group, film)


def test_a_film_that_is_still_processed_has_to_wait(sandbox: SandboxProcess, tiktok: TikTokClient) -> None:
    group = tiktok.ad_group(tiktok.campaign())
    film = tiktok.film_ad()
    sandbox.post("settings", tiktok_video_seconds=3600)

    assert tiktok.refusal("ad/create/", adgroup_id=group, creatives=[film])[0] == 40901


@pytest.mark.parametrize(("count", "code"), [(0, INVALID), (1, 0), (20, 0), (21, INVALID)])
def test_up_to_twenty_ads_go_into_a_call(tiktok: TikTokClient, count: int, code: int) -> None:
    group = tiktok.ad_group(tiktok.campaign())
    shown = tiktok.carousel()
    creatives = [shown | {"ad_name": f"Ad {number}"} for number in range(count)]

    assert tiktok.ask("POST", "ad/create/", adgroup_id=group, creatives=creatives)["code"] == code


def test_an_ad_group_holds_fifty_ads(tiktok: TikTokClient) -> None:
    group = tiktok.ad_group(tiktok.campaign())
    shown = tiktok.carousel()
    for _ in range(5):
        tiktok.ads(group, *[shown] * 10)

    assert tiktok.refusal("ad/create/", adgroup_id=group, creatives=[shown])[0] == 40502


def test_one_wrong_ad_refuses_all_unless_it_is_set_otherwise(sandbox: SandboxProcess, tiktok: TikTokClient) -> None:
    group = tiktok.ad_group(tiktok.campaign())
    good, wrong = tiktok.carousel(), tiktok.carousel(ad_text="x" * 101)

    assert "creatives.1.ad_text" in tiktok.refusal("ad/create/", adgroup_id=group, creatives=[good, wrong])[1]
    assert tiktok.get("ad/get/")["list"] == []

    sandbox.post("settings", tiktok_partial_ads=True)
    answer = tiktok.ask("POST", "ad/create/", adgroup_id=group, creatives=[good, wrong])
    assert (answer["code"], len(answer["data"]["ad_ids"])) == (20001, 1)
    assert tiktok.refusal("ad/create/", adgroup_id=group, creatives=[wrong])[0] == INVALID


def test_one_ad_of_several_can_be_refused_by_order(tiktok: TikTokClient, sandbox: SandboxProcess) -> None:
    group, first, second = tiktok.ad_group(tiktok.campaign()), tiktok.carousel(), tiktok.carousel(ad_name="Second")
    sandbox.fault("refuse_item", path="/ad/create/$", platform="tiktok", value=0)

    answer = tiktok.ask("POST", "ad/create/", adgroup_id=group, creatives=[first, second])

    assert (answer["code"], len(answer["data"]["ad_ids"])) == (20001, 1)


@pytest.mark.parametrize("group", ["180000", None])
def test_ads_hang_below_an_ad_group(tiktok: TikTokClient, group: str | None) -> None:
    answer = tiktok.ask("POST", "ad/create/", adgroup_id=group, creatives=[creative()])

    assert answer["code"] == (MISSING if group else INVALID)


def test_nothing_is_made_in_a_closed_account(tiktok: TikTokClient) -> None:
    tiktok.advertiser = CLOSED

    assert tiktok.refusal("campaign/create/", **campaign())[0] == 40001
    assert tiktok.upload_image(b"x")["code"] == 40001
