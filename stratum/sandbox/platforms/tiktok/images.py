"""Pictures: POST file/image/ad/upload/, GET file/image/ad/info/, GET file/image/ad/search/."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, UnidentifiedImageError

from stratum.sandbox import files, ids
from stratum.sandbox.models import Object

from . import errors, media, paging
from .endpoints import ApiRequest
from .errors import TikTokError

LARGEST = 50 * 1024 * 1024
MOST_PIXELS = 3_686_400
MOST_IDS = 100


def upload(request: ApiRequest) -> dict[str, Any]:
    """Stores a picture; the same bytes under another name are another picture."""
    params = request.parameters("upload_type", "file_name", "image_signature", "image_url")
    if (params.choice("upload_type", media.TYPES) or "UPLOAD_BY_FILE") == "UPLOAD_BY_FILE":
        sent = media.sent_file(request, params, "image")
        name, content = media.new_name(request, params, sent.filename), sent.read()
    else:
        params.require("image_url")
        name, content = media.new_name(request, params, "image"), _fetched(request, params.text("image_url"))
    return media.image_row(keep(request, name, content), request.call)


def keep(request: ApiRequest, name: str, content: bytes) -> Object:
    """Stores the bytes of a picture; raises 409xx for what cannot be shown."""
    width, height, kind = _measured(content)
    return media.store(
        request,
        "image",
        media.new_image_id(),
        name,
        content,
        width=width,
        height=height,
        format=kind.lower(),
        material_id=ids.digits(19, "7"),
    )


def info(request: ApiRequest) -> dict[str, Any]:
    params = request.parameters("image_ids")
    wanted = params.texts("image_ids", MOST_IDS)
    if not wanted:
        raise errors.missing("image_ids")
    found = media.library(request, "image").filter(external_id__in=wanted).seen(request.call.stale_seconds)
    return {"list": [media.image_row(image, request.call) for image in found.order_by("id")]}


def search(request: ApiRequest) -> dict[str, Any]:
    """Pictures by size or id, newest first; a name cannot be searched for."""
    params = request.parameters("filtering", "page", "page_size")
    filtering = params.object("filtering", {"image_ids", "material_ids", "width", "height", "displayable"})
    found = media.library(request, "image").seen(request.call.stale_seconds).order_by("-created_at", "-id")
    for side in ("width", "height"):
        if side in filtering:
            found = found.filter(**{f"data__{side}": filtering.whole(side, 1, 100_000, 1)})
    if "image_ids" in filtering:
        found = found.filter(external_id__in=filtering.texts("image_ids", MOST_IDS))
    return paging.page(params, list(found), usual=20, show=lambda image: media.image_row(image, request.call))


def _fetched(request: ApiRequest, address: str) -> bytes:
    """The picture at an address. The sandbox opens no connection: it knows its own pictures only."""
    own = f"{request.call.base_url}/tiktok/cdn/"
    if not address.startswith(own):
        raise TikTokError(40902, "image_url: The file could not be fetched.")
    try:
        return files.load(address.removeprefix(own))
    except FileNotFoundError as error:
        raise TikTokError(40902, "image_url: The file could not be fetched.") from error


def _measured(content: bytes) -> tuple[int, int, str]:
    """Width, height and format of a picture that can be read from beginning to end."""
    if len(content) > LARGEST:
        raise TikTokError(40906, "image_file: The image is larger than 50 MB.")
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            width, height, kind = image.width, image.height, image.format or ""
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise TikTokError(40905, "image_file: This is not an image that can be read.") from error
    if kind not in ("JPEG", "PNG"):
        raise TikTokError(40905, "image_file: Images must be JPG, JPEG or PNG.")
    if width * height > MOST_PIXELS:
        raise TikTokError(40906, f"image_file: The image has more than {MOST_PIXELS} pixels.")
    return width, height, kind
