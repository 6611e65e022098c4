"""Whether a campaign is on and what it does (Ads API v1: `status` is the switch, `delivery_status` what comes of it)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from integrations.contracts import Account, CampaignStatus, Delivery, Level
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.snapchat.client import AD_ACCOUNT, KINDS, Ads, Row
from integrations.platforms.snapchat.reading import known

#: Reviews are asked for where that takes no more than so many requests, one for each ad squad.
MOST_ASKED = 5
#: review_status of an ad → what is said about one, and about several.
_AD_NEWS = {
    "PENDING": ("1 ad is in review at Snapchat.", "{} ads are in review at Snapchat."),
    "REJECTED": ("Snapchat rejected 1 ad.", "Snapchat rejected {} ads."),
}


def read_status(ads: Ads, campaign_id: str, account: Account) -> CampaignStatus:
    """Ask whether the campaign is on. A deleted one is off; PlatformError of kind gone if there is none."""
    try:
        row = ads.one(KINDS[Level.CAMPAIGN], campaign_id)
    except PlatformError as error:
        if error.kind is not ErrorKind.GONE or _sees(ads, account):
            raise
        # Snapchat answers the same for what does not exist and for what we may not see: this campaign may well spend.
        return CampaignStatus(Delivery.UNKNOWN, None, "Snapchat does not show the ad account to us any more.")
    status = str(row.get("status") or "").upper()
    if row.get("deleted") is True or status == "DELETED":
        return CampaignStatus(Delivery.ENDED, False, "The campaign was deleted at Snapchat.")
    ad_squads = list(known(ads, f"campaigns/{campaign_id}/adsquads", Level.AD_SET))
    if status == "PAUSED":
        return CampaignStatus(Delivery.ENDED if _is_over([row], ad_squads) else Delivery.PAUSED, False)
    if status == "ACTIVE":
        return CampaignStatus(_delivery(row, ad_squads), True, _news(ads, ad_squads))
    return CampaignStatus(
        Delivery.UNKNOWN, None, f"Snapchat gives the campaign a status we do not know ({row.get('status')})."
    )


def dashboard_url(campaign_id: str, account: Account) -> str:
    """Return the campaign's address in Snapchat Ads Manager."""
    return f"{settings.PLATFORMS['snapchat']['dashboard_url']}/{account.external_id}/campaigns/{campaign_id}"


def _sees(ads: Ads, account: Account) -> bool:
    try:
        ads.one(AD_ACCOUNT, account.external_id)
    except PlatformError as error:
        if error.kind in (ErrorKind.GONE, ErrorKind.PERMISSION):
            return False
        raise
    return True


def _delivery(campaign: Row, ad_squads: Sequence[Row]) -> Delivery:
    """Say what a campaign that is on does. One whose ad squads are all off delivers nothing."""
    on = [row for row in ad_squads if row.get("status") == "ACTIVE"]
    if ad_squads and not on:
        return Delivery.PAUSED
    if _is_over([campaign], on):
        return Delivery.ENDED
    now = timezone.now()
    starts = [start for row in on if (start := _time(row.get("start_time")))]
    begins = _time(campaign.get("start_time"))
    if (begins is not None and begins > now) or (on and len(starts) == len(on) and min(starts) > now):
        return Delivery.SCHEDULED
    return Delivery.LIVE


def _is_over(campaigns: Sequence[Row], ad_squads: Sequence[Row]) -> bool:
    """Say whether the campaign's own end has passed, or that of every ad squad."""
    now = timezone.now()
    passed = [(end := _time(row.get("end_time"))) is not None and end <= now for row in ad_squads]
    own = [(end := _time(row.get("end_time"))) is not None and end <= now for row in campaigns]
    return any(own) or (bool(passed) and all(passed))


def _time(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None


def _news(ads: Ads, ad_squads: Sequence[Row]) -> str:
    if len(ad_squads) > MOST_ASKED:
        return ""
    listed = [ad for row in ad_squads for ad in known(ads, f"adsquads/{row['id']}/ads", Level.AD)]
    counts = Counter(str(ad.get("review_status") or "").upper() for ad in listed)
    news = [(counts[word], *texts) for word, texts in _AD_NEWS.items() if counts[word]]
    said = [(one if count == 1 else many).format(count) for count, one, many in news]
    return " ".join(said)
