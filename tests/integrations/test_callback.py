"""The way back from the platform: what a good one leaves behind, and that a bad one leaves nothing."""

from __future__ import annotations

import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from adaccounts.models import AdAccount
from integrations.contracts import ConsentError
from integrations.errors import ErrorKind, PlatformError
from integrations.models import ApiCall, Connection
from stratum.models import Event
from tests.factories import make_account
from tests.people import person
from tests.played import down

pytestmark = pytest.mark.usefixtures("stage")

CONNECT = "/settings/integrations/meta/connect"


@pytest.fixture
def admin(ada, as_user) -> Client:
    return as_user(ada)


def go(client: Client) -> str:
    """Press Connect and return the state that went out."""
    answer = client.post(CONNECT)
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer["Location"]).query)["state"][0]


def come_back(client: Client, state: str, **more: str):
    return client.get("/oauth/callback", {"code": "good-code", "state": state} | more)


def nothing_stored() -> bool:
    return not Connection.objects.exists() and not AdAccount.objects.exists() and not Event.objects.exists()


def test_connect_leads_to_the_consent_page_with_our_own_address(admin, settings):
    answer = admin.post(CONNECT)

    sent = urlsplit(answer["Location"])
    assert (sent.netloc, sent.path) == ("platform.example", "/consent")
    assert parse_qs(sent.query)["redirect_uri"] == [f"{settings.BASE_URL}/oauth/callback"]


def test_states_are_long_and_never_the_same(admin):
    states = {go(admin) for _ in range(5)}

    assert len(states) == 5
    assert min(map(len, states)) >= 43


def test_coming_back_connects_and_finds_the_accounts(admin, ada):
    answer = come_back(admin, go(admin))

    assert (answer.status_code, answer["Location"]) == (302, "/settings/integrations")
    connection = Connection.objects.get(platform="meta")
    assert (connection.status, connection.external_user_name) == ("connected", "Dana Whitfield")
    assert connection.connected_by == ada
    assert AdAccount.objects.filter(platform="meta", is_enabled=False).count() == 3
    assert "Meta connected, 3 ad accounts found." in admin.get("/settings/integrations").content.decode()


def test_the_address_after_connecting_holds_nothing_of_the_callback(admin):
    state = go(admin)

    answer = come_back(admin, state)

    assert "code" not in answer["Location"]
    assert state not in answer["Location"]


def test_a_state_is_good_once(admin):
    state = go(admin)
    come_back(admin, state)

    answer = come_back(admin, state)

    assert answer.status_code == 400
    assert "STATE_UNKNOWN" in answer.content.decode()


def test_a_state_is_spent_even_when_the_exchange_fails(admin, stage):
    stage.fail("exchange", down())
    state = go(admin)

    assert come_back(admin, state).status_code == 502
    assert come_back(admin, state).status_code == 400
    assert nothing_stored()


@pytest.mark.parametrize("state", ["", "made-up", "é"])
def test_an_unknown_state_is_refused(admin, state):
    go(admin)

    answer = come_back(admin, state)

    assert answer.status_code == 400
    assert "Nothing was connected" in answer.content.decode()
    assert nothing_stored()


def test_an_unknown_state_does_not_spend_the_one_that_waits(admin):
    state = go(admin)
    come_back(admin, "made-up")

    assert come_back(admin, state).status_code == 302


def test_a_state_of_another_browser_is_refused(admin, ada, as_user):
    state = go(as_user(ada))

    assert come_back(admin, state).status_code == 400
    assert nothing_stored()


def test_a_state_of_somebody_else_is_refused(admin, ada):
    state = go(admin)
    session = admin.session
    session["oauth"][0]["user_id"] = person("anne").pk
    session.save()

    answer = come_back(admin, state)

    assert "OTHER_PERSON" in answer.content.decode()
    assert nothing_stored()


