from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stratum import sessions, team
from stratum.models import Event, PersonSession, User
from stratum.tasks import clear_out
from tests.people import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1"


def log_in(name: str = "carl", browser: str = FIREFOX, address: str = "203.0.113.7") -> Client:
    client = Client(headers={"User-Agent": browser}, REMOTE_ADDR=address)
    assert client.post(reverse("login"), {"username": name, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("notifications")).status_code == 200


def test_a_session_knows_whose_it_is_and_where_it_began(carl):
    log_in()

    (row,) = sessions.of(carl)
    assert (row.address, row.browser) == ("203.0.113.7", FIREFOX)
    assert timezone.now() - row.started_at < timedelta(seconds=10)


def test_a_visitor_who_is_not_logged_in_belongs_to_nobody(carl):
    client = Client()
    client.post(reverse("login"), {"username": "carl", "password": "wrong"})

    assert sessions.of(carl) == []


def test_the_page_lists_ones_own_sessions_and_marks_this_one(carl):
    here = log_in()
    log_in(browser=SAFARI, address="198.51.100.2")

    page = here.get(reverse("security")).content.decode()
    assert "Firefox on Linux" in page
    assert "Safari on iPhone" in page
    assert "198.51.100.2" in page
    assert page.count("This session") == 1


def test_no_page_holds_the_key_of_a_session(carl, ada, as_user):
    here, other = log_in(), log_in(browser=SAFARI)

    pages = here.get(reverse("security")).content.decode()
    pages += as_user(ada).get(reverse("person", args=[carl.pk])).content.decode()
    for client in (here, other):
        assert client.session.session_key not in pages
    assert all(row.public_id in pages for row in sessions.of(carl) if row.session_key != here.session.session_key)


def test_one_session_is_ended_and_the_others_go_on(carl):
    here, other, third = log_in(), log_in(), log_in()
    row = PersonSession.objects.get(session_key=other.session.session_key)

    here.post(reverse("session_end", args=[row.public_id]))

    assert [is_in(client) for client in (here, other, third)] == [True, False, True]


def test_nobody_ends_the_session_of_somebody_else(carl, cora):
    here, hers = log_in(), log_in("cora")
    row = sessions.of(cora)[0]

    here.post(reverse("session_end", args=[row.public_id]))

    assert is_in(hers)


def test_everywhere_else_leaves_this_session(carl):
    here, other = log_in(), log_in()

    here.post(reverse("sessions_end_others"))

    assert [is_in(here), is_in(other)] == [True, False]
    assert Event.objects.get(code="person.logged_out_elsewhere").data == {"sessions": 1}


def test_an_admin_logs_somebody_out_everywhere(ada, carl, cora, as_user):
    his, hers = [log_in(), log_in()], log_in("cora")

    as_user(ada).post(reverse("person_log_out", args=[carl.pk]))

    assert [is_in(client) for client in his] == [False, False]
    assert is_in(hers)
    assert Event.objects.get(code=team.LOGGED_OUT).data == {"sessions": 2}


def test_deactivation_deletes_the_sessions_at_once(ada, carl):
    his = log_in()

    team.deactivate(carl, by=ada)

    assert not PersonSession.objects.filter(user=carl).exists()
    assert not is_in(his)
    team.reactivate(carl, by=ada)
    assert not is_in(his)


def test_a_one_time_password_deletes_them_as_well(ada, carl):
    log_in()

    team.give_password(carl, by=ada)

    assert not PersonSession.objects.filter(user=carl).exists()


def test_a_new_password_keeps_this_session_with_its_story(carl):
    here, other = log_in(), log_in(browser=SAFARI)
    new = "another good password"

    here.post(reverse("password_change"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})

    assert [is_in(here), is_in(other)] == [True, False]
    assert FIREFOX in {row.browser for row in sessions.of(User.objects.get(pk=carl.pk))}


def test_a_request_that_ends_after_the_session_did_does_not_bring_it_back(carl):
    client = log_in()
    store = sessions.SessionStore(client.session.session_key)
    store["typed"] = "something"
    sessions.end_all(carl)

    with pytest.raises(UpdateError):  # Django answers 400 to it
        store.save()
    assert not PersonSession.objects.exists()


def test_when_it_was_last_seen_is_exact_to_five_minutes_and_costs_no_query(carl, time_machine, queries):
    client, began = log_in(), timezone.now()
    usual = queries(lambda: client.get(reverse("notifications_count")))
    time_machine.move_to(began + timedelta(minutes=4))
    assert queries(lambda: client.get(reverse("notifications_count"))) == usual
    assert sessions.of(carl)[0].seen_at < began + timedelta(minutes=1)

    time_machine.move_to(began + timedelta(minutes=6))
    client.get(reverse("notifications_count"))
    assert sessions.of(carl)[0].seen_at >= began + timedelta(minutes=6)


def test_sessions_that_ended_are_not_listed_and_are_cleared(carl):
    log_in()
    PersonSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert sessions.of(carl) == []
    assert clear_out() == 1
