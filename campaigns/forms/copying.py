from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from adaccounts.models import AdAccount
from campaigns import editing, outline
from campaigns.forms.leaves import AmountLeaf, Leaf, MomentLeaf
from campaigns.forms.new import grouped_accounts
from campaigns.outline import UNNAMED
from campaigns.starting.copying import Proposal
from stratum.formats import money

NAME = "campaign.name"


class TargetForm(forms.Form):
    """The account a copy goes to."""

    account = forms.ChoiceField(
        label="Ad account",
        error_messages={
            "required": "Choose the ad account that pays.",
            "invalid_choice": "This ad account cannot be used for new campaigns. Choose another.",
        },
    )

    def __init__(self, accounts: Iterable[AdAccount], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="f-%s", use_required_attribute=False)
        self.accounts = {str(account.pk): account for account in accounts}
        options = grouped_accounts(self.accounts.values(), lambda account: str(account.pk))
        self.fields["account"].choices = [("", "Choose an ad account"), *options]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> AdAccount | None:
        return self.accounts[self.cleaned_data["account"]] if self.is_valid() else None


class TakingForm(forms.Form):
    """The new draft's name, its days where it has none, and the amounts that must be given anew.

    Fields are named by the draft paths of their leaves.
    """

    def __init__(self, proposal: Proposal, data: QueryDict | None = None, *, asks_when: bool = False) -> None:
        super().__init__(data, auto_id="f-%s", use_required_attribute=False)
        self.proposal = proposal
        self.fields[NAME] = Leaf(label="Campaign name")
        self.initial[NAME] = proposal.source.name
        if asks_when:
            zone = proposal.account.time_zone
            self.fields["campaign.schedule.start"] = MomentLeaf(label="Start", hint=zone)
            self.fields["campaign.schedule.end"] = MomentLeaf(label="End", hint=zone)
        for path in proposal.adapted.amounts:
            self.fields[path] = self._amount(path)

    def _amount(self, path: str) -> Leaf:
        node, leaf = outline.node_of(path)
        before = editing.locate(self.proposal.source.reading.json, node).node
        whose = "" if node == editing.CAMPAIGN else f" of {before['name'] or UNNAMED[editing.Kind.AD_SET]}"
        was = self._was(node) or f"{editing.leaf(before, leaf)} {self.proposal.source.account.currency}"
        return AmountLeaf(label=f"Budget{whose}", hint=self.proposal.account.currency, help_text=f"It was {was}.")

    def _was(self, node: str) -> str:
        """Return the node's budget with its currency; empty if it could not be read."""
        content, currency = self.proposal.source.reading.draft, self.proposal.source.account.currency
        amounts = {editing.CAMPAIGN: content.campaign.budget.amount}
        amounts |= {ad_set.key: ad_set.budget for ad_set in content.ad_sets}
        amount = amounts[node]
        return money(amount, currency) if amount is not None else ""

    def given(self) -> dict[str, Any]:
        """Return path → leaf of everything that was typed. Nothing is refused: the draft's own rules judge it."""
        self.full_clean()
        return dict(self.cleaned_data)
