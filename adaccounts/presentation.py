"""How accounts and their syncs are put into words, for pages, commands and JSON alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from adaccounts import caps, naming, syncing
from adaccounts.caps import Usage
from adaccounts.models import AdAccount, SyncRun
from integrations import platforms
from integrations.signals import Note
from integrations.tagging import tagged
from stratum import formats

State = SyncRun.State


def plural(count: int, word: str) -> str:
    """Return the count with its word: 1 account, 2 accounts."""
    return f"{count} {word}{'' if count == 1 else 's'}"


# Syncs ------------------------------------------------------------------------------------------------------------------


def sentence(run: SyncRun) -> str:
    """Say what a sync came to: "2 new accounts found, 3 accounts updated, 1 account stale. Last synced: just now." """
    if run.is_open:
        found = f"{plural(run.seen, 'ad account')} found so far" if run.seen else "nothing found yet"
        return f"The accounts are being synced: {found}."
    if run.state == State.FAILED:
        return f"The last sync failed: {run.error_message}"
    parts = [f"{plural(run.new, 'new account')} found", f"{plural(run.updated, 'account')} updated"]
    parts += [f"{plural(run.restored, 'account')} restored"] if run.restored else []
    parts += [f"{plural(run.stale, 'account')} stale"] if run.stale else []
    finished = run.finished_at or run.started_at
    return f"{', '.join(parts)}. Last synced: {formats.ago(finished)}."


def sync_json(run: SyncRun) -> dict[str, Any]:
    return {
        "platform": run.platform,
        "state": run.state,
        "found": run.seen,
        "new": run.new,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "restored": run.restored,
        "stale": run.stale,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "error_code": run.error_code or None,
        "message": sentence(run),
    }


def note_after_connecting(run: SyncRun) -> Note:
    """Say what the sync after connecting came to."""
    if run.state == State.FAILED:
        return Note(f"Its ad accounts could not be read: {run.error_message} Sync them again.", is_problem=True)
    if run.is_open:
        return Note("It has many ad accounts; they are being synced in the background.")
    return Note(sentence(run), count=run.seen)


def notes(slugs: Iterable[str]) -> dict[str, Note]:
    """Say for each platform how many accounts it has, in two queries."""
    slugs = list(slugs)
    totals = counts(slugs)
    latest = syncing.latest(slugs)
    return {slug: _note(slug, totals.get(slug), latest.get(slug)) for slug in slugs if slug in totals or slug in latest}


@dataclass(frozen=True)
class Counts:
    total: int
    enabled: int
    stale: int


def counts(slugs: Iterable[str]) -> dict[str, Counts]:
    """Return how many accounts each platform has."""
    rows = AdAccount.objects.filter(platform__in=list(slugs)).order_by().values_list("platform")
    counted = rows.annotate(
        total=Count("pk"),
        enabled=Count("pk", filter=Q(is_enabled=True, stale_since=None)),
        stale=Count("pk", filter=~Q(stale_since=None)),
    )
    return {slug: Counts(total, enabled, stale) for slug, total, enabled, stale in counted}


def _note(slug: str, counted: Counts | None, run: SyncRun | None) -> Note:
    url = f"{reverse('adaccounts:list')}?platform={slug}"
    if run is not None and run.is_open:
        return Note(sentence(run), url, "Ad Accounts", progress_url=reverse("adaccounts:sync", args=[slug]))
    counted = counted or Counts(0, 0, 0)
    text = f"{plural(counted.total, 'ad account')}, {counted.enabled} enabled"
    text += f", {counted.stale} stale." if counted.stale else "."
    if run is not None and run.state == State.FAILED:
        return Note(f"{text} {sentence(run)}", url, "Ad Accounts", is_problem=True)
    when = f" Last synced: {formats.ago(run.finished_at)}." if run and run.finished_at else ""
    return Note(text + when, url, "Ad Accounts", count=counted.total)


# Accounts ---------------------------------------------------------------------------------------------------------------


def state(account: AdAccount) -> str:
    """Return the one word for an account: stale, unusable, enabled or disabled."""
    if account.stale_since is not None:
        return "stale"
    if account.unusable_reason:
        return "unusable"
    return "enabled" if account.is_enabled else "disabled"


def reason(account: AdAccount) -> str:
    """Say why an account cannot be used, or what is doubtful about it; empty if all is well."""
    label = platforms.label(account.platform)
    if account.stale_since is not None:
        return (
            f"Missing since the sync of {formats.date_time(account.stale_since)}: {label} no longer names it to the person "
            "we are connected as. It comes back by itself when a sync finds it."
        )
    if account.unusable_reason:
        return account.unusable_reason
    return f"Its assets could not be read: {account.assets_error}" if account.assets_error else ""


def today(account: AdAccount) -> date:
    """Return the day it is now in the account's time zone; UTC where the zone is unknown here."""
    try:
        return timezone.localdate(timezone=ZoneInfo(account.time_zone))
    except (ValueError, KeyError, OSError):
        return timezone.localdate(timezone=ZoneInfo("UTC"))


