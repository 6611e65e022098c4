"""Changing what is there: switching, budgets, schedules, archiving, deleting; and how parents' states show."""

from __future__ import annotations

from typing import Any

import pytest

from .graph_client import ACCOUNT, TARGETING, GraphClient
from .process import SandboxProcess


@pytest.fixture
def tree(graph: GraphClient) -> dict[str, str]:
    """A campaign with one ad set and one ad, all off."""
    campaign_id = graph.campaign()
    ad_set_id = graph.ad_set(campaign_id)
    return {"campaign": campaign_id, "ad_set": ad_set_id, "ad": graph.ad(ad_set_id, graph.creative())}


def effective(graph: GraphClient, external_id: str) -> str:
    status: str = graph.get(external_id, fields="effective_status")["effective_status"]
    return status


@pytest.mark.parametrize(
    ("on", "shown"),
    [
        ([], {"campaign": "PAUSED", "ad_set": "PAUSED", "ad": "PAUSED"}),
        (["ad", "ad_set"], {"campaign": "PAUSED", "ad_set": "CAMPAIGN_PAUSED", "ad": "CAMPAIGN_PAUSED"}),
        (["ad", "campaign"], {"campaign": "ACTIVE", "ad_set": "PAUSED", "ad": "ADSET_PAUSED"}),
        (["ad", "ad_set", "campaign"], {"campaign": "ACTIVE", "ad_set": "ACTIVE", "ad": "ACTIVE"}),
    ],
)
def test_the_effective_status_follows_the_parents(
    graph: GraphClient, sandbox: SandboxProcess, tree: dict[str, str], on: list[str], shown: dict[str, str]
) -> None:
    sandbox.post("settings", review_seconds=0)
    for part in on:
        graph.post(tree[part], status="ACTIVE")

    assert {part: effective(graph, external_id) for part, external_id in tree.items()} == shown


def test_an_ad_that_is_on_waits_for_its_review(
    graph: GraphClient, sandbox: SandboxProcess, tree: dict[str, str]
) -> None:
    sandbox.post("settings", review_seconds=600)
    for external_id in tree.values():
        graph.post(external_id, status="ACTIVE")

    assert effective(graph, tree["ad"]) == "PENDING_REVIEW"
    assert effective(graph, tree["campaign"]) == "ACTIVE"


def test_when_something_was_first_switched_on_is_remembered(
    graph: GraphClient, sandbox: SandboxProcess, tree: dict[str, str]
) -> None:
    graph.post(tree["campaign"], status="ACTIVE")
    graph.post(tree["campaign"], status="PAUSED")

    rows = {row["id"]: row for row in sandbox.objects()}
    assert rows[tree["campaign"]]["status"] == "PAUSED"
    assert rows[tree["campaign"]]["first_on_at"] is not None
    assert rows[tree["ad_set"]]["first_on_at"] is None


def test_budgets_change_where_they_live(graph: GraphClient, tree: dict[str, str]) -> None:
    graph.post(tree["ad_set"], daily_budget="70000")

    assert graph.get(tree["ad_set"], fields="daily_budget,lifetime_budget") == {
        "id": tree["ad_set"],
        "daily_budget": "70000",
        "lifetime_budget": "0",
    }


CHANGES_REFUSED: dict[str, tuple[str, dict[str, Any], int | None]] = {
    "campaign budget where the ad sets have theirs": ("campaign", {"daily_budget": "5000"}, 1885621),
    "budget too low": ("ad_set", {"daily_budget": "99"}, 1885272),
    "daily into lifetime": ("ad_set", {"lifetime_budget": "500000"}, None),
    "end in the past": ("ad_set", {"end_time": "2020-01-01T00:00:00Z"}, None),
    "broken targeting": ("ad_set", {"targeting": {}}, 1885364),
    "another parent": ("ad_set", {"campaign_id": "1"}, None),
    "goal of another objective": ("ad_set", {"optimization_goal": "VALUE"}, 2490408),
    "objective with ads": ("campaign", {"objective": "OUTCOME_SALES"}, None),
    "unknown status": ("ad", {"status": "ON"}, None),
    "unknown creative": ("ad", {"creative": {"creative_id": "1"}}, None),
    "nothing": ("ad", {}, None),
    "name too long": ("ad", {"name": "x" * 401}, None),
}


