"""What the sandbox's Snapchat shows: lists and their pages, accounts, pixels, profiles, look-ups, states."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import requests

from .process import SandboxProcess
from .snap_client import (
    JAPAN,
    MAIN,
    NOWHERE,
    ORGANIZATION,
    PIXEL,
    PROFILE,
    SnapClient,
    ad,
    campaign,
    film,
    inner,
    picture,
)  # fmt: skip

CAMPAIGNS = f"adaccounts/{MAIN}/campaigns"


# Lists --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(snap: SnapClient) -> list[str]:
    """Three campaigns, the eldest first."""
    return [snap.campaign(name=f"No {number}")["id"] for number in range(3)]


def test_a_list_comes_in_pages_of_its_limit(snap: SnapClient, sandbox: SandboxProcess, three: list[str]) -> None:
    sandbox.post("settings", snapchat_page_size=2)

    first = snap.call("GET", CAMPAIGNS, params={"limit": 50})
    following = first.json()["paging"]["next_link"]
    second = snap.call("GET", following.split("/v1/")[1])

    assert [row["id"] for row in inner(first, "campaigns") + inner(second, "campaigns")] == three
    assert second.json()["paging"] == {}


def test_without_a_limit_there_are_no_pages_and_no_order(
    snap: SnapClient, sandbox: SandboxProcess, three: list[str]
) -> None:
    sandbox.post("settings", snapchat_page_size=2)

    answer = snap.call("GET", CAMPAIGNS)

    assert "paging" not in answer.json()
    assert [row["id"] for row in inner(answer, "campaigns")] == sorted(three)  # by id, and ids are random


@pytest.mark.parametrize(("sort", "is_reversed"), [("created_at-asc", False), ("created_at-desc", True)])
def test_a_list_is_sorted_as_asked(snap: SnapClient, three: list[str], sort: str, is_reversed: bool) -> None:
    rows = snap.rows(CAMPAIGNS, limit=100, sort=sort)

    assert [row["id"] for row in rows] == (three[::-1] if is_reversed else three)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"limit": 49}, "limit must be between 50 and 1000"),
        ({"limit": 1001}, "limit must be between 50 and 1000"),
        ({"limit": "all"}, "limit must be between 50 and 1000"),
        ({"limit": 50, "sort": "name"}, "sort must be one of"),
        ({"limit": 50, "cursor": "x"}, "invalid cursor"),
        ({"name": "No 1"}, "unknown query parameter name"),
    ],
)
def test_lists_are_asked_for_strictly(snap: SnapClient, query: dict[str, Any], reason: str) -> None:
    answer = snap.call("GET", CAMPAIGNS, params=query)

    assert (answer.status_code, answer.json()["error_code"]) == (400, "E1001")
    assert reason in answer.json()["debug_message"]


def test_a_list_holds_its_own_account_s_alone(snap: SnapClient, three: list[str]) -> None:
    snap.make(f"adaccounts/{JAPAN}", "campaigns", campaign(JAPAN))

    assert len(snap.rows(CAMPAIGNS)) == 3


def test_a_read_that_lags_does_not_see_what_is_new(snap: SnapClient, sandbox: SandboxProcess, three: list[str]) -> None:
    for _ in range(2):
        order = {"platform": "snapchat", "match": {"path": "/campaigns"}, "effect": "stale_reads", "value": 60}
        sandbox.post("faults", **order)

    assert snap.rows(CAMPAIGNS) == []
    assert snap.call("GET", f"campaigns/{three[0]}").status_code == 404
    assert len(snap.rows(CAMPAIGNS)) == 3


# The person's organization ------------------------------------------------------------------------------------------------


def test_organizations_come_with_their_ad_accounts_if_asked(snap: SnapClient) -> None:
    (alone,) = snap.rows("me/organizations")
    (both,) = snap.rows("me/organizations", with_ad_accounts="true")

    assert (alone["id"], alone["country"]) == (ORGANIZATION, "US")
    assert "ad_accounts" not in alone
    assert [account["name"] for account in both["ad_accounts"]] == [
        "Acme Corp Main", "Acme Corp Japan", "Acme Corp Europe", "Acme Corp Homes", "Acme Corp Legacy",
    ]  # fmt: skip


def test_an_account_says_what_matters(snap: SnapClient) -> None:
    rows = {row["id"]: row for row in snap.rows(f"organizations/{ORGANIZATION}/adaccounts")}

    japan = rows[JAPAN]
    assert (japan["currency"], japan["timezone"], japan["status"]) == ("JPY", "Asia/Tokyo", "ACTIVE")
    assert japan["regulations"] == {"restricted_delivery_signals": False}
    assert snap.one(f"adaccounts/{JAPAN}") == japan


def test_accounts_come_and_go(snap: SnapClient, sandbox: SandboxProcess) -> None:
    added = {"name": "Acme Corp Canada", "currency": "CAD", "timezone": "America/Toronto"}
    sandbox.post("seed", platform="snapchat", add_accounts=[added], remove_accounts=[JAPAN])

    names = [row["name"] for row in snap.rows(f"organizations/{ORGANIZATION}/adaccounts")]
    assert "Acme Corp Canada" in names
    assert "Acme Corp Japan" not in names
    assert snap.call("GET", f"adaccounts/{JAPAN}").status_code == 404


@pytest.mark.parametrize(
    "changes", [{"currency": "DOGE"}, {"timezone": "Mars/Olympus"}, {"status": "ON"}, {"budget": 1}, {"roles": "admin"}]
)
def test_no_account_can_be_like_this(sandbox: SandboxProcess, changes: dict[str, Any]) -> None:
    answer = requests.post(
        f"{sandbox.url}/_sandbox/seed", json={"platform": "snapchat", "update_accounts": {MAIN: changes}}, timeout=10
    )
    assert answer.status_code == 400


def test_pixels_are_those_the_account_may_use(snap: SnapClient, sandbox: SandboxProcess) -> None:
    assert [row["id"] for row in snap.rows(f"adaccounts/{MAIN}/pixels")] == [PIXEL]

    pixels = [{"id": PIXEL, "name": "Theirs", "accounts": [JAPAN]}, {"id": NOWHERE, "name": "Everybody's"}]
    sandbox.post("seed", platform="snapchat", assets={"pixel": pixels})
    assert [row["name"] for row in snap.rows(f"adaccounts/{MAIN}/pixels")] == ["Everybody's"]


def test_profiles_are_on_a_host_of_their_own(snap: SnapClient) -> None:
    path = f"organizations/{ORGANIZATION}/public_profiles"
    rows = snap.rows(path, "businessapi")

    assert rows[0]["id"] == PROFILE
    assert [row["display_name"] for row in rows] == ["Acme Corp", "Acme Outlet"]
    assert snap.call("GET", path).status_code == 404


def test_profiles_may_be_closed_to_the_app(snap: SnapClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", snapchat_profiles="closed")

    answer = snap.call("GET", f"organizations/{ORGANIZATION}/public_profiles", "businessapi")

    assert (answer.status_code, answer.json()["debug_message"]) == (401, "unauthorized")


# Look-ups -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "singular", "row"),
    [
        ("targeting/geo/country", "country", {"id": "us", "name": "united states", "code2": "us"}),
        ("targeting/demographics/languages", "languages", {"id": "en", "name": "English"}),
        ("targeting/demographics/age_group", "age_group", {"id": "25-34", "name": "25-34"}),
        (
            "targeting/v1/interests/scls?country_code=us",
            "scls",
            {"id": "SLC_52", "name": "Shopaholics", "path": "Shopping/Shopaholics", "source": "SLC"},
        ),
        (
            "targeting/geo/de/region",
            "region",
            {"id": "2", "name": "bavaria", "code": "ba", "country": {"code2": "de", "name": "germany"}},
        ),
    ],
)  # fmt: skip
def test_what_can_be_targeted_is_told(snap: SnapClient, path: str, singular: str, row: dict[str, Any]) -> None:
    body = snap.call("GET", path).json()

    assert body["request_status"] == "success"
    assert row in [entry[singular] for entry in body["targeting_dimensions"]]


@pytest.mark.parametrize("path", ["targeting/geo/xx/region", "targeting/v1/interests/scls", "targeting/geo/US/region"])
def test_look_ups_without_a_country_are_refused(snap: SnapClient, path: str) -> None:
    assert snap.call("GET", path).status_code in (400, 404)


# States -------------------------------------------------------------------------------------------------------------------


def test_delivery_tells_what_stands_in_the_way(snap: SnapClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", snapchat_review_seconds=0)
    squad = snap.ad_squad()
    parent, squads = squad["campaign_id"], f"campaigns/{squad['campaign_id']}"
    made = snap.make(f"adsquads/{squad['id']}", "ads", ad(squad["id"], snap.creative()["id"], status="ACTIVE"))

    assert snap.one(f"campaigns/{parent}")["delivery_status"] == ["INVALID_NOT_ACTIVE", "INVALID_START_TIME"]
    assert snap.one(f"adsquads/{squad['id']}")["delivery_status"] == [
        "INVALID_NOT_ACTIVE", "INVALID_START_TIME", "INVALID_NOT_EFFECTIVE_ACTIVE",
    ]  # fmt: skip
    assert snap.one(f"ads/{made['id']}")["delivery_status"] == ["VALID"]
    assert len(snap.rows(f"{squads}/adsquads")) == 1


def test_ads_are_reviewed_after_a_while(snap: SnapClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", snapchat_review_seconds=60)
    squad = snap.ad_squad()
    made = snap.make(f"adsquads/{squad['id']}", "ads", ad(squad["id"], snap.creative()["id"]))
    assert snap.one(f"ads/{made['id']}")["review_status"] == "PENDING"

    sandbox.post("settings", snapchat_review_seconds=0)
    assert snap.one(f"ads/{made['id']}")["review_status"] == "APPROVED"


def test_when_something_first_went_on_is_kept(snap: SnapClient, sandbox: SandboxProcess) -> None:
    paused = snap.campaign()
    running = snap.campaign(status="ACTIVE")

    kept = {row["id"]: row["first_on_at"] for row in sandbox.get("objects", platform="snapchat", kind="campaign")}
    assert kept[paused["id"]] is None
    assert kept[running["id"]] is not None


def test_a_campaign_may_have_no_cap(snap: SnapClient, sandbox: SandboxProcess) -> None:
    snap.campaign(daily_budget_micro=None)
    snap.campaign(daily_budget_micro=None, lifetime_spend_cap_micro=90_000_000)

    budgets = [row["budget"] for row in sandbox.get("objects", platform="snapchat", kind="campaign")]
    assert budgets == [None, {"type": "lifetime", "amount": "90.00", "currency": "USD"}]


# Files --------------------------------------------------------------------------------------------------------------------


def test_a_file_tells_how_far_it_is(snap: SnapClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", snapchat_processing_seconds=60)
    entry = snap.make(f"adaccounts/{MAIN}", "media", {"name": "Film", "type": "VIDEO", "ad_account_id": MAIN})
    states = [snap.one(f"media/{entry['id']}")["media_status"]]
    snap.upload(entry["id"], film(), "film.mp4")
    states.append(snap.one(f"media/{entry['id']}")["media_status"])
    sandbox.post("settings", snapchat_processing_seconds=0)
    states.append(snap.one(f"media/{entry['id']}")["media_status"])
    sandbox.post("settings", snapchat_media_outcome="UPLOAD_FAILED")
    states.append(snap.one(f"media/{entry['id']}")["media_status"])

    assert states == ["PENDING_UPLOAD", "PROCESSING", "READY", "UPLOAD_FAILED"]


def test_a_picture_is_ready_at_once(snap: SnapClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", snapchat_processing_seconds=60)

    assert snap.one(f"media/{snap.media(picture())['id']}")["media_status"] == "READY"


def test_a_third_upload_at_once_is_refused(snap: SnapClient, sandbox: SandboxProcess) -> None:
    entries = [
        snap.make(f"adaccounts/{MAIN}", "media", {"name": f"No {n}", "type": "IMAGE", "ad_account_id": MAIN})["id"]
        for n in range(3)
    ]
    sandbox.post("settings", snapchat_upload_seconds=1.5)
    first = [threading.Thread(target=snap.upload, args=(entry, picture())) for entry in entries[:2]]
    for thread in first:
        thread.start()
    deadline = time.monotonic() + 5
    while len(_under_way(sandbox)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)

    third = snap.upload(entries[2], picture())
    for thread in first:
        thread.join()

    assert (third.status_code, third.json()["error_code"]) == (400, "E3002")
    assert snap.upload(entries[2], picture()).status_code == 200


def _under_way(sandbox: SandboxProcess) -> list[Any]:
    rows = sandbox.get("requests", platform="snapchat")
    return [row for row in rows if row["path"].endswith("/upload") and row["took_ms"] is None]
