from __future__ import annotations

from collections.abc import Iterator

from campaigns.forms.leaves import (
    AmountLeaf,
    ChoiceLeaf,
    GroupLeaf,
    Leaf,
    WholeNumberLeaf,
    labelled,
)
from campaigns.forms.lists import LinesLeaf, PlacesLeaf, SearchLeaf
from campaigns.forms.nodes import NodeForm
from integrations.draft import Gender, Optimization

GENDERS = [("", "All"), (Gender.FEMALE, "Women"), (Gender.MALE, "Men")]


class AdSetForm(NodeForm):
    """Who sees the ads, where, for how much, and what they are optimized for."""

    GROUPS = (
        ("Ad set", ("name",)),
        ("Audience", ("targeting.",)),
        ("Budget and optimization", ("budget", "optimization")),
    )
    TOLD = ("targeting.",)
    WIDE = frozenset(
        {
            "name",
            "targeting.locations",
            "targeting.excluded_locations",
            "targeting.interests",
            "targeting.languages",
            "targeting.keywords",
        }
    )

    def leaves(self) -> dict[str, Leaf]:
        return {"name": self.name_leaf("Ad set name"), **dict(self._targeting()), **self._money(), **self._goal()}

    def _targeting(self) -> Iterator[tuple[str, Leaf]]:
        taken = self.frame.capabilities.targeting
        low, high = self.frame.capabilities.age_min, self.frame.capabilities.age_max
        for name, leaf in (
            ("locations", PlacesLeaf(label="Locations")),
            ("excluded_locations", PlacesLeaf(label="Excluded locations", hint="optional")),
            ("age_min", WholeNumberLeaf(label="Age from", hint=f"{low} to {high}")),
            ("age_max", WholeNumberLeaf(label="Age to", hint=f"{low} to {high}")),
            ("genders", GroupLeaf(label="Gender", choices=GENDERS)),
            ("languages", SearchLeaf(label="Languages", hint="optional", kind="language")),
            ("interests", SearchLeaf(label="Interests", hint="optional", kind="interest")),
            ("keywords", LinesLeaf(label="Keywords", help_text="One on each line.")),
        ):
            # What the platform does not take is shown while it says something: it must be seen to be taken out.
            if name in taken or self.node["targeting"][name]:
                yield f"targeting.{name}", leaf

    def _money(self) -> dict[str, Leaf]:
        if "ad_set" not in self.frame.capabilities.budget_levels:
            return {}
        kind = str(self.frame.campaign["budget"]["type"] or "")
        label = f"{kind.capitalize()} budget" if kind else "Budget"
        return {
            "budget": AmountLeaf(
                label=label,
                hint=self.frame.account.currency,
                help_text=(
                    "Empty: it spends from the campaign's budget. Give all ad sets one, or none. "
                    f"{self.frame.least_budget}"
                ).strip(),
            )
        }

    def _goal(self) -> dict[str, Leaf]:
        objective = self.frame.capabilities.objective(str(self.frame.campaign["objective"]))
        values = [goal.value for goal in objective.goals] if objective else list(Optimization)
        return {"optimization": ChoiceLeaf(label="Optimization", choices=labelled(values), empty="Choose a goal")}
