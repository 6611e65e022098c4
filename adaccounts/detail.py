"""What one ad account's page shows: caps and what is committed, defaults, assets, history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from adaccounts import approval_rules, presentation
from adaccounts.caps import Usage
from adaccounts.forms import AccountForm, asset_rules
from adaccounts.models import AccountAsset, AdAccount, ApprovalRule
from integrations import platforms
from stratum import formats
from stratum.models import Event

EVENT_WORDS = {
    "account.enabled": "enabled the account",
    "account.disabled": "disabled the account",
    "account.caps_changed": "changed the caps",
    "account.caps_confirmed": "confirmed the caps",
    "account.defaults_changed": "changed the defaults",
    "account.naming_changed": "changed names and links",
    "account.approval_rules_changed": "changed who must approve",
    "account.approval_rules_confirmed": "confirmed who must approve",
    "account.defaults_chosen": "Only choice taken as default",
    "account.changed_at_platform": "Changed at the platform",
    "account.currency_changed": "Currency changed, account disabled",
    "account.stale": "Missing in a sync",
    "account.restored": "Found again by a sync",
}
FIELD_WORDS = {
    "daily_cap": "daily cap",
    "monthly_cap": "monthly cap",
    "count_real_days": "real days",
    "naming_pattern": "campaign names",
    "url_tags_rule": "URL tags",
    "time_zone": "time zone",
    "unusable_reason": "not usable because",
}


@dataclass(frozen=True)
class Meter:
    """What is committed in a time against its cap; None is no limit."""

    word: str
    used: Decimal
    cap: Decimal | None
    currency: str

    @property
    def note(self) -> str:
        used = formats.money(self.used, self.currency)
        return f"{used}, no cap" if self.cap is None else f"{used} of {formats.money(self.cap, self.currency)}"

    @property
    def tone(self) -> str:
        if not self.cap:
            return "neutral"
        share = self.used / self.cap
        return "danger" if share > 1 else "warning" if share >= Decimal("0.9") else "success"


@dataclass(frozen=True)
class Entry:
    """A line of the account's history."""

    who: str
    what: str
    at: datetime
    detail: str
    tone: str = "neutral"
    zone: str = ""


def context(account: AdAccount, form: AccountForm) -> dict[str, Any]:
    """Return what one account's page shows."""
    usage = presentation.usages([account])[account.pk]
    events = Event.objects.about(account.event_subject).select_related("actor")[:20]
    full = AccountForm(account) if form.is_bound else form
    # A form that was refused holds only what was sent; the other fields are shown as they are stored.
    fields = {name: form[name] if name in form.fields else full[name] for name in full.fields}
    return {
        "account": account,
        "label": platforms.label(account.platform),
        "state": presentation.state(account),
        "reason": presentation.reason(account),
        "form": form,
        "fields": fields,
        "default_fields": [field for name, field in fields.items() if name.startswith("default_")],
        "has_assets": bool(account.assets.all()),
        "assets": [
            (rule.label, account.defaults.get(rule.kind, ""), _assets(account, rule.kind))
            for rule in asset_rules(account)
        ],
        "usage": usage,
        "meters": _meters(account, usage),
        "room": presentation.room(account),
        "approval_lines": approval_rules.lines(account),
        "former_approval_lines": approval_rules.former_lines(account),
        "examples": presentation.examples(account, account.naming_pattern, account.url_tags_rule),
        "macros": presentation.macros(account),
        "history": [_entry(event, account) for event in events],
    }


def _assets(account: AdAccount, kind: str) -> list[AccountAsset]:
    return [asset for asset in account.assets.all() if asset.kind == kind]


def _meters(account: AdAccount, usage: Usage) -> list[Meter]:
    return [
        Meter("Today", usage.day, account.daily_cap, account.currency),
        Meter("This month", usage.month, account.monthly_cap, account.currency),
    ]


def _entry(event: Event, account: AdAccount) -> Entry:
    currency = event.data.get("currency", account.currency)
    before, after = event.data.get("before"), event.data.get("after")
    if isinstance(after, dict):
        former = before if isinstance(before, dict) else {}
        lines = [_difference(name, former.get(name), value, currency) for name, value in after.items()]
    else:
        lines = [f"{before} → {after}"] if before or after else []
    who = str(event.actor) if event.actor else ""
    return Entry(who, EVENT_WORDS.get(event.code, event.code), event.at, "; ".join(line for line in lines if line))


def _difference(name: str, before: Any, after: Any, currency: str) -> str:
    word = FIELD_WORDS.get(name, name.replace("_", " "))
    if name in {"is_enabled", "extra"}:
        return ""  # the event's own words say it, or only the platform's code could read it
    if name in {"daily_cap", "monthly_cap"}:
        return f"{word} {_cap(before, currency)} → {_cap(after, currency)}"
    if isinstance(after, str) and name in ApprovalRule.Level.labels:
        return f"{word}: {before} → {after}"
    if isinstance(before, dict) and isinstance(after, dict):
        changed = sorted(key for key in before | after if before.get(key) != after.get(key))
        return "; ".join(f"{key} {before.get(key) or 'none'} → {after.get(key) or 'none'}" for key in changed)
    return f"{word} {_said(before)} → {_said(after)}"


def _cap(amount: Any, currency: str) -> str:
    return "no limit" if amount is None else formats.money(amount, currency)


def _said(value: Any) -> str:
    return {True: "yes", False: "no", "": "none", None: "none"}.get(value, str(value))
