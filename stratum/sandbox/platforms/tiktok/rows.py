"""How campaigns, ad groups and ads are shown: all their fields, or those that a list is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object

from . import statuses

TIME = "%Y-%m-%d %H:%M:%S"

CAMPAIGN_FIELDS = (
    "campaign_id", "campaign_name", "advertiser_id", "objective_type", "campaign_type", "budget_mode", "budget",
    "budget_optimize_on", "special_industries", "operation_status", "secondary_status", "create_time", "modify_time",
    "is_smart_performance_campaign",
)  # fmt: skip
AD_GROUP_FIELDS = (
    "adgroup_id", "adgroup_name", "campaign_id", "campaign_name", "advertiser_id", "promotion_type",
    "promotion_target_type", "placement_type", "placements", "budget_mode", "budget", "schedule_type",
    "schedule_start_time", "schedule_end_time", "optimization_goal", "optimization_event", "billing_event", "bid_type",
    "bid_price", "conversion_bid_price", "bid_display_mode", "pacing", "pixel_id", "location_ids", "age_groups", "gender",
    "languages", "interest_category_ids", "smart_audience_enabled", "smart_interest_behavior_enabled",
    "operation_status", "secondary_status", "create_time", "modify_time",
)  # fmt: skip
AD_FIELDS = (
    "ad_id", "ad_name", "adgroup_id", "adgroup_name", "campaign_id", "campaign_name", "advertiser_id", "ad_format",
    "identity_type", "identity_id", "identity_authorized_bc_id", "dark_post_status", "video_id", "image_ids", "music_id",
    "ad_text", "call_to_action", "landing_page_url", "display_name", "tracking_pixel_id", "operation_status",
    "secondary_status", "create_time", "modify_time",
)  # fmt: skip


def written(moment: datetime) -> str:
    """A time as TikTok writes it: in UTC, to the second, without saying so."""
    return moment.astimezone(UTC).strftime(TIME)


def moment(text: str) -> datetime:
    """The moment that such a text means."""
    return datetime.strptime(text, TIME).replace(tzinfo=UTC)


def campaign(stored: Object, call: Call, fields: Sequence[str] = CAMPAIGN_FIELDS) -> dict[str, Any]:
    """A campaign; `budget_optimize_on` is shown only where the budget is shared out."""
    row = _row(stored, call, fields, {"campaign_id": stored.external_id, "campaign_name": stored.name})
    if not stored.data["budget_optimize_on"]:
        row.pop("budget_optimize_on", None)
    return row


def ad_group(stored: Object, call: Call, fields: Sequence[str] = AD_GROUP_FIELDS) -> dict[str, Any]:
    own: dict[str, Any] = {
        "adgroup_id": stored.external_id,
        "adgroup_name": stored.name,
        "campaign_name": _campaign_name(stored, call),
    }
    own |= {"smart_audience_enabled": False, "smart_interest_behavior_enabled": False}
    return _row(stored, call, fields, own)


def ad(stored: Object, call: Call, fields: Sequence[str] = AD_FIELDS) -> dict[str, Any]:
    own = {
        "ad_id": stored.external_id,
        "ad_name": stored.name,
        "adgroup_id": stored.parent,
        "campaign_name": _campaign_name(stored, call),
        "tracking_pixel_id": 0,
    }
    return _row(stored, call, fields, own)


SHOWN: dict[str, tuple[Callable[..., dict[str, Any]], tuple[str, ...]]] = {
    Object.Kind.CAMPAIGN: (campaign, CAMPAIGN_FIELDS),
    Object.Kind.AD_SET: (ad_group, AD_GROUP_FIELDS),
    Object.Kind.AD: (ad, AD_FIELDS),
}


def _row(stored: Object, call: Call, fields: Sequence[str], own: dict[str, Any]) -> dict[str, Any]:
    values = stored.data | own
    values |= {
        "advertiser_id": stored.account,
        "operation_status": stored.status,
        "create_time": written(stored.created_at),
        "modify_time": written(stored.updated_at),
        "is_smart_performance_campaign": False,
    }
    if "secondary_status" in fields:
        values["secondary_status"] = statuses.secondary(stored, call)
    return {name: values.get(name) for name in fields}


def _campaign_name(stored: Object, call: Call) -> str:
    def look_up() -> str:
        campaigns = Object.objects.filter(platform="tiktok", kind=Object.Kind.CAMPAIGN)
        return campaigns.get(external_id=stored.data["campaign_id"]).name

    return call.remembered(f"name of {stored.data['campaign_id']}", look_up)
