"""TikTok's log-in as the sandbox plays it: the consent page, auth codes, tokens, and what tokens open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from .process import SandboxProcess
from .tiktok_client import APP_ID, CLOSED, EUROPE, MAIN, SECRET, TikTokClient, campaign

REDIRECT = "http://127.0.0.1:8765/oauth/callback"
ASKED = {"app_id": APP_ID, "redirect_uri": REDIRECT, "state": "s-123"}
PORTAL = "tiktok/portal/auth"


def consent(
    sandbox: SandboxProcess, decision: str = "allow", untick: Sequence[str] = (), **asked: str
) -> requests.Response:
    """Opens the page and answers it as a person with a browser would."""
    browser = requests.Session()
    page = browser.get(f"{sandbox.url}/{PORTAL}", params=ASKED | asked, timeout=5)
    assert page.status_code == 200, page.text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token
    ticked = re.findall(r'name="(scopes|advertisers)"\s+value="([^"]+)"', page.text)
    answer = [("csrfmiddlewaretoken", token.group(1)), ("decision", decision)]
    answer += [(name, value) for name, value in ticked if value not in untick]
    return browser.post(page.url, data=answer, allow_redirects=False, timeout=5)


def returned(answer: requests.Response) -> dict[str, str]:
    """What the redirect carries back to the app."""
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(REDIRECT + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def exchange(sandbox: SandboxProcess, code: str, **changes: Any) -> Any:
    body = {"app_id": APP_ID, "secret": SECRET, "auth_code": code} | changes
    return TikTokClient(sandbox.url, "").call("POST", "oauth2/access_token/", json=body).json()


def connected(sandbox: SandboxProcess, **choices: Any) -> TikTokClient:
    code = returned(consent(sandbox, **choices))["auth_code"]
    return TikTokClient(sandbox.url, exchange(sandbox, code)["data"]["access_token"])


@pytest.fixture
def client(sandbox: SandboxProcess) -> TikTokClient:
    return connected(sandbox)


# Consent --------------------------------------------------------------------------------------------------------------


def test_the_person_allows_and_the_code_becomes_a_token_without_an_end(sandbox: SandboxProcess) -> None:
    back = returned(consent(sandbox))
    assert back["state"] == "s-123"

    granted = exchange(sandbox, back["auth_code"])

    assert granted["code"] == 0
    assert set(granted["data"]) == {"access_token", "scope", "advertiser_ids"}
    assert granted["data"]["scope"] == [1, 2, 3, 4, 6, 8]
    assert MAIN in granted["data"]["advertiser_ids"]
    person = TikTokClient(sandbox.url, granted["data"]["access_token"]).get("user/info/")
    assert (person["core_user_id"], person["display_name"]) == ("6812345678901234567", "Dana Whitfield")


def test_the_list_of_accounts_can_be_left_out(sandbox: SandboxProcess) -> None:
    code = returned(consent(sandbox))["auth_code"]

    assert exchange(sandbox, code, return_advertiser_ids=False)["data"]["advertiser_ids"] == []


def test_the_person_denies_and_comes_back_without_a_code(sandbox: SandboxProcess) -> None:
    assert returned(consent(sandbox, "deny")) == {"state": "s-123"}


def test_a_permission_that_lost_its_tick_opens_nothing(sandbox: SandboxProcess) -> None:
    client = connected(sandbox, untick=["8"])

    assert client.refusal("pixel/list/", "GET")[0] == 40001
    assert client.get("identity/get/")["identity_list"] != []


def test_accounts_that_lost_their_tick_are_not_reached(sandbox: SandboxProcess) -> None:
    client = connected(sandbox, untick=[EUROPE])
    listed = client.get("oauth2/advertiser/get/", app_id=APP_ID, secret=SECRET, advertiser_id=None)["list"]

    assert EUROPE not in {row["advertiser_id"] for row in listed}
    client.advertiser = EUROPE
    assert client.refusal("campaign/get/", "GET")[0] == 40001


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"app_id": "42"}, "app_id is not valid"),
        ({"redirect_uri": "https://evil.example/oauth/callback"}, "redirect_uri is not registered"),
        ({"redirect_uri": "http://127.0.0.1:8765/elsewhere"}, "redirect_uri is not registered"),
        ({"state": ""}, "state is missing"),
        ({"scope": "1,2"}, "scope is not known"),  # permissions are the app's, and no request names them
        ({"client_id": APP_ID}, "client_id is not known"),
        ({"response_type": "code"}, "response_type is not known"),
    ],
)
def test_the_page_refuses_without_sending_the_browser_anywhere(
    sandbox: SandboxProcess, changes: dict[str, str], reason: str
) -> None:
    page = requests.get(f"{sandbox.url}/{PORTAL}", params=ASKED | changes, timeout=5)

    assert page.status_code == 400
    assert reason in page.text


def test_the_consent_form_needs_its_csrf_token(sandbox: SandboxProcess) -> None:
    url = f"{sandbox.url}/{PORTAL}"

    assert requests.post(url, params=ASKED, data={"decision": "allow"}, timeout=5).status_code == 403


def test_the_consent_page_says_that_it_is_played(sandbox: SandboxProcess) -> None:
    page = requests.get(f"{sandbox.url}/{PORTAL}", params=ASKED, timeout=5)

    assert "form-action 'self' http://127.0.0.1:8765" in page.headers["Content-Security-Policy"]
    assert "Sandbox – plays TikTok for Business; nothing here is real" in page.text
    assert "Pixel Management" in page.text
    assert "Acme Corp Main" in page.text


# Codes and tokens -----------------------------------------------------------------------------------------------------


def test_a_code_is_good_once(sandbox: SandboxProcess) -> None:
    once = returned(consent(sandbox))["auth_code"]

    assert exchange(sandbox, once)["code"] == 0
    assert exchange(sandbox, once)["code"] == 40110


def test_a_code_does_not_live_for_ever(sandbox: SandboxProcess) -> None:
    sandbox.post("settings", tiktok_code_seconds=0)

    assert exchange(sandbox, returned(consent(sandbox))["auth_code"])["code"] == 40110


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"auth_code": "made-up"}, 40110),
        ({"auth_code": ""}, 40002),
        ({"secret": "wrong"}, 40101),
        ({"app_id": "42"}, 40101),
        ({"app_id": None}, 40002),
        ({"grant_type": "authorization_code"}, 40002),
        ({"redirect_uri": REDIRECT}, 40002),
    ],
)
def test_an_exchange_that_is_not_as_documented_is_refused(
    sandbox: SandboxProcess, changes: dict[str, Any], code: int
) -> None:
    assert exchange(sandbox, returned(consent(sandbox))["auth_code"], **changes)["code"] == code


def test_a_form_is_no_exchange(sandbox: SandboxProcess) -> None:
    body = {"app_id": APP_ID, "secret": SECRET, "auth_code": returned(consent(sandbox))["auth_code"]}
    answer = TikTokClient(sandbox.url, "").call("POST", "oauth2/access_token/", data=body)

    assert answer.json()["code"] == 40002


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Access-Token": ""}, 40104),
        ({"Access-Token": "0" * 40}, 40105),
        ({"Access-Token": "", "Authorization": "Bearer {token}"}, 40104),
    ],
)
def test_a_token_goes_into_its_own_header(client: TikTokClient, headers: dict[str, str], code: int) -> None:
    sent = {name: value.format(token=client.token) for name, value in headers.items()}

    assert client.call("GET", "user/info/", headers=sent).json()["code"] == code
    assert client.call("GET", "user/info/", params={"access_token": client.token}).json()["code"] == 40002


def test_a_token_can_be_given_back(sandbox: SandboxProcess, client: TikTokClient) -> None:
    body = {"app_id": APP_ID, "secret": SECRET, "access_token": client.token}

    given_back = client.call("POST", "oauth2/revoke_token/", json=body).json()

    assert (given_back["code"], given_back["data"]["app_id"]) == (0, APP_ID)
    assert client.call("GET", "user/info/").json()["code"] == 40105
    assert client.call("POST", "oauth2/revoke_token/", json=body).json()["code"] == 40105


def test_only_its_own_app_gives_a_token_back(client: TikTokClient) -> None:
    body = {"app_id": APP_ID, "secret": "wrong", "access_token": client.token}

    assert client.call("POST", "oauth2/revoke_token/", json=body).json()["code"] == 40101
    assert client.call("GET", "user/info/").json()["code"] == 0


def test_codes_and_tokens_are_listed_as_secrets(sandbox: SandboxProcess, client: TikTokClient) -> None:
    values = {row["value"] for row in sandbox.get("secrets", platform="tiktok")}

    assert {client.token, SECRET} <= values
    assert len(values) >= 3


# The front of the API -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "user/info", 404),
        ("GET", "campaigns/", 404),
        ("GET", "campaign/create/", 405),
        ("POST", "campaign/get/", 405),
        ("PUT", "campaign/create/", 405),
    ],
)
def test_what_misses_the_api_gets_no_envelope(client: TikTokClient, method: str, path: str, status: int) -> None:
    answer = client.call(method, path)

    assert answer.status_code == status
    assert answer.text.startswith(str(status))


def test_another_version_is_no_longer_spoken(client: TikTokClient) -> None:
    url = f"{client.url}/tiktok/api/open_api/v1.2/user/info/"
    answer = requests.get(url, headers={"Access-Token": client.token}, timeout=5)

    assert answer.json()["code"] == 40006


@pytest.mark.parametrize(
    ("advertiser", "code"), [(None, 40002), ("", 40002), ("7000000000000000000", 40300), (7012345678901234561, 40002)]
)
def test_the_advertiser_is_a_string_and_one_that_was_ticked(client: TikTokClient, advertiser: Any, code: int) -> None:
    assert client.ask("POST", "campaign/create/", **(campaign() | {"advertiser_id": advertiser}))["code"] == code


def test_a_closed_account_can_be_read_and_not_written(client: TikTokClient) -> None:
    client.advertiser = CLOSED

    assert client.get("campaign/get/")["list"] == []
    assert client.refusal("campaign/create/", **campaign())[0] == 40001


@pytest.mark.parametrize("body", ["{", "[1]", '"text"', "", "null"])
def test_a_body_that_is_no_object_is_refused(client: TikTokClient, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.call("POST", "campaign/create/", data=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (200, 40002)


@pytest.mark.parametrize(
    ("effect", "value", "code"),
    [
        ("rate_limit", "QPM", 40100),
        ("token_expired", None, 40102),
        ("token_revoked", None, 40105),
    ],
)
def test_faults_speak_tiktoks_language(
    sandbox: SandboxProcess, client: TikTokClient, effect: str, value: str | None, code: int
) -> None:
    more = {} if value is None else {"value": value}
    sandbox.fault(effect, path="/campaign/create/", platform="tiktok", times=1, **more)

    answer = client.ask("POST", "campaign/create/", **campaign())

    assert answer["code"] == code
    assert (value or "") in answer["message"]
    after = 0 if effect != "token_revoked" else 40105
    assert client.ask("POST", "campaign/create/", **campaign())["code"] == after


def test_an_outage_answers_with_the_gateways_page(sandbox: SandboxProcess, client: TikTokClient) -> None:
    sandbox.fault("status", path="/campaign/create/", platform="tiktok", value=502, times=1)

    answer = client.call("POST", "campaign/create/", json={"advertiser_id": MAIN, **campaign()})

    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
