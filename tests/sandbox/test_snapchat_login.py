"""Snapchat's log-in as the sandbox plays it: consent page, codes, tokens of an hour, what they open."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from .process import SandboxProcess
from .snap_client import CLIENT_ID, CLIENT_SECRET, MAIN, ORGANIZATION, SnapClient, ad_squad, campaign

REDIRECT = "http://127.0.0.1:8765/oauth/callback"
MARKETING, PROFILES = "snapchat-marketing-api", "snapchat-profile-api"
ASKED = {
    "client_id": CLIENT_ID,
    "redirect_uri": REDIRECT,
    "state": "s-123",
    "response_type": "code",
    "scope": MARKETING,
}


def consent(sandbox: SandboxProcess, decision: str = "allow", **asked: str) -> dict[str, str]:
    """Opens the page and answers it as a person with a browser would; returns what is carried back to the app."""
    browser = requests.Session()
    address = f"{sandbox.url}/snapchat/accounts/login/oauth2/authorize"
    page = browser.get(address, params=ASKED | asked, timeout=5)
    assert page.status_code == 200, page.text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token
    form = {"csrfmiddlewaretoken": token.group(1), "decision": decision}
    answer = browser.post(page.url, data=form, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(REDIRECT + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def exchange(sandbox: SandboxProcess, **changes: str) -> requests.Response:
    fields = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "grant_type": "authorization_code",
        "redirect_uri": REDIRECT,
    }
    address = f"{sandbox.url}/snapchat/accounts/login/oauth2/access_token"
    return requests.post(address, data=fields | changes, timeout=5)


def renew(sandbox: SandboxProcess, refresh_token: str) -> requests.Response:
    return exchange(sandbox, grant_type="refresh_token", refresh_token=refresh_token)


def test_the_person_allows_and_the_code_becomes_tokens(sandbox: SandboxProcess) -> None:
    back = consent(sandbox)
    assert back["state"] == "s-123"

    granted = exchange(sandbox, code=back["code"]).json()

    assert (granted["token_type"], granted["expires_in"], granted["scope"]) == ("Bearer", 3600, MARKETING)
    assert granted["refresh_token"] != granted["access_token"]
    me = SnapClient(sandbox.url, granted["access_token"]).call("GET", "me").json()
    assert (me["request_status"], me["me"]["display_name"]) == ("success", "Dana Whitfield")


def test_the_person_denies(sandbox: SandboxProcess) -> None:
    assert consent(sandbox, "deny") == {"error": "access_denied", "state": "s-123"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"client_id": "x"}, "invalid_client"),
        ({"redirect_uri": "https://evil.example/oauth/callback"}, "invalid_redirect_uri"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": f"{MARKETING},{PROFILES}"}, "invalid_scope"),
        ({"scope": "ads_read"}, "invalid_scope: ads_read"),
    ],
)
def test_no_app_can_have_meant_this(sandbox: SandboxProcess, changes: dict[str, str], problem: str) -> None:
    address = f"{sandbox.url}/snapchat/accounts/login/oauth2/authorize"

    page = requests.get(address, params=ASKED | changes, allow_redirects=False, timeout=5)

    assert page.status_code == 400
    assert problem in page.text


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "x"}, 401, "invalid_client"),
        ({"client_id": "x"}, 401, "invalid_client"),
        ({"code": "x"}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:9999/oauth/callback"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_code_is_redeemed_by_the_app_it_was_given_to(
    sandbox: SandboxProcess, changes: dict[str, str], status: int, error: str
) -> None:
    answer = exchange(sandbox, **({"code": consent(sandbox)["code"]} | changes))

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_code_works_once_and_not_for_long(sandbox: SandboxProcess) -> None:
    code = consent(sandbox)["code"]
    assert exchange(sandbox, code=code).status_code == 200
    assert exchange(sandbox, code=code).json()["error"] == "invalid_grant"

    sandbox.post("settings", snapchat_code_seconds=0)
    assert exchange(sandbox, code=consent(sandbox)["code"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_renews_and_stays(sandbox: SandboxProcess) -> None:
    first = exchange(sandbox, code=consent(sandbox)["code"]).json()

    second, third = (renew(sandbox, first["refresh_token"]).json() for _ in range(2))

    assert second["refresh_token"] == third["refresh_token"] == first["refresh_token"]
    assert len({first["access_token"], second["access_token"], third["access_token"]}) == 3
    assert SnapClient(sandbox.url, third["access_token"]).call("GET", "me").status_code == 200


def test_refresh_tokens_may_be_made_to_rotate(sandbox: SandboxProcess) -> None:
    sandbox.post("settings", snapchat_rotates_refresh_tokens=True)
    first = exchange(sandbox, code=consent(sandbox)["code"]).json()

    second = renew(sandbox, first["refresh_token"]).json()

    assert second["refresh_token"] != first["refresh_token"]
    assert renew(sandbox, first["refresh_token"]).json()["error"] == "invalid_grant"
    assert renew(sandbox, second["refresh_token"]).status_code == 200


def test_an_access_token_ends_by_itself_and_the_refresh_token_does_not(sandbox: SandboxProcess) -> None:
    issued = sandbox.post("tokens", platform="snapchat", expires_in=0)

    answer = SnapClient(sandbox.url, issued["access_token"]).call("GET", "me")

    assert (answer.status_code, answer.json()["display_message"]) == (401, "The access token has expired.")
    assert renew(sandbox, issued["refresh_token"]).status_code == 200


def test_access_that_is_taken_back_ends_both(sandbox: SandboxProcess) -> None:
    issued = sandbox.post("tokens", platform="snapchat")
    sandbox.post("seed", platform="snapchat", tokens="revoke")

    assert SnapClient(sandbox.url, issued["access_token"]).call("GET", "me").status_code == 401
    assert renew(sandbox, issued["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("token", ["", "x", "hCgwKCja" + "0" * 152])
def test_nothing_is_shown_without_a_token(sandbox: SandboxProcess, token: str) -> None:
    answer = SnapClient(sandbox.url, token).call("GET", "me/organizations")

    assert (answer.status_code, answer.json()["request_status"]) == (401, "ERROR")


def test_a_scope_opens_its_own_host(sandbox: SandboxProcess) -> None:
    sandbox.post("settings", snapchat_profiles="scope")
    both = sandbox.post("tokens", platform="snapchat", scopes=[MARKETING, PROFILES])["access_token"]
    one = sandbox.post("tokens", platform="snapchat", scopes=[MARKETING])["access_token"]
    other = sandbox.post("tokens", platform="snapchat", scopes=[PROFILES])["access_token"]
    path = f"organizations/{ORGANIZATION}/public_profiles"

    opened = {
        name: (
            SnapClient(sandbox.url, token).call("GET", path, "businessapi").status_code,
            SnapClient(sandbox.url, token).call("GET", f"adaccounts/{MAIN}").status_code,
        )
        for name, token in (("both", both), ("marketing", one), ("profiles", other))
    }

    assert opened == {"both": (200, 200), "marketing": (403, 200), "profiles": (200, 403)}


def test_secrets_are_in_no_journal(sandbox: SandboxProcess, snap: SnapClient) -> None:
    granted = exchange(sandbox, code=consent(sandbox)["code"]).json()
    renew(sandbox, granted["refresh_token"])
    snap.campaign()

    journal = str(sandbox.get("requests"))
    secrets = [row["value"] for row in sandbox.get("secrets") if row["platform"] == "snapchat"]

    assert len(secrets) >= 6
    assert [secret for secret in secrets if secret in journal] == []


# Faults and pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "value", "status", "expected"),
    [
        ("rate_limit", 7, 429, {"display_message": "Rate limit exceeded. Please slow down."}),
        ("token_expired", None, 401, {"display_message": "The access token has expired."}),
        ("token_revoked", None, 401, {"display_message": "The access token is not valid."}),
        ("status", 500, 500, {"debug_message": "Internal server error"}),
        ("status", 403, 403, {"display_message": "You do not have permission to do this."}),
        ("error_body", {"request_status": "ERROR", "error_code": "E3002"}, 400, {"error_code": "E3002"}),
    ],
)
def test_faults_speak_snapchats_language(
    sandbox: SandboxProcess, snap: SnapClient, effect: str, value: Any, status: int, expected: dict[str, str]
) -> None:
    order = {"platform": "snapchat", "match": {"path": "/campaigns$"}, "effect": effect}
    sandbox.post("faults", **order, **({} if value is None else {"value": value}))

    answer = snap.write(f"adaccounts/{MAIN}", "campaigns", campaign())

    assert answer.status_code == status
    assert answer.json()["request_status"] == "ERROR"
    assert answer.json() | expected == answer.json()
    assert answer.headers.get("Retry-After") == ("7" if effect == "rate_limit" else None)
    assert sandbox.get("objects", platform="snapchat", kind="campaign") == []


def test_the_dashboard_shows_a_campaign_with_all_that_is_below_it(sandbox: SandboxProcess, snap: SnapClient) -> None:
    made = snap.campaign(name="Sale <b>& more</b>")
    squad = snap.make(f"campaigns/{made['id']}", "adsquads", ad_squad(made["id"]))
    card = snap.creative()
    snap.make(
        f"adsquads/{squad['id']}",
        "ads",
        {
            "ad_squad_id": squad["id"], "creative_id": card["id"], "name": "Ad A", "status": "PAUSED",
            "type": "REMOTE_WEBPAGE",
        },
    )  # fmt: skip

    shown = requests.get(f"{sandbox.url}/snapchat/web/{MAIN}/campaigns/{made['id']}", timeout=5)

    assert shown.status_code == 200
    assert "Sandbox – plays Snapchat; nothing here is real" in shown.text
    assert "Sale &lt;b&gt;&amp; more&lt;/b&gt;" in shown.text
    for text in ("USD 50.00 a day", "USD 20.00 a day", "25 to 54", "United States", "Fashion", "Shop now", "Acme"):
        assert text in shown.text
    image = re.search(r'<img src="([^"]+)"', shown.text)
    assert image
    assert requests.get(image.group(1), timeout=5).headers["Content-Type"] == "image/png"


def test_the_dashboard_lists_an_accounts_campaigns(sandbox: SandboxProcess, snap: SnapClient) -> None:
    made = snap.campaign(name="One of many")

    shown = requests.get(f"{sandbox.url}/snapchat/web/{MAIN}/campaigns", timeout=5)
    foreign = requests.get(f"{sandbox.url}/snapchat/web/{ORGANIZATION}/campaigns", timeout=5)

    assert "One of many" in shown.text
    assert f"/{made['id']}" in shown.text
    assert foreign.status_code == 404
