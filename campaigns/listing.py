"""The list of campaigns: what it is narrowed to, in which order, and how many are in each state.

Every question here is answered from an index alone, whatever is filtered and sorted by: see models.LISTED.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DateField, DecimalField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from adaccounts.models import AdAccount
from campaigns.models import CampaignDraft, DraftQuerySet
from campaigns.name_keys import folded
from integrations import platforms
from stratum import paging
from stratum.models import User

Status = CampaignDraft.Status

#: So many campaigns are read by their ids as quickly as from an index.
FEW = 200


@dataclass(frozen=True)
class Order:
    """An order of the list; `nothing` stands for an empty value, so that campaigns without one come last."""

    label: str
    field: str
    nothing: Any = None

    def apply(self, rows: DraftQuerySet) -> DraftQuerySet:
        return rows if self.nothing is None else rows.annotate(**{self.key.lstrip("-"): self._filled})

    @property
    def fields(self) -> list[str]:
        return [self.key, "-id" if self.field.startswith("-") else "id"]

    @property
    def key(self) -> str:
        sign, name = ("-", self.field[1:]) if self.field.startswith("-") else ("", self.field)
        return self.field if self.nothing is None else f"{sign}sorted_{name}"

    @property
    def _filled(self) -> Coalesce:
        is_day = isinstance(self.nothing, date)
        kind = DateField() if is_day else DecimalField(max_digits=20, decimal_places=4)
        return Coalesce(self.field.lstrip("-"), Value(self.nothing, output_field=kind), output_field=kind)


DEFAULT = "-updated"
TOO_MUCH = Decimal(10) ** 15
ORDERS: dict[str, Order] = {
    "-updated": Order("Changed last", "-updated_at"),
    "updated": Order("Changed longest ago", "updated_at"),
    "-created": Order("Newest", "-created_at"),
    "created": Order("Oldest", "created_at"),
    "name": Order("Name, A to Z", "name_key"),
    "-name": Order("Name, Z to A", "-name_key"),
    "start": Order("Start, earliest", "starts_on", date.max),
    "-start": Order("Start, latest", "-starts_on", date.min),
    "-budget": Order("Budget, highest", "-budget_amount", -TOO_MUCH),
    "budget": Order("Budget, lowest", "budget_amount", TOO_MUCH),
}


def accounts() -> QuerySet[AdAccount]:
    """Return the ad accounts that have campaigns."""
    return AdAccount.objects.filter(Exists(CampaignDraft.objects.filter(account=OuterRef("pk"))))


def creators() -> QuerySet[User]:
    """Return the people who created campaigns, by name."""
    own = CampaignDraft.objects.filter(created_by=OuterRef("pk"))
    return User.objects.filter(Exists(own)).order_by("first_name", "last_name", "username")


def narrowed(wanted: Mapping[str, Any]) -> DraftQuerySet:
    """Return the campaigns that fit all of: q, account (an id or a platform), creator, and days by `dates`."""
    rows = CampaignDraft.objects.all()
    if text := folded(wanted.get("q", "")):
        rows = rows.filter(name_key__contains=text)
    if account := wanted.get("account"):
        rows = rows.filter(account__in=_account_ids(account))
    if creator := wanted.get("creator"):
        rows = rows.filter(created_by=int(creator))
    first, last = wanted.get("first"), wanted.get("last")
    return rows.filter(_within(wanted.get("dates", "updated"), first, last)) if first or last else rows


def of_status(rows: DraftQuerySet, status: str) -> DraftQuerySet:
    return rows.filter(status=status) if status in Status.values else rows


def counts(rows: DraftQuerySet) -> tuple[paging.Count, dict[str, paging.Count]]:
    """Return how many campaigns there are, and how many in each state."""
    by_state = {str(state): paging.count(rows.filter(status=state)) for state in Status}
    return sum(by_state.values(), start=paging.Count(0)), by_state


def sought(rows: DraftQuerySet) -> tuple[DraftQuerySet, tuple[paging.Count, dict[str, paging.Count]]]:
    """Return campaigns that must be looked for, and how many there are, in one go; states only if all could be counted.

    A few are named by their ids from then on, so that nothing has to be looked for twice.
    """
    found = list(rows.order_by().values_list("pk", "status")[: paging.COUNTED + 1])
    if len(found) > paging.COUNTED:
        return rows, (paging.Count(paging.COUNTED, is_all=False), {})
    by_state = Counter(status for _, status in found)
    counted = {str(state): paging.Count(by_state[state]) for state in Status}
    few = CampaignDraft.objects.filter(pk__in=[pk for pk, _ in found]) if len(found) <= FEW else rows
    return few, (paging.Count(len(found)), counted)


def _account_ids(account: str) -> list[int]:
    if account not in platforms.REGISTRY:
        return [int(account)]
    return list(AdAccount.objects.filter(platform=account).values_list("pk", flat=True))


def _within(dates: str, first: date | None, last: date | None) -> Q:
    """Return the condition for days, both included, in the site's time zone; a run overlaps them, open ends count."""
    found = Q()
    if dates == "runs":
        found &= Q(ends_on__gte=first) | Q(ends_on=None) if first else Q()
        return found & (Q(starts_on__lte=last) | Q(starts_on=None) if last else Q())
    found &= Q(**{f"{dates}_at__gte": _midnight(first)}) if first else Q()
    return found & (Q(**{f"{dates}_at__lt": _midnight(last + timedelta(days=1))}) if last else Q())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
