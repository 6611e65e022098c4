"""What each part of a draft becomes on TikTok, in words: shown before submit, so that nothing changes in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from integrations.capabilities import Fit, Verdict
from integrations.contracts import Account, Media
from integrations.draft import BudgetType, Draft
from integrations.draft_fields import left_out
from integrations.emoji import has_emoji
from integrations.platforms.tiktok import ad_fit, ad_set_fit, currencies, identities
from integrations.platforms.tiktok.capabilities import CAPABILITIES, FIXED_DAILY
from integrations.wallclock import schedule_lines
from stratum.formats import money

KEPT, CHANGED, DROPPED, REFUSED = Verdict.KEPT, Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED

_OBJECTIVE_NAMES = {
    "REACH": "Reach",
    "TRAFFIC": "Traffic",
    "VIDEO_VIEWS": "Video views",
    "LEAD_GENERATION": "Lead generation",
    "WEB_CONVERSIONS": "Website conversions",
}
_AMOUNT = "campaign.budget.amount"


def fit(draft: Draft, account: Account, media: Mapping[str, Media]) -> list[Fit]:
    """Say what each part becomes. Parts still empty are passed over: the rules name what is missing."""
    schedule = schedule_lines(draft.campaign.schedule, account.time_zone, "every ad group")
    found = [*_campaign(draft), *_budget(draft, account), *schedule, *_assets(draft, account)]
    for ad_set in draft.ad_sets:
        found += ad_set_fit.fit(draft, account, ad_set)
        for ad in ad_set.ads:
            found += ad_fit.fit(draft, ad_set, ad, media)
    return [*found, *left_out(draft, CAPABILITIES)]


def _campaign(draft: Draft) -> Iterator[Fit]:
    campaign = draft.campaign
    objective = CAPABILITIES.objective(campaign.objective or "")
    if objective:
        becomes = f"The objective {_OBJECTIVE_NAMES[objective.external]} ({objective.external})."
        is_same = objective.external.lower() == objective.value
        yield Fit("campaign.objective", "Objective", KEPT if is_same else CHANGED, becomes)
    if has_emoji(campaign.name):
        yield Fit("campaign.name", "Name", REFUSED, "TikTok takes no emoji in names.")
    elif campaign.name:
        becomes = "The name, with a mark in brackets at its end by which we find the campaign again."
        yield Fit("campaign.name", "Name", KEPT, becomes)
    if campaign.url_tags:
        yield _url_tags(campaign.url_tags)
    if campaign.declarations.special_ad_categories:
        yield _categories(campaign.declarations.special_ad_categories)


def _url_tags(tags: str) -> Fit:
    if "{{" in tags or "{" in tags:
        becomes = "Added to every ad's link as they are: TikTok fills in __CAMPAIGN_ID__ and the like, not {…}."
        return Fit("campaign.url_tags", "URL tags", CHANGED, becomes)
    return Fit("campaign.url_tags", "URL tags", KEPT, "Added to the query of every ad's link.")


def _categories(categories: Sequence[str]) -> Fit:
    names = ", ".join(value.upper() for value in categories)
    becomes = f"Declared as {names}. Accounts registered outside the US and Canada need TikTok's permission for that."
    return Fit("campaign.declarations.special_ad_categories", "Special ad categories", KEPT, becomes)


def _budget(draft: Draft, account: Account) -> Iterator[Fit]:
    budget = draft.campaign.budget
    if budget.amount is None:
        return
    amount = money(budget.amount, account.currency)
    if draft.has_ad_set_budgets:
        becomes = f"Not sent: the ad sets' own budgets are. {amount} stays the ceiling here, and is what caps count."
        yield Fit(_AMOUNT, "Budget", CHANGED, becomes)
        return
    if refusal := _budget_refusal(draft, account):
        yield Fit(_AMOUNT, "Budget", REFUSED, refusal)
    elif budget.type is BudgetType.LIFETIME:
        yield Fit(_AMOUNT, "Budget", KEPT, f"{amount} for the whole time, which TikTok shares out among the ad groups.")
    else:
        becomes = f"{amount} a day, which TikTok shares out among the ad groups."
        objective = CAPABILITIES.objective(draft.campaign.objective or "")
        varies = objective is not None and objective.external not in FIXED_DAILY
        yield Fit(_AMOUNT, "Budget", KEPT, f"{becomes} {CAPABILITIES.overspend_note}" if varies else becomes)


def _budget_refusal(draft: Draft, account: Account) -> str:
    """Say why TikTok would not take the campaign's own budget; empty if it would."""
    amount, currency = draft.campaign.budget.amount, account.currency
    if amount is None:
        return ""
    digits = currencies.minor_digits(currency)
    if amount != round(amount, digits):
        return f"TikTok spends {currency} in {'two decimals' if digits else 'whole amounts'} only."
    floor, ceiling = currencies.campaign_floor(currency), currencies.ceiling(currency)
    if floor is not None and amount < floor:
        return f"TikTok takes no campaign budget below {money(floor, currency)}."
    if ceiling is not None and amount >= ceiling:
        return f"TikTok takes no budget of {money(ceiling, currency)} or more."
    return ""


def _assets(draft: Draft, account: Account) -> Iterator[Fit]:
    assets = draft.campaign.assets
    yield from _identity(assets.identity, account)
    if assets.pixel and not _uses_pixel(draft):
        becomes = "No ad set optimizes for conversions, so no pixel is sent."
        yield Fit("campaign.assets.pixel", "Pixel", DROPPED, becomes)


def _identity(word: str, account: Account) -> Iterator[Fit]:
    if not word:
        return
    path, what = "campaign.assets.identity", "TikTok account"
    identity = identities.read(word)
    if identity is None:
        yield Fit(path, what, REFUSED, "This is no TikTok account of the ad account's list. Choose one from it.")
    elif identity.type != identities.CUSTOM:
        becomes = "The ads speak as this TikTok account, and do not show on its profile."
        yield Fit(path, what, KEPT, becomes)
    elif account.extra.get("can_use_custom_identity") is True:
        becomes = "A made-up name and picture. TikTok withdraws these: link a TikTok account to the ad account."
        yield Fit(path, what, KEPT, becomes)
    else:
        yield Fit(path, what, REFUSED, "This ad account may not use a made-up name. Choose a linked TikTok account.")


def _uses_pixel(draft: Draft) -> bool:
    goals = [CAPABILITIES.goal(draft.campaign.objective, ad_set.optimization) for ad_set in draft.ad_sets]
    return any(goal.needs_pixel for goal in goals if goal)
