"""Ad accounts, their assets and targeting look-ups, over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import responses
from django.core.cache import cache

from integrations.contracts import Account, Asset, AssetKind, TargetingKind, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.snapchat.adapter import SnapchatPlatform
from tests.snapchat.conftest import Sandbox
from tests.snapchat.drafts import MAIN, PIXEL, PROFILE, ad, ad_set, draft, open_media, order
from tests.snapchat.publisher import Publisher

ORGANIZATION = "0c9f6a7e-1d24-4b83-8e5f-6a7b3c2d1e90"
OUTLET = "e83f5a2c-9d07-4b1e-8c64-0a2b7f6d3e91"


def assets(snapchat: SnapchatPlatform, kind: AssetKind) -> dict[str, str]:
    return {asset.external_id: asset.name for asset in snapchat.list_assets(MAIN) if asset.kind == kind}


def test_an_account_carries_what_planning_needs(accounts: dict[str, Account]) -> None:
    found = accounts["Acme Corp Homes"]

    assert (found.currency, found.time_zone, found.unusable_reason) == ("USD", "America/New_York", "")
    assert found.extra == {
        "organization_id": ORGANIZATION,
        "organization": "Acme Corp",
        "country": "US",
        "restricted_delivery": True,
    }
    assert accounts["Acme Corp Japan"].currency == "JPY"
    assert accounts["Acme Corp Main"].extra["restricted_delivery"] is False


def test_all_pages_are_read_as_they_arrive(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    sandbox.order("settings", snapchat_page_size=50)
    sandbox.order("seed", platform="snapchat", accounts=120)
    listed = iter(snapchat.list_accounts())

    first = [next(listed) for _ in range(50)]
    assert len(sandbox.look("requests")) == 2  # organizations, one page of accounts

    assert len({account.external_id for account in [*first, *listed]}) == 120
    assert len(sandbox.look("requests")) == 4


def test_a_failure_on_the_second_page_is_an_error_and_not_a_short_list(
    sandbox: Sandbox, snapchat: SnapchatPlatform
) -> None:
    sandbox.order("settings", snapchat_page_size=50)
    sandbox.order("seed", platform="snapchat", accounts=60)
    listed = iter(snapchat.list_accounts())
    for _ in range(50):
        next(listed)
    sandbox.fault("status", "/adaccounts", 500)

    with pytest.raises(PlatformError) as caught:
        next(listed)

    assert caught.value.kind is ErrorKind.TRANSIENT


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "PENDING"}, "Snapchat has not approved the account yet, or it has no payment method."),
        ({"status": "PAUSED"}, "The account is paused."),
        ({"status": "DISABLED"}, "Snapchat has disabled the account."),
        ({"roles": ["reports"]}, "The connected person may only look at this account."),
        ({"funding_source_ids": []}, "The account has no payment method."),
    ],
)
def test_an_unusable_account_says_why(
    sandbox: Sandbox, snapchat: SnapchatPlatform, change: dict[str, Any], reason: str
) -> None:
    sandbox.order("seed", platform="snapchat", update_accounts={MAIN.external_id: change})

    found = next(account for account in snapchat.list_accounts() if account.external_id == MAIN.external_id)

    assert found.unusable_reason.startswith(reason)


@responses.activate
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"status": "ODD"}, "Snapchat gives the account a status we do not know (ODD)."),
        ({"status": "ACTIVE", "timezone": "Mars/Base", "currency": "USD"}, "Snapchat gives the account a time zone"),
        ({"status": "ACTIVE", "timezone": "UTC"}, "Snapchat names no currency"),
    ],
)
def test_what_we_do_not_know_is_unusable(
    visitor: SnapchatPlatform, real_addresses: None, row: dict[str, Any], reason: str
) -> None:
    base = "https://adsapi.snapchat.com/v1"
    organization = {"sub_request_status": "success", "organization": {"id": "o1"}}
    responses.get(f"{base}/me/organizations", json={"request_status": "success", "organizations": [organization]})
    entry = {"sub_request_status": "SUCCESS", "adaccount": {"id": "a1", **row}}
    responses.get(f"{base}/organizations/o1/adaccounts", json={"request_status": "SUCCESS", "adaccounts": [entry]})
    visitor.tokens = Tokens("token")

    (account,) = visitor.list_accounts()

    assert account.unusable_reason.startswith(reason)


@responses.activate
def test_the_token_goes_nowhere_but_to_snapchat(visitor: SnapchatPlatform, real_addresses: None) -> None:
    answer = {"request_status": "SUCCESS", "organizations": [], "paging": {"next_link": "https://evil.example/v1/me"}}
    responses.get("https://adsapi.snapchat.com/v1/me/organizations", json=answer)
    visitor.tokens = Tokens("token")

    with pytest.raises(PlatformError) as caught:
        list(visitor.list_accounts())

    assert caught.value.code == "FOREIGN_ADDRESS"
    assert len(responses.calls) == 1


@responses.activate
def test_an_organization_whose_accounts_may_not_be_listed_has_none(
    visitor: SnapchatPlatform, real_addresses: None
) -> None:
    base = "https://adsapi.snapchat.com/v1"
    entries = [{"sub_request_status": "SUCCESS", "organization": {"id": key}} for key in ("o1", "o2")]
    responses.get(f"{base}/me/organizations", json={"request_status": "SUCCESS", "organizations": entries})
    responses.get(f"{base}/organizations/o1/adaccounts", json={"request_status": "ERROR"}, status=403)
    row = {"id": "a1", "status": "ACTIVE", "currency": "USD", "timezone": "UTC"}
    entry = {"sub_request_status": "SUCCESS", "adaccount": row}
    responses.get(f"{base}/organizations/o2/adaccounts", json={"request_status": "SUCCESS", "adaccounts": [entry]})
    visitor.tokens = Tokens("token")

    assert [account.external_id for account in visitor.list_accounts()] == ["a1"]


# Assets -----------------------------------------------------------------------------------------------------------------


def test_pixels_and_public_profiles_are_listed(snapchat: SnapchatPlatform) -> None:
    assert snapchat.list_assets(MAIN) == [
        Asset(AssetKind.PIXEL, PIXEL, "Acme Shop Pixel"),
        Asset(AssetKind.PROFILE, PROFILE, "Acme Corp"),
        Asset(AssetKind.PROFILE, OUTLET, "Acme Outlet"),
    ]


@pytest.mark.parametrize("who_may", ["closed", "scope"])
def test_where_profiles_may_not_be_listed_those_in_use_are_taken(
    sandbox: Sandbox, snapchat: SnapchatPlatform, who_may: str
) -> None:
    """Snap opens the profiles' host to few apps; a 401 there says nothing about the token."""
    Publisher(snapchat, order(draft(schedule={}))).create()
    sandbox.order("settings", snapchat_profiles=who_may)

    assert assets(snapchat, AssetKind.PROFILE) == {PROFILE: "Acme"}


