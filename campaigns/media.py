"""The media library: what may come in, and where it is kept.

A file is judged by its bytes, never by its name or by what the browser calls it: it must be a JPEG, PNG or GIF that
decodes, small enough to be decoded at all, and nothing else at the same time. It is stored once, under the SHA-256 of
its bytes, through Django's storage.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from campaigns.models import MediaAsset
from stratum.models import User
from stratum.ui import Refusal

#: What Pillow calls a format, as content type and file extension.
FORMATS = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "GIF": ("image/gif", "gif")}
#: Decoding takes four bytes a pixel; beyond this a picture is refused by its header alone.
MAX_PIXELS = 50_000_000
THUMBNAIL = (480, 480)
#: Values of the EXIF tag Orientation that turn a picture on its side (EXIF 2.3, tag 0x0112).
SIDEWAYS = frozenset({5, 6, 7, 8})
#: How a file begins that is no picture we take, and what to say about it.
OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (rb"^.{4}ftyp(heic|heix|mif1|msf1)", "HEIC pictures cannot be used in ads. Save it as JPEG or PNG."),
    (rb"^.{4}ftyp|^\x1a\x45\xdf\xa3|^RIFF.{4}AVI ", "Videos cannot be uploaded in this version yet. Use a picture."),
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

    sha256: str
    content_type: str
    extension: str
    width: int
    height: int
    thumbnail: bytes


def store(upload: UploadedFile[bytes], *, by: User) -> MediaAsset:
    """Check a picture and keep it; the same bytes are kept once. MediaRefused says what is wrong with it."""
    data = _read(upload)
    found = MediaAsset.objects.filter(sha256=hashlib.sha256(data).hexdigest()).first()
    return found or _keep(examine(data), data, name=upload.name or "", by=by)


def store_all(uploads: Iterable[UploadedFile[bytes]], *, by: User) -> tuple[list[str], MediaRefused | None]:
    """Keep what can be kept; answers the SHA-256 sums in order, and what is wrong with the first that was refused."""
    sums: list[str] = []
    refused: MediaRefused | None = None
    for upload in uploads:
        try:
            sums.append(store(upload, by=by).sha256)
        except MediaRefused as refusal:
            refused = refused or refusal
    return sums, refused


def examine(data: bytes) -> Picture:
    """Return what the bytes are; MediaRefused if they are no picture that can be used."""
    if not data:
        raise MediaRefused("The file is empty.")
    for pattern, message in OTHER_KINDS:
        if re.match(pattern, data[:1024], re.IGNORECASE | re.DOTALL):
            raise MediaRefused(message)
    kind, size, thumbnail = _decode(data)
    if _ACTIVE.search(data) or _goes_on_after_end(kind, data):
        raise MediaRefused("The file is a picture and something else at the same time. Save the picture anew.")
    content_type, extension = FORMATS[kind]
    return Picture(hashlib.sha256(data).hexdigest(), content_type, extension, size[0], size[1], thumbnail)


def refused_for_size(names: list[str]) -> MediaRefused:
    """Return the refusal of files that were stopped while they arrived."""
    limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
    which = ", ".join(f"“{name}”" for name in names if name) or "The file"
    return MediaRefused(f"{which} is larger than {limit} MB. Make it smaller and upload it again.")


def _read(upload: UploadedFile[bytes]) -> bytes:
    data = upload.read(settings.MAX_UPLOAD_BYTES + 1)
    if len(data) > settings.MAX_UPLOAD_BYTES:
        raise refused_for_size([str(getattr(upload, "name", "") or "")])
    return bytes(data)


def _decode(data: bytes) -> tuple[str, tuple[int, int], bytes]:
    """Return the format, the size and a thumbnail of a picture that decodes to its last line."""
    try:
        with Image.open(io.BytesIO(data), formats=list(FORMATS)) as image:
            kind = str(image.format)
            if image.width * image.height > MAX_PIXELS:
                raise _too_many_pixels()
            image.load()
            is_turned = image.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS
            size = (image.height, image.width) if is_turned else image.size
            return kind, size, _thumbnail(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise MediaRefused("This is no JPEG, PNG or GIF picture, whatever its name says.") from error
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


def _goes_on_after_end(kind: str, data: bytes) -> bool:
    """Say whether bytes follow the picture's end. Cameras append to JPEGs, nobody does to the others."""
    if kind == "PNG":
        end = data.find(b"IEND\xae\x42\x60\x82")
        return end == -1 or bool(data[end + 8 :].strip(b"\x00\r\n"))
    return kind == "GIF" and not data.rstrip(b"\x00").endswith(b";")


def _keep(picture: Picture, data: bytes, *, name: str, by: User) -> MediaAsset:
    stem = f"{picture.sha256[:2]}/{picture.sha256}"
    asset = MediaAsset(
        sha256=picture.sha256,
        kind=MediaAsset.Kind.IMAGE,
        filename=_shown_name(name, picture),
        content_type=picture.content_type,
        size=len(data),
        width=picture.width,
        height=picture.height,
        uploaded_by=by,
    )
    asset.file.save(f"{stem}.{picture.extension}", ContentFile(data), save=False)
    asset.thumbnail.save(f"{stem}.jpg", ContentFile(picture.thumbnail), save=False)
    try:
        with transaction.atomic():
            asset.save()
    except IntegrityError:
        # Somebody uploaded the same picture at the same moment: theirs counts, our copies go.
        asset.file.delete(save=False)
        asset.thumbnail.delete(save=False)
        return MediaAsset.objects.get(sha256=picture.sha256)
    return asset


def _shown_name(name: str, picture: Picture) -> str:
    """Return the name for people; it never becomes a path."""
    plain = "".join(char for char in name.replace("\\", "/").rsplit("/", 1)[-1] if char.isprintable()).strip()
    return plain[-200:] or f"picture.{picture.extension}"
