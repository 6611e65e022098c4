"""Reading: accounts and assets, fields, pages, filters, search, and what v26 no longer takes."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from .graph_client import ACCOUNT, EURO_ACCOUNT, OTHER_ACCOUNT, PAGE, PIXEL, YEN_ACCOUNT, GraphClient
from .process import SandboxProcess


def all_pages(graph: GraphClient, path: str, **params: Any) -> list[dict[str, Any]]:
    """Every row of a list, by the cursors."""
    rows, after = [], None
    while True:
        page = graph.get(path, **params | ({"after": after} if after else {}))
        rows += page["data"]
        if "next" not in page.get("paging", {}):
            return rows
        after = page["paging"]["cursors"]["after"]


def test_the_seeded_accounts_are_there(graph: GraphClient) -> None:
    fields = "id,account_id,name,account_status,currency,timezone_name,business{name},min_daily_budget"
    rows = {row["id"]: row for row in graph.get("me/adaccounts", fields=fields)["data"]}

    assert rows[ACCOUNT] == {
        "id": ACCOUNT,
        "account_id": "123456789",
        "name": "Acme Corp Main",
        "account_status": 1,
        "currency": "USD",
        "timezone_name": "America/New_York",
        "business": {"name": "Acme Corp"},
        "min_daily_budget": 100,
    }
    assert rows[OTHER_ACCOUNT]["name"] == "Acme Corp Test"
    assert {row["currency"] for row in rows.values()} == {"USD", "EUR", "JPY"}
    assert {row["account_status"] for row in rows.values()} == {1, 2}


def test_only_the_fields_that_were_asked_for_are_answered(graph: GraphClient) -> None:
    assert set(graph.get(ACCOUNT)) == {"id", "account_id"}
    assert set(graph.get(ACCOUNT, fields="name")) == {"id", "name"}


@pytest.mark.parametrize("path", ["me/adaccounts", ACCOUNT, f"{ACCOUNT}/campaigns", f"{ACCOUNT}/adspixels"])
def test_a_field_that_does_not_exist_is_refused(graph: GraphClient, path: str) -> None:
    error = graph.refusal("GET", path, fields="id,shoe_size")

    assert error["code"] == 100
    assert "nonexisting field (shoe_size)" in error["message"]


@pytest.mark.parametrize("fields", ["id,", "id{", "business{id", "id}", "a b"])
def test_fields_that_are_not_written_right_are_refused(graph: GraphClient, fields: str) -> None:
    assert graph.refusal("GET", ACCOUNT, fields=fields)["code"] == 2500


def test_small_pages_lead_through_all_accounts(graph: GraphClient) -> None:
    assert len(graph.get("me/adaccounts", limit="2")["data"]) == 2
    assert len(all_pages(graph, "me/adaccounts", limit="2")) == 6


def test_no_page_is_larger_than_the_server_likes(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.post("seed", platform="meta", accounts=60)

    assert len(graph.get("me/adaccounts", limit="100")["data"]) == 25
    rows = all_pages(graph, "me/adaccounts", limit="100")
    assert len({row["id"] for row in rows}) == 60


def test_the_next_url_works_and_carries_the_token(graph: GraphClient) -> None:
    following = graph.get("me/adaccounts", limit="4")["paging"]["next"]

    assert parse_qs(urlsplit(following).query)["access_token"] == [graph.token]
    page = requests.get(following, timeout=5).json()
    assert len(page["data"]) == 2
    assert "next" not in page["paging"]


def test_a_page_can_be_read_backwards(graph: GraphClient) -> None:
    first = graph.get("me/adaccounts", limit="2")
    second = graph.get("me/adaccounts", limit="2", after=first["paging"]["cursors"]["after"])

    before = graph.get("me/adaccounts", limit="2", before=second["paging"]["cursors"]["before"])
    assert before["data"] == first["data"]


@pytest.mark.parametrize("params", [{"after": "nonsense"}, {"limit": "0"}, {"limit": "many"}, {"filterring": "[]"}])
def test_list_parameters_are_checked(graph: GraphClient, params: dict[str, str]) -> None:
    assert graph.refusal("GET", "me/adaccounts", **params)["code"] == 100


@pytest.mark.parametrize("name", ["pretty", "debug", "date_format", "ids"])
def test_what_v26_removed_is_refused(graph: GraphClient, name: str) -> None:
    assert name in graph.refusal("GET", "me", **{name: "1"})["message"]


@pytest.mark.parametrize(("version", "code"), [("v25.0", None), ("v26.0", None), ("v24.0", 2635), ("v27.0", 2635)])
def test_only_live_versions_are_served(graph: GraphClient, version: str, code: int | None) -> None:
    assert graph.call("GET", "me", version=version).json().get("error", {}).get("code") == code


def test_a_call_without_a_version_is_refused(sandbox: SandboxProcess, graph: GraphClient) -> None:
    query = {"access_token": graph.token, "appsecret_proof": graph.proof}

    assert requests.get(f"{sandbox.url}/meta/graph/me", params=query, timeout=5).json()["error"]["code"] == 2635


@pytest.mark.parametrize("path", ["act_1", "123456789", "act_act_123456789", "120000000000000000"])
def test_what_is_not_there_or_not_reachable_is_100_33(graph: GraphClient, path: str) -> None:
    error = graph.refusal("GET", path)

    assert (error["code"], error["error_subcode"], error["type"]) == (100, 33, "GraphMethodException")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", f"{ACCOUNT}/shoes"), ("POST", f"{ACCOUNT}/shoes"), ("PUT", ACCOUNT), ("POST", "me/adaccounts")],
)
def test_edges_and_methods_that_do_not_exist_are_refused(graph: GraphClient, method: str, path: str) -> None:
    assert graph.refusal(method, path)["code"] in (100, 2500)


def test_assets_of_an_account(graph: GraphClient) -> None:
    pages = graph.get(f"{ACCOUNT}/promote_pages", fields="id,name,instagram_business_account{id,username}")["data"]

    assert pages[0] == {
        "id": PAGE,
        "name": "Acme Corp",
        "instagram_business_account": {"id": "17841400000000001", "username": "acmecorp"},
    }
    assert [row["id"] for row in graph.get(f"{ACCOUNT}/adspixels")["data"]] == [PIXEL]
    assert len(graph.get(f"{OTHER_ACCOUNT}/adspixels")["data"]) == 2
    assert graph.get(f"{ACCOUNT}/instagram_accounts", fields="username")["data"][0]["username"] == "acmecorp"
    assert graph.get(f"{YEN_ACCOUNT}/minimum_budgets")["data"][0]["currency"] == "JPY"


def test_times_are_read_in_the_account_s_zone(graph: GraphClient) -> None:
    campaign_id = graph.campaign(EURO_ACCOUNT)
    start = "2030-07-01T07:00:00Z"
    ad_set_id = graph.ad_set(campaign_id, EURO_ACCOUNT, start_time=start)

    assert graph.get(ad_set_id, fields="start_time")["start_time"] == "2030-07-01T09:00:00+0200"


def test_a_start_that_has_passed_means_now(graph: GraphClient) -> None:
    ad_set_id = graph.ad_set(graph.campaign(), start_time="2020-01-01T00:00:00Z")

    assert not graph.get(ad_set_id, fields="start_time")["start_time"].startswith("2020")


def filtered(graph: GraphClient, edge: str, field: str, operator: str, value: Any) -> list[str]:
    condition = [{"field": field, "operator": operator, "value": value}]
    return [row["id"] for row in graph.get(f"{ACCOUNT}/{edge}", filtering=condition)["data"]]


def test_campaigns_are_found_by_a_part_of_their_name(graph: GraphClient) -> None:
    wanted = graph.campaign(name="Summer [st-7f3a9c-1-c]")
    other = graph.campaign(name="Summer [st-000000-1-c]")

    assert filtered(graph, "campaigns", "name", "CONTAIN", "st-7f3a9c-1-c") == [wanted]
    assert filtered(graph, "campaigns", "campaign.name", "CONTAIN", "ST-7F3A9C") == [wanted]
    assert filtered(graph, "campaigns", "id", "IN", [other]) == [other]
    assert filtered(graph, "campaigns", "name", "NOT_CONTAIN", "7f3a9c") == [other]
    assert filtered(graph, "campaigns", "name", "EQUAL", "Summer") == []


def test_children_are_found_by_their_parent(graph: GraphClient) -> None:
    campaign_id = graph.campaign()
    ad_set_id = graph.ad_set(campaign_id)
    graph.ad_set(graph.campaign())
    ad_id = graph.ad(ad_set_id, graph.creative())

    assert filtered(graph, "adsets", "campaign.id", "EQUAL", campaign_id) == [ad_set_id]
    assert [row["id"] for row in graph.get(f"{campaign_id}/adsets")["data"]] == [ad_set_id]
    assert [row["id"] for row in graph.get(f"{campaign_id}/ads")["data"]] == [ad_id]
    assert [row["id"] for row in graph.get(f"{ad_set_id}/ads")["data"]] == [ad_id]


@pytest.mark.parametrize(
    ("edge", "condition"),
    [
        ("campaigns", {"field": "colour", "operator": "EQUAL", "value": "red"}),
        ("campaigns", {"field": "name", "operator": "LIKES", "value": "x"}),
        ("campaigns", {"field": "name", "operator": "IN", "value": "x"}),
        ("campaigns", {"field": "effective_status", "operator": "IN", "value": ["HAPPY"]}),
        ("campaigns", {"field": "name"}),
        ("adcreatives", {"field": "name", "operator": "CONTAIN", "value": "x"}),
    ],
)
def test_filters_are_checked(graph: GraphClient, edge: str, condition: dict[str, Any]) -> None:
    assert graph.refusal("GET", f"{ACCOUNT}/{edge}", filtering=[condition])["code"] == 100


def test_lists_leave_out_what_was_deleted_or_archived_unless_it_is_asked_for(graph: GraphClient) -> None:
    kept, deleted, archived = graph.campaign(), graph.campaign(), graph.campaign()
    graph.delete(deleted)
    graph.post(archived, status="ARCHIVED")

    assert [row["id"] for row in graph.get(f"{ACCOUNT}/campaigns")["data"]] == [kept]
    gone = graph.get(f"{ACCOUNT}/campaigns", effective_status=["DELETED", "ARCHIVED"])["data"]
    assert {row["id"] for row in gone} == {deleted, archived}


def test_the_newest_comes_first(graph: GraphClient) -> None:
    made = [graph.campaign() for _ in range(3)]

    assert [row["id"] for row in graph.get(f"{ACCOUNT}/campaigns")["data"]] == made[::-1]


def test_interests_are_searched_by_name(graph: GraphClient) -> None:
    rows = graph.get("search", type="adinterest", q="fashion")["data"]

    assert rows[0]["id"] == "6002839660079"
    assert graph.get("search", type="adinterest", q="flash sales")["data"] == []


def test_interests_can_be_checked(graph: GraphClient) -> None:
    asked = ["6002839660079", "6003109384433", "1"]
    rows = graph.get("search", type="adinterestvalid", interest_fbid_list=asked)["data"]

    assert [row["valid"] for row in rows] == [True, False, False]


def test_places_are_searched_by_name_and_kind(graph: GraphClient) -> None:
    rows = graph.get("search", type="adgeolocation", q="new y")["data"]
    assert {(row["type"], row["name"]) for row in rows} == {("region", "New York"), ("city", "New York")}

    countries = graph.get("search", type="adgeolocation", q="germ", location_types=["country"])["data"]
    assert [row["key"] for row in countries] == ["DE"]
    zips = graph.get("search", type="adgeolocation", q="10001", location_types=["zip"], country_code="US")["data"]
    assert zips[0]["key"] == "US:10001"


def test_languages_are_searched_by_name(graph: GraphClient) -> None:
    rows = graph.get("search", type="adlocale", q="english")["data"]

    assert {row["key"] for row in rows} == {6, 24, 1001}


@pytest.mark.parametrize("params", [{"type": "shoes", "q": "x"}, {"type": "adinterest"}, {"q": "x"}])
def test_searches_are_checked(graph: GraphClient, params: dict[str, str]) -> None:
    assert graph.refusal("GET", "search", **params)["code"] == 100


def test_every_answer_says_how_much_of_the_limits_is_used(graph: GraphClient) -> None:
    answer = graph.call("GET", f"{ACCOUNT}/campaigns")

    assert "123456789" in answer.headers["X-Business-Use-Case-Usage"]
    assert answer.headers["X-App-Usage"]
    assert answer.headers["x-fb-trace-id"]
