"""Caps and commitments: how much may be ordered on an account, and how much has been.

All days are days in the account's time zone, all amounts are in its currency. A check looks at the days on which the sum
of commitments changes, and at every month the candidate touches. It promises: on no day more than the daily cap, in no
month more than the monthly cap, counting campaigns made here. Reserving happens under the account row's lock.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from enum import StrEnum

from django.db.models import Q

from adaccounts.models import AdAccount, CapCommitment

COUNTED_DAYS_PER_MONTH = 30


class Cap(StrEnum):
    DAILY = "daily"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class Span:
    """An amount for each day from the first to the last; no last day means open-ended."""

    first: date
    last: date | None
    per_day: Decimal
    is_spread: bool = False

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def days_within(self, first: date, last: date) -> int:
        """Return how many of its days lie between the two, both counted."""
        end = last if self.last is None else min(self.last, last)
        return max(0, (end - max(self.first, first)).days + 1)

    def counted_in_month(self, month: date, real_days: bool) -> Decimal:
        """Return what the span counts in the month that begins on `month`."""
        days = self.days_within(month, month_end(month))
        if not self.is_spread and not real_days:
            days = min(days, COUNTED_DAYS_PER_MONTH)
        return self.per_day * days


@dataclass(frozen=True)
class Load:
    """A cap where it is fullest: when that is, what others hold then, what this campaign adds, what is allowed.

    `when` is a day for the daily cap and the first of a month for the monthly one.
    """

    cap: Cap
    when: date
    committed: Decimal
    adds: Decimal
    limit: Decimal
    currency: str

    @property
    def together(self) -> Decimal:
        return self.committed + self.adds

    @property
    def over_by(self) -> Decimal:
        return self.together - self.limit

    @property
    def left(self) -> Decimal:
        return max(Decimal(0), self.limit - self.committed)


def month_start(day: date) -> date:
    return day.replace(day=1)


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def next_month(month: date) -> date:
    return month_end(month) + timedelta(days=1)


def daily_span(amount: Decimal, first: date, last: date | None) -> Span:
    return Span(first, last, amount)


def lifetime_span(amount: Decimal, first: date, last: date, digits: int) -> Span:
    """Spread a lifetime budget evenly over its days, rounded up to the currency's smallest unit there."""
    days = (last - first).days + 1
    per_day = (amount / days).quantize(Decimal(1).scaleb(-digits), ROUND_UP)
    return Span(first, last, per_day, is_spread=True)


def find_loads(account: AdAccount, candidate: Span, others: Sequence[Span]) -> list[Load]:
    """Return each cap of the account where the candidate and the others fill it most."""
    loads = []
    if account.daily_cap is not None:
        loads.append(_fullest_day(candidate, others, account.daily_cap, account.currency))
    if account.monthly_cap is not None:
        months = _loads_by_month(candidate, others, account, account.monthly_cap)
        loads.append(max(months, key=lambda load: load.together))
    return loads


def find_breaches(account: AdAccount, candidate: Span, others: Sequence[Span]) -> list[Load]:
    """Return the caps the candidate would pass beside the others: at most one of each kind, the worst."""
    return [load for load in find_loads(account, candidate, others) if load.over_by > 0]


def _fullest_day(candidate: Span, others: Sequence[Span], cap: Decimal, currency: str) -> Load:
    # The sum of the others only rises on a day on which one of them begins.
    days = {candidate.first} | {other.first for other in others if candidate.covers(other.first)}
    sums = {day: sum((other.per_day for other in others if other.covers(day)), Decimal(0)) for day in days}
    day = max(sorted(sums), key=lambda item: sums[item])
    return Load(Cap.DAILY, day, sums[day], candidate.per_day, cap, currency)


def _loads_by_month(candidate: Span, others: Sequence[Span], account: AdAccount, cap: Decimal) -> Iterator[Load]:
    real_days = account.count_real_days
    for month in _months_to_look_at(candidate, others):
        committed = sum((other.counted_in_month(month, real_days) for other in others), Decimal(0))
        yield Load(Cap.MONTHLY, month, committed, candidate.counted_in_month(month, real_days), cap, account.currency)


