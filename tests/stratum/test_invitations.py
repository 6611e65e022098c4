from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail, signing
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stratum import invitations, login
from stratum.invitations import NotGood
from stratum.models import Event, Invitation, User
from stratum.roles import Role
from stratum.tasks import send_mail
from stratum.ui import Refusal
from tests.people import person

PASSWORD = "a long walk home"
ANSWER = {"first_name": "Nora", "last_name": "Neu", "new_password1": PASSWORD, "new_password2": PASSWORD}


def invite(by, email="Nora@Example.com", roles=(Role.CREATOR, Role.PUBLISHER)) -> Invitation:
    return invitations.invite(by=by, email=email, roles=roles)


def link(row: Invitation) -> str:
    return f"{reverse('invitation')}?token={invitations.token(row)}"


def test_an_admin_invites_and_the_invited_sets_name_and_password(ada, as_user):
    client = as_user(ada)
    answer = client.post(reverse("invite"), {"email": "Nora@Example.com", "roles": ["Creator", "Publisher"]})
    assert answer.url == reverse("team")
    assert "nora@example.com" in client.get(reverse("team")).content.decode()
    send_mail()
    found = re.search(r"http://testserver(\S+)", mail.outbox[0].body.split("Choose your name")[1])[1]

    guest = Client()
    assert "Ada Admin" in guest.get(found).content.decode()
    assert guest.post(found, ANSWER).url == reverse("home")
    nora = User.objects.get(username="nora")
    assert (str(nora), nora.email, sorted(nora.roles)) == ("Nora Neu", "nora@example.com", ["Creator", "Publisher"])
    assert nora.check_password(PASSWORD)
    assert not nora.password_is_temporary
    assert guest.get(reverse("notifications")).status_code == 200
    codes = [event.code for event in Event.objects.order_by("pk")]
    assert codes == [invitations.INVITED, invitations.JOINED, login.LOGGED_IN]


def test_the_link_works_once(ada):
    row = invite(ada)
    Client().post(link(row), ANSWER)

    for answer in (Client().get(link(row)), Client().post(link(row), ANSWER | {"first_name": "Eve"})):
        assert answer.status_code == 410
        assert "not good any more" in answer.content.decode()
    assert User.objects.filter(email="nora@example.com").count() == 1


def test_the_link_works_for_a_week(ada, time_machine):
    row = invite(ada)
    time_machine.move_to(timezone.now() + timedelta(days=6, hours=23))
    assert Client().get(link(row)).status_code == 200

    time_machine.move_to(timezone.now() + timedelta(hours=2))
    answer = Client().post(link(row), ANSWER)
    assert answer.status_code == 410
    assert "has expired" in answer.content.decode()
    assert not User.objects.filter(email="nora@example.com").exists()


def test_sending_again_makes_a_new_link_and_ends_the_old_one(ada, as_user, time_machine):
    row = invite(ada)
    old = link(row)
    send_mail()
    time_machine.move_to(timezone.now() + timedelta(days=8))

    as_user(ada).post(reverse("invitation_again", args=[row.pk]))

    assert send_mail() == 1
    assert Client().get(old).status_code == 410
    assert Client().get(link(Invitation.objects.get())).status_code == 200
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2


def test_a_revoked_invitation_opens_nothing_and_sends_nothing(ada, as_user):
    row = invite(ada)

    as_user(ada).post(reverse("invitation_revoke", args=[row.pk]))

    assert send_mail() == 0
    assert Client().get(link(row)).status_code == 410
    assert "nora@example.com" not in as_user(ada).get(reverse("team")).content.decode()
    with pytest.raises(Refusal):
        invitations.send_again(row, by=ada)


def test_a_mail_that_waits_for_a_revoked_invitation_is_not_sent(ada):
    invite(ada)
    Invitation.objects.update(revoked_at=timezone.now())

    assert send_mail() == 0
    assert Invitation.objects.get().mail_state == Invitation.Mail.NONE


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t[1:], lambda t: "", lambda t: t + "x", lambda t: t.upper()]
)
def test_a_link_that_was_tampered_with_opens_nothing(ada, spoil):
    row = invite(ada)

    answer = Client().get(reverse("invitation"), {"token": spoil(invitations.token(row))})

    assert answer.status_code == 410
    assert "not complete" in answer.content.decode()


