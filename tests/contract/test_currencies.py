"""The same money in five currencies through every platform's units, by tables written from their documentation by hand.

Meta has an offset table of its own (100 or 1, never ISO 4217's decimals); Google and Snapchat count millionths in every
currency; TikTok takes major units. KWD has three decimals, of which only Snapchat can spend the third; HUF has two in ISO
4217 and on pages, and none at Meta, Google and TikTok; JPY and CLP have none anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from adaccounts import caps
from campaigns.content_rules.money import money_problems
from campaigns.content_rules.problem import Subject
from integrations.capabilities import Verdict
from integrations.contracts import Account, Level
from integrations.errors import PlatformError
from integrations.platforms import offline, platform_class
from stratum.formats import money

CURRENCIES = ["USD", "KWD", "JPY", "HUF", "CLP"]
#: What a budget is multiplied with before it is sent.
UNITS: dict[str, dict[str, int]] = {
    "meta": {"USD": 100, "KWD": 100, "JPY": 1, "HUF": 1, "CLP": 1},
    "google": dict.fromkeys(CURRENCIES, 1_000_000),
    "tiktok": dict.fromkeys(CURRENCIES, 1),
    "snapchat": dict.fromkeys(CURRENCIES, 1_000_000),
}
#: The finest amount that a budget may have.
FINEST: dict[str, dict[str, str]] = {
    "meta": {"USD": "0.01", "KWD": "0.01", "JPY": "1", "HUF": "1", "CLP": "1"},
    "google": {"USD": "0.01", "KWD": "0.01", "JPY": "1", "HUF": "1", "CLP": "1"},
    "tiktok": {"USD": "0.01", "KWD": "0.01", "JPY": "1", "HUF": "1", "CLP": "1"},
    "snapchat": {"USD": "0.01", "KWD": "0.001", "JPY": "1", "HUF": "0.01", "CLP": "1"},
}
#: The least budget of one campaign: what the account said at Meta and Google, tables of TikTok and Snapchat.
LEAST = {
    "meta": {"USD": "1.00", "KWD": "1.00", "JPY": "100", "HUF": "100", "CLP": "100"},
    "tiktok": {"USD": "50", "KWD": None, "JPY": "5000", "HUF": "50", "CLP": "50000"},
    "snapchat": dict.fromkeys(CURRENCIES, "5"),
}
#: The field of a payload that carries a budget, for a day and for the whole time.
FIELDS = {
    "meta": ({"daily_budget"}, {"lifetime_budget"}),
    "google": ({"amountMicros"}, {"totalAmountMicros"}),
    "tiktok": ({"budget"}, {"budget"}),
    "snapchat": (
        {"daily_budget_micro"}, {"lifetime_budget_micro", "lifetime_spend_cap_micro"}
    ),
}  # fmt: skip
ROUND = {"USD": "4321", "KWD": "4321", "JPY": "6000007", "HUF": "4322", "CLP": "8000009"}
EVERYWHERE = [pytest.param(p, c, id=f"{p} {c}") for p in UNITS for c in CURRENCIES]


def theirs(platform: str) -> ModuleType:
    return import_module(f"tests.{platform}.drafts")


def account_in(platform: str, currency: str) -> Account:
    main: Account = theirs(platform).MAIN
    extra = {name: value for name, value in main.extra.items() if name != "billable_unit_micros"}
    return replace(main, currency=currency, extra=extra)


def content(platform: str, amount: Decimal, kind: str = "daily") -> Any:
    made = theirs(platform)
    return made.draft(made.ad_set(budget=None), budget={"amount": str(amount), "type": kind})


def finest(platform: str, currency: str) -> Decimal:
    """An amount with as many decimals as it may have there."""
    return Decimal(ROUND[currency]) + Decimal(FINEST[platform][currency])


def sent(platform: str, currency: str, amount: Decimal, kind: str = "daily") -> list[Decimal]:
    """Every budget in what is sent, brought back into major units."""
    order = theirs(platform).order(content(platform, amount, kind), account_in(platform, currency))
    fields = FIELDS[platform][kind == "lifetime"]
    steps = offline(platform).plan(order)
    found = [value for step in steps for value in named(step.payload, fields)]
    return [Decimal(str(value)) / UNITS[platform][currency] for value in found]


def named(data: Any, fields: set[str]) -> Iterator[Any]:
    if isinstance(data, Mapping):
        for name, value in data.items():
            if name in fields:
                yield value
            else:
                yield from named(value, fields)
    elif isinstance(data, Sequence) and not isinstance(data, str):
        for item in data:
            yield from named(item, fields)


@pytest.mark.parametrize("kind", ["daily", "lifetime"])
@pytest.mark.parametrize(("platform", "currency"), EVERYWHERE)
def test_what_is_sent_is_what_was_approved_to_the_last_unit(platform, currency, kind):
    amount = finest(platform, currency)

    budgets = sent(platform, currency, amount, kind)

    assert budgets
    assert set(budgets) == {amount}


@pytest.mark.parametrize(("platform", "currency"), EVERYWHERE)
def test_what_is_finer_than_the_platform_spends_is_refused_and_never_rounded(platform, currency):
    amount = Decimal(ROUND[currency]) + Decimal(FINEST[platform][currency]) / 10
    account, draft = account_in(platform, currency), content(platform, amount)
    cls = platform_class(platform)
    subject = Subject(draft, account, cls.capabilities, cls.label, {}, theirs(platform).NOW.replace(tzinfo=None))

    assert "TOO_MANY_DECIMALS" in [problem.code for problem in money_problems(subject)]
    with pytest.raises(PlatformError, match=r"(?i)round it|whole|decimals"):
        sent(platform, currency, amount)


@pytest.mark.parametrize(("platform", "currency"), EVERYWHERE)
def test_what_is_read_back_is_the_amount_and_one_unit_more_is_another(platform, currency):
    amount, step = finest(platform, currency), Decimal(FINEST[platform][currency])

    assert read_back(platform, currency, amount) != read_back(platform, currency, amount + step)
    if platform == "google":  # it is compared in its own units
        assert read_back(platform, currency, amount) == f"{amount * 1_000_000:.0f} micros a day"
    else:
        assert read_back(platform, currency, amount).removesuffix(" a day") == money(amount, currency)


def read_back(platform: str, currency: str, amount: Decimal) -> str:
    """What a campaign's budget is called when the platform shows it: strings, numbers or floats, as each does."""
    comparing = import_module(f"integrations.platforms.{platform}.comparing")
    account, units = account_in(platform, currency), amount * UNITS[platform][currency]
    if platform == "google":
        return str(comparing.facts(Level.CAMPAIGN, {"campaignBudget": {"amountMicros": f"{units:.0f}"}})["budget"])
    shown, word = {
        "meta": ({"daily_budget": f"{units:.0f}"}, "daily budget"),
        "tiktok": ({"budget": float(units), "budget_mode": "BUDGET_MODE_DAY"}, "budget"),
        "snapchat": ({"daily_budget_micro": int(units)}, "daily spending cap"),
    }[platform]
    return str(comparing.facts(Level.CAMPAIGN, shown, account)[word])


