"""What happens within a moment is one mail; each person chooses, per kind, when mail comes."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from stratum import events, mailing, notifications
from stratum.kinds import KIND_OF, NEEDS, Kind
from stratum.models import MailChoice, Notification
from stratum.tasks import send_mail
from tests.stratum import mail_servers

Mail = Notification.Mail
When = MailChoice.When


def tell(users, code="draft.approved", title="“Summer” was approved"):
    event = events.record(None, code, "draft:1")
    return notifications.notify(users, event=event, title=title, body="It was.", url="/campaigns")


@pytest.fixture
def window(settings, time_machine):
    """The product's own window, on a clock that stands still."""
    settings.MAIL_WINDOW_SECONDS = 30
    time_machine.move_to(datetime(2026, 6, 1, 12, 0, tzinfo=ZoneInfo("UTC")), tick=False)
    return time_machine


def test_what_happens_within_the_window_is_one_mail(ada, window):
    for number in range(3):
        tell([ada], title=f"Number {number}")
        window.shift(9)
    assert send_mail() == 0

    window.shift(5)
    assert send_mail() == 1

    assert mail.outbox[0].subject == "Number 0, and 2 more"
    assert all(f"Number {number}" in mail.outbox[0].body for number in range(3))
    assert all(f"Number {number}" in mail.outbox[0].alternatives[0].content for number in range(3))
    assert set(Notification.objects.values_list("mail_state", flat=True)) == {Mail.SENT}
    window.shift(60)
    assert send_mail() == 0


def test_a_single_one_stays_single(ada, window):
    tell([ada])
    window.shift(31)
    send_mail()
    tell([ada], title="Later")
    window.shift(31)
    send_mail()

    assert [message.subject for message in mail.outbox] == ["“Summer” was approved", "Later"]


def test_two_people_never_share_a_mail(ada, anne):
    tell([ada, anne])
    tell([ada, anne])

    assert send_mail() == 2
    assert sorted(message.to[0] for message in mail.outbox) == ["ada@example.com", "anne@example.com"]


def test_a_mail_that_is_tried_again_holds_what_it_held_under_the_same_id(ada, settings, window):
    settings.EMAIL_BACKEND = "tests.stratum.mail_servers.Unreachable"
    mail_servers.Unreachable.opened = 0
    first, second = tell([ada])[0], tell([ada])[0]
    window.shift(31)
    send_mail()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    window.shift(61)
    later = tell([ada], title="Later")[0]
    window.shift(31)

    assert send_mail() == 2
    told = {m.extra_headers["Message-ID"]: links(m.body) for m in mail.outbox}
    pks = [Notification.objects.get(event=row.event).pk for row in (first, second, later)]
    assert told == {
        f"<notifications-{pks[0]}@testserver>": pks[:2],
        f"<notification-{pks[2]}@testserver>": pks[2:],
    }


def links(body: str) -> list[int]:
    return [int(pk) for pk in re.findall(r"/notifications/(\d+)", body)]


def test_more_than_one_mail_holds_makes_another_mail(ada, monkeypatch):
    monkeypatch.setattr(mailing, "IN_ONE_MAIL", 3)
    for _ in range(7):
        tell([ada])

    assert send_mail() == 3
    assert sorted(len(links(message.body)) for message in mail.outbox) == [1, 3, 3]


def test_a_group_whose_senders_always_die_has_failed_as_a_whole(ada):
    tell([ada])
    tell([ada])
    leader = Notification.objects.order_by("pk")[0]
    Notification.objects.update(mail_group=leader.pk, mail_attempts=5)

    assert send_mail() == 0
    assert set(Notification.objects.values_list("mail_state", flat=True)) == {Mail.FAILED}
    assert not mailing.is_due()


def test_a_group_of_somebody_who_left_waits_for_nobody(ada):
    tell([ada])
    tell([ada])
    leader = Notification.objects.order_by("pk")[0]
    Notification.objects.update(mail_group=leader.pk, mail_attempts=1)
    ada.is_active = False
    ada.save()

    assert send_mail() == 0
    assert set(Notification.objects.values_list("mail_state", flat=True)) == {Mail.NONE}


