"""What each part of a draft becomes on Snapchat, in words: shown before submit, so that nothing changes in silence."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from integrations.capabilities import Fit, Verdict
from integrations.contracts import Account
from integrations.draft import BudgetType, Draft
from integrations.draft_fields import left_out
from integrations.errors import PlatformError
from integrations.platforms.snapchat import payloads
from integrations.platforms.snapchat.ad_set_fit import ad_set_lines
from integrations.platforms.snapchat.capabilities import BRAND_LIMIT, CAPABILITIES, LEAST_BUDGET, LEAST_CAP
from integrations.wallclock import schedule_lines
from stratum.formats import money

KEPT, CHANGED, DROPPED, REFUSED = Verdict.KEPT, Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED

_OBJECTIVE_NAMES = {
    "AWARENESS_AND_ENGAGEMENT": "Awareness & Engagement",
    "TRAFFIC": "Traffic",
    "LEADS": "Leads",
    "SALES": "Sales",
}
#: Objectives that go by another word at Snapchat.
_RENAMED = frozenset({"awareness", "engagement", "video_views", "conversions"})


def fit(draft: Draft, account: Account) -> list[Fit]:
    """Say what each part becomes. Parts still empty are passed over: the rules name what is missing."""
    schedule = schedule_lines(draft.campaign.schedule, account.time_zone, "the campaign and every ad squad")
    found = [*_campaign(draft, account), *_budgets(draft, account), *schedule, *_assets(draft)]
    for ad_set in draft.ad_sets:
        found += ad_set_lines(draft, ad_set)
    return [*found, *left_out(draft, CAPABILITIES)]


def _campaign(draft: Draft, account: Account) -> Iterator[Fit]:
    campaign = draft.campaign
    if campaign.objective and CAPABILITIES.objective(campaign.objective):
        external = payloads.objective_of(draft)
        verdict = CHANGED if campaign.objective in _RENAMED else KEPT
        becomes = f"The objective {_OBJECTIVE_NAMES[external]} ({external})."
        yield Fit("campaign.objective", "Objective", verdict, becomes)
    if campaign.name:
        becomes = "The name, with a mark in brackets at its end by which we find the campaign again."
        yield Fit("campaign.name", "Name", KEPT, becomes)
    if campaign.url_tags:
        becomes = "Added to every link. Snapchat adds its own click id (ScCid) too."
        yield Fit("campaign.url_tags", "URL tags", KEPT, becomes)
    if campaign.declarations.special_ad_categories:
        yield _categories(account)


def _categories(account: Account) -> Fit:
    path, what = "campaign.declarations.special_ad_categories", "Special ad categories"
    if account.extra.get("restricted_delivery"):
        becomes = "Declared as one: ads for housing, credit or employment, on the campaign and its ad squads."
        return Fit(path, what, KEPT, becomes)
    becomes = (
        "The ad account is not declared for housing, credit and employment. Declare it in Snapchat Ads Manager "
        "first, then sync the account: at Snapchat this cannot be taken back."
    )
    return Fit(path, what, REFUSED, becomes)


def _budgets(draft: Draft, account: Account) -> Iterator[Fit]:
    budget, path = draft.campaign.budget, "campaign.budget.amount"
    if budget.amount is None:
        return
    is_lifetime = budget.type is BudgetType.LIFETIME
    span = "for the whole time" if is_lifetime else "a day"
    amount = money(budget.amount, account.currency)
    if draft.has_ad_set_budgets:
        becomes = f"The ad squads spend their own budgets. {_cap_sentence(budget.amount, amount, span, account)}"
        yield Fit(path, "Budget", CHANGED, becomes)
    elif len(draft.ad_sets) > 1:
        becomes = "Snapchat shares no budget out among ad sets. Give each ad set its part of it."
        yield Fit(path, "Budget", REFUSED, becomes)
        return
    else:
        cap = _cap_sentence(budget.amount, amount, span, account)
        becomes = f"{amount} {span}, as the budget of the one ad squad. {cap}"
        yield Fit(path, "Budget", CHANGED, becomes)
    yield from _ad_squad_budgets(draft, account, span)


def _cap_sentence(amount: Decimal, shown: str, span: str, account: Account) -> str:
    if amount < LEAST_CAP:
        least = money(LEAST_CAP, account.currency)
        return f"Snapchat takes no spending cap below {least}, so the campaign gets none."
    return f"{shown} {span} goes with the campaign as its spending cap."


def _ad_squad_budgets(draft: Draft, account: Account, span: str) -> Iterator[Fit]:
    for ad_set in draft.ad_sets:
        amount = payloads.budget_of(draft, ad_set)
        path = f"{ad_set.path}.budget" if draft.has_ad_set_budgets else "campaign.budget.amount"
        if amount is None:
            continue
        try:
            payloads.micro(amount, account.currency, path)
        except PlatformError as error:
            yield Fit(path, "Budget", REFUSED, error.message)
            continue
        if amount < LEAST_BUDGET:
            least = money(LEAST_BUDGET, account.currency)
            yield Fit(path, "Budget", REFUSED, f"Snapchat takes no budget below {least}, daily or lifetime. Raise it.")
        elif draft.has_ad_set_budgets:
            becomes = f"{money(amount, account.currency)} {span} for this ad squad alone."
            yield Fit(path, "Budget", KEPT, becomes)


def _assets(draft: Draft) -> Iterator[Fit]:
    assets, base = draft.campaign.assets, "campaign.assets"
    if len(assets.business_name) > BRAND_LIMIT:
        becomes = f"Snapchat shows {BRAND_LIMIT} characters at most. Shorten the name."
        yield Fit(f"{base}.business_name", "Brand name", REFUSED, becomes)
    elif assets.business_name:
        yield Fit(f"{base}.business_name", "Brand name", KEPT, "Shown on every ad, in the place of the profile's name.")
    elif assets.profile:
        yield Fit(f"{base}.business_name", "Brand name", CHANGED, "Ads show the name of the public profile.")
    yield from _measuring(draft)


def _measuring(draft: Draft) -> Iterator[Fit]:
    """Say what becomes of the pixel and the event, which belong to what the ad sets are optimized for."""
    assets, base = draft.campaign.assets, "campaign.assets"
    goals = set(_goals(draft))
    if assets.pixel and goals and not any(payloads.is_measured(goal) for goal in goals):
        becomes = "No ad set is optimized for what happens on your site, so no pixel is sent."
        yield Fit(f"{base}.pixel", "Snap Pixel", DROPPED, becomes)
    if not assets.pixel and any(payloads.is_measured(goal) for goal in goals):
        yield Fit(
            f"{base}.pixel", "Snap Pixel", REFUSED, "An ad set is optimized for what a Snap Pixel counts. Choose one."
        )
    if assets.conversion_event and goals and not any(goal.startswith("PIXEL_") for goal in goals):
        becomes = "No ad set is optimized for conversions, so no event is sent."
        yield Fit(f"{base}.conversion_event", "Conversion event", DROPPED, becomes)


def _goals(draft: Draft) -> Iterator[str]:
    for ad_set in draft.ad_sets:
        try:
            yield payloads.goal_of(draft, ad_set)
        except PlatformError:
            continue  # said where the ad set is looked at
