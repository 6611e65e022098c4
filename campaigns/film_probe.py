"""Reads a video that a stranger sent, in a process of its own: `python -m campaigns.film_probe < file`.

Decoders are large and written in C. A video that makes one crash, loop or swallow memory ends this process and nothing
else. Only the demuxer for MP4 and MOV and two decoders are used; the file is read through the open descriptor alone, so
that nothing in it can name another file or an address. A few frames are decoded, never the whole video.

Writes one line of JSON, {"refused": …} or what was found, and behind it the frames as JPEGs of the sizes it names.
Imports nothing of Django: it must start quickly.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, BinaryIO

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

CODECS = frozenset({"h264", "hevc"})
MAX_STREAMS = 16
MAX_SIDE = 4096
MAX_SECONDS = 3600
#: Where in the video frames are taken, as parts of its length. The last also shows that the file is whole.
PLACES = (0.0, 0.25, 0.5, 0.75, 0.96)
#: How long is decoded towards one place before the frame at hand must do, in seconds.
PATIENCE = 1.5
#: Frames become covers: no platform shows a larger one than this.
FRAME_SIDE = 1920
MEMORY_BYTES = 2 * 1024**3
CPU_SECONDS = 20
DAMAGED = "The video is damaged or cut off. Export it anew and upload it again."


class Refused(Exception):
    """The video cannot be used in ads; the text says why, and what to do."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    av.logging.set_level(None)
    try:
        found, frames = examine(sys.stdin.buffer)
    except Refused as refusal:
        found, frames = {"refused": str(refusal)}, []
    # FFmpeg's own errors are also OSError, ValueError and others by their number.
    except (av.error.FFmpegError, OSError, ValueError, OverflowError, MemoryError, EOFError):
        found, frames = {"refused": DAMAGED}, []
    sys.stdout.buffer.write(json.dumps(found | {"frames": [len(frame) for frame in frames]}).encode() + b"\n")
    for frame in frames:
        sys.stdout.buffer.write(frame)


def examine(file: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    """Return what the video is and a few of its frames as JPEGs. Sizes in pixels as shown, duration in seconds."""
    with av.open(file, "r", format="mov", options={"enable_drefs": "0"}) as container:
        if len(container.streams) > MAX_STREAMS:
            raise Refused(f"The video has more than {MAX_STREAMS} tracks. Export it with one picture and one sound.")
        stream = _picture_track(container.streams.video)
        seconds = _seconds(container.duration, stream)
        frames = list(_frames(container, stream, seconds))
        shown = _upright(frames[0], stream)
        return {
            "codec": stream.codec_context.name,
            "width": shown.width,
            "height": shown.height,
            "duration": round(seconds, 3),
            "has_sound": bool(container.streams.audio),
        }, list(dict.fromkeys(_jpeg(_upright(frame, stream)) for frame in frames))


def _picture_track(streams: tuple[VideoStream, ...]) -> VideoStream:
    stream = next((found for found in streams if not found.disposition & av.stream.Disposition.attached_pic), None)
    if stream is None:
        raise Refused("The file has no moving picture in it. Upload a video.")
    codec = stream.codec_context
    if codec.name not in CODECS:
        raise Refused(f"The video is coded as {codec.name}. Export it as MP4 with H.264.")
    if max(codec.width, codec.height) > MAX_SIDE:
        raise Refused(f"The video has {codec.width} × {codec.height} pixels. Make it at most {MAX_SIDE} on a side.")
    codec.thread_count = 1
    return stream


def _seconds(container_duration: int | None, stream: VideoStream) -> float:
    lengths = [container_duration / av.time_base] if container_duration else []
    if stream.duration and stream.time_base:
        lengths.append(float(stream.duration * stream.time_base))
    seconds = max(lengths, default=0.0)
    if seconds <= 0:
        raise Refused(DAMAGED)
    if seconds > MAX_SECONDS:
        raise Refused(f"The video is longer than {MAX_SECONDS // 60} minutes. Cut it and upload it again.")
    return seconds


def _frames(container: Any, stream: VideoStream, seconds: float) -> Iterator[VideoFrame]:
    """Yield a frame near each place, each once. Raises Refused when the file ends before its length says."""
    before = None
    for place in PLACES:
        frame = _frame_at(container, stream, place * seconds)
        if frame is None:
            raise Refused(DAMAGED)
        if frame.pts != before:
            yield frame
        before = frame.pts


def _frame_at(container: Any, stream: VideoStream, seconds: float) -> VideoFrame | None:
    """Return the frame shown at a moment, or the nearest before it that patience leads to."""
    assert stream.time_base is not None
    start = (stream.start_time or 0) * stream.time_base
    container.seek(int((Fraction(seconds) + start) / stream.time_base), stream=stream, backward=True)
    until, found = time.monotonic() + PATIENCE, None
    for frame in container.decode(stream):
        if found is not None and (frame.time is None or frame.time > seconds + float(start)):
            return found
        found = frame
        if time.monotonic() > until:
            break
    return found


def _upright(frame: VideoFrame, stream: VideoStream) -> Image.Image:
    """Return a frame as a player shows it: square pixels, the camera's turn undone, not larger than a cover."""
    image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    aspect = stream.sample_aspect_ratio
    if aspect and aspect != 1:
        image = image.resize((max(1, round(image.width * aspect)), image.height))
    return image.rotate(frame.rotation, expand=True) if frame.rotation else image


def _jpeg(image: Image.Image) -> bytes:
    image.thumbnail((FRAME_SIDE, FRAME_SIDE))
    target = io.BytesIO()
    image.convert("RGB").save(target, "JPEG", quality=88)
    return target.getvalue()


if __name__ == "__main__":
    os.chdir("/")
    main()
