"""Cuts a picture to a shape that platforms show. The original stays; what comes out is a file of its own."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import PurePath

from PIL import Image, ImageOps

from campaigns import media
from campaigns.models import MediaAsset
from integrations.contracts import Media
from stratum.models import User


@dataclass(frozen=True)
class Shape:
    """A shape by its name, and the size in pixels beyond which it is made smaller."""

    name: str
    width: int
    height: int


SHAPES = (
    Shape("1:1", 1080, 1080),
    Shape("4:5", 1080, 1350),
    Shape("9:16", 1080, 1920),
    Shape("16:9", 1920, 1080),
    Shape("1.91:1", 1200, 628),
)


@dataclass(frozen=True)
class Box:
    """The part that stays, in pixels of the picture as it is shown."""

    left: int
    top: int
    width: int
    height: int


def box(width: int, height: int, shape: Shape, x: int, y: int) -> Box:
    """Return the largest part of the shape; x and y say where it lies, in percent of the room there is."""
    wide = min(width, max(1, round(height * shape.width / shape.height)))
    high = min(height, max(1, round(width * shape.height / shape.width)))
    return Box((width - wide) * x // 100, (height - high) * y // 100, wide, high)


def size_after(part: Box, shape: Shape) -> tuple[int, int]:
    """Return the size of the new picture: the part's, or the shape's if that is smaller."""
    return (shape.width, shape.height) if part.width > shape.width else (part.width, part.height)


def contract_after(asset: MediaAsset, size: tuple[int, int]) -> Media:
    """Return what platforms would be told of the cropped picture; how many bytes it has is not known before."""
    return replace(asset.contract, width=size[0], height=size[1], size=0, content_type=_type_after(asset))


def _type_after(asset: MediaAsset) -> str:
    return "image/jpeg" if asset.content_type == "image/jpeg" else "image/png"


def crop(asset: MediaAsset, shape: Shape, x: int, y: int, *, by: User) -> MediaAsset:
    """Keep a part of the picture as a new file of the library. MediaRefused if nothing usable comes out."""
    part = box(asset.width, asset.height, shape, x, y)
    with asset.file.open("rb") as opened, Image.open(opened) as image:
        upright = ImageOps.exif_transpose(image)
        cut = upright.crop((part.left, part.top, part.left + part.width, part.top + part.height))
        if cut.mode not in {"RGB", "RGBA", "L", "CMYK"}:
            cut = cut.convert("RGBA")
        cut = cut.resize(size_after(part, shape), Image.Resampling.LANCZOS)
        profile = image.info.get("icc_profile")
    is_jpeg = _type_after(asset) == "image/jpeg"
    target = io.BytesIO()
    if is_jpeg:
        cut.save(target, "JPEG", quality=92, icc_profile=profile)
    else:
        cut.save(target, "PNG", icc_profile=profile)
    stem = PurePath(asset.filename).stem[:180]
    name = f"{stem} {shape.name.replace(':', '×')}.{'jpg' if is_jpeg else 'png'}"
    return media.keep_bytes(target.getvalue(), name=name, by=by)
