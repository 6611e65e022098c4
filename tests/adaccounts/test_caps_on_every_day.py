"""The check looks only where sums change. Here it is held against one that counts every single day."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adaccounts import caps
from adaccounts.caps import Cap, Span
from adaccounts.models import AdAccount

#: Around two ends of years, a leap day, and the days on which New York changes its clocks: days are days.
FIRST, LAST = date(2027, 11, 1), date(2028, 3, 20)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
#: Until here an open end is counted: every length of a month comes after every edge.
HORIZON = [FIRST + timedelta(days=n) for n in range(300)]

amounts = st.sampled_from([Decimal(1), Decimal("33.34"), Decimal(100), Decimal(999)])


@st.composite
def spans(draw) -> Span:
    first = draw(st.sampled_from(DAYS))
    length = draw(st.one_of(st.none(), st.integers(0, 70)))
    is_spread = length is not None and draw(st.booleans())
    return Span(first, None if length is None else first + timedelta(days=length), draw(amounts), is_spread)


def counted(span: Span, month: date, real: bool) -> Decimal:
    in_month = calendar.monthrange(month.year, month.month)[1]
    days = sum(span.covers(month.replace(day=day)) for day in range(1, in_month + 1))
    return span.per_day * (days if real or span.is_spread else min(days, 30))


def every_day(account: AdAccount, candidate: Span, others: list[Span]) -> set[Cap]:
    """Which caps are passed on any day, or in any month, that the candidate touches."""
    found = set()
    together = [candidate, *others]
    touched = [day for day in HORIZON if candidate.covers(day)]
    if any(sum(s.per_day for s in together if s.covers(day)) > account.daily_cap for day in touched):
        found.add(Cap.DAILY)
    for month in {day.replace(day=1) for day in touched}:
        if sum(counted(span, month, account.count_real_days) for span in together) > account.monthly_cap:
            found.add(Cap.MONTHLY)
    return found


CASE = {
    "candidate": spans(),
    "others": st.lists(spans(), max_size=5),
    "daily": st.sampled_from([100, 1000, 1200, 2100]),
    "monthly": st.sampled_from([3000, 3100, 30_000, 33_000, 62_000]),
    "real": st.booleans(),
}


def both(candidate: Span, others: list[Span], daily: int, monthly: int, real: bool) -> tuple[set[Cap], set[Cap]]:
    account = AdAccount(currency="USD", daily_cap=daily, monthly_cap=monthly, count_real_days=real)
    return {load.cap for load in caps.find_breaches(account, candidate, others)}, every_day(account, candidate, others)


@given(**CASE)
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_looking_where_sums_change_finds_what_looking_at_every_day_finds(candidate, others, daily, monthly, real):
    found, expected = both(candidate, others, daily, monthly, real)

    assert found == expected


def test_the_comparison_notices_a_check_that_looks_at_the_first_day_only(monkeypatch):
    def first_day(candidate: Span, others: list[Span], cap: Decimal, currency: str) -> caps.Load:
        held = sum((other.per_day for other in others if other.covers(candidate.first)), Decimal(0))
        return caps.Load(Cap.DAILY, candidate.first, held, candidate.per_day, cap, currency)

    monkeypatch.setattr(caps, "_fullest_day", first_day)
    candidate = Span(date(2027, 12, 1), None, Decimal(999))
    later = Span(date(2028, 1, 1), None, Decimal(999))

    found, expected = both(candidate, [later], 1200, 62_000, False)

    assert (found, expected) == (set(), {Cap.DAILY})


@pytest.mark.parametrize(
    ("month", "real", "days"),
    [("2027-12-01", False, 30), ("2027-12-01", True, 31), ("2028-02-01", False, 29), ("2028-02-01", True, 29)],
)
def test_a_month_of_a_daily_budget(month, real, days):
    first = date.fromisoformat(month)

    assert Span(date(2027, 11, 15), None, Decimal(1)).counted_in_month(first, real) == days
