"""The draft as a tree of nodes with what is wrong at each, and where a problem's path leads on the builder's pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from campaigns import editing
from campaigns.editing import CAMPAIGN, Kind
from campaigns.rules import Problem

_NODE = re.compile(r"^ad_sets\[(?P<ad_set>[a-z0-9]+)\](?:\.ads\[(?P<ad>[a-z0-9]+)\])?(?:\.|$)")
UNNAMED = {Kind.CAMPAIGN: "Untitled campaign", Kind.AD_SET: "Untitled ad set", Kind.AD: "Untitled ad"}


def node_of(path: str) -> tuple[str, str]:
    """Return the key of the node a path lies in, and the rest of the path below it."""
    found = _NODE.match(path)
    if found:
        return found["ad"] or found["ad_set"], path[found.end() :]
    return CAMPAIGN, path.removeprefix("campaign.") if path.startswith("campaign.") else path


def field_of(rest: str, fields: Iterable[str]) -> str:
    """Return the field a path below a node belongs to: itself, or the one that holds it; empty if there is none."""
    known = set(fields)
    while rest:
        if rest in known:
            return rest
        rest = re.sub(r"(\[[^\]]*\]|\.[^.\[]*|^[^.\[]*)$", "", rest)
    return ""


@dataclass
class Branch:
    """A node of the tree. The counts are its own and, for an ad set, those of its ads."""

    kind: Kind
    key: str
    name: str
    errors: int = 0
    warnings: int = 0
    comments: int = 0
    is_current: bool = False
    is_open: bool = False
    branches: list[Branch] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.name or UNNAMED[self.kind]


@dataclass(frozen=True)
class Outline:
    campaign: Branch
    errors: int
    warnings: int

    @property
    def ad_sets(self) -> list[Branch]:
        return self.campaign.branches

    @property
    def ads(self) -> int:
        return sum(len(ad_set.branches) for ad_set in self.ad_sets)


#: Up to how many ad sets the tree is shown unfolded.
UNFOLDED = 6


def outline(
    content: Mapping[str, Any], problems: Iterable[Problem], current: str, comments: Mapping[str, int] | None = None
) -> Outline:
    """Return the tree with the node named by its key marked as current; `comments` are open threads by node."""
    errors: Counter[str] = Counter()
    warnings: Counter[str] = Counter()
    for problem in problems:
        (errors if problem.is_error else warnings)[node_of(problem.path)[0]] += 1
    branches: dict[str, Branch] = {}
    for place in editing.places(dict(content)):
        key = CAMPAIGN if place.kind is Kind.CAMPAIGN else place.node["key"]
        counts = errors[key], warnings[key], (comments or {}).get(key, 0)
        branch = Branch(place.kind, key, str(place.node["name"]), *counts, key == current)
        branches[key] = branch
        _hang_up(branches, branch, place.parent)
    is_small = len(branches[CAMPAIGN].branches) <= UNFOLDED
    for ad_set in branches[CAMPAIGN].branches:
        ad_set.is_open = is_small or ad_set.is_current or any(ad.is_current for ad in ad_set.branches)
    return Outline(branches[CAMPAIGN], errors.total(), warnings.total())


def _hang_up(branches: dict[str, Branch], branch: Branch, parent: str) -> None:
    if branch.kind is Kind.CAMPAIGN:
        return
    above = branches[parent or CAMPAIGN]
    above.branches.append(branch)
    if parent:
        above.errors += branch.errors
        above.warnings += branch.warnings
        above.comments += branch.comments