@pytest.mark.parametrize("content", [[999, 1], "text", {"pk": 1}, [1], None])
def test_nothing_else_that_we_signed_is_an_invitation(ada, content):
    invite(ada)

    with pytest.raises(NotGood):
        invitations.read(signing.dumps(content, salt=invitations.SALT))
    with pytest.raises(NotGood):
        invitations.read(signing.dumps([Invitation.objects.get().pk, 1], salt="another purpose"))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"first_name": ""}, "first_name"),
        ({"new_password2": "another"}, "new_password2"),
        ({"new_password1": "nora@example.com", "new_password2": "nora@example.com"}, "new_password2"),
        ({"new_password1": "12345678", "new_password2": "12345678"}, "new_password2"),
    ],
)
def test_wrong_input_names_the_field_and_leaves_the_invitation_open(ada, change, field):
    row = invite(ada)

    answer = Client().post(link(row), ANSWER | change)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert Invitation.objects.get().is_open


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": "ANNE@example.com", "roles": ["Viewer"]}, "email"),
        ({"email": "no address", "roles": ["Viewer"]}, "email"),
        ({"email": "nora@example.com"}, "roles"),
        ({"email": "nora@example.com", "roles": ["Emperor"]}, "roles"),
    ],
)
def test_wrong_invitations_name_the_field_and_send_nothing(ada, anne, as_user, data, field):
    answer = as_user(ada).post(reverse("invite"), data)

    assert answer.status_code == 422
    assert list(answer.context["invitation"].errors) == [field]
    assert not Invitation.objects.exists()


def test_nobody_is_invited_twice_at_once(ada, as_user):
    row = invite(ada)

    answer = as_user(ada).post(reverse("invite"), {"email": "nora@example.com", "roles": ["Viewer"]})

    assert answer.status_code == 422
    assert "invited already" in answer.content.decode()
    invitations.revoke(row, by=ada)
    invite(ada)


def test_somebody_who_got_the_address_meanwhile_keeps_it(ada, carl):
    row = invite(ada)
    User.objects.filter(pk=carl.pk).update(email="nora@example.com")

    answer = Client().post(link(row), ANSWER)

    assert answer.status_code == 410
    assert "Log in instead" in answer.content.decode()


def test_a_mail_that_cannot_be_sent_stands_on_the_page(ada, as_user, settings):
    settings.EMAIL_BACKEND = "tests.stratum.mail_servers.RefusesBadAddresses"
    invite(ada, email="bad@example.com")
    send_mail()

    assert "No such user" in as_user(ada).get(reverse("team")).content.decode()
    Invitation.objects.update(mail_attempts=4, mail_due_at=timezone.now())
    send_mail()
    assert "The mail did not go out" in as_user(ada).get(reverse("team")).content.decode()


def test_joining_ends_the_session_of_whoever_sat_there_before(ada, carl, as_user):
    row, client = invite(ada), as_user(carl)

    client.post(link(row), ANSWER)

    assert client.session["_auth_user_id"] == str(User.objects.get(username="nora").pk)


def test_the_token_stands_in_no_event_and_is_kept_by_nobody(ada):
    row = invite(ada)

    answer = Client().get(link(row))

    assert "no-store" in answer.headers["Cache-Control"]
    assert invitations.token(row) not in str(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.parametrize("name", ["anne", "carl", "paul", "vera"])
def test_only_admins_invite(name, ada, request, as_user):
    row, client = invite(ada), as_user(request.getfixturevalue(name))
    answers = [
        client.post(reverse("invite"), {"email": "eve@example.com", "roles": ["Admin"]}),
        client.post(reverse("invitation_again", args=[row.pk])),
        client.post(reverse("invitation_revoke", args=[row.pk])),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
    with pytest.raises(PermissionDenied):
        invite(request.getfixturevalue(name), email="eve@example.com")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_link_that_is_used_twenty_times_at_once_makes_one_person():
    row, gate = invite(person("ada")), Barrier(20)

    def join(number: int) -> int:
        try:
            gate.wait(10)
            return Client().post(link(row), ANSWER | {"first_name": f"N{number}"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(join, range(20)))

    assert sorted(codes) == [302] + [410] * 19
    assert User.objects.filter(email="nora@example.com").count() == 1
