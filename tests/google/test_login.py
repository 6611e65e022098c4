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
from integrations.platforms.google import oauth
from integrations.platforms.google.adapter import GooglePlatform
from tests.google.conftest import Sandbox

CALLBACK = "http://127.0.0.1:8000/oauth/callback"
TOKEN_URL, REVOKE_URL = "https://oauth2.googleapis.com/token", "https://oauth2.googleapis.com/revoke"
VERIFIER = "v" * 64


def consent(url: str, *, allow: bool = True, without: str = "") -> dict[str, str]:
    """Act as the person at the consent page; return the callback's parameters."""
    with requests.Session() as browser:
        page = browser.get(url, timeout=10)
        assert page.status_code == 200, page.text
        form = [(name, value) for name, value in _fields(page.text) if value != without]
        decision = ("decision", "allow" if allow else "deny")
        answer = browser.post(url, data=[*form, decision], allow_redirects=False, timeout=10)
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def _fields(page: str) -> list[tuple[str, str]]:
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", page)]
    return [(i["name"], i.get("value", "")) for i in inputs if "name" in i]


def _connect(visitor: GooglePlatform, **how: Any) -> Grant:
    callback = consent(visitor.authorize_url("s", VERIFIER, CALLBACK), **how)
    return visitor.exchange(callback, VERIFIER, CALLBACK)


def test_the_consent_page_is_asked_as_documented(visitor: GooglePlatform, real_addresses: None) -> None:
    url = urlsplit(visitor.authorize_url("the-state", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", CALLBACK))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}

    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://accounts.google.com/o/oauth2/v2/auth"
    assert query == {
        "client_id": "100000000001-sandbox.apps.googleusercontent.com",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid email https://www.googleapis.com/auth/adwords",
        "state": "the-state",
        "access_type": "offline",
        "prompt": "consent",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",  # the pair of RFC 7636, appendix B
        "code_challenge_method": "S256",
    }


def test_consent_becomes_a_grant_that_renews_itself(sandbox: Sandbox, visitor: GooglePlatform) -> None:
    grant = _connect(visitor)

    assert grant.external_user_name == "dana.whitfield@acme.example"
    assert grant.external_user_id.isdigit()
    assert grant.scopes >= GooglePlatform.scopes
    assert grant.tokens.refresh_token
    assert grant.tokens.expires_at is not None
    assert timedelta(minutes=55) < grant.tokens.expires_at - timezone.now() < timedelta(hours=1)


def test_a_second_consent_brings_a_refresh_token_again(sandbox: Sandbox, visitor: GooglePlatform) -> None:
    first = _connect(visitor)
    second = _connect(visitor)

    assert second.tokens.refresh_token not in ("", first.tokens.refresh_token)


def test_the_grant_works(sandbox: Sandbox, visitor: GooglePlatform) -> None:
    visitor.tokens = _connect(visitor).tokens

    assert len(list(visitor.list_accounts())) == 7


def test_secrets_are_in_no_record_of_the_exchange(
    sandbox: Sandbox, visitor: GooglePlatform, exchanges: list[Exchange]
) -> None:
    grant = _connect(visitor)
    visitor.refresh(grant.tokens)
    secrets = [row["value"] for row in sandbox.look("secrets")]

    assert len(secrets) >= 5
    assert len(exchanges) == 2
    assert [secret for secret in secrets if secret in repr(exchanges)] == []
    assert VERIFIER not in repr(exchanges)


def test_a_denial_says_what_to_do(sandbox: Sandbox, visitor: GooglePlatform) -> None:
    with pytest.raises(ConsentError, match=r"access was declined\. Connect again") as caught:
        _connect(visitor, allow=False)

    assert caught.value.code == "CONSENT_DENIED"


def test_the_unticked_box_is_named(sandbox: Sandbox, visitor: GooglePlatform) -> None:
    with pytest.raises(ConsentError, match="auth/adwords") as caught:
        _connect(visitor, without=oauth.ADWORDS)

    assert caught.value.code == "PERMISSION_MISSING"


@pytest.mark.parametrize(
    ("verifier", "redirect_uri"), [("w" * 64, CALLBACK), (VERIFIER, "http://127.0.0.1:9/oauth/callback")]
)
def test_a_code_is_good_for_whoever_asked_alone(
    sandbox: Sandbox, visitor: GooglePlatform, verifier: str, redirect_uri: str
) -> None:
    callback = consent(visitor.authorize_url("s", VERIFIER, CALLBACK))

    with pytest.raises(ConsentError):
        visitor.exchange(callback, verifier, redirect_uri)


def test_a_code_works_once(sandbox: Sandbox, visitor: GooglePlatform) -> None:
    callback = consent(visitor.authorize_url("s", VERIFIER, CALLBACK))
    visitor.exchange(callback, VERIFIER, CALLBACK)

    with pytest.raises(ConsentError, match="no longer accepts the code") as caught:
        visitor.exchange(callback, VERIFIER, CALLBACK)

    assert caught.value.code == "CODE_REFUSED"


@pytest.mark.parametrize(
    ("callback", "code"),
    [
        ({}, "CONSENT_INCOMPLETE"),
        ({"error": "access_denied"}, "CONSENT_DENIED"),
        ({"error": "redirect_uri_mismatch"}, "APP_REFUSED"),
        ({"error": "server_error"}, "CONSENT_FAILED"),
    ],
)
def test_a_callback_without_a_code_never_asks_for_a_token(
    visitor: GooglePlatform, callback: dict[str, str], code: str
) -> None:
    with pytest.raises(ConsentError) as caught:
        visitor.exchange(callback, VERIFIER, CALLBACK)  # pytest-socket would refuse a connection

    assert caught.value.code == code


def test_a_wrong_client_secret_is_the_admins_business(sandbox: Sandbox, visitor: GooglePlatform, settings: Any) -> None:
    settings.PLATFORMS["google"]["client_secret"] = "wrong"

    with pytest.raises(ConsentError, match="GOOGLE_CLIENT_SECRET") as caught:
        _connect(visitor)

    assert caught.value.code == "APP_REFUSED"


@responses.activate
def test_a_grant_without_a_refresh_token_is_refused(visitor: GooglePlatform, real_addresses: None) -> None:
    answer = {"access_token": "ya29.x", "expires_in": 3599, "scope": oauth.ADWORDS, "token_type": "Bearer"}
    responses.post(TOKEN_URL, json=answer)

    with pytest.raises(ConsentError) as caught:
        visitor.exchange({"code": "4/0x"}, VERIFIER, CALLBACK)

    assert caught.value.code == "REFRESH_TOKEN_MISSING"


@pytest.mark.parametrize("effect", ["drop_before", "drop_after", "reset", "truncate"])
def test_a_platform_that_is_down_is_no_consent_error(sandbox: Sandbox, visitor: GooglePlatform, effect: str) -> None:
    callback = consent(visitor.authorize_url("s", VERIFIER, CALLBACK))
    sandbox.fault(effect, "/token")

    with pytest.raises(PlatformError) as caught:
        visitor.exchange(callback, VERIFIER, CALLBACK)

    assert caught.value.kind is ErrorKind.TRANSIENT


def test_renewal_keeps_the_refresh_token(sandbox: Sandbox, visitor: GooglePlatform) -> None:
    old = _connect(visitor).tokens

    new = visitor.refresh(old)
    visitor.tokens = new

    assert new.refresh_token == old.refresh_token
    assert new.access_token != old.access_token
    assert list(visitor.list_accounts())


@responses.activate
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            {
                "json": {"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
                "status": 400,
            },
            "auth",
        ),
        ({"json": {"error": "invalid_grant", "error_subtype": "invalid_rapt"}, "status": 400}, "auth"),
        ({"json": {"error": "invalid_client"}, "status": 401}, "permission"),
        ({"json": {"error": "unauthorized_client"}, "status": 401}, "permission"),
        ({"json": {"error": "rate_limit_exceeded"}, "status": 429}, "rate_limited"),
        ({"json": {"error": "internal_failure"}, "status": 500}, "transient"),
        ({"body": "<html>down</html>", "status": 502}, "transient"),
        ({"json": {"token_type": "Bearer"}, "status": 200}, "transient"),
    ],
)
def test_a_failed_renewal_says_who_must_act(
    visitor: GooglePlatform, real_addresses: None, answer: dict[str, Any], kind: str
) -> None:
    responses.post(TOKEN_URL, **answer)

    with pytest.raises(PlatformError) as caught:
        visitor.refresh(Tokens("ya29.old", "1//0old"))

    assert caught.value.kind == kind


