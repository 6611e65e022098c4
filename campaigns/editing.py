"""Changes to a draft's content, as pure functions on its JSON: each returns a new content and leaves the old one alone.

A node is the campaign, or an ad set or ad named by its key. A leaf is named by its path below its node:
`budget.amount` of the campaign, `targeting.locations` of an ad set, `creative.headlines` of an ad. Content is the whole
shape that integrations.draft.read() gives.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from integrations import draft as drafts

CAMPAIGN = "campaign"
#: Characters of a key that copies made together share; a number follows, and a key has at most twelve.
SPREAD_KEY = 9
Content = dict[str, Any]
Node = dict[str, Any]


class Kind(StrEnum):
    CAMPAIGN = "campaign"
    AD_SET = "ad_set"
    AD = "ad"


class NoSuchNode(LookupError):
    """The content has no ad set or ad with this key."""


@dataclass(frozen=True)
class Place:
    """Where a node stands. `siblings` is the list that holds it, `parent` the key of the ad set of an ad."""

    kind: Kind
    node: Node
    siblings: list[Node]
    index: int
    parent: str
    path: str


@dataclass(frozen=True)
class Removed:
    """A node that was taken out, with all below it, and where it stood."""

    node: Node
    parent: str
    index: int

    @property
    def as_data(self) -> dict[str, Any]:
        return {"node": self.node, "parent": self.parent, "index": self.index}


def places(content: Content) -> Iterator[Place]:
    """Yield every node from the campaign down, ad sets with their ads behind them."""
    yield Place(Kind.CAMPAIGN, content["campaign"], [content["campaign"]], 0, "", "campaign")
    for index, ad_set in enumerate(content["ad_sets"]):
        path = f"ad_sets[{ad_set['key']}]"
        yield Place(Kind.AD_SET, ad_set, content["ad_sets"], index, "", path)
        for number, ad in enumerate(ad_set["ads"]):
            yield Place(Kind.AD, ad, ad_set["ads"], number, ad_set["key"], f"{path}.ads[{ad['key']}]")


def locate(content: Content, key: str) -> Place:
    """Return where the node is; NoSuchNode if it is not in the content."""
    for place in places(content):
        if key == (CAMPAIGN if place.kind is Kind.CAMPAIGN else place.node["key"]):
            return place
    raise NoSuchNode(key)


def has(content: Content, key: str) -> bool:
    return any(place.node.get("key") == key for place in places(content))


# Leaves -------------------------------------------------------------------------------------------------------------


def leaf(node: Mapping[str, Any], path: str) -> Any:
    """Return the leaf at a path below the node."""
    found: Any = node
    for step in path.split("."):
        found = found[step]
    return found


def apply(content: Content, key: str, leaves: Mapping[str, Any]) -> Content:
    """Put leaves into a node, as they were typed."""
    changed = _open(content, key)
    node = locate(changed, key).node
    for path, value in leaves.items():
        *way, last = path.split(".")
        part = node
        for step in way:
            part = part[step]
        part[last] = value
    return changed


def fill(content: Content, keys: Collection[str], path: str, value: Any) -> Content:
    """Put one leaf into many nodes at once."""
    wanted, changed = set(keys), copy.deepcopy(content) if keys else content
    for place in places(changed) if wanted else ():
        if place.node.get("key") in wanted:
            *way, last = path.split(".")
            part = place.node
            for step in way:
                part = part[step]
            part[last] = value
    return changed


def rename(content: Content, key: str, name: str) -> Content:
    return apply(content, key, {"name": name})


# Nodes --------------------------------------------------------------------------------------------------------------


def add_ad_set(content: Content, *, key: str) -> Content:
    """Add an ad set with one empty ad at the end. A key that is there already was added before: nothing changes."""
    if has(content, key):
        return content
    changed = _open(content)
    name = free_name(f"Ad set {len(changed['ad_sets']) + 1}", changed["ad_sets"])
    ad_set = drafts.AdSet(key=key, name=name, ads=[drafts.Ad(key=drafts.new_key("a"), name="Ad 1")])
    changed["ad_sets"].append(ad_set.model_dump(mode="json"))
    return changed


def add_ad(content: Content, ad_set: str, *, key: str) -> Content:
    """Add an empty ad at the end of an ad set; NoSuchNode if there is no such ad set."""
    if has(content, key):
        return content
    changed = _open(content, ad_set)
    ads = _ads_of(changed, ad_set)
    ads.append(drafts.Ad(key=key, name=free_name(f"Ad {len(ads) + 1}", ads)).model_dump(mode="json"))
    return changed


def duplicate(content: Content, node: str, *, key: str) -> Content:
    """Put a copy behind an ad set or ad, under a name and keys of its own."""
    if has(content, key):
        return content
    changed = _open(content, node)
    place = _movable(changed, node)
    twin = copy.deepcopy(place.node)
    twin |= {"key": key, "name": free_name(f"{_words(twin['name'])} (copy)", place.siblings)}
    for ad in twin.get("ads", []):
        ad["key"] = drafts.new_key("a")
    place.siblings.insert(place.index + 1, twin)
    return changed


def spread(content: Content, ad: str, ad_sets: Sequence[str], *, key: str) -> Content:
    """Put a copy of an ad at the end of each of the ad sets; their keys begin with `key` and tell them apart.

    NoSuchNode if there is no such ad. An ad set that is gone is left out, and what was copied before is not copied again.
    """
    place = locate(content, ad)
    if place.kind is not Kind.AD:
        raise NoSuchNode(ad)
    changed = {**content, "ad_sets": [{**ad_set, "ads": list(ad_set["ads"])} for ad_set in content["ad_sets"]]}
    targets = {ad_set["key"]: ad_set["ads"] for ad_set in changed["ad_sets"]}
    for number, ad_set in enumerate(dict.fromkeys(ad_sets)):
        ads, own = targets.get(ad_set), f"{key[:SPREAD_KEY]}{number}"
        if ads is None or has(changed, own):
            continue
        ads.append(copy.deepcopy(place.node) | {"key": own, "name": free_name(_words(place.node["name"]), ads)})
    return changed


def move(content: Content, key: str, *, index: int) -> Content:
    """Move an ad set or ad to a position among its siblings; beyond the ends means the end."""
    changed = _open(content, key)
    place = _movable(changed, key)
    place.siblings.pop(place.index)
    place.siblings.insert(max(0, min(index, len(place.siblings))), place.node)
    return changed


def delete(content: Content, key: str) -> tuple[Content, Removed]:
    """Take an ad set or ad out, with all below it."""
    changed = _open(content, key)
    place = _movable(changed, key)
    place.siblings.pop(place.index)
    return changed, Removed(place.node, place.parent, place.index)


def restore(content: Content, removed: Removed) -> Content:
    """Put back what delete() took out; NoSuchNode if its ad set is gone. What is there already stays as it is."""
    if has(content, removed.node["key"]):
        return content
    changed = _open(content, removed.parent)
    siblings = _ads_of(changed, removed.parent) if removed.parent else changed["ad_sets"]
    siblings.insert(min(removed.index, len(siblings)), copy.deepcopy(removed.node))
    return changed


def free_name(wanted: str, siblings: list[Node]) -> str:
    """Return the name, with a number behind it if a sibling has it."""
    taken = {_words(sibling["name"]).casefold() for sibling in siblings}
    name, number = wanted, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wanted} {number}"
    return name


def only(content: Content, key: str) -> Content:
    """Return a content that holds the campaign, and of the ad sets and ads only this node and what it stands in.

    What is read out of it costs the same however large the content is. NoSuchNode if there is no such node.
    """
    place = locate(content, key)
    match place.kind:
        case Kind.CAMPAIGN:
            ad_sets = []
        case Kind.AD_SET:
            ad_sets = [place.node | {"ads": []}]
        case Kind.AD:
            ad_sets = [locate(content, place.parent).node | {"ads": [place.node]}]
    return {**content, "ad_sets": ad_sets}


def _open(content: Content, key: str = "") -> Content:
    """Return a content that may be changed at this node and its siblings. The rest is shared: it may be 500 ads."""
    holds = [ad_set["key"] == key or any(ad["key"] == key for ad in ad_set["ads"]) for ad_set in content["ad_sets"]]
    ad_sets = [copy.deepcopy(a) if h else a for a, h in zip(content["ad_sets"], holds, strict=True)]
    return {**content, "campaign": copy.deepcopy(content["campaign"]), "ad_sets": ad_sets}


def _movable(content: Content, key: str) -> Place:
    place = locate(content, key)
    if place.kind is Kind.CAMPAIGN:
        raise NoSuchNode(key)
    return place


def _ads_of(content: Content, ad_set: str) -> list[Node]:
    place = locate(content, ad_set)
    if place.kind is not Kind.AD_SET:
        raise NoSuchNode(ad_set)
    ads: list[Node] = place.node["ads"]
    return ads


def _words(name: Any) -> str:
    """A name that could not be read is kept as it was sent, which may be no text at all."""
    return name if isinstance(name, str) else str(name)
