"""Batches: order, references, partial failure, and what Meta refuses as a whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .graph_client import ACCOUNT, GraphClient, ad, ad_set, campaign, creative, form, png
from .process import SandboxProcess


def item(edge: str, params: dict[str, Any], name: str | None = None, **more: Any) -> dict[str, Any]:
    usual = {"method": "POST", "relative_url": f"v26.0/{ACCOUNT}/{edge}", "body": form(params)}
    return usual | ({"name": name, "omit_response_on_success": False} if name else {}) | more


def whole_campaign(image_hash: str, **campaign_changes: Any) -> list[dict[str, Any]]:
    return [
        item("campaigns", campaign(**campaign_changes), "camp"),
        item("adsets", ad_set("{result=camp:$.id}"), "set1"),
        item("adcreatives", creative(image_hash), "cr1"),
        item("ads", ad("{result=set1:$.id}", "{result=cr1:$.id}"), "ad1"),
    ]


def test_a_whole_campaign_is_made_in_one_call(graph: GraphClient) -> None:
    answers = graph.batch(whole_campaign(graph.image()))

    assert [answer["code"] for answer in answers] == [200, 200, 200, 200]
    read = graph.get(answers[3]["body"]["id"], fields="adset_id,campaign_id,creative{id}")
    assert read["campaign_id"] == answers[0]["body"]["id"]
    assert read["adset_id"] == answers[1]["body"]["id"]
    assert read["creative"]["id"] == answers[2]["body"]["id"]


def test_what_depends_on_a_failed_item_is_not_executed(graph: GraphClient, sandbox: SandboxProcess) -> None:
    answers = graph.batch(whole_campaign(graph.image(), objective="CONVERSIONS"))

    assert [answer["code"] for answer in answers] == [400, 400, 200, 400]
    assert "depends on camp" in answers[1]["body"]["error"]["message"]
    assert "depends on set1" in answers[3]["body"]["error"]["message"]
    assert sandbox.objects(kind="campaign") == sandbox.objects(kind="ad_set") == []


def test_what_came_before_a_failed_item_stays(graph: GraphClient, sandbox: SandboxProcess) -> None:
    items = [item("campaigns", campaign()), item("campaigns", campaign(name="")), item("campaigns", campaign())]

    assert [answer["code"] for answer in graph.batch(items)] == [200, 400, 200]
    assert len(sandbox.objects(kind="campaign")) == 2


def test_a_result_that_is_used_is_answered_by_null_unless_it_is_asked_for(graph: GraphClient) -> None:
    named = item("campaigns", campaign()) | {"name": "camp"}
    answers = graph.batch([named, item("adsets", ad_set("{result=camp:$.id}"))])

    assert answers[0] is None
    assert answers[1]["code"] == 200


def test_an_image_attached_to_the_batch_can_be_used_by_its_hash(graph: GraphClient) -> None:
    upload = item("adimages", {}, "img", attached_files="file1")
    use = item("adcreatives", creative("{result=img:$.images.*.hash}"))

    answers = graph.batch([upload, use], files={"file1": ("square.png", png(), "image/png")})

    assert [answer["code"] for answer in answers] == [200, 200]


def test_a_name_can_be_depended_on_without_using_its_result(graph: GraphClient) -> None:
    items = [item("campaigns", campaign(name=""), "first"), item("campaigns", campaign(), depends_on="first")]

    assert [answer["code"] for answer in graph.batch(items)] == [400, 400]


def test_items_can_read_lists_and_objects(graph: GraphClient) -> None:
    campaign_id = graph.campaign()
    answers = graph.batch(
        [
            {"method": "GET", "relative_url": f"{campaign_id}?fields=name"},
            {"method": "GET", "relative_url": f"v26.0/{ACCOUNT}/campaigns?fields=id&limit=1"},
        ]
    )

    assert answers[0]["body"]["name"] == "Summer sale [st-a1b2-1-c]"
    assert answers[1]["body"]["data"] == [{"id": campaign_id}]


def test_headers_come_along_unless_they_are_refused(graph: GraphClient) -> None:
    items = [{"method": "GET", "relative_url": "me"}]

    assert "headers" in graph.post("", batch=items)[0]
    assert "headers" not in graph.post("", batch=items, include_headers="false")[0]


REFUSED_WHOLE = {
    "too many": ([{"method": "GET", "relative_url": "me"}] * 51, "Maximum batch size is 50"),
    "not a list": ({"method": "GET"}, "must be a JSON array"),
    "body not text": ([{"method": "POST", "relative_url": "me", "body": {"a": 1}}], "URL-encoded string"),
    "unknown key": ([{"method": "GET", "relative_url": "me", "verb": "x"}], "Unknown batch item parameter"),
    "unknown name": (
        [{"method": "GET", "relative_url": "{result=nobody:$.id}"}],
        "cannot depend on unresolved request",
    ),
    "later name": (
        [{"method": "GET", "relative_url": "{result=b:$.id}"}, {"method": "GET", "relative_url": "me", "name": "b"}],
        "only depend on preceding requests",
    ),
}


@pytest.mark.parametrize("case", REFUSED_WHOLE)
def test_a_batch_that_makes_no_sense_is_refused_as_a_whole(graph: GraphClient, case: str) -> None:
    items, reason = REFUSED_WHOLE[case]

    assert reason in graph.refusal("POST", "", batch=items)["message"]


def test_fifty_items_are_not_too_many(graph: GraphClient) -> None:
    assert len(graph.batch([{"method": "GET", "relative_url": "me"}] * 50)) == 50


def test_several_ad_sets_of_one_campaign_are_refused_before_anything_is_made(
    graph: GraphClient, sandbox: SandboxProcess
) -> None:
    campaign_id = graph.campaign()
    twins = [item("adsets", ad_set(campaign_id, name=name)) for name in ("A", "B")]

    assert "several ad sets" in graph.refusal("POST", "", batch=twins)["message"]
    assert sandbox.objects(kind="ad_set") == []


def test_ad_sets_of_different_campaigns_can_share_a_batch(graph: GraphClient) -> None:
    items = [item("adsets", ad_set(graph.campaign())), item("adsets", ad_set(graph.campaign()))]

    assert [answer["code"] for answer in graph.batch(items)] == [200, 200]


def test_an_encoded_reference_is_not_a_reference(graph: GraphClient) -> None:
    encoded = item("adsets", ad_set("x"))
    encoded["body"] = encoded["body"].replace("campaign_id=x", "campaign_id=%7Bresult%3Dcamp%3A%24.id%7D")
    answers = graph.batch([item("campaigns", campaign(), "camp"), encoded])

    assert answers[1]["code"] == 400
    assert answers[1]["body"]["error"]["error_data"]["blame_field_specs"] == [["campaign_id"]]


def test_a_reference_that_leads_nowhere_fails_its_item_only(graph: GraphClient) -> None:
    answers = graph.batch([item("campaigns", campaign(), "camp"), item("adsets", ad_set("{result=camp:$.nope}"))])

    assert [answer["code"] for answer in answers] == [200, 400]


def test_a_batch_is_one_row_of_the_journal(graph: GraphClient, sandbox: SandboxProcess) -> None:
    before = len(sandbox.get("requests"))
    graph.batch([{"method": "GET", "relative_url": "me"}] * 3)

    rows = sandbox.get("requests")
    assert len(rows) == before + 1
    assert rows[-1]["path"] == "/v26.0/"
    assert json.loads(rows[-1]["body"]["batch"])[0]["relative_url"] == "me"


def test_what_an_earlier_item_deleted_is_gone_for_the_later_ones(graph: GraphClient, sandbox: SandboxProcess) -> None:
    ad_set_id, creative_id = graph.ad_set(graph.campaign()), graph.creative()
    make = item("ads", ad(ad_set_id, creative_id))

    answers = graph.batch([make, {"method": "DELETE", "relative_url": ad_set_id}, make])

    assert [answer["code"] for answer in answers] == [200, 200, 400]
    assert sandbox.objects(kind="ad") == []
