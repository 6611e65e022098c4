"""Who loosened an approval level: nobody drops one for the own campaign, as nobody raises a cap for it.

The level's former amounts are kept with who loosened it, until another Admin sets or removes the level, to whatever
amounts, or until it is as strict again. For campaigns in which that person had a hand, they hold meanwhile.
"""

from __future__ import annotations

from decimal import Decimal

from adaccounts.models import AdAccount, ApprovalRule, FormerRule, Threshold
from stratum.models import User

ENDLESS = Decimal("Infinity")


def remember(account: AdAccount, by: User, before: Threshold | None, after: ApprovalRule | None, *, level: str) -> bool:
    """Note who answers for the level now, under the account's lock; say whether another Admin's loosening is confirmed.

    `before` and `after` are the level's rules around the change; None asks nobody.
    """
    former = account.former_rules.filter(level=level).first()
    is_confirmed = former is not None and former.by_id != by.pk
    held = before if former is None or is_confirmed else former
    is_looser = held is not None and _is_looser(held, after)
    if former is not None and (is_confirmed or not is_looser):
        former.delete()
    if held is not None and held is not former and is_looser:
        amounts = {"over_per_day": held.over_per_day, "over_total": held.over_total}
        FormerRule.objects.create(account=account, level=level, by=by, **amounts)
    return is_confirmed


def _is_looser(before: Threshold, after: Threshold | None) -> bool:
    """Say whether some campaign could be asked for less than before."""
    return after is None or any(new > old for old, new in zip(_amounts(before), _amounts(after), strict=True))


def _amounts(rule: Threshold) -> tuple[Decimal, Decimal]:
    """Return the amounts a day and in total; every campaign is over less than nothing, none over what is endless."""
    if rule.over_per_day is None and rule.over_total is None:
        return Decimal(-1), Decimal(-1)
    return (
        ENDLESS if rule.over_per_day is None else rule.over_per_day,
        ENDLESS if rule.over_total is None else rule.over_total,
    )
