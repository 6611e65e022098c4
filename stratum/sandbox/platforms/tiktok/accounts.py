"""Ad accounts, identities, pixels and music (TikTok API for Business v1.3: /advertiser/info/, /identity/get/, ...)."""

from __future__ import annotations

from typing import Any

from stratum.sandbox.models import Object

from . import access, errors, paging, seed
from .endpoints import ApiRequest

INFO_FIELDS = frozenset(
    {
        "advertiser_id", "name", "currency", "timezone", "display_timezone", "country", "status", "role",
        "balance", "company", "owner_bc_id", "advertiser_account_type", "create_time", "description", "address",
        "industry", "language",
    }
)  # fmt: skip
# Asked for, they come alone: every other field is left out of the answer.
SOLITARY_FIELDS = frozenset({"can_use_custom_identity", "ads_only_mode", "company_name_editable"})
IDENTITY_TYPES = frozenset({"CUSTOMIZED_USER", "AUTH_CODE", "TT_USER", "BC_AUTH_TT"})
MUSIC_SEARCHES = frozenset(
    {
        "SEARCH_BY_KEYWORD", "SEARCH_BY_RECOMMEND", "SEARCH_BY_LIKED", "SEARCH_BY_HISTORY",
        "SEARCH_BY_MUSIC_ID", "SEARCH_BY_SOURCE",
    }
)  # fmt: skip


def info(request: ApiRequest) -> dict[str, Any]:
    """GET advertiser/info/: up to a hundred ad accounts, with the fields asked for."""
    params = request.parameters("advertiser_ids", "fields")
    wanted = params.texts("advertiser_ids", 100)
    if not wanted:
        raise errors.missing("advertiser_ids")
    fields = params.texts("fields", 30, INFO_FIELDS | SOLITARY_FIELDS) or sorted(INFO_FIELDS)
    solitary = [name for name in fields if name in SOLITARY_FIELDS]
    if solitary:
        fields = ["advertiser_id", *solitary]
    return {"list": [_row(access.advertiser(request.token, external_id), fields) for external_id in wanted]}


def identities(request: ApiRequest) -> dict[str, Any]:
    """GET identity/get/: all identities, or those of one type."""
    params = request.parameters("identity_type", "identity_authorized_bc_id", "filtering", "page", "page_size")
    kind = params.choice("identity_type", IDENTITY_TYPES)
    if kind == "BC_AUTH_TT":
        params.require("identity_authorized_bc_id")
    rows = [_identity(asset) for asset in seed.assets("identity", request.advertiser)]
    if kind:
        rows = [row for row in rows if row["identity_type"] == kind]
    return paging.page(params, rows, "identity_list", usual=20, most=100)


def pixels(request: ApiRequest) -> dict[str, Any]:
    """GET pixel/list/."""
    params = request.parameters("code", "pixel_id", "name", "order_by", "filtering", "page", "page_size")
    rows = [
        {
            "pixel_id": asset.external_id,
            "pixel_name": asset.name,
            "pixel_code": f"C{asset.external_id[-10:]}",
            "events": [],
        }
        for asset in seed.assets("pixel", request.advertiser)
    ]
    return paging.page(params, rows, "pixels", usual=10, most=20)


def music(request: ApiRequest) -> dict[str, Any]:
    """GET file/music/get/: what a carousel may be shown with, found in one of six ways."""
    params = request.parameters("music_scene", "search_type", "filtering", "page", "page_size")
    if params.choice("music_scene", {"CREATIVE_ASSET", "CAROUSEL_ADS", "CATALOG_CAROUSEL"}) != "CAROUSEL_ADS":
        raise errors.field("music_scene", "Only CAROUSEL_ADS is played here.")
    params.require("search_type")
    how = params.choice("search_type", MUSIC_SEARCHES)
    filtering = params.object("filtering", {"keyword", "image_urls", "music_ids", "sources"})
    every = seed.assets("music", request.advertiser)
    match how:
        case "SEARCH_BY_LIKED":
            found = [piece for piece in every if piece.data.get("liked")]
        case "SEARCH_BY_KEYWORD":
            filtering.require("keyword")
            found = [piece for piece in _library(every) if filtering.text("keyword").lower() in piece.name.lower()]
        case "SEARCH_BY_SOURCE":
            if filtering.texts("sources", 1, {"USER"}) != ["USER"]:
                raise errors.missing("filtering.sources")
            found = [piece for piece in every if "USER" in piece.data.get("sources", [])]
        case "SEARCH_BY_MUSIC_ID":
            wanted = filtering.texts("music_ids", 100)
            found = [piece for piece in every if piece.external_id in wanted]
        case "SEARCH_BY_RECOMMEND":
            found = _recommended(filtering.many("image_urls", 35), every)
        case _:
            found = []
    return paging.page(params, [_piece(piece) for piece in found], "musics", usual=200, most=200)


def _recommended(addresses: list[str], every: list[Object]) -> list[Object]:
    if len(addresses) < 2:
        raise errors.field("filtering.image_urls", "Shorter than minimum length 2.")
    return _library(every)[::-1]


def _library(every: list[Object]) -> list[Object]:
    """TikTok's own music, without what was uploaded."""
    return [piece for piece in every if "USER" not in piece.data.get("sources", [])]


def _row(account: Object, fields: list[str]) -> dict[str, Any]:
    data = account.data | {
        "advertiser_id": account.external_id,
        "name": account.name,
        "status": account.status,
        "advertiser_account_type": "AUCTION",
        "create_time": int(account.created_at.timestamp()),
    }
    return {name: data.get(name) for name in fields}


def _identity(asset: Object) -> dict[str, Any]:
    data = asset.data
    row = {"identity_id": asset.external_id, "identity_type": data["identity_type"], "display_name": asset.name}
    if data["identity_type"] == "CUSTOMIZED_USER":
        return row
    row |= {
        "user_name": data.get("user_name"),
        "available_status": data.get("available_status", "AVAILABLE"),
        "can_push_video": data.get("can_push_video", True),
        "can_pull_video": data.get("can_push_video", True),
        "is_gpppa": data.get("is_gpppa", False),
    }
    if data["identity_type"] == "BC_AUTH_TT":
        row |= {
            "identity_authorized_bc_id": data["identity_authorized_bc_id"],
            "ads_only_mode": data.get("ads_only_mode", False),
        }
    return row


def _piece(asset: Object) -> dict[str, Any]:
    return {
        "music_id": asset.external_id,
        "file_name": asset.name,
        "author": asset.data.get("author", ""),
        "liked": asset.data.get("liked", False),
        "sources": asset.data.get("sources", ["SYSTEM"]),
        "duration": 30.0,
    }
