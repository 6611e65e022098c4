from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from stratum import events, mailing
from stratum.models import Notification, User
from stratum.tasks import send_mail
from tests.people import person
from tests.stratum import mail_servers

SERVERS = "tests.stratum.mail_servers."
Mail = Notification.Mail


def waiting(user: User, **changes) -> Notification:
    event = events.record(None, "draft.approved", "draft:1")
    text = {"title": "“Sommer & Söhne” was\napproved", "body": "Anne <approved> it.", "url": "/campaigns"}
    return Notification.objects.create(user=user, event=event, **text | changes)


def test_a_mail_goes_out_once(ada):
    waiting(ada)

    assert send_mail() == 1
    assert send_mail() == 0
    assert len(mail.outbox) == 1
    assert Notification.objects.get().mail_state == Mail.SENT


def test_the_mail_is_text_and_html_with_a_stable_id_and_a_link_that_marks_it_as_read(ada):
    row = waiting(ada)
    send_mail()

    message = mail.outbox[0]
    html = message.alternatives[0].content
    assert message.to == ["ada@example.com"]
    assert message.subject == "“Sommer & Söhne” was approved"
    assert message.extra_headers["Message-ID"] == f"<notification-{row.pk}@testserver>"
    assert f"http://testserver/notifications/{row.pk}" in message.body
    assert f'href="http://testserver/notifications/{row.pk}"' in html
    assert "Anne <approved> it." in message.body
    assert "Anne &lt;approved&gt; it." in html


def test_one_bad_address_does_not_stop_the_others(ada, anne, settings):
    settings.EMAIL_BACKEND = SERVERS + "RefusesBadAddresses"
    User.objects.filter(pk=ada.pk).update(email="bad@example.com")
    bad, good = waiting(ada), waiting(anne)

    assert send_mail() == 1

    bad.refresh_from_db()
    good.refresh_from_db()
    assert good.mail_state == Mail.SENT
    assert bad.mail_state == Mail.WAITING
    assert "No such user" in bad.mail_error
    assert "hunter2" not in bad.mail_error


def test_a_failing_mail_is_tried_after_1_5_15_and_60_minutes_and_then_has_failed(ada, settings, time_machine):
    settings.EMAIL_BACKEND = SERVERS + "RefusesBadAddresses"
    User.objects.filter(pk=ada.pk).update(email="bad@example.com")
    row = waiting(ada)
    began, waits = timezone.now(), []
    time_machine.move_to(began, tick=False)
    for _ in range(4):
        send_mail()
        row.refresh_from_db()
        waits.append((row.mail_due_at - timezone.now()) // timedelta(minutes=1))
        time_machine.move_to(row.mail_due_at - timedelta(seconds=1), tick=False)
        assert send_mail() == 0
        time_machine.move_to(row.mail_due_at, tick=False)
    send_mail()

    row.refresh_from_db()
    assert waits == [1, 5, 15, 60]
    assert (row.mail_state, row.mail_attempts) == (Mail.FAILED, 5)
    assert send_mail() == 0


def test_an_unreachable_server_costs_one_attempt_of_one_mail(ada, anne, settings):
    settings.EMAIL_BACKEND = SERVERS + "Unreachable"
    mail_servers.Unreachable.opened = 0
    waiting(ada)
    waiting(anne)

    assert send_mail() == 0
    assert mail_servers.Unreachable.opened == 1
    assert sorted(Notification.objects.values_list("mail_attempts", flat=True)) == [0, 1]
    assert Notification.objects.filter(mail_state=Mail.WAITING).count() == 2


def test_a_sender_that_dies_leaves_a_mail_that_is_sent_later(ada, settings, time_machine):
    settings.EMAIL_BACKEND = SERVERS + "DiesWhileSending"
    row = waiting(ada)
    with pytest.raises(KeyboardInterrupt):
        send_mail()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert send_mail() == 0  # claimed: perhaps somebody is still sending it
    time_machine.move_to(timezone.now() + mailing.CLAIM + timedelta(seconds=1))
    assert send_mail() == 1
    row.refresh_from_db()
    assert row.mail_state == Mail.SENT


def test_a_mail_whose_senders_always_die_has_failed(ada):
    row = waiting(ada, mail_attempts=5)

    assert send_mail() == 0
    row.refresh_from_db()
    assert row.mail_state == Mail.FAILED
    assert "ended too often" in row.mail_error


def test_nobody_who_left_the_team_gets_mail(ada, anne):
    waiting(ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    waiting(anne)

    assert send_mail() == 1
    assert mail.outbox[0].to == ["anne@example.com"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_tell_each_thing_once(monkeypatch):
    rows, gate = [waiting(person(name)) for name in ("ada", "anne", "carl", "paul") for _ in range(10)], Barrier(2)
    listed = mailing.get_connection

    def together(**kwargs):
        gate.wait(10)
        return listed(**kwargs)

    def sender(_: int) -> int:
        try:
            return send_mail()
        finally:
            connection.close()

    monkeypatch.setattr(mailing, "get_connection", together)
    with ThreadPoolExecutor(2) as pool:
        sent = list(pool.map(sender, range(2)))

    told = [int(pk) for message in mail.outbox for pk in re.findall(r"/notifications/(\d+)", message.body)]
    assert sorted(told) == sorted(row.pk for row in rows)
    assert sum(sent) == len(mail.outbox) == len({message.extra_headers["Message-ID"] for message in mail.outbox})
    assert not Notification.objects.exclude(mail_state=Mail.SENT).exists()
