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

from adaccounts import loosening, presentation
from adaccounts.editing import CHANGE
from adaccounts.forms import AmountField
from adaccounts.models import AdAccount, ApprovalRule, FormerRule
from stratum import events, formats
from stratum.models import User
from stratum.roles import LEVEL_PERMISSION
from stratum.ui import Refusal

CHANGED = "account.approval_rules_changed"
CONFIRMED = "account.approval_rules_confirmed"


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
        before = account.approval_rules.filter(level=level).first()
        rule = ApprovalRule(pk=before.pk if before else None, account=account, level=level)
        rule.over_per_day, rule.over_total = over_per_day, over_total
        rule.save()
        rule.refresh_from_db()
        _record(account, by, level, before, rule)
    return rule


def remove_rule(account_id: int, *, by: User, level: str) -> None:
    """Ask for the level no more; campaigns that wait already still need it."""
    with _locked(account_id, by) as account:
        before = account.approval_rules.filter(level=level).first()
        if before is not None:
            ApprovalRule.objects.filter(pk=before.pk).delete()
        _record(account, by, level, before, None)


def confirm_rule(account_id: int, *, by: User, level: str, seen: str) -> None:
    """Let a loosened level hold for everybody's campaigns; Refusal RULE_CHANGED unless it is still as when() said it.

    A level that the same person loosened stays as it is.
    """
    with _locked(account_id, by) as account:
        rule = account.approval_rules.filter(level=level).first()
        if when(rule) != seen:
            raise Refusal(
                "RULE_CHANGED", f"Meanwhile {ApprovalRule.Level(level).label} is asked {when(rule)}. Look again."
            )
        _record(account, by, level, rule, rule)


def when(rule: ApprovalRule | FormerRule | None) -> str:
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


def former_lines(account: AdAccount) -> list[dict[str, Any]]:
    """Return the levels that somebody loosened, with what held before and what another Admin confirms."""
    rules = {rule.level: rule for rule in account.approval_rules.select_related("account")}
    return [
        {"former": former, "was": when(former), "now": when(rules.get(former.level))}
        for former in account.former_rules.select_related("account", "by")
    ]


@contextmanager
def _locked(account_id: int, by: User) -> Iterator[AdAccount]:
    """Hold the account's row: an approval under way sees the rules before the change or after it."""
    if not by.has_perm(CHANGE):
        raise PermissionDenied("Only an Admin may change ad accounts.")
    with transaction.atomic():
        yield AdAccount.objects.select_for_update().get(pk=account_id)


def _record(account: AdAccount, by: User, level: str, before: ApprovalRule | None, after: ApprovalRule | None) -> None:
    word, was, now = ApprovalRule.Level(level).label, when(before), when(after)
    if was != now:
        events.record(by, CHANGED, account, before={word: was}, after={word: now})
    if loosening.remember(account, by, before, after, level=level):
        events.record(by, CONFIRMED, account, before={}, after={word: now})
