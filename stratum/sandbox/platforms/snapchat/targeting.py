"""The targeting spec of an ad squad (Ads API v1, "Targeting")."""

from __future__ import annotations

from typing import Any

from . import catalogue
from .errors import bad_parameter
from .fields import Fields

SPEC = frozenset({"geos", "demographics", "interests", "devices", "regulated_content", "enable_targeting_expansion"})
GEO = frozenset({"country_code", "region_id", "operation"})
PERSON = frozenset({"min_age", "max_age", "age_groups", "gender", "languages", "operation"})
INTEREST = frozenset({"category_id", "operation"})
DEVICE = frozenset({"os_type", "connection_type"})
_OPERATIONS = frozenset({"INCLUDE", "EXCLUDE"})
ADULT = 18


def check(fields: Fields, *, restricted: bool) -> dict[str, Any]:
    """Raises a Fault for a spec that Snapchat would not take; returns it as it is stored."""
    spec = fields.inner("targeting", SPEC, required=True)
    assert spec is not None
    spec.boolean("regulated_content")
    geos = [_geo(raw) for raw in spec.listed("geos")]
    included = {code for code, is_included, _ in geos if is_included}
    if not included:
        raise bad_parameter("targeting.geos is required")
    people = [_person(raw) for raw in spec.listed("demographics")]
    if len(included) > 1 and not (len(people) == 1 and people[0].listed("languages")):
        raise bad_parameter("targeting.demographics must have one entry with languages for multi-country targeting")
    for raw in spec.listed("interests"):
        _interest(raw)
    for raw in spec.listed("devices"):
        device = Fields(raw, DEVICE, "targeting.devices")
        device.choice("os_type", {"iOS", "ANDROID", "WEB"})
        device.choice("connection_type", {"WIFI", "CELL"})
    if restricted:
        _refuse_narrow(people, narrowed=any(is_part for _, _, is_part in geos))
    return _stored(spec.raw)


def _geo(raw: Any) -> tuple[str, bool, bool]:
    """Country, whether it is included, and whether it is only a part of the country."""
    geo = Fields(raw, GEO, "targeting.geos")
    code = geo.text("country_code", 2, required=True)
    if code not in catalogue.countries():
        raise bad_parameter(f"targeting.geos.country_code {code} is not a lower-case country code")
    for number in geo.listed("region_id"):
        if number not in catalogue.REGIONS.get(code, {}):
            raise bad_parameter(f"targeting.geos.region_id {number} is not a region of {code}")
    operation = geo.choice("operation", _OPERATIONS) or "INCLUDE"
    return code, operation == "INCLUDE", bool(geo.listed("region_id"))


def _person(raw: Any) -> Fields:
    person = Fields(raw, PERSON, "targeting.demographics")
    low, high = _age(person, "min_age"), _age(person, "max_age")
    groups = person.listed("age_groups")
    if groups and (low is not None or high is not None):
        raise bad_parameter("targeting.demographics takes age_groups or min_age and max_age, not both")
    if any(group not in catalogue.AGE_GROUPS for group in groups):
        raise bad_parameter(f"targeting.demographics.age_groups are {', '.join(catalogue.AGE_GROUPS)}")
    if low is not None and high is not None and low > high:
        raise bad_parameter("targeting.demographics.min_age is above max_age")
    person.choice("gender", {"MALE", "FEMALE"})
    for code in person.listed("languages"):
        if code not in catalogue.LANGUAGES:
            raise bad_parameter(f"targeting.demographics.languages {code} is not supported")
    return person


def _age(person: Fields, name: str) -> int | None:
    """An age as text or as a number; both are taken."""
    value = person.raw.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not str(value).isdigit() or not catalogue.YOUNGEST <= int(value) <= 120:
        raise bad_parameter(f"targeting.demographics.{name} {value} must be {catalogue.YOUNGEST} or more")
    return int(value)


def _interest(raw: Any) -> None:
    interest = Fields(raw, INTEREST, "targeting.interests")
    listed = interest.listed("category_id")
    if not listed:
        raise bad_parameter("targeting.interests.category_id is required")
    for category in listed:
        if category not in catalogue.INTERESTS:
            raise bad_parameter(f"targeting.interests.category_id {category} does not exist")


def _refuse_narrow(people: list[Fields], *, narrowed: bool) -> None:
    """Housing, credit and employment may not be narrowed by age, gender or a part of a country."""
    for person in people:
        low = _age(person, "min_age")
        if (low is not None and low > ADULT) or "max_age" in person or "gender" in person or "age_groups" in person:
            raise bad_parameter("targeting.demographics can not be narrowed for housing, credit or employment ads")
    if narrowed:
        raise bad_parameter("targeting.geos can not be narrowed for housing, credit or employment ads")


def _stored(raw: dict[str, Any]) -> dict[str, Any]:
    """Ages are answered as texts, and entries with the operation they have by default."""
    people = [
        {name: str(value) if name in ("min_age", "max_age") else value for name, value in entry.items()}
        for entry in raw.get("demographics", [])
    ]
    geos = [{"operation": "INCLUDE", **entry} for entry in raw["geos"]]
    return {"regulated_content": False, **raw, "geos": geos, **({"demographics": people} if people else {})}
