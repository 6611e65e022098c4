"""Has Meta check what an order would create, creating nothing.

The campaign is sent as it will be, with `validate_only` (Marketing API, campaign reference). An ad set can only be
validated under a campaign that exists, so its targeting is shown to Meta in asking for an estimate (ad account reference,
"delivery_estimate"), which reads. A creative is sent with `validate_only` and without its files, which are not uploaded
yet: an image ad without its picture is complete, because Meta takes the page's own; of carousels and videos there is what
they have in common with such an ad. Ads need an ad set that exists, and are not asked about.

A check must never refuse what a publication gets accepted. Where Meta is shown less than it will be, its refusal is an
answer only if it names something that was shown as it will be.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.contracts import Account, Deadline, Level, Order, Step
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.meta import planning, refusals
from integrations.platforms.meta.client import MAX_BATCH, Graph, Item, Reply, as_read
from integrations.platforms.meta.refusals import Blame

_VALIDATE = {"execution_options": ["validate_only"]}
_ANSWERS = frozenset({ErrorKind.INVALID, ErrorKind.PERMISSION, ErrorKind.GONE})


@dataclass
class _Question:
    """A request that creates nothing, whether a refusal of it is one of a step's, and the steps it is asked for."""

    item: Item
    counts: Callable[[PlatformError, Step], bool]
    steps: list[Step] = field(default_factory=list)


def preflight(graph: Graph, order: Order) -> dict[str, PlatformError]:
    """Return what Meta would refuse, by step.

    Raises PlatformError of kind invalid for what Meta cannot be told, of kind auth, and where it could not answer
    everything and refused nothing of the rest.
    """
    found: dict[str, PlatformError] = {}
    for part in _batches(_questions(order)):
        try:
            found |= _ask(graph, part)
        except PlatformError as error:
            if error.kind is ErrorKind.AUTH or not found:
                raise
            break  # what Meta has refused so far is worth more than its silence about the rest
    return found


def _questions(order: Order) -> list[_Question]:
    """Return each distinct question once; first what everything else hangs on, in case the time runs out."""
    steps = planning.plan(order)
    found: dict[str, _Question] = {}
    for level, question_of in _QUESTIONS.items():
        for step in (step for step in steps if step.level is level):
            question = question_of(order.account, step)
            found.setdefault(_content(question.item), question).steps.append(step)
    return list(found.values())


def _content(item: Item) -> str:
    """Return what makes two questions the same: all but the name, which is another for each object."""
    fields = {name: value for name, value in item.fields.items() if name != "name"}
    return json.dumps([item.path, fields], sort_keys=True)


def _batches(questions: Sequence[_Question]) -> Iterator[Sequence[_Question]]:
    for start in range(0, len(questions), MAX_BATCH):
        yield questions[start : start + MAX_BATCH]


def _ask(graph: Graph, questions: Sequence[_Question]) -> dict[str, PlatformError]:
    """Return what Meta refuses of one batch; raises as preflight() does."""
    try:
        batch = graph.batch([question.item for question in questions], Deadline.READ)
    except PlatformError as error:
        raise as_read(error) from error
    found: dict[str, PlatformError] = {}
    unclear: list[PlatformError] = []
    for question, reply in zip(questions, batch.replies, strict=True):
        if reply is not None and reply.is_ok:
            continue
        for step in question.steps:
            said = _said(reply, batch.headers, step)
            if said.kind not in _ANSWERS:
                unclear.append(said)
            elif question.counts(said, step):
                found[step.key] = said
    for said in unclear:
        if said.kind is ErrorKind.AUTH or not found:
            raise said
    return found


def _said(reply: Reply | None, headers: Mapping[str, str], step: Step) -> PlatformError:
    """Return an item's error as that of a step: whatever it was, nothing can have been created."""
    if reply is None:  # Meta ran out of time for this item, and has refused nothing
        return refusals.unreadable(200, None, is_write=False)
    blame = Blame(step.level, step.node)
    return refusals.translate(reply.status, reply.body, reply.headers or headers, is_write=False, blame=blame)


# What is asked of each level -----------------------------------------------------------------------------------------


def _campaign(account: Account, step: Step) -> _Question:
    item = Item("POST", f"{account.external_id}/campaigns", step.payload["fields"] | _VALIDATE)
    return _Question(item, lambda error, step: True)


def _targeting(account: Account, step: Step) -> _Question:
    fields = step.payload["fields"]
    shown = {
        "optimization_goal": fields["optimization_goal"],
        "targeting_spec": fields["targeting"],
        "promoted_object": fields.get("promoted_object"),
    }
    # Meta estimates less than it sells: that it has no estimate for a goal says nothing about the ad set.
    return _Question(
        Item("GET", f"{account.external_id}/delivery_estimate", shown),
        lambda error, step: error.code == refusals.INVALID_TARGETING,
    )


def _creative(account: Account, step: Step) -> _Question:
    fields = step.payload["fields"]
    spec = fields["object_story_spec"]
    shown = {name: spec[name] for name in ("page_id", "instagram_user_id") if name in spec}
    shown["link_data"] = _of_image(spec["link_data"]) if "link_data" in spec else _of_video(spec["video_data"])
    item = Item("POST", f"{account.external_id}/adcreatives", fields | {"object_story_spec": shown} | _VALIDATE)
    return _Question(item, _is_of_what_was_shown)


def _of_image(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an image ad without its picture; a carousel is left with what its cards have in common."""
    return {name: data[name] for name in ("link", "message", "name", "description", "call_to_action") if name in data}


def _of_video(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return link and text of a video ad. Titles and buttons are left out: a video's follow rules of their own."""
    return {"link": data["call_to_action"]["value"]["link"]} | (
        {"message": data["message"]} if "message" in data else {}
    )


def _is_of_what_was_shown(error: PlatformError, step: Step) -> bool:
    """Say whether Meta names what it was shown: not the files, and not the creative as a whole, which lacks them."""
    return error.kind is not ErrorKind.INVALID or error.path not in ("", step.node, f"{step.node}.media")


_QUESTIONS: dict[Level, Callable[[Account, Step], _Question]] = {
    Level.CAMPAIGN: _campaign,
    Level.AD_SET: _targeting,
    Level.CREATIVE: _creative,
}
