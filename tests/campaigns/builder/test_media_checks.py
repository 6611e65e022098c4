from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from campaigns import media, pictures
from campaigns.models import MediaAsset
from tests.factories import image_bytes


def saved(image: Image.Image, kind: str, **options) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_header(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def png_with_comment(text: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text)
    return saved(Image.new("RGB", (20, 20)), "PNG", pnginfo=info)


PICTURES = {
    "a photo": (image_bytes(1200, 628), "image/jpeg", (1200, 628)),
    "a PNG": (image_bytes(600, 600, kind="PNG"), "image/png", (600, 600)),
    "a GIF": (saved(Image.new("P", (50, 40)), "GIF"), "image/gif", (50, 40)),
    "a transparent PNG": (saved(Image.new("RGBA", (30, 30), (0, 0, 0, 0)), "PNG"), "image/png", (30, 30)),
    "a transparent palette": (saved(Image.new("P", (30, 30)), "PNG", transparency=0), "image/png", (30, 30)),
    "sixteen bits of grey": (saved(Image.new("I;16", (30, 30)), "PNG"), "image/png", (30, 30)),
    "a print JPEG": (saved(Image.new("CMYK", (30, 20)), "JPEG"), "image/jpeg", (30, 20)),
    "a harmless comment": (png_with_comment("A script <for> a play"), "image/png", (20, 20)),
    "a camera's appendix": (image_bytes(40, 40) + b"SEFT vendor data", "image/jpeg", (40, 40)),
}


@pytest.mark.parametrize(("data", "content_type", "size"), PICTURES.values(), ids=PICTURES.keys())
def test_a_picture_is_known_by_its_bytes(data, content_type, size):
    picture = pictures.examine(data)

    assert picture.content_type == content_type
    assert (picture.width, picture.height) == size
    assert Image.open(io.BytesIO(picture.thumbnail)).format == "JPEG"


def test_a_picture_taken_sideways_is_measured_as_it_is_shown():
    exif = Image.Exif()
    exif[0x0112] = 6

    picture = pictures.examine(saved(Image.new("RGB", (400, 200)), "JPEG", exif=exif))

    assert (picture.width, picture.height) == (200, 400)
    assert Image.open(io.BytesIO(picture.thumbnail)).size == (200, 400)


SCRIPT = b"<script>alert(1)</script>"
REFUSED = {
    "nothing": (b"", "empty"),
    "a text": (b"hello, I am a picture", "no JPEG, PNG, GIF, MP4"),
    "a page": (b"<!doctype html><html><body>hi</body></html>", "no JPEG, PNG, GIF, MP4"),
    "a drawing": (b'<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "a bare drawing": (b"  <SVG onload=alert(1)>", "SVG"),
    "a matroska film": (b"\x1a\x45\xdf\xa3" + bytes(100), "Videos must be MP4 or MOV"),
    "a phone's HEIC": (b"\x00\x00\x00\x18ftypheic" + bytes(100), "HEIC"),
    "a WebP": (saved(Image.new("RGB", (9, 9)), "WEBP"), "WebP"),
    "a BMP": (saved(Image.new("RGB", (9, 9)), "BMP"), "no JPEG, PNG, GIF, MP4"),
    "half a photo": (image_bytes(800, 800)[:4000], "damaged"),
    "half a PNG": (image_bytes(800, 800, kind="PNG")[:200], "damaged"),
    "a bomb": (png_header(60_000, 60_000) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b""), "pixels"),
    "a quiet bomb": (
        png_header(9_000, 9_000) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b""),
        "pixels",
    ),
    "a script in a comment": (png_with_comment("<script>alert(1)</script>"), "something else at the same time"),
    "a script behind a PNG": (image_bytes(20, 20, kind="PNG") + SCRIPT, "something else at the same time"),
    "a script behind a JPEG": (image_bytes(20, 20) + SCRIPT, "something else at the same time"),
    "an archive behind a PNG": (image_bytes(20, 20, kind="PNG") + b"PK\x03\x04" + bytes(50), "something else"),
    "a second end": (image_bytes(20, 20, kind="PNG") + b"PK" + chunk(b"IEND", b""), "something else"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_plain_picture_is_refused_with_a_reason(data, reason):
    with pytest.raises(media.MediaRefused, match=reason):
        pictures.examine(data)


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once_whatever_they_are_called(carl, cora):
    data = image_bytes(64, 64, "#00ff00")

    first = media.store(SimpleUploadedFile("a.jpg", data), by=carl)
    second = media.store(SimpleUploadedFile("b.png", data), by=cora)

    assert first == second
    assert MediaAsset.objects.count() == 1
    assert first.uploaded_by == carl


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\evil\\x.php", "a\x00b\r\nX: y.jpg", "صورة.jpg", "", "x" * 500]
)
def test_an_uploads_name_never_becomes_a_path(carl, name):
    data = image_bytes(65, 65, "#00ff01")
    upload = SimpleUploadedFile("x.jpg", data)
    upload._name = name

    asset = media.store(upload, by=carl)

    assert asset.file.name == f"media/{asset.sha256[:2]}/{asset.sha256}.jpg"
    assert len(asset.filename) <= 200
    assert asset.filename.isprintable()
    default_storage.delete(asset.file.name)


@pytest.mark.django_db
def test_a_file_beyond_the_limit_is_refused(carl, settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024

    with pytest.raises(media.MediaRefused, match="larger than 1 MB"):
        media.store(SimpleUploadedFile("big.jpg", bytes(1024 * 1024 + 1)), by=carl)
