from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stratum import login, team, twofactor
from stratum.models import Authenticator, Event, Notification, User
from stratum.ui import Refusal
from tests.people import PASSWORD, person


def app_code(user: User, *, steps: int = 0) -> str:
    """What the person's app shows now, or some steps of 30 seconds later."""
    return pyotp.TOTP(Authenticator.objects.get(user=user).secret).at(int(time.time()) + 30 * steps)


def turn_on(user: User) -> list[str]:
    """Give the person a second factor, set up a while ago, and return the backup codes."""
    twofactor.begin(user)
    codes = twofactor.confirm(user, app_code(user), session_key="")
    assert codes
    Authenticator.objects.update(last_step=0)
    return codes


def give_password(name: str = "anne", client: Client | None = None, **more):
    client = client or Client()
    return client, client.post(reverse("login"), {"username": name, "password": PASSWORD} | more)


def is_in(client: Client) -> bool:
    return client.get(reverse("notifications")).status_code == 200


# Setting up ---------------------------------------------------------------------------------------------------------


def test_setting_up_shows_a_picture_and_a_key_that_an_app_can_read(anne, as_user):
    page = as_user(anne).get(reverse("two_factor_set_up")).content.decode()

    row = Authenticator.objects.get()
    address = urlsplit(twofactor.address(row))
    assert address.scheme == "otpauth"
    assert parse_qs(address.query) == {"secret": [row.secret], "issuer": ["Stratum"]}
    assert row.secret in page
    assert "<svg" in page
    assert "style=" not in twofactor.picture(row)
    assert not twofactor.is_on(anne)


def test_the_first_code_turns_it_on_and_shows_ten_backup_codes_this_once(anne, as_user):
    client, other = as_user(anne), as_user(anne)
    client.get(reverse("two_factor_set_up"))
    key = Authenticator.objects.get().secret

    answer = client.post(reverse("two_factor_set_up"), {"code": app_code(anne)})

    codes = re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", answer.content.decode())
    assert len(set(codes)) == 10
    assert "no-store" in answer.headers["Cache-Control"]
    assert codes[0] not in client.get(reverse("security")).content.decode()
    assert is_in(client)
    assert not is_in(other)
    assert Event.objects.get().code == twofactor.TURNED_ON
    assert key not in str(Event.objects.get().data)


def test_reloading_keeps_the_key_that_was_scanned(anne, as_user):
    client = as_user(anne)
    client.get(reverse("two_factor_set_up"))
    first = Authenticator.objects.get().secret
    client.get(reverse("two_factor_set_up"))

    assert Authenticator.objects.get().secret == first


def test_a_wrong_first_code_turns_nothing_on(anne, as_user):
    client = as_user(anne)
    client.get(reverse("two_factor_set_up"))

    answer = client.post(reverse("two_factor_set_up"), {"code": "000000"})

    assert answer.status_code == 422
    assert not twofactor.is_on(anne)


def test_it_is_not_set_up_over_one_that_is_on(anne, as_user):
    turn_on(anne)
    secret = Authenticator.objects.get().secret

    as_user(anne).get(reverse("two_factor_set_up"))

    assert Authenticator.objects.get().secret == secret
    with pytest.raises(Refusal):
        twofactor.begin(anne)


# Logging in ---------------------------------------------------------------------------------------------------------


def test_the_password_alone_logs_nobody_in(anne):
    turn_on(anne)

    client, answer = give_password()

    assert answer.url == reverse("login_code")
    assert "_auth_user_id" not in client.session
    assert not is_in(client)


def test_the_right_code_does_and_leads_where_they_wanted_to_go(anne):
    turn_on(anne)
    client, _ = give_password(next="/notifications?show=all")

    answer = client.post(reverse("login_code"), {"code": app_code(anne)})

    assert answer.url == "/notifications?show=all"
    assert is_in(client)
    assert login._HELD not in client.session


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_clock_may_be_half_a_minute_off(anne, steps):
    turn_on(anne)

    assert twofactor.check(anne, app_code(anne, steps=steps))


@pytest.mark.parametrize("steps", [-3, 3])
def test_and_not_more(anne, steps):
    turn_on(anne)

    assert not twofactor.check(anne, app_code(anne, steps=steps))


def test_spaces_that_apps_show_do_not_matter(anne):
    turn_on(anne)
    code = app_code(anne)

    assert twofactor.check(anne, f" {code[:3]} {code[3:]} ")


def test_a_code_is_good_once(anne):
    turn_on(anne)
    code = app_code(anne)

    assert twofactor.check(anne, code)
    assert not twofactor.check(anne, code)


