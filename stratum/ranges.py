"""Answers a stored file, or the part of it that a player asks for (RFC 9110, "Range Requests")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import File
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_ONE_RANGE = re.compile(r"bytes=(\d{1,18})?-(\d{1,18})?")
_CHUNK = 256 * 1024


def answer(request: HttpRequest, opened: File[Any], size: int, content_type: str) -> HttpResponseBase:
    """Answer the whole file, or 206 with one range of it, or 416 for a range that lies beyond it. Closes the file.

    What asks for several ranges, or for nonsense, gets the whole file, as the RFC allows.
    """
    match = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or not any(match.groups()):
        response: HttpResponseBase = FileResponse(opened, content_type=content_type)
        response["Accept-Ranges"] = "bytes"
        return response
    start, end = _bounds(match, size)
    if start >= size or end < start:
        opened.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part = StreamingHttpResponse(_part(opened, start, end), status=206, content_type=content_type)
    part["Content-Range"] = f"bytes {start}-{end}/{size}"
    part["Content-Length"] = str(end - start + 1)
    part["Accept-Ranges"] = "bytes"
    return part


def _bounds(match: re.Match[str], size: int) -> tuple[int, int]:
    """Return the first and the last byte; a range without a start means the file's last so many bytes."""
    first, last = match.groups()
    if first is None:
        return (max(0, size - int(last)), size - 1) if int(last) else (size, 0)
    return int(first), min(int(last), size - 1) if last is not None else size - 1


def _part(opened: File[Any], start: int, end: int) -> Iterator[bytes]:
    with opened:
        opened.seek(start)
        left = end - start + 1
        while left > 0 and (chunk := opened.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
