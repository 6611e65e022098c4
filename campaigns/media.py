"""The media library: what may come in, and where it is kept.

A file is judged by its bytes, never by its name or by what the browser calls it (campaigns/pictures.py, films.py). It is
stored once, under the SHA-256 of its bytes, through Django's storage. A video is never held in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from campaigns import films, pictures
from campaigns.films import Film
from campaigns.models import MediaAsset
from campaigns.pictures import MediaRefused
from stratum.models import User

__all__ = ["MAX_PICTURE_BYTES", "MediaRefused", "refused_for_size", "store", "store_cover", "store_each"]

MEGABYTE = 1024 * 1024
#: Pictures are decoded in memory; the largest that a platform takes (TikTok).
MAX_PICTURE_BYTES = 50 * MEGABYTE


def store(upload: UploadedFile[bytes], *, by: User) -> MediaAsset:
    """Check a picture or video and keep it; the same bytes are kept once. MediaRefused says what is wrong with it."""
    if (upload.size or 0) > settings.MAX_UPLOAD_BYTES:
        raise refused_for_size([upload.name or ""])
    sha256 = _sum(upload)
    found = MediaAsset.objects.filter(sha256=sha256).first()
    if found is not None:
        return _brought_by_hand(found)
    upload.seek(0)
    head = upload.read(pictures.HEAD_BYTES)
    pictures.require_usable_kind(head)
    if films.is_film(head):
        return _keep_film(films.examine(upload, head), upload, sha256, by=by)
    return _keep_picture(upload, sha256, by=by)


def store_each(uploads: Iterable[UploadedFile[bytes]], *, by: User) -> tuple[list[MediaAsset], list[MediaRefused]]:
    """Keep what can be kept; answers the files in order, and what is wrong with each of the others, by name."""
    chosen, kept, refused = list(uploads), [], []
    for upload in chosen:
        try:
            kept.append(store(upload, by=by))
        except MediaRefused as refusal:
            refused.append(MediaRefused(f"{upload.name}: {refusal.message}") if len(chosen) > 1 else refusal)
    return kept, refused


def store_cover(upload: UploadedFile[bytes], *, by: User) -> MediaAsset:
    """Check and keep a picture that shall be a video's cover. MediaRefused also for what is no picture."""
    asset = store(upload, by=by)
    if asset.kind != MediaAsset.Kind.IMAGE:
        raise MediaRefused("A cover is a picture. Choose a JPEG or PNG.")
    return asset


def refused_for_size(names: list[str], limit: int | None = None) -> MediaRefused:
    """Return the refusal of files that are larger than a limit in bytes, by default that of any file."""
    most = (limit or settings.MAX_UPLOAD_BYTES) // MEGABYTE
    which = ", ".join(f"“{name}”" for name in names if name) or "The file"
    return MediaRefused(f"{which} is larger than {most} MB. Make it smaller and upload it again.")


def keep_bytes(data: bytes, *, name: str, by: User, is_frame: bool = False) -> MediaAsset:
    """Keep a picture that was made here, once; MediaRefused if it is none that can be used."""
    sha256 = hashlib.sha256(data).hexdigest()
    found = MediaAsset.objects.filter(sha256=sha256).first()
    if found is not None:
        return found if is_frame else _brought_by_hand(found)
    picture = pictures.examine(data)
    asset = MediaAsset(
        sha256=sha256,
        kind=MediaAsset.Kind.IMAGE,
        filename=_shown_name(name, picture.extension),
        content_type=picture.content_type,
        size=len(data),
        width=picture.width,
        height=picture.height,
        is_animated=picture.is_animated,
        is_frame=is_frame,
        uploaded_by=by,
    )
    return _keep(asset, ContentFile(data), picture.extension, picture.thumbnail)


def _sum(upload: UploadedFile[bytes]) -> str:
    found = hashlib.sha256()
    for chunk in upload.chunks():
        found.update(chunk)
    return found.hexdigest()


def _brought_by_hand(asset: MediaAsset) -> MediaAsset:
    """A frame of a video that somebody also brings as a picture is one of the library's own."""
    if asset.is_frame:
        asset.is_frame = False
        asset.save(update_fields=["is_frame"])
    return asset


def _keep_picture(upload: UploadedFile[bytes], sha256: str, *, by: User) -> MediaAsset:
    if (upload.size or 0) > MAX_PICTURE_BYTES:
        raise refused_for_size([upload.name or ""], MAX_PICTURE_BYTES)
    upload.seek(0)
    return keep_bytes(bytes(upload.read()), name=upload.name or "", by=by)


def _keep_film(film: Film, upload: UploadedFile[bytes], sha256: str, *, by: User) -> MediaAsset:
    """Keep a video and some of its frames, of which one can become its cover."""
    name = _shown_name(upload.name or "", film.extension)
    asset = MediaAsset(
        sha256=sha256,
        kind=MediaAsset.Kind.VIDEO,
        filename=name,
        content_type=film.content_type,
        size=upload.size or 0,
        width=film.width,
        height=film.height,
        duration=film.duration,
        codec=film.codec,
        has_sound=film.has_sound,
        uploaded_by=by,
    )
    stills = [
        keep_bytes(frame, name=f"{PurePath(name).stem} frame {number}.jpg", by=by, is_frame=True)
        for number, frame in enumerate(film.frames, start=1)
    ]
    upload.seek(0)
    kept = _keep(asset, upload, film.extension, pictures.examine(film.frames[0]).thumbnail)
    kept.frames.set(stills)
    return kept


def _keep(asset: MediaAsset, content: File[Any], extension: str, thumbnail: bytes) -> MediaAsset:
    stem = f"{asset.sha256[:2]}/{asset.sha256}"
    asset.file.save(f"{stem}.{extension}", content, save=False)
    asset.thumbnail.save(f"{stem}.jpg", ContentFile(thumbnail), save=False)
    try:
        with transaction.atomic():
            asset.save()
    except IntegrityError:
        # Somebody uploaded the same file at the same moment: theirs counts, our copies go.
        asset.file.delete(save=False)
        asset.thumbnail.delete(save=False)
        return MediaAsset.objects.get(sha256=asset.sha256)
    return asset


def _shown_name(name: str, extension: str) -> str:
    """Return the name for people; it never becomes a path."""
    plain = "".join(char for char in name.replace("\\", "/").rsplit("/", 1)[-1] if char.isprintable()).strip()
    return plain[-200:] or f"file.{extension}"
