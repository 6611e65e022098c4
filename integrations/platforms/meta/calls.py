"""Puts steps into calls: as few round trips as Meta allows, each deciding only steps whose needs are known or within it.

Creating: every file by itself, at once; then creatives of videos, which must wait until Meta has processed the film; then
one batch with the campaign, the first ad set and its ads; then one batch for each further ad set, because Meta refuses
several ad sets of one campaign in one batch (Marketing API, "Batch requests"). Nothing of the campaign is made before all
its files are there. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from integrations.contracts import Account, Action, Call, Deadline, Level, Step
from integrations.platforms.meta.client import MAX_BATCH

#: Which levels are switched together, and in what order: on from below, so that the campaign is the last to go on;
#: off and away from above, so that spending stops with the first call.
_STAGES: dict[Action, tuple[frozenset[Level], ...]] = {
    Action.SWITCH_ON: (frozenset({Level.AD, Level.AD_SET}), frozenset({Level.CAMPAIGN})),
    Action.SWITCH_OFF: (frozenset({Level.CAMPAIGN}), frozenset({Level.AD, Level.AD_SET})),
    Action.END: (frozenset({Level.CAMPAIGN}), frozenset({Level.AD, Level.AD_SET})),
    Action.REMOVE: (
        frozenset({Level.CAMPAIGN}),
        frozenset({Level.AD, Level.AD_SET}),
        frozenset({Level.CREATIVE}),
        frozenset({Level.MEDIA}),
    ),
}


def calls(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> list[Call]:
    """Return the calls that can be made now, side by side."""
    creations = [step for step in steps if step.action is Action.CREATE]
    if creations:
        return _creations(creations, ids, account)
    return list(chain.from_iterable(_changes(steps, action) for action in _STAGES))


# Creating ---------------------------------------------------------------------------------------------------------------


def _creations(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> list[Call]:
    media = [step for step in steps if step.level is Level.MEDIA]
    if media:
        return [_upload(step, account) for step in media]
    films = [step for step in steps if _film_key(step) in ids]
    if films:
        return list(_film_calls(films, ids, account))
    return list(_trees(steps, ids, account))


def _upload(step: Step, account: Account) -> Call:
    kind = "video" if step.payload["edge"] == "advideos" else "image"
    request = {
        "kind": kind,
        "path": f"{account.external_id}/{step.payload['edge']}",
        "name": step.name,
        "sha256": step.payload["sha256"],
        "content_type": step.payload["content_type"],
        "node": step.node,
    }
    return Call((step.key,), Deadline.UPLOAD, request, upload_bytes=step.payload["size"])


def _film_key(step: Step) -> str:
    """Return the key of the video that a creative must wait for; empty for every other step."""
    if step.level is not Level.CREATIVE:
        return ""
    video = step.payload["fields"]["object_story_spec"].get("video_data")
    return str(video["video_id"]["$id"]) if video else ""


def _film_calls(films: Sequence[Step], ids: Mapping[str, str], account: Account) -> Iterator[Call]:
    """One call for each video: it asks whether the video is ready, and then makes the creatives that show it."""
    by_video: dict[str, list[Step]] = {}
    for step in films:
        by_video.setdefault(_film_key(step), []).append(step)
    for key, steps in by_video.items():
        for part in _parts(steps, MAX_BATCH):
            items = [_item(step, ids, {}, account) for step in part]
            request = {"kind": "film", "key": key, "video": ids[key], "items": items}
            yield Call(tuple(step.key for step in part), Deadline.MUTATE, request)


def _trees(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> Iterator[Call]:
    """One batch for the campaign with its first ad set; one for every ad set whose campaign is known."""
    campaign = [step for step in steps if step.level is Level.CAMPAIGN]
    groups: dict[str, list[Step]] = {}
    for step in steps:
        if step.level is not Level.CAMPAIGN:
            groups.setdefault(str(step.payload["group"]), []).append(step)
    for group, members in groups.items() or [("", [])]:
        for part in _group_parts(group, campaign, members, ids):
            yield _batch(part, ids, account)
        if campaign:
            return  # the other ad sets follow once the campaign's id is known


def _group_parts(
    group: str, campaign: Sequence[Step], members: Sequence[Step], ids: Mapping[str, str]
) -> list[list[Step]]:
    """Return an ad set's open steps in parts of at most 50; while the ad set itself is new, only the first part.

    A creative travels with its ad, so that a part never leaves a creative behind that nothing shows.
    """
    head = [*campaign, *(step for step in members if step.level is Level.AD_SET)]
    head = [step for step in head if _is_ready(step, ids, head)]
    reachable = {step.key for step in head} | set(ids)
    if group and group not in reachable:
        return [head] if head else []
    creatives = {step.key: step for step in members if step.level is Level.CREATIVE}
    units = []
    for ad in (step for step in members if step.level is Level.AD):
        own = [creatives.pop(need) for need in ad.needs if need in creatives]
        own = [step for step in own if _is_ready(step, ids, own)]
        if _is_ready(ad, ids, [*head, *own]):
            units.append([*own, ad])
    units += [[step] for step in creatives.values() if _is_ready(step, ids, [])]
    parts = [head]
    for unit in units:
        if len(parts[-1]) + len(unit) > MAX_BATCH:
            if head:
                break
            parts.append([])
        parts[-1] = parts[-1] + unit
    return [part for part in parts if part]


def _is_ready(step: Step, ids: Mapping[str, str], beside: Sequence[Step]) -> bool:
    return all(need in ids or any(need == other.key for other in beside) for need in step.needs)


def _batch(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> Call:
    names = {step.key: f"s{number}" for number, step in enumerate(steps)}
    items = [_item(step, ids, names, account) for step in steps]
    return Call(tuple(step.key for step in steps), Deadline.MUTATE, {"kind": "batch", "items": items})


def _item(step: Step, ids: Mapping[str, str], names: Mapping[str, str], account: Account) -> dict[str, Any]:
    return {
        "key": step.key,
        "level": step.level.value,
        "node": step.node,
        "method": "POST",
        "path": f"{account.external_id}/{step.payload['edge']}",
        "fields": filled(step.payload["fields"], ids, names),
        "name": names.get(step.key, ""),
        "after": [need for need in step.needs if need in names and need not in ids],
    }


def filled(value: Any, ids: Mapping[str, str], names: Mapping[str, str]) -> Any:
    """Put ids in the place of `{"$id": key}`: known ones, or a reference to the answer of an item of the same batch."""
    if isinstance(value, Mapping):
        if set(value) == {"$id"}:
            key = value["$id"]
            return ids[key] if key in ids else f"{{result={names[key]}:$.id}}"
        return {name: filled(item, ids, names) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, ids, names) for item in value]
    return value


# Switching, ending, removing --------------------------------------------------------------------------------------------


def _changes(steps: Sequence[Step], action: Action) -> list[Call]:
    """Return the calls of the first stage that has open steps; later stages wait for it."""
    own = [step for step in steps if step.action is action]
    for levels in _STAGES[action]:
        stage = [step for step in own if step.level in levels]
        if stage:
            return [_change(part, action) for part in _parts(_below_first(stage), _size_of(levels))]
    return []


def _size_of(levels: frozenset[Level]) -> int:
    """The campaign goes in a call of its own: it alone decides whether anything spends."""
    return 1 if Level.CAMPAIGN in levels else MAX_BATCH


def _below_first(steps: Sequence[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: step.level is not Level.AD)


def _change(steps: Sequence[Step], action: Action) -> Call:
    items = [_change_item(step, action) for step in steps]
    is_end = action is Action.END and steps[0].level is Level.CAMPAIGN
    request = {"kind": "end" if is_end else "batch", "items": items}
    return Call(tuple(step.key for step in steps), Deadline.MUTATE, request)


def _change_item(step: Step, action: Action) -> dict[str, Any]:
    item: dict[str, Any] = {
        "key": step.key,
        "level": step.level.value,
        "node": step.node,
        "path": step.external_id,
        "external_id": step.external_id,
        "name": "",
        "after": [],
    }
    if action is Action.REMOVE:
        # An image belongs to the account's library, where the same bytes are one image for all ads: it stays.
        is_image = step.level is Level.MEDIA and not step.external_id.isdigit()
        return item | {"method": "KEEP" if is_image else "DELETE", "fields": {}}
    return item | {"method": "POST", "fields": {"status": "ACTIVE" if action is Action.SWITCH_ON else "PAUSED"}}


def _parts(steps: Sequence[Step], size: int) -> Iterator[Sequence[Step]]:
    for start in range(0, len(steps), size):
        yield steps[start : start + size]