@pytest.mark.parametrize(
    ("platform", "currency", "least"),
    [pytest.param(p, c, least, id=f"{p} {c}") for p, row in LEAST.items() for c, least in row.items() if least],
)
def test_the_least_budget_is_the_platforms_in_the_accounts_currency(platform, currency, least):
    below = Decimal(least) - Decimal(FINEST[platform][currency])

    assert is_too_little(platform, currency, below)
    assert not is_too_little(platform, currency, Decimal(least))


def is_too_little(platform: str, currency: str, amount: Decimal) -> bool:
    account, cls, draft = account_in(platform, currency), platform_class(platform), content(platform, amount)
    subject = Subject(draft, account, cls.capabilities, cls.label, {}, theirs(platform).NOW.replace(tzinfo=None))
    codes = {problem.code for problem in money_problems(subject)}
    fits = offline(platform).fit(draft, account, theirs(platform).media())
    refused = any(fit.verdict is Verdict.REFUSED and "below" in fit.becomes for fit in fits)
    return refused or "BUDGET_BELOW_MINIMUM" in codes


@pytest.mark.parametrize(("platform", "currency"), EVERYWHERE)
def test_caps_count_a_lifetime_budget_in_amounts_the_platform_knows_and_never_less_than_all(platform, currency):
    amount, digits = finest(platform, currency), platform_class(platform).capabilities.minor_digits(currency)

    span = caps.lifetime_span(amount, date(2027, 6, 1), date(2027, 7, 31), digits)

    step = Decimal(FINEST[platform][currency])
    assert span.per_day % step == 0
    assert amount <= span.per_day * 61 < amount + step * 61
    assert span.per_day == round(span.per_day, 4)  # what the column holds


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [
        ("USD", "1234.5", "$1,234.50"),
        ("KWD", "1234.5", "KWD\xa01,234.500"),
        ("KWD", "0.001", "KWD\xa00.001"),
        ("JPY", "1234", "¥1,234"),
        ("JPY", "1234.5", "¥1,234.5"),  # nobody approved ¥1,235
        ("HUF", "1234", "HUF\xa01,234.00"),
        ("CLP", "1234567", "CLP\xa01,234,567"),
    ],
)
def test_pages_show_every_decimal_there_is_and_round_none(currency, amount, shown):
    assert money(amount, currency) == shown
