"""The fit panel's lines: what each part of a draft becomes on TikTok."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integrations.capabilities import Fit, Verdict
from integrations.contracts import Account
from integrations.draft import Draft
from integrations.platforms.tiktok.adapter import TikTokPlatform
from tests.tiktok.drafts import (
    BERLIN,
    CUSTOM,
    FILM,
    GREY,
    IDENTITY,
    MAIN,
    MUSIC,
    PIXEL,
    RED,
    SQUARE_FILM,
    TEST,
    TOKYO,
    ad,
    ad_set,
    draft,
    media,
    video,
)

AD = "ad_sets[s1].ads[a1].creative"
AMOUNT, AGES, PLACES = "campaign.budget.amount", "ad_sets[s1].targeting.age_min", "ad_sets[s1].targeting.locations"
KEPT, CHANGED, DROPPED, REFUSED = Verdict.KEPT, Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED


@pytest.fixture
def fit(visitor: TikTokPlatform) -> Any:
    def ask(content: Draft, account: Account = MAIN) -> dict[str, Fit]:
        return {line.path: line for line in visitor.fit(content, account, media())}

    return ask


def shared(**campaign: Any) -> Draft:
    """A draft whose budget is the campaign's."""
    sets = campaign.pop("sets", None) or [ad_set(budget=None)]
    return draft(*sets, **campaign)


def ages(low: int | None, high: int | None, place: str = "US") -> Draft:
    return draft(ad_set(targeting={"age_min": low, "age_max": high, "locations": [place]}))


def test_the_example_of_the_flows_is_kept(fit: Any) -> None:
    lines = fit(draft())

    assert lines["campaign.objective"].becomes == "The objective Website conversions (WEB_CONVERSIONS)."
    assert lines["campaign.schedule.start"].becomes.startswith("Jun 1, 2027, 09:00 (-0400 from UTC)")
    assert lines["ad_sets[s1].budget"].becomes == "$500.00 a day for this ad group alone."
    assert lines["ad_sets[s1].optimization"].becomes == (
        "Optimized for conversions on your site (CONVERT), billed by a thousand impressions."
    )
    assert lines[AGES].becomes == "25 to 54."
    assert {line.verdict for line in lines.values()} <= {KEPT, CHANGED}


