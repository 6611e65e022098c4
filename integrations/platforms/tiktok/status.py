"""Whether a campaign is on and what it does (TikTok API for Business v1.3, "Enumerations: secondary status").

`operation_status` is the switch, `secondary_status` what comes of it; the latter is missing in TikTok's own test
environment, so only the former decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from integrations.contracts import Account, CampaignStatus, Delivery
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.tiktok.client import Ads
from integrations.platforms.tiktok.reading import is_deleted

_EVEN_DELETED = {"primary_status": "STATUS_ALL"}
_CAMPAIGN_FIELDS = ["campaign_id", "operation_status", "secondary_status"]
_AD_SET_FIELDS = [
    "adgroup_id", "operation_status", "secondary_status", "schedule_type", "schedule_start_time", "schedule_end_time",
]  # fmt: skip
_AD_FIELDS = ["ad_id", "operation_status", "secondary_status"]

#: secondary_status of a campaign → what is said about it.
_CAMPAIGN_NEWS = {
    "CAMPAIGN_STATUS_BUDGET_EXCEED": "The campaign has used up its budget.",
    "CAMPAIGN_STATUS_ADVERTISER_AUDIT": "TikTok reviews the ad account.",
    "CAMPAIGN_STATUS_ADVERTISER_AUDIT_DENY": "The ad account did not pass TikTok's review.",
    "ADVERTISER_ACCOUNT_PUNISH": "TikTok has restricted the ad account.",
    "CAMPAIGN_STATUS_REVIEW_DISAPPROVED": "The campaign did not pass TikTok's review.",
}
#: secondary_status of an ad → what is said about one, and about several.
_AD_NEWS = {
    "AD_STATUS_AUDIT": ("1 ad is in review at TikTok.", "{} ads are in review at TikTok."),
    "AD_STATUS_REAUDIT": ("1 ad is in review again.", "{} ads are in review again."),
    "AD_STATUS_AUDIT_DENY": ("TikTok disapproved 1 ad.", "TikTok disapproved {} ads."),
    "AD_STATUS_BALANCE_EXCEED": (
        "1 ad waits because the ad account has no balance left.",
        "{} ads wait because the ad account has no balance left.",
    ),
    "AD_STATUS_TRANSCODING_FAIL": ("TikTok could not process 1 video.", "TikTok could not process {} videos."),
    "AD_STATUS_ASSET_AUTHORIZATION_LOST": (
        "1 ad may no longer use its TikTok account or video.",
        "{} ads may no longer use their TikTok account or video.",
    ),
}


def read_status(ads: Ads, campaign_id: str, account: Account) -> CampaignStatus:
    """Ask whether the campaign is on. A deleted one is off; PlatformError of kind gone if there is none."""
    row = _campaign(ads, campaign_id, account.external_id)
    switch = row.get("operation_status")
    if is_deleted(row):
        return CampaignStatus(Delivery.ENDED, False, "The campaign was deleted at TikTok.")
    if switch not in ("ENABLE", "DISABLE"):
        return CampaignStatus(Delivery.UNKNOWN, None, f"TikTok gives the campaign a status we do not know ({switch}).")
    ad_sets = _below(ads, "adgroup/get/", campaign_id, account.external_id, _AD_SET_FIELDS)
    if switch == "DISABLE":
        return CampaignStatus(Delivery.ENDED if _all_over(ad_sets) else Delivery.PAUSED, False)
    shown = _below(ads, "ad/get/", campaign_id, account.external_id, _AD_FIELDS)
    news = [_CAMPAIGN_NEWS.get(str(row.get("secondary_status")), ""), *_ad_news(shown)]
    return CampaignStatus(_delivery(ad_sets), True, " ".join(text for text in news if text))


def dashboard_url(campaign_id: str, account: Account) -> str:
    """Return the campaign's address in TikTok Ads Manager: the account's list, searched for its id."""
    base = settings.PLATFORMS["tiktok"]["dashboard_url"]
    query = {"aadvid": account.external_id, "keyword": campaign_id}
    return f"{base}/i18n/perf/campaign?{urlencode(query)}"


def _campaign(ads: Ads, campaign_id: str, advertiser: str) -> Mapping[str, Any]:
    listed = ads.filtered(
        "campaign/get/", advertiser, "campaign_ids", [campaign_id], filtering=_EVEN_DELETED, fields=_CAMPAIGN_FIELDS
    )
    row = next((row for row in listed if str(row.get("campaign_id")) == campaign_id), None)
    if row is None:
        raise PlatformError(ErrorKind.GONE, "OBJECT_NOT_FOUND", "TikTok does not know this campaign.")
    return row


def _below(ads: Ads, path: str, campaign_id: str, advertiser: str, fields: Sequence[str]) -> list[Mapping[str, Any]]:
    return list(ads.filtered(path, advertiser, "campaign_ids", [campaign_id], fields=list(fields)))


def _delivery(ad_sets: Sequence[Mapping[str, Any]]) -> Delivery:
    """Say what a campaign that is on does. One whose ad groups are all off delivers nothing."""
    on = [ad_set for ad_set in ad_sets if ad_set.get("operation_status") == "ENABLE"]
    if ad_sets and not on:
        return Delivery.PAUSED
    if _all_over(on):
        return Delivery.ENDED
    now = timezone.now()
    starts = [start for ad_set in on if (start := _time(ad_set.get("schedule_start_time")))]
    if on and len(starts) == len(on) and min(starts) > now:
        return Delivery.SCHEDULED
    return Delivery.LIVE


def _all_over(ad_sets: Sequence[Mapping[str, Any]]) -> bool:
    return bool(ad_sets) and all(_is_over(ad_set) for ad_set in ad_sets)


def _is_over(ad_set: Mapping[str, Any]) -> bool:
    if ad_set.get("schedule_type") != "SCHEDULE_START_END":
        return False
    end = _time(ad_set.get("schedule_end_time"))
    return end is not None and end <= timezone.now()


def _time(value: Any) -> datetime | None:
    try:
        return datetime.strptime(str(value), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _ad_news(ads: Sequence[Mapping[str, Any]]) -> list[str]:
    counts = Counter(ad.get("secondary_status") for ad in ads)
    return [
        (one if counts[word] == 1 else many).format(counts[word])
        for word, (one, many) in _AD_NEWS.items()
        if counts[word]
    ]
