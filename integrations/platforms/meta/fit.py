"""What each part of a draft becomes on Meta, in words: shown before submit, so that nothing changes in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from integrations.capabilities import Fit, Verdict
from integrations.contracts import Account, Media
from integrations.draft import Ad, AdSet, BudgetType, CreativeType, Draft
from integrations.draft_fields import left_out
from integrations.platforms.meta import payloads
from integrations.platforms.meta.capabilities import CAPABILITIES, WITHOUT_MINOR_UNITS, minor_digits
from integrations.wallclock import schedule_lines
from stratum.formats import country, money

KEPT, CHANGED, DROPPED, REFUSED = Verdict.KEPT, Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED

_OBJECTIVE_NAMES = {
    "OUTCOME_AWARENESS": "Awareness",
    "OUTCOME_TRAFFIC": "Traffic",
    "OUTCOME_ENGAGEMENT": "Engagement",
    "OUTCOME_LEADS": "Leads",
    "OUTCOME_SALES": "Sales",
}
_GOAL_NAMES = {
    "REACH": "daily unique reach",
    "IMPRESSIONS": "impressions",
    "THRUPLAY": "ThruPlay: views of 15 seconds or to the end",
    "LINK_CLICKS": "link clicks",
    "LANDING_PAGE_VIEWS": "landing page views",
    "POST_ENGAGEMENT": "engagement with the post",
    "OFFSITE_CONVERSIONS": "conversions",
    "VALUE": "value of conversions",
}


def fit(draft: Draft, account: Account, media: Mapping[str, Media]) -> list[Fit]:
    """Say what each part becomes. Parts still empty are passed over: the rules name what is missing."""
    schedule = schedule_lines(draft.campaign.schedule, account.time_zone, "every ad set")
    found = [*_campaign(draft), *_budget(draft, account), *schedule, *_assets(draft)]
    for ad_set in draft.ad_sets:
        found += _ad_set(draft, account, ad_set)
        for ad in ad_set.ads:
            found += _ad(draft, ad_set, ad)
    return [*found, *left_out(draft, CAPABILITIES)]


def _campaign(draft: Draft) -> Iterator[Fit]:
    campaign = draft.campaign
    if campaign.objective:
        external = payloads.objective_of(draft)
        becomes = f"The objective {_OBJECTIVE_NAMES[external]} ({external})."
        is_same = external.removeprefix("OUTCOME_").lower() == campaign.objective.value
        yield Fit("campaign.objective", "Objective", KEPT if is_same else CHANGED, becomes)
    if campaign.name:
        becomes = "The name, with a mark in brackets at its end by which we find the campaign again."
        yield Fit("campaign.name", "Name", KEPT, becomes)
    if campaign.url_tags:
        yield Fit("campaign.url_tags", "URL tags", KEPT, "URL parameters on every ad.")
    if campaign.declarations.special_ad_categories:
        yield _categories(draft)


def _categories(draft: Draft) -> Fit:
    path, what = "campaign.declarations.special_ad_categories", "Special ad categories"
    countries = ", ".join(country(code) for code in payloads.category_countries(draft))
    if not countries and any(ad_set.targeting.locations for ad_set in draft.ad_sets):
        becomes = "Meta wants the countries a special category is for. Name a country among the locations."
        return Fit(path, what, REFUSED, becomes)
    names = ", ".join(value.upper() for value in draft.campaign.declarations.special_ad_categories)
    return Fit(path, what, KEPT, f"{names}, declared for {countries or 'no country yet'}.")


def _budget(draft: Draft, account: Account) -> Iterator[Fit]:
    budget, path = draft.campaign.budget, "campaign.budget.amount"
    if budget.amount is None:
        return
    amount = money(budget.amount, account.currency)
    # Not by rounding, which fails for an amount of more digits than Python's decimals reckon with.
    if -int(budget.amount.normalize().as_tuple().exponent) > minor_digits(account.currency):
        takes = "whole amounts" if account.currency in WITHOUT_MINOR_UNITS else "two decimals"
        yield Fit(path, "Budget", REFUSED, f"Meta spends {account.currency} in {takes} only.")
    elif draft.has_ad_set_budgets:
        becomes = f"Not sent: the ad sets' own budgets are. {amount} stays the ceiling here, and is what caps count."
        yield Fit(path, "Budget", CHANGED, becomes)
    elif budget.type is BudgetType.LIFETIME:
        yield Fit(path, "Budget", KEPT, f"{amount} for the whole time, which Meta shares out among the ad sets.")
    else:
        becomes = f"{amount} a day, which Meta shares out among the ad sets."
        yield Fit(path, "Budget", KEPT, f"{becomes} {CAPABILITIES.overspend_note}")


def _assets(draft: Draft) -> Iterator[Fit]:
    assets = draft.campaign.assets
    if assets.page and not assets.instagram:
        becomes = "Ads on Instagram show the Page's name and picture."
        yield Fit("campaign.assets.instagram", "Instagram account", CHANGED, becomes)
    if assets.pixel and not _uses_pixel(draft):
        becomes = "No ad set optimizes for conversions, so no pixel is sent."
        yield Fit("campaign.assets.pixel", "Pixel", DROPPED, becomes)


def _uses_pixel(draft: Draft) -> bool:
    goals = [CAPABILITIES.goal(draft.campaign.objective, ad_set.optimization) for ad_set in draft.ad_sets]
    return any(goal.needs_pixel for goal in goals if goal)


def _ad_set(draft: Draft, account: Account, ad_set: AdSet) -> Iterator[Fit]:
    goal = CAPABILITIES.goal(draft.campaign.objective, ad_set.optimization)
    if goal:
        becomes = f"Optimized for {_GOAL_NAMES[goal.external]} ({goal.external}), billed by impressions."
        yield Fit(f"{ad_set.path}.optimization", "Optimization", KEPT, becomes)
    if ad_set.budget is not None:
        span = "for the whole time" if draft.campaign.budget.type is BudgetType.LIFETIME else "a day"
        becomes = f"{money(ad_set.budget, account.currency)} {span} for this ad set alone."
        yield Fit(f"{ad_set.path}.budget", "Budget", KEPT, becomes)
    yield from _targeting(ad_set)


def _targeting(ad_set: AdSet) -> Iterator[Fit]:
    wanted, path = ad_set.targeting, f"{ad_set.path}.targeting"
    if wanted.locations:
        names = ", ".join(place.name or country(place.id) for place in wanted.locations)
        yield Fit(f"{path}.locations", "Locations", KEPT, f"People who live in or were recently in {names}.")
    yield from _ages(ad_set)
    if wanted.interests:
        becomes = "People with any one of the interests; Meta does not widen the audience."
        yield Fit(f"{path}.interests", "Interests", KEPT, becomes)
    unknown = [language.name or language.id for language in wanted.languages if not language.id.isdigit()]
    if unknown:
        becomes = f"{', '.join(unknown)} did not come from Meta's search. Choose the language from it."
        yield Fit(f"{path}.languages", "Languages", REFUSED, becomes)


def _ages(ad_set: AdSet) -> Iterator[Fit]:
    low, high = ad_set.targeting.age_min, ad_set.targeting.age_max
    if low is None and high is None:
        yield Fit(f"{ad_set.path}.targeting.age_min", "Ages", CHANGED, "Ages not chosen mean 18 and older.")
    elif high is None or high == payloads.OLDEST:
        low = low if low is not None else payloads.ADULT
        yield Fit(f"{ad_set.path}.targeting.age_max", "Ages", KEPT, f"{low} and older: at Meta 65 means 65 and older.")
    else:
        yield Fit(f"{ad_set.path}.targeting.age_min", "Ages", KEPT, f"{low or payloads.ADULT} to {high}.")


def _ad(draft: Draft, ad_set: AdSet, ad: Ad) -> Iterator[Fit]:
    """Say only what is not simply kept: a campaign may have hundreds of ads."""
    creative, path = ad.creative, f"{ad_set.ad_path(ad)}.creative"
    goal = CAPABILITIES.goal(draft.campaign.objective, ad_set.optimization)
    if goal and goal.external == "THRUPLAY" and creative.type not in (None, CreativeType.VIDEO):
        becomes = "The ad set is optimized for video views, and this ad shows no video."
        yield Fit(f"{path}.type", "Kind of ad", REFUSED, becomes)
    shown = len(creative.media) if creative.type is CreativeType.CAROUSEL else 1
    yield from _extra_texts(path, "headlines", creative.headlines, shown)
    yield from _extra_texts(path, "descriptions", creative.descriptions, shown)
    if creative.type is CreativeType.CAROUSEL and 0 < len(creative.headlines) < shown:
        becomes = "Cards without a headline of their own show the first one."
        yield Fit(f"{path}.headlines", "Headlines", CHANGED, becomes)
    texts = {"primary_text": [creative.primary_text]}
    texts |= {"headlines": creative.headlines[:shown], "descriptions": creative.descriptions[:shown]}
    for name, written in texts.items():
        soft = CAPABILITIES.texts[name].soft
        if soft and any(len(text) > soft for text in written):
            label = name.replace("_", " ").capitalize()
            becomes = f"Sent whole, but may be cut off after {soft} characters on small screens."
            yield Fit(f"{path}.{name}", label, CHANGED, becomes)


def _extra_texts(path: str, name: str, texts: list[str], shown: int) -> Iterator[Fit]:
    if len(texts) > shown > 0:
        which = "the first is" if shown == 1 else f"the first {shown} are"
        yield Fit(f"{path}.{name}", name.capitalize(), DROPPED, f"Only {which} shown; {len(texts) - shown} left out.")
