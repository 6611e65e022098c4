"""Compares the accounts a platform named with ours, and writes the difference.

The number of statements does not grow with the number of accounts, but for the batches that SQLite needs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse
from django.utils import timezone

from adaccounts.models import AdAccount
from integrations import platforms
from integrations.contracts import Account
from stratum import events, notifications
from stratum.models import Event, User

#: What a sync may change. Whether an account is enabled, its caps and its defaults are ours alone.
SYNCED = ("name", "currency", "time_zone", "unusable_reason", "extra")
LISTED = 50


@dataclass
class Comparison:
    """What a complete reading means for the accounts we have."""

    new: list[str] = field(default_factory=list)
    updated: list[AdAccount] = field(default_factory=list)
    restored: list[AdAccount] = field(default_factory=list)
    unchanged: list[AdAccount] = field(default_factory=list)
    missing: list[AdAccount] = field(default_factory=list)
    #: Our account's id → the fields that changed, each with its former and its new value.
    changes: dict[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "new": len(self.new),
            "updated": len(self.updated),
            "restored": len(self.restored),
            "unchanged": len(self.unchanged),
            "stale": len(self.missing),
        }


def write(slug: str, found: Mapping[str, Account], *, by: User | None) -> dict[str, int]:
    """Make our accounts equal to those found, which are all there are; answers how many were new, updated and so on.

    Runs inside the caller's transaction. An account that is missing becomes stale; one that comes back is no longer.
    """
    now = timezone.now()
    ours = {account.external_id: account for account in AdAccount.objects.filter(platform=slug)}
    fields = {external_id: _fields(account) for external_id, account in found.items()}
    comparison = compare(ours, fields)
    AdAccount.objects.bulk_create(
        [AdAccount(platform=slug, external_id=key, synced_at=now, **columns) for key, columns in fields.items()],
        update_conflicts=True,
        unique_fields=["platform", "external_id"],
        update_fields=[*SYNCED, "synced_at", "stale_since"],
    )
    unseen = AdAccount.objects.filter(platform=slug, stale_since=None).exclude(synced_at=now)
    unseen.update(stale_since=now)
    _stop_after_currency_change(slug, comparison)
    _record(slug, comparison, by)
    return comparison.counts


def compare(ours: Mapping[str, AdAccount], fields: Mapping[str, Mapping[str, Any]]) -> Comparison:
    """Sort the accounts by what happened to them; `fields` are the columns that were found, by external id."""
    comparison = Comparison()
    for external_id, columns in fields.items():
        known = ours.get(external_id)
        if known is None:
            comparison.new.append(external_id)
            continue
        if changes := _changes(known, columns):
            comparison.changes[known.pk] = changes
        if known.stale_since is not None:
            comparison.restored.append(known)
        else:
            (comparison.updated if changes else comparison.unchanged).append(known)
    comparison.missing = [a for key, a in ours.items() if key not in fields and a.stale_since is None]
    return comparison


def _changes(known: AdAccount, columns: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    before = {name: getattr(known, name) for name in columns}
    return {name: (before[name], value) for name, value in columns.items() if before[name] != value}


def _fields(account: Account) -> dict[str, Any]:
    """Return the account's columns, cut to what they hold; an unknown time zone makes the account unusable."""
    reason = account.unusable_reason
    if not reason and not _is_time_zone(account.time_zone):
        reason = f"Its time zone {account.time_zone!r} is unknown here, so no schedule could be kept."
    return {
        "name": account.name.replace("\x00", "")[:300] or account.external_id,
        "currency": account.currency.upper()[:3],
        "time_zone": account.time_zone[:64],
        "unusable_reason": reason[:300],
        "extra": json.loads(json.dumps(dict(account.extra), cls=DjangoJSONEncoder).replace("\\u0000", "")),
    }


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def _stop_after_currency_change(slug: str, comparison: Comparison) -> None:
    """Disable accounts whose currency changed: their caps are numbers of another currency now."""
    by_id = {account.pk: account for account in [*comparison.updated, *comparison.restored]}
    struck = [by_id[pk] for pk, changes in comparison.changes.items() if "currency" in changes]
    struck = [a for a in struck if a.is_enabled or a.daily_cap is not None or a.monthly_cap is not None]
    if not struck:
        return
    AdAccount.objects.filter(pk__in=[account.pk for account in struck]).update(is_enabled=False)
    for account in struck:
        before, after = comparison.changes[account.pk]["currency"]
        event = events.record(None, "account.currency_changed", account.event_subject, before=before, after=after)
        notifications.notify(
            User.objects.with_permission("adaccounts.change_adaccount"),
            event=event,
            title=f"{account.name} changed its currency from {before} to {after}",
            body=f"The ad account was disabled, because its caps were set in {before}. Check the caps, then enable it.",
            url=reverse("adaccounts:detail", args=[slug, account.external_id]),
        )


def _record(slug: str, comparison: Comparison, by: User | None) -> None:
    """Write what happened: one event for the sync, and one for each account that changed, went or came back."""
    counts = {**comparison.counts, "of": platforms.label(slug)}
    names = {
        "new_accounts": comparison.new[:LISTED],
        "stale_accounts": [account.external_id for account in comparison.missing[:LISTED]],
    }
    events.record(by, "accounts.synced", f"connection:{slug}", **counts, **names)
    changed = [a for a in [*comparison.updated, *comparison.restored] if a.pk in comparison.changes]
    Event.objects.bulk_create(
        [_event("account.changed_at_platform", account, comparison.changes[account.pk]) for account in changed]
        + [_event("account.stale", account, {}) for account in comparison.missing]
        + [_event("account.restored", account, {}) for account in comparison.restored]
    )


def _event(code: str, account: AdAccount, changes: Mapping[str, tuple[Any, Any]]) -> Event:
    data = {"before": {k: v[0] for k, v in changes.items()}, "after": {k: v[1] for k, v in changes.items()}}
    return Event(code=code, subject=account.event_subject, data=data if changes else {})
