from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse

from stratum import team
from stratum.models import Event, User
from stratum.roles import Role, assign
from stratum.ui import Refusal
from tests.people import PASSWORD, person

DATA = {"first_name": "Nora", "last_name": "Neu", "email": "Nora@Example.com", "roles": ["Creator"]}


def changed(user: User, **changes):
    data = {"email": user.email, "first_name": user.first_name, "last_name": user.last_name}
    return data | {"roles": [Role(name) for name in user.roles]} | changes


@pytest.fixture
def boss(db: None) -> User:
    """A second Admin."""
    user = User.objects.create_user("boss", "boss@example.com", PASSWORD, first_name="Boss")
    assign(user, Role.ADMIN)
    return user


def test_an_added_person_gets_a_password_that_is_shown_once(ada, as_user):
    client = as_user(ada)

    answer = client.post(reverse("team"), DATA)

    nora, password = User.objects.get(username="nora"), answer.context["password"]
    assert answer.status_code == 201
    assert (nora.email, nora.roles, nora.password_is_temporary) == ("nora@example.com", ["Creator"], True)
    assert nora.check_password(password)
    assert password in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert password not in client.get(reverse("team")).content.decode()
    assert password not in str(list(Event.objects.values_list("data", flat=True)))


def test_user_names_made_from_mail_addresses_never_meet(ada):
    people = [
        team.add(by=ada, email=f"ada@{site}.example", first_name="A", last_name="", roles=[Role.VIEWER])[0]
        for site in ("one", "two")
    ]

    assert [user.username for user in people] == ["ada2", "ada3"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "ANNE@example.com"}, "email"),
        ({"email": "not an address"}, "email"),
        ({"first_name": ""}, "first_name"),
        ({"roles": []}, "roles"),
        ({"roles": ["Emperor"]}, "roles"),
    ],
)
def test_wrong_input_names_the_field_keeps_the_rest_and_adds_nobody(ada, anne, as_user, change, field):
    answer = as_user(ada).post(reverse("team"), DATA | change)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert 'value="Neu"' in answer.content.decode()
    assert User.objects.count() == 2


def test_roles_are_changed_and_the_change_is_recorded(ada, carl, as_user):
    answer = as_user(ada).post(reverse("person", args=[carl.pk]), changed(carl, roles=["Creator", "Publisher"]))

    assert answer.url == reverse("team")
    event = Event.objects.get(code=team.CHANGED)
    assert sorted(User.objects.get(pk=carl.pk).roles) == ["Creator", "Publisher"]
    assert (event.actor, event.subject) == (ada, f"person:{carl.pk}")
    assert (event.data["before"]["roles"], event.data["after"]["roles"]) == (["Creator"], ["Creator", "Publisher"])


def test_saving_without_a_change_records_nothing(ada, carl):
    team.change(carl, by=ada, **changed(carl))

    assert not Event.objects.exists()


def test_an_admin_cannot_take_the_admin_role_from_themselves(ada, boss, as_user):
    answer = as_user(ada).post(reverse("person", args=[ada.pk]), changed(ada, roles=["Viewer"]))

    assert answer.status_code == 422
    assert team.NO_OWN_ADMIN_ROLE in answer.content.decode()
    assert User.objects.get(pk=ada.pk).roles == ["Admin"]


def test_an_admin_can_take_the_admin_role_from_another_admin(ada, boss):
    team.change(boss, by=ada, **changed(boss, roles=[Role.VIEWER]))

    assert User.objects.get(pk=boss.pk).roles == ["Viewer"]


def test_nobody_deactivates_themselves(ada, boss, as_user):
    answer = as_user(ada).post(reverse("person_deactivate", args=[ada.pk]), follow=False)

    assert answer.status_code == 302
    assert User.objects.get(pk=ada.pk).is_active


def test_the_last_admin_stays_an_admin_and_active(ada):
    root = User.objects.create_superuser("root", "root@example.com", PASSWORD)

    with pytest.raises(Refusal, match="last active Admin"):
        team.deactivate(ada, by=root)
    with pytest.raises(Refusal, match="last active Admin"):
        team.change(ada, by=root, **changed(ada, roles=[Role.VIEWER]))
    assert User.objects.get(pk=ada.pk).is_active


