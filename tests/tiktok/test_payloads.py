"""What TikTok is sent, by table: money, times, goals, targeting, ads, names."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.contracts import Account, Level, Step
from integrations.draft import CallToAction, Draft
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.tiktok import payloads, planning
from integrations.platforms.tiktok.capabilities import CAPABILITIES
from integrations.wallclock import moment
from tests.tiktok.drafts import (
    BERLIN,
    BLUE,
    CUSTOM,
    FILM,
    GREY,
    IDENTITY,
    MAIN,
    MUSIC,
    NOW,
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


def steps_of(content: Draft, account: Account = MAIN, now: datetime = NOW) -> dict[str, Step]:
    return {step.key.removeprefix("abcd2345-1-"): step for step in planning.plan(order(content, account, now))}


def fields(content: Draft, key: str, account: Account = MAIN, now: datetime = NOW) -> dict[str, Any]:
    return dict(steps_of(content, account, now)[key].payload["fields"])


def refusal(content: Draft, account: Account = MAIN, now: datetime = NOW) -> tuple[str, str]:
    with pytest.raises(PlatformError) as caught:
        steps_of(content, account, now)
    assert caught.value.kind is ErrorKind.INVALID
    return caught.value.code, caught.value.path


# Whole objects --------------------------------------------------------------------------------------------------------


def test_the_example_becomes_a_campaign_an_ad_group_and_a_carousel() -> None:
    assert fields(draft(), "c") == {
        "campaign_name": "Summer Sale [st-abcd2345-1-c]",
        "objective_type": "WEB_CONVERSIONS",
        "operation_status": "DISABLE",
        "request_id": payloads.request_id("abcd2345-1-c"),
        "budget_mode": "BUDGET_MODE_INFINITE",
    }
    assert fields(draft(), "s1") == {
        "campaign_id": {"$id": "abcd2345-1-c"},
        "adgroup_name": "US - 25-54 s1",
        "request_id": payloads.request_id("abcd2345-1-s1"),
        "operation_status": "DISABLE",
        "promotion_type": "WEBSITE",
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "placements": ["PLACEMENT_TIKTOK"],
        "optimization_goal": "CONVERT",
        "billing_event": "OCPM",
        "bid_type": "BID_TYPE_NO_BID",
        "pacing": "PACING_MODE_SMOOTH",
        "location_ids": [{"$country": "US"}],
        "age_groups": ["AGE_25_34", "AGE_35_44", "AGE_45_54"],
        "gender": "GENDER_UNLIMITED",
        "interest_category_ids": ["15"],
        "schedule_type": "SCHEDULE_START_END",
        "schedule_start_time": "2027-06-01 13:00:00",
        "schedule_end_time": "2027-09-01 03:59:00",
        "pixel_id": PIXEL,
        "optimization_event": "SHOPPING",
        "budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
        "budget": 500,
    }
    assert fields(draft(), "a1") == {
        "ad_name": "Summer Sale - Carousel a1",
        "operation_status": "DISABLE",
        "identity_type": "TT_USER",
        "identity_id": "11111111-2222-5333-8444-555555555551",
        "dark_post_status": "ON",
        "ad_text": "Everything must go: up to 50% off.",
        "call_to_action": "SHOP_NOW",
        "landing_page_url": "https://shop.example.com/summer?x=1&y=%C3%A4",
        "ad_format": "CAROUSEL_ADS",
        "image_ids": [{"$id": f"abcd2345-1-m-{RED[:10]}"}, {"$id": f"abcd2345-1-m-{BLUE[:10]}"}],
        "music_id": MUSIC,
    }


def test_everything_is_made_off() -> None:
    steps = steps_of(draft(ad_set("s1", ads=[ad(), video()]), ad_set("s2"))).values()
    made = [step for step in steps if step.level is not Level.MEDIA]

    assert [step.payload["fields"]["operation_status"] for step in made] == ["DISABLE"] * 6


# Money ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "sent"),
    [
        ("1000", "USD", 1000),
        ("30.5", "USD", 30.5),
        ("19.99", "EUR", 19.99),
        ("5000", "JPY", 5000),
        ("5000", "HUF", 5000),
        ("12.50", "KWD", 12.5),  # ISO 4217 has three decimals, TikTok two
        ("50000", "CLP", 50000),
        ("300000", "IDR", 300000),
        ("1000.00", "JPY", 1000),
        ("1E+3", "USD", 1000),
    ],
)
def test_budgets_are_in_major_units(amount: str, currency: str, sent: float) -> None:
    found = payloads.amount_in_units(Decimal(amount), currency, "x")

    assert found == sent
    assert isinstance(found, int) is (sent == int(sent))


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0.005", "USD"), ("10.5", "JPY"), ("10.5", "HUF"), ("1.255", "KWD"), ("0.5", "CLP"), ("0", "USD"), ("-1", "USD")],
)
def test_what_cannot_be_spent_exactly_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(PlatformError) as caught:
        payloads.amount_in_units(Decimal(amount), currency, "campaign.budget.amount")

    assert (caught.value.kind, caught.value.code) == (ErrorKind.INVALID, "INVALID_BUDGET")
    assert caught.value.path == "campaign.budget.amount"


def test_ad_sets_with_budgets_leave_the_campaign_without_one() -> None:
    content = draft(ad_set("s1", budget="500"), ad_set("s2", budget="250.50"))
    campaign = fields(content, "c")

    assert campaign["budget_mode"] == "BUDGET_MODE_INFINITE"
    assert not {"budget", "budget_optimize_on"} & set(campaign)
    assert (fields(content, "s1")["budget"], fields(content, "s2")["budget"]) == (500, 250.5)


def test_a_campaigns_budget_is_shared_out_and_repeated_where_one_is_required() -> None:
    content = draft(ad_set("s1", budget=None), ad_set("s2", budget=None))
    campaign = fields(content, "c")

    assert campaign["budget_optimize_on"] is True
    for found in (campaign, fields(content, "s1"), fields(content, "s2")):
        assert (found["budget_mode"], found["budget"]) == ("BUDGET_MODE_DYNAMIC_DAILY_BUDGET", 1000)


@pytest.mark.parametrize("objective", ["awareness", "video_views"])
def test_a_daily_budget_is_fixed_where_one_that_varies_needs_permission(objective: str) -> None:
    goal = {"awareness": "reach", "video_views": "video_views"}[objective]
    content = draft(ad_set(budget=None, optimization=goal, ads=[video("a1")]), objective=objective)

    assert fields(content, "c")["budget_mode"] == fields(content, "s1")["budget_mode"] == "BUDGET_MODE_DAY"


@pytest.mark.parametrize("level", ["campaign", "ad_set"])
def test_a_lifetime_budget_is_sent_as_one(level: str) -> None:
    content = draft(
        ad_set(budget=None if level == "campaign" else "9000"), budget={"amount": "9000", "type": "lifetime"}
    )

    for key in ("c", "s1") if level == "campaign" else ("s1",):
        assert (fields(content, key)["budget_mode"], fields(content, key)["budget"]) == ("BUDGET_MODE_TOTAL", 9000)
    assert fields(content, "s1")["schedule_type"] == "SCHEDULE_START_END"


# Times ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall_clock", "zone", "sent"),
    [
        ("2027-01-15T09:00", "America/New_York", "2027-01-15 14:00:00"),
        ("2027-06-01T09:00", "America/New_York", "2027-06-01 13:00:00"),
        ("2027-06-01T09:00", "Asia/Tokyo", "2027-06-01 00:00:00"),
        ("2027-06-01T09:00", "Asia/Kolkata", "2027-06-01 03:30:00"),
        ("2027-03-14T02:30", "America/New_York", "2027-03-14 07:30:00"),  # skipped in spring
        ("2027-11-07T01:30", "America/New_York", "2027-11-07 05:30:00"),  # twice in autumn: the first
        ("2027-03-28T02:30", "Europe/Berlin", "2027-03-28 01:30:00"),
        ("2027-10-31T02:30", "Europe/Berlin", "2027-10-31 00:30:00"),
        ("2027-12-31T23:59", "UTC", "2027-12-31 23:59:00"),
        ("2027-06-01T00:30", "Asia/Tokyo", "2027-05-31 15:30:00"),
    ],
)
def test_wall_clock_times_of_the_accounts_zone_become_utc(wall_clock: str, zone: str, sent: str) -> None:
    assert payloads.written(moment(datetime.fromisoformat(wall_clock), zone)) == sent


def test_start_and_end_stand_on_every_ad_group() -> None:
    content = draft(ad_set("s1"), ad_set("s2"))

    for key in ("s1", "s2"):
        found = fields(content, key, TOKYO)
        assert found["schedule_start_time"] == "2027-06-01 00:00:00"
        assert found["schedule_end_time"] == "2027-08-31 14:59:00"


def test_without_an_end_none_is_sent() -> None:
    found = fields(draft(schedule={"start": "2027-06-01T09:00"}), "s1")

    assert found["schedule_type"] == "SCHEDULE_FROM_NOW"
    assert "schedule_end_time" not in found


@pytest.mark.parametrize(
    ("start", "now", "sent"),
    [
        ("2027-06-01T09:00", datetime(2027, 6, 1, 12, 59, tzinfo=UTC), "2027-06-01 13:00:00"),
        ("2027-06-01T09:00", datetime(2027, 6, 1, 13, 1, tzinfo=UTC), "2027-06-01 13:01:00"),
        ("2027-06-01T09:00", datetime(2027, 7, 1, 0, 0, tzinfo=UTC), "2027-07-01 00:00:00"),
        (None, datetime(2027, 6, 2, 0, 0, tzinfo=UTC), "2027-06-02 00:00:00"),
    ],
)
def test_a_start_that_has_passed_means_now(start: str | None, now: datetime, sent: str) -> None:
    content = draft(schedule={"start": start, "end": "2027-08-31"})

    assert fields(content, "s1", now=now)["schedule_start_time"] == sent


def test_an_end_that_has_passed_is_refused() -> None:
    assert refusal(draft(), now=datetime(2027, 9, 1, 4, 0, tzinfo=UTC)) == ("INVALID_SCHEDULE", "campaign.schedule.end")


# Objectives -----------------------------------------------------------------------------------------------------------

MEASURED = {"pixel_id": PIXEL, "optimization_event": "FORM"}


@pytest.mark.parametrize(
    ("objective", "optimization", "sent", "more"),
    [
        ("awareness", "reach", ("REACH", "WEBSITE_OR_DISPLAY", "REACH", "CPM"), {}),
        ("traffic", "link_clicks", ("TRAFFIC", "WEBSITE", "CLICK", "CPC"), {}),
        (
            "video_views", "video_views", ("VIDEO_VIEWS", "WEBSITE_OR_DISPLAY", "ENGAGED_VIEW", "CPV"),
            {"bid_display_mode": "CPV"},
        ),
        (
            "leads", "leads", ("LEAD_GENERATION", "LEAD_GENERATION", "CONVERT", "OCPM"),
            {"promotion_target_type": "EXTERNAL_WEBSITE", **MEASURED},
        ),
        (
            "leads", "link_clicks", ("LEAD_GENERATION", "LEAD_GENERATION", "CLICK", "CPC"),
            {"promotion_target_type": "EXTERNAL_WEBSITE"},
        ),
        (
            "conversions", "conversions", ("WEB_CONVERSIONS", "WEBSITE", "CONVERT", "OCPM"),
            {**MEASURED, "optimization_event": "SHOPPING"},
        ),
    ],
)  # fmt: skip
def test_objective_promotion_goal_and_billing_go_together(
    objective: str, optimization: str, sent: tuple[str, str, str, str], more: dict[str, str]
) -> None:
    assets = {"identity": IDENTITY, "pixel": PIXEL}
    content = draft(ad_set(optimization=optimization, ads=[video("a1")]), objective=objective, assets=assets)
    found = fields(content, "s1")
    special = ("promotion_target_type", "bid_display_mode", "pixel_id", "optimization_event")

    assert (
        fields(content, "c")["objective_type"],
        found["promotion_type"],
        found["optimization_goal"],
        found["billing_event"],
    ) == sent
    assert {name: found[name] for name in special if name in found} == more


@pytest.mark.parametrize(
    ("event", "sent"), [("start_checkout", "INITIATE_ORDER"), ("lead", "FORM"), (None, "SHOPPING")]
)
def test_a_chosen_event_replaces_the_objectives_own(event: str | None, sent: str) -> None:
    assets = {"identity": IDENTITY, "pixel": PIXEL, "conversion_event": event}

    assert fields(draft(assets=assets), "s1")["optimization_event"] == sent


@pytest.mark.parametrize(
    ("content", "code", "path"),
    [
        (draft(objective="engagement"), "INVALID_OBJECTIVE", "campaign.objective"),
        (draft(ad_set(optimization="reach")), "INVALID_OPTIMIZATION", "ad_sets[s1].optimization"),
        (draft(budget={"amount": None}), "", ""),  # not sent: the ad sets have budgets
        (draft(ad_set(budget=None), budget={"amount": None}), "INVALID_BUDGET", "campaign.budget.amount"),
        (draft(ad_set(budget="10.005")), "INVALID_BUDGET", "ad_sets[s1].budget"),
        (draft(assets={"identity": ""}), "INVALID_ASSET", "campaign.assets.identity"),
        (draft(ad_set(ads=[ad(media=[])])), "MEDIA_MISSING", "ad_sets[s1].ads[a1].creative.media"),
        (draft(ad_set(ads=[ad(media=["f" * 64])])), "MEDIA_MISSING", "ad_sets[s1].ads[a1].creative.media"),
        (draft(ad_set(ads=[ad(call_to_action=None)])), "INVALID_CREATIVE", "ad_sets[s1].ads[a1].creative.call_to_action"),
        (
            draft(ad_set(targeting={"excluded_locations": ["CA"]})), "INVALID_TARGETING",
            "ad_sets[s1].targeting.excluded_locations",
        ),
        (draft(ad_set(targeting={"age_min": 26, "age_max": 33})), "INVALID_TARGETING", "ad_sets[s1].targeting.age_min"),
    ],
)  # fmt: skip
def test_what_tiktok_cannot_be_told_is_refused_at_its_place(content: Draft, code: str, path: str) -> None:
    if code:
        assert refusal(content) == (code, path)
    else:
        assert steps_of(content)


# Targeting ------------------------------------------------------------------------------------------------------------


def test_targeting_says_exactly_what_the_draft_says() -> None:
    content = draft(
        ad_set(
            targeting={
                "locations": ["us", {"kind": "region", "id": "5332921"}, {"kind": "city", "id": "5128581"}],
                "genders": ["female"],
                "languages": ["en", "zh-Hant"],
                "interests": [{"id": "15", "name": "Apparel"}, {"id": "25100", "name": "Online Shopping"}],
            }
        )
    )
    found = fields(content, "s1")

    assert found["location_ids"] == [{"$country": "US"}, "5332921", "5128581"]
    assert found["gender"] == "GENDER_FEMALE"
    assert found["languages"] == ["en", "zh-Hant"]
    assert found["interest_category_ids"] == ["15", "25100"]


@pytest.mark.parametrize("genders", [[], ["male", "female"]])
def test_everybody_is_said_in_so_many_words(genders: list[str]) -> None:
    assert fields(draft(ad_set(targeting={"genders": genders})), "s1")["gender"] == "GENDER_UNLIMITED"


def test_what_is_not_limited_is_left_out() -> None:
    found = fields(draft(ad_set(targeting={"interests": [], "languages": []})), "s1")

    assert not {"languages", "interest_category_ids"} & set(found)


@pytest.mark.parametrize(
    ("low", "high", "groups"),
    [
        (18, 24, ["AGE_18_24"]),
        (25, 34, ["AGE_25_34"]),
        (13, 17, ["AGE_13_17"]),
        (13, 100, ["AGE_13_17", "AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100"]),
        (None, None, ["AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100"]),
        (45, None, ["AGE_45_54", "AGE_55_100"]),
        (None, 30, ["AGE_18_24", "AGE_25_34"]),
        (20, 50, ["AGE_25_34", "AGE_35_44", "AGE_45_54"]),  # nobody under 20, and all up to 54
        (55, 65, ["AGE_55_100"]),
        (55, 55, ["AGE_55_100"]),
    ],
)
def test_ages_become_whole_groups_of_nobody_younger(low: int | None, high: int | None, groups: list[str]) -> None:
    assert fields(draft(ad_set(targeting={"age_min": low, "age_max": high})), "s1")["age_groups"] == groups


# Ads ------------------------------------------------------------------------------------------------------------------


def test_a_film_takes_its_cover_and_no_music() -> None:
    found = fields(draft(ad_set(ads=[video("a1")])), "a1")

    assert (found["ad_format"], found["video_id"]) == ("SINGLE_VIDEO", {"$id": f"abcd2345-1-m-{FILM[:10]}"})
    assert found["image_ids"] == [{"$id": f"abcd2345-1-v-{FILM[:10]}"}]
    assert "music_id" not in found


def test_a_film_takes_the_cover_that_was_chosen_and_looks_for_none() -> None:
    content = draft(ad_set(ads=[ad("a1", type="video", media=[FILM], cover=GREY)]))

    assert fields(content, "a1")["image_ids"] == [{"$id": f"abcd2345-1-m-{GREY[:10]}"}]
    assert f"v-{FILM[:10]}" not in steps_of(content)


def test_a_single_picture_is_a_carousel_of_one() -> None:
    found = fields(draft(ad_set(ads=[ad(type="image", media=[GREY])])), "a1")

    assert (found["ad_format"], found["image_ids"]) == ("CAROUSEL_ADS", [{"$id": f"abcd2345-1-m-{GREY[:10]}"}])


def test_a_picture_may_come_twice_in_a_carousel() -> None:
    found = fields(draft(ad_set(ads=[ad(media=[RED, BLUE, RED])])), "a1")

    assert [picture["$id"][-10:] for picture in found["image_ids"]] == [RED[:10], BLUE[:10], RED[:10]]


def test_without_a_choice_each_set_of_pictures_has_music_of_its_own() -> None:
    ads = [ad("a1"), ad("a2"), ad("a3", media=[GREY], type="image"), video("a4")]
    steps = steps_of(draft(ad_set(ads=ads), assets={"identity": IDENTITY, "pixel": PIXEL}))

    assert [key for key in steps if key.startswith("mu-")] == ["mu-a1", "mu-a3"]
    assert steps["a1"].payload["fields"]["music_id"] == {"$id": "abcd2345-1-mu-a1"}
    assert steps["a2"].payload["fields"]["music_id"] == {"$id": "abcd2345-1-mu-a1"}
    assert steps["a3"].payload["fields"]["music_id"] == {"$id": "abcd2345-1-mu-a3"}
    assert "abcd2345-1-mu-a1" in steps["a2"].needs


@pytest.mark.parametrize(
    ("word", "sent"),
    [
        (
            SHARED,
            {
                "identity_type": "BC_AUTH_TT", "identity_id": "11111111-2222-5333-8444-555555555552",
                "identity_authorized_bc_id": "6900000000000000003", "dark_post_status": "ON",
            },
        ),
        (IDENTITY, {"identity_type": "TT_USER", "identity_id": IDENTITY.split(":")[1], "dark_post_status": "ON"}),
        (CUSTOM, {"identity_type": "CUSTOMIZED_USER", "identity_id": "7100000000000000009"}),
    ],
)  # fmt: skip
def test_the_account_an_ad_speaks_as(word: str, sent: dict[str, str]) -> None:
    found = fields(draft(assets={"identity": word, "pixel": PIXEL, "music": MUSIC}), "a1")

    assert {name: value for name, value in found.items() if name.startswith(("identity", "dark"))} == sent


@pytest.mark.parametrize("button", list(CallToAction))
def test_every_button_has_tiktoks_word_or_is_refused(button: CallToAction) -> None:
    content = draft(ad_set(ads=[ad(call_to_action=button.value)]))

    if button in CAPABILITIES.calls_to_action:
        assert fields(content, "a1")["call_to_action"] == CAPABILITIES.calls_to_action[button]
    else:
        assert refusal(content)[0] == "INVALID_CREATIVE"


@pytest.mark.parametrize(
    ("link", "tags", "sent"),
    [
        ("https://a.example", "", "https://a.example"),
        ("https://a.example", "utm_source=tiktok", "https://a.example?utm_source=tiktok"),
        ("https://a.example/?x=1", "utm_source=tiktok", "https://a.example/?x=1&utm_source=tiktok"),
        ("https://a.example/?", "utm_source=tiktok", "https://a.example/?utm_source=tiktok"),
        ("https://a.example/?x=1&", "t=1", "https://a.example/?x=1&t=1"),
        ("https://a.example/#top", "t=__CAMPAIGN_ID__", "https://a.example/?t=__CAMPAIGN_ID__#top"),
        ("https://a.example/?x=%C3%A4#top", "t=1", "https://a.example/?x=%C3%A4&t=1#top"),
        ("", "t=1", ""),
    ],
)
def test_url_tags_join_the_links_query(link: str, tags: str, sent: str) -> None:
    assert payloads.landing_page(link, tags) == sent


# Names, ids, files ----------------------------------------------------------------------------------------------------


def test_only_the_campaigns_name_bears_our_mark() -> None:
    steps = steps_of(draft())

    assert steps["c"].name == "Summer Sale [st-abcd2345-1-c]"
    assert (steps["s1"].name, steps["a1"].name) == ("US - 25-54 s1", "Summer Sale - Carousel a1")


def test_a_long_name_is_shortened_and_not_its_mark() -> None:
    name = fields(draft(name="夏" * 300), "c")["campaign_name"]

    assert name == f"{'夏' * 247} [st-abcd2345-1-c]"
    assert CAPABILITIES.count(name) == 512


@pytest.mark.parametrize("key", ["abcd2345-1-c", "abcd2345-1-s1", "abcd2345-2-c", "x"])
def test_a_request_id_is_a_positive_number_of_64_bits_and_the_same_every_time(key: str) -> None:
    number = payloads.request_id(key)

    assert number == payloads.request_id(key)
    assert 0 <= int(number) < 2**63


def test_every_request_has_an_id_of_its_own() -> None:
    steps = steps_of(draft(ad_set("s1"), ad_set("s2")))
    again = planning.plan(order(draft(ad_set("s1"), ad_set("s2"))))
    numbers = [step.payload["fields"].get("request_id") for key, step in steps.items() if key in ("c", "s1", "s2")]

    assert len(set(numbers)) == 3
    assert [step.payload for step in again] == [step.payload for step in steps.values()]


def test_a_file_is_uploaded_once_however_many_ads_show_it() -> None:
    steps = steps_of(draft(ad_set(ads=[ad("a1"), ad("a3"), video("v1"), video("v2")]), ad_set("s2")))
    files = [key for key, step in steps.items() if step.level is Level.MEDIA]

    assert files == [f"m-{RED[:10]}", f"m-{BLUE[:10]}", f"m-{FILM[:10]}", f"v-{FILM[:10]}"]


@pytest.mark.parametrize(
    ("declared", "sent"), [([], None), (["housing"], ["HOUSING"]), (["employment", "credit"], ["EMPLOYMENT", "CREDIT"])]
)
def test_special_categories_are_declared(declared: list[str], sent: list[str] | None) -> None:
    content = draft(declarations={"special_ad_categories": declared})

    assert fields(content, "c", BERLIN).get("special_industries") == sent
