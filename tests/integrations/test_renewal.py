"""Tokens are renewed in time, once, and a person is asked only when nothing else helps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations import connections, renewal
from integrations.contracts import Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.models import Connection
from stratum.models import Event, Notification
from tests.played import down

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def tokens_of(platform) -> str:
    return platform.tokens.access_token


def platform():
    return connections.platform_for("meta", connections.record_exchange("meta"))


@pytest.mark.parametrize(
    ("lives", "left", "is_due"),
    [
        (timedelta(hours=1), timedelta(minutes=16), False),
        (timedelta(hours=1), timedelta(minutes=14), True),
        (timedelta(minutes=4), timedelta(seconds=125), False),
        (timedelta(minutes=4), timedelta(seconds=115), True),
        (timedelta(days=60), timedelta(days=16), False),
        (timedelta(days=60), timedelta(days=14), True),
        (timedelta(days=365), timedelta(days=21), False),
        (timedelta(days=365), timedelta(days=19), True),
        (timedelta(hours=1), timedelta(seconds=-1), True),
    ],
)
def test_tokens_are_due_in_the_last_quarter_of_their_life(connected, lives, left, is_due):
    connection = connected(ends_in=left, connected_at=timezone.now() + left - lives)

    assert renewal.is_due(connection) is is_due


def test_tokens_without_an_end_are_never_due(connected):
    assert not renewal.is_due(connected(expires_at=None))


def test_good_tokens_are_used_as_they_are(connected, stage):
    connection = connected()

    assert tokens_of(platform()) == connection.access_token
    assert stage.refreshed == []


def test_tokens_that_end_soon_are_renewed_first(connected, stage):
    connection = connected(ends_in=timedelta(minutes=5))

    assert tokens_of(platform()) != connection.access_token
    assert stage.refreshed == [connection.refresh_token]
    renewed = Connection.objects.get()
    assert (renewed.tokens_version, renewed.renewing_until) == (connection.tokens_version + 1, None)
    assert renewed.refreshed_at is not None


def test_a_passing_failure_of_an_early_renewal_harms_nobody(connected, stage):
    connection = connected(ends_in=timedelta(minutes=5))
    stage.fail("refresh", down())

    assert tokens_of(platform()) == connection.access_token
    assert Connection.objects.get().last_error
    assert tokens_of(platform()) == connection.access_token, "not tried again at once"
    assert len(stage.refreshed) == 1


def test_a_passing_failure_is_raised_when_the_tokens_have_ended(connected, stage):
    connected(ends_in=-HOUR)
    stage.fail("refresh", down())

    with pytest.raises(PlatformError) as caught:
        platform()

    assert caught.value.kind is ErrorKind.TRANSIENT
    assert Connection.objects.get().is_usable
    assert tokens_of(platform()).startswith("access-")


def test_a_refused_refresh_token_needs_a_person_and_tells_the_admins_once(connected, stage, ada, carl):
    connected(ends_in=-HOUR)
    stage.end_all()

    for _ in range(2):
        with pytest.raises(PlatformError, match="TOKEN_EXPIRED"):
            platform()

    assert Connection.objects.get().status == Connection.Status.NEEDS_RECONNECT
    assert [n.user for n in Notification.objects.all()] == [ada]
    assert Event.objects.filter(code="connection.needs_reconnect").count() == 1
    assert len(stage.refreshed) == 1


def test_a_platform_nobody_connected_is_refused_without_a_call(stage):
    with pytest.raises(PlatformError, match="PLATFORM_NOT_CONNECTED"):
        platform()


def test_a_platform_of_another_version_is_refused(stage):
    with pytest.raises(PlatformError, match="PLATFORM_NOT_CONNECTED"):
        connections.platform_for("google", connections.record_exchange("google"))


def test_a_refresh_token_that_is_not_named_again_is_kept(connected, stage, monkeypatch):
    connection = connected(ends_in=timedelta(minutes=5))
    fresh = Tokens("newer", "", timezone.now() + HOUR)
    monkeypatch.setattr("tests.played.PlayedPlatform.refresh", lambda self, tokens: fresh)

    platform()

    renewed = Connection.objects.get()
    assert (renewed.access_token, renewed.refresh_token) == ("newer", connection.refresh_token)
    assert renewed.renews_itself


def test_the_same_token_again_is_no_renewal(connected, stage, monkeypatch, ada):
    connection = connected()
    monkeypatch.setattr("tests.played.PlayedPlatform.refresh", lambda self, tokens: connection.tokens)

    assert connections.refresh_now("meta", ada) is False
    assert Connection.objects.get().refreshed_at is None


def test_the_same_token_with_a_later_end_is_a_renewal(connected, stage, monkeypatch, ada):
    connection = connected()
    later = Tokens(connection.access_token, connection.refresh_token, connection.expires_at + HOUR)
    monkeypatch.setattr("tests.played.PlayedPlatform.refresh", lambda self, tokens: later)

    assert connections.refresh_now("meta", ada) is True
    assert Connection.objects.get().expires_at == later.expires_at


# When the platform refuses a token that looked good --------------------------------------------------------------------


def test_a_refused_token_is_renewed_and_the_question_asked_again(connected, stage):
    connection = connected()
    del stage.access[connection.access_token]

    found = connections.ask("meta", connections.record_exchange("meta"), lambda p: list(p.list_accounts()))

    assert len(found) == 3
    assert len(stage.refreshed) == 1


def test_a_token_that_was_replaced_meanwhile_is_not_renewed_again(connected, stage):
    connection = connected()
    fresh = connections.refresh_after_refusal("meta", connection.access_token)

    again = connections.refresh_after_refusal("meta", connection.access_token)

    assert again.access_token == fresh.access_token
    assert len(stage.refreshed) == 1


def test_a_token_that_is_refused_right_after_its_renewal_needs_a_person(connected, stage):
    fresh = connections.refresh_after_refusal("meta", connected().access_token)

    with pytest.raises(PlatformError, match="TOKEN_EXPIRED"):
        connections.refresh_after_refusal("meta", fresh.access_token)

    assert len(stage.refreshed) == 1
    assert Connection.objects.get().status == Connection.Status.NEEDS_RECONNECT


def test_a_platform_that_gives_the_refused_token_again_needs_a_person(connected, stage, monkeypatch):
    connection = connected()
    monkeypatch.setattr("tests.played.PlayedPlatform.refresh", lambda self, tokens: connection.tokens)

    with pytest.raises(PlatformError, match="TOKEN_EXPIRED"):
        connections.refresh_after_refusal("meta", connection.access_token)

    assert Connection.objects.get().status == Connection.Status.NEEDS_RECONNECT


def test_a_question_refused_twice_needs_a_person(connected, stage):
    connected()

    def refused(platform):
        raise PlatformError(ErrorKind.AUTH, "TOKEN_EXPIRED", "The session has expired.")

    with pytest.raises(PlatformError, match="TOKEN_EXPIRED"):
        connections.ask("meta", connections.record_exchange("meta"), refused)

    assert Connection.objects.get().status == Connection.Status.NEEDS_RECONNECT


def test_a_missing_permission_leaves_the_tokens_alone(connected, stage):
    connected()

    def refused(platform):
        raise PlatformError(ErrorKind.PERMISSION, "PERMISSION_DENIED", "Blocked by a policy.")

    with pytest.raises(PlatformError, match="PERMISSION_DENIED"):
        connections.ask("meta", connections.record_exchange("meta"), refused)

    assert Connection.objects.get().is_usable
    assert stage.refreshed == []


def test_marking_a_token_that_was_replaced_changes_nothing(connected, stage):
    connected()

    connections.mark_needs_reconnect("meta", "an older token", "It was refused.")

    assert Connection.objects.get().is_usable


# What happens while a renewal is under way -----------------------------------------------------------------------------


def during_refresh(monkeypatch, stage, change):
    """Let `change` happen after the refresh request went out and before its answer is written."""
    from tests.played import PlayedPlatform

    original = PlayedPlatform.refresh

    def interrupted(self, tokens):
        fresh = original(self, tokens)
        change()
        return fresh

    monkeypatch.setattr(PlayedPlatform, "refresh", interrupted)


def test_tokens_of_a_connection_that_was_disconnected_meanwhile_are_dropped(connected, stage, monkeypatch, ada):
    connected(ends_in=-HOUR)
    during_refresh(monkeypatch, stage, lambda: connections.disconnect("meta", ada))

    with pytest.raises(PlatformError, match="PLATFORM_NOT_CONNECTED"):
        platform()

    left = Connection.objects.get()
    assert (left.access_token, left.refresh_token) == ("", "")


def test_tokens_of_a_connection_that_was_made_anew_meanwhile_are_dropped(connected, stage, monkeypatch):
    connected(ends_in=-HOUR)
    newer = stage.issue()

    def reconnect():
        values = renewal.token_fields(newer) | {"tokens_version": 7, "renewing_until": None}
        Connection.objects.update(**values)

    during_refresh(monkeypatch, stage, reconnect)

    assert tokens_of(platform()) == newer.access_token
    assert Connection.objects.get().tokens_version == 7


def test_a_refusal_of_former_tokens_does_not_touch_the_new_ones(connected, stage):
    former = connected()
    newer = stage.issue()
    Connection.objects.update(**renewal.token_fields(newer), tokens_version=former.tokens_version + 1)

    renewal.give_up(former, "The former token was refused.")

    assert Connection.objects.get().is_usable
    assert not Event.objects.exists()


def test_the_lease_of_a_worker_that_died_runs_out(connected, stage):
    connection = connected(ends_in=-HOUR)
    Connection.objects.update(renewing_until=timezone.now() - timedelta(seconds=1))

    assert tokens_of(platform()) != connection.access_token


def test_a_held_lease_lets_others_go_on_with_good_tokens(connected, stage):
    connection = connected(ends_in=timedelta(minutes=5))
    Connection.objects.update(renewing_until=timezone.now() + HOUR)

    assert tokens_of(platform()) == connection.access_token
    assert stage.refreshed == []


def test_waiting_for_a_lease_ends(connected, stage, monkeypatch):
    connected(ends_in=-HOUR)
    Connection.objects.update(renewing_until=timezone.now() + HOUR)
    monkeypatch.setattr(renewal, "WAIT_SECONDS", 0.0)
    monkeypatch.setattr(renewal, "LOOK_AGAIN_SECONDS", 0.0)

    with pytest.raises(PlatformError, match="RENEWAL_UNDER_WAY") as caught:
        platform()

    assert caught.value.retry_helps
