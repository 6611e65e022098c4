"""From an approved draft to its campaign at Google: budget, schedule, bidding. Pure functions.

Everything is created PAUSED. Reference: Google Ads API v26, campaign_budget, campaign.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from integrations.contracts import Account, Order
from integrations.draft import BudgetType, Draft
from integrations.errors import refused
from integrations.marks import marked
from integrations.platforms.google.audiences import place_entries
from integrations.platforms.google.capabilities import (
    BIDDING,
    CAPABILITIES,
    MICROS,
    NAME_LIMIT,
    Channel,
    billable_unit,
    channel_of,
)
from integrations.platforms.google.operations import entry, reference
from integrations.tagging import tags_for

# Money and time -----------------------------------------------------------------------------------------------------


def budget_of(draft: Draft) -> Decimal | None:
    """Return what the campaign may spend at Google: the ad sets' sum where they have budgets, else the campaign's."""
    if draft.has_ad_set_budgets:
        return sum((ad_set.budget for ad_set in draft.ad_sets if ad_set.budget is not None), Decimal(0))
    return draft.campaign.budget.amount


def micros(amount: Decimal, account: Account, path: str = "campaign.budget.amount") -> int:
    """Return an amount in micros, a million to the unit in every currency.

    PlatformError when it is not positive, or no multiple of what Google bills in the currency.
    """
    scaled = amount * MICROS
    if scaled <= 0:
        raise refused("INVALID_BUDGET", "A budget must be more than zero.", path)
    unit = billable_unit(account.extra, account.currency)
    if scaled % unit:
        smallest = (Decimal(unit) / MICROS).normalize()
        message = (
            f"{amount} {account.currency} is finer than Google bills: the smallest unit is {smallest:f}. Round it."
        )
        raise refused("INVALID_BUDGET", message, path)
    return int(scaled)


def first_day(order: Order) -> date | None:
    """Return the day on which the campaign starts, in the account's zone; None means now."""
    start = order.draft.campaign.schedule.start
    today = order.now.astimezone(ZoneInfo(order.account.time_zone)).date()
    return start.date() if start is not None and start.date() > today else None


def last_day(order: Order) -> date | None:
    """Return the last day of the campaign in the account's zone; PlatformError once the end has passed."""
    end = order.draft.campaign.schedule.end
    if end is None:
        return None
    if end <= order.now.astimezone(ZoneInfo(order.account.time_zone)).replace(tzinfo=None):
        raise refused("INVALID_SCHEDULE", "The campaign's end has passed.", "campaign.schedule.end")
    return end.date()


def schedule_fields(order: Order) -> dict[str, str]:
    """Return start and end as wall-clock times of the account: Google runs campaigns by whole days."""
    first, last = first_day(order), last_day(order)
    fields = {"startDateTime": f"{first} 00:00:00"} if first else {}
    return fields | ({"endDateTime": f"{last} 23:59:59"} if last else {})


# Campaign -----------------------------------------------------------------------------------------------------------


def campaign_operations(order: Order, key: str) -> list[dict[str, Any]]:
    """Return the budget, the campaign, and for Search its places and languages, which hang on the campaign there."""
    operations = [
        entry("campaignBudgetOperation", _budget(order, key), "campaign.budget.amount"),
        entry("campaignOperation", _campaign(order, key), "campaign"),
    ]
    if channel_of(order.draft) is Channel.SEARCH and order.draft.ad_sets:
        ad_set = order.draft.ad_sets[0]
        parent = {"campaign": reference(key, "campaigns")}
        operations += place_entries("campaignCriterionOperation", parent, ad_set)
    return operations


def _budget(order: Order, key: str) -> dict[str, Any]:
    draft, amount = order.draft, budget_of(order.draft)
    if amount is None:
        raise refused("INVALID_BUDGET", "The budget is missing.", "campaign.budget.amount")
    fields: dict[str, Any] = {
        "resourceName": reference(f"{key}-budget", "campaignBudgets"),
        "deliveryMethod": "STANDARD",
        # Left out, it would lie in the account's library of shared budgets.
        "explicitlyShared": False,
    }
    if draft.campaign.budget.type is BudgetType.LIFETIME:
        return fields | {"period": "CUSTOM_PERIOD", "totalAmountMicros": str(micros(amount, order.account))}
    return fields | {"period": "DAILY", "amountMicros": str(micros(amount, order.account))}


def _campaign(order: Order, key: str) -> dict[str, Any]:
    draft, said = order.draft, order.draft.campaign.declarations
    channel = channel_of(draft)
    political = "CONTAINS" if said.eu_political else "DOES_NOT_CONTAIN"
    fields: dict[str, Any] = {
        "resourceName": reference(key, "campaigns"),
        "name": marked(draft.campaign.name, key, NAME_LIMIT),
        "status": "PAUSED",
        "advertisingChannelType": channel.value,
        "campaignBudget": reference(f"{key}-budget", "campaignBudgets"),
        "containsEuPoliticalAdvertising": f"{political}_EU_POLITICAL_ADVERTISING",
        BIDDING[bidding_of(draft)]: {},
        **schedule_fields(order),
    }
    if channel is Channel.SEARCH:
        fields["networkSettings"] = {
            "targetGoogleSearch": True,
            "targetSearchNetwork": False,
            "targetContentNetwork": False,
            "targetPartnerSearchNetwork": False,
        }
        # People in the places, as on other platforms; the default takes in whoever is interested in them.
        fields["geoTargetTypeSetting"] = {"positiveGeoTargetType": "PRESENCE"}
    if draft.campaign.url_tags and not has_own_suffixes(draft):
        fields["finalUrlSuffix"] = draft.campaign.url_tags
    return fields


def has_own_suffixes(draft: Draft) -> bool:
    """Say whether each ad carries the URL tags itself: some link has one of them already, and Google adds both."""
    return _is_doubled(draft.campaign.url_tags, tuple(ad.creative.link_url for _, ad in draft.ads()))


@lru_cache(maxsize=8)
def _is_doubled(tags: str, links: tuple[str, ...]) -> bool:
    return any(tags_for(link, tags) != tags for link in links)


def bidding_of(draft: Draft) -> str:
    """Return the bidding that all ad sets agree on; PlatformError where they do not, or Google offers no such goal."""
    objective = CAPABILITIES.objective(draft.campaign.objective or "")
    if objective is None:
        raise refused("INVALID_OBJECTIVE", "Google Ads does not offer this objective.", "campaign.objective")
    found: str | None = None
    for ad_set in draft.ad_sets:
        goal, path = objective.goal(ad_set.optimization or ""), f"{ad_set.path}.optimization"
        if goal is None:
            message = "Google Ads does not offer this optimization for the objective."
            raise refused("INVALID_OPTIMIZATION", message, path)
        if found not in (None, goal.external):
            raise refused(
                "INVALID_OPTIMIZATION", "Google bids for a whole campaign: ad sets must share one goal.", path
            )
        found = goal.external
    return found or objective.goals[0].external
