"""The cover that the library keeps for a video: ads that are made from then on begin with it."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile

from campaigns import media, media_picker
from campaigns.models import MediaAsset
from campaigns.pictures import MediaRefused
from stratum.models import User


def choices(film: MediaAsset) -> list[MediaAsset]:
    """Return a video's frames, and its cover where that is none of them; nothing for a picture."""
    if film.kind != MediaAsset.Kind.VIDEO:
        return []
    frames = media_picker.frames_of(film.sha256)
    return frames + [asset for asset in [film.cover] if asset is not None and asset not in frames]


def choose(film: MediaAsset, sha256: str, upload: UploadedFile[bytes] | None, *, by: User) -> None:
    """Keep one of the choices, or an upload, as the video's cover. MediaRefused if it is none that can be."""
    if film.kind != MediaAsset.Kind.VIDEO:
        raise MediaRefused("Only videos have a cover.")
    offered = {asset.sha256: asset for asset in choices(film)}
    cover = media.store_cover(upload, by=by) if upload is not None else offered.get(sha256)
    if cover is None:
        raise MediaRefused("Choose a frame, or a picture of your own.")
    if cover.shape != film.shape:
        message = f"The video is {film.shape} and {cover.filename} is {cover.shape}: a cover has the video's shape."
        raise MediaRefused(message)
    film.cover = cover
    film.save(update_fields=["cover"])
