"""Criteria of campaigns and ad groups: places, languages, ages, genders, interests, keywords (v26, CriterionError)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from stratum.sandbox import ids
from stratum.sandbox.models import Object

from . import ad_groups, campaigns, catalogue, errors
from .errors import Fault
from .mutation import Faults, Mutation

_KINDS = ("keyword", "ageRange", "gender", "userInterest", "location", "language")
_SNAKE = {"ageRange": "age_range", "userInterest": "user_interest"}
_TYPES = {
    "keyword": "KEYWORD", "ageRange": "AGE_RANGE", "gender": "GENDER", "userInterest": "USER_INTEREST",
    "location": "LOCATION", "language": "LANGUAGE",
}  # fmt: skip
_BAD_IN_KEYWORDS = re.compile(r"[!@%,*{}^;~<>=()?|\\`\[\]\"]")
_OF_AD_GROUPS = {
    "SEARCH": {"keyword", "ageRange", "gender"},
    "DEMAND_GEN": {"ageRange", "gender", "userInterest", "location", "language"},
}
_NEGATIVE = {"keyword", "ageRange", "gender", "location", "userInterest"}
_ALL = {
    "ageRange": {f"AGE_RANGE_{age}" for age in ("18_24", "25_34", "35_44", "45_54", "55_64", "65_UP", "UNDETERMINED")},
    "gender": {"MALE", "FEMALE", "UNDETERMINED"},
}


def create_on_campaign(mutation: Mutation, fields: dict[str, Any]) -> str:
    """Adds a place or a language to a campaign; answers the criterion's id."""
    campaign = mutation.live(fields.get("campaign"), "campaigns", "campaign")
    return _added(mutation, campaign, fields, {"location", "language"})


def create_on_ad_group(mutation: Mutation, fields: dict[str, Any]) -> str:
    ad_group = mutation.live(fields.get("adGroup"), "adGroups", "ad_group")
    campaign = ad_groups.campaign_of(ad_group)
    allowed = _OF_AD_GROUPS[campaigns.channel(campaign)]
    if "userInterest" in fields and campaigns.channel(campaign) == "SEARCH":
        message = "User interests cannot be added to search campaigns."
        raise Faults([_fault("CANNOT_ADD_USER_INTERESTS_TO_SEARCH_CAMPAIGNS", message, "userInterest")])
    if "userInterest" in fields and ad_group.data["useAudienceGrouped"]:
        message = "Audience segments cannot be added to an ad group that uses an audience."
        code = "CANNOT_ADD_AUDIENCE_SEGMENT_CRITERION_WHEN_AUDIENCE_GROUPED_IS_SET"
        raise Faults([_fault(code, message, "userInterest")])
    if {"location", "language"} & set(fields) and any(
        c["type"] in ("LOCATION", "LANGUAGE") for c in campaign.data["criteria"]
    ):
        message = "Places and languages belong to the campaign or to its ad groups, not to both."
        raise Faults([_fault("CANNOT_ATTACH_CRITERIA_AT_CAMPAIGN_AND_ADGROUP", message, "location")])
    return _added(mutation, ad_group, fields, allowed)


def _added(mutation: Mutation, parent: Object, fields: dict[str, Any], allowed: set[str]) -> str:
    kind = next((name for name in _KINDS if name in fields), None)
    if kind is None:
        raise Faults([Fault("criterionError", "CONCRETE_TYPE_REQUIRED", "Concrete type of criterion is required.")])
    is_negative = fields.get("negative", False)
    faults = [*_allowed(kind, is_negative, allowed), *_value(mutation, kind, fields[kind])]
    if not faults:
        faults = list(_beside(parent.data["criteria"], kind, fields[kind], is_negative=is_negative))
    if faults:
        raise Faults(faults)
    criterion = {
        "criterionId": _id(kind, fields[kind]),
        "negative": is_negative,
        "type": _TYPES[kind],
        "status": fields.get("status", "ENABLED"),
        kind: fields[kind],
    }
    parent.data["criteria"].append(criterion)
    parent.save(update_fields=["data"])
    return str(criterion["criterionId"])


