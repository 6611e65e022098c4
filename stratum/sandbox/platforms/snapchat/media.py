"""Media: empty entries, their bytes whole or in pieces, and what can be made of them (Ads API v1, "Media")."""

from __future__ import annotations

import io
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from stratum.sandbox import files
from stratum.sandbox.call import Call, Upload
from stratum.sandbox.models import Object

from . import access, errors, storing
from .fields import Fields
from .storing import Checked, Entity
from .view import SnapRequest

FIELDS = frozenset({"name", "type", "ad_account_id"})
MOST_AT_ONCE = 32 * 1024 * 1024
MOST_PIECES = 32
LARGEST_IMAGE = 5 * 1024 * 1024
UPLOADS_AT_ONCE = 2
WIDTH, HEIGHT = 1080, 1920
EMPTY = "PENDING_UPLOAD"
CONTENT_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}
DEFAULTS: dict[str, Any] = {
    # How long films are processed, how long an upload is held, and what processing comes to.
    "snapchat_processing_seconds": 1,
    "snapchat_upload_seconds": 0,
    "snapchat_media_outcome": "READY",
}
_under_way: Counter[str] = Counter()
_counting = threading.Lock()


def check(request: SnapRequest, raw: dict[str, Any], stored: Object | None) -> Checked:
    fields = Fields(raw, FIELDS)
    fields.same("ad_account_id", request.owner.external_id)
    return Checked(fields.name(), "", {"type": fields.choice("type", {"IMAGE", "VIDEO"}, required=True)})


def derived(request: SnapRequest, stored: Object) -> dict[str, Any]:
    found: dict[str, Any] = {"media_status": status(stored, request.call.settings)}
    if "_file" in stored.data:
        found["download_link"] = url(stored, request.call.base_url)
    return found


def status(stored: Object, settings: dict[str, Any]) -> str:
    """An image is ready at once, a film when it has been processed."""
    if "_file" not in stored.data:
        return EMPTY
    seconds = settings["snapchat_processing_seconds"] if stored.data["type"] == "VIDEO" else 0
    is_done = timezone.now() >= stored.updated_at + timedelta(seconds=seconds)
    return str(settings["snapchat_media_outcome"]) if is_done else "PROCESSING"


def problem(stored: Object) -> str | None:
    """Why the file cannot be a top snap; None if it can."""
    width, height = stored.data.get("_width"), stored.data.get("_height")
    if width is None or height is None:
        return None  # a film: nothing here looks inside
    if width < WIDTH or height < HEIGHT or abs(width / height - WIDTH / HEIGHT) > 0.005:
        return f"Top snap media must be {WIDTH}x{HEIGHT}, not {width}x{height}"
    return None


def upload(request: SnapRequest) -> dict[str, Any]:
    """POST /media/{id}/upload: all bytes at once."""
    with _counted(request):
        _refuse_full(request.subject)
        sent = _file(request.call)
        if sent.size > MOST_AT_ONCE:
            raise errors.bad_request("files above 32 MB must be uploaded in chunks")
        return _kept(request, sent.read(), sent.filename)


def multipart(request: SnapRequest) -> dict[str, Any]:
    """POST /media/{id}/multipart-upload-v2?action=: INIT, ADD for each piece, FINALIZE."""
    steps = {"INIT": _init, "ADD": _add, "FINALIZE": _finalize}
    action = request.call.query.get("action", "")
    if action not in steps or request.call.body_kind != "multipart":
        raise errors.bad_request("action must be INIT, ADD or FINALIZE, with a multipart body")
    with _counted(request):
        return steps[action](request)


def show(request: HttpRequest, path: str) -> HttpResponse:
    """The bytes of an image, at the address that the library gives out."""
    stored = Object.objects.filter(platform="snapchat", kind=Object.Kind.MEDIA, data___file=path.strip("/")).first()
    if stored is None or stored.data["type"] != "IMAGE":
        raise Http404(path)
    return HttpResponse(files.load(stored.data["_file"]), content_type=CONTENT_TYPES[stored.data["_format"]])


def url(stored: Object, base_url: str) -> str:
    return f"{base_url}/snapchat/storage/{stored.data['_file']}"


@contextmanager
def _counted(request: SnapRequest) -> Iterator[None]:
    """Raises Refused E3002 for a third upload on an account at the same time."""
    access.require_writable(request.owner)
    account = request.owner.external_id
    with _counting:
        if _under_way[account] >= UPLOADS_AT_ONCE:
            raise errors.too_many_uploads()
        _under_way[account] += 1
    try:
        time.sleep(float(request.call.settings["snapchat_upload_seconds"]))
        yield
    finally:
        with _counting:
            _under_way[account] -= 1


