"""Connecting: consent page, auth code, token, permissions, and giving access back."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests
import responses

from integrations.contracts import ConsentError, Grant, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Exchange
from integrations.platforms.tiktok.adapter import TikTokPlatform
from tests.tiktok.conftest import Sandbox

CALLBACK = "http://127.0.0.1:8000/oauth/callback"
API = "https://business-api.tiktok.com/open_api/v1.3"
TOKEN_URL, PERSON_URL = f"{API}/oauth2/access_token/", f"{API}/user/info/"
PERSON = {"core_user_id": "77", "display_name": "Dana"}


@pytest.fixture
def real_addresses(settings: Any) -> None:
    """The addresses of the real TikTok; nothing leaves, `responses` answers."""
    host = "https://business-api.tiktok.com"
    urls = {"api_url": host, "authorize_url": host}
    settings.PLATFORMS = {**settings.PLATFORMS, "tiktok": {**settings.PLATFORMS["tiktok"], **urls}}


def enveloped(data: Any, code: int = 0, message: str = "OK") -> dict[str, Any]:
    return {"code": code, "message": message, "request_id": "20261124TRACE", "data": data}


def consent(url: str, *, allow: bool = True, without: str = "") -> dict[str, str]:
    """Act as the person at the consent page; return the callback's parameters."""
    with requests.Session() as browser:
        page = browser.get(url, timeout=10).text
        form = [(name, value) for name, value in _fields(page) if value != without]
        button = re.search(r'<button[^>]*name="(\w+)"[^>]*value="(%s)"' % ("allow" if allow else "deny"), page)
        assert button, page
        answer = browser.post(url, data=[*form, (button[1], button[2])], allow_redirects=False, timeout=10)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def _fields(page: str) -> list[tuple[str, str]]:
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", page)]
    return [(i["name"], i.get("value", "")) for i in inputs if "name" in i]


def _connect(visitor: TikTokPlatform, **choices: Any) -> Grant:
    return visitor.exchange(consent(visitor.authorize_url("s", "", CALLBACK), **choices), "", CALLBACK)


# Consent --------------------------------------------------------------------------------------------------------------


def test_the_consent_page_is_asked_as_documented(visitor: TikTokPlatform, real_addresses: None) -> None:
    url = urlsplit(visitor.authorize_url("the-state", "unused", CALLBACK))

    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://business-api.tiktok.com/portal/auth"
    assert parse_qs(url.query) == {
        "app_id": ["7000000000000000001"],
        "state": ["the-state"],
        "redirect_uri": [CALLBACK],
    }


def test_consent_becomes_a_grant_whose_token_has_no_end(sandbox: Sandbox, visitor: TikTokPlatform) -> None:
    callback = consent(visitor.authorize_url("s1", "", CALLBACK))

    grant = visitor.exchange(callback, "", CALLBACK)

    assert callback["state"] == "s1"
    assert (grant.external_user_id, grant.external_user_name) == ("6812345678901234567", "Dana Whitfield")
    assert grant.scopes >= TikTokPlatform.scopes
    assert (grant.tokens.expires_at, grant.tokens.refresh_token) == (None, "")


def test_the_grant_works(sandbox: Sandbox, visitor: TikTokPlatform) -> None:
    visitor.tokens = _connect(visitor).tokens

    assert len(list(visitor.list_accounts())) == 5


def test_only_the_ticked_accounts_are_reached(sandbox: Sandbox, visitor: TikTokPlatform) -> None:
    visitor.tokens = _connect(visitor, without="7012345678901234562").tokens

    assert "7012345678901234562" not in {account.external_id for account in visitor.list_accounts()}


def test_secrets_are_in_no_record_of_the_exchange(
    sandbox: Sandbox, visitor: TikTokPlatform, exchanges: list[Exchange]
) -> None:
    grant = _connect(visitor)
    visitor.tokens = grant.tokens
    list(visitor.list_accounts())
    visitor.revoke(grant.tokens, grant.external_user_id)
    secrets = [row["value"] for row in sandbox.look("secrets")]

    assert len(secrets) >= 3
    assert len(exchanges) == 6
    assert [secret for secret in secrets if secret in repr(exchanges)] == []


def test_a_denial_says_what_to_do(sandbox: Sandbox, visitor: TikTokPlatform) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK), allow=False)

    with pytest.raises(ConsentError, match=r"access was declined\. Connect again") as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.code == "CONSENT_DENIED"


@pytest.mark.parametrize("callback", [{}, {"auth_code": ""}, {"code": "no-auth-code"}, {"error": "access_denied"}])
def test_a_callback_without_an_auth_code_never_asks_for_a_token(
    visitor: TikTokPlatform, callback: dict[str, str]
) -> None:
    with pytest.raises(ConsentError) as caught:
        visitor.exchange(callback, "", CALLBACK)  # pytest-socket would refuse a connection

    assert caught.value.code == "CONSENT_DENIED"


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("1", r"Ad Account Management \(to list the ad accounts\)"),
        ("2", r"Ads Management \(to create campaigns"),
        ("6", r"Creative Management \(to upload pictures and videos"),
        ("8", r"Pixel Management \(to list the pixels"),
    ],
)
def test_a_missing_permission_is_named_with_its_purpose(
    sandbox: Sandbox, visitor: TikTokPlatform, scope: str, said: str
) -> None:
    with pytest.raises(ConsentError, match=said) as caught:
        _connect(visitor, without=scope)

    assert caught.value.code == "PERMISSION_MISSING"
    assert str(caught.value).count("(to ") == 1


@pytest.mark.parametrize("scope", ["3", "4"])
def test_what_we_do_not_need_may_be_left_out(sandbox: Sandbox, visitor: TikTokPlatform, scope: str) -> None:
    assert scope not in _connect(visitor, without=scope).scopes


