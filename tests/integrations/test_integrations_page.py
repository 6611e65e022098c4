from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.models import Connection
from stratum.models import User
from tests.factories import make_account, make_connection
from tests.people import PEOPLE, person

PAGE = "/settings/integrations"
JSON = {"Accept": "application/json"}
ACTIONS = ["connect", "disconnect", "refresh"]

pytestmark = pytest.mark.usefixtures("stage")


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_with_a_role_sees_the_four_platforms(db, as_user, name):
    page = as_user(person(name)).get(PAGE).content.decode()

    titles = ["Meta (Facebook/Instagram)", "Google Ads", "TikTok Ads", "Snapchat Ads"]
    assert all(title in page for title in titles)


def test_somebody_without_a_role_sees_nothing(db, as_user):
    nobody = User.objects.create_user("nobody", "nobody@example.com", "x")

    assert as_user(nobody).get(PAGE).status_code == 403


def test_nobody_sees_it_without_logging_in(db, client):
    assert client.get(PAGE)["Location"] == f"/login?next={PAGE}"


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", PEOPLE)
def test_only_an_admin_may_act(connected, as_user, name, action):
    connected()

    answer = as_user(person(name)).post(f"{PAGE}/meta/{action}")

    if name == "ada":
        assert answer.status_code == 302
    else:
        assert answer.status_code == 403
        assert "Only an Admin may" in answer.content.decode()


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_want_a_post_with_a_token(connected, ada, as_user, action):
    client = as_user(ada)
    client.handler.enforce_csrf_checks = True

    assert client.get(f"{PAGE}/meta/{action}").status_code == 405
    assert client.post(f"{PAGE}/meta/{action}").status_code == 403


@pytest.mark.parametrize("action", ACTIONS)
def test_an_unknown_platform_is_not_found(ada, as_user, action):
    assert as_user(ada).post(f"{PAGE}/myspace/{action}").status_code == 404


def test_the_buttons_are_the_admins(connected, ada, vera, as_user):
    connected()

    for_admin = as_user(ada).get(PAGE).content.decode()
    for_viewer = as_user(vera).get(PAGE).content.decode()

    assert all(f"{PAGE}/meta/{action}" in for_admin for action in ACTIONS)
    assert not any(f"{PAGE}/meta/{action}" in for_viewer for action in ACTIONS)


def test_a_platform_of_another_version_says_so_and_cannot_be_connected(ada, as_user):
    client = as_user(ada)

    assert client.get(PAGE).content.decode().count("Not available in this version") == 3
    answer = client.post(f"{PAGE}/google/connect", headers=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "PLATFORM_NOT_AVAILABLE")


def test_missing_credentials_name_their_variables(ada, vera, as_user, settings):
    settings.PLATFORMS = settings.PLATFORMS | {"meta": settings.PLATFORMS["meta"] | {"client_secret": ""}}
    client = as_user(ada)

    page = client.get(PAGE).content.decode()

    assert "META_APP_SECRET" in page
    assert "META_APP_ID" not in page
    assert f"{settings.BASE_URL}/oauth/callback" in page
    assert "META_APP_SECRET" not in as_user(vera).get(PAGE).content.decode()
    answer = client.post(f"{PAGE}/meta/connect", headers=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "PLATFORM_NOT_CONFIGURED")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ["Connected", "Dana Whitfield", "Ada Admin", "Reconnect", "Renew access"]),
        ({"refresh_token": ""}, ["until "]),
        ({"refresh_token": "", "expires_at": None}, ["Meta names no end"]),
        ({"renews_itself": True}, ["renews itself"]),
        ({"expires_at": timezone.now() + timedelta(days=3, hours=1), "renews_itself": False}, ["ends", "in 3 days"]),
        ({"status": "needs_reconnect", "last_error": "The session has expired."}, ["must be reconnected", "expired"]),
        ({"status": "disconnected"}, ["It was connected as", "Reconnect"]),
        ({"last_error": "Meta could not answer."}, ["The last renewal failed: Meta could not answer."]),
    ],
)
def test_a_card_says_how_the_connection_is(ada, as_user, fields, words):
    make_connection(**fields)

    page = as_user(ada).get(PAGE).content.decode()

    assert [word for word in words if word not in page] == []


def test_a_name_from_the_platform_is_escaped(ada, as_user):
    make_connection(external_user_name="<b>Dana</b>")

    assert "<b>Dana</b>" not in as_user(ada).get(PAGE).content.decode()


def test_a_card_counts_the_accounts(connected, ada, as_user):
    connected()
    make_account("act_1")
    make_account("act_2", is_enabled=False)

    assert "2 ad accounts, 1 enabled." in as_user(ada).get(PAGE).content.decode()


def test_json_has_every_platform_and_no_token(connected, vera, as_user):
    connection = connected()

    answer = as_user(vera).get(PAGE, headers=JSON)

    meta, *others = answer.json()["data"]
    assert [(p["platform"], p["status"], p["available"]) for p in [meta, *others]] == [
        ("meta", "connected", True),
        ("google", "disconnected", False),
        ("tiktok", "disconnected", False),
        ("snapchat", "disconnected", False),
    ]
    assert meta["connected_as"] == "Dana Whitfield"
    assert {"connected_at", "last_refreshed_at", "scopes", "last_error", "expires_at"} <= set(meta)
    assert connection.access_token not in answer.content.decode()


def test_renewing_says_whether_it_helped(connected, ada, as_user, monkeypatch):
    connected()
    client = as_user(ada)

    assert "Our access to Meta was renewed." in client.post(f"{PAGE}/meta/refresh", follow=True).content.decode()

    monkeypatch.setattr("tests.played.PlayedPlatform.refresh", lambda self, tokens: tokens)
    assert "Meta gave no new access" in client.post(f"{PAGE}/meta/refresh", follow=True).content.decode()


def test_renewing_what_needs_a_person_says_who(connected, stage, ada, as_user):
    connected()
    stage.end_all()

    answer = as_user(ada).post(f"{PAGE}/meta/refresh", headers=JSON)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "TOKEN_EXPIRED")
    assert Connection.objects.get().status == Connection.Status.NEEDS_RECONNECT


def test_the_page_asks_the_database_as_often_for_many_accounts_as_for_one(
    connected, ada, as_user, django_assert_num_queries, django_assert_max_num_queries
):
    connected()
    client = as_user(ada)
    make_account("act_1")
    client.get(PAGE)
    with django_assert_max_num_queries(20) as few:
        client.get(PAGE)
    for number in range(2, 40):
        make_account(f"act_{number}", assets=[])

    with django_assert_num_queries(len(few)):
        client.get(PAGE)
