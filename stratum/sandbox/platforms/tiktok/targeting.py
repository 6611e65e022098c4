"""Whom an ad group reaches: what TikTok takes, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stratum.sandbox.models import Object

from . import catalogue, errors
from .endpoints import ApiRequest
from .parameters import Parameters

AGE_GROUPS = ("AGE_13_17", "AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100")
GENDERS = frozenset({"GENDER_FEMALE", "GENDER_MALE", "GENDER_UNLIMITED"})
MOST_LOCATIONS = 3000


def read(
    request: ApiRequest, params: Parameters, campaign: Object, before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The audience; where an ad group is changed, what is not named stays as it was."""
    before = before or {}
    locations = _locations(request, params) if "location_ids" in params else list(before.get("location_ids", []))
    if not locations:
        raise errors.missing("location_ids")
    ages = params.texts("age_groups", 6, AGE_GROUPS) or list(before.get("age_groups", AGE_GROUPS[1:]))
    _refuse_minors(ages, locations)
    gender = params.choice("gender", GENDERS) or before.get("gender", "GENDER_UNLIMITED")
    _refuse_narrowing(ages, gender, campaign)
    languages = params.texts("languages", 50, catalogue.LANGUAGES) or before.get("languages", [])
    return {
        "location_ids": locations,
        "age_groups": [group for group in AGE_GROUPS if group in ages],
        "gender": gender,
        "languages": languages,
        "interest_category_ids": _interests(params) or before.get("interest_category_ids", []),
    }


def _locations(request: ApiRequest, params: Parameters) -> list[str]:
    locations = params.texts("location_ids", MOST_LOCATIONS)
    open_to = catalogue.reachable(request.advertiser.data["country"])
    for location in locations:
        place = catalogue.PLACES.get(location)
        if place is None or place.country not in open_to:
            raise errors.field("location_ids", f"The location {location} is not available for this advertiser.")
    for location in locations:
        if above := catalogue.ancestors(location) & set(locations):
            raise errors.field("location_ids", f"The locations {location} and {min(above)} overlap.")
    return locations


def _refuse_minors(ages: list[str], locations: list[str]) -> None:
    barred = [location for location in locations if catalogue.PLACES[location].country in catalogue.ADULTS_ONLY]
    if "AGE_13_17" in ages and barred:
        name = catalogue.PLACES[barred[0]].name
        raise errors.field("age_groups", f"AGE_13_17 is not supported in {name}.")


def _refuse_narrowing(ages: list[str], gender: str, campaign: Object) -> None:
    if not campaign.data["special_industries"]:
        return
    if not set(AGE_GROUPS[1:]) <= set(ages):
        raise errors.field("age_groups", "Ads in a special ad category must reach all adults.")
    if gender != "GENDER_UNLIMITED":
        raise errors.field("gender", "Ads in a special ad category must reach all genders.")


def _interests(params: Parameters) -> list[str]:
    wanted = params.texts("interest_category_ids", 100)
    for interest in wanted:
        if interest not in catalogue.INTERESTS:
            raise errors.field("interest_category_ids", f"The interest category {interest} does not exist.")
    return wanted
