"""Requests as a whole, replacing and deleting in the sandbox's Snapchat."""

from __future__ import annotations

from typing import Any

import pytest

from .process import SandboxProcess
from .snap_client import JAPAN, LEGACY, MAIN, NOWHERE, SnapClient, ad, ahead, campaign, reasons

ACCOUNT = f"adaccounts/{MAIN}"


# Requests as a whole ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [{"campaign": []}, {"campaigns": []}, {"campaigns": {}}, {"campaigns": ["x"]}, []])
def test_a_body_that_is_no_list_of_objects_is_refused(snap: SnapClient, body: Any) -> None:
    answer = snap.call("POST", f"{ACCOUNT}/campaigns", json=body)

    assert (answer.status_code, answer.json()["error_code"]) == (400, "E1001")
    assert answer.json()["request_status"] == "ERROR"


def test_one_refused_object_of_several_leaves_the_others_and_a_success(snap: SnapClient) -> None:
    answer = snap.write(ACCOUNT, "campaigns", campaign(), campaign(name=""), campaign())

    body = answer.json()
    assert (answer.status_code, body["request_status"]) == (200, "SUCCESS")
    assert [entry["sub_request_status"] for entry in body["campaigns"]] == ["SUCCESS", "ERROR", "SUCCESS"]
    assert body["campaigns"][1]["campaign"] == {}
    assert len(snap.rows(f"{ACCOUNT}/campaigns")) == 2


def test_one_of_several_can_be_refused_by_order(snap: SnapClient, sandbox: SandboxProcess) -> None:
    sandbox.fault("refuse_item", path="/campaigns$", platform="snapchat", value=1)

    entries = snap.write(ACCOUNT, "campaigns", campaign(), campaign()).json()["campaigns"]

    assert [entry["sub_request_status"] for entry in entries] == ["SUCCESS", "ERROR"]
    assert len(snap.rows(f"{ACCOUNT}/campaigns")) == 1


def test_when_all_are_refused_the_request_is(snap: SnapClient) -> None:
    answer = snap.write(ACCOUNT, "campaigns", campaign(name=""), campaign(status="ON"))

    assert (answer.status_code, answer.json()["request_status"]) == (400, "ERROR")


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"status": "PENDING"}, "the ad account is PENDING"), ({"roles": ["reports"]}, "role on the ad account")],
)
def test_an_account_that_may_not_be_written_is_refused(
    snap: SnapClient, sandbox: SandboxProcess, change: dict[str, Any], reason: str
) -> None:
    sandbox.post("seed", platform="snapchat", update_accounts={MAIN: change})

    answer = snap.write(ACCOUNT, "campaigns", campaign())

    assert answer.status_code == 403
    assert reason in answer.json()["debug_message"]
    assert snap.rows(f"{ACCOUNT}/campaigns") == []


def test_a_pending_account_is_seen_and_takes_nothing(snap: SnapClient) -> None:
    assert snap.one(f"adaccounts/{LEGACY}")["status"] == "PENDING"
    assert snap.write(f"adaccounts/{LEGACY}", "campaigns", campaign(LEGACY)).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 404),
        ("GET", f"campaigns/{NOWHERE}", 404),
        ("GET", f"adaccounts/{NOWHERE}/campaigns", 404),
        ("DELETE", f"adaccounts/{MAIN}/campaigns", 405),
        ("PATCH", f"adaccounts/{MAIN}", 405),
    ],
)
def test_what_is_not_there_is_not_found(snap: SnapClient, method: str, path: str, status: int) -> None:
    answer = snap.call(method, path)

    assert (answer.status_code, answer.json()["request_status"]) == (status, "ERROR")


# Replacing ----------------------------------------------------------------------------------------------------------------


def whole(row: dict[str, Any], *left_out: str) -> dict[str, Any]:
    read_only = {
        "created_at", "updated_at", "delivery_status", "objective", "targeting_reach_status", "child_ad_type",
        "review_status", "review_status_reasons", "render_type", *left_out,
    }  # fmt: skip
    return {name: value for name, value in row.items() if name not in read_only and value is not None}


