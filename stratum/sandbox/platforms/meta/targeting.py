"""The targeting spec of an ad set, checked as on its creation (Marketing API, basic and advanced targeting)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from . import catalogue, errors
from .errors import GraphError

YOUNGEST, OLDEST, ADULT = 13, 65, 18
KEYS = frozenset(
    [
        "geo_locations",
        "excluded_geo_locations",
        "age_min",
        "age_max",
        "genders",
        "locales",
        "interests",
        "flexible_spec",
        "exclusions",
        "publisher_platforms",
        "facebook_positions",
        "instagram_positions",
        "device_platforms",
        "user_os",
        "targeting_automation",
    ]
)
GEO_KEYS = frozenset({"countries", "regions", "cities", "zips", "country_groups", "location_types"})
SPEC_KEYS = frozenset({"interests"})
PUBLISHERS = frozenset({"facebook", "instagram", "audience_network", "messenger", "threads", "whatsapp"})
RESTRICTED_CATEGORIES = frozenset({"HOUSING", "EMPLOYMENT", "CREDIT", "FINANCIAL_PRODUCTS_SERVICES"})


def check(spec: dict[str, Any], special_categories: Iterable[str]) -> None:
    """Raises GraphError 100, blaming the targeting, for a spec with which no ad set can be made."""
    try:
        _check_parts(spec)
    except (TypeError, AttributeError) as error:
        raise _invalid("A part of the targeting has not the shape it should have.") from error
    if RESTRICTED_CATEGORIES & set(special_categories):
        _check_restrictions(spec)


def completed(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec as it is read back: with the ages and kinds of location that apply where none were given."""
    geo = {"location_types": ["home", "recent"]} | spec["geo_locations"]
    return {"age_min": ADULT, "age_max": OLDEST} | spec | {"geo_locations": geo}


def reaches_eu(spec: dict[str, Any]) -> bool:
    """Whether the ads can be seen in the EU or EEA, for which the DSA asks who pays and who benefits."""
    geo = spec.get("geo_locations", {})
    return bool(_countries(geo) & catalogue.EU_AND_EEA or set(geo.get("country_groups", [])) & catalogue.GROUPS_WITH_EU)


def _countries(geo: dict[str, Any]) -> set[str]:
    """The countries that the places lie in; groups of countries aside."""
    places = [catalogue.REGIONS[str(item["key"])] for item in geo.get("regions", [])]
    places += [catalogue.CITIES[str(item["key"])] for item in geo.get("cities", [])]
    countries = {*geo.get("countries", []), *(place.country for place in places)}
    return countries | {str(item["key"]).split(":")[0] for item in geo.get("zips", [])}


def _check_parts(spec: dict[str, Any]) -> None:
    _known(spec, KEYS, "targeting")
    _check_places(spec)
    _check_ages(spec)
    _check_lists(spec)
    for interest in _interests(spec):
        _check_interest(interest)
    _check_automation(spec)


def _check_places(spec: dict[str, Any]) -> None:
    geo = spec.get("geo_locations")
    named = isinstance(geo, dict) and any(geo.get(key) for key in GEO_KEYS - {"location_types"})
    if not named:
        raise errors.invalid(
            "Please add at least one location to your targeting.",
            "targeting",
            subcode=1885364,
            title="Location is missing",
        )
    for key in ("geo_locations", "excluded_geo_locations"):
        _check_geo(spec.get(key, {}))
    _check_reachable(spec["geo_locations"])


def _check_geo(geo: Any) -> None:
    _known(geo, GEO_KEYS, "geo_locations")
    for code in geo.get("countries", []):
        if code not in catalogue.countries():
            raise _invalid(f"The country {code} does not exist; use its two-letter ISO code in capitals.")
    for group in geo.get("country_groups", []):
        if group not in catalogue.COUNTRY_GROUPS:
            raise _invalid(f"The country group {group} does not exist.")
    for kind, known in (("regions", catalogue.REGIONS), ("cities", catalogue.CITIES)):
        for item in geo.get(kind, []):
            if not isinstance(item, dict) or str(item.get("key")) not in known:
                raise _invalid(f"An entry of {kind} has no key that Targeting Search returned.")
    for item in geo.get("zips", []):
        if not isinstance(item, dict) or not re.fullmatch(r"[A-Z]{2}:[\w -]+", str(item.get("key"))):
            raise _invalid("A postal code must be given as country, colon, code.")