# The code -------------------------------------------------------------------------------------------------------------


@responses.activate
def test_the_code_is_exchanged_as_documented(visitor: TikTokPlatform, real_addresses: None) -> None:
    granted = {"access_token": "t" * 40, "scope": [1, 2, 6, 8], "advertiser_ids": []}
    responses.post(TOKEN_URL, json=enveloped(granted))
    responses.get(PERSON_URL, json=enveloped(PERSON))

    grant = visitor.exchange({"auth_code": "abc", "code": "abc", "state": "s"}, "", CALLBACK)

    asked, person = (call.request for call in responses.calls)
    assert json.loads(asked.body or "") == {
        "app_id": "7000000000000000001",
        "secret": "sandbox-tiktok-secret-0001",
        "auth_code": "abc",
        "return_advertiser_ids": False,
    }
    assert "Access-Token" not in asked.headers
    assert person.headers["Access-Token"] == "t" * 40
    assert (grant.tokens.access_token, grant.scopes) == ("t" * 40, frozenset({"1", "2", "6", "8"}))


def test_a_code_works_once(sandbox: Sandbox, visitor: TikTokPlatform) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK))
    visitor.exchange(callback, "", CALLBACK)

    with pytest.raises(ConsentError, match="no longer accepts the code") as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.code == "CODE_REFUSED"


def test_a_code_that_took_too_long_is_refused(sandbox: Sandbox, visitor: TikTokPlatform) -> None:
    sandbox.order("settings", tiktok_code_seconds=0)

    with pytest.raises(ConsentError) as caught:
        _connect(visitor)

    assert caught.value.code == "CODE_REFUSED"


def test_a_wrong_app_secret_is_the_admins_business(sandbox: Sandbox, visitor: TikTokPlatform, settings: Any) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK))
    settings.PLATFORMS["tiktok"]["client_secret"] = "wrong"

    with pytest.raises(ConsentError, match="TIKTOK_APP_SECRET") as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.code == "APP_REFUSED"


@pytest.mark.parametrize("effect", ["drop_before", "drop_after", "reset"])
def test_a_platform_that_is_down_is_no_consent_error(sandbox: Sandbox, visitor: TikTokPlatform, effect: str) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK))
    sandbox.fault(effect, "/oauth2/access_token/")

    with pytest.raises(PlatformError) as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.kind is ErrorKind.TRANSIENT


@responses.activate
@pytest.mark.parametrize(
    "answer",
    [
        {"json": enveloped({}, 50000, "System error")},
        {"json": enveloped({"scope": [1, 2, 6, 8]})},
        {"json": enveloped([])},
        {"body": "<html>hello</html>"},
        {"body": "<html>down</html>", "status": 502},
    ],
)
def test_an_answer_without_a_token_is_tried_again_later(
    visitor: TikTokPlatform, real_addresses: None, answer: dict[str, Any]
) -> None:
    responses.post(TOKEN_URL, **answer)

    with pytest.raises(PlatformError) as caught:
        visitor.exchange({"auth_code": "abc"}, "", CALLBACK)

    assert caught.value.kind is ErrorKind.TRANSIENT


@responses.activate
def test_a_person_whose_name_is_not_told_is_connected_all_the_same(
    visitor: TikTokPlatform, real_addresses: None
) -> None:
    responses.post(TOKEN_URL, json=enveloped({"access_token": "t", "scope": [1, 2, 6, 8]}))
    responses.get(PERSON_URL, json=enveloped({}, 40001, "No permission"))

    grant = visitor.exchange({"auth_code": "abc"}, "", CALLBACK)

    assert (grant.external_user_id, grant.external_user_name) == ("unknown", "TikTok for Business")


# The token ------------------------------------------------------------------------------------------------------------


def test_renewal_asks_whether_the_token_works_and_keeps_it(sandbox: Sandbox, tiktok: TikTokPlatform) -> None:
    assert tiktok.tokens
    before = tiktok.tokens

    assert tiktok.refresh(before) == before
    assert sandbox.calls(method="GET") == ["/user/info/"]


@responses.activate
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"json": enveloped({}, 40102, "expired")}, ErrorKind.AUTH),
        ({"json": enveloped({}, 40105, "revoked")}, ErrorKind.AUTH),
        ({"json": enveloped({}, 50000, "oops")}, ErrorKind.TRANSIENT),
        ({"body": "<html>down</html>", "status": 502}, ErrorKind.TRANSIENT),
        ({"json": enveloped({}, 40100, "QPS")}, ErrorKind.RATE_LIMITED),
    ],
)
def test_a_failed_renewal_leaves_no_doubt_about_the_token(
    visitor: TikTokPlatform, real_addresses: None, answer: dict[str, Any], kind: ErrorKind
) -> None:
    responses.get(PERSON_URL, **answer)

    with pytest.raises(PlatformError) as caught:
        visitor.refresh(Tokens("t"))

    assert caught.value.kind is kind


def test_revoking_ends_the_token(sandbox: Sandbox, visitor: TikTokPlatform) -> None:
    grant = _connect(visitor)
    visitor.tokens = grant.tokens

    visitor.revoke(grant.tokens, grant.external_user_id)

    with pytest.raises(PlatformError) as caught:
        list(visitor.list_accounts())
    assert (caught.value.kind, caught.value.code) == (ErrorKind.AUTH, "TOKEN_EXPIRED")


def test_without_a_connection_nothing_is_asked(visitor: TikTokPlatform) -> None:
    with pytest.raises(PlatformError) as caught:
        list(visitor.list_accounts())

    assert caught.value.code == "TOKEN_EXPIRED"