def test_an_older_code_is_no_good_after_a_newer_one(anne):
    turn_on(anne)
    older = app_code(anne, steps=-1)

    assert twofactor.check(anne, app_code(anne))
    assert not twofactor.check(anne, older)


@pytest.mark.parametrize("code", ["", "abc", "000000", "１２３４５６", "0" * 20, "ä" * 6])
def test_anything_else_is_refused_with_a_sentence(anne, code):
    turn_on(anne)
    client, _ = give_password()

    answer = client.post(reverse("login_code"), {"code": code})

    assert answer.status_code == 422
    assert not is_in(client)


def test_a_backup_code_logs_in_once_in_any_writing(anne):
    codes = turn_on(anne)
    client, _ = give_password()

    client.post(reverse("login_code"), {"code": codes[3].upper().replace("-", " ")})

    assert is_in(client)
    assert twofactor.codes_left(anne) == 9
    assert not twofactor.check(anne, codes[3])
    assert Event.objects.get(code=twofactor.CODE_USED).data == {"left": 9}


def test_wrong_codes_make_the_next_try_wait_twice_as_long_even_the_right_one(anne, time_machine):
    turn_on(anne)
    time_machine.move_to(timezone.now(), tick=False)
    for wait in (1, 2, 4):
        assert not twofactor.check(anne, "000000")
        time_machine.shift(wait - 0.1)
        with pytest.raises(twofactor.TooSoon):
            twofactor.check(anne, app_code(anne))
        time_machine.shift(0.1)

    assert twofactor.check(anne, app_code(anne))
    assert Authenticator.objects.get().failures == 0


def test_the_wait_ends_at_a_quarter_of_an_hour_and_is_told(anne, time_machine):
    turn_on(anne)
    client, _ = give_password()
    Authenticator.objects.update(failures=1000, failed_at=timezone.now())

    page = client.post(reverse("login_code"), {"code": app_code(anne)}).content.decode()
    assert re.search(r"Wait (900|899) seconds", page)
    time_machine.move_to(timezone.now() + timedelta(minutes=15, seconds=1))
    assert twofactor.check(anne, app_code(anne))


def test_the_password_is_good_for_ten_minutes(anne, time_machine):
    turn_on(anne)
    client, _ = give_password()
    time_machine.move_to(timezone.now() + timedelta(minutes=11))

    answer = client.post(reverse("login_code"), {"code": app_code(anne)}, follow=True)

    assert answer.redirect_chain == [(reverse("login"), 302)]
    assert "Log in again" in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "md5$x$y"}])
def test_who_was_deactivated_or_changed_the_password_meanwhile_is_not_logged_in(anne, change):
    turn_on(anne)
    client, _ = give_password()
    User.objects.filter(pk=anne.pk).update(**change)

    client.post(reverse("login_code"), {"code": app_code(anne)})

    assert "_auth_user_id" not in client.session


def test_without_a_password_there_is_no_code_to_enter(db):
    assert Client().get(reverse("login_code")).url == reverse("login")


def test_the_records_are_behind_the_same_log_in(anne):
    turn_on(anne)
    client = Client()
    asked = client.get("/admin/", follow=True)
    assert asked.redirect_chain[-1][0] == f"{reverse('login')}?next=/admin/"

    give_password(client=client, next="/admin/")
    assert client.get("/admin/").status_code == 302
    assert client.post(reverse("login_code"), {"code": app_code(anne)}).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_people_without_one_log_in_as_before(carl):
    client, answer = give_password("carl")

    assert answer.status_code == 302
    assert is_in(client)


# Keeping it ---------------------------------------------------------------------------------------------------------


def test_secret_and_codes_lie_encrypted_and_rotate_with_the_keys(anne, settings):
    codes = turn_on(anne)
    secret = Authenticator.objects.get().secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM stratum_authenticator")
        stored = str(cursor.fetchall())
    assert secret not in stored
    assert not any(code in stored for code in codes)

    new = Fernet.generate_key().decode()
    settings.TOKEN_KEYS = [new, *settings.TOKEN_KEYS]
    call_command("rotate_token_keys", verbosity=0)
    settings.TOKEN_KEYS = [new]
    assert twofactor.check(anne, app_code(anne))
    assert twofactor.check(anne, codes[0])


def test_new_backup_codes_end_the_old_ones(anne, as_user):
    old, client = turn_on(anne), as_user(anne)

    answer = client.post(reverse("backup_codes"), {"code": app_code(anne)})

    new = re.findall(r"<code>([a-z0-9-]{11})</code>", answer.content.decode())
    assert len(new) == 10
    assert not twofactor.check(anne, old[0])
    Authenticator.objects.update(failures=0)
    assert twofactor.check(anne, new[0])


