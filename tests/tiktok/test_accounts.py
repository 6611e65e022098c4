"""Ad accounts, what their ads need besides, and targeting look-ups, over real HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.contracts import Account, Asset, AssetKind, TargetingKind
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.tiktok import identities
from integrations.platforms.tiktok.adapter import TikTokPlatform
from tests.tiktok.conftest import Sandbox
from tests.tiktok.drafts import BERLIN, CUSTOM, IDENTITY, MAIN, MUSIC, PIXEL, SHARED, TEST, ad_set, draft, order
from tests.tiktok.publisher import open_media


def named(found: list[Asset], kind: AssetKind) -> dict[str, str]:
    return {asset.external_id: asset.name for asset in found if asset.kind is kind}


# Accounts -------------------------------------------------------------------------------------------------------------


def test_an_account_carries_what_planning_needs(accounts: dict[str, Account]) -> None:
    found = accounts[TEST.external_id]

    assert (found.name, found.currency, found.time_zone) == ("Acme Corp Test", "USD", "America/New_York")
    assert found.unusable_reason == ""
    assert found.extra == {"country": "US", "business": "Acme Corp", "can_use_custom_identity": True}
    assert accounts[MAIN.external_id].extra["can_use_custom_identity"] is False


def test_the_zone_is_the_place_and_not_the_offset_of_the_other_sign(accounts: dict[str, Account]) -> None:
    assert accounts[BERLIN.external_id].time_zone == "Europe/Berlin"


def test_thousands_of_accounts_are_described_a_hundred_at_a_time(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sandbox.order("seed", platform="tiktok", accounts=130)

    found = list(tiktok.list_accounts())

    assert len({account.external_id for account in found}) == 130
    assert sandbox.calls(method="GET") == ["/oauth2/advertiser/get/", *["/advertiser/info/"] * 4]


def test_a_failure_on_the_way_is_an_error_and_not_a_short_list(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sandbox.order("seed", platform="tiktok", accounts=130)
    listed = iter(tiktok.list_accounts())
    for _ in range(100):
        next(listed)
    sandbox.fault("status", "/advertiser/info/", 500)

    with pytest.raises(PlatformError) as caught:
        next(listed)

    assert caught.value.kind is ErrorKind.TRANSIENT


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("STATUS_DISABLE", "The account is closed."),
        ("STATUS_LIMIT", "TikTok has restricted this account for a breach of its rules."),
        ("STATUS_PENDING_CONFIRM", "TikTok still reviews this account."),
        ("STATUS_PENDING_VERIFIED", "TikTok waits for this account to be verified."),
        ("STATUS_CONFIRM_FAIL_END", "This account did not pass TikTok's review."),
        ("STATUS_CONTRACT_PENDING", "The account's contract with TikTok is not in force yet."),
        ("STATUS_NEW_ONE", "TikTok gives the account a status we do not know (STATUS_NEW_ONE)."),
        ("", "TikTok gives the account a status we do not know (none)."),
    ],
)
def test_an_unusable_account_says_why(sandbox: Sandbox, tiktok: TikTokPlatform, status: str, reason: str) -> None:
    sandbox.order("seed", platform="tiktok", update_accounts={MAIN.external_id: {"status": status}})

    found = {account.external_id: account for account in tiktok.list_accounts()}

    assert found[MAIN.external_id].unusable_reason.startswith(reason)
    assert found[BERLIN.external_id].unusable_reason == ""


# Assets ---------------------------------------------------------------------------------------------------------------


def test_assets_are_those_that_new_ads_may_use(tiktok: TikTokPlatform, accounts: dict[str, Account]) -> None:
    found = tiktok.list_assets(accounts[MAIN.external_id])

    assert named(found, AssetKind.IDENTITY) == {
        IDENTITY: "Acme Corp",
        SHARED: "Acme Outlet (shared through the Business Center)",
    }
    assert named(found, AssetKind.MUSIC) == {
        MUSIC: "Summer Breeze by The Parasols",
        "7300000000000000003": "Acme Jingle",
    }
    assert named(found, AssetKind.PIXEL) == {PIXEL: "Acme Shop Pixel"}


def test_a_made_up_name_is_offered_where_tiktok_still_takes_it(
    tiktok: TikTokPlatform, accounts: dict[str, Account]
) -> None:
    found = tiktok.list_assets(accounts[TEST.external_id])

    assert CUSTOM in named(found, AssetKind.IDENTITY)
    assert named(found, AssetKind.IDENTITY)[CUSTOM] == "Acme (made-up) (made-up name, being withdrawn by TikTok)"


@pytest.mark.parametrize(
    "row",
    [
        {"available_status": "SCOPE_UNAVAILABLE"},
        {"can_push_video": False},
        {"is_gpppa": True},
        {"identity_type": "AUTH_CODE"},
        {"identity_type": "BC_AUTH_TT"},  # and no Business Center
    ],
)
def test_an_identity_that_ads_may_not_use_is_not_offered(row: dict[str, Any]) -> None:
    usable = {"identity_id": "x-1", "identity_type": "TT_USER", "available_status": "AVAILABLE", "can_push_video": True}

    assert identities.assets([usable], is_custom_allowed=False) != []
    assert identities.assets([usable | row], is_custom_allowed=False) == []


@pytest.mark.parametrize("word", [IDENTITY, SHARED, CUSTOM])
def test_an_identity_survives_being_written_into_a_draft(word: str) -> None:
    identity = identities.read(word)

    assert identity is not None
    assert identity.word == word


@pytest.mark.parametrize("word", ["", "TT_USER", "TT_USER:", "BC_AUTH_TT:x", "TT_USER:x:6900", "AUTH_CODE:x", "x"])
def test_what_is_no_identity_is_none(word: str) -> None:
    assert identities.read(word) is None


def test_all_pages_of_identities_are_read(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    many = [{"id": f"aaaa-{n}", "name": f"Shop {n}", "identity_type": "TT_USER"} for n in range(230)]
    sandbox.order("seed", platform="tiktok", assets={"identity": many})

    assert len(named(tiktok.list_assets(MAIN), AssetKind.IDENTITY)) == 230
    assert sandbox.calls(method="GET").count("/identity/get/") == 3


def test_an_account_without_pixels_has_none(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sandbox.order("seed", platform="tiktok", assets={"pixel": []})

    assert named(tiktok.list_assets(MAIN), AssetKind.PIXEL) == {}


def test_music_that_is_not_shown_does_not_hide_the_rest(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sandbox.refuse("/file/music/get/", 40001, "No permission to operate", times=2)

    assert {asset.kind for asset in tiktok.list_assets(MAIN)} == {AssetKind.IDENTITY, AssetKind.PIXEL}


@pytest.mark.parametrize("path", ["/identity/get/", "/file/music/get/", "/pixel/list/"])
def test_a_list_that_fails_is_an_error(sandbox: Sandbox, tiktok: TikTokPlatform, path: str) -> None:
    sandbox.fault("status", path, 500)

    with pytest.raises(PlatformError) as caught:
        tiktok.list_assets(MAIN)

    assert caught.value.kind is ErrorKind.TRANSIENT


# Looking up -----------------------------------------------------------------------------------------------------------


def test_places_say_what_they_are_and_where(tiktok: TikTokPlatform) -> None:
    countries = tiktok.search_targeting(BERLIN, TargetingKind.LOCATION, "germ")
    regions = tiktok.search_targeting(BERLIN, TargetingKind.LOCATION, "bava")
    cities = tiktok.search_targeting(MAIN, TargetingKind.LOCATION, "los ang")

    assert [(o.external_id, o.name, o.kind) for o in countries] == [("DE", "Germany", "country")]
    assert [(o.external_id, o.name, o.kind, o.detail) for o in regions] == [("2951839", "Bavaria", "region", "Germany")]
    assert regions[0].country == "DE"
    assert [(o.name, o.kind, o.detail) for o in cities] == [("Los Angeles", "city", "California, United States")]


def test_a_place_that_the_account_may_not_reach_is_not_offered(tiktok: TikTokPlatform) -> None:
    assert tiktok.search_targeting(MAIN, TargetingKind.LOCATION, "United Kingdom") == []
    assert tiktok.search_targeting(BERLIN, TargetingKind.LOCATION, "United Kingdom") != []


def test_interests_say_what_they_are_part_of(tiktok: TikTokPlatform) -> None:
    found = tiktok.search_targeting(MAIN, TargetingKind.INTEREST, "shop")

    assert [(o.external_id, o.name, o.detail) for o in found] == [
        ("25", "Shopping", ""),
        ("25100", "Online Shopping", "Shopping"),
    ]


def test_languages_are_tiktoks_codes(tiktok: TikTokPlatform) -> None:
    found = tiktok.search_targeting(MAIN, TargetingKind.LANGUAGE, "chin")

    assert [(option.external_id, option.name) for option in found] == [("zh-Hant", "Chinese (Traditional)")]


@pytest.mark.parametrize("kind", list(TargetingKind))
def test_nothing_found_is_an_empty_list(tiktok: TikTokPlatform, kind: TargetingKind) -> None:
    assert tiktok.search_targeting(MAIN, kind, "zzqqxx") == []


@pytest.mark.parametrize("kind", [TargetingKind.INTEREST, TargetingKind.LANGUAGE])
def test_lists_that_hardly_change_are_asked_for_once(
    sandbox: Sandbox, tiktok: TikTokPlatform, kind: TargetingKind
) -> None:
    for text in ("s", "sh", "sho"):
        tiktok.search_targeting(MAIN, kind, text)

    assert len(sandbox.calls(method="GET")) == 1


# Before submit --------------------------------------------------------------------------------------------------------


def test_a_country_that_the_account_may_not_reach_is_known_before_submit(
    sandbox: Sandbox, tiktok: TikTokPlatform
) -> None:
    content = draft(ad_set("s1"), ad_set("s2", targeting={"locations": ["CA", "GB", "IE"]}))

    found = tiktok.preflight(order(content, now=datetime.now(UTC)), open_media)

    assert list(found) == ["abcd2345-1-s2"]
    error = found["abcd2345-1-s2"]
    assert (error.kind, error.path) == (ErrorKind.INVALID, "ad_sets[s2].targeting.locations")
    assert error.message == (
        "TikTok does not let this ad account show ads in United Kingdom, Ireland. Choose other places."
    )
    assert sandbox.calls() == []
    assert sandbox.calls(method="GET") == ["/tool/region/"]


def test_countries_that_the_account_reaches_pass(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    assert tiktok.preflight(order(), open_media) == {}
    assert sandbox.calls(method="GET") == ["/tool/region/"]


def test_a_tiktok_that_does_not_answer_has_refused_nothing(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    sandbox.fault("status", "/tool/region/", 500)

    with pytest.raises(PlatformError) as caught:
        tiktok.preflight(order(), open_media)

    assert caught.value.kind is ErrorKind.TRANSIENT
