"""From an ad set to its ad group at Google: places, languages, ages, genders, keywords, interests. Pure functions.

Reference: Google Ads API v26, ad_group, ad_group_criterion, campaign_criterion; "Geo targets", "Demand Gen audiences".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pycountry

from integrations.contracts import Order
from integrations.draft import AdSet, Gender, Location, Targeting
from integrations.errors import refused
from integrations.platforms.google.capabilities import AGE_RANGES, OLDEST, YOUNGEST, Channel, channel_of
from integrations.platforms.google.operations import criterion, entry, reference

#: Id of a country: this plus its ISO 3166-1 number.
COUNTRY_BASE = 2000
_OTHER_GENDER = {Gender.FEMALE: "MALE", Gender.MALE: "FEMALE"}


def ad_set_operations(order: Order, ad_set: AdSet, key: str, campaign_key: str) -> list[dict[str, Any]]:
    """Return the ad group and whom it reaches."""
    channel, wanted = channel_of(order.draft), ad_set.targeting
    parent = {"adGroup": reference(key, "adGroups")}
    operations = [entry("adGroupOperation", _ad_group(ad_set, key, campaign_key, channel), ad_set.path)]
    if channel is Channel.SEARCH:
        path = f"{ad_set.path}.targeting.keywords"
        operations += [criterion(parent | {"keyword": keyword}, path) for keyword in keywords(wanted)]
    else:
        operations += place_entries("adGroupCriterionOperation", parent, ad_set)
        path, customer = f"{ad_set.path}.targeting.interests", order.account.external_id
        for interest in wanted.interests:
            category = {"userInterestCategory": f"customers/{customer}/userInterests/{interest.id}"}
            operations.append(criterion(parent | {"userInterest": category}, path))
    return operations + _excluded_people(parent, ad_set)


def _ad_group(ad_set: AdSet, key: str, campaign_key: str, channel: Channel) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "resourceName": reference(key, "adGroups"),
        "campaign": reference(campaign_key, "campaigns"),
        "name": ad_set.name,
        "status": "PAUSED",
    }
    if channel is Channel.SEARCH:
        return fields | {"type": "SEARCH_STANDARD"}
    # Demand Gen takes no type. Nobody beyond the approved audience, which stands in criteria of the ad group.
    return fields | {"optimizedTargetingEnabled": False, "audienceSetting": {"useAudienceGrouped": False}}


def keywords(wanted: Targeting) -> list[dict[str, str]]:
    """Return the keywords by Google's own notation: word (broad), "word" (phrase), [word] (exact); each once."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for line in wanted.keywords:
        text, match = keyword(line)
        if text:
            found.setdefault((text.casefold(), match), {"text": text, "matchType": match})
    return list(found.values())


def keyword(line: str) -> tuple[str, str]:
    """Return a keyword's text and match type."""
    text = line.strip()
    for opening, closing, match in (("[", "]", "EXACT"), ('"', '"', "PHRASE")):
        if len(text) > 1 and text.startswith(opening) and text.endswith(closing):
            return re.sub(r"\s+", " ", text[1:-1]).strip(), match
    return re.sub(r"\s+", " ", text), "BROAD"


def excluded_ages(low: int | None, high: int | None) -> list[str]:
    """Return the age groups of Google that no age from low to high falls into. Unknown ages are never excluded."""
    low = low if low is not None else YOUNGEST
    # At the end of our scale stands "and older".
    high = 150 if high is None or high >= OLDEST else high
    return [name for name, youngest, oldest in AGE_RANGES if oldest < low or youngest > high]


def _excluded_people(parent: Mapping[str, Any], ad_set: AdSet) -> list[dict[str, Any]]:
    """Return what the ad group leaves out: by default Google shows ads to all ages and genders."""
    wanted, path = ad_set.targeting, f"{ad_set.path}.targeting"
    entries = [
        criterion({**parent, "negative": True, "ageRange": {"type": name}}, f"{path}.age_min")
        for name in excluded_ages(wanted.age_min, wanted.age_max)
    ]
    if len(set(wanted.genders)) == 1:
        other = {"type": _OTHER_GENDER[wanted.genders[0]]}
        entries.append(criterion({**parent, "negative": True, "gender": other}, f"{path}.genders"))
    return entries


def place_entries(operation: str, parent: Mapping[str, Any], ad_set: AdSet) -> list[dict[str, Any]]:
    """Return an ad set's places and languages as criteria of the parent: a campaign or an ad group."""
    wanted, path = ad_set.targeting, f"{ad_set.path}.targeting"
    entries = []
    for place in wanted.locations:
        entries.append(entry(operation, {**parent, "location": _geo(place, f"{path}.locations")}, f"{path}.locations"))
    for place in wanted.excluded_locations:
        where = f"{path}.excluded_locations"
        entries.append(entry(operation, {**parent, "negative": True, "location": _geo(place, where)}, where))
    for language in wanted.languages:
        constant = {"languageConstant": f"languageConstants/{language.id}"}
        entries.append(entry(operation, {**parent, "language": constant}, f"{path}.languages"))
    return entries


def _geo(place: Location, path: str) -> dict[str, str]:
    number = geo_id(place)
    if not number:
        raise refused("INVALID_TARGETING", f"Google has no place “{place.name or place.id}”.", path)
    return {"geoTargetConstant": f"geoTargetConstants/{number}"}


def geo_id(place: Location) -> str:
    """Return Google's id of a place; empty if it has none."""
    if place.kind != "country":
        return place.id if place.id.isdigit() else ""
    country = pycountry.countries.get(alpha_2=place.id.upper())
    return str(COUNTRY_BASE + int(country.numeric)) if country else ""