def usages(accounts: Iterable[AdAccount]) -> dict[int, Usage]:
    """Return what is committed today and this month on each account; one query for each date there is on earth now."""
    by_day: dict[date, list[AdAccount]] = {}
    for account in accounts:
        by_day.setdefault(today(account), []).append(account)
    found: dict[int, Usage] = {}
    for day, members in by_day.items():
        found |= caps.usages(members, day)
    return found


def account_json(account: AdAccount) -> dict[str, Any]:
    return {
        "id": account.pk,
        "platform": account.platform,
        "platform_account_id": account.external_id,
        "name": account.name,
        "currency": account.currency,
        "timezone": account.time_zone,
        "status": state(account),
        "unusable_reason": reason(account) or None,
        "is_enabled": account.is_enabled,
        "daily_budget_cap": amount_text(account, account.daily_cap),
        "monthly_budget_cap": amount_text(account, account.monthly_cap),
        "count_real_days": account.count_real_days,
        "approval_levels": [
            {
                "level": rule.level,
                "over_per_day": amount_text(account, rule.over_per_day),
                "over_total": amount_text(account, rule.over_total),
            }
            for rule in account.approval_rules.all()
        ],
        "defaults": {kind: external_id for kind, external_id in account.defaults.items() if external_id},
        "naming_pattern": account.naming_pattern,
        "url_tags_rule": account.url_tags_rule,
        "last_synced_at": account.synced_at,
    }


def macros(account: AdAccount) -> Mapping[str, str]:
    """Return what the account's platform fills in within links, by our name for each."""
    if account.platform not in platforms.available():
        return {}
    return platforms.platform_class(account.platform).capabilities.url_macros


@dataclass(frozen=True)
class Examples:
    """What a pattern for names and a rule for URL tags make of a campaign called Summer Sale; or what is wrong with them."""

    name: str
    name_problem: str
    link: str
    tags_problem: str


def examples(account: AdAccount, pattern: str, rule: str) -> Examples:
    """Return the examples that the account's page shows beside the fields."""
    day = timezone.now().astimezone(ZoneInfo(account.time_zone)).date().isoformat()
    facts = naming.Facts(account.platform, account.name, "traffic", "Summer Sale", day)
    wrong_name, wrong_tags = naming.name_problem(pattern), naming.tags_problem(rule, macros(account))
    name = "" if wrong_name or not pattern else naming.name(pattern, facts)
    link = "https://shop.example.com/summer"
    if rule and not wrong_tags:
        link = tagged(link, naming.tags(rule, replace(facts, campaign=name or facts.campaign), macros(account)))
    return Examples(name, wrong_name, link, wrong_tags)


def minor_digits(account: AdAccount) -> int:
    """Return how many decimals an amount may have on the account."""
    if account.platform not in platforms.available():
        return get_currency_precision(account.currency)
    return platforms.platform_class(account.platform).capabilities.minor_digits(account.currency)


def amount_text(account: AdAccount, amount: Decimal | None) -> str | None:
    """Return the amount as it is typed and sent: plain digits with the account's decimals; None stays None."""
    if amount is None:
        return None
    digits = max(minor_digits(account), -int(amount.normalize().as_tuple().exponent))
    return f"{amount:.{digits}f}"


def room(account: AdAccount) -> list[str]:
    """Say what the daily cap comes to in the longest month, and what the platform itself may spend beyond a budget."""
    if account.daily_cap is None:
        return []
    counted = account.daily_cap * caps.COUNTED_DAYS_PER_MONTH
    longest = account.daily_cap * 31
    lines = [
        f"The daily cap comes to {formats.money(counted, account.currency)} in 30 days and to "
        f"{formats.money(longest, account.currency)} in a month of 31."
    ]
    if account.platform in platforms.available():
        capabilities = platforms.platform_class(account.platform).capabilities
        on_a_day = account.daily_cap * capabilities.overspend_per_day
        if capabilities.overspend_per_day > 1:
            money = formats.money(on_a_day, account.currency)
            lines.append(
                f"On a single day {platforms.label(account.platform)} may spend up to {money}: it evens that out."
            )
    return lines
