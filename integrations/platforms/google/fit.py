"""What each part of a draft becomes on Google Ads, in words: shown before submit, so that nothing changes in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from integrations.capabilities import Fit, Verdict
from integrations.contracts import Account, Media
from integrations.draft import BudgetType, Draft
from integrations.draft_fields import left_out
from integrations.errors import PlatformError
from integrations.platforms.google import payloads
from integrations.platforms.google.ad_fit import ad_lines
from integrations.platforms.google.ad_set_fit import ad_set_lines
from integrations.platforms.google.capabilities import (
    BUSINESS_NAME_WIDTH,
    CAPABILITIES,
    Channel,
    channel_of,
    demand_gen_minimum,
    width,
)
from stratum.formats import money

KEPT, CHANGED, DROPPED, REFUSED = Verdict.KEPT, Verdict.CHANGED, Verdict.DROPPED, Verdict.REFUSED

_BIDDING_NAMES = {
    "TARGET_SPEND": "as many clicks as the budget buys (Maximize clicks)",
    "MAXIMIZE_CONVERSIONS": "as many conversions as the budget buys (Maximize conversions)",
    "MAXIMIZE_CONVERSION_VALUE": "the highest value of conversions (Maximize conversion value)",
}
_KINDS = {
    Channel.SEARCH: "A Search campaign, because ad sets name keywords",
    Channel.DEMAND_GEN: "A Demand Gen campaign on YouTube, Discover and Gmail, because no ad set names keywords",
}


def fit(draft: Draft, account: Account, media: Mapping[str, Media]) -> list[Fit]:
    """Say what each part becomes. Parts still empty are passed over: the rules name what is missing."""
    found = [*_campaign(draft), *_budget(draft, account), *_schedule(draft, account), *_assets(draft)]
    for ad_set in draft.ad_sets:
        found += ad_set_lines(draft, ad_set)
        for ad in ad_set.ads:
            found += ad_lines(draft, ad_set, ad, media)
    return [*found, *left_out(draft, CAPABILITIES)]


def _campaign(draft: Draft) -> Iterator[Fit]:
    campaign, said = draft.campaign, draft.campaign.declarations
    if campaign.objective and CAPABILITIES.objective(campaign.objective):
        yield from _objective(draft)
    if campaign.name:
        becomes = "The name, with a mark in brackets at its end by which we find the campaign again."
        yield Fit("campaign.name", "Name", KEPT, becomes)
    if campaign.url_tags:
        yield Fit("campaign.url_tags", "URL tags", KEPT, "The campaign's final URL suffix, added to every link.")
    if said.eu_political is not None:
        path, what = "campaign.declarations.eu_political", "Political advertising in the EU"
        if said.eu_political:
            yield Fit(path, what, CHANGED, "Declared as such: Google does not show the campaign in the EU.")
        else:
            yield Fit(path, what, KEPT, "Declared: no political advertising for the EU.")


def _objective(draft: Draft) -> Iterator[Fit]:
    """Say what kind of campaign it becomes and how Google bids; one bidding serves the whole campaign."""
    kind = _KINDS[channel_of(draft)]
    is_awareness = draft.campaign.objective == "awareness"
    aim = " Google has no objective Awareness here: it bids for clicks." if is_awareness else ""
    yield Fit("campaign.objective", "Objective", CHANGED, f"{kind}.{aim}")
    if not all(ad_set.optimization for ad_set in draft.ad_sets):
        return
    try:
        bidding = payloads.bidding_of(draft)
    except PlatformError as error:
        if error.path != "campaign.objective":
            yield Fit(error.path, "Optimization", REFUSED, error.message)
        return
    for ad_set in draft.ad_sets[:1]:
        becomes = f"The whole campaign bids for {_BIDDING_NAMES[bidding]}."
        yield Fit(f"{ad_set.path}.optimization", "Optimization", KEPT, becomes)


def _budget(draft: Draft, account: Account) -> Iterator[Fit]:
    amount, path = payloads.budget_of(draft), "campaign.budget.amount"
    if amount is None:
        return
    try:
        payloads.micros(amount, account)
    except PlatformError as error:
        yield Fit(path, "Budget", REFUSED, error.message)
        return
    too_small = _below_minimum(draft, account, amount)
    if too_small:
        yield Fit(path, "Budget", REFUSED, too_small)
        return
    is_total = draft.campaign.budget.type is BudgetType.LIFETIME
    span = "for the whole time, as a campaign total budget" if is_total else "a day"
    overspend = "" if is_total else f" {CAPABILITIES.overspend_note}"
    if draft.has_ad_set_budgets:
        becomes = (
            f"{money(amount, account.currency)} {span}, the sum of the ad sets' budgets: Google has one budget for a "
            f"campaign, and shares it out by itself.{overspend}"
        )
        yield Fit(path, "Budget", CHANGED, becomes)
        for ad_set in draft.ad_sets:
            if ad_set.budget is not None:
                becomes = "Not a limit of its own at Google: it goes into the campaign's budget."
                yield Fit(f"{ad_set.path}.budget", "Budget", CHANGED, becomes)
        return
    yield Fit(path, "Budget", KEPT, f"{money(amount, account.currency)} {span}.{overspend}")


def _below_minimum(draft: Draft, account: Account, amount: Decimal) -> str:
    """Say that the budget is below Demand Gen's floor, for a lifetime budget by its average; empty if it is not."""
    least = demand_gen_minimum(account.extra, account.currency)
    if channel_of(draft) is not Channel.DEMAND_GEN or least is None:
        return ""
    schedule, a_day = draft.campaign.schedule, amount
    if draft.campaign.budget.type is BudgetType.LIFETIME:
        if schedule.start is None or schedule.end is None or schedule.end < schedule.start:
            return ""
        a_day = amount / ((schedule.end.date() - schedule.start.date()).days + 1)
    if a_day >= least:
        return ""
    return f"Demand Gen takes no budget below {money(least, account.currency)} a day. Raise the budget."


