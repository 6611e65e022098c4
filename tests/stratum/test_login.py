from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from stratum.models import User
from tests.people import PASSWORD


def log_in(name: str, password: str = PASSWORD, **more):
    return Client().post(reverse("login"), {"username": name, "password": password} | more)


@pytest.mark.parametrize("name", ["ada", "ada@example.com", "ADA@Example.com"])
def test_user_name_and_mail_address_both_log_in(ada, name):
    assert log_in(name).status_code == 302


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("nobody@example.com", PASSWORD), ("", "")])
def test_anything_else_is_refused_with_a_sentence(ada, name, password):
    answer = log_in(name, password)

    assert answer.status_code == 422
    assert "_auth_user_id" not in answer.wsgi_request.session


def test_a_user_name_wins_over_a_mail_address(ada):
    User.objects.create_user("ada@example.com", "else@example.com", "another password")

    assert log_in("ada@example.com").status_code == 422
    assert log_in("ada@example.com", "another password").status_code == 302


def test_deactivated_people_cannot_log_in(ada):
    User.objects.filter(pk=ada.pk).update(is_active=False)

    assert log_in("ada").status_code == 422


def test_the_page_that_was_asked_for_is_kept(ada):
    asked = Client().get("/notifications?show=all")
    page = Client().get(asked.url)

    assert asked.url == "/login?next=/notifications%3Fshow%3Dall"
    assert 'name="next" value="/notifications?show=all"' in page.content.decode()
    assert log_in("ada", next="/notifications?show=all").url == "/notifications?show=all"


def test_another_site_is_not_kept(ada):
    assert "evil.example" not in log_in("ada", next="https://evil.example/").url


def test_after_too_many_wrong_passwords_even_the_right_one_waits(ada, anne, settings):
    settings.AXES_ENABLED = True
    for _ in range(settings.AXES_FAILURE_LIMIT):
        locked = log_in("ada", "wrong")

    assert locked.status_code == 429
    assert "paused for 15 minutes" in locked.content.decode()
    assert log_in("ada").status_code == 429
    assert log_in("anne").status_code == 302  # the name is locked, not the address of everybody's office


def test_fewer_wrong_passwords_lock_nothing(ada, settings):
    settings.AXES_ENABLED = True
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        log_in("ada", "wrong")

    assert log_in("ada").status_code == 302


def test_logging_out_is_a_post(ada, as_user):
    client = as_user(ada)

    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).url == "/login"
    assert client.get(reverse("notifications")).status_code == 302


def test_a_part_of_a_page_reloads_the_page_when_nobody_is_logged_in(db):
    answer = Client().get(reverse("notifications"), headers={"HX-Request": "true"})

    assert answer.headers["HX-Refresh"] == "true"
    assert answer.content == b""


def test_json_gets_401_when_nobody_is_logged_in(db):
    answer = Client().get(reverse("notifications"), headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "FORBIDDEN"
