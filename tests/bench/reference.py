"""The reference campaign of each platform: 10 ad sets of 10 ads with 10 pictures in all."""

from __future__ import annotations

import copy
from typing import Any

from tests.factories import make_draft_json, make_media

AD_SETS = 10
ADS = 10
#: What differs from Meta's content, by platform: campaign leaves, ad set leaves, ad leaves, picture size.
PLATFORMS: dict[str, dict[str, Any]] = {"meta": {}}


def content(slug: str) -> dict[str, Any]:
    """Return the platform's reference content; its pictures are made on first use."""
    own = PLATFORMS[slug]
    width, height = own.get("picture", (1200, 1200))
    pictures = [make_media(width, height, colour=f"#{30 + n * 20:02x}603b").sha256 for n in range(10)]
    made = make_draft_json(media=pictures[0])
    made["campaign"]["budget"]["amount"] = "1000.00"
    _merge(made["campaign"], own.get("campaign", {}))
    model = made["ad_sets"][0]
    _merge(model, own.get("ad_set", {}))
    ad = model["ads"][0]
    _merge(ad, own.get("ad", {}))
    made["ad_sets"] = [_ad_set(model, ad, number, pictures) for number in range(AD_SETS)]
    return made


def _ad_set(model: dict[str, Any], ad: dict[str, Any], number: int, pictures: list[str]) -> dict[str, Any]:
    ads = []
    for position in range(ADS):
        one = copy.deepcopy(ad) | {"key": f"a{number}x{position}", "name": f"Ad {number}.{position}"}
        one["creative"]["media"] = [pictures[position]]
        ads.append(one)
    budget = "100.00" if model["budget"] else None
    return copy.deepcopy(model) | {"key": f"s{number}", "name": f"Segment {number}", "budget": budget, "ads": ads}


def _merge(target: dict[str, Any], leaves: dict[str, Any]) -> None:
    """Set leaves by their path, `targeting.age_min`."""
    for path, value in leaves.items():
        *parents, last = path.split(".")
        place = target
        for parent in parents:
            place = place[parent]
        place[last] = value
