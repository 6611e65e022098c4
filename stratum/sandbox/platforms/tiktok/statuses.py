"""secondary_status: what an object's own switch comes to under its parents, the review, the clock and the account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object

DEFAULTS = {"tiktok_review_seconds": 2}
ON = "ENABLE"
_TIME = "%Y-%m-%d %H:%M:%S"


def secondary(stored: Object, call: Call) -> str:
    """The status in TikTok's words."""
    if stored.kind == Object.Kind.CAMPAIGN:
        return _campaign(stored)
    campaign = _parent(call, Object.Kind.CAMPAIGN, stored.data["campaign_id"])
    if stored.kind == Object.Kind.AD_SET:
        return _ad_group(stored, campaign)
    return _ad(stored, _parent(call, Object.Kind.AD_SET, stored.parent), campaign, call)


def _campaign(campaign: Object) -> str:
    if campaign.deleted_at:
        return "CAMPAIGN_STATUS_DELETE"
    return "CAMPAIGN_STATUS_ENABLE" if campaign.status == ON else "CAMPAIGN_STATUS_DISABLE"


def _ad_group(ad_group: Object, campaign: Object) -> str:
    if campaign.deleted_at:
        return "ADGROUP_STATUS_CAMPAIGN_DELETE"
    if ad_group.deleted_at:
        return "ADGROUP_STATUS_DELETE"
    if campaign.status != ON:
        return "ADGROUP_STATUS_CAMPAIGN_DISABLE"
    if ad_group.status != ON:
        return "ADGROUP_STATUS_DISABLE"
    now = timezone.now()
    if _moment(ad_group, "schedule_end_time") <= now:
        return "ADGROUP_STATUS_TIME_DONE"
    return (
        "ADGROUP_STATUS_NOT_START" if _moment(ad_group, "schedule_start_time") > now else "ADGROUP_STATUS_DELIVERY_OK"
    )


def _ad(ad: Object, ad_group: Object, campaign: Object, call: Call) -> str:
    above = _ad_group(ad_group, campaign).removeprefix("ADGROUP_STATUS_")
    if above == "CAMPAIGN_DELETE":
        return "AD_STATUS_CAMPAIGN_DELETE"
    if above == "DELETE":
        return "AD_STATUS_ADGROUP_DELETE"
    if ad.deleted_at:
        return "AD_STATUS_DELETE"
    if above in ("CAMPAIGN_DISABLE", "DISABLE"):
        return "AD_STATUS_CAMPAIGN_DISABLE" if above == "CAMPAIGN_DISABLE" else "AD_STATUS_ADGROUP_DISABLE"
    if ad.status != ON:
        return "AD_STATUS_DISABLE"
    reviewed_at = ad.created_at + timedelta(seconds=call.settings["tiktok_review_seconds"])
    if timezone.now() < reviewed_at:
        return "AD_STATUS_AUDIT"
    return {"TIME_DONE": "AD_STATUS_DONE", "NOT_START": "AD_STATUS_NOT_START"}.get(above, "AD_STATUS_DELIVERY_OK")


def _parent(call: Call, kind: Object.Kind, external_id: str) -> Object:
    def look_up() -> Object:
        return Object.objects.get(platform="tiktok", kind=kind, external_id=external_id)

    return call.remembered(f"{kind} {external_id}", look_up)


def _moment(ad_group: Object, name: str) -> datetime:
    return datetime.strptime(ad_group.data[name], _TIME).replace(tzinfo=UTC)
