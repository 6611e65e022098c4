"""What a campaign's own status comes to: primary_status and its reasons; the review of ads; uploads (v26 enums)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from stratum.sandbox.models import Object

from . import campaigns

DEFAULTS: dict[str, Any] = {
    "google_review_seconds": 2,
    "google_processing_seconds": 1,
    "google_video_outcome": "PROCESSED",
    "google_page_size": 10_000,
}


def primary(campaign: Object, settings: dict[str, Any]) -> tuple[str, list[str]]:
    """The primary status and its reasons, the weightiest first."""
    now = _now(campaign)
    start, end = campaigns.moment(campaign.data["startDateTime"]), campaigns.moment(campaign.data["endDateTime"])
    if campaign.status == "REMOVED":
        return "REMOVED", ["CAMPAIGN_REMOVED"]
    if end is not None and end < now:
        return "ENDED", ["CAMPAIGN_ENDED"]
    if campaign.status == "PAUSED":
        return "PAUSED", ["CAMPAIGN_PAUSED"]
    if start is not None and start > now:
        return "PENDING", ["CAMPAIGN_PENDING"]
    reasons = list(_below(campaign, settings))
    return ("NOT_ELIGIBLE", reasons) if reasons else ("ELIGIBLE", [])


def review(ad: Object, settings: dict[str, Any]) -> dict[str, str]:
    """An ad is reviewed for a while after it was made."""
    if timezone.now() < ad.created_at + timedelta(seconds=settings["google_review_seconds"]):
        return {"approvalStatus": "UNKNOWN", "reviewStatus": "REVIEW_IN_PROGRESS"}
    return {"approvalStatus": "APPROVED", "reviewStatus": "REVIEWED"}


def upload(stored: Object, settings: dict[str, Any]) -> str:
    """UPLOADED for a while, then what it is to come to."""
    age = timezone.now().timestamp() - stored.data["finished_at"]
    return "UPLOADED" if age < settings["google_processing_seconds"] else str(settings["google_video_outcome"])


def _below(campaign: Object, settings: dict[str, Any]) -> list[str]:
    """Why a campaign that is on shows nothing."""
    groups = list(_children(Object.Kind.AD_SET, campaign.external_id))
    on = [group for group in groups if group.status == "ENABLED"]
    if not on:
        return ["AD_GROUPS_PAUSED" if groups else "NO_AD_GROUPS"]
    ads = [ad for group in on for ad in _children(Object.Kind.AD, group.external_id)]
    shown = [ad for ad in ads if ad.status == "ENABLED"]
    if not shown:
        return ["AD_GROUP_ADS_PAUSED" if ads else "NO_AD_GROUP_ADS"]
    has_keywords = any("keyword" in criterion for group in on for criterion in group.data["criteria"])
    if campaigns.channel(campaign) == "SEARCH" and not has_keywords:
        return ["NO_KEYWORDS"]
    waiting = [ad for ad in shown if review(ad, settings)["reviewStatus"] != "REVIEWED"]
    return ["MOST_ADS_UNDER_REVIEW"] if waiting else []


def _children(kind: str, parent: str) -> Any:
    return Object.objects.present().filter(platform="google", kind=kind, parent=parent)


def _now(campaign: Object) -> datetime:
    account = Object.objects.get(platform="google", kind=Object.Kind.ACCOUNT, external_id=campaign.account)
    return timezone.now().astimezone(ZoneInfo(account.data["time_zone"])).replace(tzinfo=None)