def test_a_put_replaces_the_whole(snap: SnapClient) -> None:
    made = snap.campaign()

    changed = snap.make(ACCOUNT, "campaigns", whole(made, "daily_budget_micro") | {"status": "ACTIVE"}, method="PUT")

    assert (changed["id"], changed["status"]) == (made["id"], "ACTIVE")
    assert "daily_budget_micro" not in changed  # what was not said is reset


@pytest.mark.parametrize("name", ["delivery_status", "created_at", "objective"])
def test_what_snapchat_found_may_not_be_put_back(snap: SnapClient, name: str) -> None:
    made = snap.campaign()
    answer = snap.write(ACCOUNT, "campaigns", whole(made) | {name: made[name]}, method="PUT")

    assert name in reasons(answer)[0]


def test_an_ad_squad_without_its_placement_cannot_be_put(snap: SnapClient) -> None:
    made = snap.ad_squad()
    parent = f"campaigns/{made['campaign_id']}"
    shown = snap.one(f"adsquads/{made['id']}")
    assert (shown["placement_v2"], shown["placement"]) == (None, "UNSUPPORTED")
    in_full = snap.one(f"adsquads/{made['id']}", return_placement_v2="true")
    assert in_full["placement_v2"] == {"config": "AUTOMATIC"}

    refused = snap.write(parent, "adsquads", whole(shown, "placement"), method="PUT")
    assert reasons(refused) == ["E2025: the ad squad can not be edited without its placement_v2"]
    snap.make(parent, "adsquads", whole(in_full) | {"status": "ACTIVE"}, method="PUT")


@pytest.mark.parametrize("external_id", ["", NOWHERE])
def test_what_is_not_there_cannot_be_put(snap: SnapClient, external_id: str) -> None:
    answer = snap.write(ACCOUNT, "campaigns", campaign(id=external_id), method="PUT")

    assert reasons(answer)[0].startswith("E3003: campaign")


def test_a_campaign_of_another_account_cannot_be_put(snap: SnapClient) -> None:
    theirs = snap.make(f"adaccounts/{JAPAN}", "campaigns", campaign(JAPAN))

    answer = snap.write(ACCOUNT, "campaigns", campaign(id=theirs["id"]), method="PUT")

    assert reasons(answer) == [f"E3003: campaign {theirs['id']} not found"]


def test_a_start_that_has_passed_may_stay(snap: SnapClient, sandbox: SandboxProcess) -> None:
    """Putting a running campaign back must not be refused for its own start."""
    made = snap.campaign(start_time=ahead(-0.0005))
    later = whole(made) | {"status": "ACTIVE"}

    assert snap.make(ACCOUNT, "campaigns", later, method="PUT")["start_time"] == made["start_time"]
    moved = snap.write(ACCOUNT, "campaigns", later | {"start_time": ahead(-1)}, method="PUT")
    assert "start_time must not be in the past" in reasons(moved)[0]


# Deleting -----------------------------------------------------------------------------------------------------------------


def test_a_deleted_campaign_takes_what_is_below_it(snap: SnapClient) -> None:
    squad = snap.ad_squad()
    made = snap.make(f"adsquads/{squad['id']}", "ads", ad(squad["id"], snap.creative()["id"]))

    assert snap.call("DELETE", f"campaigns/{squad['campaign_id']}").json()["request_status"] == "SUCCESS"

    for path in (f"campaigns/{squad['campaign_id']}", f"adsquads/{squad['id']}", f"ads/{made['id']}"):
        answer = snap.call("GET", path)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "E3003")
    assert snap.call("DELETE", f"campaigns/{squad['campaign_id']}").status_code == 404
    assert snap.rows(f"{ACCOUNT}/campaigns") == []
    [deleted] = snap.rows(f"{ACCOUNT}/campaigns", read_deleted_entities="true")
    assert (deleted["id"], deleted["deleted"]) == (squad["campaign_id"], True)


def test_creatives_and_files_cannot_be_deleted(snap: SnapClient) -> None:
    made = snap.creative()

    assert snap.call("DELETE", f"creatives/{made['id']}").status_code == 405
    assert snap.call("DELETE", f"media/{made['top_snap_media_id']}").status_code == 405
