from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.differences import Terms, differences, where
from integrations import draft as drafts
from tests.campaigns.sample_platform import MEDIA
from tests.campaigns.test_rules import AD, CONTENT, ad_set, at

TERMS = Terms("USD", MEDIA)


def changes(*edits: Any, before: dict[str, Any] = CONTENT) -> list[tuple[str, str, str]]:
    old, new = copy.deepcopy(before), copy.deepcopy(before)
    for edit in edits:
        edit(new)
    found = differences(drafts.read(old), drafts.read(new), TERMS)
    return [(change.where, change.before, change.after) for change in found]


def add_canada(content: dict[str, Any]) -> None:
    content["ad_sets"].append(ad_set("s2", "Canada"))


def turn(content: dict[str, Any]) -> None:
    content["ad_sets"].reverse()


TWO: dict[str, Any] = copy.deepcopy(CONTENT)
add_canada(TWO)


def test_equal_contents_differ_in_nothing():
    assert changes() == []


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (at("campaign.name", "Autumn"), ("Campaign › Name", "Summer Sale", "Autumn")),
        (at("campaign.budget.amount", "1500"), ("Campaign › Budget", "$1,000.00 a day", "$1,500.00 a day")),
        (at("campaign.budget.type", "lifetime"), ("Campaign › Budget", "$1,000.00 a day", "$1,000.00 in total")),
        (at("campaign.schedule.end", None), ("Campaign › End", "Aug 31, 2027, 23:59", "–")),
        (
            at("campaign.launch", "paused"),
            ("Campaign › Launch", "Goes live when published", "Stays paused when published"),
        ),
        (at("campaign.assets.pixel", "3"), ("Campaign › Pixel", "2", "3")),
        (at("campaign.declarations.eu_political", True), ("Campaign › Political advertising in the EU", "No", "Yes")),
        (at("ad_sets.0.name", "America"), ("America › Name", "US", "America")),
        (at("ad_sets.0.budget", "500"), ("US › Budget", "–", "$500.00")),
        (
            at("ad_sets.0.targeting.locations", ["US", "CA"]),
            ("US › Locations", "United States", "United States, Canada"),
        ),
        (at("ad_sets.0.targeting.age_min", 18), ("US › Age", "25–54", "18–54")),
        (at("ad_sets.0.targeting.age_max", None), ("US › Age", "25–54", "25 and older")),
        (at("ad_sets.0.targeting.genders", ["female"]), ("US › Gender", "All genders", "Women")),
        (at("ad_sets.0.targeting.interests", [{"id": "1", "name": "Tea"}]), ("US › Interests", "–", "Tea")),
        (at("ad_sets.0.optimization", "link_clicks"), ("US › Optimization", "Conversions", "Link clicks")),
        (at("ad_sets.0.ads.0.creative.media", ["second"]), ("Image ad › Media", "square.jpg", "second.jpg")),
        (at("ad_sets.0.ads.0.creative.headlines", ["New"]), ("Image ad › Headline", "Up to 50% off!", "New")),
        (at("ad_sets.0.ads.0.creative.link_url", ""), ("Image ad › Link", "https://shop.example.com/summer", "–")),
        (add_canada, ("Canada", "–", "New ad set")),
        (at("ad_sets.0.ads", []), ("Image ad", "Ad", "Removed")),
        (at("campaign.budget.amount", "a lot"), ("campaign.budget.amount", "–", "a lot")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_change_is_told_with_its_place_and_both_values(edit, expected):
    assert expected in changes(edit)


def test_an_ad_set_that_only_moved_is_not_told_as_new():
    assert changes(turn, before=TWO) == [("Campaign › Order of ad sets", "US · Canada", "Canada · US")]


def test_the_ads_of_a_new_ad_set_are_not_told_one_by_one():
    assert changes(add_canada) == [("Canada", "–", "New ad set")]


def test_an_ad_that_moved_and_changed_is_told_as_both():
    def move(content: dict[str, Any]) -> None:
        moved = content["ad_sets"][0]["ads"].pop()
        moved["creative"]["headlines"] = ["New"]
        content["ad_sets"][1]["ads"].append(moved)

    assert changes(move, before=TWO) == [
        ("Image ad", "Ad", "Removed"),
        ("Image ad", "–", "New ad"),
        ("Image ad › Headline", "Up to 50% off!", "New"),
    ]


def test_two_things_of_one_name_are_told_apart():
    named = copy.deepcopy(CONTENT)
    at("ad_sets.0.targeting.interests", [{"id": "1", "name": "Tea"}])(named)

    found = changes(at("ad_sets.0.targeting.interests", [{"id": "2", "name": "Tea"}]), before=named)

    assert found == [("US › Interests", '[{"id": "1", "name": "Tea"}]', '[{"id": "2", "name": "Tea"}]')]


def test_the_same_amount_written_otherwise_is_no_difference():
    assert changes(at("campaign.budget.amount", "1000.00")) == []


#: Every leaf of the content with a value that it does not have.
LEAVES = [
    ("campaign.name", "x"),
    ("campaign.objective", "traffic"),
    ("campaign.budget.amount", "7"),
    ("campaign.budget.type", "lifetime"),
    ("campaign.schedule.start", "2027-07-01T00:00"),
    ("campaign.schedule.end", "2027-07-02T00:00"),
    ("campaign.launch", "paused"),
    *[(f"campaign.assets.{name}", "x") for name in drafts.Assets.model_fields if name != "conversion_event"],
    ("campaign.assets.conversion_event", "lead"),
    ("campaign.declarations.special_ad_categories", ["x"]),
    ("campaign.declarations.eu_political", True),
    ("campaign.declarations.dsa_beneficiary", "x"),
    ("campaign.declarations.dsa_payor", "x"),
    ("campaign.url_tags", "x"),
    ("ad_sets.0.name", "x"),
    ("ad_sets.0.budget", "7"),
    ("ad_sets.0.optimization", "reach"),
    ("ad_sets.0.targeting.locations", ["DE"]),
    ("ad_sets.0.targeting.excluded_locations", ["DE"]),
    ("ad_sets.0.targeting.age_min", 30),
    ("ad_sets.0.targeting.age_max", 31),
    ("ad_sets.0.targeting.genders", ["male"]),
    ("ad_sets.0.targeting.languages", [{"id": "6", "name": "English"}]),
    ("ad_sets.0.targeting.interests", [{"id": "6", "name": "Tea"}]),
    ("ad_sets.0.targeting.keywords", ["x"]),
    ("ad_sets.0.ads.0.name", "x"),
    ("ad_sets.0.ads.0.creative.type", "video"),
    ("ad_sets.0.ads.0.creative.media", ["x"]),
    ("ad_sets.0.ads.0.creative.cover", "x"),
    ("ad_sets.0.ads.0.creative.headlines", ["x"]),
    ("ad_sets.0.ads.0.creative.descriptions", ["x"]),
    ("ad_sets.0.ads.0.creative.primary_text", "x"),
    ("ad_sets.0.ads.0.creative.call_to_action", "sign_up"),
    ("ad_sets.0.ads.0.creative.link_url", "x"),
]


def test_every_leaf_of_the_draft_is_in_the_list():
    def leaves(model: Any) -> int:
        return sum(
            leaves(info.annotation) if hasattr(info.annotation, "model_fields") else 1
            for name, info in model.model_fields.items()
            if name not in {"key", "ads"}
        )

    assert len(LEAVES) == leaves(drafts.Campaign) + leaves(drafts.AdSet) + leaves(drafts.Ad)


@given(st.sets(st.sampled_from(range(len(LEAVES)))))
def test_no_change_goes_untold(chosen):
    edits = [at(*LEAVES[number]) for number in chosen]

    old, new = copy.deepcopy(CONTENT), copy.deepcopy(CONTENT)
    for edit in edits:
        edit(new)
    told = {change.path for change in differences(drafts.read(old), drafts.read(new), TERMS)}

    assert len(told) >= len({_field(LEAVES[number][0]) for number in chosen})


def _field(path: str) -> str:
    """Budget is one field on the page, and so is age."""
    return path.replace("budget.type", "budget.amount").replace("age_max", "age_min")


def test_the_ad_of_the_table_is_the_ad_of_the_rules():
    assert CONTENT["ad_sets"][0]["ads"][0] == AD


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("campaign", "Campaign"),
        ("campaign.budget.amount", "Campaign › Budget"),
        ("campaign.schedule.end", "Campaign › End"),
        ("ad_sets[s1]", "US"),
        ("ad_sets[s1].targeting", "US"),
        ("ad_sets[s1].targeting.age_max", "US › Age"),
        ("ad_sets[s1].targeting.locations[0]", "US › Locations"),
        ("ad_sets[s1].ads[a1].creative.headlines[1]", "Image ad › Headline"),
        ("ad_sets[s1].ads[a1].creative", "Image ad"),
        ("ad_sets[gone].budget", "Campaign"),
    ],
)
def test_a_path_is_said_in_words(path, words):
    assert where(drafts.read(CONTENT).draft, path) == words