def _schedule(draft: Draft, account: Account) -> Iterator[Fit]:
    schedule = draft.campaign.schedule
    if schedule.start is not None:
        is_whole = schedule.start.time() == datetime.min.time()
        becomes = f"{_day(schedule.start)}, 00:00 in {account.time_zone}: Google starts with the day."
        yield Fit("campaign.schedule.start", "Start", KEPT if is_whole else CHANGED, becomes)
    if schedule.end is not None:
        is_whole = (schedule.end.hour, schedule.end.minute) == (23, 59)
        becomes = f"{_day(schedule.end)}, 23:59:59 in {account.time_zone}: Google ends with the day."
        yield Fit("campaign.schedule.end", "End", KEPT if is_whole else CHANGED, becomes)


def _day(moment: datetime) -> str:
    return f"{moment:%b} {moment.day}, {moment.year}"


def _assets(draft: Draft) -> Iterator[Fit]:
    assets, path = draft.campaign.assets, "campaign.assets"
    if channel_of(draft) is Channel.SEARCH:
        for name, label in (("logo", "Logo"), ("business_name", "Business name")):
            if getattr(assets, name):
                yield Fit(
                    f"{path}.{name}", label, DROPPED, "Search ads show those of the account, not of the campaign."
                )
        return
    yield from _brand(draft)


def _brand(draft: Draft) -> Iterator[Fit]:
    """Say what every ad of Demand Gen shows of the advertiser; without it Google takes none."""
    assets = draft.campaign.assets
    if not assets.logo:
        becomes = "Demand Gen ads show a square logo. Choose one of the account's images."
        yield Fit("campaign.assets.logo", "Logo", REFUSED, becomes)
    if not assets.business_name:
        becomes = "Demand Gen ads show the business's name. Write it down."
        yield Fit("campaign.assets.business_name", "Business name", REFUSED, becomes)
    elif width(assets.business_name) > BUSINESS_NAME_WIDTH:
        becomes = f"Google shows {BUSINESS_NAME_WIDTH} characters at most. Shorten the name."
        yield Fit("campaign.assets.business_name", "Business name", REFUSED, becomes)
