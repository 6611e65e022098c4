"""From an approved draft to what TikTok is sent: pure functions, one for each kind of object.

Every object is created with `operation_status` DISABLE. In the place of ids that do not exist yet stands
`{"$id": <step key>}`. Reference: TikTok API for Business v1.3, /campaign/create/, /adgroup/create/, /ad/create/.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from integrations.contracts import Order
from integrations.draft import Ad, AdSet, BudgetType, Creative, CreativeType, Draft
from integrations.errors import refused
from integrations.platforms.tiktok import audiences, currencies, identities
from integrations.platforms.tiktok.capabilities import (
    BILLING,
    CAPABILITIES,
    DEFAULT_EVENTS,
    EVENTS,
    FIXED_DAILY,
    NAME_LIMIT,
    PROMOTIONS,
)
from integrations.platforms.tiktok.wording import marked
from integrations.tagging import tagged
from integrations.wallclock import moment

OFF = "DISABLE"
_TIME = "%Y-%m-%d %H:%M:%S"


def campaign_fields(order: Order, key: str) -> dict[str, Any]:
    """Return the campaign. Its own budget is sent only where the ad groups have none: TikTok then shares it out."""
    draft = order.draft
    fields: dict[str, Any] = {
        "campaign_name": marked(draft.campaign.name, key, NAME_LIMIT),
        "objective_type": objective_of(draft),
        "operation_status": OFF,
        "request_id": request_id(key),
    }
    industries = [value.upper() for value in draft.campaign.declarations.special_ad_categories]
    if industries:
        fields["special_industries"] = industries
    if draft.has_ad_set_budgets:
        return fields | {"budget_mode": "BUDGET_MODE_INFINITE"}
    amount = draft.campaign.budget.amount
    return fields | {"budget_optimize_on": True} | _budget(order, amount, "campaign.budget.amount")


def ad_set_fields(order: Order, ad_set: AdSet, key: str, campaign_key: str) -> dict[str, Any]:
    """Return an ad group: what it is optimized for, whom it reaches, when it runs, and its budget.

    Under a campaign budget TikTok ignores the ad group's, and still wants one: the campaign's, which nothing exceeds.
    """
    draft = order.draft
    goal = goal_of(draft, ad_set)
    promotion, target = PROMOTIONS[objective_of(draft)]
    fields: dict[str, Any] = {
        "campaign_id": {"$id": campaign_key},
        "adgroup_name": ad_set.name,
        "request_id": request_id(key),
        "operation_status": OFF,
        "promotion_type": promotion,
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "placements": ["PLACEMENT_TIKTOK"],
        "optimization_goal": goal,
        "billing_event": BILLING[goal],
        "bid_type": "BID_TYPE_NO_BID",
        "pacing": "PACING_MODE_SMOOTH",
        **audiences.fields(ad_set),
        **_schedule(order),
        **_measuring(draft, ad_set),
    }
    if target:
        fields["promotion_target_type"] = target
    if goal == "ENGAGED_VIEW":
        fields["bid_display_mode"] = "CPV"
    if draft.has_ad_set_budgets:
        return fields | _budget(order, ad_set.budget, f"{ad_set.path}.budget")
    return fields | _budget(order, draft.campaign.budget.amount, "campaign.budget.amount")


def creative_fields(
    order: Order, ad: Ad, node: str, media_keys: Mapping[str, str], cover_key: str, music: Any
) -> dict[str, Any]:
    """Return an ad. `media_keys` names the steps of its files by SHA-256; `music` is an id or a step.

    `cover_key` is the step that brings a video's cover: an upload, or the look-up of one that TikTok suggests.
    """
    creative = ad.creative
    fields: dict[str, Any] = {
        "ad_name": ad.name,
        "operation_status": OFF,
        **_identity(order.draft),
        "ad_text": creative.primary_text,
        "call_to_action": _call_to_action(creative, node),
        "landing_page_url": landing_page(creative.link_url, order.draft.campaign.url_tags),
    }
    if not creative.media:
        raise refused("MEDIA_MISSING", f"The ad “{ad.name}” shows no file.", f"{node}.creative.media")
    keys = [media_keys[sha256] for sha256 in creative.media]
    if creative.type is CreativeType.VIDEO:
        cover = {"$id": cover_key}
        return fields | {"ad_format": "SINGLE_VIDEO", "video_id": {"$id": keys[0]}, "image_ids": [cover]}
    pictures = [{"$id": key} for key in keys]
    return fields | {"ad_format": "CAROUSEL_ADS", "image_ids": pictures, "music_id": music}


def request_id(key: str) -> str:
    """Return the number by which TikTok knows a repeated request of some seconds ago: the same for the same step."""
    return str(int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) & 0x7FFF_FFFF_FFFF_FFFF)


def objective_of(draft: Draft) -> str:
    """Return TikTok's objective; PlatformError if there is none for the draft's."""
    objective = CAPABILITIES.objective(draft.campaign.objective or "")
    if objective is None:
        raise refused("INVALID_OBJECTIVE", "TikTok does not offer this objective.", "campaign.objective")
    return objective.external


def goal_of(draft: Draft, ad_set: AdSet) -> str:
    """Return TikTok's optimization goal; PlatformError if the objective does not go with the ad set's."""
    goal = CAPABILITIES.goal(draft.campaign.objective, ad_set.optimization)
    if goal is None:
        path = f"{ad_set.path}.optimization"
        raise refused("INVALID_OPTIMIZATION", "TikTok does not offer this optimization for the objective.", path)
    return goal.external


def amount_in_units(amount: Decimal, currency: str, path: str) -> float | int:
    """Return an amount as TikTok reads it, in major units; PlatformError when not positive or finer than TikTok spends."""
    if amount <= 0:
        raise refused("INVALID_BUDGET", "A budget must be more than zero.", path)
    if amount != round(amount, currencies.minor_digits(currency)):
        raise refused("INVALID_BUDGET", f"{amount} {currency} is finer than TikTok can spend. Round it.", path)
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def written(instant: datetime) -> str:
    """Write an instant as TikTok reads it: in UTC, without saying so, whatever the account's zone."""
    return instant.astimezone(UTC).strftime(_TIME)