@pytest.mark.parametrize("case", CHANGES_REFUSED)
def test_change_is_refused(graph: GraphClient, tree: dict[str, str], case: str) -> None:
    part, changes, subcode = CHANGES_REFUSED[case]

    error = graph.refusal("POST", tree[part], **changes)

    assert (error["code"], error.get("error_subcode")) == (100, subcode)


CHANGES_ACCEPTED: dict[str, tuple[str, dict[str, Any]]] = {
    "name": ("campaign", {"name": "Autumn sale"}),
    "targeting": ("ad_set", {"targeting": TARGETING | {"age_max": 60}}),
    "end": ("ad_set", {"end_time": "2030-01-01T00:00:00Z"}),
    "goal": ("ad_set", {"optimization_goal": "LANDING_PAGE_VIEWS"}),
    "bid": ("ad_set", {"bid_strategy": "COST_CAP", "bid_amount": "300"}),
}


@pytest.mark.parametrize("case", CHANGES_ACCEPTED)
def test_change_is_accepted(graph: GraphClient, tree: dict[str, str], case: str) -> None:
    part, changes = CHANGES_ACCEPTED[case]

    assert graph.post(tree[part], **changes) == {"success": True}
    read = graph.get(tree[part], fields=",".join(changes))
    assert all(name in read for name in changes)


def test_validate_only_changes_nothing(graph: GraphClient, tree: dict[str, str]) -> None:
    graph.post(tree["campaign"], status="ACTIVE", execution_options=["validate_only"])

    assert effective(graph, tree["campaign"]) == "PAUSED"


def test_deleting_a_campaign_takes_its_tree_along(
    graph: GraphClient, sandbox: SandboxProcess, tree: dict[str, str]
) -> None:
    bystander = graph.campaign()
    graph.delete(tree["campaign"])

    kinds = ("campaign", "ad_set", "ad")
    assert [row["id"] for kind in kinds for row in sandbox.objects(kind=kind)] == [bystander]
    assert len(sandbox.objects(kind="ad", deleted=1)) == 1
    assert graph.delete(tree["campaign"]) == {"success": True}


def test_what_was_deleted_can_be_read_but_not_brought_back(graph: GraphClient, tree: dict[str, str]) -> None:
    graph.post(tree["campaign"], status="DELETED")

    assert effective(graph, tree["campaign"]) == "DELETED"
    assert graph.refusal("POST", tree["campaign"], status="ACTIVE")["code"] == 100


def test_what_was_archived_can_only_be_deleted(graph: GraphClient, tree: dict[str, str]) -> None:
    graph.post(tree["campaign"], status="ARCHIVED")

    assert graph.refusal("POST", tree["campaign"], status="ACTIVE")["code"] == 100
    assert graph.post(tree["campaign"], status="DELETED")


def test_another_creative_takes_the_place_of_the_first(graph: GraphClient, tree: dict[str, str]) -> None:
    creative_id = graph.creative()
    graph.post(tree["ad"], creative={"creative_id": creative_id})

    assert graph.get(tree["ad"], fields="creative{id}")["creative"]["id"] == creative_id


def test_a_reading_permission_changes_nothing(
    sandbox: SandboxProcess, graph: GraphClient, tree: dict[str, str]
) -> None:
    reader = GraphClient(sandbox.url, sandbox.post("tokens", platform="meta", scopes=["ads_read"])["access_token"])

    assert reader.get(tree["campaign"])
    assert reader.refusal("POST", tree["campaign"], status="ACTIVE")["code"] == 200
    assert reader.refusal("DELETE", tree["campaign"])["code"] == 200
    assert reader.refusal("POST", f"{ACCOUNT}/adimages", bytes="x")["code"] == 200
