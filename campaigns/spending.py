"""What a campaign may cost and how full it makes its account's caps: what somebody who approves must see.

Amounts are in the account's currency, days in its time zone. Only campaigns made here are counted.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from decimal import Decimal

from adaccounts import caps
from adaccounts.models import CapCommitment
from campaigns import load_chart, rules, wording
from campaigns.models import Approval, CampaignDraft
from integrations import platforms
from stratum.formats import money

Status = CampaignDraft.Status

#: States in which the campaign's own commitment is already among the account's.
COUNTED = frozenset({Status.APPROVED, Status.PUBLISHING, Status.PUBLISHED, Status.FAILED})


@dataclass(frozen=True)
class Meter:
    """A cap where it is fullest. `note` is what the numbers do not say by themselves."""

    label: str
    committed: Decimal
    adds: Decimal
    limit: Decimal
    currency: str
    note: str = ""

    @property
    def together(self) -> Decimal:
        return self.committed + self.adds

    @property
    def is_over(self) -> bool:
        return self.together > self.limit

    @property
    def sentence(self) -> str:
        """The meter for people who cannot see it."""
        others, adds = money(self.committed, self.currency), money(self.adds, self.currency)
        return f"{self.label}: other campaigns {others}, this campaign {adds}, of {money(self.limit, self.currency)}"


@dataclass(frozen=True)
class Spending:
    """`amount` a day or in total; `most` is the ceiling over the whole schedule, or in a month when there is no end."""

    amount: Decimal
    is_daily: bool
    most: Decimal
    most_label: str
    meters: tuple[Meter, ...]
    notes: tuple[str, ...]
    is_counted: bool
    chart: load_chart.Chart


def of(draft: CampaignDraft) -> Spending | None:
    """Return what the draft may cost; None while its content names no amount, or no days to spend it on."""
    approval = _counted_approval(draft)
    span = _committed_span(draft, approval)
    if span is None:
        try:
            span = rules.span_of(draft)
        except (ValueError, platforms.UnknownPlatform):
            return None
    own = (draft.pk, approval.number) if approval else None
    amount = draft.content.campaign.budget.amount or Decimal(0)
    most, label = _most(span, amount)
    account = draft.account
    others = caps.spans_of(account, since=span.first, excluding=own)
    return Spending(
        amount=amount,
        is_daily=not span.is_spread,
        most=most,
        most_label=label,
        meters=tuple(_meter(load, span, draft) for load in caps.find_loads(account, span, others)),
        notes=tuple(_notes(draft, amount, span)),
        is_counted=approval is not None,
        chart=load_chart.of(
            span,
            others,
            caps_of=(account.daily_cap, account.monthly_cap),
            currency=account.currency,
            real_days=account.count_real_days,
        ),
    )


def own_commitment(draft: CampaignDraft) -> tuple[int, int] | None:
    """Return what names the draft's own commitment, so that it does not count against itself."""
    approval = _counted_approval(draft)
    return (draft.pk, approval.number) if approval else None


def ceiling(draft: CampaignDraft) -> Decimal | None:
    """Return what the content may cost over its whole schedule; None without an amount or without an end."""
    try:
        span = rules.span_of(draft)
    except (ValueError, platforms.UnknownPlatform):
        return None
    amount = draft.content.campaign.budget.amount
    if span.is_spread:
        return amount
    return None if span.last is None else span.per_day * ((span.last - span.first).days + 1)


def _counted_approval(draft: CampaignDraft) -> Approval | None:
    if draft.status not in COUNTED:
        return None
    return draft.approvals.filter(decision=Approval.Decision.APPROVED).first()


def _committed_span(draft: CampaignDraft, approval: Approval | None) -> caps.Span | None:
    """Return what is committed, which after an end is less than the content says."""
    if approval is None:
        return None
    row = CapCommitment.objects.filter(draft_id=draft.pk, approval_number=approval.number).first()
    return caps.Span(row.from_day, row.to_day, row.per_day, row.is_spread) if row else None


def _most(span: caps.Span, amount: Decimal) -> tuple[Decimal, str]:
    if span.is_spread:
        return amount, f"{wording.days(span.first, span.last)}, in total"
    if span.last is None:
        return amount * 31, "In a month, no end"
    days = (span.last - span.first).days + 1
    return amount * days, f"{wording.days(span.first, span.last)}, at most"


def _meter(load: caps.Load, span: caps.Span, draft: CampaignDraft) -> Meter:
    currency = draft.account.currency
    if load.cap is caps.Cap.DAILY:
        return Meter(f"Daily cap, {wording.day(load.when)}", load.committed, load.adds, load.limit, currency)
    note = ""
    real = span.per_day * span.days_within(load.when, caps.month_end(load.when))
    if real > load.adds:
        days = calendar.monthrange(load.when.year, load.when.month)[1]
        note = (
            f"A month counts {caps.COUNTED_DAYS_PER_MONTH} days of a daily budget. {load.when:%B} has {days}: "
            f"this campaign may spend {money(real, currency)} in it."
        )
    return Meter(f"Monthly cap, {load.when:%B %Y}", load.committed, load.adds, load.limit, currency, note)


def _notes(draft: CampaignDraft, amount: Decimal, span: caps.Span) -> list[str]:
    capabilities = platforms.platform_class(draft.platform).capabilities
    currency, found = draft.account.currency, []
    if capabilities.overspend_per_day > 1 and not span.is_spread:
        peak = money(amount * capabilities.overspend_per_day, currency)
        found.append(f"{capabilities.overspend_note} Here that is {peak} on one day.".strip())
    own = [ad_set.budget for ad_set in draft.content.ad_sets if ad_set.budget is not None]
    if own and sum(own) < amount:
        together = money(sum(own), currency)
        found.append(f"The ad sets have budgets of their own, {together} together: that is what is sent.")
    return found
