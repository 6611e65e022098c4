"""What an account holds day by day and month by month over a campaign's schedule, for a chart and the table beside it.

Amounts are in the account's currency, days in its time zone. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

from adaccounts import caps
from adaccounts.caps import Span
from campaigns import wording
from stratum.formats import money

#: How many days of a campaign without an end are drawn, and of one that runs for ages.
OPEN_DAYS, MOST_DAYS = 90, 731
#: How many months the table lists.
MOST_MONTHS = 24
WIDTH, HEIGHT = 1000, 160

#: The daily and the monthly cap; None is no limit.
Caps = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True)
class Period:
    """Days in a row, or a month, in which the same is held: by other campaigns, and by this one."""

    first: date
    last: date
    others: Decimal
    adds: Decimal
    word: str

    @property
    def together(self) -> Decimal:
        return self.others + self.adds


@dataclass(frozen=True)
class Bar:
    """A period as two boxes of an SVG, the campaign's above the others'. All values are attributes of it."""

    x: str
    width: str
    others_y: str
    others_height: str
    adds_y: str
    adds_height: str


@dataclass(frozen=True)
class Chart:
    """Days in steps and months with both caps; a cap of None is no limit."""

    days: tuple[Period, ...]
    months: tuple[Period, ...]
    daily_cap: Decimal | None
    monthly_cap: Decimal | None
    currency: str
    is_open_ended: bool

    @property
    def top(self) -> Decimal:
        """The amount at the upper edge: a little above the cap and the fullest day."""
        fullest = max(period.together for period in self.days)
        return max(fullest, self.daily_cap or Decimal(0)) * Decimal("1.08")

    @property
    def cap_y(self) -> str:
        return f"{self._y(self.daily_cap):.2f}" if self.daily_cap is not None else ""

    @property
    def bars(self) -> list[Bar]:
        first, days = self.days[0].first, Decimal((self.days[-1].last - self.days[0].first).days + 1)
        return [
            Bar(
                x=f"{(period.first - first).days * WIDTH / days:.2f}",
                width=f"{((period.last - period.first).days + 1) * WIDTH / days:.2f}",
                others_y=f"{self._y(period.others):.2f}",
                others_height=f"{HEIGHT - self._y(period.others):.2f}",
                adds_y=f"{self._y(period.together):.2f}",
                adds_height=f"{self._y(period.others) - self._y(period.together):.2f}",
            )
            for period in self.days
        ]

    @property
    def sentence(self) -> str:
        """The chart for people who cannot see it."""
        fullest = max(self.days, key=lambda period: period.together)
        held = money(fullest.together, self.currency)
        limit = "no daily cap" if self.daily_cap is None else f"a daily cap of {money(self.daily_cap, self.currency)}"
        most = f"at most {held} a day from {wording.day(fullest.first)} on"
        return f"Committed on the ad account, {self.span}: {most}, {limit}."

    @property
    def span(self) -> str:
        return wording.days(self.days[0].first, self.days[-1].last)

    def _y(self, amount: Decimal) -> Decimal:
        return HEIGHT - amount * HEIGHT / self.top


def of(
    candidate: Span,
    others: Sequence[Span],
    *,
    caps_of: Caps,
    currency: str,
    real_days: bool,
) -> Chart:
    """Return the chart of the candidate's schedule; `caps_of` are the daily and the monthly cap."""
    days = OPEN_DAYS if candidate.last is None else min((candidate.last - candidate.first).days + 1, MOST_DAYS)
    last = min(candidate.first, date.max - timedelta(days=days)) + timedelta(days=days - 1)
    return Chart(
        days=tuple(_merged(_days(candidate, others, last))),
        months=tuple(islice(_months(candidate, others, last, real_days), MOST_MONTHS)),
        daily_cap=caps_of[0],
        monthly_cap=caps_of[1],
        currency=currency,
        is_open_ended=candidate.last is None or candidate.last > last,
    )


def _days(candidate: Span, others: Sequence[Span], last: date) -> Iterator[Period]:
    """Yield the stretches between the days on which some campaign begins or has ended."""
    edges = {other.first for other in others}
    edges |= {other.last + timedelta(days=1) for other in others if other.last is not None and other.last < last}
    begins = sorted({candidate.first} | {edge for edge in edges if candidate.first < edge <= last})
    for begin, following in zip(begins, [*begins[1:], last + timedelta(days=1)], strict=True):
        held = sum((other.per_day for other in others if other.covers(begin)), Decimal(0))
        end = following - timedelta(days=1)
        yield Period(
            begin, end, held, candidate.per_day, wording.days(begin, end) if end > begin else wording.day(begin)
        )


def _merged(periods: Iterator[Period]) -> Iterator[Period]:
    """Join stretches that hold the same, where one campaign ended as another of the same budget began."""
    row: Period | None = None
    for period in periods:
        if row is not None and row.others == period.others:
            row = Period(row.first, period.last, row.others, row.adds, wording.days(row.first, period.last))
            continue
        if row is not None:
            yield row
        row = period
    if row is not None:
        yield row


def _months(candidate: Span, others: Sequence[Span], last: date, real_days: bool) -> Iterator[Period]:
    month = caps.month_start(candidate.first)
    while month <= last:
        held = sum((other.counted_in_month(month, real_days) for other in others), Decimal(0))
        adds = candidate.counted_in_month(month, real_days)
        yield Period(month, caps.month_end(month), held, adds, f"{month:%B %Y}")
        month = caps.next_month(month)
