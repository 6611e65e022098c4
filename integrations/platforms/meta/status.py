"""Whether a campaign is on and what it does (Marketing API v26.0, campaign reference, `effective_status`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from integrations.contracts import Account, CampaignStatus, Delivery
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.meta.client import Graph

_FIELDS = (
    "status,effective_status,issues_info,adsets.limit(100){status,effective_status,start_time,end_time},"
    "ads.limit(100){effective_status}"
)
#: effective_status of an ad → what is said about one, and about several.
_AD_NEWS = {
    "PENDING_REVIEW": ("1 ad is in review at Meta.", "{} ads are in review at Meta."),
    "DISAPPROVED": ("Meta disapproved 1 ad.", "Meta disapproved {} ads."),
    "WITH_ISSUES": ("Meta reports a problem with 1 ad.", "Meta reports problems with {} ads."),
    "PENDING_BILLING_INFO": ("1 ad waits for billing information.", "{} ads wait for billing information."),
}


def read_status(graph: Graph, campaign_id: str, account: Account) -> CampaignStatus:
    """Ask whether the campaign is on. A deleted or archived one is off; PlatformError of kind gone if there is none."""
    try:
        row = graph.get(campaign_id, {"fields": _FIELDS})
    except PlatformError as error:
        if error.kind is not ErrorKind.GONE or _sees(graph, account):
            raise
        # Meta answers the same for what does not exist and for what we may not see: this campaign may well spend.
        return CampaignStatus(Delivery.UNKNOWN, None, "Meta does not show the ad account to us any more.")
    status = row.get("status")
    if {status, row.get("effective_status")} & {"DELETED", "ARCHIVED"}:
        return CampaignStatus(Delivery.ENDED, False, "The campaign was deleted or archived at Meta.")
    ad_sets = _below(row, "adsets")
    if status == "PAUSED":
        return CampaignStatus(Delivery.ENDED if _all_over(ad_sets) else Delivery.PAUSED, False, _issues(row))
    if status == "ACTIVE":
        return CampaignStatus(_delivery(ad_sets), True, " ".join([*_ad_news(row), _issues(row)]).strip())
    return CampaignStatus(Delivery.UNKNOWN, None, f"Meta gives the campaign a status we do not know ({status}).")


def dashboard_url(campaign_id: str, account: Account) -> str:
    """Return the campaign's address in Ads Manager, which wants the account's digits alone."""
    base = settings.PLATFORMS["meta"]["dashboard_url"]
    query = {"act": account.external_id.removeprefix("act_"), "selected_campaign_ids": campaign_id}
    return f"{base}/adsmanager/manage/campaigns?{urlencode(query)}"


def _sees(graph: Graph, account: Account) -> bool:
    try:
        graph.get(account.external_id, {"fields": "id"})
    except PlatformError as error:
        if error.kind in (ErrorKind.GONE, ErrorKind.PERMISSION):
            return False
        raise
    return True


def _delivery(ad_sets: Sequence[Mapping[str, Any]]) -> Delivery:
    """Say what a campaign that is on does. One whose ad sets are all off delivers nothing."""
    on = [ad_set for ad_set in ad_sets if ad_set.get("status") == "ACTIVE"]
    if ad_sets and not on:
        return Delivery.PAUSED
    if _all_over(on):
        return Delivery.ENDED
    now = timezone.now()
    starts = [start for ad_set in on if (start := _time(ad_set.get("start_time")))]
    if on and len(starts) == len(on) and min(starts) > now:
        return Delivery.SCHEDULED
    return Delivery.LIVE


def _all_over(ad_sets: Sequence[Mapping[str, Any]]) -> bool:
    ends = [_time(ad_set.get("end_time")) for ad_set in ad_sets]
    return bool(ends) and all(end is not None and end <= timezone.now() for end in ends)


def _time(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None


def _below(row: Mapping[str, Any], edge: str) -> list[Mapping[str, Any]]:
    listed = row.get(edge)
    found = listed.get("data") if isinstance(listed, Mapping) else None
    return found if isinstance(found, list) else []


def _ad_news(row: Mapping[str, Any]) -> list[str]:
    counts = Counter(ad.get("effective_status") for ad in _below(row, "ads"))
    return [
        (one if counts[word] == 1 else many).format(counts[word])
        for word, (one, many) in _AD_NEWS.items()
        if counts[word]
    ]


def _issues(row: Mapping[str, Any]) -> str:
    issues = row.get("issues_info")
    listed = issues if isinstance(issues, list) else []
    said = [str(issue.get("error_summary") or issue.get("error_message") or "") for issue in listed]
    return " ".join(text if text.endswith(".") else f"{text}." for text in said if text)
