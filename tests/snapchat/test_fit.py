"""The fit panel's lines: what each part of a draft becomes on Snapchat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from integrations.capabilities import Fit, Verdict
from integrations.contracts import Account
from integrations.draft import Draft
from integrations.platforms.snapchat.adapter import SnapchatPlatform
from tests.snapchat.drafts import HOMES, MAIN, PIXEL, PROFILE, TOKYO, ad, ad_set, draft, media

KEPT, CHANGED, DROPPED, REFUSED = Verdict.KEPT, Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED
S1 = "ad_sets[s1]"
AD = f"{S1}.ads[a1].creative"
ASSETS = {"profile": PROFILE, "pixel": PIXEL, "conversion_event": "purchase"}
Ask = Callable[..., dict[str, Fit]]


@pytest.fixture
def fit(visitor: SnapchatPlatform) -> Ask:
    def ask(content: Draft, account: Account = MAIN) -> dict[str, Fit]:
        """The worst line of each path."""
        lines: dict[str, Fit] = {}
        for line in visitor.fit(content, account, media()):
            if line.path not in lines or line.verdict is REFUSED:
                lines[line.path] = line
        return lines

    return ask


def test_the_example_of_the_flows_fits(fit: Ask) -> None:
    lines = fit(draft())

    assert {path: line.verdict for path, line in lines.items()} == {
        "campaign.objective": CHANGED,
        "campaign.name": KEPT,
        "campaign.budget.amount": CHANGED,
        f"{S1}.budget": KEPT,
        "campaign.schedule.start": KEPT,
        "campaign.schedule.end": KEPT,
        "campaign.assets.business_name": KEPT,
        f"{S1}.optimization": KEPT,
        f"{S1}.targeting.locations": KEPT,
        f"{S1}.targeting.age_min": KEPT,
        f"{S1}.targeting.interests": KEPT,
    }
    assert lines["campaign.objective"].becomes == "The objective Sales (SALES)."
    assert lines["campaign.budget.amount"].becomes == (
        "The ad squads spend their own budgets. $1,000.00 a day goes with the campaign as its spending cap."
    )
    assert lines["campaign.schedule.start"].becomes == (
        "Jun 1, 2027, 09:00 (-0400 from UTC) in America/New_York, on the campaign and every ad squad."
    )


def test_every_line_is_a_sentence(fit: Ask) -> None:
    content = draft(
        ad_set("s1", ads=[ad(descriptions=["x"], primary_text="y", headlines=["1", "2"], call_to_action="subscribe")]),
        ad_set("s2", budget="3", ads=[ad("a2")], targeting={"keywords": ["x"], "locations": ["US", "CA"]}),
        declarations={"eu_political": True, "dsa_payor": "Acme"},
        assets=ASSETS | {"page": "1"},
    )

    for line in fit(content).values():
        assert line.becomes[0].isupper() or line.becomes[0].isdigit() or line.becomes[0] in "$“"
        assert line.becomes.endswith(".")


REFUSALS: dict[str, tuple[Draft, Account, str, str]] = {
    "several ad sets share a budget": (
        draft(ad_set("s1", budget=None), ad_set("s2", budget=None, ads=[ad("a2")])), MAIN,
        "campaign.budget.amount", "Give each ad set its part of it.",
    ),
    "an ad set below the floor": (
        draft(ad_set(budget="4.99")), MAIN, f"{S1}.budget", "Snapchat takes no budget below $5.00",
    ),
    "the one ad set below the floor": (
        draft(ad_set(budget=None), budget={"amount": "4"}), MAIN, "campaign.budget.amount", "no budget below $5.00",
    ),
    "finer than the currency": (
        draft(ad_set(budget="500.5")), TOKYO, f"{S1}.budget", "500.5 JPY is finer than the currency.",
    ),
    "several countries without a language": (
        draft(ad_set(targeting={"locations": ["US", "CA"]})), MAIN, f"{S1}.targeting.languages", "wants a language",
    ),
    "a region of nobody's": (
        draft(ad_set(targeting={"locations": [{"kind": "region", "id": "3847", "name": "California"}]})), MAIN,
        f"{S1}.targeting.locations", "California did not come from Snapchat's search.",
    ),
    "an excluded city": (
        draft(ad_set(targeting={"excluded_locations": [{"kind": "city", "id": "1", "name": "Paris"}]})), MAIN,
        f"{S1}.targeting.excluded_locations", "Paris did not come from",
    ),
    "a category on an account that is not declared": (
        draft(declarations={"special_ad_categories": ["housing"]}), MAIN,
        "campaign.declarations.special_ad_categories", "Declare it in Snapchat Ads Manager first",
    ),
    "a category narrowed to a region": (
        draft(
            ad_set(targeting={"locations": [{"kind": "region", "id": "us:5"}]}),
            declarations={"special_ad_categories": ["housing"]},
        ),
        HOMES, f"{S1}.targeting.locations", "may not be narrowed to a part of a country",
    ),
    "an event that cannot be optimized for": (
        draft(assets=ASSETS | {"conversion_event": "contact"}), MAIN, "campaign.assets.conversion_event",
        "Choose another.",
    ),
    "landing pages without a pixel": (
        draft(ad_set(optimization="landing_page_views"), objective="traffic", assets={"profile": PROFILE}), MAIN,
        "campaign.assets.pixel", "Choose one.",
    ),
    "video views of a picture": (
        draft(ad_set(optimization="video_views"), objective="video_views"), MAIN, f"{AD}.type", "shows no video",
    ),
    "a long brand name": (
        draft(assets=ASSETS | {"business_name": "x" * 33}), MAIN, "campaign.assets.business_name", "32 characters at most",
    ),
    "a headline that repeats the brand name": (
        draft(ad_set(ads=[ad(headlines=["Acme"])]), assets=ASSETS | {"business_name": "Acme"}), MAIN,
        f"{AD}.headlines", "wants the two to differ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_what_snapchat_would_refuse_is_said_beforehand(fit: Ask, name: str) -> None:
    content, account, path, becomes = REFUSALS[name]
    line = fit(content, account)[path]

    assert line.verdict is REFUSED
    assert becomes in line.becomes


def test_a_lifetime_budget_is_as_low_as_a_daily_one(fit: Ask) -> None:
    content = draft(ad_set(budget="5"), budget={"amount": "5", "type": "lifetime"})

    assert REFUSED not in {line.verdict for line in fit(content).values()}


CHANGES: list[tuple[dict[str, Any], str, Verdict, str]] = [
    ({"primary_text": "Hello"}, "primary_text", DROPPED, "Snapchat shows no text but the headline."),
    ({"descriptions": ["Hello"]}, "descriptions", DROPPED, "Snapchat shows no text but the headline."),
    ({"headlines": ["One", "Two", "Three"]}, "headlines", DROPPED, "Only the first is shown; 2 left out."),
    ({"call_to_action": "learn_more"}, "call_to_action", CHANGED, "The button says “More”, Snapchat's nearest word."),
    ({"call_to_action": "buy_now"}, "call_to_action", CHANGED, "The button says “Shop now”, Snapchat's nearest word."),
]


@pytest.mark.parametrize(("creative", "part", "verdict", "becomes"), CHANGES)
def test_nothing_of_an_ad_changes_in_silence(
    fit: Ask, creative: dict[str, Any], part: str, verdict: Verdict, becomes: str
) -> None:
    line = fit(draft(ad_set(ads=[ad(**creative)])))[f"{AD}.{part}"]

    assert (line.verdict, line.becomes) == (verdict, becomes)


def test_buttons_with_their_own_word_are_kept_without_a_line(fit: Ask) -> None:
    assert f"{AD}.call_to_action" not in fit(draft(ad_set(ads=[ad(call_to_action="book_now")])))


def test_what_snapchat_does_not_use_is_dropped(fit: Ask) -> None:
    content = draft(
        ad_set(optimization="link_clicks", targeting={"keywords": ["shoes"]}),
        assets=ASSETS | {"page": "1", "logo": "2"},
        declarations={"dsa_beneficiary": "Acme", "dsa_payor": "Acme", "eu_political": True},
    )
    lines = fit(content)

    for path in (
        "campaign.assets.page", "campaign.assets.logo", "campaign.assets.pixel", "campaign.assets.conversion_event",
        "campaign.declarations.dsa_beneficiary", "campaign.declarations.dsa_payor", "campaign.declarations.eu_political",
        f"{S1}.targeting.keywords",
    ):  # fmt: skip
        assert lines[path].verdict is DROPPED


@pytest.mark.parametrize(
    ("ages", "path", "verdict", "becomes"),
    [
        ((None, None), "age_min", CHANGED, "Ages not chosen mean 18 and older."),
        ((25, None), "age_max", KEPT, "25 and older: Snapchat knows no ages above 55 apart."),
        ((25, 55), "age_max", KEPT, "25 and older: Snapchat knows no ages above 55 apart."),
        ((None, 40), "age_min", KEPT, "18 to 40."),
    ],
)
def test_ages_are_said(
    fit: Ask, ages: tuple[int | None, int | None], path: str, verdict: Verdict, becomes: str
) -> None:
    line = fit(draft(ad_set(targeting={"age_min": ages[0], "age_max": ages[1]})))[f"{S1}.targeting.{path}"]

    assert (line.verdict, line.becomes) == (verdict, becomes)


def test_a_skipped_hour_is_said(fit: Ask) -> None:
    line = fit(draft(schedule={"start": "2027-03-14T02:30"}))["campaign.schedule.start"]

    assert line.verdict is CHANGED
    assert (
        line.becomes == "Mar 14, 2027, 03:30 (-0400 from UTC): the clocks of America/New_York skip the time you chose."
    )


def test_the_budget_of_the_one_ad_set_is_said(fit: Ask) -> None:
    line = fit(draft(ad_set(budget=None)))["campaign.budget.amount"]

    assert line.becomes == (
        "$1,000.00 a day, as the budget of the one ad squad. $1,000.00 a day goes with the campaign as its spending cap."
    )


def test_a_campaign_too_small_for_a_cap_says_so(fit: Ask) -> None:
    line = fit(draft(ad_set(budget="6"), budget={"amount": "6"}))["campaign.budget.amount"]

    assert "Snapchat takes no spending cap below $20.00, so the campaign gets none." in line.becomes


def test_without_a_brand_name_the_profile_s_name_is_shown(fit: Ask) -> None:
    line = fit(draft(assets=ASSETS))["campaign.assets.business_name"]

    assert (line.verdict, line.becomes) == (CHANGED, "Ads show the name of the public profile.")


def test_an_empty_draft_says_little_and_breaks_nothing(fit: Ask) -> None:
    assert REFUSED not in {line.verdict for line in fit(Draft()).values()}
