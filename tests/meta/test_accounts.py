"""Ad accounts, their assets and targeting look-ups, over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.contracts import Account, Asset, AssetKind, TargetingKind
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.meta.adapter import MetaPlatform
from tests.meta.conftest import Sandbox

MAIN = Account("act_123456789", "Acme Corp Main", "USD", "America/New_York")


def test_an_account_carries_what_planning_needs(accounts: dict[str, Account]) -> None:
    found = accounts["act_555111222"]

    assert (found.name, found.currency, found.time_zone) == ("Acme Europe GmbH", "EUR", "Europe/Berlin")
    assert found.unusable_reason == ""
    assert found.extra == {
        "min_daily_budget": 94,
        "default_dsa_beneficiary": "Acme Europe GmbH",
        "default_dsa_payor": "Acme Europe GmbH",
        "business": "Acme Corp",
    }


def test_all_pages_are_read(sandbox: Sandbox, meta: MetaPlatform) -> None:
    sandbox.order("seed", platform="meta", accounts=60)

    found = list(meta.list_accounts())

    assert len({account.external_id for account in found}) == 60
    assert len(sandbox.look("requests")) == 3


def test_a_failure_on_the_second_page_is_an_error_and_not_a_short_list(sandbox: Sandbox, meta: MetaPlatform) -> None:
    sandbox.order("seed", platform="meta", accounts=60)
    pages = iter(meta.list_accounts())
    for _ in range(25):
        next(pages)
    sandbox.fault("status", "/me/adaccounts", 500)

    with pytest.raises(PlatformError) as caught:
        next(pages)

    assert caught.value.kind is ErrorKind.TRANSIENT


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"account_status": 2, "disable_reason": 3}, "Meta has disabled this account for a payment risk."),
        ({"account_status": 3}, "The account owes Meta a payment."),
        ({"account_status": 101}, "The account is closed."),
        ({"account_status": 55}, "Meta gives the account a status we do not know (55)."),
        ({"user_tasks": ["ANALYZE"]}, "The connected person may only look at this account."),
    ],
)
def test_an_unusable_account_says_why(
    sandbox: Sandbox, meta: MetaPlatform, change: dict[str, Any], reason: str
) -> None:
    sandbox.order("seed", platform="meta", update_accounts={"act_123456789": change})

    found = {account.external_id: account for account in meta.list_accounts()}

    assert found["act_123456789"].unusable_reason.startswith(reason)


def test_an_account_in_its_grace_period_is_usable(sandbox: Sandbox, meta: MetaPlatform) -> None:
    sandbox.order("seed", platform="meta", update_accounts={"act_123456789": {"account_status": 9}})

    found = {account.external_id: account for account in meta.list_accounts()}

    assert found["act_123456789"].unusable_reason == ""


def test_assets_of_an_account_come_in_one_round_trip(sandbox: Sandbox, meta: MetaPlatform) -> None:
    found = meta.list_assets(MAIN)

    assert found == [
        Asset(AssetKind.PAGE, "102938475610001", "Acme Corp"),
        Asset(AssetKind.PAGE, "102938475610002", "Acme Outlet"),
        Asset(AssetKind.INSTAGRAM, "17841400000000001", "acmecorp"),
        Asset(AssetKind.PIXEL, "880011223344551", "Acme Shop Pixel"),
    ]
    assert len(sandbox.look("requests")) == 1


def test_a_page_that_cannot_be_listed_is_an_error(sandbox: Sandbox, meta: MetaPlatform) -> None:
    sandbox.fault("error_body", "promote_pages", {"error": {"message": "(#10) No access", "code": 10}})

    with pytest.raises(PlatformError) as caught:
        meta.list_assets(MAIN)

    assert (caught.value.kind, caught.value.code) == (ErrorKind.PERMISSION, "PERMISSION_DENIED")


def test_hidden_instagram_accounts_do_not_hide_the_rest(sandbox: Sandbox, meta: MetaPlatform) -> None:
    sandbox.fault("error_body", "instagram_accounts", {"error": {"message": "(#10) No access", "code": 10}})

    kinds = {asset.kind for asset in meta.list_assets(MAIN)}

    assert kinds == {AssetKind.PAGE, AssetKind.PIXEL}


def test_places_say_what_they_are_and_where(meta: MetaPlatform) -> None:
    countries = meta.search_targeting(MAIN, TargetingKind.LOCATION, "germ")
    regions = meta.search_targeting(MAIN, TargetingKind.LOCATION, "bava")

    assert [(o.external_id, o.name, o.kind) for o in countries] == [("DE", "Germany", "country")]
    assert [(o.name, o.kind, o.detail, o.country) for o in regions] == [("Bavaria", "region", "Germany", "DE")]


def test_interests_and_languages_are_found_by_text(meta: MetaPlatform) -> None:
    interests = meta.search_targeting(MAIN, TargetingKind.INTEREST, "fash")
    languages = meta.search_targeting(MAIN, TargetingKind.LANGUAGE, "german")

    assert interests
    assert all(option.external_id.isdigit() and option.size_low for option in interests)
    assert languages
    assert all(option.external_id.isdigit() for option in languages)


def test_nothing_found_is_an_empty_list(meta: MetaPlatform) -> None:
    assert meta.search_targeting(MAIN, TargetingKind.INTEREST, "zzqqxx") == []
