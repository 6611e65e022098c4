"""Puts steps into calls: as few round trips as Snapchat allows, each deciding only steps whose needs are known.

Creating: files first, two at a time, because Snapchat refuses more uploads at once; then the campaign, and beside it the
creatives; then its ad squads; then the ads of each ad squad. Objects of one parent travel together. Nothing of the
campaign is made before all its files are there. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from integrations.contracts import Account, Action, Call, Deadline, Level, Step
from integrations.platforms.snapchat.payloads import filled

#: Snapchat names no most for one request; clients send up to twenty objects.
AT_ONCE = 20
UPLOADS_AT_ONCE = 2
_NODE = re.compile(r"ad_sets\[(\w+)\](?:\.ads\[(\w+)\])?")

#: Which levels are changed together, and in what order: on from below, so that the campaign is the last to go on; off and
#: away from above, so that spending stops with the first call.
_STAGES: dict[Action, tuple[frozenset[Level], ...]] = {
    Action.SWITCH_ON: (frozenset({Level.AD, Level.AD_SET}), frozenset({Level.CAMPAIGN})),
    Action.SWITCH_OFF: (frozenset({Level.CAMPAIGN}), frozenset({Level.AD, Level.AD_SET})),
    Action.END: (frozenset({Level.CAMPAIGN}), frozenset({Level.AD, Level.AD_SET})),
    Action.REMOVE: (
        frozenset({Level.CAMPAIGN}),
        frozenset({Level.AD_SET}),
        frozenset({Level.AD, Level.CREATIVE, Level.MEDIA}),
    ),
}


def calls(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> list[Call]:
    """Return the calls that can be made now, side by side."""
    creations = [step for step in steps if step.action is Action.CREATE]
    if creations:
        return _creations(creations, ids, account)
    return list(chain.from_iterable(_changes(steps, action, ids, account) for action in _STAGES))


# Creating ---------------------------------------------------------------------------------------------------------------


def _creations(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> list[Call]:
    media = [step for step in steps if step.level is Level.MEDIA]
    if media:
        return [_upload(step, account) for step in media[:UPLOADS_AT_ONCE]]
    ready = [step for step in steps if all(need in ids for need in step.needs)]
    return [
        _create(part, ids, account)
        for level in (Level.CAMPAIGN, Level.CREATIVE, Level.AD_SET, Level.AD)
        for group in _by_parent([step for step in ready if step.level is level], ids, account)
        for part in _parts(group, AT_ONCE)
    ]


def _upload(step: Step, account: Account) -> Call:
    request = {
        "kind": "upload",
        "account": account.external_id,
        "name": step.name,
        "node": step.node,
        **{name: step.payload[name] for name in ("type", "sha256", "content_type", "filename", "size")},
    }
    return Call((step.key,), Deadline.UPLOAD, request, upload_bytes=step.payload["size"])


def _create(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> Call:
    request = {
        "kind": "create",
        "level": steps[0].level.value,
        "parent": _parent(steps[0], ids, account),
        "items": [
            {"key": step.key, "node": step.node, "fields": filled(step.payload["fields"], ids)} for step in steps
        ],
        "media": _media_of(steps, ids),
    }
    return Call(tuple(step.key for step in steps), Deadline.MUTATE, request)


def _media_of(steps: Sequence[Step], ids: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the files that creatives show, each once: Snapchat must have processed them before."""
    shown = {ids[step.payload["media"]]: step.node for step in steps if step.level is Level.CREATIVE}
    return [{"id": external_id, "node": node} for external_id, node in shown.items()]


def _by_parent(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> Iterable[list[Step]]:
    groups: dict[str, list[Step]] = {}
    for step in steps:
        groups.setdefault(_parent(step, ids, account), []).append(step)
    return groups.values()


def _parent(step: Step, ids: Mapping[str, str], account: Account) -> str:
    """Return the id of what the step's object hangs on: the account, the campaign, or the ad squad its path names.

    Steps that switch say nothing of their parents, but keys are made of node keys, and a path names its nodes.
    """
    found = _NODE.match(step.node)
    if step.level not in (Level.AD_SET, Level.AD) or found is None:
        return account.external_id
    ad_set, ad = found.groups()
    prefix = step.key.removesuffix(ad if step.level is Level.AD else ad_set)
    return ids[f"{prefix}{ad_set}" if step.level is Level.AD else f"{prefix}c"]


# Switching, ending, removing --------------------------------------------------------------------------------------------


def _changes(steps: Sequence[Step], action: Action, ids: Mapping[str, str], account: Account) -> list[Call]:
    """Return the calls of the first stage that has open steps; later stages wait for it."""
    own = [step for step in steps if step.action is action]
    for levels in _STAGES[action]:
        stage = [step for step in own if step.level in levels]
        if stage:
            return list(_stage_calls(stage, action, ids, account))
    return []


def _stage_calls(steps: Sequence[Step], action: Action, ids: Mapping[str, str], account: Account) -> Iterator[Call]:
    if action is Action.REMOVE:
        yield from (_removal(step) for step in steps)
        return
    for level in (Level.AD, Level.AD_SET, Level.CAMPAIGN):
        for group in _by_parent([step for step in steps if step.level is level], ids, account):
            # The campaign goes in a call of its own: it alone decides whether anything spends.
            for part in _parts(group, 1 if level is Level.CAMPAIGN else AT_ONCE):
                yield _switch(part, action, ids, account)


def _switch(steps: Sequence[Step], action: Action, ids: Mapping[str, str], account: Account) -> Call:
    is_end = action is Action.END and steps[0].level is Level.CAMPAIGN
    request = {
        "kind": "end" if is_end else "switch",
        "level": steps[0].level.value,
        "parent": _parent(steps[0], ids, account),
        "status": "ACTIVE" if action is Action.SWITCH_ON else "PAUSED",
        "items": [{"key": step.key, "node": step.node, "external_id": step.external_id} for step in steps],
    }
    return Call(tuple(step.key for step in steps), Deadline.MUTATE, request)


def _removal(step: Step) -> Call:
    # Creatives and files cannot be deleted through the API: they stay in the account's library, shown by nothing.
    is_kept = step.level in (Level.CREATIVE, Level.MEDIA)
    request: dict[str, Any] = {
        "kind": "keep" if is_kept else "remove",
        "level": step.level.value,
        "external_id": step.external_id,
    }
    return Call((step.key,), Deadline.CREATE, request)


def _parts(steps: Sequence[Step], size: int) -> Iterator[Sequence[Step]]:
    for start in range(0, len(steps), size):
        yield steps[start : start + size]
