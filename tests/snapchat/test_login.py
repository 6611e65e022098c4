"""Connecting: consent page, code, tokens, renewal, and what giving access back comes to."""

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
from integrations.platforms.snapchat.adapter import SnapchatPlatform
from tests.snapchat.conftest import Sandbox

CALLBACK = "http://127.0.0.1:8000/oauth/callback"
TOKEN_URL = "https://accounts.snapchat.com/login/oauth2/access_token"
ME_URL = "https://adsapi.snapchat.com/v1/me"


def consent(url: str, *, decision: str = "allow") -> dict[str, str]:
    """Act as the person at the consent page; return the callback's parameters."""
    with requests.Session() as browser:
        page = browser.get(url, timeout=10)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text
        form = {"csrfmiddlewaretoken": token[1], "decision": decision}
        answer = browser.post(url, data=form, allow_redirects=False, timeout=10)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def connect(visitor: SnapchatPlatform) -> Grant:
    return visitor.exchange(consent(visitor.authorize_url("s", "", CALLBACK)), "", CALLBACK)


def test_the_consent_page_is_asked_as_documented(visitor: SnapchatPlatform, real_addresses: None) -> None:
    url = urlsplit(visitor.authorize_url("the-state", "unused", CALLBACK))

    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://accounts.snapchat.com/login/oauth2/authorize"
    assert {name: values[0] for name, values in parse_qs(url.query).items()} == {
        "client_id": "5a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "snapchat-marketing-api",
        "state": "the-state",
    }


def test_an_app_that_may_list_profiles_asks_for_that_too(visitor: SnapchatPlatform, settings: Any) -> None:
    both = settings.PLATFORMS["snapchat"] | {"scopes": "snapchat-marketing-api snapchat-profile-api"}
    settings.PLATFORMS = settings.PLATFORMS | {"snapchat": both}

    url = visitor.authorize_url("s", "", CALLBACK)

    assert parse_qs(urlsplit(url).query)["scope"] == ["snapchat-marketing-api snapchat-profile-api"]


@responses.activate
def test_a_code_is_exchanged_as_documented(visitor: SnapchatPlatform, real_addresses: None) -> None:
    answer = {"access_token": "a", "refresh_token": "r", "expires_in": 3600, "scope": "snapchat-marketing-api"}
    responses.post(TOKEN_URL, json=answer)
    responses.get(ME_URL, json={"request_status": "success", "me": {"id": "u1", "display_name": "Dana"}})

    grant = visitor.exchange({"code": "c1", "state": "s"}, "unused", CALLBACK)

    sent = dict(parse_qsl(str(responses.calls[0].request.body)))
    assert sent == {
        "grant_type": "authorization_code",
        "client_id": "5a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
        "client_secret": "sandbox-snapchat-secret-0001",
        "code": "c1",
        "redirect_uri": CALLBACK,
    }
    assert responses.calls[1].request.headers["Authorization"] == "Bearer a"
    assert (grant.external_user_id, grant.external_user_name) == ("u1", "Dana")


def test_consent_becomes_a_grant_of_an_hour_with_a_refresh_token(sandbox: Sandbox, visitor: SnapchatPlatform) -> None:
    grant = connect(visitor)

    assert grant.external_user_name == "Dana Whitfield"
    assert grant.scopes == SnapchatPlatform.scopes
    assert grant.tokens.refresh_token
    assert grant.tokens.expires_at is not None
    assert timedelta(minutes=59) < grant.tokens.expires_at - timezone.now() <= timedelta(hours=1)
    visitor.tokens = grant.tokens
    assert len(list(visitor.list_accounts())) == 5


def test_the_answer_s_own_lifetime_counts(sandbox: Sandbox, visitor: SnapchatPlatform) -> None:
    sandbox.order("settings", snapchat_token_seconds=1800)

    ends = connect(visitor).tokens.expires_at

    assert ends is not None
    assert ends - timezone.now() <= timedelta(minutes=30)


def test_secrets_are_in_no_record_of_the_exchange(
    sandbox: Sandbox, visitor: SnapchatPlatform, exchanges: list[Exchange]
) -> None:
    connect(visitor)
    secrets = [row["value"] for row in sandbox.look("secrets")]

    assert len(secrets) >= 3
    assert len(exchanges) == 2
    assert [secret for secret in secrets if secret in repr(exchanges)] == []


def test_a_denial_says_what_to_do(sandbox: Sandbox, visitor: SnapchatPlatform) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK), decision="deny")

    with pytest.raises(ConsentError, match=r"the permission was declined\. Connect again") as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.code == "CONSENT_DENIED"


@pytest.mark.parametrize(
    ("callback", "code"),
    [
        ({}, "CONSENT_INCOMPLETE"),
        ({"error": "access_denied"}, "CONSENT_DENIED"),
        ({"error": "server_error", "error_description": "Something broke."}, "CONSENT_FAILED"),
    ],
)
def test_a_callback_without_a_code_never_asks_for_a_token(
    visitor: SnapchatPlatform, callback: dict[str, str], code: str
) -> None:
    with pytest.raises(ConsentError) as caught:
        visitor.exchange(callback, "", CALLBACK)  # pytest-socket would refuse a connection

    assert caught.value.code == code


