from __future__ import annotations

from collections.abc import Iterator

from campaigns.forms.leaves import (
    AmountLeaf,
    ChoiceLeaf,
    Leaf,
    MomentLeaf,
    PickLeaf,
    YesNoLeaf,
    labelled,
)
from campaigns.forms.lists import CheckListLeaf
from campaigns.forms.nodes import NodeForm
from integrations.capabilities import AssetRule
from integrations.contracts import AssetKind
from integrations.draft import BudgetType, ConversionEvent, Launch

LAUNCHES = [(Launch.LIVE, "Live at its start time"), (Launch.PAUSED, "Paused: somebody switches it on later")]


class CampaignForm(NodeForm):
    """Name, objective, money, time, what the ads need from the account, and what must be declared."""

    GROUPS = (
        ("Campaign", ("name", "objective")),
        ("Budget and schedule", ("budget.amount", "budget.type", "schedule.start", "schedule.end", "launch")),
        ("What the ads use", ("assets.", "url_tags")),
        ("Declarations", ("declarations.",)),
    )
    WIDE = frozenset({"name", "url_tags", "launch", "declarations.special_ad_categories"})

    def leaves(self) -> dict[str, Leaf]:
        return {**self._goal(), **self._money(), **self._time(), **dict(self._assets()), **dict(self._declarations())}

    def _goal(self) -> dict[str, Leaf]:
        offered = labelled(objective.value for objective in self.frame.capabilities.objectives)
        return {
            "name": self.name_leaf("Campaign name"),
            "objective": ChoiceLeaf(
                label="Objective", choices=offered, empty="Choose an objective", decides=["optimization"]
            ),
        }

    def _money(self) -> dict[str, Leaf]:
        taken = [kind for kind in BudgetType if kind in self.frame.capabilities.budget_types]
        kinds = {BudgetType.DAILY: "Daily", BudgetType.LIFETIME: "Lifetime"}
        return {
            "budget.amount": AmountLeaf(
                label="Budget", hint=self.frame.account.currency, help_text=self.frame.least_budget
            ),
            "budget.type": ChoiceLeaf(label="Budget type", choices=[(kind, kinds[kind]) for kind in taken]),
        }

    def _time(self) -> dict[str, Leaf]:
        zone = self.frame.account.time_zone
        return {
            "schedule.start": MomentLeaf(label="Start", hint=zone, help_text="Empty: as soon as it is published."),
            "schedule.end": MomentLeaf(label="End", hint=zone, help_text="Empty: until somebody ends it."),
            "launch": ChoiceLeaf(label="When it is published", choices=LAUNCHES),
        }

    def _assets(self) -> Iterator[tuple[str, Leaf]]:
        for rule in self.frame.capabilities.assets:
            yield f"assets.{rule.kind}", self._asset(rule)
            if rule.kind == AssetKind.PIXEL:
                help_text = "What counts as a result when an ad set is optimized for conversions."
                events = labelled(ConversionEvent)
                yield (
                    "assets.conversion_event",
                    ChoiceLeaf(label="Conversion event", choices=events, empty="None", help_text=help_text),
                )
        yield "url_tags", Leaf(label="URL tags", hint="optional", help_text="Added to every link: utm_source=ads&…")

    def _asset(self, rule: AssetRule) -> Leaf:
        hint = "" if rule.required else "for conversions" if rule.when_converting else "optional"
        if rule.is_text:
            return Leaf(label=rule.label, hint=hint)
        own = [(asset.external_id, str(asset)) for asset in self.frame.assets if asset.kind == rule.kind]
        help_text = "" if own else "We know of none. An Admin can sync the account under Settings → Ad Accounts."
        return PickLeaf(label=rule.label, choices=own, empty="None", hint=hint, help_text=help_text)

    def _declarations(self) -> Iterator[tuple[str, Leaf]]:
        capabilities = self.frame.capabilities
        if capabilities.special_ad_categories:
            help_text = "Tick what the ads are about. Some categories may not be narrowed by age or gender."
            yield (
                "declarations.special_ad_categories",
                CheckListLeaf(
                    label="Special ad categories", choices=capabilities.special_ad_categories, help_text=help_text
                ),
            )
        if capabilities.needs_eu_political or self.node["declarations"]["eu_political"]:
            yield "declarations.eu_political", YesNoLeaf(label="Political advertising in the EU")
        if capabilities.needs_dsa:
            yield from self._dsa()

    def _dsa(self) -> Iterator[tuple[str, Leaf]]:
        known = self.frame.capabilities.has_dsa_default(self.frame.account.extra)
        hint = "optional" if known else "for ads in the EU"
        help_text = "The ad account names one already; fill this in only to differ." if known else ""
        for name, label in (("dsa_beneficiary", "Advertiser (on whose behalf)"), ("dsa_payor", "Who pays")):
            yield f"declarations.{name}", Leaf(label=label, hint=hint, help_text=help_text)
