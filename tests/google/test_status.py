"""What a campaign does, as Google tells it, and where people can look at it."""

from __future__ import annotations

from typing import Any

import pytest
import responses
import time_machine

from integrations.contracts import Delivery, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Http
from integrations.platforms.google.adapter import GooglePlatform
from tests.google.drafts import MAIN

SEARCH = f"https://googleads.googleapis.com/v26/customers/{MAIN.external_id}/googleAds:search"


@pytest.fixture
def google(real_addresses: None) -> GooglePlatform:
    return GooglePlatform(Http("google", lambda exchange: None), Tokens("ya29.x"))


@responses.activate
@pytest.mark.parametrize(
    ("campaign", "delivery", "is_on", "detail"),
    [
        ({"status": "ENABLED", "primaryStatus": "ELIGIBLE"}, "live", True, ""),
        (
            {"status": "ENABLED", "primaryStatus": "LEARNING", "primaryStatusReasons": ["BIDDING_STRATEGY_LEARNING"]},
            "live",
            True,
            "Google says: bidding strategy learning.",
        ),
        (
            {"status": "ENABLED", "primaryStatus": "NOT_ELIGIBLE", "primaryStatusReasons": ["HAS_ADS_DISAPPROVED"]},
            "live",
            True,
            "Google says: has ads disapproved.",
        ),
        (
            {"status": "ENABLED", "primaryStatus": "NOT_ELIGIBLE", "primaryStatusReasons": ["AD_GROUPS_PAUSED"]},
            "paused",
            True,
            "",
        ),
        (
            {"status": "ENABLED", "primaryStatus": "PENDING", "primaryStatusReasons": ["CAMPAIGN_PENDING"]},
            "scheduled",
            True,
            "",
        ),
        ({"status": "ENABLED", "startDateTime": "2027-05-02 00:00:00"}, "scheduled", True, ""),
        (
            {"status": "ENABLED", "primaryStatus": "ENDED", "primaryStatusReasons": ["CAMPAIGN_ENDED"]},
            "ended",
            True,
            "",
        ),
        # It is 08:00 on May 1 in New York.
        ({"status": "ENABLED", "endDateTime": "2027-05-01 07:59:59"}, "ended", True, ""),
        ({"status": "ENABLED", "endDateTime": "2027-05-01 23:59:59"}, "live", True, ""),
        (
            {"status": "PAUSED", "primaryStatusReasons": ["CAMPAIGN_PAUSED", "HAS_ADS_DISAPPROVED"]},
            "paused",
            False,
            "Google says: has ads disapproved.",
        ),
        ({"status": "PAUSED", "endDateTime": "2027-04-30 23:59:59"}, "ended", False, ""),
        ({"status": "REMOVED"}, "ended", False, "The campaign was removed in Google Ads."),
        ({"status": "UNKNOWN"}, "unknown", None, "Google gives the campaign a status we do not know (UNKNOWN)."),
    ],
)
@time_machine.travel("2027-05-01T12:00:00Z", tick=False)
def test_delivery_is_what_google_tells(
    google: GooglePlatform, campaign: dict[str, Any], delivery: str, is_on: bool | None, detail: str
) -> None:
    responses.post(SEARCH, json={"results": [{"campaign": {"id": "5", **campaign}}]})

    status = google.read_status("5", MAIN)

    assert (status.delivery, status.is_on, status.detail) == (Delivery(delivery), is_on, detail)


@responses.activate
def test_a_campaign_that_is_not_there_is_gone(google: GooglePlatform) -> None:
    responses.post(SEARCH, json={"fieldMask": "campaign.id"})

    with pytest.raises(PlatformError) as caught:
        google.read_status("5", MAIN)

    assert caught.value.kind is ErrorKind.GONE


def test_the_dashboard_names_campaign_and_account(google: GooglePlatform) -> None:
    assert google.dashboard_url("5", MAIN) == "https://ads.google.com/aw/campaigns?campaignId=5&__e=1234567890"
