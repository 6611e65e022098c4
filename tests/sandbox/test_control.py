"""The control surface: journal, objects, secrets, seed, reset, settings; and that the sandbox stays apart and at home."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import requests

from .graph_client import ACCOUNT, CLIENT_SECRET, GraphClient, campaign, png
from .process import PROJECT, SandboxProcess
from .test_meta_login import REDIRECT, code, exchange


def test_the_sandbox_starts_quickly(sandbox_process: SandboxProcess) -> None:
    assert sandbox_process.start_seconds < 5


def test_a_request_is_noted_as_the_platform_would_see_it(graph: GraphClient, sandbox: SandboxProcess) -> None:
    graph.call("POST", f"{ACCOUNT}/campaigns", **campaign(name="Söll & Co"))

    row = sandbox.last_request()
    assert (row["method"], row["path"], row["status"]) == ("POST", f"/v26.0/{ACCOUNT}/campaigns", 200)
    assert row["body_kind"] == "form"
    assert row["body"]["name"] == "Söll & Co"
    assert row["response"] == {"id": sandbox.objects(kind="campaign")[0]["id"]}
    assert row["headers"]["content-type"] == "application/x-www-form-urlencoded"


def test_a_json_body_is_noted_parsed(sandbox: SandboxProcess, graph: GraphClient) -> None:
    query = {"access_token": graph.token, "appsecret_proof": graph.proof}
    body = campaign() | {"special_ad_categories": []}
    url = f"{sandbox.url}/meta/graph/v26.0/{ACCOUNT}/campaigns"

    assert requests.post(url, params=query, json=body, timeout=5).status_code == 200
    row = sandbox.last_request()
    assert (row["body_kind"], row["body"]["special_ad_categories"]) == ("json", [])


def test_files_are_noted_by_their_hash(graph: GraphClient, sandbox: SandboxProcess) -> None:
    content = png()
    graph.post(f"{ACCOUNT}/adimages", files={"filename": ("a.png", content, "image/png")})
    sha256 = hashlib.sha256(content).hexdigest()
    file = {"field": "filename", "filename": "a.png", "size": len(content), "sha256": sha256}
    assert sandbox.last_request()["files"] == [file]
    assert sandbox.last_request()["body_kind"] == "multipart"

    graph.post(f"{ACCOUNT}/adimages", bytes=base64.b64encode(content).decode())
    assert sandbox.last_request()["files"] == [file | {"field": "bytes", "filename": None}]
    assert "bytes" not in sandbox.last_request()["body"]


def test_the_journal_keeps_no_secret(sandbox: SandboxProcess) -> None:
    once = code(sandbox)
    token = exchange(sandbox, code=once).json()["access_token"]
    exchange(sandbox, grant_type="fb_exchange_token", fb_exchange_token=token)
    client = GraphClient(sandbox.url, token)
    client.get("me/adaccounts", limit="2")
    client.batch([{"method": "GET", "relative_url": f"me?access_token={token}&appsecret_proof={client.proof}"}])
    client.refusal("GET", "me", access_token="EAAGmadeup", input_token=token)
    headers = {"Authorization": f"Bearer {token}", "Cookie": "session=abc"}
    requests.get(f"{sandbox.url}/meta/graph/v26.0/me", headers=headers, timeout=5)

    rows = sandbox.get("requests")
    text = json.dumps(rows)
    secrets = [row["value"] for row in sandbox.get("secrets")]
    assert {once, token, CLIENT_SECRET} <= set(secrets)
    assert [secret for secret in [*secrets, client.proof] if secret in text] == []
    assert rows[-1]["headers"]["authorization"] == "Bearer ***"
    assert rows[-1]["headers"]["cookie"] == "***"
    redirect = next(row for row in rows if row["method"] == "POST" and row["path"].endswith("/dialog/oauth"))
    assert redirect["response"]["location"] == f"{REDIRECT}?code=***&state=s-123"
    exchanged = next(row for row in rows if row["path"].endswith("/oauth/access_token"))
    assert (exchanged["body"]["code"], exchanged["body"]["client_secret"]) == ("***", "***")
    assert exchanged["response"]["access_token"] == "***"
    assert exchanged["response"]["token_type"] == "bearer"


def test_the_journal_can_be_read_from_a_point_on(graph: GraphClient, sandbox: SandboxProcess) -> None:
    graph.get("me")
    first = sandbox.last_request()
    graph.get("me/permissions")

    assert [row["path"] for row in sandbox.get("requests", since=first["id"])] == ["/v26.0/me/permissions"]
    assert len(sandbox.get("requests", since=first["at"])) == 2
    assert sandbox.get("requests", platform="google") == []


def test_objects_show_budgets_in_major_units(graph: GraphClient, sandbox: SandboxProcess) -> None:
    ad_set_id = graph.ad_set(graph.campaign(), daily_budget="50050")
    yen = graph.campaign("act_555222333", lifetime_budget="5000", is_adset_budget_sharing_enabled=None)

    rows = {row["id"]: row for row in sandbox.objects()}
    assert rows[ad_set_id]["budget"] == {"type": "daily", "amount": "500.50", "currency": "USD"}
    assert rows[yen]["budget"] == {"type": "lifetime", "amount": "5000", "currency": "JPY"}
    assert rows[ad_set_id]["parent"] in rows
    assert rows[ACCOUNT]["kind"] == "account"


def test_a_seed_sets_the_number_of_accounts(sandbox: SandboxProcess) -> None:
    for number in (30, 3, 6):
        assert len(sandbox.post("seed", platform="meta", accounts=number)["accounts"]) == number
        assert len(sandbox.objects(kind="account")) == number


def test_accounts_come_go_and_change(graph: GraphClient, sandbox: SandboxProcess) -> None:
    new = {"id": "act_777", "name": "New", "currency": "GBP", "timezone_name": "Europe/London"}
    sandbox.post(
        "seed",
        platform="meta",
        add_accounts=[new],
        remove_accounts=["act_987654321"],
        update_accounts={ACCOUNT: {"name": "Renamed", "account_status": 3}},
    )

    rows = {row["id"]: row for row in graph.get("me/adaccounts", fields="name,account_status,currency")["data"]}
    assert "act_987654321" not in rows
    assert (rows["act_777"]["name"], rows["act_777"]["currency"]) == ("New", "GBP")
    assert (rows[ACCOUNT]["name"], rows[ACCOUNT]["account_status"]) == ("Renamed", 3)
    assert graph.refusal("GET", "act_987654321")["error_subcode"] == 33

    sandbox.post("seed", platform="meta", restore_accounts=["act_987654321"])
    assert graph.get("act_987654321")


def test_assets_can_be_replaced(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.post("seed", platform="meta", assets={"pixel": [], "page": [{"id": "1", "name": "Only"}]})

    assert graph.get(f"{ACCOUNT}/adspixels")["data"] == []
    assert graph.get(f"{ACCOUNT}/promote_pages")["data"] == [{"id": "1", "name": "Only"}]


REFUSED_SEEDS: dict[str, dict[str, Any]] = {
    "no platform": {"accounts": 1},
    "unknown account": {"platform": "meta", "remove_accounts": ["act_1"]},
    "unknown field": {"platform": "meta", "update_accounts": {ACCOUNT: {"shoe_size": 42}}},
    "unknown currency": {"platform": "meta", "update_accounts": {ACCOUNT: {"currency": "XXX"}}},
    "unknown zone": {"platform": "meta", "add_accounts": [{"timezone_name": "Mars/Olympus"}]},
    "unknown asset": {"platform": "meta", "assets": {"shoes": []}},
    "unknown token order": {"platform": "meta", "tokens": "eat"},
}


@pytest.mark.parametrize("case", REFUSED_SEEDS)
def test_a_seed_that_makes_no_sense_is_refused_and_changes_nothing(sandbox: SandboxProcess, case: str) -> None:
    before = sandbox.objects()

    assert requests.post(f"{sandbox.url}/_sandbox/seed", json=REFUSED_SEEDS[case], timeout=5).status_code == 400
    assert sandbox.objects() == before


def test_a_reset_takes_everything_back(graph: GraphClient, sandbox: SandboxProcess) -> None:
    graph.campaign()
    sandbox.fault("status", value=500, times=None)
    sandbox.post("settings", latency_ms=20)
    sandbox.post("seed", platform="meta", accounts=1)

    sandbox.post("reset")

    assert sandbox.objects(kind="campaign") == []
    assert len(sandbox.objects(kind="account")) == 6
    assert sandbox.get("faults") == sandbox.get("requests") == []
    assert sandbox.get("settings")["latency_ms"] == 0
    assert graph.refusal("GET", "me")["error_subcode"] == 458
    assert graph.token in [row["value"] for row in sandbox.get("secrets")]


def test_a_reset_keeps_what_it_is_told_to(graph: GraphClient, sandbox: SandboxProcess) -> None:
    sandbox.post("settings", review_seconds=9)
    graph.campaign()

    sandbox.post("reset", keep=["tokens", "journal", "settings"])

    assert sandbox.objects(kind="campaign") == []
    assert graph.get("me")
    assert len(sandbox.get("requests")) == 2
    assert sandbox.get("settings")["review_seconds"] == 9


def test_an_unknown_setting_is_refused(sandbox: SandboxProcess) -> None:
    answer = requests.post(f"{sandbox.url}/_sandbox/settings", json={"lag": 1}, timeout=5)

    assert answer.status_code == 400
    assert "latency_ms" in answer.json()["error"]


def test_orders_must_be_json(sandbox: SandboxProcess) -> None:
    form = requests.post(f"{sandbox.url}/_sandbox/seed", data={"platform": "meta", "accounts": "1"}, timeout=5)

    assert form.status_code == 400
    assert len(sandbox.objects(kind="account")) == 6


def test_other_host_names_are_not_answered(sandbox: SandboxProcess) -> None:
    headers = {"Host": "evil.example"}

    assert requests.get(f"{sandbox.url}/_sandbox/secrets", headers=headers, timeout=5).status_code == 400


def test_what_no_platform_serves_is_not_found(sandbox: SandboxProcess) -> None:
    for path in ("nobody/graph/x", "meta/nowhere/x", "nothing"):
        assert requests.get(f"{sandbox.url}/{path}", timeout=5).status_code == 404


def imports(path: Path) -> set[str]:
    """The modules a file imports, relative ones aside."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 0}


def test_the_sandbox_shares_no_code_with_the_product() -> None:
    ours = ("stratum", "integrations", "adaccounts", "campaigns")
    found = {
        f"{path.name}: {module}"
        for path in (PROJECT / "stratum" / "sandbox").rglob("*.py")
        for module in imports(path)
        if module.split(".")[0] in ours and not module.startswith("stratum.sandbox")
    }

    assert found == set()
    assert (PROJECT / "stratum" / "__init__.py").read_text().strip() == ""
