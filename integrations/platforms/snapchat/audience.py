"""From a draft's targeting to Snapchat's spec: entries of a list widen each other, keys of an entry narrow (Ads API v1,
"Targeting").
"""

from __future__ import annotations

from typing import Any

from integrations.draft import AdSet, Gender, Location
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.snapchat.capabilities import ADULT, OLDEST
from integrations.platforms.snapchat.lookups import split_region

_GENDERS = {Gender.MALE: "MALE", Gender.FEMALE: "FEMALE"}


def targeting(ad_set: AdSet, *, is_restricted: bool) -> dict[str, Any]:
    """Return a targeting spec that means exactly what the draft says; PlatformError for what it cannot say."""
    wanted, path = ad_set.targeting, f"{ad_set.path}.targeting"
    geos = [_geo(place, f"{path}.locations") for place in wanted.locations]
    if len({geo["country_code"] for geo in geos}) > 1 and not wanted.languages:
        message = "Snapchat wants a language where an ad set names several countries."
        raise PlatformError(ErrorKind.INVALID, "INVALID_TARGETING", message, f"{path}.languages")
    excluded = [_geo(place, f"{path}.excluded_locations") for place in wanted.excluded_locations]
    spec: dict[str, Any] = {
        "regulated_content": is_restricted,
        "geos": [*geos, *(geo | {"operation": "EXCLUDE"} for geo in excluded)],
        "demographics": [_demographics(ad_set)],
    }
    if wanted.interests:
        spec["interests"] = [{"category_id": [interest.id for interest in wanted.interests]}]
    return spec


def youngest_of(ad_set: AdSet) -> int:
    """Return the lowest age: what was not chosen means adults."""
    return ad_set.targeting.age_min if ad_set.targeting.age_min is not None else ADULT


def is_open_ended(ad_set: AdSet) -> bool:
    """Say whether there is no highest age: none was chosen, or the one that means "and older"."""
    return ad_set.targeting.age_max is None or ad_set.targeting.age_max >= OLDEST


def _demographics(ad_set: AdSet) -> dict[str, Any]:
    """Return the one entry in which ages, gender and languages hold together. Snapchat writes ages as texts."""
    wanted = ad_set.targeting
    entry: dict[str, Any] = {"min_age": str(youngest_of(ad_set))}
    if not is_open_ended(ad_set):
        entry["max_age"] = str(wanted.age_max)
    if len(set(wanted.genders)) == 1:
        entry["gender"] = _GENDERS[wanted.genders[0]]
    if wanted.languages:
        entry["languages"] = [language.id.lower() for language in wanted.languages]
    return entry


def _geo(place: Location, path: str) -> dict[str, Any]:
    if place.kind == "country":
        return {"country_code": place.id.lower()}
    try:
        code, number = split_region(place.id)
    except ValueError as error:
        message = f"“{place.name or place.id}” is no region of Snapchat's. Choose it from the search."
        raise PlatformError(ErrorKind.INVALID, "INVALID_TARGETING", message, path) from error
    return {"country_code": code, "region_id": [number]}
