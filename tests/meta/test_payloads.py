"""What Meta is sent, by table: money, times, goals, targeting, creatives, names."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.contracts import Account, Level, Step
from integrations.draft import Draft
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.meta import payloads, planning
from integrations.wallclock import moment
from tests.meta.drafts import (
    BERLIN,
    BLUE,
    FILM,
    INSTAGRAM,
    MAIN,
    NOW,
    PAGE,
    PIXEL,
    RED,
    TOKYO,
    ad,
    ad_set,
    draft,
    order,
)


def steps_of(content: Draft, account: Account = MAIN, now: datetime = NOW) -> dict[str, Step]:
    return {step.key.removeprefix("abcd2345-1-"): step for step in planning.plan(order(content, account, now))}


def fields(content: Draft, key: str, account: Account = MAIN, now: datetime = NOW) -> dict[str, Any]:
    return dict(steps_of(content, account, now)[key].payload["fields"])


# Money ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1000", "USD", 100_000),
        ("0.01", "USD", 1),
        ("19.99", "EUR", 1_999),
        ("5000", "JPY", 5_000),
        ("5000", "HUF", 5_000),
        ("12.50", "KWD", 1_250),  # ISO 4217 has three decimals, Meta two
        ("300000", "IDR", 300_000),
        ("1000.00", "JPY", 1_000),
        ("1E+3", "USD", 100_000),
    ],
)
def test_budgets_are_in_metas_minor_units(amount: str, currency: str, minor: int) -> None:
    assert payloads.minor_units(Decimal(amount), currency, "x") == minor


@pytest.mark.parametrize(
    ("amount", "currency"), [("0.005", "USD"), ("10.5", "JPY"), ("1.255", "KWD"), ("0", "USD"), ("-1", "USD")]
)
def test_what_cannot_be_spent_exactly_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(PlatformError) as caught:
        payloads.minor_units(Decimal(amount), currency, "campaign.budget.amount")

    assert (caught.value.kind, caught.value.code) == (ErrorKind.INVALID, "INVALID_BUDGET")
    assert caught.value.path == "campaign.budget.amount"


def test_ad_sets_with_budgets_leave_the_campaign_without_one() -> None:
    content = draft(ad_set("s1", budget="500"), ad_set("s2", budget="250", ads=[ad("a2")]))
    campaign = fields(content, "c")

    assert campaign["is_adset_budget_sharing_enabled"] is False
    assert not {"daily_budget", "lifetime_budget", "bid_strategy"} & set(campaign)
    assert fields(content, "s1")["daily_budget"] == 50_000
    assert fields(content, "s2")["daily_budget"] == 25_000
    assert fields(content, "s1")["bid_strategy"] == "LOWEST_COST_WITHOUT_CAP"


def test_a_campaign_with_the_budget_leaves_the_ad_sets_without_one() -> None:
    content = draft(ad_set(budget=None))
    campaign = fields(content, "c")

    assert campaign["daily_budget"] == 100_000
    assert campaign["bid_strategy"] == "LOWEST_COST_WITHOUT_CAP"
    assert "is_adset_budget_sharing_enabled" not in campaign
    assert not {"daily_budget", "lifetime_budget", "bid_strategy"} & set(fields(content, "s1"))


def test_a_lifetime_budget_is_sent_as_one() -> None:
    content = draft(ad_set(budget=None), budget={"amount": "90000", "type": "lifetime"})

    assert fields(content, "c", TOKYO)["lifetime_budget"] == 90_000
    assert "daily_budget" not in fields(content, "c", TOKYO)


# Times ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall_clock", "zone", "sent"),
    [
        ("2027-01-15T09:00", "America/New_York", "2027-01-15T09:00:00-0500"),
        ("2027-06-01T09:00", "America/New_York", "2027-06-01T09:00:00-0400"),
        ("2027-06-01T09:00", "Asia/Tokyo", "2027-06-01T09:00:00+0900"),
        ("2027-06-01T09:00", "Asia/Kolkata", "2027-06-01T09:00:00+0530"),
        ("2027-03-14T02:30", "America/New_York", "2027-03-14T03:30:00-0400"),  # skipped in spring
        ("2027-11-07T01:30", "America/New_York", "2027-11-07T01:30:00-0400"),  # twice in autumn: the first
        ("2027-03-28T02:30", "Europe/Berlin", "2027-03-28T03:30:00+0200"),
        ("2027-10-31T02:30", "Europe/Berlin", "2027-10-31T02:30:00+0200"),
        ("2027-12-31T23:59", "UTC", "2027-12-31T23:59:00+0000"),
    ],
)
def test_wall_clock_times_become_instants_of_the_accounts_zone(wall_clock: str, zone: str, sent: str) -> None:
    assert payloads.written(moment(datetime.fromisoformat(wall_clock), zone)) == sent


def test_start_and_end_stand_on_every_ad_set() -> None:
    content = draft(ad_set("s1"), ad_set("s2", ads=[ad("a2")]))

    for key in ("s1", "s2"):
        assert fields(content, key)["start_time"] == "2027-06-01T09:00:00-0400"
        assert fields(content, key)["end_time"] == "2027-08-31T23:59:00-0400"


@pytest.mark.parametrize(
    ("now", "is_sent"),
    [
        (datetime(2027, 6, 1, 12, 59, tzinfo=UTC), True),
        (datetime(2027, 6, 1, 13, 0, tzinfo=UTC), False),
        (datetime(2027, 6, 2, 0, 0, tzinfo=UTC), False),
    ],
)
def test_a_start_that_has_passed_means_now(now: datetime, is_sent: bool) -> None:
    assert ("start_time" in fields(draft(), "s1", now=now)) is is_sent


def test_an_end_that_has_passed_is_refused() -> None:
    with pytest.raises(PlatformError) as caught:
        steps_of(draft(), now=datetime(2027, 9, 1, 4, 0, tzinfo=UTC))

    assert (caught.value.code, caught.value.path) == ("INVALID_SCHEDULE", "campaign.schedule.end")


def test_an_end_is_in_the_accounts_zone_and_not_in_ours() -> None:
    a_minute_before = datetime(2027, 8, 31, 14, 58, tzinfo=UTC)  # 23:58 in Tokyo

    assert fields(draft(), "s1", TOKYO, a_minute_before)["end_time"] == "2027-08-31T23:59:00+0900"


# Objectives -------------------------------------------------------------------------------------------------------------

PROMOTED_PAGE = {"page_id": PAGE}


@pytest.mark.parametrize(
    ("objective", "optimization", "sent"),
    [
        ("awareness", "reach", ("OUTCOME_AWARENESS", "REACH", None, PROMOTED_PAGE)),
        ("awareness", "video_views", ("OUTCOME_AWARENESS", "THRUPLAY", None, PROMOTED_PAGE)),
        ("traffic", "link_clicks", ("OUTCOME_TRAFFIC", "LINK_CLICKS", "WEBSITE", None)),
        ("traffic", "impressions", ("OUTCOME_TRAFFIC", "IMPRESSIONS", None, None)),
        ("traffic", "landing_page_views", ("OUTCOME_TRAFFIC", "LANDING_PAGE_VIEWS", "WEBSITE", None)),
        ("engagement", "engagement", ("OUTCOME_ENGAGEMENT", "POST_ENGAGEMENT", "ON_POST", PROMOTED_PAGE)),
        ("engagement", "link_clicks", ("OUTCOME_ENGAGEMENT", "LINK_CLICKS", "WEBSITE", PROMOTED_PAGE)),
        ("video_views", "video_views", ("OUTCOME_ENGAGEMENT", "THRUPLAY", "ON_VIDEO", PROMOTED_PAGE)),
        (
            "leads", "leads",
            ("OUTCOME_LEADS", "OFFSITE_CONVERSIONS", "WEBSITE", {"pixel_id": PIXEL, "custom_event_type": "LEAD"}),
        ),
        ("leads", "link_clicks", ("OUTCOME_LEADS", "LINK_CLICKS", "WEBSITE", None)),
        (
            "conversions", "conversions",
            ("OUTCOME_SALES", "OFFSITE_CONVERSIONS", "WEBSITE", {"pixel_id": PIXEL, "custom_event_type": "PURCHASE"}),
        ),
        (
            "conversions", "conversion_value",
            ("OUTCOME_SALES", "VALUE", "WEBSITE", {"pixel_id": PIXEL, "custom_event_type": "PURCHASE"}),
        ),
        ("conversions", "link_clicks", ("OUTCOME_SALES", "LINK_CLICKS", "WEBSITE", None)),
    ],
)  # fmt: skip
def test_objective_goal_destination_and_promoted_object_go_together(
    objective: str, optimization: str, sent: tuple[str, str, str | None, dict[str, str] | None]
) -> None:
    assets = {"page": PAGE, "pixel": PIXEL}
    content = draft(ad_set(optimization=optimization), objective=objective, assets=assets)
    found = fields(content, "s1")

    assert (
        fields(content, "c")["objective"],
        found["optimization_goal"],
        found.get("destination_type"),
        found.get("promoted_object"),
    ) == sent
    assert found["billing_event"] == "IMPRESSIONS"


def test_a_chosen_event_replaces_the_objectives_own() -> None:
    assets = {"page": PAGE, "pixel": PIXEL, "conversion_event": "start_checkout"}

    assert fields(draft(assets=assets), "s1")["promoted_object"]["custom_event_type"] == "INITIATED_CHECKOUT"


def test_a_goal_of_another_objective_is_refused_at_its_place() -> None:
    with pytest.raises(PlatformError) as caught:
        steps_of(draft(ad_set(optimization="engagement")))

    assert (caught.value.code, caught.value.path) == ("INVALID_OPTIMIZATION", "ad_sets[s1].optimization")


# Targeting --------------------------------------------------------------------------------------------------------------


def test_targeting_says_exactly_what_the_draft_says() -> None:
    content = draft(
        ad_set(
            targeting={
                "locations": ["us", {"kind": "region", "id": "3847"}, {"kind": "city", "id": "2420379"}],
                "excluded_locations": ["CA"],
                "genders": ["female"],
                "languages": ["6", "24"],
                "interests": [{"id": "1", "name": "Fashion"}, {"id": "2", "name": "Shopping"}],
            }
        )
    )  # fmt: skip

    assert fields(content, "s1")["targeting"] == {
        "geo_locations": {"countries": ["US"], "regions": [{"key": "3847"}], "cities": [{"key": "2420379"}]},
        "excluded_geo_locations": {"countries": ["CA"]},
        "age_min": 25,
        "age_max": 54,
        "genders": [2],
        "locales": [6, 24],
        "flexible_spec": [{"interests": [{"id": "1", "name": "Fashion"}, {"id": "2", "name": "Shopping"}]}],
        "targeting_automation": {"advantage_audience": 0},
    }


@pytest.mark.parametrize(
    ("genders", "sent"),
    [([], None), (["male"], [1]), (["female"], [2]), (["male", "female"], None), (["male", "male"], [1])],
)
def test_all_genders_are_said_by_naming_none(genders: list[str], sent: list[int] | None) -> None:
    assert fields(draft(ad_set(targeting={"genders": genders})), "s1")["targeting"].get("genders") == sent


@pytest.mark.parametrize(
    ("ages", "sent"), [((None, None), (18, 65)), ((13, 17), (13, 17)), ((None, 30), (18, 30)), ((30, 65), (30, 65))]
)
def test_ages_not_chosen_are_those_of_adults(ages: tuple[int | None, int | None], sent: tuple[int, int]) -> None:
    found = fields(draft(ad_set(targeting={"age_min": ages[0], "age_max": ages[1]})), "s1")["targeting"]

    assert (found["age_min"], found["age_max"]) == sent


def test_a_language_that_is_no_number_of_metas_is_refused() -> None:
    with pytest.raises(PlatformError) as caught:
        steps_of(draft(ad_set(targeting={"languages": ["German"]})))

    assert caught.value.code == "INVALID_TARGETING"


# Declarations -----------------------------------------------------------------------------------------------------------


def test_no_special_category_is_said_too() -> None:
    found = fields(draft(), "c")

    assert found["special_ad_categories"] == []
    assert "special_ad_category_country" not in found


def test_special_categories_are_declared_for_all_countries() -> None:
    content = draft(
        ad_set("s1", targeting={"locations": ["US", "DE"]}),
        ad_set("s2", targeting={"locations": ["DE", {"kind": "city", "id": "1", "country": "fr"}]}, ads=[ad("a2")]),
        declarations={"special_ad_categories": ["housing", "employment"]},
    )

    assert fields(content, "c")["special_ad_categories"] == ["HOUSING", "EMPLOYMENT"]
    assert fields(content, "c")["special_ad_category_country"] == ["US", "DE", "FR"]


def test_who_pays_is_said_by_the_draft_or_by_the_account() -> None:
    with_default = Account(
        "act_1",
        "A",
        "EUR",
        "Europe/Berlin",
        extra={"default_dsa_beneficiary": "Acme GmbH", "default_dsa_payor": "Acme AG"},
    )
    content = draft(declarations={"dsa_payor": "Someone Else"})

    found = fields(content, "s1", with_default)
    assert (found["dsa_beneficiary"], found["dsa_payor"]) == ("Acme GmbH", "Someone Else")
    assert not {"dsa_beneficiary", "dsa_payor"} & set(fields(draft(), "s1", BERLIN))


# Creatives --------------------------------------------------------------------------------------------------------------

LINK = "https://shop.example.com/summer?x=1&y=ä"
BUTTON = {"type": "SHOP_NOW", "value": {"link": LINK}}


def test_an_image_ad() -> None:
    spec = fields(draft(), "cr-a1")["object_story_spec"]

    assert spec == {
        "page_id": PAGE,
        "instagram_user_id": INSTAGRAM,
        "link_data": {
            "link": LINK,
            "message": "Everything must go.",
            "name": "Summer Sale - Up to 50% Off!",
            "description": "Shop now for the best deals",
            "image_hash": {"$id": f"abcd2345-1-m-{RED[:10]}"},
            "call_to_action": BUTTON,
        },
    }


def test_a_video_ad_carries_its_link_in_the_button() -> None:
    spec = fields(draft(ad_set(ads=[ad(type="video", media=[FILM])])), "cr-a1")["object_story_spec"]
    key = f"abcd2345-1-m-{FILM[:10]}"

    assert spec["video_data"] == {
        "video_id": {"$id": key},
        "image_url": {"$still": key},
        "message": "Everything must go.",
        "title": "Summer Sale - Up to 50% Off!",
        "link_description": "Shop now for the best deals",
        "call_to_action": BUTTON,
    }


def test_a_video_begins_with_the_cover_that_was_chosen_and_still_waits_for_the_film() -> None:
    content = draft(ad_set(ads=[ad(type="video", media=[FILM], cover=BLUE)]))
    step = steps_of(content)["cr-a1"]
    data = step.payload["fields"]["object_story_spec"]["video_data"]

    assert data["image_hash"] == {"$id": f"abcd2345-1-m-{BLUE[:10]}"}
    assert "image_url" not in data
    assert set(step.needs) == {f"abcd2345-1-m-{sha[:10]}" for sha in (FILM, BLUE)}


def test_a_cover_means_nothing_to_an_ad_without_a_video() -> None:
    assert f"m-{BLUE[:10]}" not in steps_of(draft(ad_set(ads=[ad(media=[RED], cover=BLUE)])))


def test_a_carousel_keeps_its_order_and_shares_its_first_text() -> None:
    creative = ad(type="carousel", media=[BLUE, RED], headlines=["One", "Two"], descriptions=["Only"])
    data = fields(draft(ad_set(ads=[creative])), "cr-a1")["object_story_spec"]["link_data"]

    assert [(card["name"], card["description"]) for card in data["child_attachments"]] == [
        ("One", "Only"),
        ("Two", "Only"),
    ]
    assert [card["image_hash"]["$id"][-10:] for card in data["child_attachments"]] == [BLUE[:10], RED[:10]]
    assert data["multi_share_optimized"] is False
    assert data["multi_share_end_card"] is False
    assert "image_hash" not in data


def test_empty_texts_are_left_out() -> None:
    spec = fields(draft(ad_set(ads=[ad(descriptions=[], primary_text="")]), assets={"page": PAGE}), "cr-a1")

    assert not {"description", "message"} & set(spec["object_story_spec"]["link_data"])
    assert "instagram_user_id" not in spec["object_story_spec"]
    assert "url_tags" not in spec


def test_url_tags_stand_on_every_creative() -> None:
    content = draft(ad_set(ads=[ad("a1"), ad("a2")]), url_tags="utm_source=meta")

    assert fields(content, "cr-a1")["url_tags"] == fields(content, "cr-a2")["url_tags"] == "utm_source=meta"


# Steps ------------------------------------------------------------------------------------------------------------------


def test_steps_come_parents_first_and_name_their_needs() -> None:
    content = draft(ad_set("s1", ads=[ad("a1"), ad("a2", media=[BLUE])]), ad_set("s2", ads=[ad("a3")]))
    steps = planning.plan(order(content))

    assert [step.key.removeprefix("abcd2345-1-") for step in steps] == [
        f"m-{RED[:10]}", f"m-{BLUE[:10]}", "c", "s1", "cr-a1", "a1", "cr-a2", "a2", "s2", "cr-a3", "a3",
    ]  # fmt: skip
    for position, step in enumerate(steps):
        assert set(step.needs) <= {other.key for other in steps[:position]}


def test_every_object_is_born_paused() -> None:
    steps = planning.plan(order(draft(ad_set("s1", ads=[ad("a1"), ad("a2")]))))
    switched = [step for step in steps if step.level in (Level.CAMPAIGN, Level.AD_SET, Level.AD)]

    assert len(switched) == 4
    assert {step.payload["fields"]["status"] for step in switched} == {"PAUSED"}


def test_keys_do_not_depend_on_positions() -> None:
    first, second = ad_set("s1"), ad_set("s2", ads=[ad("a2")])

    assert set(steps_of(draft(first, second))) == set(steps_of(draft(second, first)))


@pytest.mark.parametrize(("key", "limit"), [("c", 400), ("cr-a1", 100), (f"m-{RED[:10]}", 100)])
def test_the_mark_survives_the_longest_name(key: str, limit: int) -> None:
    long = "ä" * 360
    step = steps_of(draft(ad_set(ads=[ad(name=long)]), name=long))[key]

    assert len(step.name) <= limit
    assert f" [st-abcd2345-1-{key}]" in step.name


def test_children_keep_their_own_names() -> None:
    steps = steps_of(draft())

    assert steps["s1"].name == "US - 25-54 s1"
    assert steps["a1"].name == "Summer Sale - Image Ad a1"


def test_a_file_that_is_not_there_is_refused_at_its_place() -> None:
    with pytest.raises(PlatformError) as caught:
        steps_of(draft(ad_set(ads=[ad(media=["0" * 64])])))

    assert (caught.value.code, caught.value.path) == ("MEDIA_MISSING", "ad_sets[s1].ads[a1].creative.media")


def test_an_ad_without_a_file_is_refused() -> None:
    with pytest.raises(PlatformError) as caught:
        steps_of(draft(ad_set(ads=[ad(media=[])])))

    assert caught.value.code == "MEDIA_MISSING"


def test_steps_say_where_they_come_from() -> None:
    assert {key: step.node for key, step in steps_of(draft()).items()} == {
        f"m-{RED[:10]}": "ad_sets[s1].ads[a1].creative.media",
        "c": "campaign",
        "s1": "ad_sets[s1]",
        "cr-a1": "ad_sets[s1].ads[a1].creative",
        "a1": "ad_sets[s1].ads[a1]",
    }
