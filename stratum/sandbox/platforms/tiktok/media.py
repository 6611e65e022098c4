"""The media library of an ad account: pictures and films, their names, and the addresses they are shown at."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from PIL import Image

from stratum.sandbox import files
from stratum.sandbox.call import Call, Upload
from stratum.sandbox.models import Object

from . import errors
from .endpoints import ApiRequest
from .errors import TikTokError
from .parameters import Parameters

# How long TikTok takes over a film before it can be used, and whether it then suggests still pictures.
DEFAULTS: dict[str, Any] = {"tiktok_video_seconds": 1, "tiktok_suggests_covers": True}
LONGEST_FILE_NAME = 100
TYPES = frozenset({"UPLOAD_BY_FILE", "UPLOAD_BY_URL"})
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def library(request: ApiRequest, media: str) -> Any:
    """The account's pictures or films, those that an upload made."""
    return Object.objects.present().filter(
        platform="tiktok", kind=Object.Kind.MEDIA, account=request.advertiser.external_id, data__media=media
    )


def new_name(request: ApiRequest, params: Parameters, usual: str) -> str:
    """The name of a new file, which no other of the account has; raises 40911 for one that is taken."""
    name = params.text("file_name", LONGEST_FILE_NAME) or usual[:LONGEST_FILE_NAME]
    taken = Object.objects.filter(
        platform="tiktok", kind=Object.Kind.MEDIA, account=request.advertiser.external_id, name=name
    )
    if taken.exists():
        raise TikTokError(40911, f"Duplicated material name: {name}. Please rename the file.")
    return name


def sent_file(request: ApiRequest, params: Parameters, what: str) -> Upload:
    """The file of a multipart upload, whose bytes are those that the sender summed."""
    sent = [upload for upload in request.call.uploads if upload.field == f"{what}_file"]
    if not sent:
        raise errors.missing(f"{what}_file")
    params.require(f"{what}_signature")
    if hashlib.md5(sent[0].read(), usedforsecurity=False).hexdigest() != params.text(f"{what}_signature"):
        raise TikTokError(40904, f"{what}_signature: The MD5 does not match the file.")
    return sent[0]


def store(request: ApiRequest, media: str, external_id: str, name: str, content: bytes, **data: Any) -> Object:
    return Object.objects.create(
        platform="tiktok",
        kind=Object.Kind.MEDIA,
        external_id=external_id,
        account=request.advertiser.external_id,
        name=name,
        data={
            "media": media,
            "file": files.store(content),
            "size": len(content),
            "signature": hashlib.md5(content, usedforsecurity=False).hexdigest(),
            **data,
        },
    )


def new_image_id() -> str:
    return f"ad-site-i18n-sg/{timezone.now():%Y%m%d}5d0d{secrets.token_hex(12)}"


def new_video_id() -> str:
    return f"v10033g50000{secrets.token_hex(10)}"


def url(stored: Object, call: Call) -> str:
    """Where the bytes of a picture are shown."""
    return f"{call.base_url}/tiktok/cdn/{stored.data['file']}"


def image_row(stored: Object, call: Call) -> dict[str, Any]:
    data = stored.data
    return {
        "image_id": stored.external_id,
        "material_id": data["material_id"],
        "image_url": url(stored, call),
        "width": data["width"],
        "height": data["height"],
        "format": data["format"],
        "signature": data["signature"],
        "size": data["size"],
        "file_name": stored.name,
        "displayable": False,
        "is_carousel_usable": data.get("is_carousel_usable", True),
        "create_time": stored.created_at.strftime(_TIME),
        "modify_time": stored.updated_at.strftime(_TIME),
    }


def show(request: HttpRequest, path: str) -> HttpResponse:
    """The bytes of a picture, at the address that the library gives out."""
    image = Object.objects.filter(
        platform="tiktok", kind=Object.Kind.MEDIA, data__media="image", data__file=path.rpartition("/")[2]
    ).first()
    if image is None:
        raise Http404(path)
    return HttpResponse(files.load(image.data["file"]), content_type=Image.MIME[image.data["format"].upper()])
