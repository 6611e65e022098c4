"""What an ad set's targeting becomes on another platform: which names must be looked up there, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.editing import Node
from integrations.capabilities import Fit, Verdict
from integrations.contracts import TargetingKind
from integrations.draft import AdSet, Location, Targeting
from stratum import formats

LISTS = {
    "locations": (TargetingKind.LOCATION, "Location"),
    "excluded_locations": (TargetingKind.LOCATION, "Excluded location"),
    "languages": (TargetingKind.LANGUAGE, "Language"),
    "interests": (TargetingKind.INTEREST, "Interest"),
}
OTHERS = {"age_min": "Age from", "age_max": "Age to", "genders": "Gender", "keywords": "Keywords"}
EMPTY = {"age_min": None, "age_max": None}


@dataclass(frozen=True)
class Wanted:
    """A name that the other platform knows by its own id. `level` tells a region from a city, `country` where it lies."""

    kind: TargetingKind
    name: str
    level: str = ""
    country: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.level}:{self.name}"


@dataclass(frozen=True)
class Meaning:
    """What a name is there: a part for the draft, or `why` there is none."""

    part: Mapping[str, str] | None = None
    why: str = ""


Meanings = Mapping[str, Meaning]


def wanted_by(targetings: Iterable[Targeting], taken: frozenset[str]) -> list[Wanted]:
    """Return every name to look up once; countries have the same code everywhere."""
    names = [
        _wanted(kind, part)
        for targeting in targetings
        for field, (kind, _) in LISTS.items()
        if field in taken
        for part in getattr(targeting, field)
    ]
    return [name for name in dict.fromkeys(names) if name is not None]


def _wanted(kind: TargetingKind, part: Any) -> Wanted | None:
    if not isinstance(part, Location):
        return Wanted(kind, part.name or part.id)
    return None if part.kind == "country" else Wanted(kind, part.name or part.id, part.kind, part.country_code)


def carry(node: Node, ad_set: AdSet, taken: frozenset[str], meanings: Meanings, label: str) -> Iterator[Fit]:
    """Put what the other platform understands into the targeting's node, and tell of everything else."""
    for field, (kind, what) in LISTS.items():
        path, parts = f"{ad_set.path}.targeting.{field}", getattr(ad_set.targeting, field)
        if field not in taken:
            node[field] = []
            yield from (Fit(path, f"{what}: {_name(part)}", Verdict.DROPPED, _untaken(label, what)) for part in parts)
            continue
        kept: list[dict[str, Any]] = []
        for part in parts:
            yield from _translated(kept, part, _wanted(kind, part), meanings, path, what)
        node[field] = kept
    for field, what in OTHERS.items():
        if field not in taken and getattr(ad_set.targeting, field):
            node[field] = EMPTY.get(field, [])
            yield Fit(f"{ad_set.path}.targeting.{field}", what, Verdict.DROPPED, _untaken(label, what))


def _translated(
    kept: list[dict[str, Any]], part: Any, wanted: Wanted | None, meanings: Meanings, path: str, what: str
) -> Iterator[Fit]:
    if wanted is None:
        kept.append(part.model_dump(mode="json"))
        return
    meaning = meanings.get(wanted.key, Meaning(why="It was not looked up."))
    if meaning.part is None:
        yield Fit(path, f"{what}: {_name(part)}", Verdict.DROPPED, meaning.why)
        return
    kept.append(dict(meaning.part))
    yield Fit(path, f"{what}: {_name(part)}", Verdict.CHANGED, f"There it is “{meaning.part['name']}”.")


def _untaken(label: str, what: str) -> str:
    return f"{label} does not narrow an audience by {what.lower()}."


def _name(part: Any) -> str:
    is_country = isinstance(part, Location) and part.kind == "country"
    return str(part.name or (formats.country(part.id) if is_country else part.id))
