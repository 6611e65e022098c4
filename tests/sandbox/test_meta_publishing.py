"""A campaign from its image to its removal, as Meta's Marketing API serves it."""

from __future__ import annotations

from .graph_client import ACCOUNT, GraphClient
from .process import SandboxProcess

TREE = (
    "name,status,effective_status,daily_budget,start_time,"
    "adsets{name,daily_budget,targeting,effective_status,ads{name,effective_status,creative{object_story_spec,link_url}}}"
)


def test_a_whole_campaign_is_made_read_switched_on_and_removed(graph: GraphClient, sandbox: SandboxProcess) -> None:
    campaign_id = graph.campaign()
    ad_set_id = graph.ad_set(campaign_id, start_time="2030-06-01T09:00:00-0400")
    creative_id = graph.creative()
    ad_id = graph.ad(ad_set_id, creative_id)

    tree = graph.get(campaign_id, fields=TREE)
    assert tree["effective_status"] == "PAUSED"
    ad_set = tree["adsets"]["data"][0]
    assert ad_set["daily_budget"] == "50000"
    assert ad_set["targeting"]["age_max"] == 54
    assert ad_set["ads"]["data"][0]["creative"]["link_url"] == "https://shop.example.com/summer"
    assert graph.get(ad_set_id, fields="start_time")["start_time"] == "2030-06-01T09:00:00-0400"

    sandbox.post("settings", review_seconds=0)
    for external_id in (ad_id, ad_set_id):
        assert graph.post(external_id, status="ACTIVE") == {"success": True}
    assert graph.get(ad_id, fields="effective_status")["effective_status"] == "CAMPAIGN_PAUSED"
    graph.post(campaign_id, status="ACTIVE")
    assert graph.get(ad_id, fields="effective_status")["effective_status"] == "ACTIVE"

    graph.delete(campaign_id)
    assert graph.get(ad_id, fields="status")["status"] == "DELETED"
    assert graph.get(f"{ACCOUNT}/campaigns")["data"] == []
