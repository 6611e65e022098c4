"""Uploads files to the ad account's library (Marketing API v26.0, ad image and ad video references).

An image goes in one request. A long video goes in pieces whose bounds Meta names: a piece that got lost is sent again, and
until the last word is said there is no video at all, so a broken upload leaves nothing behind.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import IO, Any

from integrations.contracts import Call, Deadline, Level, OpenMedia, Outcome
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Upload, deadline_seconds
from integrations.platforms.meta import refusals, usage
from integrations.platforms.meta.client import Graph
from integrations.platforms.meta.refusals import Blame

WHOLE_UP_TO = 10 * 1024 * 1024
TRIES_PER_PIECE = 3
_LOST = (ErrorKind.TRANSIENT, ErrorKind.AMBIGUOUS)
_WRONG_OFFSET = "1363037"


def send_image(graph: Graph, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Upload an image. The same bytes have the same hash, however often they are sent."""
    request = call.request
    upload = Upload("filename", request["name"], request["content_type"], lambda: open_media(request["sha256"]))
    body, headers = _post(graph, call, {}, upload, call.upload_bytes, "api_url")
    images = body.get("images")
    # The name under which the answer lists the image varies; there is only one.
    first = next(iter(images.values()), None) if isinstance(images, Mapping) else None
    return _uploaded(call, first.get("hash") if isinstance(first, Mapping) else None, body, headers)


def send_video(graph: Graph, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Upload a video under its marked title, in pieces if it is long."""
    if call.upload_bytes > WHOLE_UP_TO:
        return _send_in_pieces(graph, call, open_media)
    request = call.request
    upload = Upload("source", "video", request["content_type"], lambda: open_media(request["sha256"]))
    body, headers = _post(graph, call, {"title": request["name"]}, upload, call.upload_bytes, "video_url")
    return _uploaded(call, body.get("id"), body, headers)


def _send_in_pieces(graph: Graph, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    # The pieces share the time of the whole: a call never lasts beyond the deadline it was announced with.
    bounded = graph.within(deadline_seconds(Deadline.UPLOAD, call.upload_bytes))
    try:
        begun, _ = _post(bounded, call, {"upload_phase": "start", "file_size": call.upload_bytes}, None, 0, "video_url")
        session = {"upload_session_id": str(begun["upload_session_id"])}
        with open_media(call.request["sha256"]) as file:
            _transfer(bounded, call, session, begun, file)
    except (PlatformError, KeyError, ValueError) as error:
        raise _nothing_made(error) from error
    last = {"upload_phase": "finish", **session, "title": call.request["name"]}
    body, headers = _post(bounded, call, last, None, 0, "video_url")
    return _uploaded(call, begun.get("video_id") if body.get("success") is True else None, body, headers)


def _transfer(graph: Graph, call: Call, session: Mapping[str, str], begun: Mapping[str, Any], file: IO[bytes]) -> None:
    """Send the pieces Meta asks for, until it asks for none."""
    start, end = int(begun["start_offset"]), int(begun["end_offset"])
    standstills = 0
    while start < end:
        file.seek(start)
        piece = file.read(end - start)
        span = {**session, "start_offset": str(start), "end_offset": str(end)}
        asked: Mapping[str, Any] = span
        try:
            asked = _send_piece(graph, call, span, piece)
        except PlatformError as error:
            if error.kind not in _LOST or standstills + 1 >= TRIES_PER_PIECE:
                raise
        standstills = 0 if int(asked["start_offset"]) > start else standstills + 1
        if standstills >= TRIES_PER_PIECE:
            raise refusals.unreadable(200, dict(asked), is_write=True)
        start, end = int(asked["start_offset"]), int(asked["end_offset"])


def _send_piece(graph: Graph, call: Call, span: Mapping[str, str], piece: bytes) -> Mapping[str, Any]:
    """Send one piece and return where Meta wants to go on."""
    upload = Upload("video_file_chunk", "piece", call.request["content_type"], partial(io.BytesIO, piece))
    try:
        answer, _ = _post(graph, call, {"upload_phase": "transfer", **span}, upload, len(piece), "video_url")
    except PlatformError as error:
        asked = _offsets_meant(error)
        if asked is None:
            raise
        return asked
    return answer


def _offsets_meant(error: PlatformError) -> Mapping[str, Any] | None:
    """Return where Meta wants to go on, if the error says so: then a piece had arrived whose answer was lost."""
    told = error.raw.get("error", {}) if isinstance(error.raw, Mapping) else {}
    data = told.get("error_data")
    if str(told.get("error_subcode")) == _WRONG_OFFSET and isinstance(data, Mapping) and "start_offset" in data:
        return data
    return None


def _nothing_made(error: Exception) -> PlatformError:
    """Turn what broke an unfinished upload into an error that is certain: there is no video yet."""
    if isinstance(error, PlatformError) and error.kind is not ErrorKind.AMBIGUOUS:
        return error
    message = "The upload of the video broke off. It is sent again."
    if isinstance(error, PlatformError):
        return replace(error, kind=ErrorKind.TRANSIENT, message=message)
    return PlatformError(ErrorKind.TRANSIENT, "PLATFORM_ERROR", message)


def _post(
    graph: Graph, call: Call, fields: Mapping[str, Any], upload: Upload | None, upload_bytes: int, host: str
) -> tuple[dict[str, Any], Mapping[str, str]]:
    return graph.post(
        call.request["path"],
        fields,
        deadline=Deadline.UPLOAD,
        host=host,
        uploads=(upload,) if upload else (),
        upload_bytes=upload_bytes,
        blame=Blame(Level.MEDIA, call.request["node"]),
    )


def _uploaded(call: Call, external_id: Any, body: Any, headers: Mapping[str, str]) -> dict[str, Outcome]:
    if not external_id:
        raise refusals.unreadable(200, body, is_write=True)
    return {call.keys[0]: Outcome(str(external_id), usage=usage.percent(headers))}