@pytest.mark.parametrize(("minutes", "status"), [(9.9, 302), (10.1, 400)])
def test_a_state_lives_ten_minutes(admin, minutes, status):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        state = go(admin)
        clock.shift(timedelta(minutes=minutes))

        assert come_back(admin, state).status_code == status


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (ConsentError("PERMISSION_MISSING", "ads_management was not granted."), 400, "ads_management was not granted"),
        (ConsentError("CODE_REFUSED", "The code was used before."), 400, "The code was used before"),
        (down(), 502, "Try again in a few minutes"),
        (PlatformError(ErrorKind.RATE_LIMITED, "RATE_LIMIT_EXCEEDED", "Too many calls."), 429, "Wait some minutes"),
        (PlatformError(ErrorKind.INVALID, "APP_REFUSED", "The secret is wrong."), 502, "compare the app"),
    ],
)
def test_each_failure_has_a_page_that_says_what_to_do(admin, stage, failure, status, words):
    stage.fail("exchange", failure)

    answer = come_back(admin, go(admin))

    page = answer.content.decode()
    assert answer.status_code == status
    assert "Meta was not connected" in page
    assert words in page
    assert f'action="{CONNECT}"' in page
    assert "Try again" in page
    assert nothing_stored()


def test_declining_is_no_error_of_ours(admin):
    answer = admin.get("/oauth/callback", {"error": "access_denied", "state": go(admin)})

    assert answer.status_code == 400
    assert "The permissions were declined" in answer.content.decode()
    assert nothing_stored()


def test_somebody_who_is_logged_out_meanwhile_is_told_so_and_the_code_goes_nowhere(admin, client):
    answer = come_back(client, go(admin))

    assert answer.status_code == 401
    page = answer.content.decode()
    assert "Nobody is logged in" in page
    assert "good-code" not in page
    assert "/login?next=/settings/integrations" in page
    assert nothing_stored()


def test_only_an_admin_can_finish(admin, carl, as_user):
    answer = come_back(as_user(carl), go(admin))

    assert answer.status_code == 403
    assert nothing_stored()


def test_the_page_of_a_failure_tells_no_other_page_its_address(admin):
    answer = come_back(admin, "made-up")

    assert answer["Referrer-Policy"] == "strict-origin"
    assert "no-store" in answer["Cache-Control"]


def test_neither_code_nor_tokens_are_logged_or_recorded(admin, caplog):
    caplog.set_level(logging.DEBUG)

    come_back(admin, go(admin))

    connection = Connection.objects.get()
    told = caplog.text + str(list(Event.objects.values())) + str(list(ApiCall.objects.values()))
    assert connection.access_token
    assert not [s for s in ("good-code", connection.access_token, connection.refresh_token) if s in told]


def test_reconnecting_keeps_accounts_and_caps(admin, stage):
    kept = make_account("act_1", daily_cap=500, is_enabled=True)
    come_back(admin, go(admin))
    stage.codes.add("good-code")

    come_back(admin, go(admin))

    kept.refresh_from_db()
    assert (kept.is_enabled, kept.daily_cap, kept.stale_since) == (True, 500, None)
    assert [event.code for event in Event.objects.filter(subject="connection:meta", code__startswith="connection")] == [
        "connection.reconnected",
        "connection.connected",
    ]


def test_reconnecting_as_another_person_says_so(admin, stage):
    come_back(admin, go(admin))
    stage.codes.add("good-code")
    stage.person = ("999", "Bob Buyer")

    come_back(admin, go(admin))

    page = admin.get("/settings/integrations").content.decode()
    assert "Meta was connected as Dana Whitfield before and is connected as Bob Buyer now." in page
    event = Event.objects.get(code="connection.reconnected")
    assert (event.data["before"]["name"], event.data["after"]["name"]) == ("Dana Whitfield", "Bob Buyer")


def test_a_failed_sync_leaves_the_connection_and_says_what_is_missing(admin, stage):
    stage.breaks_at = (2, down())

    come_back(admin, go(admin))

    page = admin.get("/settings/integrations").content.decode()
    assert "Meta connected." in page
    assert "Its ad accounts could not be read" in page
    assert Connection.objects.get().is_usable
    assert not AdAccount.objects.exists()


def test_json_gets_the_address_instead_of_a_redirect(admin):
    answer = admin.post(CONNECT, headers={"Accept": "application/json"})

    assert answer.status_code == 200
    assert answer.json()["data"]["oauth_url"].startswith("https://platform.example/consent?state=")


def test_json_gets_failures_in_the_envelope(admin):
    answer = admin.get("/oauth/callback", {"state": "x"}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "STATE_UNKNOWN")
