"""What campaigns on an account usually cost a day, so that a slip of the finger can be told from a large order."""

from __future__ import annotations

from decimal import Decimal
from statistics import median_low

from adaccounts.models import AdAccount, CapCommitment

#: How many of the latest campaigns are looked at, and how few say nothing about what is usual.
LATEST = 20
TOO_FEW = 3


def per_day(account: AdAccount, *, but: int) -> Decimal | None:
    """Return the median of what the account's latest approved campaigns count a day, in its currency.

    `but` is the id of a draft that is not asked. None while there are too few to tell.
    """
    rows = CapCommitment.objects.filter(account=account).exclude(draft_id=but).order_by("-pk")
    amounts = list(rows.values_list("per_day", flat=True)[:LATEST])
    return median_low(amounts) if len(amounts) >= TOO_FEW else None
