"""Ad accounts with their reasons, what ads need besides, and targeting look-ups."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import responses

from integrations.contracts import Account, AssetKind, TargetingKind, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Http
from integrations.platforms.google.adapter import GooglePlatform
from integrations.platforms.google.gaql import containing, quoted
from tests.google.conftest import Sandbox

MANAGER, MAIN, OUTLET = "1000200030", "1234567890", "5678901234"


def test_accounts_come_directly_and_through_the_manager(accounts: dict[str, Account]) -> None:
    assert {account.name: account.unusable_reason for account in accounts.values()} == {
        "678-901-2345": "The account is not set up, or was cancelled. Open it in Google Ads to see what to do.",
        "Acme Corp (all brands)": "This is a manager account: campaigns run on the accounts below it, not on itself.",
        "Acme Corp Outlet": "",
        "Acme Corp Main": "",
        "Acme Corp Europe": "",
        "Acme Corp Japan": "",
        "Acme Corp Legacy": "Google has suspended this account. Open it in Google Ads to see why.",
    }
    assert accounts[MAIN].extra["login_customer_id"] == MANAGER
    assert accounts[OUTLET].extra["login_customer_id"] == OUTLET


def test_an_account_knows_its_money_and_its_clocks(accounts: dict[str, Account]) -> None:
    japan = accounts["3456789012"]

    assert (japan.currency, japan.time_zone) == ("JPY", "Asia/Tokyo")
    assert japan.extra["billable_unit_micros"] == 1_000_000
    assert japan.extra["demand_gen_minimum_micros"] == 700_000_000


def test_all_pages_are_read(sandbox: Sandbox, google: GooglePlatform) -> None:
    sandbox.order("settings", google_page_size=7)
    sandbox.order("seed", platform="google", accounts=40)

    assert len(list(google.list_accounts())) == 40


def test_an_account_reached_twice_is_one_and_direct(sandbox: Sandbox, google: GooglePlatform) -> None:
    sandbox.order("seed", platform="google", update_accounts={MAIN: {"direct": True}})

    found = [account for account in google.list_accounts() if account.external_id == MAIN]

    assert [account.extra["login_customer_id"] for account in found] == [MAIN]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "CANCELED"}, "cancelled"),
        ({"status": "CLOSED"}, "closed for good"),
        ({"test_account": True}, ""),  # test accounts are always reported as closed
    ],
)
def test_a_state_is_said(sandbox: Sandbox, google: GooglePlatform, change: dict[str, Any], reason: str) -> None:
    sandbox.order("seed", platform="google", update_accounts={MAIN: change})

    (account,) = (account for account in google.list_accounts() if account.external_id == MAIN)

    assert reason in account.unusable_reason
    assert bool(reason) == bool(account.unusable_reason)
    assert account.name == f"Acme Corp Main{' (test account)' if 'test_account' in change else ''}"


def test_hidden_accounts_are_left_out(sandbox: Sandbox, google: GooglePlatform) -> None:
    sandbox.order("seed", platform="google", update_accounts={MAIN: {"hidden": True}})

    assert MAIN not in {account.external_id for account in google.list_accounts()}


def test_assets_are_square_logos_and_conversion_actions(
    sandbox: Sandbox, google: GooglePlatform, accounts: dict[str, Account]
) -> None:
    logos = [
        {"id": "11", "name": "square"},
        {"id": "12", "name": "wide", "width": 512, "height": 128, "accounts": [MAIN]},
        {"id": "13", "name": "small", "width": 64, "accounts": [MAIN]},
    ]
    sandbox.order("seed", platform="google", assets={"logo": [logo | {"accounts": [MAIN]} for logo in logos]})
    actions = [{"id": "21", "name": "Buy"}, {"id": "22", "name": "Off", "status": "HIDDEN"}]
    sandbox.order("seed", platform="google", assets={"conversion_action": [a | {"accounts": [MAIN]} for a in actions]})

    found = google.list_assets(accounts[MAIN])

    assert [(asset.kind, asset.external_id, asset.name) for asset in found] == [
        (AssetKind.LOGO, "11", "square"),
        (AssetKind.CONVERSION_ACTION, "21", "Buy"),
    ]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (
            TargetingKind.LOCATION,
            "berl",
            [("20226", "Berlin", "Germany", "region"), ("1003854", "Berlin", "Berlin, Germany", "city")],
        ),
        (TargetingKind.LOCATION, "germany", [("DE", "Germany", "", "country")]),
        (TargetingKind.LOCATION, "harvard", []),  # a university is none of our kinds
        (TargetingKind.LOCATION, "old harb", []),  # no longer offered
        (TargetingKind.LANGUAGE, "ENGL", [("1000", "English", "", "")]),
        (
            TargetingKind.INTEREST,
            "shoes",
            [("80281", "Shoes", "In-market", ""), ("80432", "Running Shoes", "In-market", "")],
        ),
        (TargetingKind.INTEREST, "women's", [("80278", "Women's Apparel", "In-market", "")]),
        (TargetingKind.INTEREST, "%", []),
    ],
)
def test_targeting_is_looked_up(
    google: GooglePlatform, accounts: dict[str, Account], kind: TargetingKind, text: str, expected: list[Any]
) -> None:
    found = google.search_targeting(accounts[MAIN], kind, text)

    assert [(option.external_id, option.name, option.detail, option.kind) for option in found] == expected


def test_every_call_names_the_login_customer_and_no_developer_token(
    sandbox: Sandbox, google: GooglePlatform, accounts: dict[str, Account]
) -> None:
    google.list_assets(accounts[MAIN])
    rows = [row for row in sandbox.look("requests") if f"customers/{MAIN}/" in row["path"]]

    assert {row["headers"]["login-customer-id"] for row in rows} == {MANAGER}
    assert {row["headers"]["authorization"] for row in rows} == {"Bearer ***"}
    assert not any("developer-token" in row["headers"] for row in rows)


def test_the_wrong_way_to_an_account_says_to_sync(google: GooglePlatform, accounts: dict[str, Account]) -> None:
    lost = Account(MAIN, "x", "USD", "UTC", extra={"login_customer_id": OUTLET})

    with pytest.raises(PlatformError, match="Sync the ad accounts") as caught:
        google.list_assets(lost)

    assert caught.value.kind is ErrorKind.PERMISSION


@responses.activate
def test_a_project_that_is_not_approved_is_no_unusable_account(real_addresses: None) -> None:
    responses.get(
        "https://googleads.googleapis.com/v26/customers:listAccessibleCustomers",
        json={"resourceNames": ["customers/1"]},
    )
    code = {"authorizationError": "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION"}
    failure = {"errors": [{"errorCode": code, "message": "Not approved."}], "requestId": "R1"}
    error = {"code": 403, "status": "PERMISSION_DENIED", "details": [failure]}
    responses.post(
        "https://googleads.googleapis.com/v26/customers/1/googleAds:search", json={"error": error}, status=403
    )
    google = GooglePlatform(Http("google", lambda exchange: None), Tokens("ya29.x"))

    with pytest.raises(PlatformError, match="Ask the administrator") as caught:
        list(google.list_accounts())

    assert (caught.value.kind, caught.value.code, caught.value.trace_id) == (
        ErrorKind.PERMISSION,
        "APP_NOT_APPROVED",
        "R1",
    )


@responses.activate
def test_a_search_without_an_answer_is_transient(real_addresses: None) -> None:
    base = "https://googleads.googleapis.com/v26"
    responses.get(f"{base}/customers:listAccessibleCustomers", json={"resourceNames": ["customers/1"]})
    responses.post(f"{base}/customers/1/googleAds:search", body=requests.ReadTimeout("late"))
    google = GooglePlatform(Http("google", lambda exchange: None), Tokens("ya29.x"))

    with pytest.raises(PlatformError) as caught:
        list(google.list_accounts())

    assert caught.value.kind is ErrorKind.TRANSIENT


def test_texts_cannot_break_out_of_a_query() -> None:
    assert quoted("O'Neil\\") == r"'O\'Neil\\'"
    assert quoted("a\nb") == "'a b'"
    assert containing("50%_[x]") == "'%50[%][_][[]x[]]%'"
