"""One file of the media library: what it is, where it fits, where it is used; cropping and deleting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns import cropping, media_covers, media_uses, verdicts
from campaigns.cropping import Box, Shape
from campaigns.models import MediaAsset
from campaigns.pictures import MediaRefused
from campaigns.views.media import find
from campaigns.views.progress import VIEW
from stratum import ui
from stratum.ui import NotFound

UPLOAD = permission_required("campaigns.add_mediaasset", raise_exception=True)
MOST_USES = 50


@require_GET
@VIEW
def details(request: HttpRequest, sha256: str) -> HttpResponse:
    return _show(request, find(sha256))


def _show(request: HttpRequest, asset: MediaAsset, *, error: str = "") -> HttpResponse:
    used_in = media_uses.drafts_with(asset).select_related("account")
    shown = list(used_in[: MOST_USES + 1])
    bound = used_in.exclude(status__in=media_uses.OPEN).first() if shown else None
    context = {
        "asset": asset,
        "verdicts": verdicts.of(asset.contract),
        "facts": _facts(asset),
        "uses": shown[:MOST_USES],
        "more_uses": used_in.count() - MOST_USES if len(shown) > MOST_USES else 0,
        "may_change": media_uses.may_change(ui.member(request), asset),
        "against_deleting": media_uses.reason_against_deleting([bound] if bound else shown),
        "covers": media_covers.choices(asset),
        "errors": [error] if error else [],
        "nav": "Media library",
    }
    return render(request, "campaigns/media/details.html", context, status=422 if error else 200)


def _facts(asset: MediaAsset) -> list[tuple[str, str]]:
    kind = asset.content_type.rpartition("/")[2].upper().replace("QUICKTIME", "MOV")
    facts = [
        ("Type", f"{kind}, {asset.codec}" if asset.codec else kind),
        ("Size", f"{asset.width} × {asset.height} ({asset.shape})"),
        ("Length", asset.length),
        ("Sound", "" if asset.has_sound is None else "Yes" if asset.has_sound else "None"),
        ("Moving", "Yes" if asset.is_animated else ""),
        ("Bytes", filesizeformat(asset.size)),
        ("Uploaded", f"{date_format(asset.uploaded_at, 'M j, Y')} by {asset.uploaded_by}"),
    ]
    return [(word, value) for word, value in facts if value]


@require_POST
@VIEW
def delete(request: HttpRequest, sha256: str) -> HttpResponse:
    """Delete a file that no campaign uses."""
    find(sha256)
    name = media_uses.delete(sha256, by=ui.member(request))
    return ui.answer(request, {"sha256": sha256}, to="campaigns:media", message=f"{name} is deleted.")


@require_POST
@VIEW
def cover(request: HttpRequest, sha256: str) -> HttpResponse:
    """Choose the picture that a video begins with in new ads: one of its frames, or a file named `file`."""
    asset = find(sha256)
    if not media_uses.may_change(ui.member(request), asset):
        raise PermissionDenied("Only who uploaded a file, or an Admin, may change it.")
    try:
        media_covers.choose(asset, request.POST.get("cover", ""), request.FILES.get("file"), by=ui.member(request))
    except MediaRefused as refusal:
        return _show(request, asset, error=refusal.message)
    messages.success(request, "New ads with this video begin with this cover.")
    return redirect("campaigns:media_details", sha256)


# Cropping -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cut:
    """What would come of a shape: which part stays, how large the new picture is, and which platforms take it."""

    shape: Shape
    part: Box
    size: tuple[int, int]
    takers: tuple[str, ...]


@require_http_methods(["GET", "POST"])
@UPLOAD
def crop(request: HttpRequest, sha256: str) -> HttpResponse:
    """Show what a crop would leave; POST keeps it as a new file."""
    asset = find(sha256)
    if not asset.is_croppable:
        raise NotFound("NOT_FOUND", "Only pictures that do not move can be cropped.")
    sent = request.POST if request.method == "POST" else request.GET
    shape = next((shape for shape in cropping.SHAPES if shape.name == sent.get("shape")), None)
    x, y = (_percent(sent.get(name, "50")) for name in ("x", "y"))
    if request.method == "GET":
        return _show_crop(request, asset, shape, x, y)
    if shape is None or x is None or y is None:
        return _show_crop(request, asset, shape, x, y, error="Choose a shape, and where the part lies from 0 to 100.")
    try:
        made = cropping.crop(asset, shape, x, y, by=ui.member(request))
    except MediaRefused as refusal:
        return _show_crop(request, asset, shape, x, y, error=refusal.message)
    messages.success(request, f"{made.filename} is in the media library.")
    return redirect("campaigns:media_details", made.sha256)


def _percent(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100 else None


def _show_crop(
    request: HttpRequest, asset: MediaAsset, shape: Shape | None, x: int | None, y: int | None, *, error: str = ""
) -> HttpResponse:
    places = (50 if x is None else x, 50 if y is None else y)
    cuts = [_cut(asset, shape, *places) for shape in cropping.SHAPES]
    context: dict[str, Any] = {
        "asset": asset,
        "cuts": cuts,
        "chosen": next((cut for cut in cuts if cut.shape == shape), cuts[0]),
        "sliders": [("x", "From left to right", places[0]), ("y", "From top to bottom", places[1])],
        "errors": [error] if error else [],
        "nav": "Media library",
    }
    return render(request, "campaigns/media/crop.html", context, status=422 if error else 200)


def _cut(asset: MediaAsset, shape: Shape, x: int, y: int) -> Cut:
    part = cropping.box(asset.width, asset.height, shape, x, y)
    size = cropping.size_after(part, shape)
    after = cropping.contract_after(asset, size)
    return Cut(shape, part, size, tuple(verdict.label for verdict in verdicts.of(after) if verdict.fits))
