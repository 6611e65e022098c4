from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from adaccounts.models import AdAccount, SyncRun
from tests.factories import make_connection
from tests.people import PEOPLE, person
from tests.played import account, down

URL = "/ad-accounts/meta/sync"
JSON = {"Accept": "application/json"}


@pytest.fixture
def admin(ada, as_user, connected):
    connected()
    return as_user(ada)


def error_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_sync_answers_what_it_found(admin):
    answer = admin.post(URL, headers=JSON)

    data = answer.json()["data"]
    assert (answer.status_code, data["state"], data["new"], data["updated"], data["stale"]) == (
        200,
        "complete",
        3,
        0,
        0,
    )
    assert data["message"] == "3 new accounts found, 0 accounts updated. Last synced: just now."


def test_the_page_says_it_in_the_words_of_flow_7(admin, stage):
    admin.post(URL)
    stage.accounts = [account(1, name="Renamed"), account(2), account(4)]

    page = admin.post(URL, follow=True).content.decode()

    assert "1 new account found, 1 account updated, 1 account stale. Last synced: just now." in page


@pytest.mark.parametrize("name", PEOPLE)
def test_only_an_admin_syncs(connected, as_user, name):
    connected()

    answer = as_user(person(name)).post(URL, headers=JSON)

    assert answer.status_code == (200 if name == "ada" else 403)
    assert AdAccount.objects.exists() is (name == "ada")


def test_syncing_wants_a_token(admin):
    admin.handler.enforce_csrf_checks = True

    assert admin.post(URL).status_code == 403


def test_a_sync_that_fails_says_so_with_its_code(admin, stage):
    stage.fail("list_accounts", down())

    assert error_of(admin.post(URL, headers=JSON)) == (502, "PLATFORM_UNREACHABLE")
    assert "The last sync failed:" in admin.get("/settings/ad-accounts").content.decode()


def test_ended_access_says_so(admin, stage):
    stage.end_all()

    assert error_of(admin.post(URL, headers=JSON)) == (409, "TOKEN_EXPIRED")


def test_a_second_sync_says_that_one_is_open(admin):
    SyncRun.objects.create(platform="meta")

    assert error_of(admin.post(URL, headers=JSON)) == (409, "SYNC_RUNNING")


@pytest.mark.parametrize(
    ("platform", "expected"), [("google", (409, "PLATFORM_NOT_CONNECTED")), ("myspace", (404, "NOT_FOUND"))]
)
def test_a_platform_that_is_not_connected_or_known_is_refused(admin, platform, expected):
    assert error_of(admin.post(f"/ad-accounts/{platform}/sync", headers=JSON)) == expected


def test_a_slow_sync_answers_that_it_goes_on(admin, stage, settings):
    settings.SYNC_IN_REQUEST_SECONDS = 0
    stage.fail("list_accounts", down("OUT_OF_TIME"))

    answer = admin.post(URL, headers=JSON)

    assert (answer.status_code, answer.json()["data"]["state"]) == (202, "queued")


def test_the_progress_counts_up_and_reloads_the_page_at_the_end(admin):
    run = SyncRun.objects.create(platform="meta", seen=120)

    running = admin.get(URL)
    SyncRun.objects.filter(pk=run.pk).update(state="complete")
    done = admin.get(URL)

    assert "120 ad accounts found so far" in running.content.decode()
    assert ("HX-Refresh" in running, done["HX-Refresh"]) == (False, "true")


def test_the_progress_can_be_asked_as_json(admin):
    SyncRun.objects.create(platform="meta", seen=7)

    data = admin.get(URL, headers=JSON).json()["data"]

    assert (data["state"], data["found"]) == ("running", 7)


def test_the_pages_poll_while_a_sync_is_open(admin):
    SyncRun.objects.create(platform="meta")

    for page in ("/settings/ad-accounts", "/settings/integrations"):
        assert f'hx-get="{URL}"' in admin.get(page).content.decode()


def test_what_was_never_synced_has_no_progress(admin):
    assert admin.get(URL, headers=JSON).status_code == 404


# The command -----------------------------------------------------------------------------------------------------------


def run_command(*arguments: str) -> str:
    out = StringIO()
    call_command("sync_adaccounts", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_says_what_the_page_says(connected):
    connected()

    assert run_command() == "Meta: 3 new accounts found, 0 accounts updated. Last synced: just now.\n"


def test_the_command_syncs_the_platform_it_is_told(connected):
    connected()
    make_connection("snapchat")

    run_command("--platform", "meta")

    assert set(SyncRun.objects.values_list("platform", flat=True)) == {"meta"}


def test_the_command_fails_when_a_sync_fails(connected, stage):
    connected()
    stage.fail("list_accounts", down())

    with pytest.raises(CommandError, match="Not synced: Meta"):
        run_command()


def test_the_command_fails_when_nothing_is_connected(db, stage):
    with pytest.raises(CommandError, match="No platform is connected"):
        run_command()


def test_the_command_knows_its_platforms(db):
    with pytest.raises(CommandError, match="invalid choice"):
        run_command("--platform", "myspace")
