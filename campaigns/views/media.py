"""The media library: upload, and the files themselves. A file is named by its SHA-256, never by a path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from campaigns import media, verdicts
from campaigns.forms.library import LibraryFilter
from campaigns.forms.lists import ACCEPTED
from campaigns.media import MediaRefused
from campaigns.models import MediaAsset
from campaigns.views.progress import VIEW
from stratum import paging, ranges, ui
from stratum.ui import NotFound

PAGE = 48
#: A picture opened by itself is a page of our host: whatever is in it may load and run nothing.
ALONE = "sandbox; default-src 'none'"


@require_http_methods(["GET", "POST"])
@VIEW
def library(request: HttpRequest) -> HttpResponse:
    """List the files, newest first; POST adds those under the name `file`."""
    if request.method == "POST":
        return _upload(request)
    return _list(request)


def _upload(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("campaigns.add_mediaasset"):
        raise PermissionDenied("Only a Creator or an Admin may upload files.")
    kept, refused = media.store_each(request.FILES.getlist("file"), by=ui.member(request))
    if stopped := getattr(request, "refused_uploads", []):
        refused.append(media.refused_for_size(stopped))
    if not kept and not refused:
        refused.append(MediaRefused("Choose a file first."))
    if ui.wants_json(request):
        return _uploaded_data(kept, refused)
    if kept:
        what = f"{kept[0].filename} is" if len(kept) == 1 else f"{len(kept)} files are"
        messages.success(request, f"{what} in the media library.")
    if refused:
        return _list(request, status=422, errors=[refusal.message for refusal in refused])
    return redirect("campaigns:media")


def _uploaded_data(kept: list[MediaAsset], refused: list[MediaRefused]) -> HttpResponse:
    """Answer one file by itself, and what was refused of several beside what was kept."""
    if refused and not kept:
        raise refused[0] if len(refused) == 1 else MediaRefused(" ".join(refusal.message for refusal in refused))
    if len(kept) == 1 and not refused:
        return ui.success(media_data(kept[0]), status=201)
    data = {"media": [media_data(asset) for asset in kept], "refused": [refusal.message for refusal in refused]}
    return ui.success(data, status=201)


def _list(request: HttpRequest, *, status: int = 200, errors: Sequence[str] = ()) -> HttpResponse:
    filters = LibraryFilter(request.GET)
    rows = filters.narrow(MediaAsset.objects.filter(is_frame=False))
    page = paging.page(request, rows, ["-id"], size=PAGE)
    if ui.wants_json(request):
        return ui.success({"media": [media_data(asset) for asset in page.items], "next": page.next_url})
    limits = (media.MAX_PICTURE_BYTES // media.MEGABYTE, settings.MAX_UPLOAD_BYTES // media.MEGABYTE)
    context = {
        "page": page,
        "filters": filters,
        "errors": errors,
        "help": f"JPEG, PNG or GIF up to {limits[0]} MB; MP4 or MOV up to {limits[1]} MB.",
        "accept": ",".join(ACCEPTED.values()),
    }
    return render(request, "campaigns/media/library.html", context, status=status)


def media_data(asset: MediaAsset) -> dict[str, Any]:
    """Return a file as JSON answers show it. Size in bytes, width and height in pixels, duration in seconds."""
    return {
        "sha256": asset.sha256,
        "kind": asset.kind,
        "content_type": asset.content_type,
        "filename": asset.filename,
        "size": asset.size,
        "width": asset.width,
        "height": asset.height,
        "duration": asset.duration,
        "codec": asset.codec,
        "has_sound": asset.has_sound,
        "is_animated": asset.is_animated,
        "fits": [verdict.platform for verdict in verdicts.of(asset.contract) if verdict.fits],
    }


@require_GET
@VIEW
@cache_control(private=True, max_age=31_536_000, immutable=True)
def serve(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Answer a file of the library, or the part of a video that a player asks for."""
    asset = find(sha256)
    return _file(request, asset.file, asset.content_type)


@require_GET
@VIEW
@cache_control(private=True, max_age=31_536_000, immutable=True)
def thumbnail(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Answer a small picture of a file: of a video, its cover."""
    return small(request, find(sha256))


def small(request: HttpRequest, asset: MediaAsset) -> HttpResponseBase:
    """Answer the file's small picture: of a video, its cover."""
    return _file(request, (asset.cover or asset).thumbnail, "image/jpeg")


def find(sha256: str) -> MediaAsset:
    """Return a file of the library; NotFound if there is none."""
    asset = MediaAsset.objects.select_related("cover", "uploaded_by").filter(sha256=sha256).first()
    if asset is None:
        raise NotFound("NOT_FOUND", "There is no such file in the media library.")
    return asset


def _file(request: HttpRequest, stored: FieldFile, content_type: str) -> HttpResponseBase:
    try:
        opened = stored.open("rb")
        response = ranges.answer(request, opened, stored.size, content_type)
    except FileNotFoundError as error:
        raise NotFound("NOT_FOUND", "The file is not in the storage any more. Upload it again.") from error
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = ALONE
    response["X-Content-Type-Options"] = "nosniff"
    return response
