"""Targeting look-ups: /tool/region/, /tool/targeting/search/, /tool/language/, /tool/interest_category/."""

from __future__ import annotations

from typing import Any

from . import catalogue, errors
from .catalogue import PLACES, Place
from .endpoints import ApiRequest
from .goals import OBJECTIVES, PLACEMENTS
from .parameters import Parameters

_LEVELS = {"ALL": 4, "TO_COUNTRY": 1, "TO_PROVINCE": 2, "TO_CITY": 3, "TO_DISTRICT": 4}
_DEPTH = {"COUNTRY": 1, "PROVINCE": 2, "CITY": 3, "DISTRICT": 4}
_GEO_TYPES = frozenset({"COUNTRY", "PROVINCE", "CITY", "DISTRICT", "DMA", "ZIP_CODE"})
MOST_FOUND = 100


def regions(request: ApiRequest) -> dict[str, Any]:
    """The places that this account may show ads in, for an objective."""
    params = request.parameters("placements", "objective_type", "level_range", "language", "promotion_type")
    _require_setting(params)
    depth = _LEVELS[params.choice("level_range", _LEVELS) or "ALL"]
    open_to = catalogue.reachable(request.advertiser.data["country"])
    places = [place for place in PLACES.values() if place.country in open_to and _DEPTH[place.level] <= depth]
    return {
        "region_info": [_region(place) for place in places],
        "region_list": sorted({place.country for place in places}),
    }


def places(request: ApiRequest) -> dict[str, Any]:
    """Places by name; those that the account may not use say so."""
    params = request.parameters(
        "placements", "objective_type", "promotion_type", "search_type", "keywords", "geo_types", "region_codes"
    )
    _require_setting(params)
    if params.choice("search_type", {"FUZZY_SEARCH"}) != "FUZZY_SEARCH":
        raise errors.missing("search_type")
    keywords = params.texts("keywords", 1)
    if not keywords:
        raise errors.missing("keywords")
    kinds = set(params.texts("geo_types", 6, _GEO_TYPES)) or set(_GEO_TYPES)
    open_to = catalogue.reachable(request.advertiser.data["country"])
    found = [place for place in PLACES.values() if keywords[0].lower() in place.name.lower() and _kind(place) in kinds]
    return {"targeting_tag_list": [_tag(place, keywords[0], open_to) for place in found[:MOST_FOUND]]}


def languages(request: ApiRequest) -> dict[str, Any]:
    request.parameters()
    return {"languages": [{"code": code, "name": name} for code, name in catalogue.LANGUAGES.items()]}


def interests(request: ApiRequest) -> dict[str, Any]:
    params = request.parameters("version", "language", "placements", "special_industries")
    params.whole("version", 1, 2, 2)
    rows = [
        {
            "interest_category_id": interest.id,
            "interest_category_name": interest.name,
            "level": interest.level,
            "sub_category_ids": list(interest.parts),
            "special_industries": [],
            "placements": [],
        }
        for interest in catalogue.INTERESTS.values()
    ]
    return {"interest_categories": rows}


def _require_setting(params: Parameters) -> None:
    params.require("objective_type")
    params.choice("objective_type", OBJECTIVES)
    if not params.texts("placements", 3, PLACEMENTS):
        raise errors.missing("placements")


def _kind(place: Place) -> str:
    return "DMA" if place.area != "ADMIN" else place.level


def _region(place: Place) -> dict[str, Any]:
    return {
        "location_id": place.id,
        "name": place.name,
        "parent_id": place.parent,
        "region_code": place.country,
        "country_code": place.country,
        "level": place.level,
        "area_type": place.area,
        "next_level_ids": [other.id for other in PLACES.values() if other.parent == place.id],
        "support_below_18": place.country not in catalogue.ADULTS_ONLY,
    }


def _tag(place: Place, keyword: str, open_to: frozenset[str]) -> dict[str, Any]:
    is_open = place.country in open_to
    above = [
        PLACES[parent].name for parent in sorted(catalogue.ancestors(place.id), key=lambda p: -_DEPTH[PLACES[p].level])
    ]
    return {
        "keyword": keyword,
        "targeting_type": "GEO",
        "name": place.name,
        "status_info": {"status": "ENABLED"} if is_open else {"status": "DISABLED", "reason": "NOT_SUPPORTED"},
        "geo": {
            "geo_id": place.id,
            "geo_type": _kind(place),
            "description": ", ".join(above),
            "region_code": place.country,
            "parent_id": place.parent,
        },
    }
