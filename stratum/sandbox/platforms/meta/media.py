"""How images and videos stand: where an image can be fetched, how far a video is, and what it looks like."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from stratum.sandbox import files
from stratum.sandbox.call import Call
from stratum.sandbox.models import Object

DEFAULTS: dict[str, Any] = {"video_processing_seconds": 1, "video_outcome": "ready"}


def url(image: Object, base_url: str) -> str:
    """The temporary URL of an image."""
    return f"{base_url}/meta/scontent/{image.data['file']}"


def status(video: Object, call: Call) -> dict[str, Any]:
    """The `status` field: uploading until the upload has finished, then processing for a while, then ready or error."""
    word = state(video, call)
    phases = {"uploading": ("in_progress", "not_started"), "processing": ("complete", "in_progress")}
    uploading, processing = phases.get(word, ("complete", "complete" if word == "ready" else "error"))
    return {
        "video_status": word,
        "processing_progress": 100 if word == "ready" else 0,
        "uploading_phase": {"status": uploading},
        "processing_phase": {"status": processing},
        "publishing_phase": {"status": "not_started"},
    }


def state(video: Object, call: Call) -> str:
    """uploading, processing, ready or error."""
    if "finished_at" not in video.data:
        return "uploading"
    age = timezone.now().timestamp() - video.data["finished_at"]
    if age < call.settings["video_processing_seconds"]:
        return "processing"
    return str(call.settings["video_outcome"])


def picture(video: Object, base_url: str) -> str:
    """The URL of the picture that stands for the video."""
    return url(thumbnail(video, "ready"), base_url)


def thumbnail(video: Object, state: str) -> Object:
    """A picture for the video in that state, drawn because the sandbox decodes no films; grey until it is ready."""
    external_id = f"{video.external_id}-{'frame' if state == 'ready' else 'placeholder'}"
    found = Object.objects.filter(platform="meta", kind=Object.Kind.MEDIA, external_id=external_id).first()
    if found:
        return found
    content = _drawn("#274a78" if state == "ready" else "#808080")
    data = {"media": "image", "file": files.store(content), "width": 640, "height": 360, "format": "PNG"}
    # Deleted from the start: it is no image of the library, only something that can be looked at.
    return Object.objects.create(
        platform="meta",
        kind=Object.Kind.MEDIA,
        external_id=external_id,
        account=video.account,
        deleted_at=timezone.now() - timedelta(days=1),
        data=data,
    )


def _drawn(colour: str) -> bytes:
    image = Image.new("RGB", (640, 360), colour)
    ImageDraw.Draw(image).polygon([(280, 130), (280, 230), (370, 180)], fill="#ffffff")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
