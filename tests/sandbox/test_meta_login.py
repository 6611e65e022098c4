"""Facebook Login as the sandbox plays it: the consent page, codes, tokens, and what tokens open."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from .graph_client import ACCOUNT, CLIENT_ID, CLIENT_SECRET, GraphClient, campaign
from .process import SandboxProcess

REDIRECT = "http://127.0.0.1:8765/oauth/callback"
ASKED = {
    "client_id": CLIENT_ID,
    "redirect_uri": REDIRECT,
    "state": "s-123",
    "response_type": "code",
    "scope": "ads_management,ads_read,business_management",
}


def consent(
    sandbox: SandboxProcess, decision: str = "allow", untick: Sequence[str] = (), **asked: str
) -> requests.Response:
    """Opens the dialog and answers it as a person with a browser would."""
    browser = requests.Session()
    page = browser.get(f"{sandbox.url}/meta/www/v26.0/dialog/oauth", params=ASKED | asked, timeout=5)
    assert page.status_code == 200, page.text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token
    ticked = [scope for scope in re.findall(r'name="granted"\s+value="([^"]+)"', page.text) if scope not in untick]
    answer = {"csrfmiddlewaretoken": token.group(1), "decision": decision, "granted": ticked}
    return browser.post(page.url, data=answer, allow_redirects=False, timeout=5)


def returned(answer: requests.Response) -> dict[str, str]:
    """What the redirect carries back to the app."""
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(REDIRECT + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def code(sandbox: SandboxProcess, **asked: str) -> str:
    return returned(consent(sandbox, **asked))["code"]


def exchange(sandbox: SandboxProcess, **changes: str) -> requests.Response:
    fields = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uri": REDIRECT} | changes
    return requests.post(f"{sandbox.url}/meta/graph/v26.0/oauth/access_token", data=fields, timeout=5)


def test_the_person_allows_and_the_code_becomes_a_long_lived_token(sandbox: SandboxProcess) -> None:
    back = returned(consent(sandbox))
    assert back["state"] == "s-123"

    short = exchange(sandbox, code=back["code"]).json()
    assert short["token_type"] == "bearer"
    assert short["access_token"].startswith("EAAG")
    assert short["expires_in"] < 7201

    long = exchange(sandbox, grant_type="fb_exchange_token", fb_exchange_token=short["access_token"]).json()
    assert long["expires_in"] == 5183944
    assert GraphClient(sandbox.url, long["access_token"]).get("me") == {
        "id": "10158012345678901",
        "name": "Dana Whitfield",
    }


def test_a_token_can_be_fetched_by_get_as_well(sandbox: SandboxProcess) -> None:
    fields = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": REDIRECT,
        "code": code(sandbox),
    }

    answer = requests.get(f"{sandbox.url}/meta/graph/v26.0/oauth/access_token", params=fields, timeout=5)
    assert "access_token" in answer.json()


def test_the_person_denies(sandbox: SandboxProcess) -> None:
    back = returned(consent(sandbox, "deny"))

    assert (back["error"], back["error_reason"], back["state"]) == ("access_denied", "user_denied", "s-123")


def test_a_permission_that_lost_its_tick_is_declined(sandbox: SandboxProcess) -> None:
    back = returned(consent(sandbox, untick=["ads_management"]))
    client = GraphClient(sandbox.url, exchange(sandbox, code=back["code"]).json()["access_token"])

    rows = {row["permission"]: row["status"] for row in client.get("me/permissions")["data"]}
    assert rows["ads_management"] == "declined"
    assert rows["ads_read"] == "granted"
    assert client.refusal("POST", f"{ACCOUNT}/campaigns", **campaign())["code"] == 200
    assert client.get(f"{ACCOUNT}/campaigns")["data"] == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"client_id": "42"}, "Invalid App ID"),
        ({"redirect_uri": "https://evil.example/oauth/callback"}, "URL Blocked"),
        ({"redirect_uri": "http://127.0.0.1:8765/elsewhere"}, "URL Blocked"),
        ({"state": ""}, "state is required"),
        ({"response_type": "token"}, "response_type"),
        ({"scope": "ads_managment"}, "Invalid Scopes: ads_managment"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "code_challenge_method"),
    ],
)
def test_the_dialog_refuses_without_sending_the_browser_anywhere(
    sandbox: SandboxProcess, changes: dict[str, str], reason: str
) -> None:
    page = requests.get(f"{sandbox.url}/meta/www/v26.0/dialog/oauth", params=ASKED | changes, timeout=5)

    assert page.status_code == 400
    assert reason in page.text


def test_the_consent_form_needs_its_csrf_token(sandbox: SandboxProcess) -> None:
    url = f"{sandbox.url}/meta/www/v26.0/dialog/oauth"

    assert requests.post(url, params=ASKED, data={"decision": "allow"}, timeout=5).status_code == 403


def test_the_consent_page_lets_its_form_lead_back_to_the_app(sandbox: SandboxProcess) -> None:
    page = requests.get(f"{sandbox.url}/meta/www/v26.0/dialog/oauth", params=ASKED, timeout=5)

    assert "form-action 'self' http://127.0.0.1:8765" in page.headers["Content-Security-Policy"]
    assert "Sandbox – plays Meta; nothing here is real" in page.text


def test_a_code_is_good_once(sandbox: SandboxProcess) -> None:
    once = code(sandbox)

    assert exchange(sandbox, code=once).status_code == 200
    assert exchange(sandbox, code=once).json()["error"]["error_subcode"] == 36009


def test_a_code_does_not_live_long(sandbox: SandboxProcess) -> None:
    sandbox.post("settings", code_seconds=0.01)
    late = code(sandbox)
    time.sleep(0.02)

    assert exchange(sandbox, code=late).json()["error"]["error_subcode"] == 36007


@pytest.mark.parametrize(
    ("changes", "error_code", "subcode"),
    [
        ({"client_id": "42"}, 101, None),
        ({"client_secret": "wrong"}, 1, None),
        ({"redirect_uri": "http://localhost:8765/oauth/callback"}, 100, 36008),
        ({"code": "AQmadeup"}, 100, None),
        ({"grant_type": "client_credentials"}, 1, None),
    ],
)
def test_the_token_endpoint_refuses(
    sandbox: SandboxProcess, changes: dict[str, str], error_code: int, subcode: int | None
) -> None:
    answer = exchange(sandbox, **{"code": code(sandbox)} | changes)

    assert answer.status_code == 400
    assert (answer.json()["error"]["code"], answer.json()["error"].get("error_subcode")) == (error_code, subcode)


def test_a_code_that_was_asked_for_with_a_challenge_needs_the_verifier(sandbox: SandboxProcess) -> None:
    verifier = "v" * 64
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    guarded = code(sandbox, code_challenge=challenge, code_challenge_method="S256")

    assert exchange(sandbox, code=guarded).status_code == 400
    assert exchange(sandbox, code=guarded, code_verifier="w" * 64).status_code == 400
    assert exchange(sandbox, code=guarded, code_verifier=verifier).status_code == 200


def test_an_expired_token_is_not_exchanged(sandbox: SandboxProcess, graph: GraphClient) -> None:
    sandbox.post("seed", platform="meta", tokens="expire")

    answer = exchange(sandbox, grant_type="fb_exchange_token", fb_exchange_token=graph.token)
    assert answer.json()["error"]["error_subcode"] == 463


@pytest.mark.parametrize(("order", "subcode"), [("expire", 463), ("revoke", 458)])
def test_a_dead_token_opens_nothing(sandbox: SandboxProcess, graph: GraphClient, order: str, subcode: int) -> None:
    assert graph.get("me")
    sandbox.post("seed", platform="meta", tokens=order)

    answer = graph.call("GET", "me")
    assert answer.status_code == 401
    assert (answer.json()["error"]["code"], answer.json()["error"]["error_subcode"]) == (190, subcode)


@pytest.mark.parametrize(
    ("params", "error_code"),
    [
        ({"access_token": ""}, 2500),
        ({"access_token": "EAAGmadeup"}, 190),
        ({"appsecret_proof": "0" * 64}, 100),
        ({"appsecret_proof": ""}, 100),
    ],
)
def test_token_and_proof_are_checked(graph: GraphClient, params: dict[str, str], error_code: int) -> None:
    assert graph.refusal("GET", "me", **params)["code"] == error_code


def test_a_call_without_proof_is_refused(sandbox: SandboxProcess, graph: GraphClient) -> None:
    answer = requests.get(f"{sandbox.url}/meta/graph/v26.0/me", params={"access_token": graph.token}, timeout=5)

    assert "appsecret_proof" in answer.json()["error"]["message"]


def test_a_token_may_come_in_the_authorization_header(sandbox: SandboxProcess, graph: GraphClient) -> None:
    answer = requests.get(
        f"{sandbox.url}/meta/graph/v26.0/me",
        params={"appsecret_proof": graph.proof},
        headers={"Authorization": f"Bearer {graph.token}"},
        timeout=5,
    )

    assert answer.json()["name"] == "Dana Whitfield"


def test_withdrawing_the_grant_kills_every_token_of_the_person(sandbox: SandboxProcess, graph: GraphClient) -> None:
    other = GraphClient(sandbox.url, sandbox.post("tokens", platform="meta")["access_token"])

    assert graph.delete("10158012345678901/permissions") == {"success": True}
    assert graph.refusal("GET", "me")["code"] == other.refusal("GET", "me")["code"] == 190


def test_one_permission_can_be_withdrawn(graph: GraphClient) -> None:
    graph.delete("me/permissions/ads_management")

    assert graph.refusal("POST", f"{ACCOUNT}/campaigns", **campaign())["code"] == 200
    assert graph.get(f"{ACCOUNT}/campaigns")


def test_the_app_can_look_into_its_tokens(sandbox: SandboxProcess, graph: GraphClient) -> None:
    url = f"{sandbox.url}/meta/graph/v26.0/debug_token"
    query = {"input_token": graph.token, "access_token": f"{CLIENT_ID}|{CLIENT_SECRET}"}

    data = requests.get(url, params=query, timeout=5).json()["data"]
    assert (data["app_id"], data["is_valid"]) == (CLIENT_ID, True)
    assert "ads_management" in data["scopes"]

    sandbox.post("seed", platform="meta", tokens="revoke")
    assert requests.get(url, params=query, timeout=5).json()["data"]["is_valid"] is False

    query["access_token"] = f"{CLIENT_ID}|wrong"
    assert requests.get(url, params=query, timeout=5).status_code == 401


def test_pages_need_a_permission_of_their_own(sandbox: SandboxProcess) -> None:
    token = sandbox.post("tokens", platform="meta", scopes=["ads_read"])["access_token"]
    client = GraphClient(sandbox.url, token)

    assert client.refusal("GET", "me/accounts")["code"] == 200
    assert len(client.get(f"{ACCOUNT}/promote_pages")["data"]) == 2
