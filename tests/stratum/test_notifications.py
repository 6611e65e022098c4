from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse
from django_q.models import OrmQ

from stratum import events, notifications
from stratum.models import Notification
from stratum.tasks import ring


def tell(users, *, by=None, title="“Summer Sale” waits for your approval", url="/campaigns"):
    event = events.record(by, "draft.submitted", "draft:1")
    notifications.notify(users, event=event, title=title, body="$1,000.00 a day.", url=url)
    return event


def test_everybody_is_told_but_the_one_who_did_it(ada, anne, carl):
    tell([ada, anne, carl], by=carl)

    assert set(Notification.objects.values_list("user__username", flat=True)) == {"ada", "anne"}


def test_nobody_is_told_twice_about_one_event(ada):
    event = tell([ada, ada])
    notifications.notify([ada], event=event, title="Again", url="/campaigns")

    assert Notification.objects.count() == 1


def test_the_bell_of_the_queue_is_rung_for_mail_that_is_due(ada):
    tell([ada])

    assert ring() == 1
    assert OrmQ.objects.get().func() == "stratum.tasks.send_mail"
    assert OrmQ.objects.get().key == "default"


def test_it_is_not_rung_again_while_the_queue_has_work_waiting(ada):
    tell([ada])
    ring()

    assert ring() == 0
    assert OrmQ.objects.count() == 1


def test_it_is_not_rung_for_nothing(ada):
    assert ring() == 0


@pytest.mark.django_db(transaction=True)
def test_rows_vanish_with_the_change_that_caused_them(ada):
    with transaction.atomic():
        tell([ada])
        transaction.set_rollback(True)

    assert not Notification.objects.exists()


def test_nobody_without_an_address_gets_mail(ada):
    ada.email = ""

    tell([ada])

    assert Notification.objects.get().mail_state == Notification.Mail.NONE
    assert ring() == 0


def test_the_bell_counts_what_is_unread(ada, as_user):
    tell([ada])
    tell([ada])

    page = as_user(ada).get(reverse("notifications"))

    assert page.context["unread_notifications"] == 2
    assert "Notifications, 2 unread" in page.content.decode()


def test_opening_a_notification_marks_it_as_read_and_leads_to_its_page(ada, as_user):
    tell([ada], url="/settings/team")
    row = Notification.objects.get()

    answer = as_user(ada).get(reverse("notification", args=[row.pk]))

    assert answer.url == "/settings/team"
    row.refresh_from_db()
    assert row.read_at is not None


def test_a_notification_never_leads_to_another_site(ada, as_user):
    tell([ada], url="https://evil.example/login")

    answer = as_user(ada).get(reverse("notification", args=[Notification.objects.get().pk]))

    assert answer.url == reverse("notifications")


def test_notifications_of_others_do_not_exist(ada, anne, as_user):
    tell([ada])

    answer = as_user(anne).get(reverse("notification", args=[Notification.objects.get().pk]))

    assert answer.status_code == 404
    assert Notification.objects.unread().count() == 1


def test_marking_all_as_read_leaves_what_came_after_the_page_was_shown(ada, anne, as_user):
    tell([ada])
    shown = Notification.objects.get().pk
    tell([ada, anne])

    as_user(ada).post(reverse("notifications_read"), {"newest": shown})

    assert Notification.objects.get(pk=shown).read_at is not None
    assert Notification.objects.unread().filter(user=ada).count() == 1
    assert Notification.objects.unread().filter(user=anne).count() == 1


def test_unread_ones_are_shown_first(ada, as_user):
    tell([ada], title="Old and read")
    Notification.objects.update(read_at="2026-01-01T00:00Z")
    tell([ada], title="New and unread")

    page = as_user(ada).get(reverse("notifications")).content.decode()

    assert "New and unread" in page
    assert "Old and read" not in page
    assert "Old and read" in as_user(ada).get(reverse("notifications") + "?show=all").content.decode()


def test_the_pages_hold_every_notification_once(ada, as_user):
    for number in range(65):
        tell([ada], title=f"Number {number}.")
    client, url, titles = as_user(ada), reverse("notifications"), []
    for _ in range(3):
        page = client.get(url).context["page"]
        titles += [row.title for row in page.items]
        url = page.next_url

    assert url == ""
    assert titles == [f"Number {number}." for number in range(64, -1, -1)]


def test_the_page_says_so_when_there_is_nothing(ada, as_user):
    assert "No notifications yet" in as_user(ada).get(reverse("notifications")).content.decode()


def test_what_people_typed_is_escaped(ada, as_user):
    tell([ada], title="<script>alert(1)</script> was approved")

    page = as_user(ada).get(reverse("notifications")).content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_the_page_needs_the_same_queries_for_one_notification_as_for_many(ada, as_user, queries):
    client = as_user(ada)
    tell([ada])
    one = queries(lambda: client.get(reverse("notifications")))
    for _ in range(25):
        tell([ada])

    assert queries(lambda: client.get(reverse("notifications"))) == one
