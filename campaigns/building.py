"""Saves what a form of the builder sent: the leaves of one node, and perhaps one operation on the tree.

A form knows the version it was opened with and the leaves it showed. If somebody saved in between, changes to other
leaves are joined; a leaf that both changed is a clash, and a person chooses. An operation may be sent twice: a new node
brings its key along, a move names its destination, and what is gone already is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaigns import authoring, conventions, defaults, editing, merging, rules
from campaigns.editing import CAMPAIGN, Content, Kind, NoSuchNode, Removed
from campaigns.models import CampaignDraft
from integrations import draft as drafts
from integrations import platforms
from stratum.models import User
from stratum.ui import NotFound, Refusal

#: How often a save is tried again when others save at the same moment.
ATTEMPTS = 3


@dataclass(frozen=True)
class Sent:
    """What a form sent. `base` is None when the form did not say what it had shown; `ticked` are the ad sets to copy to."""

    node: str
    version: int
    leaves: Mapping[str, Any]
    base: Mapping[str, Any] | None = None
    operation: str = ""
    argument: str = ""
    new_key: str = ""
    ticked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Saved:
    """`node` is where to go next, `joined` whether somebody else's changes were there first, `copied` how many ads were."""

    draft: CampaignDraft
    node: str
    joined: bool = False
    removed: Removed | None = None
    copied: int = 0


@dataclass
class Clashing(Exception):
    """Others changed leaves that the form changed as well. Nothing was saved."""

    draft: CampaignDraft
    clashes: list[merging.Clash] = field(default_factory=list)


def save(draft: CampaignDraft, sent: Sent, *, by: User, undo: Removed | None = None) -> Saved:
    """Save a form; Clashing when a person must choose, NoSuchNode when its node is gone, else authoring.save()'s refusals.

    `draft` may be as it was a moment ago: what others saved since is compared with the form before anything is stored.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _save(draft, sent, by, undo)
        except Refusal as refusal:
            if refusal.code != "EDIT_CONFLICT" or attempt == ATTEMPTS:
                raise
        draft = fetch(draft.pk)
    raise AssertionError("unreachable")


def fetch(draft_id: int) -> CampaignDraft:
    """Return the draft with its account; NotFound if there is none."""
    draft = CampaignDraft.objects.select_related("account", "created_by").filter(pk=draft_id).first()
    if draft is None:
        raise NotFound("DRAFT_NOT_FOUND", "There is no such campaign.")
    return draft


def _save(draft: CampaignDraft, sent: Sent, by: User, undo: Removed | None) -> Saved:
    before: Content = draft.reading.json
    is_stale = sent.version != draft.version
    merged = _merge(before, sent, is_stale)
    if merged.clashes:
        raise Clashing(draft, merged.clashes)
    content = editing.apply(before, sent.node, merged.leaves)
    content, node, removed = operate(content, sent, undo)
    if "objective" in merged.leaves or sent.operation == "add_ad_set":
        capabilities = platforms.platform_class(draft.platform).capabilities
        content = defaults.follow_objective(content, capabilities)
    content = conventions.follow(before, content, draft.account, rules.now_in(draft.account))
    saved = authoring.save(draft.pk, by=by, draft_json=content, version=draft.version)
    copied = _count_ads(content) - _count_ads(before) if sent.operation == "spread" else 0
    return Saved(saved, node, is_stale and bool(merged.leaves), removed, copied)


def _count_ads(content: Content) -> int:
    return sum(len(ad_set["ads"]) for ad_set in content["ad_sets"])


def _merge(before: Content, sent: Sent, is_stale: bool) -> merging.Merge:
    before = editing.only(before, sent.node)
    theirs = _leaves(editing.locate(before, sent.node).node, sent.leaves)
    # Through read() and back, so that mine and theirs are written alike: 25 and "25", a time with and without seconds.
    mine = drafts.read(editing.apply(before, sent.node, sent.leaves)).json
    # A base that is at hand is believed whatever the version says: a page that saves by itself keeps the base of the
    # fields it did not renew.
    base = theirs if sent.base is None and not is_stale else sent.base
    return merging.merge(base, _leaves(editing.locate(mine, sent.node).node, sent.leaves), theirs)


def _leaves(node: Mapping[str, Any], paths: Mapping[str, Any]) -> dict[str, Any]:
    return {path: editing.leaf(node, path) for path in paths}


def operate(content: Content, sent: Sent, undo: Removed | None) -> tuple[Content, str, Removed | None]:
    """Do what the form asked for besides saving; answers the content, the node to show and what was removed.

    An operation on a node that is gone does nothing.
    """
    key = sent.new_key
    target = sent.argument or sent.node
    try:
        match sent.operation:
            case "add_ad_set":
                return defaults.carry_over(editing.add_ad_set(content, key=key), key), key, None
            case "add_ad":
                return defaults.carry_over(editing.add_ad(content, target, key=key), key), key, None
            case "duplicate":
                return editing.duplicate(content, sent.node, key=key), key, None
            case "spread":
                return editing.spread(content, sent.node, sent.ticked, key=key), sent.node, None
            case "move":
                return editing.move(content, sent.node, index=_position(sent.argument)), sent.node, None
            case "delete":
                place = editing.locate(content, sent.node)
                changed, removed = editing.delete(content, sent.node)
                return changed, place.parent or CAMPAIGN, removed
            case "undo" if undo is not None:
                return editing.restore(content, undo), undo.node["key"], None
            case "media":
                return _move_media(content, sent), sent.node, None
    except NoSuchNode:
        return content, sent.node, None
    return content, sent.node, None


def _move_media(content: Content, sent: Sent) -> Content:
    """Show a carousel's picture one place earlier; its texts stay where they are."""
    place = editing.locate(content, sent.node)
    position = _position(sent.argument)
    if place.kind is not Kind.AD or not 0 < position < len(place.node["creative"]["media"]):
        return content
    media = list(place.node["creative"]["media"])
    media[position - 1 : position + 1] = reversed(media[position - 1 : position + 1])
    return editing.apply(content, sent.node, {"creative.media": media})


def _position(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
