"""What a picture is, found by its bytes: a JPEG, PNG or GIF that decodes, small enough to be decoded, and nothing else."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from stratum.ui import Refusal

#: What Pillow calls a format, as content type and file extension.
FORMATS = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "GIF": ("image/gif", "gif")}
#: Decoding takes four bytes a pixel; beyond this a picture is refused by its header alone.
MAX_PIXELS = 50_000_000
HEAD_BYTES = 1024
THUMBNAIL = (480, 480)
#: Values of the EXIF tag Orientation that turn a picture on its side (EXIF 2.3, tag 0x0112).
SIDEWAYS = frozenset({5, 6, 7, 8})
#: How a file begins that is no picture we take, and what to say about it.
OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (rb"^.{4}ftyp(heic|heix|mif1|msf1)", "HEIC pictures cannot be used in ads. Save it as JPEG or PNG."),
    (
        rb"^\x1a\x45\xdf\xa3|^RIFF.{4}AVI |^FLV|^\x00\x00\x01[\xba\xb3]",
        "Videos must be MP4 or MOV. Export it as MP4 with H.264.",
    ),
    (rb"^RIFF.{4}WEBP", "WebP pictures are not taken by all platforms. Save it as JPEG or PNG."),
    (rb"^\s*(<[?!].*?>\s*)*<svg", "SVG drawings cannot be used in ads. Save it as PNG."),
)
#: Marks of a page or a script. In real picture data they do not happen by chance: seven given bytes in a row.
_ACTIVE = re.compile(rb"<(script|html|body|svg|iframe|object|embed|!doctype\s+html|\?php)[\s>/]", re.IGNORECASE)


class MediaRefused(Refusal):
    """The file is not what an ad can show. The message says why, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__("VALIDATION_FAILED", message, [{"path": "file", "message": message}])


@dataclass(frozen=True)
class Picture:
    """What was found in a file's bytes. Width and height in pixels as shown, with the camera's turn undone."""

    content_type: str
    extension: str
    width: int
    height: int
    is_animated: bool
    thumbnail: bytes


def require_usable_kind(head: bytes) -> None:
    """Raise MediaRefused for a file whose beginning already says that no ad can show it."""
    if not head:
        raise MediaRefused("The file is empty.")
    for pattern, message in OTHER_KINDS:
        if re.match(pattern, head, re.IGNORECASE | re.DOTALL):
            raise MediaRefused(message)


def examine(data: bytes) -> Picture:
    """Return what the bytes are; MediaRefused if they are no picture that can be used."""
    require_usable_kind(data[:HEAD_BYTES])
    picture = _decode(data)
    if _ACTIVE.search(data) or _goes_on_after_end(picture.content_type, data):
        raise MediaRefused("The file is a picture and something else at the same time. Save the picture anew.")
    return picture


def _decode(data: bytes) -> Picture:
    """Return what a picture is that decodes to its last line; of one that moves, to the last of its first picture."""
    try:
        with Image.open(io.BytesIO(data), formats=list(FORMATS)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_many_pixels()
            is_animated = bool(getattr(image, "is_animated", False))
            image.load()
            is_turned = image.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS
            size = (image.height, image.width) if is_turned else image.size
            return Picture(*FORMATS[str(image.format)], *size, is_animated, _thumbnail(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise MediaRefused("This is no JPEG, PNG, GIF, MP4 or MOV file, whatever its name says.") from error
    # What Pillow's decoders raise on broken data, one after the other: cut off, contradictory, nonsense numbers.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError) as error:
        raise MediaRefused("The picture is damaged. Save it anew and upload it again.") from error


def _too_many_pixels() -> MediaRefused:
    return MediaRefused(f"The picture has more than {MAX_PIXELS // 1_000_000} million pixels. Make it smaller.")


def _thumbnail(image: Image.Image) -> bytes:
    """Return a small JPEG, turned as the camera meant it, on white where the picture is transparent."""
    small = image.convert("RGBA") if image.mode in {"P", "LA", "PA"} else image
    small.thumbnail(THUMBNAIL)  # before it is turned: a copy of the whole picture would take its memory again
    small = ImageOps.exif_transpose(small)
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        small = ground
    target = io.BytesIO()
    small.convert("RGB").save(target, "JPEG", quality=82, optimize=True)
    return target.getvalue()


def _goes_on_after_end(content_type: str, data: bytes) -> bool:
    """Say whether bytes follow the picture's end. Cameras append to JPEGs, nobody does to the others."""
    if content_type == "image/png":
        end = data.find(b"IEND\xae\x42\x60\x82")
        return end == -1 or bool(data[end + 8 :].strip(b"\x00\r\n"))
    return content_type == "image/gif" and not data.rstrip(b"\x00").endswith(b";")