def test_a_code_works_once(sandbox: Sandbox, visitor: SnapchatPlatform) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK))
    visitor.exchange(callback, "", CALLBACK)

    with pytest.raises(ConsentError, match="no longer accepts the code") as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.code == "CODE_REFUSED"


def test_a_code_for_another_address_is_refused(sandbox: Sandbox, visitor: SnapchatPlatform) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK))

    with pytest.raises(ConsentError):
        visitor.exchange(callback, "", "http://127.0.0.1:9999/oauth/callback")


@responses.activate
def test_a_missing_scope_is_named(visitor: SnapchatPlatform, real_addresses: None) -> None:
    responses.post(TOKEN_URL, json={"access_token": "a", "expires_in": 3600, "scope": "snapchat-profile-api"})

    with pytest.raises(ConsentError, match="snapchat-marketing-api") as caught:
        visitor.exchange({"code": "c"}, "", CALLBACK)

    assert caught.value.code == "PERMISSION_MISSING"


def test_a_wrong_app_secret_is_the_admins_business(sandbox: Sandbox, visitor: SnapchatPlatform, settings: Any) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK))
    settings.PLATFORMS["snapchat"]["client_secret"] = "wrong"

    with pytest.raises(ConsentError, match="SNAPCHAT_CLIENT_SECRET") as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.code == "APP_REFUSED"


@pytest.mark.parametrize("effect", ["drop_before", "drop_after", "reset"])
def test_a_platform_that_is_down_is_no_consent_error(sandbox: Sandbox, visitor: SnapchatPlatform, effect: str) -> None:
    callback = consent(visitor.authorize_url("s", "", CALLBACK))
    sandbox.fault(effect, "/access_token")

    with pytest.raises(PlatformError) as caught:
        visitor.exchange(callback, "", CALLBACK)

    assert caught.value.kind is ErrorKind.TRANSIENT


# Renewal ----------------------------------------------------------------------------------------------------------------


def test_renewal_gives_another_token_that_works(sandbox: Sandbox, visitor: SnapchatPlatform) -> None:
    old = connect(visitor).tokens

    visitor.tokens = visitor.refresh(old)

    assert visitor.tokens.access_token != old.access_token
    assert list(visitor.list_accounts())


def test_a_refresh_token_works_after_the_access_token_is_over(sandbox: Sandbox, visitor: SnapchatPlatform) -> None:
    old = connect(visitor).tokens
    sandbox.order("seed", platform="snapchat", tokens="expire")

    assert visitor.refresh(old).access_token


def test_a_new_refresh_token_takes_the_place_of_the_old_one(sandbox: Sandbox, visitor: SnapchatPlatform) -> None:
    sandbox.order("settings", snapchat_rotates_refresh_tokens=True)
    old = connect(visitor).tokens

    new = visitor.refresh(old)

    assert new.refresh_token not in ("", old.refresh_token)
    assert visitor.refresh(new).access_token
    with pytest.raises(PlatformError) as caught:
        visitor.refresh(old)
    assert caught.value.kind is ErrorKind.AUTH


@responses.activate
@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ({"json": {"error": "invalid_grant"}, "status": 400}, ErrorKind.AUTH, "TOKEN_EXPIRED"),
        ({"json": {"error": "invalid_grant"}, "status": 401}, ErrorKind.AUTH, "TOKEN_EXPIRED"),
        ({"json": {"error": "invalid_client"}, "status": 401}, ErrorKind.INVALID, "APP_REFUSED"),
        ({"json": {}, "status": 429}, ErrorKind.RATE_LIMITED, "RATE_LIMIT_EXCEEDED"),
        ({"body": "<html>down</html>", "status": 502}, ErrorKind.TRANSIENT, "PLATFORM_ERROR"),
        ({"body": "<html>hello</html>", "status": 200}, ErrorKind.TRANSIENT, "PLATFORM_ERROR"),
        ({"json": {"token_type": "Bearer"}, "status": 200}, ErrorKind.TRANSIENT, "PLATFORM_ERROR"),
    ],
)
def test_only_a_refused_refresh_token_asks_for_a_person(
    visitor: SnapchatPlatform, real_addresses: None, answer: dict[str, Any], kind: ErrorKind, code: str
) -> None:
    responses.post(TOKEN_URL, **answer)

    with pytest.raises(PlatformError) as caught:
        visitor.refresh(Tokens("old", "refresh"))

    assert (caught.value.kind, caught.value.code) == (kind, code)


def test_without_a_refresh_token_nothing_is_asked(visitor: SnapchatPlatform) -> None:
    with pytest.raises(PlatformError) as caught:
        visitor.refresh(Tokens("old"))

    assert caught.value.code == "TOKEN_EXPIRED"


def test_nobody_is_told_that_access_was_given_back(visitor: SnapchatPlatform) -> None:
    with pytest.raises(PlatformError, match="Remove the app"):
        visitor.revoke(Tokens("token"), "person")  # pytest-socket would refuse a connection


def test_without_a_connection_nothing_is_asked(visitor: SnapchatPlatform) -> None:
    with pytest.raises(PlatformError) as caught:
        list(visitor.list_accounts())

    assert caught.value.code == "TOKEN_EXPIRED"
