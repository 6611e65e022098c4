"""One campaign as each platform takes it: so many ad sets of so many ads, a file for each ad's place in its ad set."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from adaccounts.models import AdAccount
from tests.factories import make_draft_json, make_film, make_media

Leaves = dict[str, Any]


def _pictures(width: int, height: int) -> Callable[[int], str]:
    return lambda number: make_media(width, height, colour=f"#{30 + number * 20:02x}603b").sha256


def _film(number: int) -> str:
    return make_film(f"film {number}").sha256


@dataclass(frozen=True)
class Taste:
    """What differs from Meta's content: leaves by their path (`targeting.interests`), and what the ads show.

    `assets` are the account's assets by kind and name, where the sandbox gives them an id of chance.
    """

    campaign: Leaves = field(default_factory=dict)
    ad_set: Leaves = field(default_factory=dict)
    ad: Leaves = field(default_factory=dict)
    assets: dict[str, str] = field(default_factory=dict)
    file: Callable[[int], str] = field(default=_pictures(1200, 1200))


#: Ids are those of the sandbox's first start.
TASTES: dict[str, Taste] = {
    "meta": Taste(),
    "google": Taste(
        campaign={
            "assets": {"business_name": "Acme Corp"},
            "declarations": {"eu_political": False},
        },
        ad_set={"targeting.interests": [{"id": "92501", "name": "Fashionistas"}]},
        ad={"creative.primary_text": ""},
        assets={"logo": "Acme logo", "conversion_action": "Purchase"},
    ),
    "tiktok": Taste(
        campaign={
            "assets": {
                "identity": "TT_USER:11111111-2222-5333-8444-555555555551",
                "pixel": "7200000000000000001",
                "conversion_event": "purchase",
            },
            "url_tags": "",
        },
        ad_set={"targeting.interests": [{"id": "15", "name": "Apparel & Accessories"}]},
        ad={"creative.type": "video", "creative.headlines": [], "creative.descriptions": []},
        file=_film,
    ),
    "snapchat": Taste(
        campaign={
            "assets": {
                "profile": "7b1e4d90-2c8f-4a53-b6e7-d9f0c3a2e815",
                "pixel": "c7d2e8f1-0a4b-4c6d-9e35-1f8b7a6c2d03",
                "conversion_event": "purchase",
                "business_name": "Acme",
            },
            "url_tags": "",
        },
        ad_set={"targeting.interests": [{"id": "SLC_7", "name": "Fashion & Style Gurus"}]},
        ad={"creative.descriptions": [], "creative.primary_text": ""},
        file=_pictures(1080, 1920),
    ),
}


def content(account: AdAccount, ad_sets: int, ads: int) -> dict[str, Any]:
    """Return content for a synced account of the sandbox; its files are made on first use."""
    taste = TASTES[account.platform]
    made = make_draft_json(media=taste.file(0))
    _merge(made["campaign"], copy.deepcopy(taste.campaign))
    for kind, name in taste.assets.items():
        made["campaign"]["assets"][kind] = account.assets.get(kind=kind, name=name).external_id
    model = made["ad_sets"][0]
    _merge(model, taste.ad_set)
    ad = model["ads"][0]
    _merge(ad, taste.ad)
    made["ad_sets"] = [_ad_set(model, ad, number, [taste.file(n) for n in range(ads)]) for number in range(ad_sets)]
    return made


def _ad_set(model: dict[str, Any], ad: dict[str, Any], number: int, files: list[str]) -> dict[str, Any]:
    ads = []
    for place, file in enumerate(files):
        one = copy.deepcopy(ad) | {"key": f"a{number}x{place}", "name": f"Ad {number}.{place}"}
        one["creative"]["media"] = [file]
        ads.append(one)
    return copy.deepcopy(model) | {"key": f"s{number}", "name": f"Segment {number}", "budget": "100.00", "ads": ads}


def _merge(target: dict[str, Any], leaves: Leaves) -> None:
    for path, value in leaves.items():
        *parents, last = path.split(".")
        place = target
        for parent in parents:
            place = place[parent]
        place[last] = value
