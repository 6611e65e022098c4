"""The videos of an ad account: sent whole or in chunks, then processed (Marketing API v26, ad video reference)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from stratum.sandbox import files, ids
from stratum.sandbox.models import Object

from . import errors, media
from .errors import GraphError
from .graph import GraphRequest
from .parameters import Parameters

CHUNK = 4 * 1024 * 1024
LARGEST = 4 * 1024**3
WHOLE = frozenset({"name", "title", "description", "file_url"})
PHASES = {
    "start": frozenset({"upload_phase", "file_size"}),
    "transfer": frozenset({"upload_phase", "upload_session_id", "start_offset", "end_offset"}),
    "finish": frozenset({"upload_phase", "upload_session_id", "title", "name", "description"}),
}


def upload(request: GraphRequest) -> dict[str, Any]:
    """POST /act_X/advideos: a whole video in `source`, or one phase of a chunked upload."""
    phase = request.params.get("upload_phase")
    if phase is None:
        return _whole(request)
    if phase not in PHASES:
        raise errors.invalid("The upload phase must be start, transfer or finish.", "upload_phase")
    params = Parameters(request.params, PHASES[phase])
    return {"start": _start, "transfer": _transfer, "finish": _finish}[phase](request, params)


def require_ready(request: GraphRequest, video_id: str) -> None:
    """Raises GraphError 100 unless the video is in the account and can be used in a creative."""
    video = request.view.object(Object.Kind.MEDIA, video_id)
    if (
        video is None
        or video.deleted_at
        or video.account != request.account.external_id
        or video.data["media"] != "video"
    ):
        raise errors.invalid(
            f"The video {video_id or '(none)'} is not in this ad account.", ["object_story_spec", "video_id"]
        )
    if media.state(video, request.call) != "ready":
        raise errors.invalid(
            "The video is still being processed. Wait until its status is ready.",
            ["object_story_spec", "video_id"],
            subcode=1885252,
            title="Video not ready for use in an ad",
        )


def thumbnails(request: GraphRequest) -> dict[str, Any]:
    """GET /{video}/thumbnails: a placeholder until the video has been processed."""
    video = request.node
    assert video is not None
    image = media.thumbnail(video, media.state(video, request.call))
    row = {
        "id": f"{video.external_id}1",
        "uri": media.url(image, request.call.base_url),
        "width": image.data["width"],
        "height": image.data["height"],
        "scale": 1,
        "is_preferred": True,
    }
    return {"data": [row]}


def _whole(request: GraphRequest) -> dict[str, Any]:
    params = Parameters(request.params, WHOLE)
    if "file_url" in params:
        raise GraphError(389, "(#389) Unable to fetch video file from URL.", blame="file_url")
    sources = [item for item in request.call.uploads if item.field == "source"]
    if not sources:
        raise errors.missing_parameter("source")
    content = sources[0].read()
    _check_container(content)
    name = params.text("title") or params.text("name") or sources[0].filename
    return {"id": _create(request, name, file=files.store(content), finished_at=timezone.now().timestamp()).external_id}


def _start(request: GraphRequest, params: Parameters) -> dict[str, Any]:
    size = params.text("file_size") or ""
    if not size.isdigit() or not 0 < int(size) <= LARGEST:
        raise errors.invalid("The file size must be a number of bytes up to 4 GB.", "file_size")
    session = ids.digits(16)
    video = _create(request, "", file=f"upload-{session}", session=session, size=int(size), received=0)
    return {"video_id": video.external_id, "upload_session_id": session} | _offsets(video)


def _transfer(request: GraphRequest, params: Parameters) -> dict[str, Any]:
    video = _session(request, params)
    chunks = [item for item in request.call.uploads if item.field == "video_file_chunk"]
    if not chunks:
        raise errors.missing_parameter("video_file_chunk")
    content, received = chunks[0].read(), video.data["received"]
    if params.text("start_offset") != str(received) or received + len(content) > video.data["size"]:
        raise GraphError(
            6001,
            "There was a problem uploading your video file",
            subcode=1363037,
            title="Wrong offset",
            data=_offsets(video),
        )
    files.append(video.data["file"], content)
    video.data["received"] = received + len(content)
    video.save(update_fields=["data"])
    return _offsets(video)


def _finish(request: GraphRequest, params: Parameters) -> dict[str, Any]:
    video = _session(request, params)
    if video.data["received"] != video.data["size"]:
        raise GraphError(6000, "There was a problem uploading your video file", subcode=1363033, data=_offsets(video))
    _check_container(files.load(video.data["file"]))
    video.name = params.text("title") or params.text("name") or video.name
    video.data["finished_at"] = timezone.now().timestamp()
    video.save(update_fields=["name", "data"])
    return {"success": True}


def _session(request: GraphRequest, params: Parameters) -> Object:
    session = params.text("upload_session_id") or ""
    open_uploads = Object.objects.present().filter(platform="meta", kind=Object.Kind.MEDIA, data__session=session)
    video = open_uploads.filter(account=request.account.external_id).first()
    if video is None or "finished_at" in video.data:
        raise GraphError(
            6002, "The upload session does not exist or has ended", subcode=1363019, blame="upload_session_id"
        )
    return video


def _offsets(video: Object) -> dict[str, str]:
    start = video.data["received"]
    return {"start_offset": str(start), "end_offset": str(min(start + CHUNK, video.data["size"]))}


def _create(request: GraphRequest, name: str, **data: Any) -> Object:
    return Object.objects.create(
        platform="meta",
        kind=Object.Kind.MEDIA,
        external_id=ids.digits(16),
        account=request.account.external_id,
        name=name,
        data={"media": "video", **data},
    )


def _check_container(content: bytes) -> None:
    """MP4 and MOV begin with a box named ftyp (ISO/IEC 14496-12)."""
    if content[4:8] != b"ftyp":
        raise GraphError(
            352,
            "The video file you selected is in a format that we don't support.",
            subcode=1363024,
            title="Unsupported video",
        )