def _months_to_look_at(candidate: Span, others: Sequence[Span]) -> Iterator[date]:
    """Yield each month the candidate touches; an open end is looked at until nothing changes any more.

    After the last beginning and end, months differ in length only, and of any two in a row one has 31 days.
    """
    edges = [edge for span in [candidate, *others] for edge in (span.first, span.last) if edge is not None]
    last = candidate.last or next_month(next_month(month_start(max(edges))))
    month = month_start(candidate.first)
    while month <= last:
        yield month
        month = next_month(month)


def spans_of(account: AdAccount, *, since: date, excluding: tuple[int, int] | None = None) -> list[Span]:
    """Return the account's commitments that reach the month of `since` or a later one.

    `excluding` names a draft id and an approval number that do not count against themselves.
    """
    rows = CapCommitment.objects.filter(Q(to_day=None) | Q(to_day__gte=month_start(since)), account=account)
    if excluding is not None:
        rows = rows.exclude(draft_id=excluding[0], approval_number=excluding[1])
    return [Span(row.from_day, row.to_day, row.per_day, row.is_spread) for row in rows]


def loads(account: AdAccount, candidate: Span, *, excluding: tuple[int, int] | None = None) -> list[Load]:
    """Return how full the candidate makes the account's caps as things stand, each where it is fullest."""
    if account.daily_cap is None and account.monthly_cap is None:
        return []
    return find_loads(account, candidate, spans_of(account, since=candidate.first, excluding=excluding))


def check(account: AdAccount, candidate: Span, *, excluding: tuple[int, int] | None = None) -> list[Load]:
    """Return the caps that the candidate would pass as things stand."""
    return [load for load in loads(account, candidate, excluding=excluding) if load.over_by > 0]


def lock(account_id: int) -> AdAccount:
    """Return the account under a row lock. Taken after the draft's lock, never before it."""
    return AdAccount.objects.select_for_update().get(pk=account_id)


def reserve(account: AdAccount, candidate: Span, *, draft_id: int, approval_number: int) -> None:
    """Write the commitment. The caller holds the account's lock and has just checked the candidate."""
    CapCommitment.objects.update_or_create(
        draft_id=draft_id,
        approval_number=approval_number,
        defaults={
            "account": account,
            "from_day": candidate.first,
            "to_day": candidate.last,
            "per_day": candidate.per_day,
            "is_spread": candidate.is_spread,
        },
    )


def release(draft_id: int, approval_number: int) -> None:
    """Take back the whole commitment: nothing of this approval exists at the platform any more."""
    CapCommitment.objects.filter(draft_id=draft_id, approval_number=approval_number).delete()


def end(draft_id: int, approval_number: int, *, last_day: date) -> None:
    """Close the commitment after `last_day`; days up to it stay counted."""
    open_after = Q(to_day=None) | Q(to_day__gt=last_day)
    rows = CapCommitment.objects.filter(open_after, draft_id=draft_id, approval_number=approval_number)
    rows.filter(from_day__gt=last_day).delete()
    rows.update(to_day=last_day)


@dataclass(frozen=True)
class Usage:
    """What is committed on a day and in its month."""

    day: Decimal
    month: Decimal


def usage(account: AdAccount, day: date) -> Usage:
    """Return what the account's commitments count on a day and in that day's month."""
    return _usage(spans_of(account, since=day), day, account.count_real_days)


def usages(accounts: Iterable[AdAccount], day: date) -> dict[int, Usage]:
    """Return the usage of many accounts by their ids, in one query."""
    by_account: dict[int, list[Span]] = {account.pk: [] for account in accounts}
    rows = CapCommitment.objects.filter(Q(to_day=None) | Q(to_day__gte=month_start(day)), account__in=list(by_account))
    for row in rows:
        by_account[row.account_id].append(Span(row.from_day, row.to_day, row.per_day, row.is_spread))
    real = {account.pk: account.count_real_days for account in accounts}
    return {pk: _usage(spans, day, real[pk]) for pk, spans in by_account.items()}


def _usage(spans: Sequence[Span], day: date, real_days: bool) -> Usage:
    month = month_start(day)
    return Usage(
        day=sum((span.per_day for span in spans if span.covers(day)), Decimal(0)),
        month=sum((span.counted_in_month(month, real_days) for span in spans), Decimal(0)),
    )
