"""Uploads pictures and films to the ad account's library, and finds what a film or a carousel needs besides.

Reference: TikTok API for Business v1.3, /file/image/ad/upload/, /file/video/ad/upload/, /file/video/ad/info/,
/file/video/suggestcover/. Names of files are unique in an account, so every upload goes under a new one; our mark in it
tells which step it was for.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from integrations.contracts import Call, Level, OpenMedia, Outcome
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Upload
from integrations.marks import mark
from integrations.platforms.tiktok import music, refusals
from integrations.platforms.tiktok.capabilities import FILE_NAME_LIMIT
from integrations.platforms.tiktok.client import Ads, listed
from integrations.platforms.tiktok.refusals import Blame
from integrations.platforms.tiktok.wording import shortened, width

_CHUNK = 1024 * 1024


def send_image(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    data = _upload(ads, call, open_media, "file/image/ad/upload/", "image")
    return _done(call, data.get("image_id") if isinstance(data, Mapping) else None, data)


def send_video(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    data = _upload(ads, call, open_media, "file/video/ad/upload/", "video")
    first = data[0] if isinstance(data, list) and data else data
    return _done(call, first.get("video_id") if isinstance(first, Mapping) else None, data)


def send_cover(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Find a still picture of a film, once TikTok has processed it: a suggested one, else its first picture, kept."""
    advertiser, video = call.request["advertiser"], call.request["video"]
    page = ads.get("file/video/ad/info/", {"advertiser_id": advertiser, "video_ids": [video]})
    first = next(iter(listed(page, "list")), {})
    if not first.get("video_cover_url"):
        message = "TikTok is still processing the video. The ad is made as soon as that is done."
        raise PlatformError(ErrorKind.TRANSIENT, "MEDIA_PROCESSING", message)
    query = {"advertiser_id": advertiser, "video_id": video, "poster_number": 1}
    covers = listed(ads.get("file/video/suggestcover/", query), "list")
    if covers and covers[0].get("id"):
        return {call.keys[0]: Outcome(str(covers[0]["id"]))}
    body = {
        "advertiser_id": advertiser,
        "upload_type": "UPLOAD_BY_URL",
        "image_url": first["video_cover_url"],
        "file_name": file_name("cover.jpg", call.request["key"]),
    }
    data = ads.post("file/image/ad/upload/", body, blame=_blame(call))
    return _done(call, data.get("image_id"), data)


def send_music(ads: Ads, call: Call, open_media: OpenMedia) -> dict[str, Outcome]:
    """Find music for a carousel's pictures."""
    request = call.request
    return {call.keys[0]: Outcome(music.recommended(ads, request["advertiser"], request["images"], request["node"]))}


def file_name(name: str, key: str) -> str:
    """Return a name that no file of the account has, with our mark before its extension, within TikTok's limit."""
    path = PurePath(name)
    end = f" {secrets.token_hex(4)}{mark(key)}{path.suffix}"
    return f"{shortened(path.stem, FILE_NAME_LIMIT - width(end))}{end}"


def _upload(ads: Ads, call: Call, open_media: OpenMedia, path: str, kind: str) -> Any:
    request = call.request
    name = file_name(request["name"], request["key"])
    form = {
        "advertiser_id": request["advertiser"],
        "upload_type": "UPLOAD_BY_FILE",
        "file_name": name,
        f"{kind}_signature": _md5(open_media, request["sha256"]),
    }
    upload = Upload(f"{kind}_file", name, request["content_type"], lambda: open_media(request["sha256"]))
    return ads.upload(path, form, upload, call.upload_bytes, _blame(call))


def _md5(open_media: OpenMedia, sha256: str) -> str:
    """Return the sum TikTok checks the bytes with."""
    found = hashlib.md5(usedforsecurity=False)
    with open_media(sha256) as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _blame(call: Call) -> Blame:
    return Blame(Level.MEDIA, call.request["node"])


def _done(call: Call, external_id: Any, data: Any) -> dict[str, Outcome]:
    if not external_id:
        raise refusals.unreadable(200, data, is_write=True)
    return {call.keys[0]: Outcome(str(external_id))}
