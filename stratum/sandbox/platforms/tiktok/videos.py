"""Films: POST file/video/ad/upload/, GET file/video/ad/info/, file/video/ad/search/, file/video/suggestcover/."""

from __future__ import annotations

import io
import struct
from datetime import timedelta
from typing import Any

from django.utils import timezone
from PIL import Image

from stratum.sandbox import ids
from stratum.sandbox.call import Call
from stratum.sandbox.models import Object

from . import errors, images, media, paging
from .endpoints import ApiRequest
from .errors import TikTokError

LARGEST = 500 * 1024 * 1024
MOST_IDS = 60
USUAL_SIZE = (720, 1280)
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def upload(request: ApiRequest) -> list[dict[str, Any]]:
    """Stores a film; every upload makes a new one. What comes back is a list."""
    params = request.parameters(
        "upload_type", "file_name", "video_signature", "flaw_detect", "auto_fix_enabled", "auto_bind_enabled"
    )
    if params.choice("upload_type", media.TYPES) == "UPLOAD_BY_URL":
        raise TikTokError(40902, "video_url: The file could not be fetched.")
    sent = media.sent_file(request, params, "video")
    content, name = sent.read(), media.new_name(request, params, sent.filename)
    _check_container(content)
    width, height = measured(content) or USUAL_SIZE
    still = images.keep(request, f"cover {ids.opaque(12)}.jpg", _still(width, height))
    video = media.store(
        request,
        "video",
        media.new_video_id(),
        name,
        content,
        width=width,
        height=height,
        cover=still.external_id,
        material_id=ids.digits(19, "7"),
    )
    return [_row(video, request.call)]


def info(request: ApiRequest) -> dict[str, Any]:
    params = request.parameters("video_ids")
    wanted = params.texts("video_ids", MOST_IDS)
    if not wanted:
        raise errors.missing("video_ids")
    found = media.library(request, "video").filter(external_id__in=wanted)
    return {"list": [_row(video, request.call) for video in found.order_by("id")]}


def search(request: ApiRequest) -> dict[str, Any]:
    """Films by name, compared vaguely, newest first."""
    params = request.parameters("filtering", "page", "page_size")
    filtering = params.object("filtering", {"video_ids", "material_ids", "video_name", "video_material_source"})
    found = media.library(request, "video").seen(request.call.stale_seconds).order_by("-created_at", "-id")
    if "video_ids" in filtering:
        found = found.filter(external_id__in=filtering.texts("video_ids", 100))
    if "video_name" in filtering:
        found = found.filter(name__icontains=filtering.text("video_name"))
    return paging.page(params, list(found), usual=20, show=lambda video: _row(video, request.call))


def covers(request: ApiRequest) -> dict[str, Any]:
    """Still pictures of a film that can be its cover; none before it was processed."""
    params = request.parameters("video_id", "poster_number")
    params.require("video_id")
    params.whole("poster_number", 1, 10, 10)
    video = media.library(request, "video").filter(external_id=params.text("video_id")).first()
    if video is None:
        raise errors.no_such("video", params.text("video_id"))
    if not is_ready(video, request.call) or not request.call.settings["tiktok_suggests_covers"]:
        return {"list": []}
    still = Object.objects.get(platform="tiktok", kind=Object.Kind.MEDIA, external_id=video.data["cover"])
    row = {"width": still.data["width"], "height": still.data["height"], "url": media.url(still, request.call)}
    return {"list": [{"id": still.external_id, **row}]}


def is_ready(video: Object, call: Call) -> bool:
    """Whether the film was processed."""
    return timezone.now() >= video.created_at + timedelta(seconds=call.settings["tiktok_video_seconds"])


def measured(content: bytes) -> tuple[int, int] | None:
    """Width and height from the first track header of an MP4 (ISO/IEC 14496-12, tkhd) that has any; None without one."""
    start = content.find(b"tkhd")
    while start != -1:
        version = content[start + 4 : start + 5]
        end = start + (92 if version == b"\x00" else 104)
        sides = content[end - 8 : end]
        if len(sides) == 8:
            width, height = (side >> 16 for side in struct.unpack(">II", sides))
            if width and height:
                return width, height
        start = content.find(b"tkhd", start + 4)
    return None


def _row(video: Object, call: Call) -> dict[str, Any]:
    data = video.data
    row = {
        "video_id": video.external_id,
        "material_id": data["material_id"],
        "width": data["width"],
        "height": data["height"],
        "signature": data["signature"],
        "size": data["size"],
        "file_name": video.name,
        "displayable": is_ready(video, call),
        "create_time": video.created_at.strftime(_TIME),
        "modify_time": video.updated_at.strftime(_TIME),
    }
    if is_ready(video, call):
        still = Object.objects.get(platform="tiktok", kind=Object.Kind.MEDIA, external_id=data["cover"])
        row["video_cover_url"] = media.url(still, call)
    return row


def _check_container(content: bytes) -> None:
    """MP4, MOV and 3GP begin with a box named ftyp (ISO/IEC 14496-12)."""
    if len(content) > LARGEST:
        raise TikTokError(40906, "video_file: The video is larger than 500 MB.")
    if content[4:8] != b"ftyp":
        raise TikTokError(40905, "video_file: The video is in a format that is not supported.")


def _still(width: int, height: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "#3a3a4a").save(target, "JPEG")
    return target.getvalue()
