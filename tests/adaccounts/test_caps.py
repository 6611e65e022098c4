from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adaccounts import caps
from adaccounts.caps import Cap, Span
from adaccounts.models import AdAccount, CapCommitment


def account(daily=None, monthly=None, real=False) -> AdAccount:
    return AdAccount(currency="USD", daily_cap=daily, monthly_cap=monthly, count_real_days=real)


def span(amount, first, last, **kwargs) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last) if last else None, Decimal(amount), **kwargs)


SUMMER = span("1000", "2027-06-01", "2027-08-31")


def breaches(of: AdAccount, candidate: Span, *others: Span) -> list[tuple[Cap, str, Decimal]]:
    return [(b.cap, b.when.isoformat(), b.over_by) for b in caps.find_breaches(of, candidate, others)]


@pytest.mark.parametrize(
    ("of", "candidate", "others", "expected"),
    [
        pytest.param(account(1000, 30000), SUMMER, [], [], id="the flows' own example fits exactly"),
        pytest.param(
            account(1000, 30000, real=True), SUMMER, [], [(Cap.MONTHLY, "2027-07-01", 1000)], id="real days: 31 in July"
        ),
        pytest.param(account(), SUMMER, [SUMMER] * 50, [], id="no cap is no limit"),
        pytest.param(account(999), SUMMER, [], [(Cap.DAILY, "2027-06-01", 1)], id="one over the daily cap"),
        pytest.param(
            account(1500), SUMMER, [span("600", "2027-07-10", "2027-07-10")], [(Cap.DAILY, "2027-07-10", 100)],
            id="another begins in the middle",
        ),
        pytest.param(account(1500), SUMMER, [span("600", "2027-05-01", "2027-05-31")], [], id="another ended before"),
        pytest.param(account(1500), SUMMER, [span("600", "2027-09-01", None)], [], id="another begins after"),
        pytest.param(
            account(None, 30000), span("1000", "2027-06-16", "2027-06-30"), [span("1001", "2027-06-01", "2027-06-15")],
            [(Cap.MONTHLY, "2027-06-01", 15)], id="days that have passed stay counted in their month",
        ),
        pytest.param(
            account(None, 3050, real=True), span("100", "2027-02-01", None), [], [(Cap.MONTHLY, "2027-03-01", 50)],
            id="open end finds the long month",
        ),
        pytest.param(account(None, 3000), span("100", "2027-02-01", None), [], [], id="open end, 30 counted days"),
        pytest.param(
            account(None, 3000), span("50", "2027-02-01", None), [span("60", "2029-01-15", None)],
            [(Cap.MONTHLY, "2029-03-01", 300)], id="open end sees what begins years later",
        ),
        pytest.param(
            account(None, 30000), span("1000", "2027-07-01", "2027-07-31", is_spread=True), [],
            [(Cap.MONTHLY, "2027-07-01", 1000)], id="a lifetime budget counts all its days",
        ),
    ],
)  # fmt: skip
def test_caps_hold_on_every_day_and_in_every_month(of, candidate, others, expected):
    assert breaches(of, candidate, *others) == [(cap, when, Decimal(over)) for cap, when, over in expected]


def test_a_lifetime_budget_is_spread_and_rounded_up():
    spread = caps.lifetime_span(Decimal(100), date(2027, 6, 1), date(2027, 6, 3), digits=2)

    assert (spread.per_day, spread.is_spread) == (Decimal("33.34"), True)


def test_a_lifetime_budget_in_yen_is_rounded_to_whole_yen():
    assert caps.lifetime_span(Decimal(100), date(2027, 6, 1), date(2027, 6, 3), digits=0).per_day == Decimal(34)


@pytest.fixture
def saved(db) -> AdAccount:
    return AdAccount.objects.create(
        platform="meta", external_id="act_1", name="Acme", currency="USD", time_zone="UTC", daily_cap=1000
    )


def test_a_draft_does_not_count_against_itself(saved):
    caps.reserve(saved, SUMMER, draft_id=1, approval_number=1)

    assert caps.check(saved, SUMMER, excluding=(1, 1)) == []
    assert caps.check(saved, SUMMER) != []


def test_ending_keeps_the_days_that_passed(saved):
    caps.reserve(saved, SUMMER, draft_id=1, approval_number=1)

    caps.end(1, 1, last_day=date(2027, 6, 10))

    assert caps.usage(saved, date(2027, 6, 10)).day == 1000
    assert caps.usage(saved, date(2027, 6, 11)).day == 0
    assert caps.usage(saved, date(2027, 6, 11)).month == 10_000


def test_ending_before_the_first_day_frees_everything(saved):
    caps.reserve(saved, SUMMER, draft_id=1, approval_number=1)

    caps.end(1, 1, last_day=date(2027, 5, 1))

    assert not CapCommitment.objects.exists()


def test_usages_of_many_accounts_take_one_query(saved, django_assert_num_queries):
    caps.reserve(saved, SUMMER, draft_id=1, approval_number=1)
    others = [
        AdAccount.objects.create(platform="meta", external_id=f"act_x{n}", name="x", currency="USD", time_zone="UTC")
        for n in range(5)
    ]

    with django_assert_num_queries(1):
        found = caps.usages([saved, *others], date(2027, 7, 1))

    assert found[saved.pk] == caps.Usage(Decimal(1000), Decimal(30_000))
    assert found[others[0].pk] == caps.Usage(Decimal(0), Decimal(0))
