"""Whether a campaign is on and what it does (Google Ads API v26, campaign: status, primary_status and its reasons)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from integrations.contracts import Account, CampaignStatus, Delivery
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.google.client import Ads, dig
from integrations.platforms.google.gaql import numbers, select
from integrations.platforms.google.operations import wall_clock

_FIELDS = tuple(
    f"campaign.{name}"
    for name in ("id", "status", "primary_status", "primary_status_reasons", "start_date_time", "end_date_time")
)
#: Reasons that only repeat the status, in every campaign of ours that is off, or that are no news.
_PLAIN = frozenset({"CAMPAIGN_PAUSED", "CAMPAIGN_PENDING", "CAMPAIGN_ENDED", "AD_GROUPS_PAUSED", "AD_GROUP_ADS_PAUSED"})


def read_status(ads: Ads, campaign_id: str, account: Account) -> CampaignStatus:
    """Ask whether the campaign is on. A removed one is off; PlatformError of kind gone if there is none."""
    query = select(_FIELDS, "campaign", f"campaign.id IN {numbers([campaign_id])}")
    (found,) = ads.search_all(account, [query])
    if not found:
        raise PlatformError(ErrorKind.GONE, "OBJECT_NOT_FOUND", "Google Ads has no such campaign on this account.")
    campaign = dict(found[0].get("campaign") or {})
    status = campaign.get("status")
    if status == "REMOVED":
        return CampaignStatus(Delivery.ENDED, False, "The campaign was removed in Google Ads.")
    now = timezone.now().astimezone(ZoneInfo(account.time_zone)).replace(tzinfo=None)
    if status == "PAUSED":
        return CampaignStatus(Delivery.ENDED if _is_over(campaign, now) else Delivery.PAUSED, False, _reasons(campaign))
    if status == "ENABLED":
        return CampaignStatus(_delivery(campaign, now), True, _reasons(campaign))
    return CampaignStatus(Delivery.UNKNOWN, None, f"Google gives the campaign a status we do not know ({status}).")


def dashboard_url(campaign_id: str, account: Account) -> str:
    """Return the campaign's address in Google Ads. Google documents no address; this one names the account as well."""
    base = settings.PLATFORMS["google"]["dashboard_url"]
    return f"{base}/aw/campaigns?{urlencode({'campaignId': campaign_id, '__e': account.external_id})}"


def _delivery(campaign: Mapping[str, Any], now: datetime) -> Delivery:
    if _is_over(campaign, now) or campaign.get("primaryStatus") == "ENDED":
        return Delivery.ENDED
    start = _time(campaign, "startDateTime")
    if campaign.get("primaryStatus") == "PENDING" or (start is not None and start > now):
        return Delivery.SCHEDULED
    below = {"AD_GROUPS_PAUSED", "AD_GROUP_ADS_PAUSED"} & set(dig(campaign, "primaryStatusReasons") or [])
    return Delivery.PAUSED if below else Delivery.LIVE


def _is_over(campaign: Mapping[str, Any], now: datetime) -> bool:
    end = _time(campaign, "endDateTime")
    return end is not None and end <= now


def _time(campaign: Mapping[str, Any], name: str) -> datetime | None:
    return wall_clock(str(campaign.get(name) or ""))


def _reasons(campaign: Mapping[str, Any]) -> str:
    listed = dig(campaign, "primaryStatusReasons") or []
    words = [str(reason).replace("_", " ").lower() for reason in listed if reason not in _PLAIN]
    return f"Google says: {', '.join(words)}." if words else ""
