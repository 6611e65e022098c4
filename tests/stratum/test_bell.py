from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stratum import events, notifications
from stratum.models import Notification

ADDRESS = "/notifications/count"


def tell(user, times=1):
    for _ in range(times):
        event = events.record(None, "draft.approved", "draft:1")
        notifications.notify([user], event=event, title="Approved", url="/campaigns")


def test_nothing_is_sent_when_the_page_shows_the_number_already(ada, as_user):
    tell(ada, 2)

    answer = as_user(ada).get(f"{ADDRESS}?shown=2")

    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("shown", ["0", "3", "", "x"])
def test_another_number_brings_both_bells(ada, as_user, shown):
    tell(ada, 2)

    answer = as_user(ada).get(f"{ADDRESS}?shown={shown}").content.decode()

    assert re.search(r'id="unread-shown"\s+name="shown"\s+value="2"', answer)
    assert "Notifications, 2 unread" in answer
    assert re.search(r'id="unread-count"\s+hx-swap-oob="true"\s*>2<', answer)


def test_the_number_goes_when_everything_is_read(ada, as_user):
    tell(ada)
    Notification.objects.update(read_at=timezone.now())

    answer = as_user(ada).get(f"{ADDRESS}?shown=1").content.decode()

    assert re.search(r'id="unread-count"[^>]*hidden', answer)


def test_the_page_holds_everything_that_is_swapped(ada, as_user):
    tell(ada)
    page = as_user(ada).get(reverse("notifications")).content.decode()
    news = as_user(ada).get(f"{ADDRESS}?shown=9").content.decode()

    ids = re.findall(r'id="(unread-[a-z]+)"', news)
    assert sorted(ids) == ["unread-bell", "unread-count", "unread-shown"]
    assert all(page.count(f'id="{one}"') == 1 for one in ids)


def test_what_asks_is_never_swapped_so_no_look_is_lost_between_an_answer_and_the_next(ada, as_user):
    tell(ada)

    assert "hx-get" not in as_user(ada).get(f"{ADDRESS}?shown=9").content.decode()


def test_others_unread_ones_do_not_count(ada, anne, as_user):
    tell(anne)

    assert as_user(ada).get(f"{ADDRESS}?shown=0").status_code == 204


def test_it_costs_session_person_and_one_count(ada, as_user, queries):
    client = as_user(ada)
    tell(ada, 30)

    assert queries(lambda: client.get(f"{ADDRESS}?shown=0")) == 3


def test_somebody_who_was_logged_out_is_not_led_away(db):
    answer = Client().get(f"{ADDRESS}?shown=1", headers={"HX-Request": "true"})

    assert answer.status_code == 204
    assert "HX-Refresh" not in answer.headers


def test_programs_get_the_number_as_json(ada, as_user):
    tell(ada)

    answer = as_user(ada).get(ADDRESS, headers={"Accept": "application/json"})

    assert answer.json() == {"success": True, "data": {"unread": 1}}