CASES: list[tuple[str, Draft, Account, str, Verdict, str]] = [
    ("objective of the same name", draft(ad_set(optimization="link_clicks"), objective="traffic"), MAIN,
     "campaign.objective", KEPT, "Traffic (TRAFFIC)"),
    ("objective renamed", draft(), MAIN, "campaign.objective", CHANGED, "WEB_CONVERSIONS"),
    ("name", draft(), MAIN, "campaign.name", KEPT, "mark in brackets"),
    ("emoji in the campaign's name", draft(name="Summer 🎉"), MAIN, "campaign.name", REFUSED, "no emoji"),
    ("emoji in an ad set's name", draft(ad_set(name="US ☀")), MAIN, "ad_sets[s1].name", REFUSED, "no emoji"),
    ("emoji in an ad's name", draft(ad_set(ads=[ad(name="Sale 🎉")])), MAIN, "ad_sets[s1].ads[a1].name", REFUSED,
     "no emoji"),
    ("URL tags", draft(url_tags="utm_source=tiktok"), MAIN, "campaign.url_tags", KEPT, "query of every ad's link"),
    ("Meta's placeholders", draft(url_tags="utm_campaign={{campaign.id}}"), MAIN, "campaign.url_tags", CHANGED,
     "__CAMPAIGN_ID__"),
    # Declarations
    ("special category", draft(declarations={"special_ad_categories": ["housing"]}), MAIN,
     "campaign.declarations.special_ad_categories", KEPT, "Declared as HOUSING"),
    ("political", draft(declarations={"eu_political": "yes"}), MAIN, "campaign.declarations.eu_political", REFUSED,
     "no political advertising"),
    ("beneficiary", draft(declarations={"dsa_beneficiary": "Acme"}), BERLIN, "campaign.declarations.dsa_beneficiary",
     DROPPED, "account's own settings"),
    ("payor", draft(declarations={"dsa_payor": "Acme"}), BERLIN, "campaign.declarations.dsa_payor", DROPPED,
     "account's own settings"),
    # Budgets
    ("budgets of ad sets", draft(), MAIN, AMOUNT, CHANGED, "$1,000.00 stays the ceiling"),
    ("budget of the campaign", shared(), MAIN, AMOUNT, KEPT, "$1,000.00 a day, which TikTok shares out among the ad groups"),
    ("a budget that varies", shared(), MAIN, AMOUNT, KEPT, "125 % of a daily budget on one day"),
    ("lifetime", shared(budget={"amount": "5000", "type": "lifetime"}), MAIN, AMOUNT, KEPT, "for the whole time"),
    ("below the campaign's floor", shared(budget={"amount": "49.99"}), MAIN, AMOUNT, REFUSED, "below $50.00"),
    ("at the campaign's floor", shared(budget={"amount": "50"}), MAIN, AMOUNT, KEPT, "$50.00 a day"),
    ("below the floor in yen", shared(budget={"amount": "4999"}), TOKYO, AMOUNT, REFUSED, "below ¥5,000"),
    ("no floor among ad sets' budgets", draft(budget={"amount": "40"}), MAIN, AMOUNT, CHANGED, "stays the ceiling"),
    ("yen have no decimals", shared(budget={"amount": "6000.5"}), TOKYO, AMOUNT, REFUSED, "whole amounts"),
    ("mills", shared(budget={"amount": "1000.505"}), MAIN, AMOUNT, REFUSED, "two decimals"),
    ("at the ceiling", shared(budget={"amount": "10000000"}), MAIN, AMOUNT, REFUSED, "no budget of $10,000,000.00 or more"),
    ("an ad set at the ceiling", draft(ad_set(budget="10000000")), MAIN, "ad_sets[s1].budget", REFUSED, "or more"),
    ("an ad set's lifetime budget", draft(budget={"amount": "9000", "type": "lifetime"}), MAIN, "ad_sets[s1].budget", KEPT,
     "for the whole time for this ad group alone"),
    # Schedule
    ("clocks skip the start", draft(schedule={"start": "2028-03-12T02:30"}), MAIN, "campaign.schedule.start", CHANGED,
     "03:30 (-0400 from UTC)"),
    ("the account's zone", draft(), TOKYO, "campaign.schedule.start", KEPT, "09:00 (+0900 from UTC) in Asia/Tokyo"),
    # Assets
    ("linked account", draft(), MAIN, "campaign.assets.identity", KEPT, "do not show on its profile"),
    ("made-up name", draft(assets={"identity": CUSTOM}), TEST, "campaign.assets.identity", KEPT, "TikTok withdraws these"),
    ("made-up name, no longer allowed", draft(assets={"identity": CUSTOM}), MAIN, "campaign.assets.identity", REFUSED,
     "may not use a made-up name"),
    ("no identity at all", draft(assets={"identity": "acme"}), MAIN, "campaign.assets.identity", REFUSED,
     "no TikTok account of the ad account's list"),
    ("a page", draft(assets={"identity": IDENTITY, "page": "1"}), MAIN, "campaign.assets.page", DROPPED, "do not use it"),
    ("a business name", draft(assets={"identity": IDENTITY, "business_name": "A"}), MAIN, "campaign.assets.business_name",
     DROPPED, "do not use it"),
    ("a pixel without conversions", draft(ad_set(optimization="link_clicks"), objective="traffic"), MAIN,
     "campaign.assets.pixel", DROPPED, "No ad set optimizes for conversions"),
    # Targeting
    ("places", draft(), MAIN, PLACES, KEPT, "People in United States."),
    ("excluded places", draft(ad_set(targeting={"excluded_locations": ["CA"]})), MAIN,
     "ad_sets[s1].targeting.excluded_locations", REFUSED, "cannot leave places out"),
    ("keywords", draft(ad_set(targeting={"keywords": ["x"]})), MAIN, "ad_sets[s1].targeting.keywords", DROPPED,
     "Not used on TikTok"),
    ("interests", draft(), MAIN, "ad_sets[s1].targeting.interests", KEPT, "any one of the interests"),
    ("an interest of another platform", draft(ad_set(targeting={"interests": [{"id": "fashion", "name": "Fashion"}]})), MAIN,
     "ad_sets[s1].targeting.interests", REFUSED, "Fashion did not come from TikTok's search"),
    ("a language of another platform", draft(ad_set(targeting={"languages": [{"id": "6", "name": "English"}]})), MAIN,
     "ad_sets[s1].targeting.languages", REFUSED, "English did not come from TikTok's search"),
    # Ages
    ("whole groups", ages(25, 54), MAIN, AGES, KEPT, "25 to 54."),
    ("to the end", ages(18, 65), MAIN, AGES, KEPT, "18 and older."),
    ("without a highest age", ages(35, None), MAIN, AGES, KEPT, "35 and older."),
    ("no ages", ages(None, None), MAIN, AGES, CHANGED, "18 and older: ages not chosen mean adults."),
    ("within a group", ages(20, 50), MAIN, AGES, CHANGED, "25 to 54: TikTok has fixed age groups."),
    ("a group in part", ages(25, 30), MAIN, AGES, CHANGED, "25 to 34"),
    ("between two groups", ages(26, 33), MAIN, AGES, REFUSED, "No age group of TikTok begins within these ages"),
    ("beyond the oldest", ages(60, 65), MAIN, AGES, REFUSED, "its oldest is 55 and older"),
    (
        "minors in a part of the US",
        draft(ad_set(targeting={"locations": [{"kind": "city", "id": "5128581", "country": "US"}], "age_min": 13})),
        MAIN, AGES, REFUSED, "under 18 in United States",
    ),
    ("minors in the US", ages(13, 24), MAIN, AGES, REFUSED, "under 18 in United States"),
    ("minors in Japan", ages(13, 24, "JP"), TOKYO, AGES, KEPT, "13 to 24."),
    # Optimization under a campaign budget
    ("unlike the first", draft(ad_set("s0", budget=None, optimization="link_clicks"), ad_set(budget=None,
     optimization="leads"), objective="leads"), MAIN, "ad_sets[s1].optimization", REFUSED, "must be optimized for the same"),
    ("unlike the first with budgets of their own", draft(ad_set("s0", optimization="link_clicks"),
     ad_set(optimization="leads"), objective="leads"), MAIN, "ad_sets[s1].optimization", KEPT, "CONVERT"),
    # Ads
    ("a single picture", draft(ad_set(ads=[ad(type="image", media=[RED])])), MAIN, f"{AD}.type", CHANGED,
     "A carousel of one picture with the music you chose"),
    ("a carousel without music", draft(assets={"identity": IDENTITY, "pixel": PIXEL}), MAIN, f"{AD}.type", CHANGED,
     "music that TikTok recommends for it"),
    ("pictures for video views", draft(ad_set(optimization="video_views"), objective="video_views"), MAIN, f"{AD}.type",
     REFUSED, "counts views of videos only"),
    ("headlines", draft(ad_set(ads=[ad(headlines=["Summer"])])), MAIN, f"{AD}.headlines", DROPPED, "one text with an ad"),
    ("descriptions", draft(ad_set(ads=[ad(descriptions=["More"])])), MAIN, f"{AD}.descriptions", DROPPED, "one text"),
    ("a button of another word", draft(ad_set(ads=[ad(call_to_action="see_more")])), MAIN, f"{AD}.call_to_action", CHANGED,
     "View now"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "account", "path", "verdict", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_part_is_said_in_words(
    fit: Any, content: Draft, account: Account, path: str, verdict: Verdict, words: str
) -> None:
    line = fit(content, replace(account, extra=TEST.extra if account is TEST else {}))[path]

    assert line.verdict is verdict
    assert words in line.becomes
    assert line.becomes.endswith(".")


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (draft(), f"{AD}.type"),  # a carousel with music stays one
        (draft(ad_set(ads=[video("a1")])), f"{AD}.type"),
        (draft(ad_set(ads=[video("a1")])), f"{AD}.media[0]"),
        (draft(), f"{AD}.media[0]"),
        (draft(), f"{AD}.call_to_action"),
        (draft(ad_set(optimization="video_views", ads=[video("a1")]), objective="video_views"), f"{AD}.type"),
        (draft(), "campaign.declarations.eu_political"),
        (draft(), "ad_sets[s1].name"),
        (draft(ad_set(optimization="leads"), objective="leads"), "campaign.assets.pixel"),
    ],
)
def test_what_stays_as_it_is_in_every_ad_makes_no_line(fit: Any, content: Draft, path: str) -> None:
    assert path not in fit(content)


