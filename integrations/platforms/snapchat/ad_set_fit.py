"""What an ad set and its ads become on Snapchat, in words."""

from __future__ import annotations

from collections.abc import Iterator

from integrations.capabilities import Fit, Verdict
from integrations.draft import Ad, AdSet, Draft, Location
from integrations.errors import PlatformError
from integrations.platforms.snapchat import payloads
from integrations.platforms.snapchat.audience import is_open_ended, youngest_of
from integrations.platforms.snapchat.capabilities import CAPABILITIES
from integrations.platforms.snapchat.lookups import split_region
from stratum.formats import country

KEPT, CHANGED, DROPPED, REFUSED = Verdict.KEPT, Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED

_GOAL_NAMES = {
    "IMPRESSIONS": "impressions",
    "SWIPES": "swipe-ups, Snapchat's clicks",
    "LANDING_PAGE_VIEW": "landing page views, counted by the Snap Pixel",
    "VIDEO_VIEWS": "video views of two seconds or a swipe",
    "PIXEL_PAGE_VIEW": "page views, counted by the Snap Pixel",
    "PIXEL_ADD_TO_CART": "additions to the cart, counted by the Snap Pixel",
    "PIXEL_PURCHASE": "purchases, counted by the Snap Pixel",
    "PIXEL_SIGNUP": "sign-ups, counted by the Snap Pixel",
}
#: Goals that say what was chosen in another word, or a wider one.
_NEARLY = frozenset({("engagement", "SWIPES")})
#: Buttons whose words are not those that were chosen.
_BUTTON_WORDS = {
    "learn_more": "More",
    "subscribe": "Sign up",
    "contact_us": "More",
    "get_quote": "More",
    "get_offer": "Get now",
    "buy_now": "Shop now",
    "watch_more": "Watch",
    "listen_now": "Listen",
    "donate_now": "Donate",
    "see_more": "More",
}


def ad_set_lines(draft: Draft, ad_set: AdSet) -> Iterator[Fit]:
    """Say what an ad set and its ads become; of ads only what is not simply kept: a campaign may have hundreds."""
    yield from _goal(draft, ad_set)
    yield from _places(draft, ad_set)
    yield from _people(ad_set)
    for ad in ad_set.ads:
        yield from _ad(draft, ad_set, ad)


def _goal(draft: Draft, ad_set: AdSet) -> Iterator[Fit]:
    if CAPABILITIES.goal(draft.campaign.objective, ad_set.optimization) is None:
        return  # the rules say what is missing or not offered
    path, what = f"{ad_set.path}.optimization", "Optimization"
    try:
        goal = payloads.goal_of(draft, ad_set)
    except PlatformError as error:
        yield Fit(error.path, "Conversion event", REFUSED, error.message)
        return
    becomes = f"An ad squad optimized for {_GOAL_NAMES[goal]} ({goal}), billed by impressions, without a bid limit."
    yield Fit(path, what, CHANGED if (ad_set.optimization, goal) in _NEARLY else KEPT, becomes)


def _places(draft: Draft, ad_set: AdSet) -> Iterator[Fit]:
    wanted, path = ad_set.targeting, f"{ad_set.path}.targeting"
    for name, places in (("locations", wanted.locations), ("excluded_locations", wanted.excluded_locations)):
        unknown = [place.name or place.id for place in places if place.kind != "country" and not _is_region(place)]
        if unknown:
            becomes = f"{', '.join(unknown)} did not come from Snapchat's search. Choose the region from it."
            yield Fit(f"{path}.{name}", "Locations", REFUSED, becomes)
            return
    if payloads.is_restricted(draft) and any(place.kind != "country" for place in wanted.locations):
        becomes = "Ads for housing, credit or employment may not be narrowed to a part of a country."
        yield Fit(f"{path}.locations", "Locations", REFUSED, becomes)
    elif wanted.locations:
        names = ", ".join(place.name or country(place.id) for place in wanted.locations)
        yield Fit(f"{path}.locations", "Locations", KEPT, f"Snapchatters in {names}.")
    if len({_country(place) for place in wanted.locations}) > 1 and not wanted.languages:
        becomes = (
            "Snapchat wants a language where an ad set names several countries. Choose one, or make an ad set for each."
        )
        yield Fit(f"{path}.languages", "Languages", REFUSED, becomes)


def _is_region(place: Location) -> bool:
    try:
        split_region(place.id)
    except ValueError:
        return False
    return place.kind == "region"


def _country(place: Location) -> str:
    return place.id.lower() if place.kind == "country" else place.id.partition(":")[0].lower()


def _people(ad_set: AdSet) -> Iterator[Fit]:
    wanted, path = ad_set.targeting, f"{ad_set.path}.targeting"
    low = youngest_of(ad_set)
    if wanted.age_min is None and wanted.age_max is None:
        yield Fit(f"{path}.age_min", "Ages", CHANGED, f"Ages not chosen mean {low} and older.")
    elif is_open_ended(ad_set):
        becomes = f"{low} and older: Snapchat knows no ages above 55 apart."
        yield Fit(f"{path}.age_max", "Ages", KEPT, becomes)
    else:
        yield Fit(f"{path}.age_min", "Ages", KEPT, f"{low} to {wanted.age_max}.")
    if wanted.languages:
        names = ", ".join(language.name or language.id for language in wanted.languages)
        yield Fit(f"{path}.languages", "Languages", KEPT, f"Snapchatters who use the app in {names}.")
    if wanted.interests:
        becomes = (
            "People with any one of the interests (Snap Lifestyle Categories); Snapchat does not widen the audience."
        )
        yield Fit(f"{path}.interests", "Interests", KEPT, becomes)


def _ad(draft: Draft, ad_set: AdSet, ad: Ad) -> Iterator[Fit]:
    creative, path = ad.creative, f"{ad_set.ad_path(ad)}.creative"
    if ad_set.optimization == "video_views" and creative.type == "image":
        becomes = "The ad set is optimized for video views, and this ad shows no video."
        yield Fit(f"{path}.type", "Kind of ad", REFUSED, becomes)
    extra = len([text for text in creative.headlines if text]) - 1
    if extra > 0:
        yield Fit(f"{path}.headlines", "Headlines", DROPPED, f"Only the first is shown; {extra} left out.")
    if creative.headlines and creative.headlines[0] and creative.headlines[0] == draft.campaign.assets.business_name:
        becomes = "The headline says the same as the brand name; Snapchat wants the two to differ."
        yield Fit(f"{path}.headlines", "Headlines", REFUSED, becomes)
    if creative.call_to_action in _BUTTON_WORDS:
        becomes = f"The button says “{_BUTTON_WORDS[creative.call_to_action]}”, Snapchat's nearest word."
        yield Fit(f"{path}.call_to_action", "Call to action", CHANGED, becomes)
