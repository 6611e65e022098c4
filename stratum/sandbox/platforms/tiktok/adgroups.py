"""Ad groups: POST adgroup/create/ and adgroup/update/. One ad group for each request."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from stratum.sandbox.models import Object

from . import errors, goals, money, rows, seed, storing, targeting
from .endpoints import ApiRequest
from .errors import TikTokError
from .parameters import Parameters

TARGETING = (
    "location_ids",
    "age_groups",
    "gender",
    "languages",
    "interest_category_ids",
)
CREATE = (
    "campaign_id",
    "adgroup_name",
    "request_id",
    "operation_status",
    "promotion_type",
    "promotion_target_type",
    "placement_type",
    "placements",
    "budget_mode",
    "budget",
    "schedule_type",
    "schedule_start_time",
    "schedule_end_time",
    "optimization_goal",
    "optimization_event",
    "billing_event",
    "bid_type",
    "bid_price",
    "conversion_bid_price",
    "bid_display_mode",
    "pacing",
    "pixel_id",
    *TARGETING,
)
REQUIRED = (
    "campaign_id",
    "adgroup_name",
    "budget_mode",
    "budget",
    "schedule_type",
    "schedule_start_time",
    "optimization_goal",
    "billing_event",
    "pacing",
)
LEAST_DOLLARS = 20
OLDEST_START = timedelta(hours=12)
# What an ad group of a shared budget must repeat of the first one.
REPEATED = ("optimization_goal", "optimization_event", "bid_type")
_FOREVER = timedelta(days=3650)


def create(request: ApiRequest) -> dict[str, Any]:
    params = request.parameters(*CREATE)
    params.require(*REQUIRED)
    campaign = storing.present(request, Object.Kind.CAMPAIGN, params.text("campaign_id"))
    data = {
        "campaign_id": campaign.external_id,
        "currency": campaign.data["currency"],
        **_promotion(params, campaign),
        **_placements(params),
        **_optimization(request, params, campaign),
        **_bid(params, campaign),
        **targeting.read(request, params, campaign),
    }
    schedule = _schedule(params)
    data |= schedule | _budget(params, campaign, schedule)
    _require_alike(campaign, data)

    def make(number: str) -> Object:
        name = params.plain_text("adgroup_name", storing.LONGEST_NAME)
        fields = data | {"request_id": number}
        return storing.create(request, params, Object.Kind.AD_SET, name, campaign.external_id, fields)

    return rows.ad_group(storing.once(request, params, Object.Kind.AD_SET, make), request.call)


def update(request: ApiRequest) -> dict[str, Any]:
    """Changes name, budget, end or audience."""
    params = request.parameters("adgroup_id", "adgroup_name", "budget", "schedule_end_time", *TARGETING)
    params.require("adgroup_id")
    ad_group = storing.present(request, Object.Kind.AD_SET, params.text("adgroup_id"))
    campaign = storing.present(request, Object.Kind.CAMPAIGN, ad_group.parent)
    if "adgroup_name" in params:
        ad_group.name = params.plain_text("adgroup_name", storing.LONGEST_NAME)
    if "budget" in params:
        if campaign.data["budget_optimize_on"]:
            raise errors.field("budget", "The budget belongs to the campaign.")
        currency = ad_group.data["currency"]
        ad_group.data["budget"] = money.check("budget", params.number("budget"), currency, floor=LEAST_DOLLARS)
    if "schedule_end_time" in params:
        start = rows.moment(ad_group.data["schedule_start_time"])
        ad_group.data |= {"schedule_type": "SCHEDULE_START_END", "schedule_end_time": rows.written(_end(params, start))}
    if any(name in params for name in TARGETING):
        ad_group.data |= targeting.read(request, params, campaign, ad_group.data)
    return rows.ad_group(storing.save(ad_group), request.call)


def _promotion(params: Parameters, campaign: Object) -> dict[str, Any]:
    objective = campaign.data["objective_type"]
    kind = params.choice("promotion_type", goals.PROMOTION_TYPES)
    if not kind and objective not in goals.MAY_LEAVE_PROMOTION_OUT:
        raise errors.missing("promotion_type")
    if kind and kind not in goals.PROMOTIONS_OF[objective]:
        raise errors.field("promotion_type", f"{kind} does not go with the objective {objective}.")
    target = params.choice("promotion_target_type", {"INSTANT_PAGE", "EXTERNAL_WEBSITE"})
    if target and objective != "LEAD_GENERATION":
        raise errors.field("promotion_target_type", "Only for the objective LEAD_GENERATION.")
    return {"promotion_type": kind or "WEBSITE_OR_DISPLAY", "promotion_target_type": target or None}


def _placements(params: Parameters) -> dict[str, Any]:
    kind = (
        params.choice("placement_type", {"PLACEMENT_TYPE_NORMAL", "PLACEMENT_TYPE_AUTOMATIC"})
        or "PLACEMENT_TYPE_NORMAL"
    )
    placements = params.texts("placements", 3, goals.PLACEMENTS)
    if kind == "PLACEMENT_TYPE_NORMAL" and not placements:
        raise errors.missing("placements")
    return {"placement_type": kind, "placements": placements or sorted(goals.PLACEMENTS)}


def _optimization(request: ApiRequest, params: Parameters, campaign: Object) -> dict[str, Any]:
    objective, goal = campaign.data["objective_type"], params.text("optimization_goal")
    if goal in goals.RETIRED_GOALS or goal not in goals.BILLING:
        raise errors.field("optimization_goal", f"Must be one of: {', '.join(sorted(goals.BILLING))}.")
    if goal not in goals.GOALS_OF[objective]:
        raise errors.field("optimization_goal", f"{goal} does not go with the objective {objective}.")
    billing = params.choice("billing_event", {"CPC", "CPM", "CPV", "OCPM", "GD"})
    if billing != goals.BILLING[goal]:
        raise errors.field("billing_event", f"{goal} is billed by {goals.BILLING[goal]}.")
    shown = params.choice("bid_display_mode", {"CPV", "CPMV"})
    if objective == "VIDEO_VIEWS" and shown != "CPV":
        raise errors.field("bid_display_mode", "Must be CPV for the objective VIDEO_VIEWS.")
    measured = _measured(request, params, objective, goal)
    return {"optimization_goal": goal, "billing_event": billing, "bid_display_mode": shown or "CPMV", **measured}


def _measured(request: ApiRequest, params: Parameters, objective: str, goal: str) -> dict[str, Any]:
    """The pixel and its event: both for conversions, neither on an objective that counts nothing outside TikTok."""
    pixel, event = params.text("pixel_id"), params.choice("optimization_event", goals.EVENTS)
    if goal in goals.NEED_PIXEL:
        params.require("pixel_id", "optimization_event")
    elif event and objective in ("REACH", "VIDEO_VIEWS", "TRAFFIC"):
        raise errors.field("optimization_event", f"Not supported for the objective {objective}.")
    if event and not pixel:
        raise errors.missing("pixel_id")
    if pixel and pixel not in [asset.external_id for asset in seed.assets("pixel", request.advertiser)]:
        raise errors.field("pixel_id", f"The pixel {pixel} does not belong to this advertiser.")
    return {"pixel_id": pixel or None, "optimization_event": event or None}


def _bid(params: Parameters, campaign: Object) -> dict[str, Any]:
    kind = params.choice("bid_type", {"BID_TYPE_NO_BID", "BID_TYPE_CUSTOM"})
    if not kind and campaign.data["budget_optimize_on"]:
        raise errors.missing("bid_type")
    if kind == "BID_TYPE_CUSTOM":
        params.require("conversion_bid_price" if params.text("billing_event") == "OCPM" else "bid_price")
    pacing = params.choice("pacing", {"PACING_MODE_SMOOTH", "PACING_MODE_FAST"})
    return {
        "bid_type": kind or "BID_TYPE_NO_BID",
        "bid_price": params.number("bid_price") or 0,
        "conversion_bid_price": params.number("conversion_bid_price") or 0,
        "pacing": "PACING_MODE_SMOOTH" if campaign.data["budget_optimize_on"] else pacing,
    }


def _schedule(params: Parameters) -> dict[str, Any]:
    """Start and end in UTC; a start of the last hours means now, and without an end one ten years ahead is noted."""
    kind = params.choice("schedule_type", {"SCHEDULE_FROM_NOW", "SCHEDULE_START_END"})
    start, now = params.time("schedule_start_time"), timezone.now()
    assert start is not None
    if start < now - OLDEST_START:
        raise errors.field("schedule_start_time", "The start time has passed.")
    start = max(start, now)
    end = start + _FOREVER
    if kind == "SCHEDULE_START_END":
        params.require("schedule_end_time")
        end = _end(params, start)
    elif "schedule_end_time" in params:
        raise errors.field("schedule_end_time", "Only for SCHEDULE_START_END.")
    return {"schedule_type": kind, "schedule_start_time": rows.written(start), "schedule_end_time": rows.written(end)}


def _end(params: Parameters, start: datetime) -> datetime:
    end = params.time("schedule_end_time")
    assert end is not None
    if end <= timezone.now():
        raise errors.field("schedule_end_time", "The end time has passed.")
    if end <= start:
        raise errors.field("schedule_end_time", "The end time must be later than the start time.")
    return end


def _budget(params: Parameters, campaign: Object, schedule: dict[str, Any]) -> dict[str, Any]:
    """The ad group's budget; under a campaign budget what was sent is ignored."""
    modes = {"BUDGET_MODE_TOTAL", "BUDGET_MODE_DAY", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"}
    mode, amount = params.choice("budget_mode", modes), params.number("budget")
    if mode == money.TOTAL and schedule["schedule_type"] != "SCHEDULE_START_END":
        raise errors.field("schedule_type", "A total budget needs SCHEDULE_START_END.")
    if campaign.data["budget_optimize_on"]:
        return {"budget_mode": money.INFINITE, "budget": 0}
    if mode == "BUDGET_MODE_DYNAMIC_DAILY_BUDGET" and campaign.data["objective_type"] in goals.WITHOUT_DYNAMIC_BUDGET:
        raise TikTokError(40118, f"budget_mode: {mode} is an allowlist-only feature for this objective.")
    if campaign.data["budget_mode"] == "BUDGET_MODE_DAY" and mode == money.TOTAL:
        raise errors.field("budget_mode", "A total budget does not go with a campaign's daily one.")
    start, end = (rows.moment(schedule[name]) for name in ("schedule_start_time", "schedule_end_time"))
    days = max(1, math.ceil((end - start) / timedelta(days=1))) if mode == money.TOTAL else 1
    amount = money.check("budget", amount, campaign.data["currency"], floor=LEAST_DOLLARS, days=days)
    return {"budget_mode": mode, "budget": amount}


def _require_alike(campaign: Object, data: dict[str, Any]) -> None:
    if not campaign.data["budget_optimize_on"]:
        return
    others = Object.objects.present().filter(platform="tiktok", kind=Object.Kind.AD_SET, parent=campaign.external_id)
    first = others.order_by("id").first()
    for name in REPEATED if first else ():
        assert first is not None
        if first.data.get(name) != data[name]:
            raise errors.field(name, "Must be the same for all ad groups of a campaign with a campaign budget.")
