"""What a campaign becomes on another account: every change is told, money is never converted."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from campaigns.starting.adapting import Side, adapt
from campaigns.starting.audience import Meaning, wanted_by
from integrations import draft as drafts
from integrations import platforms
from integrations.contracts import Account

CONTENT: dict[str, Any] = {
    "campaign": {
        "name": "Summer",
        "objective": "conversions",
        "budget": {"amount": "1000.00", "type": "daily"},
        "schedule": {"start": "2027-06-01T09:00"},
        "assets": {"page": "p1", "pixel": "x1", "conversion_event": "purchase"},
        "declarations": {"special_ad_categories": ["financial_products_services"]},
    },
    "ad_sets": [
        {
            "key": "s1",
            "name": "Berlin",
            "budget": "300.00",
            "optimization": "conversion_value",
            "targeting": {
                "locations": ["DE", {"kind": "city", "id": "777", "name": "Berlin, Germany"}],
                "excluded_locations": ["AT"],
                "interests": [{"id": "6003", "name": "Fashion"}],
            },
            "ads": [{"key": "a1", "creative": {"call_to_action": "donate_now", "headlines": ["x" * 200]}}],
        }
    ],
}


def side(
    platform: str, account: str = "1", *, currency: str = "USD", zone: str = "America/New_York", **kw: Any
) -> Side:
    known = platforms.platform_class(platform)
    return Side(platform, known.label, known.capabilities, Account(account, "Acme", currency, zone), **kw)


def adapted(source: Side, target: Side, meanings: Any = None, **campaign: Any) -> Any:
    content = copy.deepcopy(CONTENT)
    content["campaign"] |= campaign
    return adapt(drafts.read(content), source, target, meanings or {})


def told(result: Any) -> dict[str, str]:
    return {fit.path: f"{fit.verdict} {fit.becomes}" for fit in result.changes}


def test_on_another_account_of_the_platform_only_its_assets_change():
    result = adapted(side("meta"), side("meta", "2", defaults={"page": "p2"}, assets={("pixel", "x1"): "Shop"}))

    expected = drafts.read(CONTENT).json
    expected["campaign"]["assets"]["page"] = "p2"
    assert result.content == expected
    assert list(told(result)) == ["campaign.assets.page"]
    assert result.amounts == ()


def test_an_asset_that_the_account_does_not_have_is_left_empty_and_said():
    result = adapted(side("meta"), side("meta", "2"))

    assert result.content["campaign"]["assets"]["pixel"] == ""
    assert "does not have it" in told(result)["campaign.assets.pixel"]


def test_amounts_of_another_currency_are_emptied_and_asked_for():
    result = adapted(side("meta"), side("meta", "2", currency="EUR"))

    assert result.amounts == ("campaign.budget.amount", "ad_sets[s1].budget")
    assert result.content["campaign"]["budget"] == {"amount": None, "type": "daily"}
    assert result.content["ad_sets"][0]["budget"] is None


def test_times_of_another_zone_stay_as_written_and_it_is_said():
    result = adapted(side("meta"), side("meta", "2", zone="Europe/Berlin"))

    assert result.content["campaign"]["schedule"]["start"] == "2027-06-01T09:00:00"
    assert "Europe/Berlin instead of America/New_York" in told(result)["campaign.schedule.start"]


def test_names_are_looked_up_and_what_is_not_found_is_dropped_with_the_reason():
    city = {"kind": "city", "id": "9", "name": "Berlin, Berlin, Germany"}
    meanings = {"location:city:Berlin, Germany": Meaning(city), "interest::Fashion": Meaning(why="None of that name.")}
    result = adapted(side("meta"), side("tiktok"), meanings)

    targeting = result.content["ad_sets"][0]["targeting"]
    assert [(place["kind"], place["id"]) for place in targeting["locations"]] == [("country", "DE"), ("city", "9")]
    assert targeting["interests"] == []
    assert targeting["excluded_locations"] == []  # TikTok has none
    lines = told(result)
    assert lines["ad_sets[s1].targeting.interests"] == "dropped None of that name."
    assert lines["ad_sets[s1].targeting.locations"].startswith("changed There it is “Berlin, Berlin")
    assert "does not narrow" in lines["ad_sets[s1].targeting.excluded_locations"]


def test_only_names_that_the_platform_takes_are_looked_up_each_once():
    targeting = drafts.read(CONTENT).draft.ad_sets[0].targeting
    taken = platforms.platform_class("tiktok").capabilities.targeting

    assert [name.key for name in wanted_by([targeting, targeting], taken)] == [
        "location:city:Berlin, Germany", "interest::Fashion",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "was", "now"),
    [("google", "video_views", "awareness"), ("tiktok", "engagement", "traffic"), ("snapchat", "leads", "leads")],
)
def test_an_objective_that_is_not_offered_gives_way_to_the_nearest(target, was, now):
    result = adapted(side("meta"), side(target), objective=was)

    assert result.content["campaign"]["objective"] == now
    assert ("campaign.objective" in told(result)) == (was != now)


def test_goal_button_and_category_follow_the_platform_and_texts_stay():
    result = adapted(side("meta"), side("tiktok"))

    ad_set, lines = result.content["ad_sets"][0], told(result)
    assert ad_set["optimization"] == "conversions"
    assert "conversion value" in lines["ad_sets[s1].optimization"]
    assert result.content["campaign"]["declarations"]["special_ad_categories"] == ["credit"]
    creative = ad_set["ads"][0]["creative"]
    assert creative["headlines"] == ["x" * 200]
    changed = "ad_sets[s1].ads[a1].creative.call_to_action" in lines
    assert changed == (creative["call_to_action"] != "donate_now")


def test_google_spends_from_the_campaigns_budget_and_it_is_said_what_the_ad_sets_had():
    result = adapted(side("meta"), side("google"))

    assert result.content["ad_sets"][0]["budget"] is None
    assert "$300.00" in told(result)["campaign.budget.amount"]


@pytest.mark.parametrize("target", ["meta", "google", "tiktok", "snapchat"])
def test_whatever_is_empty_or_unreadable_survives(target):
    content = copy.deepcopy(CONTENT)
    content["campaign"] |= {"objective": "fame", "budget": {"amount": "a lot", "type": ""}}
    content["ad_sets"][0]["targeting"]["age_min"] = "thirteen"
    result = adapt(drafts.read(content), side("meta"), side(target, "2"), {})

    drafts.read(result.content)
    assert result.content["campaign"]["budget"]["amount"] == "a lot"
