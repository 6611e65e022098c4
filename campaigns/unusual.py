"""A budget that is many times what its account usually spends is typed a second time before it is submitted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from adaccounts import usual
from campaigns import rules
from campaigns.models import CampaignDraft
from integrations import platforms
from stratum.formats import money

#: From so many times the usual amount on, a budget is unusual.
FACTOR = 10


@dataclass(frozen=True)
class UnusualBudget:
    """The budget as it stands in the draft, what it comes to a day, and what is usual; in the account's currency."""

    amount: Decimal
    per_day: Decimal
    usual: Decimal
    currency: str

    @property
    def sentence(self) -> str:
        times = int(self.per_day / self.usual)
        return (
            f"{money(self.per_day, self.currency)} a day is {times:,} times what campaigns on this ad account usually "
            f"cost: {money(self.usual, self.currency)} a day."
        )

    def is_typed(self, text: str) -> bool:
        """Say whether the text is this budget: 12,000.00 and 12000 are the same."""
        try:
            return Decimal(text.replace(",", "").strip()) == self.amount
        except InvalidOperation:
            return False


def of(draft: CampaignDraft) -> UnusualBudget | None:
    """Return what is unusual about the draft's budget; None if nothing is, or if too little is known to tell."""
    try:
        span = rules.span_of(draft)
    except (ValueError, platforms.UnknownPlatform):
        return None
    amount, known = draft.content.campaign.budget.amount, usual.per_day(draft.account, but=draft.pk)
    if amount is None or known is None or span.per_day < known * FACTOR:
        return None
    return UnusualBudget(amount, span.per_day, known, draft.account.currency)