# Choices ------------------------------------------------------------------------------------------------------------


def test_never_means_no_mail_and_still_a_notification(ada):
    notifications.choose(ada, {Kind.DECIDED: When.NEVER})

    tell([ada])
    tell([ada], code="draft.published", title="Live")

    assert send_mail() == 1
    assert mail.outbox[0].subject == "Live"
    assert Notification.objects.filter(user=ada).unread().count() == 2


def test_once_a_day_waits_for_the_next_morning_of_the_site(ada, settings, window):
    settings.TIME_ZONE = "Europe/Berlin"
    notifications.choose(ada, {Kind.DECIDED: When.DAILY})
    tell([ada], title="In the morning")
    window.shift(timedelta(hours=9))
    tell([ada], title="At night")

    window.move_to(datetime(2026, 6, 2, 7, 59, tzinfo=ZoneInfo("Europe/Berlin")), tick=False)
    assert send_mail() == 0
    window.move_to(datetime(2026, 6, 2, 8, 0, tzinfo=ZoneInfo("Europe/Berlin")), tick=False)
    assert send_mail() == 1
    assert mail.outbox[0].subject == "In the morning, and 1 more"


def test_the_daily_mail_leaves_out_what_was_read_meanwhile(ada, window):
    notifications.choose(ada, {Kind.DECIDED: When.DAILY})
    tell([ada], title="Read")
    tell([ada], title="Unread")
    Notification.objects.filter(title="Read").update(read_at=timezone.now())
    window.shift(timedelta(days=1))

    assert send_mail() == 1
    assert mail.outbox[0].subject == "Unread"


def test_mail_at_once_comes_although_it_was_read(ada):
    tell([ada])
    Notification.objects.update(read_at=timezone.now())

    assert send_mail() == 1


@pytest.mark.parametrize(("when", "waits"), [(When.NEVER, 0), (When.AT_ONCE, 1)])
def test_a_new_choice_holds_for_mails_that_wait(ada, window, when, waits):
    notifications.choose(ada, {Kind.DECIDED: When.DAILY})
    tell([ada])

    notifications.choose(ada, {Kind.DECIDED: when})

    window.shift(31)
    assert send_mail() == waits


def test_the_choice_of_one_person_and_kind_is_nobody_elses(ada, anne):
    notifications.choose(ada, {Kind.DECIDED: When.NEVER})

    tell([ada, anne])
    tell([ada], code="draft.published")

    assert send_mail() == 2


def test_the_page_shows_and_stores_what_was_chosen(ada, as_user):
    client, address = as_user(ada), reverse("notification_choices")
    data = dict.fromkeys(Kind.values, "daily") | {"failed": "at_once", "other": "never"}

    answer = client.post(address, data)

    assert answer.url == address
    chosen = notifications.choices_of(ada)
    assert chosen[Kind.FAILED] == When.AT_ONCE
    assert chosen[Kind.OTHER] == When.NEVER
    assert chosen[Kind.DECIDED] == When.DAILY
    page = client.get(address).content.decode()
    assert len(re.findall(r"checked", page)) == len(Kind)


def test_what_is_no_choice_is_refused_and_changes_nothing(ada, as_user):
    answer = as_user(ada).post(reverse("notification_choices"), {"failed": "sometimes"})

    assert answer.status_code == 422
    assert not MailChoice.objects.exists()


def test_kinds_that_never_come_to_a_person_are_not_offered(carl, as_user):
    page = as_user(carl).get(reverse("notification_choices"))

    assert set(page.context["form"].fields) == set(Kind) - set(NEEDS)


def test_every_event_that_has_a_kind_is_really_recorded():
    from tests.architecture.test_rooms import PRODUCT

    source = "\n".join(open(name).read() for name in PRODUCT if name != "stratum/kinds.py")  # noqa: SIM115
    patterns = {code: re.escape(code) for code in KIND_OF}
    patterns |= {
        code: r'f"draft\.\{run\.kind\}_' + code.rsplit("_", 1)[1]
        for code in KIND_OF
        if code.startswith(("draft.pause_", "draft.resume_", "draft.end_"))
    }

    assert [code for code, pattern in patterns.items() if not re.search(pattern, source)] == []
