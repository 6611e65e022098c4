"""The files that come with an ad's form: what it shows, and a video's cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from campaigns import editing, media, workbench
from campaigns.building import Sent
from campaigns.editing import Kind, Place
from campaigns.models import CampaignDraft, MediaAsset
from campaigns.pictures import MediaRefused
from stratum import ui

MEDIA, COVER = "creative.media", "creative.cover"


@dataclass(frozen=True)
class RefusedFile:
    """A file that was not taken: the field it was for, and why."""

    field: str
    message: str


def with_uploads(request: HttpRequest, draft: CampaignDraft, sent: Sent) -> tuple[Sent, RefusedFile | None]:
    """Store the ad's new files and put them into its leaves; answers what was refused beside what can be saved."""
    place = editing.locate(draft.reading.json, sent.node)
    if place.kind is not Kind.AD:
        return sent, None
    if stopped := getattr(request, "refused_uploads", []):
        return sent, RefusedFile(MEDIA, media.refused_for_size(stopped).message)
    shown, stills = request.FILES.getlist("upload"), request.FILES.getlist("cover_upload")
    if (shown or stills) and not request.user.has_perm("campaigns.add_mediaasset"):
        raise PermissionDenied("Only a Creator or an Admin may upload files.")
    leaves, refused = _shown(request, draft, place, sent.leaves, shown)
    leaves = _following_cover(place, leaves)
    leaves, refused_cover = _cover(request, leaves, stills)
    return replace(sent, leaves=leaves), refused or refused_cover


def _shown(
    request: HttpRequest,
    draft: CampaignDraft,
    place: Place,
    leaves: Mapping[str, Any],
    files: list[UploadedFile[bytes]],
) -> tuple[dict[str, Any], RefusedFile | None]:
    kept, refusals = media.store_each(files, by=ui.member(request))
    said = " ".join(refusal.message for refusal in refusals)
    refused = RefusedFile(MEDIA, said) if refusals else None
    if not kept:
        return dict(leaves), refused
    sums = [asset.sha256 for asset in kept]
    before = leaves.get(MEDIA, place.node["creative"]["media"])
    whole = sums[-1:] if workbench.takes_one_file(draft, place) else [*before, *sums]
    return {**leaves, MEDIA: whole}, refused


def _following_cover(place: Place, leaves: dict[str, Any]) -> dict[str, Any]:
    """Give an ad whose video changed the cover that the library keeps for it: the old one showed another video."""
    creative = place.node["creative"]
    chosen = leaves.get(MEDIA, creative["media"])
    if COVER not in leaves or chosen == creative["media"] or leaves[COVER] != creative["cover"]:
        return leaves
    film = MediaAsset.objects.filter(sha256=next(iter(chosen), "")).select_related("cover").first()
    return {**leaves, COVER: film.cover.sha256 if film and film.cover else ""}


def _cover(
    request: HttpRequest, leaves: dict[str, Any], files: list[UploadedFile[bytes]]
) -> tuple[dict[str, Any], RefusedFile | None]:
    try:
        for file in files[:1]:
            leaves[COVER] = media.store_cover(file, by=ui.member(request)).sha256
    except MediaRefused as refusal:
        return leaves, RefusedFile(COVER, refusal.message)
    return leaves, None
