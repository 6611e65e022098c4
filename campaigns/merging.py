"""What becomes of a form that was opened before somebody else saved: field by field, nothing lost on either side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Leaves = Mapping[str, Any]


@dataclass(frozen=True)
class Clash:
    """A leaf that two people changed differently. `base` is what both began with, None if that is unknown."""

    path: str
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merge:
    """`leaves` is what can be saved without asking; `clashes` is what a person must choose."""

    leaves: dict[str, Any]
    clashes: list[Clash]


def merge(base: Leaves | None, mine: Leaves, theirs: Leaves) -> Merge:
    """Compare what the form was opened with, what it was sent with, and what is stored now.

    A leaf that only one side changed is that side's. Without a base every difference is a clash, because nobody can
    tell who changed it.
    """
    leaves: dict[str, Any] = {}
    clashes: list[Clash] = []
    for path, value in mine.items():
        began = base.get(path, _UNKNOWN) if base is not None else _UNKNOWN
        if value in (theirs[path], began):
            continue
        if theirs[path] == began:
            leaves[path] = value
        else:
            clashes.append(Clash(path, None if began is _UNKNOWN else began, value, theirs[path]))
    return Merge(leaves, clashes)


_UNKNOWN = object()
