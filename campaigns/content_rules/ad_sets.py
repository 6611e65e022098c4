from __future__ import annotations

from collections.abc import Iterator

import pycountry

from campaigns.content_rules.problem import Problem, Subject, required, words
from integrations.draft import AdSet, Location


def ad_set_problems(subject: Subject) -> Iterator[Problem]:
    """Judge each ad set's optimization and targeting, and that there is something to show."""
    if not subject.draft.ad_sets:
        yield required("ad_sets", "A campaign needs at least one ad set.", "Add an ad set.")
    for ad_set in subject.draft.ad_sets:
        if not ad_set.ads:
            yield required(f"{ad_set.path}.ads", "An ad set needs at least one ad.", "Add an ad, or delete the ad set.")
        yield from _optimization(subject, ad_set)
        yield from _locations(ad_set)
        yield from _ages(subject, ad_set)
        yield from _restrictions(subject, ad_set)
        yield from _without_id(ad_set)


def _optimization(subject: Subject, ad_set: AdSet) -> Iterator[Problem]:
    path = f"{ad_set.path}.optimization"
    if ad_set.optimization is None:
        yield required(path, "Choose what the ad set is optimized for.")
        return
    objective = subject.draft.campaign.objective
    offered = subject.capabilities.objective(objective) if objective else None
    if objective is not None and offered is not None and offered.goal(ad_set.optimization) is None:
        message = (
            f"{subject.label} does not optimize a campaign for {words(objective.value)} "
            f"towards {words(ad_set.optimization.value)}."
        )
        fix = f"Choose {', '.join(words(goal.value) for goal in offered.goals)}."
        yield Problem("NOT_OFFERED", path, message, fix)


def _locations(ad_set: AdSet) -> Iterator[Problem]:
    targeting, base = ad_set.targeting, f"{ad_set.path}.targeting"
    if not targeting.locations:
        yield required(f"{base}.locations", "Say where the ads are shown.", "Choose at least one country or place.")
    for field, places in (("locations", targeting.locations), ("excluded_locations", targeting.excluded_locations)):
        for place in places:
            if not place.id or (place.kind == "country" and not is_country(place.id)):
                message = f"“{place.id}” is no country code." if place.id else "A place has no id at the platform."
                fix = "Choose it from the list, or write two letters like US or DE."
                yield Problem("LOCATION_UNKNOWN", f"{base}.{field}", message, fix)
    excluded = {_place(place) for place in targeting.excluded_locations}
    for place in targeting.locations:
        if _place(place) in excluded:
            message = f"{place.name or place.id} is both included and excluded."
            yield Problem(
                "LOCATION_CONTRADICTION", f"{base}.excluded_locations", message, "Remove it from one of the two."
            )


def is_country(code: str) -> bool:
    """Say whether this is a country's code in ISO 3166-1 alpha-2."""
    return len(code) == 2 and pycountry.countries.get(alpha_2=code.upper()) is not None


def _without_id(ad_set: AdSet) -> Iterator[Problem]:
    chosen = (("interests", ad_set.targeting.interests), ("languages", ad_set.targeting.languages))
    for field, things in chosen:
        for thing in things:
            if not thing.id:
                message = f"“{thing.name}” has no id at the platform."
                yield Problem("ID_MISSING", f"{ad_set.path}.targeting.{field}", message, "Choose it from the search.")


def _place(place: Location) -> tuple[str, str]:
    return place.kind, place.id.casefold()


def _ages(subject: Subject, ad_set: AdSet) -> Iterator[Problem]:
    low, high = subject.capabilities.age_min, subject.capabilities.age_max
    targeting, base = ad_set.targeting, f"{ad_set.path}.targeting"
    for field, age in (("age_min", targeting.age_min), ("age_max", targeting.age_max)):
        if age is not None and not low <= age <= high:
            message = f"{subject.label} takes ages from {low} to {high}."
            yield Problem("AGE_OUT_OF_RANGE", f"{base}.{field}", message, "Choose an age in this range.")
    if targeting.age_min is not None and targeting.age_max is not None and targeting.age_min > targeting.age_max:
        message = f"The lowest age ({targeting.age_min}) is above the highest ({targeting.age_max})."
        yield Problem("AGES_SWAPPED", f"{base}.age_max", message, "Swap the two.")


def _restrictions(subject: Subject, ad_set: AdSet) -> Iterator[Problem]:
    """Judge what special ad categories forbid: narrowing by age or gender."""
    capabilities, targeting = subject.capabilities, ad_set.targeting
    categories = subject.draft.campaign.declarations.special_ad_categories
    restricting = [label for value, label in capabilities.special_ad_categories
                   if value in categories and value in capabilities.restricted_categories]  # fmt: skip
    if not restricting:
        return
    narrowed = {
        "age_min": targeting.age_min is not None and targeting.age_min > max(18, capabilities.age_min),
        "age_max": targeting.age_max is not None and targeting.age_max < capabilities.age_max,
        "genders": len(targeting.genders) == 1,
    }
    for field, is_narrowed in narrowed.items():
        if is_narrowed:
            message = f"Ads of the category {restricting[0]} may not be narrowed by age or gender."
            path = f"{ad_set.path}.targeting.{field}"
            yield Problem("CATEGORY_RESTRICTS", path, message, "Leave it empty.")
