from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms

from adaccounts.models import AdAccount
from campaigns.forms.leaves import AmountLeaf, ChoiceLeaf, Leaf, MomentLeaf, labelled
from integrations import platforms
from integrations.draft import BudgetType, Objective

BUDGET_TYPES = [(BudgetType.DAILY, "Daily"), (BudgetType.LIFETIME, "Lifetime")]


class NewDraftForm(forms.Form):
    """What a new draft begins with. Only the account is needed; the rest may be filled in later, and is kept as typed.

    Fields with a point in their name are leaves of the campaign.
    """

    def __init__(self, accounts: Iterable[AdAccount], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="f-%s", use_required_attribute=False, **kwargs)
        self.accounts = list(accounts)
        slugs = list(dict.fromkeys(account.platform for account in self.accounts))
        self.fields["platform"] = forms.ChoiceField(
            label="Platform",
            choices=[(slug, platforms.label(slug)) for slug in slugs],
            widget=forms.RadioSelect,
            required=False,
            error_messages={
                "invalid_choice": "This platform is not connected. Choose another.",
            },
        )
        self.fields["account"] = forms.ChoiceField(
            label="Ad account",
            choices=[
                ("", "Choose an ad account"),
                *grouped_accounts(self.accounts, lambda account: account.external_id),
            ],
            error_messages={
                "required": "Choose the ad account that pays.",
                "invalid_choice": "This ad account cannot be used for new campaigns. Choose another.",
            },
        )
        self.fields.update(self.leaves())

    @staticmethod
    def leaves() -> dict[str, Leaf]:
        zone = "time zone of the account"
        return {
            "name": Leaf(label="Campaign name"),
            "objective": ChoiceLeaf(label="Objective", choices=labelled(Objective), empty="Choose an objective"),
            "budget.amount": AmountLeaf(label="Budget", hint="in the account's currency"),
            "budget.type": ChoiceLeaf(label="Budget type", choices=BUDGET_TYPES),
            "schedule.start": MomentLeaf(label="Start", hint=zone),
            "schedule.end": MomentLeaf(label="End", hint=zone),
        }

    def clean(self) -> dict[str, Any]:
        """Find the account: its id is unique on its platform. An id that only one platform has needs no platform named."""
        cleaned: dict[str, Any] = super().clean() or {}
        slug, external_id = cleaned.get("platform"), cleaned.get("account")
        if not external_id or "platform" in self.errors:
            return cleaned
        found = [account for account in self.accounts if account.external_id == external_id]
        fitting = [account for account in found if slug in ("", account.platform)]
        if len(fitting) == 1:
            cleaned["found"] = fitting[0]
        elif fitting:
            self.add_error("platform", "Choose the platform the campaign runs on.")
        else:
            message = f"This ad account is not one of {platforms.label(str(slug))}. Choose one of that platform."
            self.add_error("account", message)
        return cleaned

    @property
    def account(self) -> AdAccount:
        """The chosen account of a form that is valid."""
        found: AdAccount = self.cleaned_data["found"]
        return found

    def as_details(self) -> list[dict[str, str]]:
        """Return the errors as JSON answers list them."""
        return [{"path": name, "message": str(error)} for name, errors in self.errors.items() for error in errors]

    def campaign_leaves(self) -> Mapping[str, Any]:
        """Return path → leaf of what was sent about the campaign."""
        return {
            name: self.cleaned_data[name]
            for name in self.leaves()
            if not self.fields[name].widget.value_omitted_from_data(self.data, self.files, name)
        }


def grouped_accounts(
    accounts: Iterable[AdAccount], value: Callable[[AdAccount], str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return choices of accounts under their platforms."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for account in accounts:
        option = value(account), f"{account.name} ({account.external_id}, {account.currency})"
        grouped.setdefault(account.platform, []).append(option)
    return [(platforms.label(slug), options) for slug, options in grouped.items()]