def test_a_backup_code_makes_no_new_ones(anne, as_user):
    codes = turn_on(anne)

    assert as_user(anne).post(reverse("backup_codes"), {"code": codes[0]}).status_code == 422
    assert twofactor.codes_left(anne) == 10


def test_turning_it_off_needs_a_code(anne, as_user):
    turn_on(anne)
    client = as_user(anne)

    assert client.post(reverse("two_factor_off"), {"code": "000000"}).status_code == 422
    assert twofactor.is_on(anne)
    Authenticator.objects.update(failures=0)
    client.post(reverse("two_factor_off"), {"code": app_code(anne)})
    assert not twofactor.is_on(anne)
    assert Event.objects.filter(code=twofactor.TURNED_OFF).count() == 1


def test_an_admin_removes_the_one_that_was_lost_and_its_owner_is_told(ada, anne, as_user):
    turn_on(anne)
    hers = as_user(anne)

    as_user(ada).post(reverse("person_two_factor", args=[anne.pk]))

    assert not twofactor.is_on(anne)
    assert not is_in(hers)
    assert Notification.objects.get().user == anne
    assert Event.objects.filter(code=twofactor.REMOVED, actor=ada).count() == 1


def test_nobody_removes_their_own_past_the_code(ada):
    turn_on(ada)

    with pytest.raises(Refusal):
        team.remove_two_factor(ada, by=ada)


# Where it is required -----------------------------------------------------------------------------------------------


@pytest.fixture
def required(settings):
    settings.REQUIRE_TWO_FACTOR = True


@pytest.mark.parametrize(
    ("name", "needs"), [("ada", True), ("anne", True), ("paul", True), ("carl", False), ("vera", False)]
)
def test_it_is_required_of_those_who_let_money_be_spent(name, needs, required, request, as_user):
    client = as_user(request.getfixturevalue(name))

    answer = client.get(reverse("notifications"))

    assert answer.status_code == (302 if needs else 200)
    if needs:
        assert answer.url == reverse("two_factor_set_up")
        assert "Your role needs a second factor" in client.get(answer.url).content.decode()


def test_until_then_they_can_do_nothing_else(anne, required, as_user):
    client = as_user(anne)
    pages = ["team", "audit", "security", "notification_choices", "notifications_read", "campaigns:list", "admin:index"]

    answers = [client.post(reverse(name)) for name in pages]

    assert {answer.url for answer in answers} == {reverse("two_factor_set_up")}
    told = client.get(reverse("notifications"), headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert client.get(reverse("password_change")).status_code == 200
    assert client.post(reverse("logout")).status_code == 302


def test_afterwards_everything_is_open_and_costs_no_further_query(anne, required, as_user, queries):
    client = as_user(anne)
    client.get(reverse("two_factor_set_up"))

    client.post(reverse("two_factor_set_up"), {"code": app_code(anne)})

    assert is_in(client)
    with_it = queries(lambda: client.get(reverse("notifications")))
    from django.conf import settings

    settings.REQUIRE_TWO_FACTOR = False
    assert queries(lambda: client.get(reverse("notifications"))) == with_it


def test_it_cannot_be_turned_off_where_it_is_required(anne, required, as_user):
    turn_on(anne)
    client = as_user(anne)

    client.post(reverse("two_factor_off"), {"code": app_code(anne)})

    assert twofactor.is_on(anne)
    assert "cannot be turned off" in client.get(reverse("security")).content.decode()


def test_somebody_who_gets_such_a_role_is_led_there_at_once(ada, carl, required, as_user):
    client = as_user(carl)
    assert is_in(client)
    from stratum.roles import Role, assign

    assign(carl, Role.APPROVER)

    assert client.get(reverse("notifications")).url == reverse("two_factor_set_up")


def test_a_superuser_is_no_exception(db, required, as_user):
    root = User.objects.create_superuser("root", "root@example.com", PASSWORD)

    assert not is_in(as_user(root))


def test_a_temporary_password_is_changed_first(anne, required, as_user):
    User.objects.update(password_is_temporary=True)
    client = as_user(anne)

    assert client.get(reverse("notifications")).url == reverse("password_change")
    assert client.get(reverse("password_change")).status_code == 200


def test_nothing_is_required_by_default(anne, as_user):
    assert is_in(as_user(anne))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_code_that_is_entered_twenty_times_at_once_is_good_once():
    anne, gate = person("anne"), Barrier(20)
    codes = turn_on(anne)

    def enter(_: int) -> bool:
        try:
            gate.wait(10)
            return twofactor.check(anne, codes[0])
        except twofactor.TooSoon:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        taken = list(pool.map(enter, range(20)))

    assert sum(taken) == 1
    assert twofactor.codes_left(anne) == 9