def test_the_profile_scope_opens_the_list(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    sandbox.order("settings", snapchat_profiles="scope")
    scopes = ["snapchat-marketing-api", "snapchat-profile-api"]
    snapchat.tokens = Tokens(sandbox.order("tokens", platform="snapchat", scopes=scopes)["access_token"])

    assert set(assets(snapchat, AssetKind.PROFILE)) == {PROFILE, OUTLET}


def test_profiles_can_be_written_down(sandbox: Sandbox, snapchat: SnapchatPlatform, settings: Any) -> None:
    sandbox.order("settings", snapchat_profiles="closed")
    settings.PLATFORMS["snapchat"]["public_profiles"] = f"{OUTLET}=Acme Outlet, {PROFILE}"

    assert assets(snapchat, AssetKind.PROFILE) == {OUTLET: "Acme Outlet", PROFILE: PROFILE}


def test_a_token_that_is_over_is_said_to_be(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    """The negative control of the tests above: not every 401 is the closed host's."""
    sandbox.order("seed", platform="snapchat", tokens="expire")

    with pytest.raises(PlatformError) as caught:
        snapchat.list_assets(MAIN)

    assert caught.value.kind is ErrorKind.AUTH


def test_profiles_that_cannot_be_read_at_the_moment_are_not_forgotten(
    sandbox: Sandbox, snapchat: SnapchatPlatform
) -> None:
    sandbox.fault("status", "/public_profiles", 503)

    with pytest.raises(PlatformError) as caught:
        snapchat.list_assets(MAIN)

    assert caught.value.kind is ErrorKind.TRANSIENT


# Look-ups ---------------------------------------------------------------------------------------------------------------


def names(snapchat: SnapchatPlatform, kind: TargetingKind, text: str, account: Account = MAIN) -> list[tuple[str, str]]:
    return [(option.external_id, option.name) for option in snapchat.search_targeting(account, kind, text)]


def test_interests_are_searched_by_name(snapchat: SnapchatPlatform) -> None:
    assert names(snapchat, TargetingKind.INTEREST, "fashion") == [("SLC_7", "Fashion & Style Gurus")]
    (option,) = snapchat.search_targeting(MAIN, TargetingKind.INTEREST, "comedy")
    assert option.detail == "Entertainment"


def test_interests_are_asked_for_where_they_used_to_be(sandbox: Sandbox, snapchat: SnapchatPlatform) -> None:
    sandbox.fault("status", "/targeting/v1/interests/scls", 404)
    row = {"sub_request_status": "SUCCESS", "scls": {"id": "SLC_9", "name": "Old Fashion"}}
    body = {"request_status": "SUCCESS", "targeting_dimensions": [row]}
    sandbox.fault("error_body", "/targeting/interests/scls", {"status": 200, "body": body})

    assert names(snapchat, TargetingKind.INTEREST, "fashion") == [("SLC_9", "Old Fashion")]


def test_languages_are_searched_by_name(snapchat: SnapchatPlatform) -> None:
    assert names(snapchat, TargetingKind.LANGUAGE, "ger") == [("de", "German")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tex", [("us:44", "Texas")]),
        ("new", [("us:33", "New York")]),
        ("bav, Germany", [("de:2", "Bavaria")]),
        ("scot, GB", [("gb:3", "Scotland")]),
        ("x, Atlantis", []),
        ("anything, France", []),
    ],
)
def test_regions_are_searched_at_home_or_in_the_country_that_is_named(
    snapchat: SnapchatPlatform, text: str, found: list[tuple[str, str]]
) -> None:
    assert names(snapchat, TargetingKind.LOCATION, text) == found


def test_a_region_says_what_it_is_and_where(snapchat: SnapchatPlatform) -> None:
    (option,) = snapchat.search_targeting(MAIN, TargetingKind.LOCATION, "texas")

    assert (option.kind, option.detail, option.country) == ("region", "United States", "US")


def test_a_country_without_snapchat_is_known_before_submit(snapchat: SnapchatPlatform, sandbox: Sandbox) -> None:
    cache.clear()
    inside = {"kind": "region", "id": "ir:1", "name": "Tehran", "country": "IR"}
    content = draft(ad_set("s1"), ad_set("s2", [ad("a2")], targeting={"locations": ["US", "CU", inside]}))

    found = snapchat.preflight(order(content), open_media)
    again = snapchat.preflight(order(draft(ad_set(targeting={"locations": ["DE"]}))), open_media)

    assert {key: (error.kind, error.path, error.message) for key, error in found.items()} == {
        "abcd2345-1-s2": (
            ErrorKind.INVALID,
            "ad_sets[s2].targeting.locations",
            "Snapchat does not let this ad account show ads in Cuba, Iran. Choose other places.",
        )
    }
    assert again == {}
    assert [row["path"] for row in sandbox.look("requests")] == ["/v1/targeting/geo/country"]
