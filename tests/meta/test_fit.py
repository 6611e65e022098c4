"""The fit panel's lines: what each part of a draft becomes on Meta."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.capabilities import Fit, Verdict
from integrations.contracts import Account
from integrations.draft import Draft
from integrations.platforms.meta.adapter import MetaPlatform
from tests.meta.drafts import BLUE, MAIN, RED, TOKYO, ad, ad_set, draft, media

AD = "ad_sets[s1].ads[a1].creative"


@pytest.fixture
def fit(visitor: MetaPlatform) -> Any:
    def ask(content: Draft, account: Account = MAIN) -> dict[str, Fit]:
        return {line.path: line for line in visitor.fit(content, account, media())}

    return ask


def test_the_example_of_the_flows_is_kept(fit: Any) -> None:
    lines = fit(draft())

    assert lines["campaign.objective"].becomes == "The objective Sales (OUTCOME_SALES)."
    assert lines["campaign.schedule.start"].becomes.startswith("Jun 1, 2027, 09:00 (-0400 from UTC)")
    assert lines["ad_sets[s1].budget"].becomes == "$500.00 a day for this ad set alone."
    assert lines["ad_sets[s1].targeting.age_min"].becomes == "25 to 54."
    assert {line.verdict for line in lines.values()} <= {Verdict.KEPT, Verdict.CHANGED}


CASES: list[tuple[str, Draft, Account, str, Verdict, str]] = [
    ("objective renamed", draft(objective="conversions"), MAIN, "campaign.objective", Verdict.CHANGED, "OUTCOME_SALES"),
    ("budget of ad sets", draft(), MAIN, "campaign.budget.amount", Verdict.CHANGED, "stays the ceiling"),
    (
        "budget of campaign",
        draft(ad_set(budget=None)),
        MAIN,
        "campaign.budget.amount",
        Verdict.KEPT,
        "$1,000.00 a day, which Meta shares out",
    ),
    (
        "yen have no decimals",
        draft(ad_set(budget=None), budget={"amount": "1000.5"}),
        TOKYO,
        "campaign.budget.amount",
        Verdict.REFUSED,
        "whole amounts",
    ),
    (
        "mills",
        draft(ad_set(budget=None), budget={"amount": "1000.505"}),
        MAIN,
        "campaign.budget.amount",
        Verdict.REFUSED,
        "two decimals",
    ),
    (
        "clocks skip the start",
        draft(schedule={"start": "2028-03-12T02:30"}),
        MAIN,
        "campaign.schedule.start",
        Verdict.CHANGED,
        "03:30 (-0400 from UTC)",
    ),
    (
        "keywords",
        draft(ad_set(targeting={"keywords": ["x"]})),
        MAIN,
        "ad_sets[s1].targeting.keywords",
        Verdict.DROPPED,
        "no keywords",
    ),
    (
        "no ages",
        draft(ad_set(targeting={"age_min": None, "age_max": None})),
        MAIN,
        "ad_sets[s1].targeting.age_min",
        Verdict.CHANGED,
        "18 and older",
    ),
    (
        "oldest",
        draft(ad_set(targeting={"age_max": 65})),
        MAIN,
        "ad_sets[s1].targeting.age_max",
        Verdict.KEPT,
        "25 and older",
    ),
    (
        "language by name",
        draft(ad_set(targeting={"languages": ["German"]})),
        MAIN,
        "ad_sets[s1].targeting.languages",
        Verdict.REFUSED,
        "German",
    ),
    (
        "foreign assets",
        draft(assets={"page": "1", "identity": "2"}),
        MAIN,
        "campaign.assets.identity",
        Verdict.DROPPED,
        "do not use",
    ),
    ("no instagram", draft(assets={"page": "1"}), MAIN, "campaign.assets.instagram", Verdict.CHANGED, "Page's name"),
    (
        "needless pixel",
        draft(ad_set(optimization="link_clicks"), objective="traffic"),
        MAIN,
        "campaign.assets.pixel",
        Verdict.DROPPED,
        "no pixel",
    ),
    (
        "special category",
        draft(declarations={"special_ad_categories": ["housing"]}),
        MAIN,
        "campaign.declarations.special_ad_categories",
        Verdict.KEPT,
        "HOUSING, declared for United States",
    ),
    (
        "special category without a country",
        draft(
            ad_set(targeting={"locations": [{"kind": "city", "id": "1"}]}),
            declarations={"special_ad_categories": ["housing"]},
        ),
        MAIN,
        "campaign.declarations.special_ad_categories",
        Verdict.REFUSED,
        "Name a country",
    ),
    (
        "long text",
        draft(ad_set(ads=[ad(primary_text="x" * 126)])),
        MAIN,
        f"{AD}.primary_text",
        Verdict.CHANGED,
        "125 characters",
    ),
    (
        "two headlines",
        draft(ad_set(ads=[ad(headlines=["a", "b"])])),
        MAIN,
        f"{AD}.headlines",
        Verdict.DROPPED,
        "1 left out",
    ),
    (
        "one headline for all cards",
        draft(ad_set(ads=[ad(type="carousel", media=[RED, BLUE])])),
        MAIN,
        f"{AD}.headlines",
        Verdict.CHANGED,
        "first one",
    ),
    (
        "views of a picture",
        draft(ad_set(optimization="video_views"), objective="video_views"),
        MAIN,
        f"{AD}.type",
        Verdict.REFUSED,
        "no video",
    ),
]


@pytest.mark.parametrize(
    ("content", "account", "path", "verdict", "words"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_what_is_not_simply_kept_is_said(
    fit: Any, content: Draft, account: Account, path: str, verdict: Verdict, words: str
) -> None:
    line = fit(content, account)[path]

    assert line.verdict is verdict
    assert words in line.becomes
    assert line.becomes.endswith(".") or "skip the time" in line.becomes


def test_a_text_of_the_right_length_is_not_mentioned(fit: Any) -> None:
    assert f"{AD}.primary_text" not in fit(draft(ad_set(ads=[ad(primary_text="x" * 125)])))


def test_an_empty_draft_has_nothing_to_say_of_its_empty_parts(fit: Any) -> None:
    empty = draft({"key": "s1", "ads": [{"key": "a1"}]}, name="", objective="", budget={}, schedule={}, assets={})

    assert set(fit(empty)) == {"ad_sets[s1].targeting.age_min"}
