"""Uploads to YouTube: POST /resumable/upload/v26/customers/{id}/youTubeVideoUploads:create ("Upload videos")."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from stratum.sandbox import files, ids
from stratum.sandbox.call import Answer, Call
from stratum.sandbox.models import Object

from . import errors, schema
from .errors import Fault, Plain, Refusal

GRANULARITY = 262_144
_LONGEST_TITLE = 100


def start(call: Call, account: Object) -> Answer:
    """Opens an upload and says where its bytes go."""
    if (
        call.headers.get("x-goog-upload-protocol") != "resumable"
        or call.headers.get("x-goog-upload-command") != "start"
    ):
        raise Plain(400, "Upload request must have the headers X-Goog-Upload-Protocol: resumable and -Command: start.")
    upload = schema.read(call.json, schema.VIDEO_UPLOAD).get("youTubeVideoUpload", {})
    title = upload.get("videoTitle", "")
    if not title:
        raise Refusal(errors.required("video_title").below(("you_tube_video_upload", None)))
    if len(title) > _LONGEST_TITLE:
        raise Refusal(errors.too_long("video_title", _LONGEST_TITLE, title).below(("you_tube_video_upload", None)))
    if upload.get("videoPrivacy") == "PUBLIC" and not upload.get("channelId"):
        message = "Videos of the Google-managed channel are unlisted."
        raise Refusal(Fault("fieldError", "INVALID_VALUE", message, [("video_privacy", None)]))
    session = ids.opaque(40, "AD")
    Object.objects.create(
        platform="google",
        kind=Object.Kind.UPLOAD,
        external_id=ids.digits(11),
        account=account.external_id,
        name=title,
        status="PENDING",
        data={"session": session, "size": call.headers.get("x-goog-upload-header-content-length")},
    )
    address = f"{call.base_url}/google/ads{call.path}?upload_id={session}&upload_protocol=resumable"
    headers = {
        "X-Goog-Upload-Status": "active",
        "X-Goog-Upload-URL": address,
        "X-Goog-Upload-Chunk-Granularity": str(GRANULARITY),
    }
    return Answer({}, 200, headers)


def receive(call: Call, account: Object) -> Answer:
    """Takes the bytes of an upload in one piece."""
    stored = Object.objects.filter(
        platform="google", kind=Object.Kind.UPLOAD, data__session=call.query.get("upload_id", "")
    ).first()
    if stored is None or stored.account != account.external_id or stored.data.get("finished_at"):
        raise Plain(404, "The upload does not exist, or has ended.")
    commands = {part.strip() for part in call.headers.get("x-goog-upload-command", "").split(",")}
    if commands != {"upload", "finalize"} or call.headers.get("x-goog-upload-offset") != "0":
        raise Plain(400, "The bytes come in one piece: upload, finalize, from offset 0.")
    if stored.data["size"] not in (None, str(len(call.content))):
        raise Plain(400, "The upload has not the size that was announced.")
    if call.content[4:8] != b"ftyp":
        raise Refusal(Fault("fileError", "INVALID_FILE", "The file is not a video."))
    data: dict[str, Any] = {
        "finished_at": timezone.now().timestamp(),
        "file": files.store(call.content),
        "videoId": ids.opaque(11),
    }
    stored.data |= data
    stored.status = "UPLOADED"
    stored.save(update_fields=["data", "status"])
    name = f"customers/{account.external_id}/youTubeVideoUploads/{stored.external_id}"
    return Answer({"resourceName": name}, 200, {"X-Goog-Upload-Status": "final"})
