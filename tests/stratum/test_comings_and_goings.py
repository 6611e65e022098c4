"""The trail holds who logged in, tried to, and left, and whose sessions were ended by whom."""

from __future__ import annotations

import time

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from stratum import login, security_views, sessions, team, twofactor
from stratum.models import Authenticator, Event, User
from tests.people import PASSWORD

HERE = "203.0.113.7"


def told(user: User) -> list[tuple[str, User | None, dict]]:
    rows = Event.objects.about(user.event_subject).order_by("pk").select_related("actor")
    return [(event.code, event.actor, event.data) for event in rows]


def enter(name: str, password: str = PASSWORD) -> Client:
    client = Client(REMOTE_ADDR=HERE, headers={"User-Agent": "Firefox/140.0"})
    client.post(reverse("login"), {"username": name, "password": password})
    return client


def test_logging_in_and_out_is_recorded_with_the_address(carl):
    enter("carl@example.com").post(reverse("logout"))

    assert told(carl) == [
        (login.LOGGED_IN, carl, {"address": HERE, "shown": "password"}),
        (login.LOGGED_OUT, carl, {"address": HERE}),
    ]


def test_a_wrong_password_is_recorded_about_the_person_and_by_nobody(carl):
    enter("carl", "wrong")
    enter("Carl@example.com", "wrong")

    assert told(carl) == [(login.FAILED, None, {"address": HERE, "deactivated": False})] * 2


def test_what_was_typed_as_an_unknown_name_is_kept_nowhere(carl):
    enter("my secret password", "carl")

    assert not Event.objects.exists()


def test_the_right_password_of_somebody_deactivated_is_recorded_as_such(carl):
    User.objects.filter(pk=carl.pk).update(is_active=False)
    enter("carl")

    assert told(carl) == [(login.FAILED, None, {"address": HERE, "deactivated": True})]


def test_whoever_is_locked_out_adds_nothing_more(carl, settings):
    settings.AXES_ENABLED = True
    for _ in range(settings.AXES_FAILURE_LIMIT + 3):
        enter("carl", "wrong")

    assert len(told(carl)) == settings.AXES_FAILURE_LIMIT


@pytest.fixture
def phone(carl) -> pyotp.TOTP:
    row = Authenticator.objects.create(user=carl, secret=pyotp.random_base32())
    assert twofactor.confirm(carl, pyotp.TOTP(row.secret).at(time.time() - 30), session_key="")
    return pyotp.TOTP(row.secret)


def test_with_a_second_factor_the_log_in_is_recorded_after_the_code_and_a_wrong_code_too(carl, phone):
    client = enter("carl")
    client.post(reverse("login_code"), {"code": "000000"})
    Authenticator.objects.update(failed_at=None)
    client.post(reverse("login_code"), {"code": phone.now()})

    assert told(carl)[1:] == [
        (twofactor.WRONG_CODE, None, {"in_a_row": 1}),
        (login.LOGGED_IN, carl, {"address": HERE, "shown": "password and code"}),
    ]


def test_ending_one_session_is_recorded_once_with_what_it_was(carl):
    here, other = enter("carl"), enter("carl")
    row = next(row for row in sessions.of(carl) if row.session_key == other.session.session_key)
    Event.objects.all()._raw_delete(Event.objects.db)

    for _ in range(2):
        here.post(reverse("session_end", args=[row.public_id]))

    assert told(carl) == [(security_views.SESSION_ENDED, carl, {"address": HERE, "browser": "Firefox/140.0"})]


@pytest.mark.parametrize(
    ("act", "code"),
    [(team.deactivate, team.DEACTIVATED), (team.give_password, team.PASSWORD_GIVEN), (team.log_out, team.LOGGED_OUT)],
)
def test_whatever_an_admin_does_that_ends_sessions_says_how_many(ada, carl, act, code):
    enter("carl")
    enter("carl")

    act(carl, by=ada)

    assert told(carl)[-1] == (code, ada, {"sessions": 2})


def test_a_persons_history_leaves_daily_coming_and_going_to_the_trail(ada, carl, as_user):
    enter("carl", "wrong")
    enter("carl").post(reverse("logout"))

    page = as_user(ada).get(reverse("person", args=[carl.pk])).content.decode()
    trail = as_user(ada).get(reverse("audit")).content.decode()
    assert "Nothing was changed here yet." in page
    assert all(words in trail for words in ("Person: logged in", "Person: log in failed", "Person: logged out here"))
