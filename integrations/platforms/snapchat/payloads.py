"""From an approved draft to what Snapchat is sent: pure functions, one for each kind of object.

Everything that can be switched is created PAUSED. In the place of ids that do not exist yet stands `{"$id": <step key>}`.
Reference: Ads API v1, campaigns, ad squads, creatives, ads.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from integrations.contracts import Order
from integrations.draft import Ad, AdSet, BudgetType, Draft
from integrations.errors import refused
from integrations.marks import marked
from integrations.platforms.snapchat.audience import targeting
from integrations.platforms.snapchat.capabilities import (
    CAPABILITIES,
    EVENT_GOALS,
    LANDING_PAGE_VIEW,
    LEAST_CAP,
    MICRO_DIGITS,
    NAME_LIMIT,
    minor_digits,
)
from integrations.tagging import tagged
from integrations.wallclock import moment

#: Counts what happens within 28 days of a swipe or a day of a view; Snapchat's own default, said so that it stays.
CONVERSION_WINDOW = "SWIPE_28DAY_VIEW_1DAY"


def campaign_fields(order: Order, key: str) -> dict[str, Any]:
    """Return the campaign. The draft's budget goes with it as a spending cap, above the ad squads' own budgets."""
    draft = order.draft
    fields: dict[str, Any] = {
        "ad_account_id": order.account.external_id,
        "name": marked(draft.campaign.name, key, NAME_LIMIT),
        "status": "PAUSED",
        "buy_model": "AUCTION",
        "objective_v2_properties": {"objective_v2_type": objective_of(draft)},
        **_schedule(order),
        **_cap(order),
    }
    if is_restricted(draft):
        fields["regulations"] = {"restricted_delivery_signals": True}
    return fields


def ad_squad_fields(order: Order, ad_set: AdSet, campaign_key: str) -> dict[str, Any]:
    """Return an ad squad: whom it reaches, what it is optimized for, when it runs, and its budget."""
    goal, pixel = goal_of(order.draft, ad_set), order.draft.campaign.assets.pixel
    fields = {
        "campaign_id": {"$id": campaign_key},
        "name": ad_set.name,
        "type": "SNAP_ADS",
        "status": "PAUSED",
        "placement_v2": {"config": "AUTOMATIC"},
        "targeting": targeting(ad_set, is_restricted=is_restricted(order.draft)),
        "billing_event": "IMPRESSION",
        "bid_strategy": "AUTO_BID",
        "optimization_goal": goal,
        **_budget(order, ad_set),
        **_schedule(order),
    }
    if is_measured(goal):
        if not pixel:
            raise refused("INVALID_ASSET", "This optimization needs a Snap Pixel.", "campaign.assets.pixel")
        fields["pixel_id"] = pixel
    if goal.startswith("PIXEL_"):  # with any other goal Snapchat refuses the window
        fields["conversion_window"] = CONVERSION_WINDOW
    return fields


def creative_fields(order: Order, ad: Ad, key: str, media_key: str) -> dict[str, Any]:
    """Return an ad's creative: one file, a headline, and the page it leads to."""
    assets = order.draft.campaign.assets
    button = CAPABILITIES.calls_to_action.get(ad.creative.call_to_action or "")
    headline = next(filter(None, ad.creative.headlines), "")
    fields = {
        "ad_account_id": order.account.external_id,
        "name": marked(ad.name, key, NAME_LIMIT),
        "type": "WEB_VIEW",
        "headline": headline,
        "brand_name": assets.business_name,
        "call_to_action": button,
        "top_snap_media_id": {"$id": media_key},
        "shareable": True,
        "profile_properties": {"profile_id": assets.profile},
        "web_view_properties": {"url": link_of(order.draft, ad)},
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def ad_fields(ad: Ad, ad_squad_key: str, creative_key: str) -> dict[str, Any]:
    """Return the ad that shows a creative within an ad squad. Its type is the one that a WEB_VIEW creative wants."""
    return {
        "ad_squad_id": {"$id": ad_squad_key},
        "creative_id": {"$id": creative_key},
        "name": ad.name,
        "type": "REMOTE_WEBPAGE",
        "status": "PAUSED",
    }


def objective_of(draft: Draft) -> str:
    """Return Snapchat's objective; PlatformError if there is none for the draft's."""
    objective = CAPABILITIES.objective(draft.campaign.objective or "")
    if objective is None:
        raise refused("INVALID_OBJECTIVE", "Snapchat does not offer this objective.", "campaign.objective")
    return objective.external


def goal_of(draft: Draft, ad_set: AdSet) -> str:
    """Return Snapchat's optimization goal; what happens on a site is a goal of its own for each event."""
    goal = CAPABILITIES.goal(draft.campaign.objective, ad_set.optimization)
    if goal is None:
        path = f"{ad_set.path}.optimization"
        raise refused("INVALID_OPTIMIZATION", "Snapchat does not offer this optimization for the objective.", path)
    event = draft.campaign.assets.conversion_event
    if not goal.needs_pixel or event is None:
        return goal.external
    if event not in EVENT_GOALS:
        path = "campaign.assets.conversion_event"
        raise refused("INVALID_ASSET", "Snapchat cannot optimize for this event. Choose another.", path)
    return EVENT_GOALS[event]


def is_measured(goal: str) -> bool:
    """Say whether the goal is counted by a Snap Pixel."""
    return goal.startswith("PIXEL_") or goal == LANDING_PAGE_VIEW


def is_restricted(draft: Draft) -> bool:
    """Say whether the campaign is for housing, credit or employment, which Snapchat delivers without finer signals."""
    return bool(draft.campaign.declarations.special_ad_categories)


def budget_of(draft: Draft, ad_set: AdSet) -> Decimal | None:
    """Return what the ad squad may spend: its own budget, or the campaign's where it is the only one; None if neither.

    Snapchat shares no budget out among ad squads.
    """
    if draft.has_ad_set_budgets:
        return ad_set.budget
    return draft.campaign.budget.amount if len(draft.ad_sets) == 1 else None


def micro(amount: Decimal, currency: str, path: str) -> int:
    """Return an amount in millionths of the currency; PlatformError when it is not positive or finer than the currency."""
    if amount <= 0:
        raise refused("INVALID_BUDGET", "A budget must be more than zero.", path)
    if amount != round(amount, minor_digits(currency)):
        raise refused("INVALID_BUDGET", f"{amount} {currency} is finer than the currency. Round it.", path)
    return int(amount.scaleb(MICRO_DIGITS))


def written(instant: datetime) -> str:
    """Write an instant as Snapchat writes it: in UTC, with milliseconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def link_of(draft: Draft, ad: Ad) -> str:
    """Return where the ad leads, with the campaign's URL tags; Snapchat fills in its own macros within them."""
    return tagged(ad.creative.link_url, draft.campaign.url_tags)


def _cap(order: Order) -> dict[str, int]:
    """Return the campaign's spending cap. Snapchat takes none below 20 units; the ad squads' budgets hold then alone."""
    budget = order.draft.campaign.budget
    if budget.amount is None or budget.amount < LEAST_CAP:
        return {}
    field = "lifetime_spend_cap_micro" if budget.type is BudgetType.LIFETIME else "daily_budget_micro"
    return {field: micro(budget.amount, order.account.currency, "campaign.budget.amount")}


def _budget(order: Order, ad_set: AdSet) -> dict[str, Any]:
    amount, path = budget_of(order.draft, ad_set), f"{ad_set.path}.budget"
    if amount is None:
        raise refused("INVALID_BUDGET", "Snapchat wants a budget for each ad set.", path)
    kind = "LIFETIME_BUDGET" if order.draft.campaign.budget.type is BudgetType.LIFETIME else "DAILY_BUDGET"
    # The constraint has to be said: without it Snapchat refuses the budget, or paces it by its own idea.
    return {"delivery_constraint": kind, f"{kind.lower()}_micro": micro(amount, order.account.currency, path)}


def _schedule(order: Order) -> dict[str, str]:
    """Return start and end. A start that has passed means now, and is named when the object is made."""
    schedule, zone = order.draft.campaign.schedule, order.account.time_zone
    times = {}
    if schedule.start is not None and (start := moment(schedule.start, zone)) > order.now:
        times["start_time"] = written(start)
    if schedule.end is not None:
        end = moment(schedule.end, zone)
        if end <= order.now:
            raise refused("INVALID_SCHEDULE", "The campaign's end has passed.", "campaign.schedule.end")
        times["end_time"] = written(end)
    return times


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    """Put ids in the place of `{"$id": key}`."""
    if isinstance(value, Mapping):
        return ids[value["$id"]] if set(value) == {"$id"} else {name: filled(item, ids) for name, item in value.items()}
    return [filled(item, ids) for item in value] if isinstance(value, list | tuple) else value
