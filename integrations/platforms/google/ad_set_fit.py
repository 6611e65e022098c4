"""What an ad set becomes on Google Ads: an ad group, its places, people, keywords and interests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrations.capabilities import Fit, Verdict
from integrations.draft import AdSet, Draft
from integrations.platforms.google import audiences
from integrations.platforms.google.capabilities import (
    AGE_RANGES,
    KEYWORD_WIDTH,
    KEYWORD_WORDS,
    MOST_SEARCH_ADS,
    OLDEST,
    YOUNGEST,
    Channel,
    channel_of,
    width,
)
from stratum.formats import country

KEPT, CHANGED, DROPPED, REFUSED = Verdict.KEPT, Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED
#: What a keyword cannot hold (Google Ads Help, "Special characters and symbols in keywords").
_FORBIDDEN = re.compile(r"[!@%,*{}^;~<>=()?|\\`\[\]\"]")
_MATCHES = {"BROAD": "broad", "PHRASE": "phrase", "EXACT": "exact"}


def ad_set_lines(draft: Draft, ad_set: AdSet) -> Iterator[Fit]:
    """Say what the ad set's targeting becomes."""
    yield from _places(draft, ad_set)
    yield from _ages(ad_set)
    yield from _genders(ad_set)
    yield from _languages(draft, ad_set)
    if channel_of(draft) is Channel.SEARCH:
        yield from _keywords(ad_set)
        if len(ad_set.ads) > MOST_SEARCH_ADS:
            becomes = f"Google shows at most {MOST_SEARCH_ADS} search ads of an ad set, and here are {len(ad_set.ads)}."
            yield Fit(f"{ad_set.path}.ads", "Ads", REFUSED, becomes)
    if ad_set.targeting.interests:
        yield from _interests(draft, ad_set)


def _places(draft: Draft, ad_set: AdSet) -> Iterator[Fit]:
    wanted, path = ad_set.targeting, f"{ad_set.path}.targeting"
    for field, what, places in (
        ("locations", "Locations", wanted.locations),
        ("excluded_locations", "Excluded locations", wanted.excluded_locations),
    ):
        unknown = [place.name or place.id for place in places if place.id and not audiences.geo_id(place)]
        if unknown:
            becomes = f"Google has no place {', '.join(unknown)}. Choose it from the search."
            yield Fit(f"{path}.{field}", what, REFUSED, becomes)
        elif _differs_in_search(draft, ad_set, field):
            becomes = "Search sets places for the whole campaign. Give all ad sets the same, or split the campaign."
            yield Fit(f"{path}.{field}", what, REFUSED, becomes)
        elif places and field == "locations":
            names = ", ".join(place.name or country(place.id) for place in places)
            is_search = channel_of(draft) is Channel.SEARCH
            people = "People in" if is_search else "People in, or interested in,"
            yield Fit(f"{path}.{field}", what, KEPT if is_search else CHANGED, f"{people} {names}.")


def _differs_in_search(draft: Draft, ad_set: AdSet, field: str) -> bool:
    """Say whether the ad set wants something else than the first one, where only the campaign can have it."""
    if channel_of(draft) is not Channel.SEARCH:
        return False
    first, own = (
        {(item.id.casefold(), getattr(item, "kind", "")) for item in getattr(each.targeting, field)}
        for each in (draft.ad_sets[0], ad_set)
    )
    return first != own


def _ages(ad_set: AdSet) -> Iterator[Fit]:
    low, high = ad_set.targeting.age_min, ad_set.targeting.age_max
    path, what = f"{ad_set.path}.targeting.age_min", "Ages"
    if low is None and high is None:
        yield Fit(path, what, KEPT, "All ages.")
        return
    reached = [item for item in AGE_RANGES if item[0] not in audiences.excluded_ages(low, high)]
    if not reached:
        yield Fit(path, what, REFUSED, "Google's age groups begin at 18. Choose an age from 18 on.")
        return
    youngest, oldest = reached[0][1], reached[-1][2]
    is_open = reached[-1] is AGE_RANGES[-1]
    asked_low, asked_high = low if low is not None else YOUNGEST, OLDEST if high is None else min(high, OLDEST)
    is_exact = youngest == asked_low and (asked_high == OLDEST if is_open else oldest == asked_high)
    span = f"{youngest} and older" if is_open else f"{youngest} to {oldest}"
    becomes = f"Ages {span}, and people whose age Google does not know."
    if not is_exact:
        becomes = f"{becomes} Google has age groups, so those around your ages count as a whole."
    yield Fit(path, what, KEPT if is_exact else CHANGED, becomes)


def _genders(ad_set: AdSet) -> Iterator[Fit]:
    chosen = set(ad_set.targeting.genders)
    if len(chosen) == 1:
        word = {"female": "Women", "male": "Men"}[next(iter(chosen))]
        becomes = f"{word}, and people whose gender Google does not know."
        yield Fit(f"{ad_set.path}.targeting.genders", "Gender", KEPT, becomes)


def _languages(draft: Draft, ad_set: AdSet) -> Iterator[Fit]:
    languages, path = ad_set.targeting.languages, f"{ad_set.path}.targeting.languages"
    unknown = [language.name or language.id for language in languages if not language.id.isdigit()]
    if unknown:
        becomes = f"{', '.join(unknown)} did not come from Google's search. Choose the language from it."
        yield Fit(path, "Languages", REFUSED, becomes)
    elif _differs_in_search(draft, ad_set, "languages"):
        becomes = "Search sets languages for the whole campaign. Give all ad sets the same, or split the campaign."
        yield Fit(path, "Languages", REFUSED, becomes)


def _keywords(ad_set: AdSet) -> Iterator[Fit]:
    path, found = f"{ad_set.path}.targeting.keywords", audiences.keywords(ad_set.targeting)
    if not found:
        becomes = "Other ad sets name keywords, which makes this a Search campaign: without keywords nothing is shown."
        yield Fit(path, "Keywords", REFUSED, becomes)
        return
    faults = [fault for keyword in found if (fault := _keyword_fault(keyword["text"]))]
    if faults:
        yield Fit(path, "Keywords", REFUSED, " ".join(faults[:5]))
        return
    counts = {word: sum(each["matchType"] == match for each in found) for match, word in _MATCHES.items()}
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    becomes = f"{told} match. Write [word] for exact and “word” in straight quotes for phrase match."
    yield Fit(path, "Keywords", KEPT, becomes.replace("“word” in straight quotes", '"word"'))


def _keyword_fault(text: str) -> str:
    if width(text) > KEYWORD_WIDTH:
        return f"“{text}” is longer than {KEYWORD_WIDTH} characters."
    if len(text.split()) > KEYWORD_WORDS:
        return f"“{text}” has more than {KEYWORD_WORDS} words."
    if _FORBIDDEN.search(text):
        return f"“{text}” holds a character that keywords cannot have."
    return ""


def _interests(draft: Draft, ad_set: AdSet) -> Iterator[Fit]:
    path, what = f"{ad_set.path}.targeting.interests", "Interests"
    if channel_of(draft) is Channel.SEARCH:
        yield Fit(path, what, DROPPED, "Search reaches whoever searches for the keywords, whatever their interests.")
        return
    unknown = [interest.name or interest.id for interest in ad_set.targeting.interests if not interest.id.isdigit()]
    if unknown:
        becomes = f"{', '.join(unknown)} did not come from Google's search. Choose interests from it."
        yield Fit(path, what, REFUSED, becomes)
    else:
        yield Fit(path, what, KEPT, "People in any one of these segments; Google does not widen the audience.")
