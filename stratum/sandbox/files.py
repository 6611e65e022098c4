"""Uploaded bytes, kept by their SHA-256 in the data folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings


def store(content: bytes) -> str:
    """Keeps the bytes and returns the name they can be loaded by."""
    name = hashlib.sha256(content).hexdigest()
    settings.UPLOADS_FOLDER.mkdir(exist_ok=True)
    _path(name).write_bytes(content)
    return name


def append(name: str, chunk: bytes) -> None:
    """Adds a chunk to an upload that goes on under a name of its own."""
    settings.UPLOADS_FOLDER.mkdir(exist_ok=True)
    with _path(name).open("ab") as file:
        file.write(chunk)


def load(name: str) -> bytes:
    """The bytes of that name; raises FileNotFoundError if there are none."""
    return _path(name).read_bytes()


def _path(name: str) -> Path:
    # Only the last part of a name is used, so that no name leads out of the folder.
    return Path(settings.UPLOADS_FOLDER) / Path(name).name
