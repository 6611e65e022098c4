"""Connecting: consent page, code, tokens, permissions, renewal, and giving access back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
import requests
import responses
from django.utils import timezone

from integrations.contracts import ConsentError, Grant, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Exchange
from integrations.platforms.meta.adapter import MetaPlatform
from tests.meta.conftest import Sandbox

CALLBACK = "http://127.0.0.1:8000/oauth/callback"
TOKEN_URL = "https://graph.facebook.com/v26.0/oauth/access_token"


@pytest.fixture
def real_addresses(settings: Any) -> None:
    """The addresses of the real Meta; nothing leaves, `responses` answers."""
    meta = settings.PLATFORMS["meta"]
    urls = {"api_url": "https://graph.facebook.com", "authorize_url": "https://www.facebook.com"}
    settings.PLATFORMS = {**settings.PLATFORMS, "meta": {**meta, **urls}}


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


def test_the_consent_page_is_asked_as_documented(visitor: MetaPlatform, real_addresses: None) -> None:
    url = urlsplit(visitor.authorize_url("the-state", "unused", CALLBACK))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}

    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://www.facebook.com/v26.0/dialog/oauth"
    assert query == {
        "client_id": "1000000000000001",
        "redirect_uri": CALLBACK,
        "state": "the-state",
        "response_type": "code",
        "scope": "ads_management,ads_read,business_management,pages_show_list,pages_read_engagement,pages_manage_ads",
        "auth_type": "rerequest",
    }


def test_consent_becomes_a_grant_with_a_long_lived_token(sandbox: Sandbox, visitor: MetaPlatform) -> None:
    callback = consent(visitor.authorize_url("s1", "", CALLBACK))

    grant = visitor.exchange(callback, "", CALLBACK)

    assert callback["state"] == "s1"
    assert grant.external_user_name == "Dana Whitfield"
    assert grant.scopes >= MetaPlatform.scopes
    assert grant.tokens.expires_at is not None
    assert timedelta(days=59) < grant.tokens.expires_at - timezone.now() < timedelta(days=61)


def test_the_grant_works(sandbox: Sandbox, visitor: MetaPlatform) -> None:
    grant = _connect(visitor)
    visitor.tokens = grant.tokens

    assert len(list(visitor.list_accounts())) == 6


def _connect(visitor: MetaPlatform) -> Grant:
    return visitor.exchange(consent(visitor.authorize_url("s", "", CALLBACK)), "", CALLBACK)


def test_secrets_are_in_no_record_of_the_exchange(
    sandbox: Sandbox, visitor: MetaPlatform, exchanges: list[Exchange]
) -> None:
    _connect(visitor)
    secrets = [row["value"] for row in sandbox.look("secrets")]

    assert len(secrets) >= 3
    assert len(exchanges) == 4
    assert [secret for secret in secrets if secret in repr(exchanges)] == []


def test_a_denial_says_what_to_do(sandbox: Sandbox, visitor: MetaPlatform) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK), allow=False)

    with pytest.raises(ConsentError, match=r"the permissions were declined\. Connect again") as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.code == "CONSENT_DENIED"


def test_a_missing_permission_is_named_with_its_purpose(sandbox: Sandbox, visitor: MetaPlatform) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK), without="ads_management")

    with pytest.raises(ConsentError, match=r"ads_management \(to create campaigns.*\)") as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.code == "PERMISSION_MISSING"
    assert "ads_read" not in str(caught.value)


def test_a_code_works_once(sandbox: Sandbox, visitor: MetaPlatform) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK))
    visitor.exchange(callback, "", CALLBACK)

    with pytest.raises(ConsentError, match="no longer accepts the code") as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.code == "CODE_REFUSED"


def test_a_code_for_another_address_is_refused(sandbox: Sandbox, visitor: MetaPlatform) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK))

    with pytest.raises(ConsentError):
        visitor.exchange(callback, "", "http://127.0.0.1:9999/oauth/callback")


@pytest.mark.parametrize(
    ("callback", "code"),
    [
        ({}, "CONSENT_INCOMPLETE"),
        ({"error": "access_denied", "error_reason": "user_denied"}, "CONSENT_DENIED"),
        ({"error": "server_error", "error_description": "Something broke."}, "CONSENT_FAILED"),
        ({"error_code": "1349126", "error_message": "App Not Setup"}, "CONSENT_FAILED"),
    ],
)
def test_a_callback_without_a_code_never_asks_for_a_token(
    visitor: MetaPlatform, callback: dict[str, str], code: str
) -> None:
    with pytest.raises(ConsentError) as caught:
        visitor.exchange(callback, "", CALLBACK)  # pytest-socket would refuse a connection

    assert caught.value.code == code


def test_a_wrong_app_secret_is_the_admins_business(sandbox: Sandbox, visitor: MetaPlatform, settings: Any) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK))
    settings.PLATFORMS["meta"]["client_secret"] = "wrong"

    with pytest.raises(ConsentError, match="META_APP_SECRET") as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.code == "APP_REFUSED"


@pytest.mark.parametrize("effect", ["drop_before", "drop_after", "reset"])
def test_a_platform_that_is_down_is_no_consent_error(sandbox: Sandbox, visitor: MetaPlatform, effect: str) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK))
    sandbox.fault(effect, "/oauth/access_token")

    with pytest.raises(PlatformError) as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.kind is ErrorKind.TRANSIENT


@responses.activate
def test_a_token_without_an_end_has_none(visitor: MetaPlatform, real_addresses: None) -> None:
    responses.post(TOKEN_URL, json={"access_token": "EAAGnew", "token_type": "bearer"})

    assert visitor.refresh(Tokens("EAAGold")).expires_at is None


@responses.activate
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"json": {"error": {"code": 190, "error_subcode": 463, "message": "expired"}}, "status": 400}, ErrorKind.AUTH),
        ({"json": {"error": {"code": 190, "error_subcode": 459, "message": "x"}}, "status": 400}, ErrorKind.PERMISSION),
        ({"body": "<html>down</html>", "status": 502}, ErrorKind.TRANSIENT),
        ({"body": "<html>hello</html>", "status": 200}, ErrorKind.TRANSIENT),
        ({"json": {"token_type": "bearer"}, "status": 200}, ErrorKind.TRANSIENT),
    ],
)
def test_a_failed_renewal_leaves_no_doubt_about_the_old_token(
    visitor: MetaPlatform, real_addresses: None, answer: dict[str, Any], kind: ErrorKind
) -> None:
    responses.post(TOKEN_URL, **answer)

    with pytest.raises(PlatformError) as caught:
        visitor.refresh(Tokens("EAAGold"))

    assert caught.value.kind is kind


def test_renewal_gives_another_token_that_works(sandbox: Sandbox, visitor: MetaPlatform) -> None:
    old = _connect(visitor).tokens

    visitor.tokens = visitor.refresh(old)

    assert visitor.tokens.access_token != old.access_token
    assert list(visitor.list_accounts())


def test_a_token_known_to_be_over_is_not_even_sent(visitor: MetaPlatform) -> None:
    over = Tokens("EAAGold", expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(PlatformError) as caught:
        visitor.refresh(over)

    assert (caught.value.kind, caught.value.code) == (ErrorKind.AUTH, "TOKEN_EXPIRED")


def test_revoking_ends_the_token(sandbox: Sandbox, visitor: MetaPlatform) -> None:
    grant = _connect(visitor)
    visitor.tokens = grant.tokens

    visitor.revoke(grant.tokens, grant.external_user_id)

    with pytest.raises(PlatformError) as caught:
        list(visitor.list_accounts())
    assert caught.value.kind is ErrorKind.AUTH


def test_without_a_connection_nothing_is_asked(visitor: MetaPlatform) -> None:
    with pytest.raises(PlatformError) as caught:
        list(visitor.list_accounts())

    assert caught.value.code == "TOKEN_EXPIRED"
