"""Puts steps into calls: as few round trips as TikTok allows, each deciding only steps whose needs are known.

TikTok makes campaigns and ad groups one by one and up to 20 ads of an ad group at once. So: every file by itself, at once;
the look-ups of covers and music; the campaign; its ad groups side by side; their ads side by side. Nothing of the campaign
is made before all its files are there. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from integrations.contracts import Account, Action, Call, Deadline, Level, Step
from integrations.platforms.tiktok.capabilities import MOST_ADS_PER_CALL, MOST_IDS_PER_SWITCH

#: Which levels are switched together, and in what order: on from below, so that the campaign is the last to go on;
#: off and away from above, so that spending stops with the first call.
_STAGES: dict[Action, tuple[frozenset[Level], ...]] = {
    Action.SWITCH_ON: (frozenset({Level.AD, Level.AD_SET}), frozenset({Level.CAMPAIGN})),
    Action.SWITCH_OFF: (frozenset({Level.CAMPAIGN}), frozenset({Level.AD, Level.AD_SET})),
    Action.END: (frozenset({Level.CAMPAIGN}), frozenset({Level.AD, Level.AD_SET})),
    Action.REMOVE: (
        frozenset({Level.CAMPAIGN}),
        frozenset({Level.AD, Level.AD_SET}),
        frozenset({Level.CREATIVE, Level.MEDIA}),
    ),
}
_STATUSES = {Action.SWITCH_ON: "ENABLE", Action.SWITCH_OFF: "DISABLE", Action.END: "DISABLE", Action.REMOVE: "DELETE"}
_ENDPOINTS = {
    Level.CAMPAIGN: ("campaign/status/update/", "campaign_ids"),
    Level.AD_SET: ("adgroup/status/update/", "adgroup_ids"),
    Level.AD: ("ad/status/update/", "ad_ids"),
}


def calls(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> list[Call]:
    """Return the calls that can be made now, side by side."""
    creations = [step for step in steps if step.action is Action.CREATE]
    if creations:
        return list(_creations(creations, ids, account))
    return list(chain.from_iterable(_changes(steps, action, account) for action in _STAGES))


# Creating ---------------------------------------------------------------------------------------------------------------


def _creations(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> Iterator[Call]:
    files = [step for step in steps if step.level is Level.MEDIA]
    if files:
        yield from (_media(step, ids, account) for step in files if _is_ready(step, ids))
        return
    ready = [step for step in steps if _is_ready(step, ids)]
    yield from (_single(step, ids, account) for step in ready if step.level is not Level.AD)
    groups: dict[str, list[Step]] = {}
    for step in ready:
        if step.level is Level.AD:
            groups.setdefault(ids[step.needs[0]], []).append(step)
    for ad_set, ads in groups.items():
        yield from (_ads(part, ad_set, ids, account) for part in _parts(ads, MOST_ADS_PER_CALL))


def _is_ready(step: Step, ids: Mapping[str, str]) -> bool:
    first = step.payload.get("after") or step.key
    return all(need in ids for need in step.needs) and (first == step.key or first in ids)


def _media(step: Step, ids: Mapping[str, str], account: Account) -> Call:
    payload = filled(dict(step.payload), ids)
    request = {**payload, "advertiser": account.external_id, "key": step.key, "name": step.name, "node": step.node}
    if payload["kind"] in ("image", "video"):
        return Call((step.key,), Deadline.UPLOAD, request, upload_bytes=payload["size"])
    return Call((step.key,), Deadline.MUTATE, request)


def _single(step: Step, ids: Mapping[str, str], account: Account) -> Call:
    payload = filled(dict(step.payload), ids)
    fields = {"advertiser_id": account.external_id, **payload["fields"]}
    return Call((step.key,), Deadline.MUTATE, {**payload, "fields": fields, "node": step.node})


def _ads(steps: Sequence[Step], ad_set: str, ids: Mapping[str, str], account: Account) -> Call:
    creatives = [filled(step.payload["fields"], ids) for step in steps]
    request = {
        "kind": "ads",
        "fields": {"advertiser_id": account.external_id, "adgroup_id": ad_set, "creatives": creatives},
        "names": {step.key: step.name for step in steps},
        "nodes": [step.node for step in steps],
    }
    return Call(tuple(step.key for step in steps), Deadline.MUTATE, request)


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    """Put ids in the place of `{"$id": key}`."""
    if isinstance(value, Mapping):
        if set(value) == {"$id"}:
            return ids[value["$id"]]
        return {name: filled(item, ids) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, ids) for item in value]
    return value


# Switching, ending, removing --------------------------------------------------------------------------------------------


def _changes(steps: Sequence[Step], action: Action, account: Account) -> Iterator[Call]:
    """Yield the calls of the first stage that has open steps; later stages wait for it."""
    own = [step for step in steps if step.action is action]
    for levels in _STAGES[action]:
        stage = [step for step in own if step.level in levels]
        if stage:
            for level in (Level.AD, Level.AD_SET, Level.CAMPAIGN, Level.CREATIVE, Level.MEDIA):
                alike = [step for step in stage if step.level is level]
                yield from (_change(part, action, account) for part in _parts(alike, _size_of(level)))
            return


def _size_of(level: Level) -> int:
    """The campaign goes in a call of its own: it alone decides whether anything spends."""
    return 1 if level is Level.CAMPAIGN else MOST_IDS_PER_SWITCH


def _change(steps: Sequence[Step], action: Action, account: Account) -> Call:
    keys, level = tuple(step.key for step in steps), steps[0].level
    ids = {step.key: step.external_id for step in steps}
    if level not in _ENDPOINTS:
        # Pictures and films belong to the account's library, where other ads may show them: they stay.
        return Call(keys, Deadline.MUTATE, {"kind": "keep", "ids": ids})
    path, field = _ENDPOINTS[level]
    body = {
        "advertiser_id": account.external_id,
        field: list(dict.fromkeys(ids.values())),
        "operation_status": _STATUSES[action],
    }
    is_end = action is Action.END and level is Level.CAMPAIGN
    request = {
        "kind": "end" if is_end else "switch",
        "path": path,
        "field": field,
        "body": body,
        "ids": ids,
        "level": level.value,
        "node": steps[0].node,
    }
    return Call(keys, Deadline.MUTATE, request)


def _parts(steps: Sequence[Step], size: int) -> Iterator[Sequence[Step]]:
    for start in range(0, len(steps), size):
        yield steps[start : start + size]