def landing_page(link: str, tags: str) -> str:
    """Return the link with the URL tags in its query: TikTok has no place of their own for them."""
    return tagged(link, tags)


def _budget(order: Order, amount: Decimal | None, path: str) -> dict[str, Any]:
    if amount is None:
        raise refused("INVALID_BUDGET", "The budget is missing.", path)
    return {"budget_mode": _budget_mode(order.draft), "budget": amount_in_units(amount, order.account.currency, path)}


def _budget_mode(draft: Draft) -> str:
    if draft.campaign.budget.type is BudgetType.LIFETIME:
        return "BUDGET_MODE_TOTAL"
    return "BUDGET_MODE_DAY" if objective_of(draft) in FIXED_DAILY else "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"


def _schedule(order: Order) -> dict[str, str]:
    """Return start and end. TikTok wants a start always; one that has passed means now."""
    schedule, zone = order.draft.campaign.schedule, order.account.time_zone
    start = moment(schedule.start, zone) if schedule.start else order.now
    times = {"schedule_type": "SCHEDULE_FROM_NOW", "schedule_start_time": written(max(start, order.now))}
    if schedule.end is None:
        return times
    end = moment(schedule.end, zone)
    if end <= order.now:
        raise refused("INVALID_SCHEDULE", "The campaign's end has passed.", "campaign.schedule.end")
    return times | {"schedule_type": "SCHEDULE_START_END", "schedule_end_time": written(end)}


def _measuring(draft: Draft, ad_set: AdSet) -> dict[str, str]:
    """Return the pixel and the event that count as a result; nothing where the goal is none of the advertiser's site."""
    assets, objective = draft.campaign.assets, CAPABILITIES.objective(draft.campaign.objective or "")
    goal = objective.goal(ad_set.optimization or "") if objective else None
    if objective is None or goal is None or not goal.needs_pixel:
        return {}
    event = EVENTS[assets.conversion_event] if assets.conversion_event else DEFAULT_EVENTS[objective.value]
    return {"pixel_id": assets.pixel, "optimization_event": event}


def _identity(draft: Draft) -> dict[str, str]:
    identity = identities.read(draft.campaign.assets.identity)
    if identity is None:
        message = "Choose the TikTok account that the ads speak as."
        raise refused("INVALID_ASSET", message, "campaign.assets.identity")
    if identity.type == identities.CUSTOM:
        return identity.fields
    # The ad stays off the TikTok account's own profile: it is an ad, and nobody asked for a post.
    return identity.fields | {"dark_post_status": "ON"}


def _call_to_action(creative: Creative, node: str) -> str:
    word = CAPABILITIES.calls_to_action.get(creative.call_to_action or "")
    if word is None:
        raise refused("INVALID_CREATIVE", "TikTok has no such button.", f"{node}.creative.call_to_action")
    return word
