"""Music for carousels: what the account's people chose before, and what TikTok recommends for the pictures.

Reference: TikTok API for Business v1.3, /file/music/get/ with music_scene CAROUSEL_ADS, /file/image/ad/info/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.contracts import Account, Asset, AssetKind
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.tiktok.client import Ads, listed

SCENE = "CAROUSEL_ADS"
#: A draft's choice is a list on a page: more than so many pieces nobody reads.
MOST_OFFERED = 100
#: TikTok recommends music for two pictures or more.
LEAST_PICTURES = 2


def own(ads: Ads, account: Account) -> list[Asset]:
    """Return the account's favourites, then what was uploaded to it, each piece once."""
    uploaded = {"search_type": "SEARCH_BY_SOURCE", "filtering": {"sources": ["USER"]}}
    rows = [
        *_pieces(ads, account.external_id, {"search_type": "SEARCH_BY_LIKED"}),
        *_pieces(ads, account.external_id, uploaded),
    ]
    pieces: dict[str, Asset] = {}
    for row in rows:
        pieces.setdefault(str(row["music_id"]), Asset(AssetKind.MUSIC, str(row["music_id"]), _name(row)))
    return list(pieces.values())[:MOST_OFFERED]


def recommended(ads: Ads, advertiser: str, image_ids: Sequence[str], node: str) -> str:
    """Return the music that goes with these pictures: TikTok's first recommendation, else what the account used last.

    PlatformError of kind invalid when a picture cannot be used in a carousel, or when there is no music at all.
    """
    pictures = _pictures(ads, advertiser, image_ids, node)
    addresses = [str(pictures[image_id].get("image_url") or "") for image_id in image_ids if image_id in pictures]
    searches: list[Mapping[str, Any]] = [
        {"search_type": "SEARCH_BY_LIKED"},
        {"search_type": "SEARCH_BY_HISTORY"},
        {"search_type": "SEARCH_BY_KEYWORD", "filtering": {"keyword": "upbeat"}},
    ]
    if len(addresses) >= LEAST_PICTURES and all(addresses):
        searches.insert(0, {"search_type": "SEARCH_BY_RECOMMEND", "filtering": {"image_urls": addresses}})
    for search in searches:
        if found := _pieces(ads, advertiser, search):
            return str(found[0]["music_id"])
    message = (
        "TikTok offers this ad account no music for carousels. Choose a favourite in TikTok Ads Manager, then sync."
    )
    raise PlatformError(ErrorKind.INVALID, "MUSIC_MISSING", message, "campaign.assets.music")


def _pieces(ads: Ads, advertiser: str, search: Mapping[str, Any]) -> list[dict[str, Any]]:
    page = ads.get("file/music/get/", {"advertiser_id": advertiser, "music_scene": SCENE, **search})
    return [row for row in listed(page, "musics") if row.get("music_id")]


def _pictures(ads: Ads, advertiser: str, image_ids: Sequence[str], node: str) -> dict[str, dict[str, Any]]:
    page = ads.get("file/image/ad/info/", {"advertiser_id": advertiser, "image_ids": list(dict.fromkeys(image_ids))})
    rows = {str(row.get("image_id")): row for row in listed(page, "list")}
    # A picture of a moment ago may not have been looked at yet; then nothing is said.
    if any(row.get("is_carousel_usable") is False for row in rows.values()):
        message = (
            "TikTok cannot show one of these pictures in a carousel. Save it as a new JPEG or PNG and upload it again."
        )
        raise PlatformError(ErrorKind.INVALID, "MEDIA_REFUSED", message, node)
    return rows


def _name(row: Mapping[str, Any]) -> str:
    title = str(row.get("file_name") or row["music_id"])
    return f"{title} by {row['author']}" if row.get("author") else title
