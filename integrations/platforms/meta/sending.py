"""Makes a call and says what became of each of its steps. Never raises PlatformError: outcomes carry it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from integrations.contracts import Call, Deadline, Level, OpenMedia, Outcome
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.meta import refusals, uploading, usage
from integrations.platforms.meta.client import MAX_BATCH, Graph, Item, Reply, rows
from integrations.platforms.meta.refusals import Blame

log = logging.getLogger(__name__)
PROCESSING_SECONDS = 5.0
#: How far ahead an ended ad set's end is put: Meta refuses one that has passed when it reads it.
END_SECONDS = 120


def send(graph: Graph, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Make the call; return an outcome for each of its keys."""
    makers: dict[str, Callable[[Graph, Call, OpenMedia], dict[str, Outcome]]] = {
        "image": uploading.send_image,
        "video": uploading.send_video,
        "film": _send_film,
        "batch": _send_batch,
        "end": _send_end,
    }
    try:
        return makers[call.request["kind"]](graph, call, open_media)
    except PlatformError as error:
        return {key: Outcome(error=error) for key in call.keys}


def _send_film(graph: Graph, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Make creatives that show a video, once Meta has processed it. Two requests, together within the call's deadline."""
    still = _still(graph, call.request["video"], call.request["items"][0]["node"])
    items = [item | {"fields": _with_still(item["fields"], still)} for item in call.request["items"]]
    return _run(graph, items, Deadline.CREATE)


def _still(graph: Graph, video: str, node: str) -> str:
    """Return the address of the video's still picture; PlatformError while the video cannot be used."""
    queries = [(video, {"fields": "status"}), (f"{video}/thumbnails", {"fields": "uri,is_preferred"})]
    status, thumbnails = (_readable(answer) for answer in graph.read_all(queries))
    state = status.get("status")
    word = state.get("video_status") if isinstance(state, Mapping) else None
    if word == "error":
        message = "Meta could not process this video. Convert it to MP4 (H.264, AAC) and upload it again."
        raise PlatformError(ErrorKind.INVALID, "MEDIA_REFUSED", message, f"{node}.media")
    listed = sorted(rows(thumbnails), key=lambda row: not row.get("is_preferred"))
    if word != "ready" or not listed or not listed[0].get("uri"):
        message = "Meta is still processing the video. The ad is made as soon as that is done."
        raise PlatformError(ErrorKind.TRANSIENT, "MEDIA_PROCESSING", message, retry_after=PROCESSING_SECONDS)
    return str(listed[0]["uri"])


def _readable(answer: dict[str, Any] | PlatformError) -> dict[str, Any]:
    if isinstance(answer, PlatformError):
        raise answer
    return answer


def _with_still(value: Any, still: str) -> Any:
    if isinstance(value, Mapping):
        return still if set(value) == {"$still"} else {name: _with_still(item, still) for name, item in value.items()}
    return value


def _send_batch(graph: Graph, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    items = call.request["items"]
    kept = {item["key"]: Outcome(item["external_id"]) for item in items if item["method"] == "KEEP"}
    sent = [item for item in items if item["method"] != "KEEP"]
    return kept | (_run(graph, sent, call.deadline) if sent else {})


def _send_end(graph: Graph, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Pause a campaign for good: its ad sets also get an end, so that switching it on again elsewhere runs nothing.

    The pause is what stops spending and alone decides. Meta refuses ends that come too early after the start or too late
    in a lifetime; then the pause stands by itself.
    """
    outcomes = _run(graph, call.request["items"], Deadline.CREATE)
    if all(outcome.is_done for outcome in outcomes.values()):
        campaign = call.request["items"][0]["external_id"]
        try:
            _end_ad_sets(graph, campaign)
        except PlatformError as error:
            log.info("Campaign %s is paused; its ad sets keep their end: %s", campaign, error)
    return outcomes


def _end_ad_sets(graph: Graph, campaign: str) -> None:
    ad_sets = rows(graph.get(f"{campaign}/adsets", {"fields": "id", "limit": MAX_BATCH}))
    soon = str(int(time.time()) + END_SECONDS)
    items = [Item("POST", str(row["id"]), {"end_time": soon}) for row in ad_sets[:MAX_BATCH]]
    if items:
        graph.batch(items, Deadline.READ)


def _run(graph: Graph, items: Sequence[Mapping[str, Any]], deadline: Deadline) -> dict[str, Outcome]:
    requests = [Item(item["method"], item["path"], _not_in_the_past(item["fields"]), item["name"]) for item in items]
    batch = graph.batch(requests, deadline)
    used = usage.percent(batch.headers)
    outcomes: dict[str, Outcome] = {}
    for item, reply in zip(items, batch.replies, strict=True):
        blockers = [error for key in item["after"] if (error := outcomes[key].error)]
        outcomes[item["key"]] = _outcome(item, reply, blockers, batch.headers, used)
    return outcomes


def _not_in_the_past(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out a start that passed since it was planned, as a late retry has one: without a start Meta begins now."""
    start = fields.get("start_time")
    if start is None or datetime.fromisoformat(start) > timezone.now():
        return fields
    return {name: value for name, value in fields.items() if name != "start_time"}


def _outcome(
    item: Mapping[str, Any],
    reply: Reply | None,
    blockers: Sequence[PlatformError],
    headers: Mapping[str, str],
    used: float | None,
) -> Outcome:
    if reply is not None and reply.is_ok:
        return _success(item, reply, used)
    # What refers to the answer of a refused item cannot have been made; silence after an unclear one says nothing.
    if blockers and (reply is not None or any(error.kind is not ErrorKind.AMBIGUOUS for error in blockers)):
        return Outcome(error=_not_run(), usage=used)
    if reply is None:
        return Outcome(error=refusals.unreadable(200, None, is_write=True), usage=used)
    blame = Blame(Level(item["level"]), item["node"])
    said_at = reply.headers or headers
    error = refusals.translate(reply.status, reply.body, said_at, is_write=True, blame=blame)
    if error.kind is ErrorKind.GONE and item["method"] == "DELETE":
        return Outcome(item["external_id"], usage=used)  # what is gone is removed
    return Outcome(error=error, usage=used)


def _success(item: Mapping[str, Any], reply: Reply, used: float | None) -> Outcome:
    if item.get("external_id"):
        done = reply.body.get("success") is True
        external_id = item["external_id"] if done else ""
    else:
        external_id = str(reply.body.get("id") or "")
    if not external_id:
        return Outcome(error=refusals.unreadable(reply.status, reply.body, is_write=True), usage=used)
    return Outcome(external_id, usage=used)


def _not_run() -> PlatformError:
    message = "This was not carried out, because something before it in the same call failed."
    return PlatformError(ErrorKind.TRANSIENT, "NOT_CARRIED_OUT", message)
