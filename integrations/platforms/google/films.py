"""Films: uploaded to the YouTube channel that Google keeps for the account, and named in ads once they are processed.

Reference: Google Ads API v26, YouTubeVideoUploadService and "Upload videos"; Google's resumable upload protocol, as the
official client speaks it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from integrations.contracts import Account, Call, Deadline, OpenMedia, Outcome
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Answer, Content
from integrations.platforms.google import refusals
from integrations.platforms.google.client import VERSION, Ads, as_read, checked, dig, last_part, login_of
from integrations.platforms.google.gaql import one_of, select

PROCESSING_SECONDS = 10.0
_GOOGLE = ".googleapis.com"
_REFUSED = {
    "FAILED": "Google could not process this film. Convert it to MP4 (H.264, AAC) and upload it again.",
    "REJECTED": "YouTube rejected this film. Look at its rules, and use another one.",
    "UNAVAILABLE": "The film is no longer at YouTube. Retry uploads it again.",
}


def send_film(ads: Ads, call: Call, account: Account, open_media: OpenMedia) -> dict[str, Outcome]:
    """Upload a film: one request opens the upload, the other carries the bytes."""
    address = _begin(ads, call, account)
    headers = {"X-Goog-Upload-Command": "upload, finalize", "X-Goog-Upload-Offset": "0"}
    content = Content(call.request["content_type"], lambda: open_media(call.request["sha256"]))
    answer = ads.post(
        address,
        login_of(account),
        headers=headers,
        deadline=Deadline.UPLOAD,
        content=content,
        upload_bytes=call.upload_bytes,
    )
    body = checked(answer, is_write=True)
    name = body.get("resourceName")
    if not isinstance(name, str) or not name:
        raise refusals.unreadable(answer.status, body, is_write=True)
    return {call.keys[0]: Outcome(last_part(name))}


def video_ids(ads: Ads, call: Call, account: Account) -> dict[str, str]:
    """Return the YouTube ids of the films a call names, by the keys of their uploads.

    PlatformError: transient while one is being processed, invalid when Google could not take it.
    """
    wanted: dict[str, str] = dict(call.request.get("films") or {})
    if not wanted:
        return {}
    names = {f"customers/{account.external_id}/youTubeVideoUploads/{upload}": key for key, upload in wanted.items()}
    fields = [f"you_tube_video_upload.{name}" for name in ("resource_name", "video_id", "state")]
    query = select(fields, "you_tube_video_upload", f"you_tube_video_upload.resource_name IN {one_of(names)}")
    (found,) = ads.search_all(account, [query])
    ready = {}
    for row in found:
        upload = row.get("youTubeVideoUpload") or {}
        key = names.get(str(upload.get("resourceName")))
        if key and (video_id := _ready_id(upload, _node_of(call, key))):
            ready[key] = video_id
    if len(ready) < len(wanted):
        message = "Google is still processing the film. The campaign is made as soon as that is done."
        raise PlatformError(ErrorKind.TRANSIENT, "MEDIA_PROCESSING", message, retry_after=PROCESSING_SECONDS)
    return ready


def _begin(ads: Ads, call: Call, account: Account) -> str:
    """Open an upload and return the address the bytes go to. Nothing exists yet, whatever becomes of it."""
    base = settings.PLATFORMS["google"]["api_url"]
    path = f"/resumable/upload/{VERSION}/customers/{account.external_id}/youTubeVideoUploads:create"
    headers = {
        "X-Goog-Upload-Protocol": "resumable",
        "X-Goog-Upload-Command": "start",
        "X-Goog-Upload-Header-Content-Type": call.request["content_type"],
        "X-Goog-Upload-Header-Content-Length": str(call.upload_bytes),
    }
    upload = {"videoTitle": call.request["title"], "videoPrivacy": "UNLISTED"}
    body = {"customerId": account.external_id, "youTubeVideoUpload": upload}
    try:
        answer = ads.post(base + path, login_of(account), headers=headers, deadline=Deadline.CREATE, json=body)
    except PlatformError as error:
        raise as_read(error) from error
    if not answer.is_ok:
        raise refusals.translate(answer.status, answer.json, answer.headers, is_write=False)
    return _address(answer)


def _address(answer: Answer) -> str:
    """Return where Google wants the bytes. They carry our token, so they go to Google and nowhere else."""
    address = str(answer.headers.get("X-Goog-Upload-URL") or "")
    host, own = urlsplit(address).netloc, urlsplit(settings.PLATFORMS["google"]["api_url"]).netloc
    if host and (host == own or host.endswith(_GOOGLE)):
        return address
    message = "Google named no address for the film. Try again in a few minutes."
    raise PlatformError(ErrorKind.TRANSIENT, "PLATFORM_ERROR", message, http_status=answer.status)


def _ready_id(upload: Any, node: str) -> str:
    state = str(dig(upload, "state") or "")
    if state in _REFUSED:
        raise PlatformError(ErrorKind.INVALID, "MEDIA_REFUSED", _REFUSED[state], node)
    return str(dig(upload, "videoId") or "") if state == "PROCESSED" else ""


def _node_of(call: Call, upload_key: str) -> str:
    """Return the draft path of the film, which stands at the asset that names it."""
    for entry in call.request["operations"]:
        film = dig(entry, "create.youtubeVideoAsset.youtubeVideoId")
        if film == {"$film": upload_key}:
            return str(entry["node"])
    return ""