def _check_reachable(geo: dict[str, Any]) -> None:
    if closed := sorted(_countries(geo) & catalogue.UNREACHABLE):
        names = ", ".join(catalogue.countries()[code] for code in closed)
        raise errors.invalid(
            f"Ads cannot be shown in {names}. Remove it from your locations to continue.",
            ["targeting", "geo_locations"],
            title="Location not available",
        )


def _check_ages(spec: dict[str, Any]) -> None:
    low, high = spec.get("age_min", ADULT), spec.get("age_max", OLDEST)
    for age in (low, high):
        if type(age) is not int or not YOUNGEST <= age <= OLDEST:
            raise _invalid(f"Ages must be whole numbers from {YOUNGEST} to {OLDEST}.", title="Age range invalid")
    if low > high:
        raise _invalid("The minimum age must not be above the maximum age.", title="Age range invalid")


def _check_lists(spec: dict[str, Any]) -> None:
    if not set(spec.get("genders", [])) <= {1, 2}:
        raise _invalid("Genders are 1 for men and 2 for women; leave the list out for all.")
    if not set(spec.get("locales", [])) <= catalogue.LOCALES.keys():
        raise _invalid("Locales must be numbers that Targeting Search returned.")
    if not set(spec.get("publisher_platforms", [])) <= PUBLISHERS:
        raise _invalid(f"Publisher platforms are {', '.join(sorted(PUBLISHERS))}.")


def _interests(spec: dict[str, Any]) -> list[Any]:
    found = list(spec.get("interests", []))
    flexible = spec.get("flexible_spec", [])
    if not isinstance(flexible, list):
        raise _invalid("flexible_spec must be a list.")
    for part in [*flexible, spec.get("exclusions", {})]:
        _known(part, SPEC_KEYS, "flexible_spec")
        found += part.get("interests", [])
    return found


def _check_interest(item: Any) -> None:
    external_id = str(item.get("id")) if isinstance(item, dict) else str(item)
    interest = catalogue.INTERESTS.get(external_id)
    if interest is None:
        raise _invalid(f"The interest {external_id} does not exist. Use ids that Targeting Search returned.")
    if interest.retired:
        raise errors.invalid(
            f"The detailed targeting option {interest.name} is no longer available. Remove it to continue.",
            "targeting",
            subcode=1487694,
            title="Detailed targeting option not available",
        )


def _check_automation(spec: dict[str, Any]) -> None:
    """The flag must be sent with every new ad set; switched on, it leaves age limits as suggestions only."""
    flag = (spec.get("targeting_automation") or {}).get("advantage_audience")
    if flag not in (0, 1) or isinstance(flag, bool):
        raise errors.invalid(
            "To create your ad set, you need to enable or disable the Advantage audience feature: set the flag "
            "advantage_audience within the targeting_automation field of targeting to 1 or 0.",
            "targeting",
            subcode=1870227,
            title="Advantage audience flag required",
        )
    if flag == 1 and spec.get("age_max", OLDEST) != OLDEST:
        raise errors.invalid(
            "With Advantage audience the maximum age cannot be below 65.", "targeting", subcode=1870189
        )
    if flag == 1 and spec.get("age_min", ADULT) > 25:
        raise errors.invalid(
            "With Advantage audience the minimum age cannot be above 25.", "targeting", subcode=1870188
        )


def _check_restrictions(spec: dict[str, Any]) -> None:
    narrowed = spec.get("age_min", ADULT) != ADULT or spec.get("age_max", OLDEST) != OLDEST or spec.get("genders")
    if narrowed or spec["geo_locations"].get("zips"):
        raise _invalid(
            "Ads in a special ad category cannot be narrowed by age, gender or postal code.",
            title="Targeting is restricted",
        )


def _known(part: Any, keys: frozenset[str], name: str) -> None:
    if not isinstance(part, dict):
        raise GraphError(100, f"(#100) {name} must be an object", blame="targeting")
    for key in part:
        if key not in keys:
            raise GraphError(100, f'(#100) Invalid keys "{key}" were found in param "{name}".', blame="targeting")


def _invalid(message: str, title: str = "Invalid targeting") -> GraphError:
    return errors.invalid(message, "targeting", title=title)
