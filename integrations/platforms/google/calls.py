"""Puts steps into calls: a whole campaign is one atomic mutate, its objects knowing each other by temporary ids.

Films go first, each by itself, because Google must process them before an ad can name them. Pictures travel inside the
mutate, unless they make it too large: then they go first, in mutates of their own. Operations stand grouped by type,
parents before children: each change of type costs Google a call of its own ("Mutating resources", best practices). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any

from integrations.contracts import Account, Action, Call, Deadline, Level, Step

#: Bytes of files in base64 that one request may carry.
INLINE_BYTES = 8 * 1024 * 1024
ORDER = (
    "assetOperation",
    "campaignBudgetOperation",
    "campaignOperation",
    "campaignCriterionOperation",
    "adGroupOperation",
    "adGroupCriterionOperation",
    "adGroupAdOperation",
)
#: Level → operation that makes its object, and the collection of its resource names.
OPERATIONS = {
    Level.MEDIA: ("assetOperation", "assets"),
    Level.CAMPAIGN: ("campaignOperation", "campaigns"),
    Level.AD_SET: ("adGroupOperation", "adGroups"),
    Level.AD: ("adGroupAdOperation", "adGroupAds"),
}
#: Which levels are changed together, and in what order: on from below, so that the campaign is the last to go on; off and
#: away from above, so that spending stops with the first call.
_BELOW, _CAMPAIGN = frozenset({Level.AD, Level.AD_SET}), frozenset({Level.CAMPAIGN})
_STAGES: dict[Action, tuple[frozenset[Level], ...]] = {
    Action.SWITCH_ON: (_BELOW, _CAMPAIGN),
    Action.SWITCH_OFF: (_CAMPAIGN, _BELOW),
    Action.END: (_CAMPAIGN, _BELOW),
    Action.REMOVE: (_CAMPAIGN, _BELOW, frozenset({Level.MEDIA})),
}
_STATUS = {Action.SWITCH_ON: "ENABLED", Action.SWITCH_OFF: "PAUSED", Action.END: "PAUSED"}


def calls(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> list[Call]:
    """Return the calls that can be made now, side by side."""
    creations = [step for step in steps if step.action is Action.CREATE]
    if creations:
        return list(_creations(creations, ids, account))
    return list(chain.from_iterable(_changes(steps, action, account) for action in _STAGES))


# Creating -----------------------------------------------------------------------------------------------------------


def _creations(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> Iterator[Call]:
    films = [step for step in steps if "film" in step.payload]
    pictures = [step for step in steps if "size" in step.payload]
    if films:
        yield from (_upload(step) for step in films)
    elif sum(_base64_size(step) for step in pictures) > INLINE_BYTES:
        yield from (_mutate(part, ids, account) for part in _parts(pictures))
    else:
        yield _mutate(steps, ids, account)


def _upload(step: Step) -> Call:
    film = step.payload["film"]
    request = {"kind": "film", "key": step.key, "node": step.node, **film}
    return Call((step.key,), Deadline.UPLOAD, request, upload_bytes=film["size"])


def _parts(pictures: Sequence[Step]) -> Iterator[list[Step]]:
    """Share pictures out so that each request stays small; one that is too large alone goes alone."""
    part: list[Step] = []
    for step in pictures:
        if part and sum(map(_base64_size, part)) + _base64_size(step) > INLINE_BYTES:
            yield part
            part = []
        part.append(step)
    yield part


def _base64_size(step: Step) -> int:
    return -(-int(step.payload["size"]) // 3) * 4


def _mutate(steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> Call:
    entries = [
        {"key": step.key, "level": step.level.value, **entry} for step in steps for entry in step.payload["operations"]
    ]
    entries.sort(key=lambda entry: ORDER.index(entry["operation"]))  # stable: the draft's order within a type
    names = _resource_names(entries, ids, account)
    films = {key: ids[key] for key in chain.from_iterable(_films_in(entry["create"]) for entry in entries)}
    operations = [entry | {"create": filled(entry["create"], names)} for entry in entries]
    size = sum(_base64_size(step) for step in steps if "size" in step.payload)
    request = {"kind": "mutate", "operations": operations, "films": films}
    return Call(tuple(step.key for step in steps), Deadline.MUTATE, request, upload_bytes=size)


def _resource_names(
    entries: Sequence[Mapping[str, Any]], ids: Mapping[str, str], account: Account
) -> dict[tuple[str, str], str]:
    """Return the resource name of everything the operations name: the real one, or a temporary one of its own number.

    Temporary numbers are negative and unique over all types ("Temporary resource names").
    """
    numbers, found = count(1), {}
    for reference in chain.from_iterable(_references_in(entry["create"]) for entry in entries):
        if reference not in found:
            key, collection = reference
            number = ids[key] if key in ids else -next(numbers)
            found[reference] = f"customers/{account.external_id}/{collection}/{number}"
    return found


def _references_in(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        if set(value) == {"$id", "of"}:
            yield value["$id"], value["of"]
        else:
            yield from chain.from_iterable(map(_references_in, value.values()))
    elif isinstance(value, list | tuple):
        yield from chain.from_iterable(map(_references_in, value))


def _films_in(value: Mapping[str, Any]) -> Iterator[str]:
    film = value.get("youtubeVideoAsset")
    if isinstance(film, Mapping):
        yield str(film["youtubeVideoId"]["$film"])


def filled(value: Any, names: Mapping[tuple[str, str], str]) -> Any:
    """Put resource names in the place of references."""
    if isinstance(value, Mapping):
        if set(value) == {"$id", "of"}:
            return names[value["$id"], value["of"]]
        return {name: filled(item, names) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, names) for item in value]
    return value


# Switching, ending, removing ----------------------------------------------------------------------------------------


def _changes(steps: Sequence[Step], action: Action, account: Account) -> list[Call]:
    """Return the call of the first stage that has open steps; later stages wait for it."""
    own = [step for step in steps if step.action is action]
    for levels in _STAGES[action]:
        stage = [step for step in own if step.level in levels]
        if stage:
            return [_change(stage, action, account)]
    return []


def _change(steps: Sequence[Step], action: Action, account: Account) -> Call:
    below_first = sorted(steps, key=lambda step: step.level is not Level.AD)
    operations = [_change_entry(step, action, account) for step in below_first]
    kind = "end" if action is Action.END and steps[0].level is Level.CAMPAIGN else "change"
    return Call(tuple(step.key for step in steps), Deadline.MUTATE, {"kind": kind, "operations": operations})


def _change_entry(step: Step, action: Action, account: Account) -> dict[str, Any]:
    operation, collection = OPERATIONS[step.level]
    name = f"customers/{account.external_id}/{collection}/{step.external_id}"
    entry = {"key": step.key, "level": step.level.value, "node": step.node, "operation": operation}
    entry |= {"external_id": step.external_id}
    if action is Action.REMOVE:
        # Assets cannot be removed, and may serve other campaigns: they stay in the account's library.
        return entry | ({"keep": True} if step.level is Level.MEDIA else {"remove": name})
    return entry | {"updateMask": "status", "update": {"resourceName": name, "status": _STATUS[action]}}