@responses.activate
def test_renewal_asks_as_documented(visitor: GooglePlatform, real_addresses: None) -> None:
    responses.post(TOKEN_URL, json={"access_token": "ya29.new", "expires_in": 3599, "token_type": "Bearer"})

    visitor.refresh(Tokens("ya29.old", "1//0old"))

    assert dict(parse_qsl(str(responses.calls[0].request.body))) == {
        "grant_type": "refresh_token",
        "refresh_token": "1//0old",
        "client_id": "100000000001-sandbox.apps.googleusercontent.com",
        "client_secret": "sandbox-google-secret-0001",
    }


def test_revoking_ends_every_token(sandbox: Sandbox, visitor: GooglePlatform) -> None:
    grant = _connect(visitor)
    visitor.tokens = grant.tokens

    visitor.revoke(grant.tokens, grant.external_user_id)

    for act in (lambda: list(visitor.list_accounts()), lambda: visitor.refresh(grant.tokens)):
        with pytest.raises(PlatformError) as caught:
            act()
        assert caught.value.kind is ErrorKind.AUTH


@responses.activate
def test_revoking_what_is_dead_already_is_fine(visitor: GooglePlatform, real_addresses: None) -> None:
    responses.post(REVOKE_URL, json={"error": "invalid_token"}, status=400)

    visitor.revoke(Tokens("ya29.x", "1//0x"), "1")

    assert dict(parse_qsl(str(responses.calls[0].request.body))) == {"token": "1//0x"}


def test_without_a_connection_nothing_is_asked(visitor: GooglePlatform) -> None:
    with pytest.raises(PlatformError) as caught:
        list(visitor.list_accounts())

    assert caught.value.code == "TOKEN_EXPIRED"
