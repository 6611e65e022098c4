"""The forms of the draft's nodes: their fields are named by the paths of the leaves they hold.

What a platform takes decides which fields there are and what they offer. A form is shown unbound, with the leaves as its
initial values and the problems at their fields; it is bound only to read what was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict

from adaccounts.models import AccountAsset, AdAccount
from campaigns import editing, outline
from campaigns.content_rules import unwanted
from campaigns.forms.leaves import ChoiceLeaf, Leaf
from campaigns.rules import Problem
from integrations.capabilities import Capabilities, Fit, Verdict

#: The code of problems that say no more than that a field is empty.
MISSING = "REQUIRED"
#: Characters of an error that half a line's width makes hard to read.
LONG_ERROR = 120


@dataclass(frozen=True)
class Frame:
    """What a node's form must know besides the node: the account, what its platform takes, and the campaign above."""

    account: AdAccount
    capabilities: Capabilities
    platform_label: str
    campaign: Mapping[str, Any] = field(default_factory=dict)
    assets: tuple[AccountAsset, ...] = ()

    @property
    def least_budget(self) -> str:
        """What the platform takes at the least on this account, as a sentence; empty if that is not known."""
        return self.capabilities.least_budget(self.account.extra, self.account.currency)


class NodeForm(forms.Form):
    """A node's leaves as fields. It never refuses: changes() gives what was typed, whatever it is."""

    #: Groups of the page: a title and the beginnings of the names of the fields that stand under it.
    GROUPS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()
    #: Fields that take the whole width.
    WIDE: ClassVar[frozenset[str]] = frozenset()
    #: Beginnings of the names of fields at which it is said what the platform changes or drops; for the rest the fit
    #: panel is near enough.
    TOLD: ClassVar[tuple[str, ...]] = ()

    def __init__(self, frame: Frame, node: Mapping[str, Any], data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="f-%s", use_required_attribute=False)
        self.frame, self.node = frame, node
        self.fields.update(self.leaves())
        for name, leaf in self.fields.items():
            self.initial[name] = editing.leaf(node, name)
            if isinstance(leaf, ChoiceLeaf):
                leaf.keep(self.initial[name])

    def leaves(self) -> dict[str, Leaf]:
        """Return the fields, in the order in which they are shown."""
        raise NotImplementedError

    def name_leaf(self, label: str) -> Leaf:
        """Return the field of a node's name."""
        return Leaf(label=label, unwanted=unwanted.in_name(self.frame.capabilities, self.frame.platform_label))

    def leaf(self, name: str) -> Leaf:
        """Return the field of a leaf; KeyError if this form has none of the name."""
        return cast("Leaf", self.fields[name])

    def groups(self) -> list[tuple[str, list[tuple[forms.BoundField, bool]]]]:
        """Return the groups that have fields here: title, and each field with whether it takes the whole width."""
        groups = []
        for title, beginnings in self.GROUPS:
            shown = [(self[name], self._is_wide(name)) for name in self.fields if name.startswith(beginnings)]
            if shown:
                groups.append((title, shown))
        return groups

    def _is_wide(self, name: str) -> bool:
        """Say whether the field needs the whole width: by its kind, or for what is to be read about it."""
        return name in self.WIDE or any(len(str(error)) > LONG_ERROR for error in self[name].errors)

    def changes(self) -> dict[str, Any]:
        """Return path → leaf of every field that was sent; a field that was not on the page stays as it is."""
        self.full_clean()
        return {
            name: self.cleaned_data[name]
            for name, leaf in self.fields.items()
            if not leaf.widget.value_omitted_from_data(self.data, self.files, name)
        }

    def base(self) -> dict[str, Any]:
        """Return path → leaf as the page shows them, to be compared with when somebody else saves meanwhile."""
        return dict(self.initial)

    def blame(self, problems: Iterable[Problem], *, strictly: bool) -> list[Problem]:
        """Show the problems of this node at their fields, and return those that belong to none.

        What is only still empty is an error when somebody tried to submit it, `strictly`; before, it is what comes next.
        """
        homeless = []
        for problem in problems:
            name = outline.field_of(outline.node_of(problem.path)[1], self.fields)
            if not name:
                homeless.append(problem)
            elif problem.code == MISSING and not strictly:
                self.leaf(name).missing += (problem.message,)
            else:
                self.mark(name, problem)
        return homeless

    def tell(self, fits: Iterable[Fit]) -> None:
        """Say at the fields of this node what the platform changes about them, or drops."""
        for fit in fits:
            name = outline.field_of(outline.node_of(fit.path)[1], self.fields)
            if name and name.startswith(self.TOLD) and fit.verdict in {Verdict.CHANGED, Verdict.DROPPED}:
                self.leaf(name).becomes += (fit.becomes,)

    def mark(self, name: str, problem: Problem) -> None:
        text = f"{problem.message} {problem.fix}".strip()
        if problem.is_error:
            self.errors.setdefault(name, self.error_class()).append(text)
        else:
            self.leaf(name).warnings += (text,)
