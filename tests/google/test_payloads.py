"""What Google is sent, by table: money, time, objectives, audiences, texts, pictures, names."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.contracts import Account, Level, Step
from integrations.draft import Draft
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms import offline
from integrations.platforms.google import audiences, payloads
from integrations.platforms.google.capabilities import channel_of, minor_digits, width
from tests.google.drafts import (
    FILM,
    MAIN,
    NOW,
    SQUARE,
    TALL,
    TOKYO,
    WIDE,
    ad,
    ad_set,
    draft,
    order,
    search_ad,
    search_ad_set,
)


def plan(content: Draft, account: Account = MAIN, now: datetime = NOW) -> list[Step]:
    return offline("google").plan(order(content, account, now))


def made(content: Draft, operation: str, account: Account = MAIN, now: datetime = NOW) -> list[dict[str, Any]]:
    """What the plan creates by an operation."""
    entries = [entry for step in plan(content, account, now) for entry in step.payload.get("operations", ())]
    return [entry["create"] for entry in entries if entry["operation"] == operation]


def account(currency: str, unit: int | None = None, zone: str = "America/New_York") -> Account:
    return Account("1234567890", "x", currency, zone, extra={"billable_unit_micros": unit} if unit else {})


# Money --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "unit", "micros"),
    [
        ("1000.00", "USD", 10_000, 1_000_000_000),
        ("0.01", "USD", 10_000, 10_000),
        ("1000", "JPY", 1_000_000, 1_000_000_000),  # micros in every currency, those without decimals too
        ("7500", "HUF", None, 7_500_000_000),
        ("4500", "CLP", None, 4_500_000_000),
        ("12.34", "KWD", None, 12_340_000),
        ("12.5", "HUF", 10_000, 12_500_000),  # the unit Google named wins over our table
    ],
)
def test_amounts_are_micros(amount: str, currency: str, unit: int | None, micros: int) -> None:
    assert payloads.micros(Decimal(amount), account(currency, unit)) == micros


@pytest.mark.parametrize(
    ("amount", "currency", "unit"),
    [
        ("1000.005", "USD", None),
        ("1000.5", "JPY", None),
        ("12.345", "KWD", None),
        ("10.5", "CLP", None),
        ("0", "USD", None),
        ("-5", "USD", None),
        ("1.01", "USD", 1_000_000),
    ],
)
def test_amounts_that_google_cannot_bill_are_refused(amount: str, currency: str, unit: int | None) -> None:
    with pytest.raises(PlatformError) as caught:
        payloads.micros(Decimal(amount), account(currency, unit))

    assert (caught.value.kind, caught.value.path) == (ErrorKind.INVALID, "campaign.budget.amount")


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("KWD", 2), ("JPY", 0), ("HUF", 0), ("CLP", 0)])
def test_decimals_by_currency(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_a_daily_budget_belongs_to_its_campaign_alone() -> None:
    (budget,) = made(draft(), "campaignBudgetOperation")

    assert budget == {
        "resourceName": {"$id": "abcd2345-1-c-budget", "of": "campaignBudgets"},
        "deliveryMethod": "STANDARD",
        "explicitlyShared": False,
        "period": "DAILY",
        "amountMicros": "1000000000",
    }


def test_a_lifetime_budget_is_a_total() -> None:
    (budget,) = made(draft(budget={"amount": "9000", "type": "lifetime"}), "campaignBudgetOperation")

    assert budget["period"] == "CUSTOM_PERIOD"
    assert budget["totalAmountMicros"] == "9000000000"
    assert "amountMicros" not in budget


def test_budgets_of_ad_sets_are_summed() -> None:
    content = draft(ad_set("s1", budget="300"), ad_set("s2", [ad("b1")], budget="200.50"))

    (budget,) = made(content, "campaignBudgetOperation")

    assert budget["amountMicros"] == "500500000"


# Time ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "zone", "now", "expected"),
    [
        (
            {"start": "2027-06-01T09:00", "end": "2027-08-31T18:00"},
            "America/New_York",
            NOW,
            ("2027-06-01 00:00:00", "2027-08-31 23:59:59"),
        ),
        ({}, "America/New_York", NOW, (None, None)),
        ({"start": "2027-05-01T00:00"}, "America/New_York", NOW, (None, None)),  # today means now
        ({"start": "2027-04-01T00:00"}, "America/New_York", NOW, (None, None)),  # a start that has passed means now
        # 23:30 on May 1 in New York is May 2 in UTC and in Tokyo: the account's day counts.
        (
            {"start": "2027-05-02T00:00"},
            "America/New_York",
            datetime(2027, 5, 2, 3, 30, tzinfo=UTC),
            ("2027-05-02 00:00:00", None),
        ),
        ({"start": "2027-05-02T00:00"}, "Asia/Tokyo", datetime(2027, 5, 1, 16, 0, tzinfo=UTC), (None, None)),
        # The clocks change on these days; a wall-clock day is sent as it is.
        (
            {"start": "2028-03-12T02:30", "end": "2028-11-05T01:30"},
            "America/New_York",
            NOW,
            ("2028-03-12 00:00:00", "2028-11-05 23:59:59"),
        ),
    ],
)
def test_schedules_are_whole_days_of_the_account(schedule: Any, zone: str, now: datetime, expected: Any) -> None:
    (campaign,) = made(draft(schedule=schedule), "campaignOperation", account("USD", zone=zone), now)

    assert (campaign.get("startDateTime"), campaign.get("endDateTime")) == expected


def test_an_end_that_has_passed_is_refused() -> None:
    with pytest.raises(PlatformError) as caught:
        plan(draft(schedule={"end": "2027-05-01T07:59"}))  # 08:00 in New York

    assert caught.value.path == "campaign.schedule.end"
    assert plan(draft(schedule={"end": "2027-05-01T08:01"}))


# Campaign -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("objective", "optimization", "bidding"),
    [
        ("awareness", "link_clicks", "targetSpend"),
        ("traffic", "link_clicks", "targetSpend"),
        ("leads", "leads", "maximizeConversions"),
        ("leads", "link_clicks", "targetSpend"),
        ("conversions", "conversions", "maximizeConversions"),
        ("conversions", "conversion_value", "maximizeConversionValue"),
        ("conversions", "link_clicks", "targetSpend"),
    ],
)
def test_goals_become_bidding(objective: str, optimization: str, bidding: str) -> None:
    (campaign,) = made(draft(ad_set(optimization=optimization), objective=objective), "campaignOperation")
    chosen = {"targetSpend", "maximizeConversions", "maximizeConversionValue"} & set(campaign)

    assert chosen == {bidding}
    assert campaign[bidding] == {}


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (draft(objective="video_views"), "campaign.objective"),
        (draft(ad_set(optimization="reach")), "ad_sets[s1].optimization"),
        (
            draft(ad_set("s1"), ad_set("s2", [ad("b1")], optimization="link_clicks")),
            "ad_sets[s2].optimization",
        ),
        (draft(ad_set(targeting={"locations": ["XK"]})), "ad_sets[s1].targeting.locations"),
        (draft(ad_set(ads=[ad(media=["0" * 64])])), "ad_sets[s1].ads[a1].creative.media"),
    ],
)
def test_what_google_cannot_be_told_is_refused_at_its_place(content: Draft, path: str) -> None:
    with pytest.raises(PlatformError) as caught:
        plan(content)

    assert (caught.value.kind, caught.value.path) == (ErrorKind.INVALID, path)


def test_a_search_campaign_stays_on_google_and_targets_people_in_the_places() -> None:
    content = draft(
        search_ad_set(targeting={"locations": ["US", "DE"], "excluded_locations": [{"kind": "city", "id": "1014221"}]})
    )

    (campaign,) = made(content, "campaignOperation")
    criteria = made(content, "campaignCriterionOperation")

    assert campaign["advertisingChannelType"] == "SEARCH"
    assert campaign["networkSettings"] == {
        "targetGoogleSearch": True,
        "targetSearchNetwork": False,
        "targetContentNetwork": False,
        "targetPartnerSearchNetwork": False,
    }
    assert campaign["geoTargetTypeSetting"] == {"positiveGeoTargetType": "PRESENCE"}
    assert [_about(criterion) for criterion in criteria] == [
        (False, "geoTargetConstants/2840"),
        (False, "geoTargetConstants/2276"),
        (True, "geoTargetConstants/1014221"),
        (False, "languageConstants/1000"),
    ]


def _about(criterion: dict[str, Any]) -> tuple[bool, str]:
    value = criterion.get("location") or criterion.get("language") or {}
    return criterion.get("negative", False), next(iter(value.values()))


def test_a_demand_gen_campaign_has_no_networks_and_its_places_on_the_ad_group() -> None:
    (campaign,) = made(draft(), "campaignOperation")

    assert campaign["advertisingChannelType"] == "DEMAND_GEN"
    assert not {"networkSettings", "geoTargetTypeSetting"} & set(campaign)
    assert made(draft(), "campaignCriterionOperation") == []


@pytest.mark.parametrize(("said", "word"), [(False, "DOES_NOT_CONTAIN"), (True, "CONTAINS")])
def test_political_advertising_is_declared(said: bool, word: str) -> None:
    (campaign,) = made(draft(declarations={"eu_political": said}), "campaignOperation")

    assert campaign["containsEuPoliticalAdvertising"] == f"{word}_EU_POLITICAL_ADVERTISING"


def test_everything_is_made_paused() -> None:
    for content in (draft(), draft(search_ad_set())):
        for operation in ("campaignOperation", "adGroupOperation", "adGroupAdOperation"):
            assert {entry["status"] for entry in made(content, operation)} == {"PAUSED"}


def test_the_campaigns_name_carries_the_mark_within_the_limit() -> None:
    (short,), (long,) = (made(draft(name=name), "campaignOperation") for name in ("Summer", "x" * 300))

    assert short["name"] == "Summer [st-abcd2345-1-c]"
    assert len(long["name"]) == 255
    assert long["name"].endswith("x [st-abcd2345-1-c]")


# Ad groups ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "excluded"),
    [
        (None, None, []),
        (18, 65, []),
        (25, 54, ["18_24", "55_64", "65_UP"]),
        (21, 50, ["55_64", "65_UP"]),
        (65, None, ["18_24", "25_34", "35_44", "45_54", "55_64"]),
        (None, 24, ["25_34", "35_44", "45_54", "55_64", "65_UP"]),
        (30, 64, ["18_24", "65_UP"]),
    ],
)
def test_ages_exclude_the_groups_they_do_not_touch(low: Any, high: Any, excluded: list[str]) -> None:
    assert audiences.excluded_ages(low, high) == [f"AGE_RANGE_{name}" for name in excluded]


def test_an_audience_is_what_the_ad_group_leaves_out() -> None:
    content = draft(ad_set(targeting={"genders": ["female"], "languages": [{"id": "1001"}]}))

    criteria = made(content, "adGroupCriterionOperation")
    (group,) = made(content, "adGroupOperation")

    assert [{k: v for k, v in c.items() if k not in ("adGroup", "status")} for c in criteria] == [
        {"location": {"geoTargetConstant": "geoTargetConstants/2840"}},
        {"language": {"languageConstant": "languageConstants/1001"}},
        {"userInterest": {"userInterestCategory": "customers/1234567890/userInterests/92501"}},
        {"negative": True, "ageRange": {"type": "AGE_RANGE_18_24"}},
        {"negative": True, "ageRange": {"type": "AGE_RANGE_55_64"}},
        {"negative": True, "ageRange": {"type": "AGE_RANGE_65_UP"}},
        {"negative": True, "gender": {"type": "MALE"}},
    ]
    assert group["optimizedTargetingEnabled"] is False
    assert "type" not in group


@pytest.mark.parametrize(
    ("line", "text", "match"),
    [
        ("running shoes", "running shoes", "BROAD"),
        ('"running  shoes"', "running shoes", "PHRASE"),
        ("[ running shoes ]", "running shoes", "EXACT"),
        ("[x", "[x", "BROAD"),
    ],
)
def test_keywords_are_read_by_googles_notation(line: str, text: str, match: str) -> None:
    assert audiences.keyword(line) == (text, match)


def test_a_keyword_is_sent_once() -> None:
    content = draft(search_ad_set(targeting={"keywords": ["Shoes", "shoes", "[shoes]"]}))

    keywords = [entry["keyword"] for entry in made(content, "adGroupCriterionOperation") if "keyword" in entry]

    assert keywords == [{"text": "Shoes", "matchType": "BROAD"}, {"text": "shoes", "matchType": "EXACT"}]


# Ads ----------------------------------------------------------------------------------------------------------------


def test_pictures_go_where_their_shape_belongs() -> None:
    (entry,) = made(draft(ad_set(ads=[ad(media=[SQUARE, WIDE, TALL])])), "adGroupAdOperation")
    shown = entry["ad"]["demandGenMultiAssetAd"]

    assert {name: len(value) for name, value in shown.items() if name.endswith("Images")} == {
        "logoImages": 1,
        "squareMarketingImages": 1,
        "marketingImages": 1,
        "portraitMarketingImages": 1,
    }
    assert shown["logoImages"] == [{"asset": "customers/1234567890/assets/700000000001"}]
    assert (shown["businessName"], shown["callToActionText"]) == ("Acme Corp", "Shop now")
    automation = entry["adGroupAdAssetAutomationSettings"]
    assert {setting["assetAutomationStatus"] for setting in automation} == {"OPTED_OUT"}


def test_a_search_ad_has_texts_and_no_name() -> None:
    (entry,) = made(draft(search_ad_set()), "adGroupAdOperation")

    assert set(entry["ad"]) == {"finalUrls", "responsiveSearchAd"}
    assert len(entry["ad"]["responsiveSearchAd"]["headlines"]) == 3


def test_a_search_campaign_uploads_no_picture() -> None:
    content = draft(search_ad_set(ads=[search_ad(media=[SQUARE])]))

    assert made(content, "assetOperation") == []
    assert made(draft(), "assetOperation") != []


def test_a_film_is_uploaded_then_named() -> None:
    steps = plan(draft(ad_set(ads=[ad(type="video", media=[FILM])])))
    upload, asset = steps[0], steps[1]

    assert (upload.level, asset.level) == (Level.MEDIA, Level.MEDIA)
    assert asset.needs == (upload.key,)
    assert asset.payload["operations"][0]["create"]["youtubeVideoAsset"] == {"youtubeVideoId": {"$film": upload.key}}


def test_an_asset_is_named_by_its_bytes() -> None:
    names = {made(draft(name=name), "assetOperation")[0]["name"] for name in ("One", "Two")}

    assert names == {f"summer 0 [st-{SQUARE[:20]}]"}


def test_keywords_decide_the_kind() -> None:
    assert channel_of(draft()) == "DEMAND_GEN"
    assert channel_of(draft(ad_set("s1"), search_ad_set("s2", [search_ad("b1")]))) == "SEARCH"


def test_more_operations_than_a_request_takes_are_refused() -> None:
    words = [f"keyword {number}" for number in range(10_000)]

    with pytest.raises(PlatformError) as caught:
        plan(draft(search_ad_set(targeting={"keywords": words})))

    assert caught.value.code == "CAMPAIGN_TOO_LARGE"


def test_wide_characters_count_twice() -> None:
    assert [width(text) for text in ("Sale", "セール", "ｾｰﾙ", "")] == [4, 6, 3, 0]


def test_yen_campaigns_are_planned_like_any_other() -> None:
    (budget,) = made(draft(budget={"amount": "100000"}), "campaignBudgetOperation", TOKYO)

    assert budget["amountMicros"] == "100000000000"