@pytest.mark.parametrize(
    ("sha256", "size", "words"),
    [
        (FILM, (1080, 1920), ""),
        (FILM, (540, 960), ""),
        (SQUARE_FILM, (640, 640), ""),
        (FILM, (960, 540), ""),
        (FILM, (320, 568), "too small: TikTok wants 540 × 960"),
        (FILM, (600, 600), "too small: TikTok wants 640 × 640"),
        (FILM, (1080, 1350), "films of 9:16, 1:1 and 16:9"),
        (RED, (1242, 2340), ""),
        (RED, (2340, 1242), ""),
        (RED, (1080, 1080), ""),
        (RED, (1243, 2340), "at most 1242 × 2340"),
        (GREY, (1242, 2341), "at most 1242 × 2340"),
    ],
)
def test_files_are_measured(visitor: TikTokPlatform, sha256: str, size: tuple[int, int], words: str) -> None:
    files = media()
    files[sha256] = replace(files[sha256], width=size[0], height=size[1])
    shown = video("a1", media=[sha256]) if files[sha256].kind == "video" else ad(media=[sha256, sha256])
    lines = {line.path: line for line in visitor.fit(draft(ad_set(ads=[shown])), MAIN, files)}

    if words:
        assert lines[f"{AD}.media[0]"].verdict is REFUSED
        assert words in lines[f"{AD}.media[0]"].becomes
    else:
        assert f"{AD}.media[0]" not in lines


def test_an_empty_draft_is_no_crash(fit: Any) -> None:
    empty = draft({"key": "s1", "ads": [{"key": "a1"}]}, name="", objective=None, budget={}, schedule={}, assets={})

    assert {line.verdict for line in fit(empty).values()} <= {KEPT, CHANGED}


def test_music_that_was_chosen_is_named_with_every_carousel(fit: Any) -> None:
    content = draft(ad_set(ads=[ad(type="image", media=[RED])]), assets={"identity": IDENTITY, "music": MUSIC})

    assert "the music you chose" in fit(content)[f"{AD}.type"].becomes
