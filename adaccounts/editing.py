"""What an Admin decides about an account: whether it may be used, how much may be ordered on it, and its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from adaccounts import assets, presentation, raising
from adaccounts.models import AdAccount
from integrations.errors import PlatformError
from stratum import events, formats
from stratum.models import User
from stratum.ui import Refusal

CHANGE = "adaccounts.change_adaccount"
#: A cap that grows by this factor in one go may be a slip of the finger.
SUSPICIOUS_GROWTH = 10

#: Fields that change together → the event that says so.
EVENT_CODES = {
    "daily_cap": "account.caps_changed",
    "monthly_cap": "account.caps_changed",
    "count_real_days": "account.caps_changed",
    "defaults": "account.defaults_changed",
    "naming_pattern": "account.naming_changed",
    "url_tags_rule": "account.naming_changed",
}


@dataclass
class Changed:
    """An account after a change: what is different now, and what the Admin should know about it."""

    account: AdAccount
    before: dict[str, Any]
    after: dict[str, Any]
    warnings: list[str] = field(default_factory=list)

    @property
    def is_enabling(self) -> bool:
        return self.after.get("is_enabled") is True

    @property
    def message(self) -> str:
        name = self.account.name
        if "is_enabled" in self.after:
            can = "can be chosen for campaigns" if self.is_enabling else "can no longer be chosen for campaigns"
            return f"{name} is {'enabled' if self.is_enabling else 'disabled'} and {can}."
        return f"{name} was saved." if self.after else f"Nothing was changed on {name}."


def change(account_id: int, *, by: User, changes: Mapping[str, Any]) -> Changed:
    """Change the account's own settings and record each with before and after; the same values change nothing.

    Enabling an account reads its assets, for some seconds at most. Raises PermissionDenied, and Refusal when an account
    cannot be enabled.
    """
    if not by.has_perm(CHANGE):
        raise PermissionDenied("Only an Admin may change ad accounts.")
    with transaction.atomic():
        account = AdAccount.objects.select_for_update().get(pk=account_id)
        wanted = _complete(account, changes)
        before = {name: getattr(account, name) for name, value in wanted.items() if getattr(account, name) != value}
        after = {name: wanted[name] for name in before}
        if after.get("is_enabled"):
            _require_usable(account)
        for name, value in after.items():
            setattr(account, name, value)
        is_confirmed = raising.remember(account, by, wanted, before)
        account.save(update_fields=[*after, "caps_raised_by", "caps_before_raise"])
        _record(account, by, before, after)
        if is_confirmed:
            events.record(by, "account.caps_confirmed", account)
    changed = Changed(account, before, after, _warnings(account, before, after))
    if changed.is_enabling:
        _read_assets(changed)
    return changed


def _complete(account: AdAccount, changes: Mapping[str, Any]) -> dict[str, Any]:
    wanted = dict(changes)
    if "defaults" in wanted:
        wanted["defaults"] = account.defaults | wanted["defaults"]
    return wanted


def _require_usable(account: AdAccount) -> None:
    if account.stale_since is not None or account.unusable_reason:
        raise Refusal("INVALID_STATUS_TRANSITION", f"{account.name} cannot be enabled. {presentation.reason(account)}")


def _record(account: AdAccount, by: User, before: dict[str, Any], after: dict[str, Any]) -> None:
    groups: dict[str, list[str]] = {}
    for name, value in after.items():
        code = EVENT_CODES.get(name) or ("account.enabled" if value else "account.disabled")
        groups.setdefault(code, []).append(name)
    for code, names in groups.items():
        events.record(
            by,
            code,
            account,
            currency=account.currency,
            before={name: before[name] for name in names},
            after={name: after[name] for name in names},
        )


def _read_assets(changed: Changed) -> None:
    try:
        problem = assets.refresh(changed.account, seconds=assets.ENABLING_SECONDS)
    except PlatformError as error:
        problem = error.message
    if problem:
        changed.warnings.append(
            f"Its pages and other assets could not be read: {problem} Sync the accounts to try again."
        )
    changed.account.refresh_from_db()


def _warnings(account: AdAccount, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    if not set(after) & {"daily_cap", "monthly_cap", "count_real_days"}:
        return []
    found = [_grown(account, word, before.get(name), after.get(name)) for name, word in _CAPS.items()]
    daily, monthly = account.daily_cap, account.monthly_cap
    if daily is not None and monthly is not None and daily > monthly:
        found.append("The daily cap is higher than the monthly cap, so the monthly cap decides even on the first day.")
    if 0 in {daily, monthly}:
        found.append("A cap of 0 means that nothing can be ordered. Empty the field for no limit.")
    return [text for text in [*found, *_already_over(account)] if text]


_CAPS = {"daily_cap": "daily", "monthly_cap": "monthly"}


def _grown(account: AdAccount, word: str, before: Decimal | None, after: Decimal | None) -> str:
    if not before or after is None or after < before * SUSPICIOUS_GROWTH:
        return ""
    old, new = formats.money(before, account.currency), formats.money(after, account.currency)
    return f"The {word} cap went from {old} to {new}. Check that this was meant."


def _already_over(account: AdAccount) -> list[str]:
    """Say where more is committed than the caps allow now: nothing is voided, but nothing new passes."""
    usage = presentation.usages([account])[account.pk]
    pairs = [("today", usage.day, account.daily_cap), ("this month", usage.month, account.monthly_cap)]
    return [
        f"{formats.money(used, account.currency)} is committed {when}, more than the cap of "
        f"{formats.money(cap, account.currency)}. Running campaigns go on; new ones will be refused."
        for when, used, cap in pairs
        if cap is not None and used > cap
    ]
