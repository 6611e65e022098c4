from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from adaccounts.models import AdAccount
from integrations import platforms
from stratum.models import User

#: Which days a campaign is looked for by.
DATES = [("updated", "Updated"), ("created", "Created"), ("runs", "Runs")]
DAY = {"type": "date"}

Choices = list[Any]


class ListFilter(forms.Form):
    """What the list of campaigns is narrowed by, and its order. A filter that cannot be understood narrows nothing."""

    q = forms.CharField(
        label="Search", required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    sort = forms.ChoiceField(label="Sort by", required=False)
    account = forms.ChoiceField(label="Ad account", required=False)
    creator = forms.ChoiceField(label="Creator", required=False)
    dates = forms.ChoiceField(label="Date", required=False, choices=DATES)
    first = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs=DAY))
    last = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs=DAY))

    def __init__(
        self, accounts: Iterable[AdAccount], creators: Iterable[User], orders: Choices, data: QueryDict
    ) -> None:
        super().__init__(data, auto_id="f-%s")
        people = [(str(user.pk), str(user)) for user in creators]
        choices = {"account": _grouped(accounts), "creator": [("", "Everybody"), *people], "sort": orders}
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("first") and cleaned.get("last") and cleaned["first"] > cleaned["last"]:
            self.add_error("last", "This day is before the first one.")
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """Return what can be understood of the filters; a filter that cannot is left out."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def narrows_further(self) -> bool:
        """Whether one of the filters beyond the search is in use: the page shows those folded away otherwise."""
        return any(self.data.get(name) for name in ("account", "creator", "first", "last"))


def _grouped(accounts: Iterable[AdAccount]) -> Choices:
    grouped: dict[str, list[tuple[str, str]]] = {}
    for account in accounts:
        grouped.setdefault(account.platform, []).append((str(account.pk), account.name))
    options: Choices = [("", "All platforms and accounts")]
    for slug, own in grouped.items():
        options += [(slug, f"All of {platforms.label(slug)}"), (platforms.label(slug), own)]
    return options
