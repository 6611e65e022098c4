"""What Snapchat is sent, by table: money, times, goals, targeting, creatives, names."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.contracts import Account, Level, Step
from integrations.draft import Draft
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.snapchat import payloads, planning
from integrations.wallclock import moment
from tests.snapchat.drafts import BLUE, FILM, HOMES, MAIN, NOW, PIXEL, PROFILE, RED, TOKYO, ad, ad_set, draft, order

PREFIX = "abcd2345-1-"


def steps_of(content: Draft, account: Account = MAIN, now: datetime = NOW) -> dict[str, Step]:
    return {step.key.removeprefix(PREFIX): step for step in planning.plan(order(content, account, now))}


def fields(content: Draft, key: str, account: Account = MAIN, now: datetime = NOW) -> dict[str, Any]:
    return dict(steps_of(content, account, now)[key].payload["fields"])


def refusal(content: Draft, account: Account = MAIN) -> tuple[str, str]:
    with pytest.raises(PlatformError) as caught:
        planning.plan(order(content, account))
    assert caught.value.kind is ErrorKind.INVALID
    return caught.value.code, caught.value.path


def test_the_example_is_sent_as_documented() -> None:
    content = draft()

    assert fields(content, "c") == {
        "ad_account_id": MAIN.external_id,
        "name": "Summer Sale [st-abcd2345-1-c]",
        "status": "PAUSED",
        "buy_model": "AUCTION",
        "objective_v2_properties": {"objective_v2_type": "SALES"},
        "start_time": "2027-06-01T13:00:00.000Z",
        "end_time": "2027-09-01T03:59:00.000Z",
        "daily_budget_micro": 1_000_000_000,
    }
    assert fields(content, "s1") == {
        "campaign_id": {"$id": f"{PREFIX}c"},
        "name": "US - 25-54 s1",
        "type": "SNAP_ADS",
        "status": "PAUSED",
        "placement_v2": {"config": "AUTOMATIC"},
        "targeting": {
            "regulated_content": False,
            "geos": [{"country_code": "us"}],
            "demographics": [{"min_age": "25", "max_age": "54"}],
            "interests": [{"category_id": ["SLC_7"]}],
        },
        "billing_event": "IMPRESSION",
        "bid_strategy": "AUTO_BID",
        "optimization_goal": "PIXEL_PURCHASE",
        "delivery_constraint": "DAILY_BUDGET",
        "daily_budget_micro": 500_000_000,
        "start_time": "2027-06-01T13:00:00.000Z",
        "end_time": "2027-09-01T03:59:00.000Z",
        "pixel_id": PIXEL,
        "conversion_window": "SWIPE_28DAY_VIEW_1DAY",
    }
    assert fields(content, "cr-a1") == {
        "ad_account_id": MAIN.external_id,
        "name": "Summer Sale - Image Ad a1 [st-abcd2345-1-cr-a1]",
        "type": "WEB_VIEW",
        "headline": "Summer Sale - Up to 50% Off!",
        "brand_name": "Acme",
        "call_to_action": "SHOP_NOW",
        "top_snap_media_id": {"$id": f"{PREFIX}m-{RED[:10]}"},
        "shareable": True,
        "profile_properties": {"profile_id": PROFILE},
        "web_view_properties": {"url": "https://shop.example.com/summer?x=1&y=ä"},
    }
    assert fields(content, "a1") == {
        "ad_squad_id": {"$id": f"{PREFIX}s1"},
        "creative_id": {"$id": f"{PREFIX}cr-a1"},
        "name": "Summer Sale - Image Ad a1",
        "type": "REMOTE_WEBPAGE",
        "status": "PAUSED",
    }


# Money ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "micro"),
    [
        ("1000", "USD", 1_000_000_000),
        ("0.01", "USD", 10_000),
        ("19.99", "EUR", 19_990_000),
        ("5000", "JPY", 5_000_000_000),
        ("5000", "CLP", 5_000_000_000),
        ("5000.50", "HUF", 5_000_500_000),
        ("12.505", "KWD", 12_505_000),
        ("1000.00", "JPY", 1_000_000_000),
        ("1E+3", "USD", 1_000_000_000),
    ],
)
def test_budgets_are_in_millionths(amount: str, currency: str, micro: int) -> None:
    assert payloads.micro(Decimal(amount), currency, "x") == micro


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("0.005", "USD"),
        ("10.5", "JPY"),
        ("10.5", "CLP"),
        ("1.2555", "KWD"),
        ("1.005", "HUF"),
        ("0", "USD"),
        ("-1", "USD"),
    ],
)
def test_what_is_finer_than_the_currency_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(PlatformError) as caught:
        payloads.micro(Decimal(amount), currency, "campaign.budget.amount")

    assert (caught.value.kind, caught.value.code) == (ErrorKind.INVALID, "INVALID_BUDGET")
    assert caught.value.path == "campaign.budget.amount"


def test_the_one_ad_set_spends_the_campaign_s_budget() -> None:
    content = draft(ad_set(budget=None))

    assert fields(content, "s1")["daily_budget_micro"] == fields(content, "c")["daily_budget_micro"] == 1_000_000_000


def test_several_ad_sets_without_budgets_are_refused() -> None:
    content = draft(ad_set("s1", budget=None), ad_set("s2", budget=None, ads=[ad("a2")]))

    assert refusal(content) == ("INVALID_BUDGET", "ad_sets[s1].budget")


def test_lifetime_budgets_are_said_at_both_levels() -> None:
    content = draft(ad_set(budget="500"), budget={"amount": "90000", "type": "lifetime"})
    squad = fields(content, "s1", TOKYO)

    assert fields(content, "c", TOKYO)["lifetime_spend_cap_micro"] == 90_000_000_000
    assert "daily_budget_micro" not in fields(content, "c", TOKYO)
    assert (squad["delivery_constraint"], squad["lifetime_budget_micro"]) == ("LIFETIME_BUDGET", 500_000_000)
    assert "daily_budget_micro" not in squad


@pytest.mark.parametrize(("amount", "is_capped"), [("19.99", False), ("20", True)])
def test_a_cap_that_snapchat_does_not_take_is_not_sent(amount: str, is_capped: bool) -> None:
    content = draft(ad_set(budget="5"), budget={"amount": amount})

    assert ("daily_budget_micro" in fields(content, "c")) is is_capped


# Times ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wall_clock", "zone", "sent"),
    [
        ("2027-01-15T09:00", "America/New_York", "2027-01-15T14:00:00.000Z"),
        ("2027-06-01T09:00", "America/New_York", "2027-06-01T13:00:00.000Z"),
        ("2027-06-01T09:00", "Asia/Tokyo", "2027-06-01T00:00:00.000Z"),
        ("2027-06-01T09:00", "Asia/Kolkata", "2027-06-01T03:30:00.000Z"),
        ("2027-03-14T02:30", "America/New_York", "2027-03-14T07:30:00.000Z"),  # skipped in spring: 03:30 there
        ("2027-11-07T01:30", "America/New_York", "2027-11-07T05:30:00.000Z"),  # twice in autumn: the first
        ("2027-03-28T02:30", "Europe/Berlin", "2027-03-28T01:30:00.000Z"),
        ("2027-10-31T02:30", "Europe/Berlin", "2027-10-31T00:30:00.000Z"),
        ("2027-12-31T23:59", "UTC", "2027-12-31T23:59:00.000Z"),
    ],
)
def test_wall_clock_times_become_instants(wall_clock: str, zone: str, sent: str) -> None:
    assert payloads.written(moment(datetime.fromisoformat(wall_clock), zone)) == sent


@pytest.mark.parametrize(
    ("now", "is_sent"),
    [
        (datetime(2027, 6, 1, 12, 59, tzinfo=UTC), True),
        (datetime(2027, 6, 1, 13, 0, tzinfo=UTC), False),
        (datetime(2027, 6, 2, 0, 0, tzinfo=UTC), False),
    ],
)
def test_a_start_that_has_passed_means_now(now: datetime, is_sent: bool) -> None:
    for key in ("c", "s1"):
        assert ("start_time" in fields(draft(), key, now=now)) is is_sent


def test_an_end_that_has_passed_is_refused() -> None:
    with pytest.raises(PlatformError) as caught:
        steps_of(draft(), now=datetime(2027, 9, 1, 4, 0, tzinfo=UTC))

    assert (caught.value.code, caught.value.path) == ("INVALID_SCHEDULE", "campaign.schedule.end")


# Objectives -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("objective", "optimization", "external", "goal"),
    [
        ("awareness", "impressions", "AWARENESS_AND_ENGAGEMENT", "IMPRESSIONS"),
        ("awareness", "video_views", "AWARENESS_AND_ENGAGEMENT", "VIDEO_VIEWS"),
        ("traffic", "link_clicks", "TRAFFIC", "SWIPES"),
        ("traffic", "landing_page_views", "TRAFFIC", "LANDING_PAGE_VIEW"),
        ("traffic", "impressions", "TRAFFIC", "IMPRESSIONS"),
        ("engagement", "engagement", "AWARENESS_AND_ENGAGEMENT", "SWIPES"),
        ("engagement", "video_views", "AWARENESS_AND_ENGAGEMENT", "VIDEO_VIEWS"),
        ("video_views", "video_views", "AWARENESS_AND_ENGAGEMENT", "VIDEO_VIEWS"),
        ("leads", "leads", "LEADS", "PIXEL_SIGNUP"),
        ("leads", "link_clicks", "LEADS", "SWIPES"),
        ("conversions", "conversions", "SALES", "PIXEL_PURCHASE"),
        ("conversions", "link_clicks", "SALES", "SWIPES"),
        ("conversions", "landing_page_views", "SALES", "LANDING_PAGE_VIEW"),
    ],
)
def test_objective_goal_pixel_and_window_go_together(
    objective: str, optimization: str, external: str, goal: str
) -> None:
    content = draft(ad_set(optimization=optimization), objective=objective, assets={"profile": PROFILE, "pixel": PIXEL})
    squad = fields(content, "s1")

    assert fields(content, "c")["objective_v2_properties"] == {"objective_v2_type": external}
    assert squad["optimization_goal"] == goal
    assert squad.get("pixel_id") == (PIXEL if goal.startswith("PIXEL_") or goal == "LANDING_PAGE_VIEW" else None)
    assert ("conversion_window" in squad) is goal.startswith("PIXEL_")


@pytest.mark.parametrize(
    ("event", "goal"),
    [
        ("purchase", "PIXEL_PURCHASE"),
        ("add_to_cart", "PIXEL_ADD_TO_CART"),
        ("registration", "PIXEL_SIGNUP"),
        ("lead", "PIXEL_SIGNUP"),
        ("subscribe", "PIXEL_SIGNUP"),
        ("view_content", "PIXEL_PAGE_VIEW"),
    ],
)
def test_the_chosen_event_is_the_goal(event: str, goal: str) -> None:
    content = draft(assets={"profile": PROFILE, "pixel": PIXEL, "conversion_event": event})

    assert fields(content, "s1")["optimization_goal"] == goal


@pytest.mark.parametrize("event", ["start_checkout", "contact"])
def test_an_event_without_a_goal_is_refused(event: str) -> None:
    content = draft(assets={"profile": PROFILE, "pixel": PIXEL, "conversion_event": event})

    assert refusal(content) == ("INVALID_ASSET", "campaign.assets.conversion_event")


def test_a_goal_of_another_objective_is_refused_at_its_place() -> None:
    assert refusal(draft(ad_set(optimization="engagement"))) == ("INVALID_OPTIMIZATION", "ad_sets[s1].optimization")


@pytest.mark.parametrize("optimization", ["conversions", "landing_page_views"])
def test_what_a_pixel_counts_needs_one(optimization: str) -> None:
    content = draft(ad_set(optimization=optimization), assets={"profile": PROFILE, "conversion_event": "purchase"})

    assert refusal(content) == ("INVALID_ASSET", "campaign.assets.pixel")


# Targeting --------------------------------------------------------------------------------------------------------------


def targeting(account: Account = MAIN, **wanted: Any) -> dict[str, Any]:
    found: dict[str, Any] = fields(draft(ad_set(targeting=wanted)), "s1", account)["targeting"]
    return found


def test_targeting_says_exactly_what_the_draft_says() -> None:
    found = targeting(
        locations=["US", {"kind": "region", "id": "ca:9"}],
        excluded_locations=[{"kind": "region", "id": "us:44"}, "MX"],
        genders=["female"],
        languages=["EN", "fr"],
        interests=[{"id": "SLC_7", "name": "A"}, {"id": "SLC_8", "name": "B"}],
    )

    assert found == {
        "regulated_content": False,
        "geos": [
            {"country_code": "us"},
            {"country_code": "ca", "region_id": ["9"]},
            {"country_code": "us", "region_id": ["44"], "operation": "EXCLUDE"},
            {"country_code": "mx", "operation": "EXCLUDE"},
        ],
        "demographics": [{"min_age": "25", "max_age": "54", "gender": "FEMALE", "languages": ["en", "fr"]}],
        "interests": [{"category_id": ["SLC_7", "SLC_8"]}],
    }


@pytest.mark.parametrize(
    ("genders", "sent"), [([], None), (["male"], "MALE"), (["female"], "FEMALE"), (["male", "female"], None)]
)
def test_all_genders_are_said_by_naming_none(genders: list[str], sent: str | None) -> None:
    assert targeting(genders=genders)["demographics"][0].get("gender") == sent


@pytest.mark.parametrize(
    ("ages", "sent"),
    [
        ((None, None), {"min_age": "18"}),
        ((13, 17), {"min_age": "13", "max_age": "17"}),
        ((None, 30), {"min_age": "18", "max_age": "30"}),
        ((30, 55), {"min_age": "30"}),
        ((30, 54), {"min_age": "30", "max_age": "54"}),
        ((21, None), {"min_age": "21"}),
    ],
)
def test_ages_are_texts_and_the_eldest_has_no_end(ages: tuple[int | None, int | None], sent: dict[str, str]) -> None:
    assert targeting(age_min=ages[0], age_max=ages[1])["demographics"] == [sent]


def test_several_countries_want_a_language() -> None:
    content = draft(ad_set(targeting={"locations": ["US", "CA"]}))

    assert refusal(content) == ("INVALID_TARGETING", "ad_sets[s1].targeting.languages")
    assert targeting(locations=["US", "CA"], languages=["en"])["geos"] == [
        {"country_code": "us"},
        {"country_code": "ca"},
    ]


@pytest.mark.parametrize(
    "place", [{"kind": "region", "id": "44"}, {"kind": "region", "id": "usa:44"}, {"kind": "city", "id": "2420379"}]
)
def test_a_place_that_is_none_of_snapchats_is_refused(place: dict[str, str]) -> None:
    content = draft(ad_set(targeting={"locations": [place]}))

    assert refusal(content) == ("INVALID_TARGETING", "ad_sets[s1].targeting.locations")


def test_housing_credit_and_employment_are_declared_at_both_levels() -> None:
    content = draft(
        ad_set(targeting={"age_min": None, "age_max": None}), declarations={"special_ad_categories": ["credit"]}
    )

    assert fields(content, "c", HOMES)["regulations"] == {"restricted_delivery_signals": True}
    assert fields(content, "s1", HOMES)["targeting"]["regulated_content"] is True
    assert "regulations" not in fields(draft(), "c")


# Creatives --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "tags", "sent"),
    [
        ("https://a.example/x", "", "https://a.example/x"),
        ("https://a.example/x", "utm=1", "https://a.example/x?utm=1"),
        ("https://a.example/x?y=2", "utm=1&z={{campaign.id}}", "https://a.example/x?y=2&utm=1&z={{campaign.id}}"),
        ("https://a.example/x#top", "utm=1", "https://a.example/x?utm=1#top"),
        ("https://a.example", "utm=1", "https://a.example?utm=1"),
    ],
)
def test_url_tags_become_part_of_the_link(link: str, tags: str, sent: str) -> None:
    content = draft(ad_set(ads=[ad(link_url=link)]), url_tags=tags)

    assert fields(content, "cr-a1")["web_view_properties"] == {"url": sent}


def test_without_a_brand_name_the_profile_speaks_for_itself() -> None:
    assert "brand_name" not in fields(draft(assets={"profile": PROFILE, "pixel": PIXEL}), "cr-a1")


def test_a_film_is_an_ad_like_any_other() -> None:
    content = draft(ad_set(ads=[ad(type="video", media=[FILM])]))
    step = steps_of(content)[f"m-{FILM[:10]}"]

    assert (step.payload["type"], step.payload["filename"][-4:]) == ("VIDEO", ".mp4")
    assert fields(content, "cr-a1")["top_snap_media_id"] == {"$id": step.key}


# Steps ------------------------------------------------------------------------------------------------------------------


def test_steps_come_parents_first_and_name_their_needs() -> None:
    content = draft(ad_set("s1", ads=[ad("a1"), ad("a2", media=[BLUE])]), ad_set("s2", ads=[ad("a3")]))
    steps = planning.plan(order(content))

    assert [step.key.removeprefix(PREFIX) for step in steps] == [
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


@pytest.mark.parametrize("key", ["c", "cr-a1"])
def test_the_mark_survives_the_longest_name(key: str) -> None:
    long = "ä" * 900
    step = steps_of(draft(ad_set(ads=[ad(name=long)]), name=long))[key]

    assert len(step.name) == 375
    assert step.name.endswith(f" [st-abcd2345-1-{key}]")


def test_a_file_that_is_not_there_is_refused_at_its_place() -> None:
    content = draft(ad_set(ads=[ad(media=["0" * 64])]))

    assert refusal(content) == ("MEDIA_MISSING", "ad_sets[s1].ads[a1].creative.media")


def test_an_ad_without_a_file_is_refused() -> None:
    assert refusal(draft(ad_set(ads=[ad(media=[])])))[0] == "MEDIA_MISSING"


def test_steps_say_where_they_come_from() -> None:
    assert {key: step.node for key, step in steps_of(draft()).items()} == {
        f"m-{RED[:10]}": "ad_sets[s1].ads[a1].creative.media",
        "c": "campaign",
        "s1": "ad_sets[s1]",
        "cr-a1": "ad_sets[s1].ads[a1].creative",
        "a1": "ad_sets[s1].ads[a1]",
    }
