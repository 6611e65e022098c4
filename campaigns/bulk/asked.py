"""What a person sees before an action on many campaigns: each with its money, and why it is left as it is, if so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied

from campaigns import levels, permissions, spending, wording
from campaigns.bulk.actions import Action
from campaigns.models import CampaignDraft
from integrations import platforms
from integrations.draft import BudgetType
from stratum.formats import NOTHING, money
from stratum.models import User
from stratum.ui import Refusal

#: What the rows are fetched with, so that a line asks the database nothing more.
LOADED = ("account", "submitted_by_user", *levels.LOADED)
CHANGED = "It was changed after the list was shown to you. Look at it again."


@dataclass(frozen=True)
class Line:
    """A campaign with what a person must see before deciding on it, and why it is left as it is, if so."""

    draft: CampaignDraft
    content_hash: str
    reason_against: str

    @property
    def platform_label(self) -> str:
        return platforms.label(self.draft.platform)

    @property
    def budget(self) -> str:
        return wording.budget(self.draft.content.campaign.budget, self.draft.account.currency)

    @property
    def schedule(self) -> str:
        return wording.schedule(self.draft.content.campaign.schedule)

    @property
    def most(self) -> str:
        """The ceiling over the whole schedule."""
        ceiling = spending.ceiling(self.draft)
        return NOTHING if ceiling is None else money(ceiling, self.draft.account.currency)

    @property
    def standing(self) -> str:
        """Who has approved and who is still missing."""
        return levels.of(self.draft).sentence

    @property
    def fingerprint(self) -> str:
        return wording.fingerprint(self.content_hash)


@dataclass(frozen=True)
class Sum:
    """The money of several campaigns in one currency; `most` is the ceiling of those that have an end."""

    currency: str
    campaigns: int = 0
    daily: Decimal = Decimal(0)
    lifetime: Decimal = Decimal(0)
    most: Decimal = Decimal(0)
    endless: int = 0

    @property
    def sentence(self) -> str:
        parts = [f"{money(self.daily, self.currency)} a day"] if self.daily else []
        parts += [f"{money(self.lifetime, self.currency)} in total"] if self.lifetime else []
        text = " and ".join(parts) or "No budget"
        if self.most:
            text += f"; over the whole schedules at most {money(self.most, self.currency)}"
        if self.endless:
            text += f", and {self.endless} without an end"
        return text


def lines(user: User, action: Action, versions: Mapping[int, int]) -> list[Line]:
    """Return a line for each campaign that is there, in the order in which they were ticked."""
    found = CampaignDraft.objects.prefetch_related(*LOADED).in_bulk(list(versions))
    return [
        line(user, action, found[pk]) if version == found[pk].version else Line(found[pk], "", CHANGED)
        for pk, version in versions.items()
        if pk in found
    ]


def line(user: User, action: Action, draft: CampaignDraft) -> Line:
    """Return the line of a draft that was fetched with LOADED."""
    return Line(draft, draft.content_hash, _reason_against(user, action, draft))


def _reason_against(user: User, action: Action, draft: CampaignDraft) -> str:
    try:
        permissions.require(user, draft, action.name)
    except PermissionDenied as error:
        is_decision = permissions.RULES[action.name].who is permissions.may_decide
        return permissions.reason_against_deciding(user, draft) if is_decision else str(error)
    except Refusal as refusal:
        return refusal.message
    return ""


def sums(asked: Iterable[Line]) -> list[Sum]:
    """Return the money of the campaigns that can go on, a sum for each currency."""
    found: dict[str, Sum] = {}
    for line in asked:
        if line.reason_against:
            continue
        currency, budget = line.draft.account.currency, line.draft.content.campaign.budget
        amount, ceiling = budget.amount or Decimal(0), spending.ceiling(line.draft)
        is_total = budget.type is BudgetType.LIFETIME
        old = found.get(currency, Sum(currency))
        found[currency] = Sum(
            currency,
            old.campaigns + 1,
            old.daily + (0 if is_total else amount),
            old.lifetime + (amount if is_total else 0),
            old.most + (ceiling or 0),
            old.endless + (ceiling is None),
        )
    return list(found.values())


def lines_shown(user: User, action: Action, hashes: Mapping[int, str]) -> list[Line]:
    """Return a line for each campaign that was on the page before, bound to what stood there."""
    found = CampaignDraft.objects.prefetch_related(*LOADED).in_bulk(list(hashes))
    return [
        line(user, action, found[pk]) if shown == found[pk].content_hash else Line(found[pk], "", CHANGED)
        for pk, shown in hashes.items()
        if pk in found
    ]