def _id(kind: str, value: dict[str, Any]) -> str:
    """The id of a place or a language is that of the constant; others have one of their own."""
    if kind in ("location", "language"):
        return str(next(iter(value.values()))).rpartition("/")[2]
    return ids.digits(12, "3")


def _allowed(kind: str, is_negative: bool, allowed: set[str]) -> Iterator[Fault]:
    if kind not in allowed:
        message = "Criteria type cannot be targeted here."
        yield _fault("CANNOT_ADD_CRITERIA_TYPE", message, kind)
    elif is_negative and kind not in _NEGATIVE:
        yield _fault("CANNOT_EXCLUDE_CRITERIA_TYPE", "Criteria type cannot be excluded.", kind)


def _value(mutation: Mutation, kind: str, value: dict[str, Any]) -> Iterator[Fault]:
    if not value:
        yield errors.required(_SNAKE.get(kind, kind))
    elif kind == "keyword":
        yield from _keyword(value)
    elif kind == "location":
        yield from _location(value["geoTargetConstant"])
    elif kind == "language":
        if value["languageConstant"].removeprefix("languageConstants/") not in catalogue.LANGUAGES:
            yield _fault("INVALID_CRITERION_ID", "The language does not exist.", kind)
    elif kind == "userInterest":
        prefix = f"customers/{mutation.account.external_id}/userInterests/"
        if value["userInterestCategory"].removeprefix(prefix) not in catalogue.INTERESTS:
            yield _fault("INVALID_USER_INTEREST", "The user interest does not exist.", kind)
    elif value.get("type", "UNSPECIFIED") == "UNSPECIFIED":
        yield errors.required("type")


def _keyword(value: dict[str, Any]) -> Iterator[Fault]:
    text = value.get("text", "")
    if not text.strip():
        yield errors.required("text")
    if value.get("matchType", "UNSPECIFIED") == "UNSPECIFIED":
        yield errors.required("match_type")
    if sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text) > 80:
        yield _keyword_fault("KEYWORD_TEXT_TOO_LONG", "Keyword text cannot exceed 80 characters.", text)
    if len(text.split()) > 10:
        yield _keyword_fault("KEYWORD_HAS_TOO_MANY_WORDS", "Keyword text cannot exceed 10 words.", text)
    if _BAD_IN_KEYWORDS.search(text):
        yield _keyword_fault("KEYWORD_HAS_INVALID_CHARS", "Keyword text has invalid characters or symbols.", text)


def _location(constant: str) -> Iterator[Fault]:
    place = catalogue.places().get(constant.removeprefix("geoTargetConstants/"))
    if place is None:
        yield _fault("INVALID_CRITERION_ID", "The criterion ID is invalid.", "location")
    elif place.status != "ENABLED":
        yield _fault("CANNOT_TARGET_OBSOLETE_CRITERION", "The criterion is obsolete.", "location")


def _beside(present: list[dict[str, Any]], kind: str, value: dict[str, Any], *, is_negative: bool) -> Iterator[Fault]:
    same = [criterion for criterion in present if criterion.get(kind) == value]
    if any(criterion["negative"] is is_negative for criterion in same):
        yield Fault(
            "mutateError", "RESOURCE_ALREADY_EXISTS", "The resource already exists.", [(_SNAKE.get(kind, kind), None)]
        )
    elif same:
        message = "The same criterion cannot be targeted and excluded."
        yield Fault("campaignCriterionError", "CANNOT_TARGET_AND_EXCLUDE", message, [(_SNAKE.get(kind, kind), None)])
    if is_negative and kind in _ALL:
        excluded = {criterion[kind]["type"] for criterion in present if criterion["negative"] and kind in criterion}
        if excluded | {value["type"]} >= _ALL[kind]:
            yield _fault("CANNOT_EXCLUDE_ALL_TARGETS", "All targets of a kind cannot be excluded.", kind)


def _fault(code: str, message: str, kind: str) -> Fault:
    return Fault("criterionError", code, message, [(_SNAKE.get(kind, kind), None)])


def _keyword_fault(code: str, message: str, text: str) -> Fault:
    return Fault("criterionError", code, message, [("keyword", None), ("text", None)], trigger=text)
