"""The Admins hear of the end of our access 14, 3 and 1 days before it, once each."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from integrations import expiry
from integrations.models import Connection
from stratum.models import Notification
from stratum.tasks import send_mail

DAY = timedelta(days=1)


@pytest.fixture
def lasting(connected, stage):
    """Return a function that makes a connection without a refresh token, of sixty days, which ends so soon.

    The platform gives the same token again, so only a person can help.
    """

    def connect(days: float) -> Connection:
        stage.gives_refresh_tokens = False
        now = timezone.now()
        connection = connected(ends_in=days * DAY, connected_at=now - (60 - days) * DAY)
        stage.access[connection.access_token] = connection.expires_at
        return connection

    return connect


@pytest.fixture(autouse=True)
def the_same_again(monkeypatch):
    monkeypatch.setattr("tests.played.PlayedPlatform.refresh", lambda self, tokens: tokens)


@pytest.mark.parametrize(("days", "warned"), [(15, 0), (14.1, 0), (13.9, 1), (4, 1), (2.9, 1), (0.9, 1)])
def test_a_warning_comes_when_a_day_of_warning_has_come(lasting, ada, days, warned):
    lasting(days)

    expiry.check_all()

    assert Notification.objects.filter(user=ada).count() == warned


def test_each_day_of_warning_warns_once(lasting, ada, anne):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        lasting(16)
        counts = []
        for _ in range(15):
            expiry.check_all()
            expiry.check_all()
            counts.append(Notification.objects.count())
            clock.shift(DAY)

    assert counts[:3] == [0, 0, 1]
    assert counts[-1] == 2, "14 and 3 days before the end"
    assert set(Notification.objects.values_list("user", flat=True)) == {ada.pk}


def test_the_warning_goes_out_by_mail(lasting, ada):
    lasting(2)

    expiry.check_all()
    send_mail()

    assert [message.to for message in mail.outbox] == [["ada@example.com"]]
    assert "Our access to Meta ends in" in mail.outbox[0].subject


def test_after_reconnecting_the_warnings_begin_anew(lasting, ada):
    lasting(2)
    expiry.check_all()
    Connection.objects.update(expires_at=timezone.now() + 60 * DAY)
    expiry.check_all()
    Connection.objects.update(expires_at=timezone.now() + 2 * DAY)

    expiry.check_all()

    assert Notification.objects.count() == 2


def test_what_renews_itself_is_not_warned_of(connected, ada):
    connected(ends_in=timedelta(minutes=50))

    expiry.check_all()

    assert not Notification.objects.exists()


def test_a_refresh_token_that_ends_is_warned_of(connected, ada):
    connected(ends_in=timedelta(minutes=50), refresh_expires_at=timezone.now() + 2 * DAY)

    expiry.check_all()

    assert Notification.objects.count() == 1


def test_an_access_that_has_ended_needs_a_person(connected, ada):
    connected(ends_in=timedelta(minutes=50), refresh_expires_at=timezone.now() - DAY)

    [finding] = expiry.check_all()

    assert finding.is_problem
    assert Connection.objects.get().status == Connection.Status.NEEDS_RECONNECT
    assert Notification.objects.get().title == "Meta must be reconnected"


def test_the_command_says_what_it_found(connected):
    connected()
    out = StringIO()

    call_command("refresh_tokens", stdout=out)

    assert out.getvalue().startswith("Meta: access is good")


def test_the_command_fails_when_a_person_is_needed(connected):
    connected(ends_in=timedelta(minutes=50), refresh_expires_at=timezone.now() - DAY)

    with pytest.raises(CommandError, match="1 connection needs an Admin"):
        call_command("refresh_tokens", stdout=StringIO(), stderr=StringIO())


def test_the_command_says_when_there_is_nothing_to_do(db):
    out = StringIO()

    call_command("refresh_tokens", stdout=out)

    assert "No platform is connected." in out.getvalue()
