from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from stratum import login
from stratum.models import Event, User
from tests.people import PASSWORD

NEW = "a much better one"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str | None = None):
    data = {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}
    return client.post(reverse("password_change"), data)


@pytest.fixture
def newcomer(vera: User) -> User:
    User.objects.filter(pk=vera.pk).update(password_is_temporary=True)
    return User.objects.get(pk=vera.pk)


def test_a_one_time_password_opens_nothing_but_the_page_that_changes_it(newcomer, as_user):
    client = as_user(newcomer)

    assert client.get(reverse("notifications")).url == reverse("password_change")
    assert client.post(reverse("notifications_read")).url == reverse("password_change")
    assert client.get(reverse("notifications"), headers={"Accept": "application/json"}).status_code == 403
    assert "Choose your own password" in client.get(reverse("password_change")).content.decode()


def test_after_the_change_everything_is_open(newcomer, as_user):
    client = as_user(newcomer)

    assert change(client).status_code == 302
    assert client.get(reverse("notifications")).status_code == 200
    assert Event.objects.get().code == login.PASSWORD_CHANGED


def test_the_one_time_password_cannot_be_kept(newcomer, as_user):
    client = as_user(newcomer)

    answer = change(client, new=PASSWORD)

    assert answer.status_code == 422
    assert "Choose another one" in answer.content.decode()
    assert client.get(reverse("notifications")).status_code == 302


def test_logging_out_stays_possible(newcomer, as_user):
    assert as_user(newcomer).post(reverse("logout")).url == "/login"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"old": "wrong"}, "old_password"),
        ({"new": "short"}, "new_password2"),
        ({"new": "password123"}, "new_password2"),
        ({"again": "something else"}, "new_password2"),
    ],
)
def test_a_wrong_change_names_the_field_and_changes_nothing(vera, as_user, data, field):
    answer = change(as_user(vera), **data)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert User.objects.get(pk=vera.pk).check_password(PASSWORD)


def test_a_new_password_ends_the_other_sessions(vera, as_user):
    here, elsewhere = as_user(vera), as_user(vera)

    change(here)

    assert here.get(reverse("notifications")).status_code == 200
    assert elsewhere.get(reverse("notifications")).status_code == 302


def test_made_passwords_are_long_readable_and_never_the_same():
    made = {login.new_password() for _ in range(200)}

    assert len(made) == 200
    assert all(len(password) == 19 and not set("il1o0") & set(password) for password in made)
