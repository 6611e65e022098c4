"""What is different between two contents of a draft, field by field. Nodes are matched by their keys, so one that only
moved is not told as deleted and added. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from campaigns import outline, wording
from integrations.contracts import Media
from integrations.draft import Ad, AdSet, Campaign, Draft, Reading
from integrations.draft_fields import LABELS
from stratum.formats import NOTHING, money

P = TypeVar("P", Campaign, AdSet, Ad)


@dataclass(frozen=True)
class Change:
    """One field that differs: its path, where it stands in words, and both values as people read them."""

    path: str
    where: str
    before: str
    after: str


@dataclass(frozen=True)
class Terms:
    """What the wording of values needs beside the contents."""

    currency: str
    media: Mapping[str, Media]


@dataclass(frozen=True)
class Field:
    """A field of a node: its leaf below the node, its label, what is compared and how that reads."""

    leaf: str
    label: str
    value: Callable[[Any], Any]
    shown: Callable[[Any, Terms], str]


def _choice(leaf: str, label: str) -> Field:
    return Field(leaf, label, _getter(leaf), lambda value, terms: wording.choice(value))


def _text(leaf: str, label: str) -> Field:
    return Field(leaf, label, _getter(leaf), lambda value, terms: wording.text(value))


def _texts(leaf: str, label: str) -> Field:
    return Field(leaf, label, _getter(leaf), lambda value, terms: wording.texts(value))


def _getter(leaf: str) -> Callable[[Any], Any]:
    def get(node: Any) -> Any:
        for name in leaf.split("."):
            node = getattr(node, name)
        return node

    return get


CAMPAIGN_FIELDS = [
    _text("name", "Name"),
    _choice("objective", "Objective"),
    Field("budget", "Budget", _getter("budget"), lambda value, terms: wording.budget(value, terms.currency)),
    Field("schedule.start", "Start", _getter("schedule.start"), lambda value, terms: wording.moment(value)),
    Field("schedule.end", "End", _getter("schedule.end"), lambda value, terms: wording.moment(value)),
    _choice("launch", "Launch"),
    _text("assets.page", LABELS["campaign.assets.page"]),
    _text("assets.instagram", LABELS["campaign.assets.instagram"]),
    _text("assets.pixel", LABELS["campaign.assets.pixel"]),
    _choice("assets.conversion_event", "Conversion event"),
    _text("assets.conversion_action", LABELS["campaign.assets.conversion_action"]),
    _text("assets.identity", LABELS["campaign.assets.identity"]),
    _text("assets.profile", LABELS["campaign.assets.profile"]),
    _text("assets.logo", LABELS["campaign.assets.logo"]),
    _text("assets.business_name", LABELS["campaign.assets.business_name"]),
    _text("assets.music", LABELS["campaign.assets.music"]),
    Field(
        "declarations.special_ad_categories",
        "Special ad categories",
        _getter("declarations.special_ad_categories"),
        lambda value, terms: wording.texts([wording.choice(item) for item in value]),
    ),
    Field(
        "declarations.eu_political",
        "Political advertising in the EU",
        _getter("declarations.eu_political"),
        lambda value, terms: wording.yes_no(value),
    ),
    _text("declarations.dsa_beneficiary", LABELS["campaign.declarations.dsa_beneficiary"]),
    _text("declarations.dsa_payor", LABELS["campaign.declarations.dsa_payor"]),
    _text("url_tags", "URL tags"),
]
AD_SET_FIELDS = [
    _text("name", "Name"),
    Field("budget", "Budget", _getter("budget"), lambda value, terms: money(value, terms.currency)),
    Field("targeting.locations", "Locations", _getter("targeting.locations"), lambda v, terms: wording.places(v)),
    Field(
        "targeting.excluded_locations",
        "Excluded locations",
        _getter("targeting.excluded_locations"),
        lambda value, terms: wording.places(value),
    ),
    Field(
        "targeting.age_min",
        "Age",
        lambda node: (node.targeting.age_min, node.targeting.age_max),
        lambda value, terms: wording.age_range(*value),
    ),
    Field("targeting.genders", "Gender", _getter("targeting.genders"), lambda value, terms: wording.genders(value)),
    Field("targeting.languages", "Languages", _getter("targeting.languages"), lambda v, terms: wording.named(v)),
    Field("targeting.interests", "Interests", _getter("targeting.interests"), lambda v, terms: wording.named(v)),
    _texts("targeting.keywords", "Keywords"),
    _choice("optimization", "Optimization"),
]
AD_FIELDS = [
    _text("name", "Name"),
    _choice("creative.type", "Type"),
    Field(
        "creative.cover",
        "Cover",
        _getter("creative.cover"),
        lambda v, terms: wording.files([v] if v else [], terms.media),
    ),
    Field("creative.media", "Media", _getter("creative.media"), lambda v, terms: wording.files(v, terms.media)),
    _texts("creative.headlines", "Headline"),
    _texts("creative.descriptions", "Description"),
    _text("creative.primary_text", "Primary text"),
    _choice("creative.call_to_action", "Call to action"),
    _text("creative.link_url", "Link"),
]


def where(draft: Draft, path: str) -> str:
    """Return in words what a draft path names: US - 25-54 › Age; the part alone where no field of it is named."""
    named = _named(draft)
    owner = max((node for node in named if path.startswith(node)), key=len, default="")
    fields = AD_FIELDS if ".ads[" in owner else AD_SET_FIELDS if owner else CAMPAIGN_FIELDS
    labels = {field.leaf: field.label for field in fields} | {"targeting.age_max": "Age"}
    label = labels.get(outline.field_of(path.removeprefix(owner or "campaign").lstrip("."), labels), "")
    return " › ".join(part for part in (named[owner][1] if owner else "Campaign", label) if part)


def differences(before: Reading, after: Reading, terms: Terms) -> list[Change]:
    """Return every field whose value differs, in the order of the content; equal contents differ in nothing."""
    old, new = before.draft, after.draft
    found = [
        *_unread(before, after),
        *_fields("campaign", "Campaign", CAMPAIGN_FIELDS, (old.campaign, new.campaign), terms),
        *_nodes(_named(old), _named(new)),
        *_order("campaign", "Campaign", old.ad_sets, new.ad_sets, "Order of ad sets"),
    ]
    was = {ad_set.key: ad_set for ad_set in old.ad_sets}
    for ad_set in new.ad_sets:
        if ad_set.key in was:
            found += _ad_set(was[ad_set.key], ad_set, terms)
    return [*found, *_moved_ads(old, new, terms)]


def _ad_set(old: AdSet, new: AdSet, terms: Terms) -> Iterator[Change]:
    title = new.name or old.name or "Untitled ad set"
    yield from _fields(new.path, title, AD_SET_FIELDS, (old, new), terms)
    yield from _order(new.path, title, old.ads, new.ads, "Order of ads")
    was = {ad.key: ad for ad in old.ads}
    for ad in new.ads:
        if ad.key in was:
            pair = (was[ad.key], ad)
            yield from _fields(new.ad_path(ad), ad.name or pair[0].name or "Untitled ad", AD_FIELDS, pair, terms)


def _fields(path: str, title: str, fields: Sequence[Field], pair: tuple[P, P], terms: Terms) -> Iterator[Change]:
    for field in fields:
        values = [field.value(node) for node in pair]
        if values[0] == values[1]:
            continue
        before, after = (field.shown(value, terms) for value in values)
        if before == after:  # two things of one name: say them whole
            before, after = (_whole(value) for value in values)
        yield Change(f"{path}.{field.leaf}", f"{title} › {field.label}", before, after)


def _whole(value: Any) -> str:
    return json.dumps(value, default=_as_json, ensure_ascii=False)


def _as_json(value: Any) -> Any:
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else str(value)


def _named(draft: Draft) -> dict[str, tuple[str, str]]:
    """Return each ad set and ad by its path, with what it is and its name."""
    found = {ad_set.path: ("Ad set", ad_set.name or "Untitled ad set") for ad_set in draft.ad_sets}
    return found | {ad_set.ad_path(ad): ("Ad", ad.name or "Untitled ad") for ad_set, ad in draft.ads()}


def _nodes(old: Mapping[str, tuple[str, str]], new: Mapping[str, tuple[str, str]]) -> Iterator[Change]:
    """Tell what was added and removed; what went or came with its ad set is not told by itself."""
    for path, (what, name) in old.items():
        if path not in new and _parent(path) not in old.keys() - new.keys():
            yield Change(path, name, what, "Removed")
    for path, (what, name) in new.items():
        if path not in old and _parent(path) not in new.keys() - old.keys():
            yield Change(path, name, NOTHING, f"New {what.lower()}")


def _parent(path: str) -> str:
    return path.partition(".")[0] if "." in path else ""


def _order(path: str, title: str, old: Sequence[AdSet | Ad], new: Sequence[AdSet | Ad], label: str) -> Iterator[Change]:
    shared = {node.key for node in old} & {node.key for node in new}
    was = [node.key for node in old if node.key in shared]
    names = {node.key: node.name or node.key for node in new}
    now = [node.key for node in new if node.key in shared]
    if was != now:
        yield Change(
            f"{path}.order",
            f"{title} › {label}",
            " · ".join(names[key] for key in was),
            " · ".join(names[key] for key in now),
        )


def _moved_ads(old: Draft, new: Draft, terms: Terms) -> Iterator[Change]:
    """Tell what changed in ads that went to another ad set."""
    was = {ad.key: (ad_set.key, ad) for ad_set, ad in old.ads()}
    for ad_set, ad in new.ads():
        home, before = was.get(ad.key, (ad_set.key, ad))
        if home != ad_set.key:
            yield from _fields(ad_set.ad_path(ad), ad.name or "Untitled ad", AD_FIELDS, (before, ad), terms)


def _unread(before: Reading, after: Reading) -> Iterator[Change]:
    """Tell what could not be read as it was typed: it stands empty in the draft."""
    old = {leaf.path: str(leaf.typed) for leaf in before.unread}
    new = {leaf.path: str(leaf.typed) for leaf in after.unread}
    for path in dict.fromkeys([*old, *new]):
        if old.get(path) != new.get(path):
            yield Change(path, path, old.get(path, NOTHING), new.get(path, NOTHING))
