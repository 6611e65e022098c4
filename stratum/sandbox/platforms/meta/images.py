"""The image library of an ad account: /act_X/adimages (Marketing API v26, ad image reference)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from stratum.sandbox import files
from stratum.sandbox.models import Object

from . import errors, nodes, paging, selection
from .errors import GraphError
from .graph import GraphRequest
from .parameters import read_words

FORMATS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}
LARGEST = 30 * 1024 * 1024
LONGEST_FILENAME = 100
MOST = 100


def upload(request: GraphRequest) -> dict[str, Any]:
    """Stores each file; the same bytes give the same hash, and no second image."""
    for name in request.params:
        if name not in ("bytes", "name"):
            raise errors.unknown_parameter(name)
    sent = [(item.filename, item.read()) for item in request.call.uploads]
    if "bytes" in request.params:
        sent.append(("bytes", _decoded(request.params["bytes"])))
    if not sent:
        raise errors.missing_parameter("bytes")
    return {"images": {name: _row(_stored(request, name, content), request) for name, content in sent}}


def listed(request: GraphRequest) -> dict[str, Any]:
    """GET /act_X/adimages, all or those of the `hashes`."""
    for name in request.params:
        if name not in paging.PARAMETERS | {"hashes"}:
            raise errors.unknown_parameter(name)
    rows = Object.objects.present().filter(platform="meta", kind=Object.Kind.MEDIA, account=request.account.external_id)
    rows = rows.filter(data__media="image")
    if "hashes" in request.params:
        rows = rows.filter(external_id__in=[_external_id(request.account, item) for item in _hashes(request)])
    return paging.newest_first(rows, Object.Kind.MEDIA, request.view, most=MOST)


def delete(request: GraphRequest) -> dict[str, bool]:
    """DELETE /act_X/adimages?hash=."""
    image = request.view.object(Object.Kind.MEDIA, _external_id(request.account, request.params.get("hash", "")))
    if image is None or image.deleted_at:
        raise errors.invalid("There is no such image in the library of this ad account.", "hash")
    image.deleted_at = timezone.now()
    image.save(update_fields=["deleted_at"])
    return {"success": True}


def show(request: HttpRequest, path: str) -> HttpResponse:
    """The bytes of an image, at the URL that the library gives out."""
    image = Object.objects.filter(platform="meta", kind=Object.Kind.MEDIA, data__file=path.rpartition("/")[2]).first()
    if image is None or image.data["media"] != "image":
        raise Http404(path)
    return HttpResponse(files.load(image.data["file"]), content_type=Image.MIME[image.data["format"]])


def _stored(request: GraphRequest, name: str, content: bytes) -> Object:
    if len(name) > LONGEST_FILENAME:
        raise errors.invalid("The file name can be at most 100 characters long.", "filename")
    width, height, kind = _measured(content)
    image, _ = Object.objects.update_or_create(
        platform="meta",
        kind=Object.Kind.MEDIA,
        external_id=_external_id(request.account, hashlib.md5(content, usedforsecurity=False).hexdigest()),
        defaults={"deleted_at": None},
        create_defaults={
            "account": request.account.external_id,
            "name": name,
            "data": {"media": "image", "file": files.store(content), "width": width, "height": height, "format": kind},
        },
    )
    return image


def _measured(content: bytes) -> tuple[int, int, str]:
    """Width, height and format of an image that can be read from beginning to end."""
    if len(content) > LARGEST:
        raise errors.invalid("An image can be at most 30 MB large.", "bytes", title="Image is too large")
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.load()
            width, height, kind = image.width, image.height, image.format or ""
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise errors.invalid("This is not an image that can be read.", "bytes", title="Invalid image") from error
    if kind not in FORMATS:
        raise errors.invalid("Images must be JPG, PNG or GIF.", "bytes", title="Unsupported image format")
    return width, height, kind


def _row(image: Object, request: GraphRequest) -> dict[str, Any]:
    wanted = [selection.Selected(name) for name in ("hash", "url", "height", "width", "name")]
    row = nodes.render(image, wanted, request.view)
    del row["id"]
    return row


def _external_id(account: Object, image_hash: str) -> str:
    return f"{account.data['account_id']}:{image_hash}"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise GraphError(100, "(#100) Param bytes must be plain base64", blame="bytes") from error


def _hashes(request: GraphRequest) -> list[str]:
    return read_words(request.params["hashes"], "hashes")
