"""A campaign worth looking at: three ad sets, six ads, pictures that were painted here."""

from __future__ import annotations

import hashlib
import io
import math
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFont

from campaigns.models import MediaAsset
from tests.factories import make_draft_json
from tests.people import person

SIZE = 1080
#: Ad set → audience, and its ads: name, headline, the colours of its picture from top to bottom, the word on it.
AD_SETS: list[tuple[str, dict[str, Any], str, list[tuple[str, str, tuple[str, str, str], str]]]] = [
    (
        "US · 25–54",
        {"locations": ["US"], "age_min": 25, "age_max": 54},
        "500.00",
        [
            ("Image ad – sandals", "Summer Sale – Up to 50% Off!", ("#f6b37f", "#e0675f", "#7a5aa8"), "SUMMER SALE"),
            ("Image ad – linen", "Linen, 50% off", ("#bfe3d0", "#5fb0a5", "#2d6a86"), "LINEN DAYS"),
        ],
    ),
    (
        "CA · 25–54",
        {"locations": ["CA"], "age_min": 25, "age_max": 54},
        "300.00",
        [
            ("Image ad – sandals CA", "Summer Sale – Up to 50% Off!", ("#ffd9a0", "#f08a5d", "#b83b5e"), "SUMMER SALE"),
            ("Image ad – hats", "Hats for long days", ("#fde68a", "#f59e0b", "#92400e"), "SUN HATS"),
        ],
    ),
    (
        "UK · 18–34",
        {"locations": ["GB"], "age_min": 18, "age_max": 34},
        "200.00",
        [
            ("Image ad – festival", "Pack light. Dance late.", ("#c7b8ff", "#7c6cf0", "#312e81"), "FESTIVAL"),
            ("Image ad – swim", "Ready for the water", ("#a5e3f5", "#3aa6c9", "#0b4f6c"), "SWIM"),
        ],
    ),
]


def content() -> dict[str, Any]:
    """Return the campaign's content; its pictures are painted on first use."""
    made = make_draft_json(media="")
    made["campaign"]["name"] = "Summer Sale"
    model = made["ad_sets"][0]
    made["ad_sets"] = [_ad_set(model, number, *one) for number, one in enumerate(AD_SETS)]
    return made


def _ad_set(
    model: dict[str, Any], number: int, name: str, audience: dict[str, Any], budget: str, ads: list[Any]
) -> dict[str, Any]:
    targeting = {**model["targeting"], **audience}
    built = [_ad(model["ads"][0], f"a{number}{position}", *ad) for position, ad in enumerate(ads)]
    return {**model, "key": f"s{number}", "name": name, "budget": budget, "targeting": targeting, "ads": built}


def _ad(
    model: dict[str, Any], key: str, name: str, headline: str, colours: tuple[str, str, str], word: str
) -> dict[str, Any]:
    creative = {**model["creative"], "headlines": [headline], "media": [_picture(name, colours, word)]}
    return {"key": key, "name": name, "creative": creative}


def _picture(name: str, colours: tuple[str, str, str], word: str) -> str:
    """Paint a picture, put it into the media library and return its SHA-256."""
    data = _painted(colours, word)
    sha256 = hashlib.sha256(data).hexdigest()
    thumbnail = io.BytesIO()
    Image.open(io.BytesIO(data)).resize((240, 240)).save(thumbnail, "JPEG")
    MediaAsset.objects.get_or_create(
        sha256=sha256,
        defaults={
            "kind": MediaAsset.Kind.IMAGE,
            "file": default_storage.save(f"media/{sha256[:2]}/{sha256}.jpg", ContentFile(data)),
            "thumbnail": default_storage.save(
                f"thumbnails/{sha256[:2]}/{sha256}.jpg", ContentFile(thumbnail.getvalue())
            ),
            "filename": f"{name.split(' – ')[-1]}.jpg",
            "content_type": "image/jpeg",
            "size": len(data),
            "width": SIZE,
            "height": SIZE,
            "uploaded_by": person("carl"),
        },
    )
    return sha256


def _painted(colours: tuple[str, str, str], word: str) -> bytes:
    top, middle, bottom = (tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in colours)
    image = Image.new("RGB", (SIZE, SIZE))
    draw = ImageDraw.Draw(image)
    for y in range(SIZE):
        share = y / SIZE
        first, second, part = (top, middle, share * 2) if share < 0.5 else (middle, bottom, share * 2 - 1)
        colour = tuple(round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
        shift = round(40 * math.sin(y / 90))
        draw.line((-80 + shift, y, SIZE + 80, y), fill=colour)
    draw.ellipse((640, 120, 900, 380), fill="#fff4d6")
    font = ImageFont.load_default(size=116)
    box = draw.textbbox((0, 0), word, font=font, stroke_width=2)
    place = ((SIZE - box[2]) / 2, SIZE * 0.56)
    draw.text(place, word, font=font, fill="white", stroke_width=2, stroke_fill="white")
    target = io.BytesIO()
    image.save(target, "JPEG", quality=90)
    return target.getvalue()
