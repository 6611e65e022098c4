"""Targeting Search: interests, places and languages by name (Graph API, /search)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import catalogue, errors
from .catalogue import Interest, Place
from .errors import GraphError
from .graph import GraphRequest
from .parameters import read_words

PARAMETERS = frozenset({"type", "q", "limit", "location_types", "country_code", "interest_list", "interest_fbid_list"})
LOCATION_TYPES = frozenset({"country", "region", "city", "zip"})


def search(request: GraphRequest) -> dict[str, Any]:
    """GET /search?type=...; raises GraphError 100 for a type or parameter that does not exist."""
    for name in request.params:
        if name not in PARAMETERS:
            raise errors.unknown_parameter(name)
    kind = request.params.get("type", "")
    if kind not in _SEARCHES:
        raise GraphError(100, f"(#100) Unsupported search type: {kind or 'none'}", blame="type")
    limit = request.params.get("limit", "25")
    if not limit.isdigit():
        raise GraphError(100, "(#100) Param limit must be an integer", blame="limit")
    return {"data": _SEARCHES[kind](request.params)[: int(limit)]}


def _interests(params: dict[str, str]) -> list[dict[str, Any]]:
    return [_interest(interest) for interest in catalogue.matching_interests(_query(params))]


def _valid_interests(params: dict[str, str]) -> list[dict[str, Any]]:
    """Says for each name or id whether it can still be targeted."""
    asked = _words(params, "interest_fbid_list") or _words(params, "interest_list")
    by_name = {interest.name.lower(): interest for interest in catalogue.INTERESTS.values()}
    found = [(item, catalogue.INTERESTS.get(item) or by_name.get(item.lower())) for item in asked]
    return [
        _interest(interest) | {"valid": True} if interest and not interest.retired else {"name": item, "valid": False}
        for item, interest in found
    ]


def _places(params: dict[str, str]) -> list[dict[str, Any]]:
    """Countries, regions and cities, narrowed by location_types and country_code; postal codes as they are typed."""
    kinds = _words(params, "location_types") or sorted(LOCATION_TYPES)
    if not set(kinds) <= LOCATION_TYPES:
        raise GraphError(100, f"(#100) location_types must be among {sorted(LOCATION_TYPES)}", blame="location_types")
    text = _query(params).lower()
    rows: list[dict[str, Any]] = []
    if "country" in kinds:
        rows += [_country(code, name) for code, name in catalogue.countries().items() if name.lower().startswith(text)]
    for kind, places in (("region", catalogue.REGIONS), ("city", catalogue.CITIES)):
        if kind in kinds:
            rows += [_place(kind, place) for place in places.values() if place.name.lower().startswith(text)]
    country = params.get("country_code")
    if "zip" in kinds and country and text.replace(" ", "").isalnum() and any(letter.isdigit() for letter in text):
        rows.append({"key": f"{country}:{text.upper()}", "name": text.upper(), "type": "zip", "country_code": country})
    return [row for row in rows if country in (None, row["country_code"])]


def _locales(params: dict[str, str]) -> list[dict[str, Any]]:
    text = _query(params).lower()
    return [{"key": key, "name": name} for key, name in catalogue.LOCALES.items() if text in name.lower()]


_SEARCHES: dict[str, Callable[[dict[str, str]], list[dict[str, Any]]]] = {
    "adinterest": _interests,
    "adinterestvalid": _valid_interests,
    "adgeolocation": _places,
    "adlocale": _locales,
}


def _interest(interest: Interest) -> dict[str, Any]:
    return {
        "id": interest.id,
        "name": interest.name,
        "audience_size_lower_bound": interest.audience,
        "audience_size_upper_bound": interest.audience * 118 // 100,
        "path": [*interest.path, interest.name],
        "topic": interest.path[-1],
    }


def _country(code: str, name: str) -> dict[str, Any]:
    return {
        "key": code,
        "name": name,
        "type": "country",
        "country_code": code,
        "supports_region": True,
        "supports_city": True,
    }


def _place(kind: str, place: Place) -> dict[str, Any]:
    row = {"key": place.key, "name": place.name, "type": kind, "country_code": place.country}
    row["country_name"] = catalogue.countries()[place.country]
    return row | ({"region": place.region} if place.region else {})


def _query(params: dict[str, str]) -> str:
    if "q" not in params:
        raise errors.missing_parameter("q")
    return params["q"]


def _words(params: dict[str, str], name: str) -> list[str]:
    return read_words(params[name], name) if name in params else []
