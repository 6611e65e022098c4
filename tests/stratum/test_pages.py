from __future__ import annotations

import re

import pytest
from django.conf import settings as site
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from django.views.defaults import bad_request, permission_denied, server_error

from stratum import ui

PEOPLE = ["ada", "anne", "carl", "paul", "vera"]


def labels(page: str) -> list[str]:
    return re.findall(r'class="nav-item".*?<span>(.*?)</span>', page, re.S)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("url", ["notifications", "password_change"])
def test_pages_for_everybody_open_for_every_role(name, url, request, as_user):
    user = request.getfixturevalue(name)

    page = as_user(user).get(reverse(url))

    assert page.status_code == 200
    assert str(user) in page.content.decode()


@pytest.mark.parametrize(("name", "sees_team"), [(name, name == "ada") for name in PEOPLE])
def test_the_sidebar_leaves_out_what_the_role_cannot_open(name, sees_team, request, as_user):
    page = as_user(request.getfixturevalue(name)).get(reverse("notifications")).content.decode()

    assert ("Team" in labels(page)) is sees_team
    assert "Notifications" in labels(page)


def test_somebody_without_a_role_sees_no_rooms(ada, as_user):
    ada.groups.clear()

    assert labels(as_user(ada).get(reverse("notifications")).content.decode()) == ["Notifications"]


def test_one_item_of_the_sidebar_is_the_current_page(ada, as_user):
    page = as_user(ada).get(reverse("team")).content.decode()

    assert re.findall(r'href="([^"]*)"\s+aria-current="page"', page) == [reverse("team")]


def test_every_page_carries_the_content_security_policy(ada, as_user):
    policy = as_user(ada).get(reverse("notifications")).headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["form-action"].startswith("'self'")
    assert "unsafe" not in policy


def test_htmx_neither_evaluates_nor_writes_styles(ada, as_user):
    page = as_user(ada).get(reverse("notifications")).content.decode()

    assert '"includeIndicatorStyles":false' in page
    assert '"allowEval":false' in page
    assert re.search(r"hx-headers='{\"X-CSRFToken\": \"\w{64}\"}'", page)


def test_messages_stand_in_a_live_region(ada, as_user):
    client = as_user(ada)
    client.post(reverse("notifications_read"))

    page = client.get(reverse("notifications")).content.decode()

    assert re.search(r'role="status"\s+aria-live="polite".*?Marked as read\.', page, re.S)


def test_a_page_that_is_not_there_says_so(ada, as_user):
    for client in (as_user(ada), Client()):
        answer = client.get("/nothing-here")
        assert answer.status_code == 404
        assert "There is nothing here" in answer.content.decode()


def test_403_says_who_may(rf: RequestFactory, ada):
    request = rf.get("/")
    request.user = ada

    page = permission_denied(request, PermissionDenied("Only an <Approver> may approve.")).content.decode()

    assert "Only an &lt;Approver&gt; may approve." in page
    assert "Ada Admin" in page


@pytest.mark.parametrize(("view", "word"), [(server_error, "Something broke"), (bad_request, "did not understand")])
def test_500_and_400_need_neither_database_nor_user(rf: RequestFactory, view, word):
    answer = view(rf.get("/")) if view is server_error else view(rf.get("/"), ValueError())

    assert word in answer.content.decode()


def test_a_form_without_a_token_is_refused_with_a_way_on(ada):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    answer = client.post(reverse("notifications_read"))

    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()


def test_a_refusal_to_htmx_is_a_sentence_and_not_a_page(rf: RequestFactory):
    request = rf.post("/", headers={"HX-Request": "true"})
    refusal = ui.Refusal("EDIT_CONFLICT", "Cora saved meanwhile.")

    answer = ui.ApiErrors(lambda _: HttpResponse()).process_exception(request, refusal)

    assert answer.status_code == 409
    assert b"Cora saved meanwhile." in answer.content


def test_the_style_guide_exists_for_developers_only(settings, client, db):
    assert client.get(reverse("styleguide")).status_code == 404
    settings.DEBUG = True
    assert client.get(reverse("styleguide")).status_code == 200


def test_a_sidebar_link_to_a_page_that_does_not_exist_is_left_out(db):
    shown = render_to_string("components/nav_item.html", {"url": ""})

    assert shown.strip() == ""
    with pytest.raises(NoReverseMatch):
        reverse("no-such-page")


def test_log_in_and_error_pages_load_nothing_from_elsewhere(client, db):
    page = client.get(reverse("login")).content.decode()

    assert all(url.startswith(site.STATIC_URL) or url == "/" for url in re.findall(r'(?:src|href)="(.*?)"', page))
