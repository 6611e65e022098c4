"""Over which amounts campaigns on an account need more people's approval. Admins decide that; it holds at once.

A campaign that waits for approval keeps the levels it was submitted under, and gets those of a stricter rule as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction

from adaccounts import presentation
from adaccounts.editing import CHANGE
from adaccounts.forms import AmountField
from adaccounts.models import AdAccount, ApprovalRule
from stratum import events, formats
from stratum.models import User
from stratum.roles import LEVEL_PERMISSION

CHANGED = "account.approval_rules_changed"


class RuleForm(forms.Form):
    """One level of an account and the amounts above which it is asked; both empty: every campaign."""

    level = forms.ChoiceField(label="Who", choices=ApprovalRule.Level.choices)

    def __init__(self, account: AdAccount, data: Any = None) -> None:
        super().__init__(data=data)
        digits, currency = presentation.minor_digits(account), account.currency
        self.fields["over_per_day"] = AmountField(digits, currency, label="Over, a day")
        self.fields["over_total"] = AmountField(digits, currency, label="Over, in total")


def set_rule(
    account_id: int, *, by: User, level: str, over_per_day: Decimal | None, over_total: Decimal | None
) -> ApprovalRule:
    """Ask for the level above these amounts in the account's currency; PermissionDenied unless an Admin does it."""
    with _locked(account_id, by) as account:
        rule = account.approval_rules.filter(level=level).first()
        before = when(rule)
        rule = rule or ApprovalRule(account=account, level=level)
        rule.over_per_day, rule.over_total = over_per_day, over_total
        rule.save()
        _record(account, by, level, before, when(rule))
    return rule


def remove_rule(account_id: int, *, by: User, level: str) -> None:
    """Ask for the level no more; campaigns that wait already still need it."""
    with _locked(account_id, by) as account:
        rule = account.approval_rules.filter(level=level).first()
        if rule is not None:
            rule.delete()
            _record(account, by, level, when(rule), when(None))


def when(rule: ApprovalRule | None) -> str:
    """Say for which campaigns a level is asked: over $1,000.00 a day or $20,000.00 in total."""
    if rule is None:
        return "never"
    currency = rule.account.currency
    parts = [f"{formats.money(rule.over_per_day, currency)} a day"] if rule.over_per_day is not None else []
    parts += [f"{formats.money(rule.over_total, currency)} in total"] if rule.over_total is not None else []
    return f"over {' or '.join(parts)}" if parts else "every campaign"


def lines(account: AdAccount) -> list[dict[str, Any]]:
    """Return the account's levels as its page lists them, with whether anybody could approve for them."""
    return [
        {
            "rule": rule,
            "when": when(rule),
            "nobody": not User.objects.with_permission(LEVEL_PERMISSION[rule.level]).exists(),
        }
        for rule in account.approval_rules.select_related("account")
    ]


@contextmanager
def _locked(account_id: int, by: User) -> Iterator[AdAccount]:
    """Hold the account's row: an approval under way sees the rules before the change or after it."""
    if not by.has_perm(CHANGE):
        raise PermissionDenied("Only an Admin may change ad accounts.")
    with transaction.atomic():
        yield AdAccount.objects.select_for_update().get(pk=account_id)


def _record(account: AdAccount, by: User, level: str, before: str, after: str) -> None:
    if before != after:
        word = ApprovalRule.Level(level).label
        events.record(by, CHANGED, account, before={word: before}, after={word: after})
