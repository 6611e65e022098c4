"""Reads what an Admin wants to change on an account, from a form or from JSON: only what was sent is changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from adaccounts import naming, presentation
from adaccounts.models import AdAccount
from integrations import platforms
from integrations.capabilities import AssetRule

#: Beyond this no cap makes sense in any currency; an empty field means "no limit".
LARGEST_CAP = Decimal(10) ** 12
#: How long a default that is written down may be; what a platform takes of it, it says itself.
LONGEST_TEXT = 200
DEFAULT_PREFIX = "default_"
#: Other names of fields in JSON.
ALIASES = {"enabled": "is_enabled", "daily_cap": "daily_budget_cap", "monthly_cap": "monthly_budget_cap"}
#: What a page's form carries besides.
IGNORED = {"csrfmiddlewaretoken", "next", "form"}

_GROUPED = re.compile(r"^\d{1,3}(,\d{3})+(\.\d+)?$")
_YES = {"true", "1", "on", "yes"}
_NO = {"false", "0", "off", "no", ""}


class AmountField(forms.CharField):
    """An amount in major units, or nothing."""

    def __init__(self, digits: int, currency: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.digits, self.currency = digits, currency
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        try:
            amount = Decimal(text.replace(",", "") if _GROUPED.match(text) else text)
        except InvalidOperation as error:
            raise forms.ValidationError(f"Write an amount such as {self._example()}.", code="no_amount") from error
        self._check(amount)
        return amount

    def _check(self, amount: Decimal) -> None:
        if not amount.is_finite():
            raise forms.ValidationError(f"Write an amount such as {self._example()}.", code="no_amount")
        if amount < 0:
            raise forms.ValidationError("A cap cannot be negative. Empty the field for no limit.", code="negative")
        if amount >= LARGEST_CAP:
            raise forms.ValidationError("That is no cap any more. Empty the field for no limit.", code="too_large")
        exponent = amount.normalize().as_tuple().exponent
        if -int(exponent) > self.digits:
            allowed = f"at most {self.digits} decimals" if self.digits else "no decimals"
            raise forms.ValidationError(f"Amounts in {self.currency} have {allowed} here.", code="too_many_decimals")

    def _example(self) -> str:
        return "1000.00" if self.digits else "1000"


class FlagField(forms.Field):
    """Yes or no, as a check box, a hidden field or JSON says it; anything else is refused."""

    # A check box's own widget would take every unknown word for a yes.
    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> bool:
        text = str(value).strip().lower()
        if text not in _YES | _NO:
            raise forms.ValidationError("Say true or false.", code="no_flag")
        return text in _YES


class AccountForm(forms.Form):
    """The settings of one account. `changes` holds the model's fields that were sent, with their new values."""

    def __init__(self, account: AdAccount, data: Mapping[str, Any] | None = None) -> None:
        sent = None if data is None else _named(data)
        super().__init__(data=sent, initial=_initial(account))
        self.account = account
        digits, currency = presentation.minor_digits(account), account.currency
        self.fields = {
            "is_enabled": FlagField(label="Enabled"),
            "daily_budget_cap": AmountField(digits, currency, label="Daily budget cap"),
            "monthly_budget_cap": AmountField(digits, currency, label="Monthly budget cap"),
            "count_real_days": FlagField(label="Count real days"),
            "naming_pattern": forms.CharField(label="Campaign names", required=False, max_length=naming.LONGEST),
            "url_tags_rule": forms.CharField(label="URL tags", required=False, max_length=naming.LONGEST),
            **{DEFAULT_PREFIX + rule.kind: _asset_field(account, rule) for rule in asset_rules(account)},
        }
        if sent is not None:
            self.fields = {name: field for name, field in self.fields.items() if name in sent}
            self.unknown = sorted(set(sent) - set(self.fields) - IGNORED)

    def clean(self) -> dict[str, Any]:
        for name in self.unknown:
            self.add_error(None, forms.ValidationError(f"An ad account has no field {name!r}.", code="unknown_field"))
        return self.cleaned_data

    def clean_naming_pattern(self) -> str:
        pattern: str = self.cleaned_data["naming_pattern"]
        if problem := naming.name_problem(pattern):
            raise forms.ValidationError(problem, code="no_pattern")
        return pattern

    def clean_url_tags_rule(self) -> str:
        rule: str = self.cleaned_data["url_tags_rule"]
        if problem := naming.tags_problem(rule, presentation.macros(self.account)):
            raise forms.ValidationError(problem, code="no_rule")
        return rule

    @property
    def changes(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        names = {"is_enabled": "is_enabled", "daily_budget_cap": "daily_cap", "monthly_budget_cap": "monthly_cap"}
        names |= {name: name for name in ("count_real_days", "naming_pattern", "url_tags_rule")}
        changes = {ours: cleaned[name] for name, ours in names.items() if name in cleaned}
        chosen = {n.removeprefix(DEFAULT_PREFIX): v for n, v in cleaned.items() if n.startswith(DEFAULT_PREFIX)}
        return changes | ({"defaults": chosen} if chosen else {})

    @property
    def problems(self) -> list[dict[str, str]]:
        return problems_of(self)


def problems_of(form: forms.Form) -> list[dict[str, str]]:
    """Return what is wrong as JSON details: path, code and message of each."""
    return [
        {"path": "" if name == "__all__" else name, "code": str(error.code or "invalid"), "message": message}
        for name, errors in form.errors.as_data().items()
        for error in errors
        for message in error.messages
    ]


def asset_rules(account: AdAccount) -> tuple[AssetRule, ...]:
    """Return the kinds of assets that ads of this account's platform use."""
    if account.platform not in platforms.available():
        return ()
    return platforms.platform_class(account.platform).capabilities.assets


def _named(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data under the form's names: aliases resolved, `defaults` spread over its kinds."""
    sent = {ALIASES.get(name, name): value for name, value in data.items() if name != "defaults"}
    defaults = data.get("defaults", {})
    if not isinstance(defaults, Mapping):
        return sent | {"defaults": defaults}
    return sent | {f"{DEFAULT_PREFIX}{kind}": value or "" for kind, value in defaults.items()}


def _initial(account: AdAccount) -> dict[str, Any]:
    return {
        "is_enabled": account.is_enabled,
        "daily_budget_cap": presentation.amount_text(account, account.daily_cap) or "",
        "monthly_budget_cap": presentation.amount_text(account, account.monthly_cap) or "",
        "count_real_days": account.count_real_days,
        "naming_pattern": account.naming_pattern,
        "url_tags_rule": account.url_tags_rule,
        **{DEFAULT_PREFIX + kind: external_id for kind, external_id in account.defaults.items()},
    }


def _asset_field(account: AdAccount, rule: AssetRule) -> forms.Field:
    if rule.is_text:
        return forms.CharField(label=rule.label, required=False, max_length=LONGEST_TEXT)
    assets = [asset for asset in account.assets.all() if asset.kind == rule.kind and not asset.is_stale]
    usable = [(asset.external_id, str(asset)) for asset in assets]
    current = account.defaults.get(rule.kind, "")
    is_gone = bool(current) and current not in dict(usable)
    gone = [(current, f"{current}: no longer available")] if is_gone else []
    field = forms.ChoiceField(label=rule.label, required=False, choices=[("", "None"), *usable, *gone])
    field.error_messages["invalid_choice"] = f"This account has no {rule.label.lower()} with the id %(value)s."
    return field
