"""Assets: images and films of an account's library (v26, asset, AssetError, ImageError)."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from PIL import Image, UnidentifiedImageError

from stratum.sandbox import files, ids
from stratum.sandbox.models import Object

from . import errors
from .errors import Fault
from .mutation import Faults, Mutation

LARGEST = 5 * 1024 * 1024
_FORMATS = {"JPEG": "IMAGE_JPEG", "PNG": "IMAGE_PNG", "GIF": "IMAGE_GIF"}


def create(mutation: Mutation, fields: dict[str, Any]) -> Object:
    """Adds to the library. The same bytes, or the same film, are the asset that is there already, under its old name."""
    if "imageAsset" in fields:
        return _image(mutation, fields)
    if "youtubeVideoAsset" in fields:
        return _film(mutation, fields)
    raise Faults([Fault("assetError", "ASSET_DATA_IS_MISSING", "The asset data is missing.")])


def show(request: HttpRequest, path: str) -> HttpResponse:
    """The bytes of an image."""
    stored = Object.objects.filter(
        platform="google", kind=Object.Kind.MEDIA, data__file=path.rpartition("/")[2]
    ).first()
    if stored is None or stored.data["asset_type"] != "IMAGE":
        raise Http404(path)
    return HttpResponse(
        files.load(stored.data["file"]), content_type=stored.data["mime_type"].lower().replace("_", "/")
    )


def url(stored: Object) -> str:
    """Where an image can be fetched, below the sandbox's address."""
    return f"/google/tpc/simgad/{stored.data['file']}"


def _image(mutation: Mutation, fields: dict[str, Any]) -> Object:
    content = fields["imageAsset"].get("data")
    if not content:
        raise Faults([errors.required("data").below(("image_asset", None))])
    data = _measured(content)
    same = _library(mutation).filter(data__file=hashlib.sha256(content).hexdigest()).first()
    if same is not None:
        return same
    _require_name(mutation, fields)
    return _stored(mutation, fields["name"], data | {"file": files.store(content)})


def _film(mutation: Mutation, fields: dict[str, Any]) -> Object:
    video_id = fields["youtubeVideoAsset"].get("youtubeVideoId", "")
    where = [("youtube_video_asset", None), ("youtube_video_id", None)]
    uploads = Object.objects.filter(platform="google", kind=Object.Kind.UPLOAD, data__videoId=video_id)
    if len(video_id) != 11 or not uploads.exists():
        message = "The YouTube video wasn't found."
        raise Faults([Fault("youtubeVideoRegistrationError", "VIDEO_NOT_FOUND", message, where, trigger=video_id)])
    same = _library(mutation).filter(data__youtube_video_id=video_id).first()
    if same is not None:
        return same
    data = {"asset_type": "YOUTUBE_VIDEO", "youtube_video_id": video_id}
    return _stored(mutation, fields.get("name", ""), data)


def _measured(content: bytes) -> dict[str, Any]:
    """What kind of image the bytes are; raises Faults with an imageError."""
    if len(content) > LARGEST:
        raise _refused("FILE_TOO_LARGE", "The image file is too large.")
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            kind, width, height = image.format or "", image.width, image.height
            is_animated, mode = getattr(image, "is_animated", False), image.mode
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _refused("INVALID_IMAGE", "The image is not valid.") from error
    if kind not in _FORMATS:
        raise _refused("FORMAT_NOT_ALLOWED", "The format of the image is not allowed.")
    if is_animated:
        raise _refused("ANIMATED_NOT_ALLOWED", "Animated images are not allowed.")
    if mode == "CMYK":
        raise _refused("CMYK_JPEG_NOT_ALLOWED", "CMYK images are not allowed.")
    return {
        "asset_type": "IMAGE",
        "width": width,
        "height": height,
        "size": len(content),
        "mime_type": _FORMATS[kind],
    }


def _require_name(mutation: Mutation, fields: dict[str, Any]) -> None:
    name = fields.get("name")
    if not name:
        message = "The name is required for the asset type."
        raise Faults([Fault("assetError", "NAME_REQUIRED_FOR_ASSET_TYPE", message, [("name", None)])])
    if _library(mutation).filter(name=name).exists():
        message = "An asset with the same name but other content already exists."
        raise Faults([Fault("assetError", "DUPLICATE_ASSET_NAME", message, [("name", None)], trigger=name)])


def _library(mutation: Mutation) -> Any:
    return Object.objects.present().filter(
        platform="google", kind=Object.Kind.MEDIA, account=mutation.account.external_id
    )


def _stored(mutation: Mutation, name: str, data: dict[str, Any]) -> Object:
    return Object.objects.create(
        platform="google",
        kind=Object.Kind.MEDIA,
        external_id=ids.digits(12),
        account=mutation.account.external_id,
        name=name,
        data=data,
    )


def _refused(code: str, message: str) -> Faults:
    return Faults([Fault("imageError", code, message, [("image_asset", None), ("data", None)])])
