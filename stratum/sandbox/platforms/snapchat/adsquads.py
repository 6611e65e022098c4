"""Ad squads: what their fields may be (Ads API v1, "Ad squads")."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from stratum.sandbox.models import Object

from . import campaigns, money, statuses, targeting
from .accounts import is_usable
from .errors import Fault, bad_parameter
from .fields import STATUSES, Fields, refuse_value, require_ahead, written
from .storing import Checked, Entity
from .view import SnapRequest

FIELDS = frozenset(
    {
        "campaign_id", "name", "type", "status", "targeting", "placement_v2", "billing_event", "bid_strategy", "bid_micro",
        "daily_budget_micro", "lifetime_budget_micro", "delivery_constraint", "optimization_goal", "pixel_id",
        "conversion_window", "start_time", "end_time", "pacing_type",
    }
)  # fmt: skip
GOALS = frozenset(
    {
        "IMPRESSIONS", "SWIPES", "LANDING_PAGE_VIEW", "VIDEO_VIEWS", "VIDEO_VIEWS_15_SEC", "STORY_OPENS", "USES",
        "PIXEL_PAGE_VIEW", "PIXEL_ADD_TO_CART", "PIXEL_PURCHASE", "PIXEL_SIGNUP", "LEAD_FORM_SUBMISSIONS", "APP_INSTALLS",
        "APP_SIGNUP", "APP_ADD_TO_CART", "APP_PURCHASE", "APP_REENGAGE_OPEN", "APP_REENGAGE_PURCHASE",
    }
)  # fmt: skip
POSITIONS = frozenset(
    {
        "INTERSTITIAL_USER", "INTERSTITIAL_CONTENT", "INTERSTITIAL_SPOTLIGHT", "INSTREAM", "PUBLIC_STORIES_INSTREAM",
        "FEED", "CHAT_FEED", "CAMERA", "POST_CAPTURE_CAROUSEL",
    }
)  # fmt: skip
BID_STRATEGIES = frozenset({"AUTO_BID", "LOWEST_COST_WITH_MAX_BID", "TARGET_COST"})
WINDOWS = frozenset({"SWIPE_28DAY_VIEW_1DAY", "SWIPE_7DAY"})
WITH_PLACEMENT = "return_placement_v2"


def check(request: SnapRequest, raw: dict[str, Any], stored: Object | None) -> Checked:
    fields, campaign = Fields(raw, FIELDS), request.subject
    fields.same("campaign_id", campaign.external_id)
    name, status = fields.name(), fields.choice("status", STATUSES, required=True)
    assert status is not None
    data: dict[str, Any] = {
        "type": fields.choice("type", {"SNAP_ADS"}, required=True),
        "targeting": targeting.check(fields, restricted=campaigns.is_restricted(campaign)),
        "placement_v2": _placement(fields, stored),
        "billing_event": fields.choice("billing_event", {"IMPRESSION"}, required=True),
        **_bid(fields, request.owner.data["currency"]),
        **_schedule(fields, campaign, stored),
        **_goal(fields, request),
        "_currency": request.owner.data["currency"],
    }
    data |= _budget(fields, data)
    return Checked(name, status, {key: value for key, value in data.items() if value is not None})


def derived(request: SnapRequest, ad_squad: Object) -> dict[str, Any]:
    found: dict[str, Any] = {
        "delivery_status": statuses.of_ad_squad(ad_squad),
        "targeting_reach_status": "VALID",
        "child_ad_type": None,
    }
    if request.call.method == "GET" and request.call.query.get(WITH_PLACEMENT) != "true":
        return found | {"placement_v2": None, "placement": "UNSUPPORTED"}
    return found


def _placement(fields: Fields, stored: Object | None) -> dict[str, Any]:
    placement = fields.inner("placement_v2", {"config", "platforms", "snapchat_positions"})
    if placement is None:
        if stored is not None:
            raise Fault("E2025", "the ad squad can not be edited without its placement_v2")
        return {"config": "AUTOMATIC"}
    config = placement.choice("config", {"AUTOMATIC", "CUSTOM"}, required=True)
    positions = placement.listed("snapchat_positions")
    if config == "AUTOMATIC" and (positions or placement.listed("platforms")):
        raise refuse_value("placement_v2.snapchat_positions", "must not be set for AUTOMATIC")
    if any(position not in POSITIONS for position in positions):
        raise Fault("E21011", f"placement_v2.snapchat_positions are {', '.join(sorted(POSITIONS))}")
    return placement.raw


def _bid(fields: Fields, currency: str) -> dict[str, Any]:
    strategy = fields.choice("bid_strategy", BID_STRATEGIES, required=True)
    bid = fields.micro("bid_micro", money.LEAST_BID)
    if strategy == "AUTO_BID" and bid is not None:
        raise refuse_value("bid_micro", "must not be set with AUTO_BID")
    if strategy != "AUTO_BID" and bid is None:
        raise bad_parameter(f"bid_micro is required with {strategy}")
    if bid is not None and bid > money.most_bid(currency):
        raise bad_parameter(f"bid_micro {bid} is above the maximum of {money.most_bid(currency)}")
    pacing = fields.choice("pacing_type", {"STANDARD", "ACCELERATED"}) or "STANDARD"
    if pacing == "ACCELERATED" and strategy != "LOWEST_COST_WITH_MAX_BID":
        raise refuse_value("pacing_type", "ACCELERATED needs LOWEST_COST_WITH_MAX_BID")
    return {"bid_strategy": strategy, "bid_micro": bid, "pacing_type": pacing}


def _budget(fields: Fields, data: dict[str, Any]) -> dict[str, Any]:
    daily = fields.micro("daily_budget_micro", money.LEAST_AD_SQUAD)
    lifetime = fields.micro("lifetime_budget_micro", money.LEAST_AD_SQUAD)
    if (daily is None) == (lifetime is None):
        raise bad_parameter("exactly one of daily_budget_micro and lifetime_budget_micro is required")
    if lifetime is not None and not data.get("end_time"):
        raise bad_parameter("end_time is required with lifetime_budget_micro")
    expected = "DAILY_BUDGET" if lifetime is None else "LIFETIME_BUDGET"
    if fields.choice("delivery_constraint", {"DAILY_BUDGET", "LIFETIME_BUDGET"}, required=True) != expected:
        raise bad_parameter(f"delivery_constraint must be {expected}")
    return {"daily_budget_micro": daily, "lifetime_budget_micro": lifetime, "delivery_constraint": expected}


def _goal(fields: Fields, request: SnapRequest) -> dict[str, Any]:
    goal = fields.choice("optimization_goal", GOALS, required=True)
    assert goal is not None
    pixel_id, window = fields.text("pixel_id", 64), fields.choice("conversion_window", WINDOWS)
    if goal.startswith("PIXEL_") and pixel_id is None:
        raise bad_parameter(f"pixel_id is required with {goal}")
    if pixel_id is not None:
        pixel = request.rows(Object.Kind.PIXEL).present().filter(external_id=pixel_id).first()
        if pixel is None or not is_usable(pixel, request.owner.external_id):
            raise bad_parameter(f"pixel_id {pixel_id} is not a pixel of the ad account")
    if window and not goal.startswith("PIXEL_"):
        raise bad_parameter(f"conversion_window is not supported with {goal}")
    usual = "SWIPE_28DAY_VIEW_1DAY" if goal.startswith("PIXEL_") else None
    return {"optimization_goal": goal, "pixel_id": pixel_id, "conversion_window": window or usual}


def _schedule(fields: Fields, campaign: Object, stored: Object | None) -> dict[str, Any]:
    """Start and end within the campaign's; without a start it begins now, or with the campaign."""
    before = stored.data if stored else {}
    begins, ends = campaigns.span(campaign)
    start, end = fields.time("start_time"), fields.time("end_time")
    require_ahead("start_time", start, before.get("start_time"))
    require_ahead("end_time", end, before.get("end_time"))
    start = start or max(begins, timezone.now())
    if start < begins or (ends is not None and start >= ends):
        raise bad_parameter("start_time must be within the dates of the campaign")
    if end is not None and end <= start:
        raise bad_parameter("end_time must be after start_time")
    if end is not None and ends is not None and end > ends:
        raise bad_parameter("end_time must be within the dates of the campaign")
    return {"start_time": written(start), "end_time": written(end)}


ENTITY = Entity(Object.Kind.AD_SET, "adsquads", "adsquad", "campaign_id", check, derived)
