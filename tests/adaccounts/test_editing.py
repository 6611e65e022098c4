"""What an Admin changes on an account, from a form and from JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adaccounts.models import AdAccount, CapCommitment
from integrations.contracts import Asset, AssetKind
from stratum.models import Event
from tests.factories import PAGE, make_account
from tests.people import PEOPLE, person
from tests.played import down

JSON = {"Accept": "application/json"}
URL = "/ad-accounts/meta/act_123456789"


@pytest.fixture
def admin(ada, as_user, connected):
    connected()
    return as_user(ada)


def put(client, url=URL, **body):
    return client.put(url, body, content_type="application/json", headers=JSON)


def stored() -> AdAccount:
    return AdAccount.objects.get()


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ({"is_enabled": False}, "is_enabled", False),
        ({"enabled": False}, "is_enabled", False),
        ({"is_enabled": "false"}, "is_enabled", False),
        ({"daily_budget_cap": 1000}, "daily_cap", Decimal(1000)),
        ({"daily_budget_cap": 1000.5}, "daily_cap", Decimal("1000.5")),
        ({"daily_budget_cap": "1000.50"}, "daily_cap", Decimal("1000.5")),
        ({"daily_budget_cap": "1,000.50"}, "daily_cap", Decimal("1000.5")),
        ({"daily_budget_cap": 0}, "daily_cap", Decimal(0)),
        ({"daily_budget_cap": None}, "daily_cap", None),
        ({"daily_budget_cap": ""}, "daily_cap", None),
        ({"monthly_budget_cap": "30000"}, "monthly_cap", Decimal(30000)),
        ({"count_real_days": True}, "count_real_days", True),
        ({"defaults": {"page": ""}}, "defaults", {"page": "", "pixel": "880011223344551"}),
        ({"defaults": {"page": PAGE}}, "defaults", {"page": PAGE, "pixel": "880011223344551"}),
        ({"default_page": None}, "defaults", {"page": "", "pixel": "880011223344551"}),
    ],
)
def test_json_changes_what_it_names(admin, body, field, value):
    make_account(daily_cap=7, monthly_cap=70)

    answer = put(admin, **body)

    assert answer.status_code == 200, answer.content
    assert getattr(stored(), field) == value


def test_what_is_not_named_stays(admin):
    make_account(daily_cap=7, monthly_cap=70, count_real_days=True)

    put(admin, daily_budget_cap=8)

    assert (stored().monthly_cap, stored().count_real_days, stored().is_enabled) == (70, True, True)


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"daily_budget_cap": -1}, "daily_budget_cap", "negative"),
        ({"daily_budget_cap": "-0.01"}, "daily_budget_cap", "negative"),
        ({"daily_budget_cap": "1.234"}, "daily_budget_cap", "too_many_decimals"),
        ({"daily_budget_cap": "1e12"}, "daily_budget_cap", "too_large"),
        ({"daily_budget_cap": "9" * 40}, "daily_budget_cap", "too_large"),
        ({"daily_budget_cap": "much"}, "daily_budget_cap", "no_amount"),
        ({"daily_budget_cap": "NaN"}, "daily_budget_cap", "no_amount"),
        ({"daily_budget_cap": "Infinity"}, "daily_budget_cap", "no_amount"),
        ({"daily_budget_cap": "1.000,00"}, "daily_budget_cap", "no_amount"),
        ({"daily_budget_cap": "1,00"}, "daily_budget_cap", "no_amount"),
        ({"daily_budget_cap": [1]}, "daily_budget_cap", "no_amount"),
        ({"daily_budget_cap": True}, "daily_budget_cap", "no_amount"),
        ({"monthly_budget_cap": -1}, "monthly_budget_cap", "negative"),
        ({"is_enabled": "perhaps"}, "is_enabled", "no_flag"),
        ({"is_enabled": None}, "is_enabled", "no_flag"),
        ({"count_real_days": 7}, "count_real_days", "no_flag"),
        ({"defaults": {"page": "somebody else's"}}, "default_page", "invalid_choice"),
        ({"defaults": {"logo": "1"}}, "", "unknown_field"),
        ({"defaults": "page"}, "", "unknown_field"),
        ({"dayly_budget_cap": 5}, "", "unknown_field"),
        ({"currency": "EUR"}, "", "unknown_field"),
    ],
)
def test_json_that_makes_no_sense_changes_nothing_and_names_the_field(admin, body, path, code):
    make_account(daily_cap=7, monthly_cap=70)
    before = AdAccount.objects.values().get()

    answer = put(admin, **({"count_real_days": True} | body))

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "VALIDATION_FAILED")
    assert (path, code) in [(detail["path"], detail["code"]) for detail in error["details"]]
    assert AdAccount.objects.values().get() == before


@pytest.mark.parametrize(
    ("currency", "amount", "status"),
    [
        ("USD", "10.55", 200),
        ("USD", "10.555", 422),
        ("JPY", "1000", 200),
        ("JPY", "1000.00", 200),
        ("JPY", "1000.5", 422),
        ("KWD", "10.55", 200),
        ("KWD", "10.555", 422),
    ],
)
def test_decimals_are_those_of_the_platform(admin, currency, amount, status):
    make_account(currency=currency)

    assert put(admin, daily_budget_cap=amount).status_code == status


def test_the_answer_is_the_account(admin):
    make_account()

    data = put(admin, daily_budget_cap="1000", monthly_budget_cap=30000).json()["data"]

    expected = {
        "platform": "meta",
        "platform_account_id": "act_123456789",
        "name": "Acme Corp Main",
        "currency": "USD",
        "timezone": "America/New_York",
        "status": "enabled",
        "is_enabled": True,
        "daily_budget_cap": "1000.00",
        "monthly_budget_cap": "30000.00",
        "warnings": [],
    }
    assert {key: data[key] for key in expected} == expected


def test_what_is_no_json_is_refused(admin):
    make_account()

    answer = admin.put(URL, "{", content_type="application/json", headers=JSON)

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_FAILED")


@pytest.mark.parametrize("method", ["get", "put", "post"])
def test_an_unknown_account_is_not_found(admin, method):
    answer = getattr(admin, method)("/ad-accounts/meta/act_0", headers=JSON)

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "AD_ACCOUNT_NOT_FOUND")


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("method", ["put", "post"])
def test_only_an_admin_changes_accounts(connected, as_user, name, method):
    make_account(is_enabled=True)
    client = as_user(person(name))

    answer = getattr(client, method)(URL, {"is_enabled": False}, content_type="application/json", headers=JSON)

    assert answer.status_code == (200 if name == "ada" else 403)
    assert stored().is_enabled is (name != "ada")


def test_changing_wants_a_token(admin):
    make_account()
    admin.handler.enforce_csrf_checks = True

    assert put(admin, is_enabled=False).status_code == 403
    assert stored().is_enabled


# From a form -----------------------------------------------------------------------------------------------------------


def test_a_form_sets_both_caps_and_comes_back_to_the_account(admin):
    make_account()

    answer = admin.post(URL, {"daily_budget_cap": "1000", "monthly_budget_cap": "30000", "count_real_days": "false"})

    assert (answer.status_code, answer["Location"]) == (302, URL)
    assert (stored().daily_cap, stored().monthly_cap, stored().count_real_days) == (1000, 30000, False)


def test_a_ticked_box_counts_behind_its_hidden_no(admin):
    make_account()

    admin.post(URL, {"daily_budget_cap": "", "count_real_days": ["false", "true"]})

    assert stored().count_real_days is True


def test_a_form_can_be_put(admin):
    make_account()

    answer = admin.put(URL, "daily_budget_cap=12", content_type="application/x-www-form-urlencoded")

    assert (answer.status_code, stored().daily_cap) == (302, 12)


def test_a_wrong_form_shows_every_problem_and_keeps_what_was_typed(admin):
    make_account(daily_cap=7)

    answer = admin.post(URL, {"daily_budget_cap": "-5", "monthly_budget_cap": "3.123"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A cap cannot be negative." in page
    assert "Amounts in USD have at most 2 decimals here." in page
    assert 'value="-5"' in page
    assert 'value="3.123"' in page
    assert stored().daily_cap == 7


def test_a_button_goes_back_to_the_list_it_stood_in(admin):
    make_account(is_enabled=False)

    answer = admin.post(URL, {"is_enabled": "true", "next": "/settings/ad-accounts?q=acme#account-1"})

    assert answer["Location"] == "/settings/ad-accounts?q=acme#account-1"


def test_a_button_goes_back_to_no_other_site(admin):
    make_account(is_enabled=False)

    answer = admin.post(URL, {"is_enabled": "true", "next": "https://evil.example/"})

    assert answer["Location"] == URL


# What the Admin should know --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "body", "words"),
    [
        ({"daily_cap": 1000}, {"daily_budget_cap": 10000}, "went from $1,000.00 to $10,000.00"),
        ({}, {"daily_budget_cap": 200, "monthly_budget_cap": 100}, "The daily cap is higher than the monthly cap"),
        ({}, {"daily_budget_cap": 0}, "A cap of 0 means that nothing can be ordered"),
    ],
)
def test_a_strange_cap_is_stored_with_a_warning(admin, before, body, words):
    make_account(**before)

    answer = put(admin, **body)

    assert answer.status_code == 200
    assert words in " ".join(answer.json()["data"]["warnings"])


@pytest.mark.parametrize(
    ("before", "body"),
    [
        ({"daily_cap": 1000}, {"daily_budget_cap": 9999}),
        ({"daily_cap": 1000}, {"daily_budget_cap": 100}),
        ({}, {"daily_budget_cap": 100, "monthly_budget_cap": 3000}),
        ({"daily_cap": 200, "monthly_cap": 100}, {"is_enabled": False}),
    ],
)
def test_an_ordinary_change_warns_of_nothing(admin, before, body):
    make_account(**before)

    assert put(admin, **body).json()["data"]["warnings"] == []


def test_a_cap_below_what_is_committed_is_stored_with_a_warning(admin):
    one = make_account()
    CapCommitment.objects.create(
        account=one, draft_id=1, approval_number=1, from_day=date(2020, 1, 1), per_day=Decimal(800)
    )

    warnings = put(admin, daily_budget_cap=500).json()["data"]["warnings"]

    assert "$800.00 is committed today, more than the cap of $500.00." in " ".join(warnings)


# Enabling --------------------------------------------------------------------------------------------------------------


def test_enabling_reads_the_assets_and_takes_the_only_page(admin, stage):
    make_account(is_enabled=False, assets=[], defaults={})
    stage.assets["act_123456789"] = [Asset(AssetKind.PAGE, "1", "Acme")]

    answer = put(admin, is_enabled=True)

    assert answer.json()["data"]["defaults"] == {"page": "1"}
    assert stored().is_selectable


def test_enabling_works_without_the_assets_and_says_so(admin, stage):
    make_account(is_enabled=False, assets=[], defaults={})
    stage.fail("list_assets", down())

    answer = put(admin, is_enabled=True)

    assert stored().is_enabled
    assert "could not be read" in answer.json()["data"]["warnings"][0]


def test_enabling_works_with_ended_access_and_says_so(admin, stage):
    make_account(is_enabled=False, assets=[], defaults={})
    stage.end_all()

    answer = put(admin, is_enabled=True)

    assert (answer.status_code, stored().is_enabled) == (200, True)
    assert "could not be read" in answer.json()["data"]["warnings"][0]


@pytest.mark.parametrize("fields", [{"stale_since": "2026-01-01T00:00:00Z"}, {"unusable_reason": "It is closed."}])
def test_an_account_that_cannot_be_used_cannot_be_enabled(admin, fields):
    make_account(is_enabled=False, **fields)

    answer = put(admin, is_enabled=True)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "INVALID_STATUS_TRANSITION")
    assert not stored().is_enabled


@pytest.mark.parametrize("fields", [{"stale_since": "2026-01-01T00:00:00Z"}, {"unusable_reason": "It is closed."}])
def test_an_account_that_cannot_be_used_can_be_disabled_and_capped(admin, fields):
    make_account(is_enabled=True, **fields)

    assert put(admin, is_enabled=False, daily_budget_cap=5).status_code == 200
    assert (stored().is_enabled, stored().daily_cap) == (False, 5)


# What is recorded ------------------------------------------------------------------------------------------------------


def test_each_change_is_recorded_with_before_and_after(admin, ada):
    make_account(daily_cap=500)

    put(admin, daily_budget_cap=1000, is_enabled=False)

    events = {event.code: event for event in Event.objects.filter(actor=ada)}
    assert set(events) == {"account.caps_changed", "account.disabled"}
    data = events["account.caps_changed"].data
    assert (Decimal(data["before"]["daily_cap"]), Decimal(data["after"]["daily_cap"])) == (500, 1000)


def test_the_same_values_again_are_no_change(admin):
    make_account(daily_cap=500)

    put(admin, daily_budget_cap="500.00", is_enabled=True)

    assert not Event.objects.exists()


def test_the_history_tells_what_changed(admin):
    make_account(daily_cap=500)
    put(admin, daily_budget_cap=None)

    page = admin.get(URL).content.decode()

    assert "changed the caps" in page
    assert "daily cap $500.00 → no limit" in page
