"""What a campaign does, as TikTok tells it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from integrations.contracts import CampaignStatus, Delivery, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.tiktok import client
from integrations.platforms.tiktok.adapter import TikTokPlatform
from tests.tiktok.drafts import MAIN

ID = "180000000000000001"


def at(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S")


def group(start: float = -1, end: float | None = None, switch: str = "ENABLE") -> dict[str, Any]:
    """An ad group; without an end TikTok notes one ten years ahead."""
    return {
        "adgroup_id": "1",
        "operation_status": switch,
        "schedule_type": "SCHEDULE_FROM_NOW" if end is None else "SCHEDULE_START_END",
        "schedule_start_time": at(start),
        "schedule_end_time": at(87_600 if end is None else end),
    }


def page(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    info = {"page": 1, "page_size": 1000, "total_number": len(rows), "total_page": 1}
    return {"code": 0, "message": "OK", "request_id": "T", "data": {"list": rows, "page_info": info}}


@pytest.fixture
def connected(visitor: TikTokPlatform) -> TikTokPlatform:
    visitor.tokens = Tokens("t")
    return visitor


@responses.activate
def status_of(
    tiktok: TikTokPlatform, campaign: dict[str, Any], groups: Sequence[dict[str, Any]], ads: Sequence[str] = ()
) -> CampaignStatus:
    responses.get(client.url("campaign/get/"), json=page([{"campaign_id": ID, **campaign}]))
    responses.get(client.url("adgroup/get/"), json=page(groups))
    shown = [{"ad_id": str(n), "operation_status": "ENABLE", "secondary_status": word} for n, word in enumerate(ads)]
    responses.get(client.url("ad/get/"), json=page(shown))
    return tiktok.read_status(ID, MAIN)


ON, OFF = {"operation_status": "ENABLE"}, {"operation_status": "DISABLE"}


@pytest.mark.parametrize(
    ("campaign", "groups", "delivery", "is_on"),
    [
        (ON, [group()], Delivery.LIVE, True),
        (ON, [group(start=5), group(start=-5)], Delivery.LIVE, True),
        (ON, [group(start=5), group(start=9)], Delivery.SCHEDULED, True),
        (ON, [group(start=-5, switch="DISABLE"), group(start=9)], Delivery.SCHEDULED, True),
        (ON, [group(end=-1), group(end=-2)], Delivery.ENDED, True),
        (ON, [group(end=-1), group(end=3)], Delivery.LIVE, True),
        (ON, [group(switch="DISABLE")], Delivery.PAUSED, True),
        (ON, [group(end=-1), group(switch="DISABLE")], Delivery.ENDED, True),
        (ON, [], Delivery.LIVE, True),
        (OFF, [group()], Delivery.PAUSED, False),
        (OFF, [group(end=-1)], Delivery.ENDED, False),
        (OFF, [], Delivery.PAUSED, False),
        (ON | {"secondary_status": "CAMPAIGN_STATUS_DELETE"}, [group()], Delivery.ENDED, False),
        ({"operation_status": "DELETE"}, [group()], Delivery.ENDED, False),
        ({"operation_status": "FROZEN"}, [group()], Delivery.UNKNOWN, None),
        ({}, [group()], Delivery.UNKNOWN, None),
    ],
)
def test_delivery_follows_switches_and_times(
    connected: TikTokPlatform,
    campaign: dict[str, Any],
    groups: list[dict[str, Any]],
    delivery: Delivery,
    is_on: bool | None,
) -> None:
    found = status_of(connected, campaign, groups)

    assert (found.delivery, found.is_on) == (delivery, is_on)


@pytest.mark.parametrize(
    ("secondary", "ads", "detail"),
    [
        ("CAMPAIGN_STATUS_ENABLE", ["AD_STATUS_DELIVERY_OK"], ""),
        ("CAMPAIGN_STATUS_ENABLE", ["AD_STATUS_AUDIT", "AD_STATUS_DELIVERY_OK"], "1 ad is in review at TikTok."),
        (
            "CAMPAIGN_STATUS_ENABLE",
            ["AD_STATUS_AUDIT", "AD_STATUS_AUDIT", "AD_STATUS_AUDIT_DENY"],
            "2 ads are in review at TikTok. TikTok disapproved 1 ad.",
        ),
        ("CAMPAIGN_STATUS_BUDGET_EXCEED", [], "The campaign has used up its budget."),
        ("ADVERTISER_ACCOUNT_PUNISH", ["AD_STATUS_TRANSCODING_FAIL"],
         "TikTok has restricted the ad account. TikTok could not process 1 video."),
        ("CAMPAIGN_STATUS_SOMETHING_NEW", ["AD_STATUS_SOMETHING_NEW"], ""),
        (None, [], ""),  # TikTok's own test environment tells no secondary status
    ],
)  # fmt: skip
def test_what_stands_in_the_way_of_delivery_is_told(
    connected: TikTokPlatform, secondary: str | None, ads: list[str], detail: str
) -> None:
    assert status_of(connected, ON | {"secondary_status": secondary}, [group()], ads).detail == detail


@responses.activate
def test_deleted_campaigns_are_asked_for_too(connected: TikTokPlatform) -> None:
    responses.get(client.url("campaign/get/"), json=page([]))

    with pytest.raises(PlatformError) as caught:
        connected.read_status(ID, MAIN)

    assert caught.value.kind is ErrorKind.GONE
    assert "STATUS_ALL" in str(responses.calls[0].request.url)


@responses.activate
@pytest.mark.parametrize("path", ["campaign/get/", "adgroup/get/", "ad/get/"])
@pytest.mark.parametrize(
    ("code", "kind"), [(50000, ErrorKind.TRANSIENT), (40105, ErrorKind.AUTH), (40100, ErrorKind.RATE_LIMITED)]
)
def test_no_answer_is_no_status(connected: TikTokPlatform, path: str, code: int, kind: ErrorKind) -> None:
    pages = {"campaign/get/": [{"campaign_id": ID, **ON}], "adgroup/get/": [group()], "ad/get/": []}
    refused = {"code": code, "message": "x", "request_id": "T", "data": {}}
    for name, rows in pages.items():
        responses.get(client.url(name), json=refused if name == path else page(rows))

    with pytest.raises(PlatformError) as caught:
        connected.read_status(ID, MAIN)

    assert caught.value.kind is kind


def test_the_dashboard_is_tiktoks_own(visitor: TikTokPlatform, settings: Any) -> None:
    tiktok = settings.PLATFORMS["tiktok"]
    settings.PLATFORMS = {**settings.PLATFORMS, "tiktok": {**tiktok, "dashboard_url": "https://ads.tiktok.com"}}

    assert visitor.dashboard_url(ID, MAIN) == (
        f"https://ads.tiktok.com/i18n/perf/campaign?aadvid={MAIN.external_id}&keyword={ID}"
    )
