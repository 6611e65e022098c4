"""The fit panel's lines: what each part of a draft becomes on Google Ads."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.capabilities import Fit, Verdict
from integrations.contracts import Account, Media
from integrations.draft import Draft
from integrations.platforms.google.adapter import GooglePlatform
from tests.google.drafts import (
    FILM,
    MAIN,
    SQUARE,
    TALL,
    TOKYO,
    WIDE,
    ad,
    ad_set,
    draft,
    media,
    search_ad,
    search_ad_set,
)

KEPT, CHANGED, DROPPED, REFUSED = Verdict.KEPT, Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED
S1 = "ad_sets[s1]"
AD = f"{S1}.ads[a1].creative"
ODD = "f" * 64


@pytest.fixture
def fit(visitor: GooglePlatform) -> Any:
    files = media() | {ODD: Media(ODD, "image", "image/png", "odd.png", 1000, 900, 600)}

    def ask(content: Draft, account: Account = MAIN) -> dict[str, Fit]:
        return {line.path: line for line in visitor.fit(content, account, files)}

    return ask


def test_the_example_of_the_flows_becomes_a_demand_gen_campaign(fit: Any) -> None:
    lines = fit(draft())

    assert "Demand Gen" in lines["campaign.objective"].becomes
    assert lines["campaign.budget.amount"].becomes.startswith("$1,000.00 a day. Google may spend up to twice")
    assert lines[f"{S1}.targeting.age_min"].becomes == "Ages 25 to 54, and people whose age Google does not know."
    assert REFUSED not in {line.verdict for line in lines.values()}


def test_keywords_make_it_a_search_campaign(fit: Any) -> None:
    lines = fit(draft(search_ad_set()))

    assert "Search campaign" in lines["campaign.objective"].becomes
    assert lines[f"{S1}.targeting.keywords"].becomes.startswith("1 broad, 1 phrase, 1 exact match.")
    assert REFUSED not in {line.verdict for line in lines.values()}


TWO_SEARCH_SETS = (search_ad_set("s1"), search_ad_set("s2", [search_ad("b1")], targeting={"locations": ["DE"]}))
CASES: list[tuple[str, Draft, Account, str, Verdict, str]] = [
    (
        "awareness",
        draft(ad_set(optimization="link_clicks"), objective="awareness"),
        MAIN,
        "campaign.objective",
        CHANGED,
        "bids for clicks",
    ),
    (
        "two goals",
        draft(ad_set(), ad_set("s2", [ad("b1")], optimization="link_clicks")),
        MAIN,
        "ad_sets[s2].optimization",
        REFUSED,
        "whole campaign",
    ),
    (
        "sum of ad sets",
        draft(ad_set(budget="300"), ad_set("s2", [ad("b1")], budget="200")),
        MAIN,
        "campaign.budget.amount",
        CHANGED,
        "$500.00 a day, the sum",
    ),
    ("an ad set's budget", draft(ad_set(budget="300")), MAIN, f"{S1}.budget", CHANGED, "Not a limit of its own"),
    ("yen", draft(budget={"amount": "1000.5"}), TOKYO, "campaign.budget.amount", REFUSED, "smallest unit is 1"),
    ("below the floor", draft(budget={"amount": "4.99"}), MAIN, "campaign.budget.amount", REFUSED, "below $5.00 a day"),
    (
        "below the floor in yen",
        draft(budget={"amount": "699"}),
        TOKYO,
        "campaign.budget.amount",
        REFUSED,
        "below ¥700 a day",
    ),
    (
        "below the floor on average",
        draft(budget={"amount": "450", "type": "lifetime"}),
        MAIN,
        "campaign.budget.amount",
        REFUSED,
        "below $5.00",
    ),
    (
        "lifetime",
        draft(budget={"amount": "4600", "type": "lifetime"}),
        MAIN,
        "campaign.budget.amount",
        KEPT,
        "campaign total budget",
    ),
    (
        "start within a day",
        draft(schedule={"start": "2027-06-01T09:00"}),
        MAIN,
        "campaign.schedule.start",
        CHANGED,
        "Jun 1, 2027, 00:00",
    ),
    (
        "end within a day",
        draft(schedule={"end": "2027-06-01T18:00"}),
        MAIN,
        "campaign.schedule.end",
        CHANGED,
        "23:59:59",
    ),
    (
        "political",
        draft(declarations={"eu_political": True}),
        MAIN,
        "campaign.declarations.eu_political",
        CHANGED,
        "does not show",
    ),
    ("no logo", draft(assets={"business_name": "Acme"}), MAIN, "campaign.assets.logo", REFUSED, "square logo"),
    ("no name", draft(assets={"logo": "1"}), MAIN, "campaign.assets.business_name", REFUSED, "business's name"),
    (
        "long name",
        draft(assets={"logo": "1", "business_name": "x" * 26}),
        MAIN,
        "campaign.assets.business_name",
        REFUSED,
        "25 characters",
    ),
    (
        "foreign asset",
        draft(assets={"page": "1", "logo": "1", "business_name": "A"}),
        MAIN,
        "campaign.assets.page",
        DROPPED,
        "do not use",
    ),
    ("conversion action", draft(), MAIN, "campaign.assets.conversion_action", DROPPED, "goals of the account"),
    (
        "ages between groups",
        draft(ad_set(targeting={"age_min": 21, "age_max": 50})),
        MAIN,
        f"{S1}.targeting.age_min",
        CHANGED,
        "Ages 18 to 54",
    ),
    ("oldest", draft(ad_set(targeting={"age_max": 65})), MAIN, f"{S1}.targeting.age_min", KEPT, "25 and older"),
    (
        "interests in search",
        draft(search_ad_set(targeting={"interests": [{"id": "1", "name": "x"}]})),
        MAIN,
        f"{S1}.targeting.interests",
        DROPPED,
        "whatever their interests",
    ),
    (
        "interest of another platform",
        draft(ad_set(targeting={"interests": [{"id": "abc", "name": "Fashion"}]})),
        MAIN,
        f"{S1}.targeting.interests",
        REFUSED,
        "Fashion",
    ),
    (
        "language by name",
        draft(ad_set(targeting={"languages": ["German"]})),
        MAIN,
        f"{S1}.targeting.languages",
        REFUSED,
        "German",
    ),
    (
        "places apart in search",
        draft(*TWO_SEARCH_SETS),
        MAIN,
        "ad_sets[s2].targeting.locations",
        REFUSED,
        "whole campaign",
    ),
    (
        "no keywords beside others",
        draft(search_ad_set("s1"), ad_set("s2", [search_ad("b1")])),
        MAIN,
        "ad_sets[s2].targeting.keywords",
        REFUSED,
        "without keywords",
    ),
    (
        "keyword with a sign",
        draft(search_ad_set(targeting={"keywords": ["50% off"]})),
        MAIN,
        f"{S1}.targeting.keywords",
        REFUSED,
        "“50% off”",
    ),
    (
        "keyword of many words",
        draft(search_ad_set(targeting={"keywords": ["a b c d e f g h i j k"]})),
        MAIN,
        f"{S1}.targeting.keywords",
        REFUSED,
        "10 words",
    ),
    (
        "few headlines",
        draft(search_ad_set(ads=[search_ad(headlines=["One", "Two"])])),
        MAIN,
        f"{AD}.headlines",
        REFUSED,
        "3 different headlines",
    ),
    (
        "same headlines",
        draft(search_ad_set(ads=[search_ad(headlines=["One", "One", "Two"])])),
        MAIN,
        f"{AD}.headlines",
        REFUSED,
        "not 2",
    ),
    (
        "few descriptions",
        draft(search_ad_set(ads=[search_ad(descriptions=["One"])])),
        MAIN,
        f"{AD}.descriptions",
        REFUSED,
        "2 different",
    ),
    (
        "many headlines",
        draft(ad_set(ads=[ad(headlines=list("abcdef"))])),
        MAIN,
        f"{AD}.headlines",
        REFUSED,
        "5 headlines at most",
    ),
    ("a headline twice", draft(ad_set(ads=[ad(headlines=["a", "a"])])), MAIN, f"{AD}.headlines", DROPPED, "1 left out"),
    (
        "four search ads",
        draft(search_ad_set(ads=[search_ad(f"a{n}") for n in range(4)])),
        MAIN,
        f"{S1}.ads",
        REFUSED,
        "at most 3",
    ),
    ("button in search", draft(search_ad_set()), MAIN, f"{AD}.call_to_action", DROPPED, "no button"),
    (
        "picture in search",
        draft(search_ad_set(ads=[search_ad(media=[SQUARE])])),
        MAIN,
        f"{AD}.media",
        DROPPED,
        "no picture",
    ),
    ("no picture", draft(ad_set(ads=[ad(media=[])])), MAIN, f"{AD}.media", REFUSED, "needs a picture"),
    ("odd picture", draft(ad_set(ads=[ad(media=[WIDE, ODD])])), MAIN, f"{AD}.media[1]", REFUSED, "900 × 600"),
    ("only tall", draft(ad_set(ads=[ad(media=[TALL])])), MAIN, f"{AD}.media", REFUSED, "square or 1.91:1"),
    (
        "primary text",
        draft(ad_set(ads=[ad(primary_text="x")])),
        MAIN,
        f"{AD}.primary_text",
        DROPPED,
        "headlines and descriptions",
    ),
    ("film", draft(ad_set(ads=[ad(type="video", media=[FILM])])), MAIN, f"{AD}.type", CHANGED, "first headline"),
]


@pytest.mark.parametrize(
    ("content", "account", "path", "verdict", "words"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_what_is_not_simply_kept_is_said(
    fit: Any, content: Draft, account: Account, path: str, verdict: Verdict, words: str
) -> None:
    line = fit(content, account)[path]

    assert (line.verdict, words in line.becomes) == (verdict, True), line
    assert line.becomes.endswith(".")


def test_a_campaign_of_search_may_cost_less_than_demand_gen(fit: Any) -> None:
    line = fit(draft(search_ad_set(), budget={"amount": "1"}))["campaign.budget.amount"]

    assert line.verdict is KEPT


def test_an_empty_draft_is_asked_for_nothing_it_may_not_need(fit: Any) -> None:
    empty = draft(
        {"key": "s1", "ads": [{"key": "a1"}]},
        name="",
        objective="",
        budget={},
        schedule={},
        declarations={},
        url_tags="",
    )

    assert set(fit(empty)) == {"campaign.assets.conversion_action", f"{S1}.targeting.age_min", f"{AD}.media"}
