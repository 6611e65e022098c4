"""Every page of the ground floor, and every role: who may open it, and what the others are told."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from stratum import webhooks
from stratum.kinds import Kind
from tests.people import person

pytestmark = pytest.mark.any_database

EVERYBODY = {"ada", "anne", "carl", "paul", "vera"}
#: Name of the address → its arguments, the method, and who may.
TABLE = {
    "notifications": ((), "get", EVERYBODY),
    "notifications_count": ((), "get", EVERYBODY),
    "notification_choices": ((), "get", EVERYBODY),
    "security": ((), "get", EVERYBODY),
    "two_factor_set_up": ((), "get", EVERYBODY),
    "sessions_end_others": ((), "post", EVERYBODY),
    "audit": ((), "get", {"ada", "anne"}),
    "audit_export": (("csv",), "post", {"ada", "anne"}),
    "team": ((), "get", {"ada"}),
    "webhooks": ((), "get", {"ada"}),
    "webhook": ((1,), "get", {"ada"}),
    "webhook_test": ((1,), "post", {"ada"}),
    "webhook_enable": ((1,), "post", {"ada"}),
    "webhook_disable": ((1,), "post", {"ada"}),
    "webhook_secret": ((1,), "post", {"ada"}),
    "webhook_new_secret": ((1,), "post", {"ada"}),
    "webhook_delete": ((1,), "post", {"ada"}),
    "person_log_out": ((), "post", {"ada"}),
    "person_two_factor": ((), "post", {"ada"}),
}


@pytest.fixture
def address(ada, receiver):
    """A function from the name of an address to the address, about a webhook and a person that exist."""
    hook = webhooks.add(by=ada, name="Ours", format="signed", url=receiver.url, kinds=[Kind.DECIDED])
    whom = person("cora")

    def find(name: str) -> str:
        arguments = TABLE[name][0]
        if arguments == (1,):
            arguments = (hook.pk,)
        return reverse(name, args=[whom.pk] if name.startswith("person") else arguments)

    return find


@pytest.mark.parametrize("who", sorted(EVERYBODY))
@pytest.mark.parametrize("name", TABLE)
def test_only_these_may(name, who, address, request, as_user):
    _, method, may = TABLE[name]
    client = as_user(request.getfixturevalue(who))

    answer = getattr(client, method)(address(name), {"shown": "x"} if method == "get" else {})

    if who in may:
        assert answer.status_code in {200, 302}
        assert "login" not in getattr(answer, "url", "")
    else:
        assert answer.status_code == 403
        assert b"Only " in answer.content


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"notifications_count"}))
def test_nobody_may_without_logging_in(name, address):
    answer = getattr(Client(), TABLE[name][1])(address(name))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("login"))


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row[1] == "post"])
def test_a_link_changes_nothing(name, ada, address, as_user):
    assert as_user(ada).get(address(name)).status_code == 405


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row[1] == "post"])
def test_a_form_from_elsewhere_changes_nothing(name, ada, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    assert client.post(address(name)).status_code == 403
