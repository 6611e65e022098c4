from __future__ import annotations

import pytest

from adaccounts.models import AdAccount
from integrations import signals
from integrations.models import Connection
from stratum.models import Event
from stratum.ui import Refusal
from tests.factories import make_account
from tests.played import down

DISCONNECT = "/settings/integrations/meta/disconnect"


@pytest.fixture
def admin(ada, as_user):
    return as_user(ada)


def test_disconnecting_gives_the_access_back_and_erases_our_tokens(admin, connected, stage):
    used = connected().access_token

    answer = admin.post(DISCONNECT, follow=True)

    left = Connection.objects.get()
    assert stage.revoked == [used]
    assert (left.status, left.access_token, left.refresh_token, left.expires_at) == ("disconnected", "", "", None)
    assert "Disconnected from Meta." in answer.content.decode()


def test_accounts_and_caps_stay(admin, connected):
    connected()
    kept = make_account(daily_cap=500)

    admin.post(DISCONNECT)

    assert AdAccount.objects.get().daily_cap == kept.daily_cap


def test_tokens_are_erased_even_when_the_platform_does_not_answer(admin, connected, stage):
    connected()
    stage.fail("revoke", down())

    answer = admin.post(DISCONNECT, headers={"Accept": "application/json"})

    assert answer.json()["data"]["revoked_at_platform"] is False
    assert "remove the app in its settings there" in answer.json()["data"]["message"]
    assert Connection.objects.get().access_token == ""


def test_what_was_never_connected_cannot_be_disconnected(admin, stage):
    answer = admin.post(DISCONNECT, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "PLATFORM_NOT_CONNECTED")
    assert not Connection.objects.exists()


def test_disconnecting_twice_is_refused(admin, connected):
    connected()
    admin.post(DISCONNECT)

    answer = admin.post(DISCONNECT, headers={"Accept": "application/json"})

    assert answer.status_code == 409
    assert Event.objects.filter(code="connection.disconnected").count() == 1


def test_a_room_above_can_object(admin, connected, stage):
    before = connected()

    def object_to(sender, *, platform, by, **kwargs):
        raise Refusal("INVALID_STATUS_TRANSITION", f"A campaign is being published on {platform} right now.")

    signals.disconnecting.connect(object_to)
    try:
        answer = admin.post(DISCONNECT, headers={"Accept": "application/json"})
    finally:
        signals.disconnecting.disconnect(object_to)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "INVALID_STATUS_TRANSITION")
    assert stage.revoked == []
    assert Connection.objects.get().access_token == before.access_token


def test_who_disconnected_whom_is_recorded(admin, ada, connected):
    connected()

    admin.post(DISCONNECT)

    event = Event.objects.get(code="connection.disconnected")
    assert (event.actor, event.subject) == (ada, "connection:meta")
    assert event.data["before"]["name"] == "Dana Whitfield"
