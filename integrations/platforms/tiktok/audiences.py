"""Whom an ad group reaches: places, ages, genders, languages and interests of a draft as TikTok is told. Pure.

A country stands as `{"$country": code}`: TikTok's id for it depends on the account and is looked up when it is sent.
Reference: TikTok API for Business v1.3, /adgroup/create/, targeting.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from integrations.draft import AdSet, Gender, Location, Targeting
from integrations.errors import refused
from integrations.platforms.tiktok.capabilities import ADULT, AGE_GROUPS, OLDEST

GENDERS = {Gender.FEMALE: "GENDER_FEMALE", Gender.MALE: "GENDER_MALE"}
EVERYBODY = "GENDER_UNLIMITED"


def fields(ad_set: AdSet) -> dict[str, Any]:
    """Return the targeting fields of an ad group; PlatformError of kind invalid for what TikTok cannot be told."""
    wanted, path = ad_set.targeting, f"{ad_set.path}.targeting"
    if wanted.excluded_locations:
        message = "TikTok cannot leave places out. Choose the places to show the ads in."
        raise refused("INVALID_TARGETING", message, f"{path}.excluded_locations")
    groups = age_groups(wanted)
    if not groups:
        raise refused("INVALID_TARGETING", "No age group of TikTok lies within these ages.", f"{path}.age_min")
    found: dict[str, Any] = {
        "location_ids": [place(location) for location in wanted.locations],
        "age_groups": groups,
        "gender": gender(wanted),
        "languages": [language.id for language in wanted.languages],
        "interest_category_ids": [interest.id for interest in wanted.interests],
    }
    return {name: value for name, value in found.items() if value}


def place(location: Location) -> Any:
    return {"$country": location.id.upper()} if location.kind == "country" else location.id


def countries(targeting: Targeting) -> Iterator[str]:
    """Yield the codes of the countries that are named as such."""
    return (location.id.upper() for location in targeting.locations if location.kind == "country")


def age_groups(targeting: Targeting) -> list[str]:
    """Return TikTok's age groups for the ages.

    Nobody younger than the lowest age is reached; the group that holds the highest age is reached as a whole. Ages not
    chosen mean adults of every age.
    """
    low = targeting.age_min if targeting.age_min is not None else ADULT
    high = targeting.age_max if targeting.age_max is not None else OLDEST
    return [name for name, youngest, _ in AGE_GROUPS if youngest >= low and youngest <= high]


def gender(targeting: Targeting) -> str:
    chosen = set(targeting.genders)
    return GENDERS[targeting.genders[0]] if len(chosen) == 1 else EVERYBODY
