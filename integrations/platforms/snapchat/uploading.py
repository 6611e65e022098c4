"""Uploads files to the ad account's library (Ads API v1, "Media"): first an empty entry, then its bytes.

An entry without bytes shows nothing and costs nothing, so a broken upload is begun anew. Once the bytes may have arrived,
the entry itself tells whether they did. Long films go in pieces, of which a lost one is sent again.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import IO

from integrations.contracts import Call, Level, OpenMedia, Outcome
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Upload
from integrations.platforms.snapchat import refusals
from integrations.platforms.snapchat.client import KINDS, SMALLEST_PAGE, Ads, Row, named_address, url
from integrations.platforms.snapchat.refusals import Blame

#: The most one request may carry, and a piece of more than that.
PIECE = 32 * 1024 * 1024
TRIES_PER_PIECE = 3
_LOST = (ErrorKind.TRANSIENT, ErrorKind.AMBIGUOUS)
EMPTY = "PENDING_UPLOAD"


def send(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Upload a file under its marked name; the outcome's id is the entry's."""
    media_id = _entry(ads, call)
    try:
        if call.upload_bytes > PIECE:
            _send_in_pieces(ads, call, media_id, open_media)
        else:
            _send_whole(ads, call, media_id, open_media)
    except PlatformError as error:
        if error.kind is ErrorKind.AMBIGUOUS and _has_bytes(ads, media_id):
            return {call.keys[0]: Outcome(media_id)}
        raise _nothing_made(error, call) from error
    return {call.keys[0]: Outcome(media_id)}


def _entry(ads: Ads, call: Call) -> str:
    """Make the entry and return its id. One whose answer got lost stays behind, empty."""
    request = call.request
    row = {"name": request["name"], "type": request["type"], "ad_account_id": request["account"]}
    kind, blames = KINDS[Level.MEDIA], [Blame(Level.MEDIA, request["node"])]
    try:
        (result,) = ads.write("POST", f"adaccounts/{request['account']}/media", kind, [row], blames)
    except PlatformError as error:
        raise _nothing_made(error, call) from error
    if isinstance(result, PlatformError):
        raise _nothing_made(result, call)
    return str(result["id"])


def _send_whole(ads: Ads, call: Call, media_id: str, open_media: OpenMedia) -> None:
    request = call.request
    opened = partial(open_media, request["sha256"])
    file = Upload("file", request["filename"], request["content_type"], opened)
    ads.upload(url(f"media/{media_id}/upload"), {}, file, call.upload_bytes)


def _send_in_pieces(ads: Ads, call: Call, media_id: str, open_media: OpenMedia) -> None:
    size = call.upload_bytes
    count = -(-size // PIECE)
    about = {"file_name": call.request["filename"], "file_size": str(size), "number_of_parts": str(count)}
    begun = ads.upload(url(f"media/{media_id}/multipart-upload-v2?action=INIT"), about, None, 0)
    upload_id, add, finalize = (_named(begun, name) for name in ("upload_id", "add_path", "finalize_path"))
    with open_media(call.request["sha256"]) as file:
        for number in range(1, count + 1):
            _send_piece(ads, call, named_address(add), {"upload_id": upload_id, "part_number": str(number)}, file)
    ads.upload(named_address(finalize), {"upload_id": upload_id}, None, 0)


def _send_piece(ads: Ads, call: Call, address: str, about: dict[str, str], file: IO[bytes]) -> None:
    piece = file.read(PIECE)
    part = Upload("file", call.request["filename"], call.request["content_type"], partial(io.BytesIO, piece))
    for attempt in range(1, TRIES_PER_PIECE + 1):
        try:
            ads.upload(address, about, part, len(piece))
        except PlatformError as error:
            if error.kind not in _LOST or error.code == "OUT_OF_TIME" or attempt == TRIES_PER_PIECE:
                raise
        else:
            return


def _named(begun: Row, name: str) -> str:
    """Return what Snapchat named for the rest of the upload, wherever in its answer it stands."""
    result = begun.get("result")
    value = begun.get(name) or (result.get(name) if isinstance(result, dict) else None)
    if not value:
        raise refusals.unreadable(200, begun, is_write=False)
    return str(value)


def _has_bytes(ads: Ads, media_id: str) -> bool:
    """Say whether the entry has its bytes; no answer is a no, and the upload is begun anew."""
    try:
        status = ads.one(KINDS[Level.MEDIA], media_id).get("media_status")
    except PlatformError as error:
        if error.kind is ErrorKind.AUTH:
            raise
        return False
    return str(status or EMPTY).upper() != EMPTY


def _nothing_made(error: PlatformError, call: Call) -> PlatformError:
    """Turn what broke an upload into an error that is certain: no file is there that an ad could show."""
    if error.kind is ErrorKind.AMBIGUOUS:
        message = "The upload of the file broke off. It is sent again."
        return replace(error, kind=ErrorKind.TRANSIENT, message=message)
    if error.kind is ErrorKind.INVALID and not error.path:
        return replace(error, path=call.request["node"])
    return error


# Whether files can be shown ------------------------------------------------------------------------------------------


def require_ready(ads: Ads, account_id: str, media: Sequence[Mapping[str, str]]) -> None:
    """Raise PlatformError unless Snapchat has processed each file: transient while it works, invalid if it gave up.

    Several are looked for among the account's newest, in one round trip.
    """
    newest = _newest(ads, account_id, 2 * len(media)) if len(media) > 1 else {}
    for file in media:
        shown = newest.get(file["id"]) or _shown(ads, file["id"])
        status = str(shown.get("media_status") or "").upper()
        if any(word in status for word in ("FAIL", "ERROR", "INVALID", "REJECT")):
            message = "Snapchat could not process this file. Convert it to MP4 (H.264) or JPEG and upload it again."
            raise PlatformError(ErrorKind.INVALID, "MEDIA_REFUSED", message, f"{file['node']}.media")
        if status != "READY":
            raise refusals.media_processing()


def _newest(ads: Ads, account_id: str, count: int) -> dict[str, Row]:
    query = {"limit": max(SMALLEST_PAGE, count), "sort": "created_at-desc"}
    page = next(ads.pages(f"adaccounts/{account_id}/media", KINDS[Level.MEDIA], query))
    return {str(row["id"]): row for row in page}


def _shown(ads: Ads, media_id: str) -> Row:
    """Return the file's entry; one that Snapchat does not show, though it named it, is not shown yet."""
    try:
        return ads.one(KINDS[Level.MEDIA], media_id)
    except PlatformError as error:
        if error.kind is ErrorKind.GONE:
            raise refusals.media_not_shown() from error
        raise