def _refuse_full(stored: Object) -> None:
    if "_file" in stored.data:
        raise errors.bad_request("the media has been uploaded already")


def _file(call: Call) -> Upload:
    sent = [item for item in call.uploads if item.field == "file"]
    if call.body_kind != "multipart" or len(sent) != 1:
        raise errors.bad_request("one file is required, in the multipart field file")
    return sent[0]


def _kept(request: SnapRequest, content: bytes, filename: str) -> dict[str, Any]:
    stored = request.subject
    stored.data |= _examined(stored.data["type"], content) | {"_file": files.store(content), "file_name": filename}
    stored.updated_at = timezone.now()
    stored.save(update_fields=["data", "updated_at"])
    return {"request_status": "SUCCESS", "result": storing.render(request, ENTITY, stored)}


def _examined(kind: str, content: bytes) -> dict[str, Any]:
    """What the bytes are; raises Refused for what Snapchat does not take."""
    if kind == "VIDEO":
        if content[4:8] != b"ftyp":
            raise errors.bad_request("the video must be MP4 or MOV")
        return {"file_size_in_bytes": len(content)}
    if len(content) > LARGEST_IMAGE:
        raise errors.bad_request("the image must not be larger than 5 MB")
    try:
        with Image.open(io.BytesIO(content), formats=list(CONTENT_TYPES)) as image:
            image.load()
            return {"_width": image.width, "_height": image.height, "_format": image.format}
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise errors.bad_request("the image must be PNG or JPG") from error


def _init(request: SnapRequest) -> dict[str, Any]:
    _refuse_full(request.subject)
    form = request.call.form
    if set(form) != {"file_name", "file_size", "number_of_parts"}:
        raise errors.bad_request("INIT takes file_name, file_size and number_of_parts")
    size, parts = form["file_size"], form["number_of_parts"]
    if not size.isdigit() or not parts.isdigit() or not 1 <= int(parts) <= MOST_PIECES:
        raise errors.bad_request(f"number_of_parts must be between 1 and {MOST_PIECES}")
    upload = Object.objects.create(
        platform="snapchat",
        kind=Object.Kind.UPLOAD,
        external_id=str(uuid.uuid4()),
        account=request.owner.external_id,
        parent=request.subject.external_id,
        name=form["file_name"],
        data={"size": int(size), "parts": int(parts)},
    )
    path = f"/v1/media/{request.subject.external_id}/multipart-upload-v2?action="
    # One path from the top of a region's own tree and one from the plain top, as Snapchat mixes them.
    return {
        "request_status": "SUCCESS",
        "upload_id": upload.external_id,
        "add_path": f"/us{path}ADD",
        "finalize_path": f"{path}FINALIZE",
    }


def _add(request: SnapRequest) -> dict[str, Any]:
    upload, sent = _upload_of(request), _file(request.call)
    number = request.call.form.get("part_number", "")
    if not number.isdigit() or not 1 <= int(number) <= upload.data["parts"]:
        raise errors.bad_request("part_number is not one of the upload's")
    if sent.size > MOST_AT_ONCE:
        raise errors.bad_request("a chunk must not be larger than 32 MB")
    Object.objects.update_or_create(
        platform="snapchat",
        kind=Object.Kind.UPLOAD,
        external_id=f"{upload.external_id}:{int(number)}",
        defaults={"parent": upload.external_id, "data": {"file": files.store(sent.read()), "number": int(number)}},
    )
    return {"request_status": "SUCCESS"}


def _finalize(request: SnapRequest) -> dict[str, Any]:
    upload = _upload_of(request)
    pieces = Object.objects.filter(platform="snapchat", kind=Object.Kind.UPLOAD, parent=upload.external_id)
    ordered = sorted(pieces, key=lambda piece: int(piece.data["number"]))
    content = b"".join(files.load(piece.data["file"]) for piece in ordered)
    if len(ordered) != upload.data["parts"] or len(content) != upload.data["size"]:
        raise errors.bad_request("not all chunks of the file are there")
    return _kept(request, content, upload.name)


def _upload_of(request: SnapRequest) -> Object:
    found = Object.objects.filter(
        platform="snapchat",
        kind=Object.Kind.UPLOAD,
        external_id=request.call.form.get("upload_id", ""),
        parent=request.subject.external_id,
    ).first()
    if found is None:
        raise errors.bad_request("upload_id is unknown")
    return found


ENTITY = Entity(Object.Kind.MEDIA, "media", "media", "ad_account_id", check, derived)
