"""Who loosened an account's caps: nobody raises a cap for the own campaign.

A looser cap is remembered with who set it and what held before, until another Admin sets the caps, to whatever amounts.
For campaigns in which that person had a hand, the former caps hold meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adaccounts.models import AdAccount
from stratum.models import User

CAPS = frozenset({"daily_cap", "monthly_cap", "count_real_days"})


def remember(account: AdAccount, by: User, sent: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Note on the account, not saved yet, who answers for its caps now; say whether another Admin's raise is confirmed.

    `sent` are the fields that the form held, `before` the former values of those that changed.
    """
    if not CAPS & set(sent):
        return False
    is_confirmed = account.caps_raised_by_id not in {None, by.pk}
    if is_confirmed:
        account.caps_raised_by, account.caps_before_raise = None, {}
    if _is_looser(account, before) and account.caps_raised_by_id is None:
        account.caps_raised_by = by
        account.caps_before_raise = _caps(account, before)
    return is_confirmed


def _is_looser(account: AdAccount, before: Mapping[str, Any]) -> bool:
    counts_less = before.get("count_real_days") is True
    return counts_less or any(
        before[name] is not None and (getattr(account, name) is None or getattr(account, name) > before[name])
        for name in ("daily_cap", "monthly_cap")
        if name in before
    )


def _caps(account: AdAccount, before: Mapping[str, Any]) -> dict[str, Any]:
    def text(name: str) -> str | None:
        amount: Decimal | None = before.get(name, getattr(account, name))
        return None if amount is None else str(amount)

    return {
        "daily": text("daily_cap"),
        "monthly": text("monthly_cap"),
        "count_real_days": before.get("count_real_days", account.count_real_days),
    }
