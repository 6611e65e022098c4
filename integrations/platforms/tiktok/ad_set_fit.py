"""What an ad set becomes: an ad group of TikTok, in words."""

from __future__ import annotations

from collections.abc import Iterator

from integrations.capabilities import Fit, Verdict
from integrations.contracts import Account
from integrations.draft import AdSet, BudgetType, Draft
from integrations.emoji import has_emoji
from integrations.platforms.tiktok import audiences, currencies
from integrations.platforms.tiktok.capabilities import ADULT, AGE_GROUPS, BILLING, CAPABILITIES, OLDEST
from stratum.formats import country, money

KEPT, CHANGED, DROPPED, REFUSED = Verdict.KEPT, Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED

_GOAL_NAMES = {
    "REACH": "reach",
    "CLICK": "clicks",
    "ENGAGED_VIEW": "views of six seconds or to the end",
    "CONVERT": "conversions on your site",
}
_BILLED_BY = {
    "CPM": "by a thousand impressions",
    "CPC": "by click",
    "CPV": "by view",
    "OCPM": "by a thousand impressions",
}
#: Where nobody under 18 may be reached, by ISO 3166-1 alpha-2 ("Age targeting restrictions for TikTok ads"): the US and
#: Canada, the European Economic Area, the United Kingdom, Switzerland, and Latin America.
# fmt: off
ADULTS_ONLY = frozenset({
    "US", "CA", "GB", "CH", "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV",
    "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO", "AR", "BO", "BR", "CL", "CO", "CR",
    "DO", "EC", "SV", "GT", "HN", "MX", "NI", "PA", "PY", "PE", "PR", "UY", "VE",
})
# fmt: on


def fit(draft: Draft, account: Account, ad_set: AdSet) -> Iterator[Fit]:
    if has_emoji(ad_set.name):
        yield Fit(f"{ad_set.path}.name", "Name", REFUSED, "TikTok takes no emoji in names.")
    yield from _optimization(draft, ad_set)
    if ad_set.budget is not None:
        yield _budget(draft, account, ad_set)
    yield from _targeting(ad_set)


def _optimization(draft: Draft, ad_set: AdSet) -> Iterator[Fit]:
    goal = CAPABILITIES.goal(draft.campaign.objective, ad_set.optimization)
    if goal is None:
        return
    path, what = f"{ad_set.path}.optimization", "Optimization"
    first = draft.ad_sets[0]
    if not draft.has_ad_set_budgets and first.optimization and first.optimization != ad_set.optimization:
        becomes = f"Under a campaign budget all ad sets must be optimized for the same, as “{first.name}” is."
        yield Fit(path, what, REFUSED, f"{becomes} Choose that, or give the ad sets budgets of their own.")
        return
    billed = _BILLED_BY[BILLING[goal.external]]
    yield Fit(path, what, KEPT, f"Optimized for {_GOAL_NAMES[goal.external]} ({goal.external}), billed {billed}.")


def _budget(draft: Draft, account: Account, ad_set: AdSet) -> Fit:
    path, amount = f"{ad_set.path}.budget", ad_set.budget
    ceiling = currencies.ceiling(account.currency)
    if amount is not None and ceiling is not None and amount >= ceiling:
        becomes = f"TikTok takes no budget of {money(ceiling, account.currency)} or more."
        return Fit(path, "Budget", REFUSED, becomes)
    span = "for the whole time" if draft.campaign.budget.type is BudgetType.LIFETIME else "a day"
    return Fit(path, "Budget", KEPT, f"{money(amount, account.currency)} {span} for this ad group alone.")


def _targeting(ad_set: AdSet) -> Iterator[Fit]:
    wanted, path = ad_set.targeting, f"{ad_set.path}.targeting"
    if wanted.locations:
        names = ", ".join(place.name or country(place.id) for place in wanted.locations)
        becomes = f"People in {names}. TikTok decides where an ad account may show ads: it is asked at submit."
        yield Fit(f"{path}.locations", "Locations", KEPT, becomes)
    yield _ages(ad_set)
    if wanted.interests:
        yield Fit(f"{path}.interests", "Interests", KEPT, "People with any one of the interests.")
    unknown = [language.name or language.id for language in wanted.languages if not _is_code(language.id)]
    if unknown:
        becomes = f"{', '.join(unknown)} did not come from TikTok's search. Choose the language from it."
        yield Fit(f"{path}.languages", "Languages", REFUSED, becomes)
    strange = [interest.name or interest.id for interest in wanted.interests if not interest.id.isdigit()]
    if strange:
        becomes = f"{', '.join(strange)} did not come from TikTok's search. Choose the interest from it."
        yield Fit(f"{path}.interests", "Interests", REFUSED, becomes)


def _is_code(language: str) -> bool:
    """Say whether this looks like one of TikTok's codes: en, zh-Hant. Other platforms number their languages."""
    return language[:2].isalpha()


def _ages(ad_set: AdSet) -> Fit:
    wanted, path = ad_set.targeting, f"{ad_set.path}.targeting.age_min"
    groups = audiences.age_groups(wanted)
    if not groups:
        becomes = "No age group of TikTok begins within these ages; its oldest is 55 and older. Widen them."
        return Fit(path, "Ages", REFUSED, becomes)
    low = next(youngest for name, youngest, _ in AGE_GROUPS if name == groups[0])
    high = next(oldest for name, _, oldest in AGE_GROUPS if name == groups[-1])
    spoken = f"{low} and older" if high == OLDEST else f"{low} to {high}"
    if low < ADULT and (barred := _barred(ad_set)):
        becomes = f"TikTok shows no ads to people under {ADULT} in {barred}. Choose {ADULT} or older."
        return Fit(path, "Ages", REFUSED, becomes)
    if wanted.age_min is None and wanted.age_max is None:
        return Fit(path, "Ages", CHANGED, f"{spoken}: ages not chosen mean adults.")
    chosen_high = OLDEST if wanted.age_max is None else wanted.age_max
    if (wanted.age_min or ADULT) == low and (chosen_high == high or (high == OLDEST and chosen_high >= 65)):
        return Fit(path, "Ages", KEPT, f"{spoken}.")
    return Fit(
        path, "Ages", CHANGED, f"{spoken}: TikTok has fixed age groups. Nobody younger than you chose is reached."
    )


def _barred(ad_set: AdSet) -> str:
    reached = dict.fromkeys(place.country_code for place in ad_set.targeting.locations)
    return ", ".join(country(code) for code in reached if code in ADULTS_ONLY)
