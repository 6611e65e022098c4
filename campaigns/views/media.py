"""The media library: upload, and the files themselves. A file is named by its SHA-256, never by a path."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from campaigns import media
from campaigns.media import MediaRefused
from campaigns.models import MediaAsset
from campaigns.views.progress import VIEW
from stratum import paging, ui
from stratum.ui import NotFound

PAGE = 48
#: A picture opened by itself is a page of our host: whatever is in it may load and run nothing.
ALONE = "sandbox; default-src 'none'"


@require_http_methods(["GET", "POST"])
@VIEW
def library(request: HttpRequest) -> HttpResponse:
    """List the pictures, newest first; POST adds one under the name `file`."""
    if request.method == "POST":
        return _upload(request)
    return _list(request)


def _upload(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("campaigns.add_mediaasset"):
        raise PermissionDenied("Only a Creator or an Admin may upload files.")
    upload = request.FILES.get("file")
    try:
        if stopped := getattr(request, "refused_uploads", []):
            raise media.refused_for_size(stopped)
        if upload is None:
            raise MediaRefused("Choose a file first.")
        asset = media.store(upload, by=ui.member(request))
    except MediaRefused as refusal:
        if ui.wants_json(request):
            raise
        return _list(request, status=422, error=refusal.message)
    if ui.wants_json(request):
        return ui.success(media_data(asset), status=201)
    messages.success(request, f"{asset.filename} is in the media library.")
    return redirect("campaigns:media")


def _list(request: HttpRequest, *, status: int = 200, error: str = "") -> HttpResponse:
    page = paging.page(request, MediaAsset.objects.select_related("uploaded_by"), ["-id"], size=PAGE)
    if ui.wants_json(request):
        return ui.success({"media": [media_data(asset) for asset in page.items], "next": page.next_url})
    context = {"page": page, "errors": [error] if error else []}
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
    }


@require_GET
@VIEW
@cache_control(private=True, max_age=31_536_000, immutable=True)
def serve(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Answer a file of the library."""
    asset = _find(sha256)
    return _file(asset.file, asset.content_type)


@require_GET
@VIEW
@cache_control(private=True, max_age=31_536_000, immutable=True)
def thumbnail(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Answer a small picture of a file; the file itself where there is none."""
    return small(_find(sha256))


def small(asset: MediaAsset) -> HttpResponseBase:
    """Answer the file's small picture, or the file where there is none."""
    return _file(asset.thumbnail, "image/jpeg") if asset.thumbnail else _file(asset.file, asset.content_type)


def _find(sha256: str) -> MediaAsset:
    asset = MediaAsset.objects.filter(sha256=sha256).first()
    if asset is None:
        raise NotFound("NOT_FOUND", "There is no such file in the media library.")
    return asset


def _file(stored: FieldFile, content_type: str) -> HttpResponseBase:
    try:
        opened = stored.open("rb")
    except FileNotFoundError as error:
        raise NotFound("NOT_FOUND", "The file is not in the storage any more. Upload it again.") from error
    response = FileResponse(opened, content_type=content_type)
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = ALONE
    response["X-Content-Type-Options"] = "nosniff"
    return response