def test_a_deactivated_admin_does_not_count_as_another_admin(ada, boss):
    root = User.objects.create_superuser("root", "root@example.com", PASSWORD)
    team.deactivate(boss, by=ada)

    with pytest.raises(Refusal, match="last active Admin"):
        team.deactivate(ada, by=root)


def test_deactivation_ends_sessions_at_once_and_reactivation_gives_access_back(ada, carl, as_user):
    his, admin = as_user(carl), as_user(ada)

    admin.post(reverse("person_deactivate", args=[carl.pk]))

    assert his.get(reverse("notifications")).status_code == 302
    assert not Client().login(username="carl", password=PASSWORD)
    admin.post(reverse("person_reactivate", args=[carl.pk]))
    assert Client().login(username="carl", password=PASSWORD)
    codes = [event.code for event in Event.objects.filter(actor=ada).order_by("pk")]
    assert codes == [team.DEACTIVATED, team.REACTIVATED]


def test_doing_it_twice_is_recorded_once(ada, carl):
    team.deactivate(carl, by=ada)
    team.deactivate(carl, by=ada)

    assert Event.objects.filter(code=team.DEACTIVATED).count() == 1


def test_a_new_one_time_password_replaces_the_old_one(ada, carl, as_user):
    answer = as_user(ada).post(reverse("person_password", args=[carl.pk]))

    carl = User.objects.get(pk=carl.pk)
    assert carl.check_password(answer.context["password"])
    assert carl.password_is_temporary
    assert not carl.check_password(PASSWORD)


def test_an_admin_changes_their_own_password_like_everybody(ada):
    with pytest.raises(Refusal):
        team.give_password(ada, by=ada)


@pytest.mark.parametrize("name", ["anne", "carl", "paul", "vera"])
def test_only_admins_see_and_change_the_team(name, request, ada, as_user):
    user = request.getfixturevalue(name)
    client = as_user(user)
    whom = [ada.pk]
    answers = [
        client.get(reverse("team")),
        client.post(reverse("team"), DATA),
        client.get(reverse("person", args=whom)),
        client.post(reverse("person", args=whom), changed(ada)),
        client.post(reverse("person_password", args=whom)),
        client.post(reverse("person_deactivate", args=whom)),
        client.post(reverse("person_reactivate", args=whom)),
    ]

    assert [answer.status_code for answer in answers] == [403] * 7
    assert all("Only an Admin may" in answer.content.decode() for answer in answers)
    assert Client().login(username="ada", password=PASSWORD)
    with pytest.raises(PermissionDenied):
        team.deactivate(ada, by=user)


def test_an_unknown_person_is_not_found(ada, as_user):
    assert as_user(ada).get(reverse("person", args=[999])).status_code == 404


def test_the_page_needs_the_same_queries_for_a_large_team(ada, as_user, queries):
    client = as_user(ada)
    alone = queries(lambda: client.get(reverse("team")))
    for number in range(40):
        team.add(by=ada, email=f"p{number}@example.com", first_name="P", last_name="", roles=[Role.VIEWER])

    assert queries(lambda: client.get(reverse("team"))) == alone


def test_names_in_any_script_are_kept_and_escaped(ada, as_user):
    data = DATA | {"first_name": "ليلى <b>", "email": "layla@example.com"}

    page = as_user(ada).post(reverse("team"), data).content.decode()

    assert "ليلى &lt;b&gt;" in page
    assert "ليلى <b>" not in page


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_admins_who_remove_each_other_at_once_leave_one():
    pair = [person("ada"), User.objects.create_user("boss", "boss@example.com", PASSWORD)]
    assign(pair[1], Role.ADMIN)
    gate = Barrier(2)

    def remove(number: int) -> bool:
        by, other = (User.objects.get(pk=pair[index].pk) for index in (number, 1 - number))
        gate.wait(10)
        try:
            team.deactivate(other, by=by)
        except (Refusal, PermissionDenied):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(remove, range(2)))

    assert sorted(done) == [False, True]
    assert User.objects.filter(is_active=True, groups__name=Role.ADMIN).count() == 1
