"""What a video is, found by its bytes. It is read in a process of its own (campaigns/film_probe.py)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from campaigns.pictures import MediaRefused

#: How an MP4 or MOV file begins (ISO/IEC 14496-12, "File Type Box"), and what older MOV files begin with.
_FILM = re.compile(rb"^.{4}(ftyp|moov|mdat|wide|free)", re.DOTALL)
_QUICKTIME = re.compile(rb"^.{4}(ftypqt  |moov|mdat|wide|free)", re.DOTALL)
#: How long the process may take, in seconds, and how many may run at once beside the pages.
PROBE_SECONDS = 30.0
_SLOTS = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Film:
    """What was found in a video's bytes. Sizes in pixels as shown, duration in seconds; frames are JPEGs."""

    content_type: str
    extension: str
    codec: str
    width: int
    height: int
    duration: float
    has_sound: bool
    frames: tuple[bytes, ...]


def is_film(head: bytes) -> bool:
    """Say whether a file that begins like this may be an MP4 or MOV video."""
    return _FILM.match(head) is not None


def examine(upload: UploadedFile[bytes], head: bytes) -> Film:
    """Return what the video is; MediaRefused if it is none that can be used."""
    with _SLOTS, tempfile.TemporaryFile() as spooled:
        answer = _ask(_on_disk(upload, spooled))
    line, _, rest = answer.partition(b"\n")
    found = json.loads(line)
    if "refused" in found:
        raise MediaRefused(found["refused"])
    kind = ("video/quicktime", "mov") if _QUICKTIME.match(head) else ("video/mp4", "mp4")
    sizes, frames = found.pop("frames"), []
    for size in sizes:
        frames.append(rest[:size])
        rest = rest[size:]
    return Film(*kind, frames=tuple(frames), **found)


def _on_disk(upload: UploadedFile[bytes], spooled: IO[Any]) -> IO[Any]:
    """Return the upload as a file of the system at its beginning; a small one, which is in memory, is written down."""
    try:
        upload.fileno()
    except (OSError, AttributeError):
        for chunk in upload.chunks():
            spooled.write(chunk)
        spooled.flush()
        spooled.seek(0)
        return spooled
    upload.seek(0)
    return upload


def _ask(file: IO[Any]) -> bytes:
    """Return what the process wrote. Whatever else became of it, the video is to blame."""
    command = [sys.executable, "-m", "campaigns.film_probe"]
    try:
        done = subprocess.run(
            command, stdin=file, capture_output=True, timeout=PROBE_SECONDS, cwd=settings.BASE_DIR, check=True, env={}
        )
    except subprocess.TimeoutExpired as error:
        raise MediaRefused("The video takes too long to read. Export it anew as MP4 with H.264.") from error
    except subprocess.CalledProcessError as error:
        raise MediaRefused("The video cannot be read. Export it anew as MP4 with H.264.") from error
    return done.stdout
