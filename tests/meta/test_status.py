"""What a campaign does, as Meta tells it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import responses

from integrations.contracts import CampaignStatus, Delivery, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.meta import client
from integrations.platforms.meta.adapter import MetaPlatform
from tests.meta.drafts import MAIN

URL = client.url("120001")


def at(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S%z")


def ad_set(start: float | None = -1, end: float | None = None, status: str = "ACTIVE") -> dict[str, Any]:
    times = {"start_time": at(start) if start is not None else None, "end_time": at(end) if end is not None else None}
    return {"status": status} | {name: value for name, value in times.items() if value}


def campaign(status: str, *ad_sets: dict[str, Any], ads: list[str] | None = None, **more: Any) -> dict[str, Any]:
    below = {"ads": {"data": [{"effective_status": word} for word in ads or []]}}
    return {"id": "120001", "status": status, "adsets": {"data": list(ad_sets)}, **below, **more}


@pytest.fixture
def connected(visitor: MetaPlatform) -> MetaPlatform:
    visitor.tokens = Tokens("EAAGtoken")
    return visitor


@responses.activate
def status_of(meta: MetaPlatform, row: dict[str, Any]) -> CampaignStatus:
    responses.get(URL, json=row)
    return meta.read_status("120001", MAIN)


@pytest.mark.parametrize(
    ("row", "delivery", "is_on"),
    [
        (campaign("ACTIVE", ad_set()), Delivery.LIVE, True),
        (campaign("ACTIVE", ad_set(start=None)), Delivery.LIVE, True),
        (campaign("ACTIVE", ad_set(start=5), ad_set(start=-5)), Delivery.LIVE, True),
        (campaign("ACTIVE", ad_set(start=5), ad_set(start=9)), Delivery.SCHEDULED, True),
        (campaign("ACTIVE", ad_set(end=-1), ad_set(end=-2)), Delivery.ENDED, True),
        (campaign("ACTIVE", ad_set(end=-1), ad_set(end=3)), Delivery.LIVE, True),
        (campaign("ACTIVE", ad_set(status="PAUSED")), Delivery.PAUSED, True),
        (campaign("ACTIVE", ad_set(end=-1), ad_set(status="PAUSED")), Delivery.ENDED, True),
        (campaign("ACTIVE"), Delivery.LIVE, True),
        (campaign("PAUSED", ad_set()), Delivery.PAUSED, False),
        (campaign("PAUSED", ad_set(end=-1)), Delivery.ENDED, False),
        (campaign("PAUSED"), Delivery.PAUSED, False),
        (campaign("DELETED"), Delivery.ENDED, False),
        (campaign("ARCHIVED"), Delivery.ENDED, False),
        (campaign("ACTIVE", effective_status="ARCHIVED"), Delivery.ENDED, False),
        (campaign("SOMETHING_NEW"), Delivery.UNKNOWN, None),
        ({"id": "120001"}, Delivery.UNKNOWN, None),
    ],
)
def test_delivery_follows_status_and_times(
    connected: MetaPlatform, row: dict[str, Any], delivery: Delivery, is_on: bool | None
) -> None:
    found = status_of(connected, row)

    assert (found.delivery, found.is_on) == (delivery, is_on)


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        (campaign("ACTIVE", ad_set(), ads=["ACTIVE"]), ""),
        (campaign("ACTIVE", ad_set(), ads=["PENDING_REVIEW", "ACTIVE"]), "1 ad is in review at Meta."),
        (
            campaign("ACTIVE", ad_set(), ads=["PENDING_REVIEW", "PENDING_REVIEW", "DISAPPROVED"]),
            "2 ads are in review at Meta. Meta disapproved 1 ad.",
        ),
        (campaign("PAUSED", issues_info=[{"error_summary": "Budget too low"}]), "Budget too low."),
    ],
)
def test_what_stands_in_the_way_of_delivery_is_told(connected: MetaPlatform, row: dict[str, Any], detail: str) -> None:
    assert status_of(connected, row).detail == detail


@responses.activate
@pytest.mark.parametrize(
    ("code", "kind"), [(2, ErrorKind.TRANSIENT), (190, ErrorKind.AUTH), (80004, ErrorKind.RATE_LIMITED)]
)
def test_no_answer_is_no_status(connected: MetaPlatform, code: int, kind: ErrorKind) -> None:
    responses.get(URL, json={"error": {"code": code, "message": "x"}}, status=400)

    with pytest.raises(PlatformError) as caught:
        connected.read_status("120001", MAIN)

    assert caught.value.kind is kind


@responses.activate
def test_a_warning_about_the_version_is_logged(connected: MetaPlatform, caplog: pytest.LogCaptureFixture) -> None:
    warning = {"X-Ad-Api-Version-Warning": "The call was upgraded."}
    responses.get(URL, json=campaign("PAUSED"), headers=warning)

    with caplog.at_level(logging.WARNING):
        connected.read_status("120001", MAIN)

    assert "The call was upgraded." in caplog.text
