"""A complete sync makes our accounts equal to the platform's; anything less changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from adaccounts import comparing, presentation, syncing
from adaccounts.models import AdAccount, SyncRun
from integrations.models import Connection
from stratum.models import Event, Notification
from stratum.ui import Refusal
from tests.played import PlayedPlatform, account, down

pytestmark = pytest.mark.django_db

State = SyncRun.State


@pytest.fixture(autouse=True)
def connection(connected) -> Connection:
    return connected()


def counts(run: SyncRun) -> tuple[int, ...]:
    return run.new, run.updated, run.unchanged, run.restored, run.stale


def ours() -> dict[str, AdAccount]:
    return {one.external_id: one for one in AdAccount.objects.all()}


def snapshot() -> list[tuple]:
    return list(AdAccount.objects.order_by("pk").values_list())


def test_the_first_sync_adds_every_account_disabled(ada):
    run = syncing.sync("meta", ada)

    assert (run.state, run.seen, counts(run)) == (State.COMPLETE, 3, (3, 0, 0, 0, 0))
    assert {one.is_enabled for one in ours().values()} == {False}
    assert ours()["act_1"].extra == {"min_daily_budget": 100}
    assert (run.started_by, run.finished_at is not None) == (ada, True)


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ([account(1), account(2), account(3)], (0, 0, 3, 0, 0)),
        ([account(3), account(2), account(1)], (0, 0, 3, 0, 0)),
        ([account(1), account(2), account(3), account(4)], (1, 0, 3, 0, 0)),
        ([account(1), account(2)], (0, 0, 2, 0, 1)),
        ([], (0, 0, 0, 0, 3)),
        ([account(1, name="Renamed"), account(2), account(3)], (0, 1, 2, 0, 0)),
        ([account(1, time_zone="Europe/Berlin"), account(2), account(3)], (0, 1, 2, 0, 0)),
        ([account(1, unusable_reason="Closed."), account(2), account(3)], (0, 1, 2, 0, 0)),
        ([account(1, extra={"min_daily_budget": 200}), account(2), account(3)], (0, 1, 2, 0, 0)),
        ([account(1, currency="EUR"), account(4), account(5)], (2, 1, 0, 0, 2)),
        ([account(1), account(1, name="Twice"), account(2), account(3)], (0, 1, 2, 0, 0)),
    ],
)
def test_a_second_sync_counts_what_happened(stage, then, expected):
    syncing.sync("meta")
    stage.accounts = then

    run = syncing.sync("meta")

    assert counts(run) == expected
    assert {one.external_id for one in AdAccount.objects.filter(stale_since=None)} == {a.external_id for a in then}


def test_a_missing_account_is_stale_and_keeps_everything_of_ours(stage):
    syncing.sync("meta")
    AdAccount.objects.filter(external_id="act_3").update(is_enabled=True, daily_cap=5, defaults={"page": "1"})
    stage.accounts = stage.accounts[:2]

    syncing.sync("meta")

    gone = ours()["act_3"]
    assert gone.stale_since is not None
    assert not gone.is_selectable
    assert (gone.is_enabled, gone.daily_cap, gone.defaults) == (True, Decimal(5), {"page": "1"})


def test_a_stale_account_stays_stale_since_the_first_time(stage):
    syncing.sync("meta")
    stage.accounts = stage.accounts[:2]
    syncing.sync("meta")
    since = ours()["act_3"].stale_since

    run = syncing.sync("meta")

    assert ours()["act_3"].stale_since == since
    assert run.stale == 0


def test_an_account_that_comes_back_is_usable_as_before(stage):
    everything = stage.accounts
    syncing.sync("meta")
    AdAccount.objects.update(is_enabled=True)
    stage.accounts = everything[:2]
    syncing.sync("meta")
    stage.accounts = [*everything[:2], replace(everything[2], name="Back")]

    run = syncing.sync("meta")

    assert counts(run) == (0, 0, 2, 1, 0)
    assert (ours()["act_3"].is_selectable, ours()["act_3"].name) == (True, "Back")
    assert "1 account restored" in presentation.sentence(run)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_sync_that_breaks_off_changes_nothing(stage, position):
    syncing.sync("meta")
    before = snapshot()
    stage.accounts = [account(1, name="Renamed"), account(4), account(5)]
    stage.breaks_at = (position, down("NO_ANSWER"))

    run = syncing.sync("meta")

    assert (run.state, run.error_code) == (State.FAILED, "PLATFORM_UNREACHABLE")
    assert snapshot() == before
    assert "The last sync failed:" in presentation.sentence(run)


def test_the_same_sync_unbroken_would_have_changed_something(stage):
    syncing.sync("meta")
    before = snapshot()
    stage.accounts = [account(1, name="Renamed"), account(4), account(5)]

    syncing.sync("meta")

    assert snapshot() != before


def test_a_fault_of_ours_fails_the_run_and_is_raised(stage, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("tests.played.PlayedPlatform.list_accounts", broken)

    with pytest.raises(ZeroDivisionError):
        syncing.sync("meta")

    assert SyncRun.objects.get().error_code == "INTERNAL_ERROR"


def test_ended_access_fails_the_run_and_asks_for_a_person(stage):
    stage.end_all()

    run = syncing.sync("meta")

    assert (run.state, run.error_code) == (State.FAILED, "TOKEN_EXPIRED")
    assert Connection.objects.get().status == Connection.Status.NEEDS_RECONNECT
    with pytest.raises(Refusal, match="must reconnect"):
        syncing.sync("meta")


def test_only_a_connected_platform_can_be_synced():
    with pytest.raises(Refusal) as caught:
        syncing.sync("google")

    assert caught.value.code == "PLATFORM_NOT_CONNECTED"
    assert not SyncRun.objects.exists()


def test_accounts_of_other_platforms_are_left_alone(stage):
    other = AdAccount.objects.create(
        platform="google", external_id="1", name="G", currency="USD", time_zone="UTC", synced_at=timezone.now()
    )

    syncing.sync("meta")

    other.refresh_from_db()
    assert other.stale_since is None


@pytest.mark.parametrize(
    ("strange", "field", "kept"),
    [
        (account(1, name="n" * 500), "name", "n" * 300),
        (account(1, name=""), "name", "act_1"),
        (account(1, name="a\x00b"), "name", "ab"),
        (account(1, currency="usd"), "currency", "USD"),
        (account(1, unusable_reason="r" * 500), "unusable_reason", "r" * 300),
        (account(1, extra={"when": timezone.now().date(), "amount": Decimal(1)}), "name", "Account 1"),
    ],
)
def test_what_platforms_send_can_be_stored(stage, strange, field, kept):
    stage.accounts = [strange]

    assert syncing.sync("meta").state == State.COMPLETE
    assert getattr(ours()["act_1"], field) == kept
    assert counts(syncing.sync("meta")) == (0, 0, 1, 0, 0), "the same again is no change"


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd"])
def test_an_account_in_an_unknown_time_zone_is_not_usable(stage, zone):
    stage.accounts = [account(1, time_zone=zone)]

    syncing.sync("meta")

    assert "time zone" in ours()["act_1"].unusable_reason


def test_a_changed_currency_disables_the_account_and_tells_the_admins(stage, ada):
    syncing.sync("meta")
    AdAccount.objects.filter(external_id="act_1").update(is_enabled=True, daily_cap=1000)
    stage.accounts[0] = account(1, currency="JPY")

    syncing.sync("meta")

    assert (ours()["act_1"].is_enabled, ours()["act_1"].currency) == (False, "JPY")
    assert "changed its currency from USD to JPY" in Notification.objects.get(user=ada).title


def test_a_changed_name_disables_nothing(stage):
    syncing.sync("meta")
    AdAccount.objects.update(is_enabled=True, daily_cap=1000)
    stage.accounts[0] = account(1, name="Renamed")

    syncing.sync("meta")

    assert ours()["act_1"].is_enabled
    assert not Notification.objects.exists()


def test_events_say_what_changed_with_before_and_after(stage, ada):
    syncing.sync("meta", ada)
    stage.accounts = [account(1, name="Renamed"), account(2)]

    syncing.sync("meta", ada)

    renamed = Event.objects.get(code="account.changed_at_platform")
    assert renamed.data == {"before": {"name": "Account 1"}, "after": {"name": "Renamed"}}
    assert renamed.subject == ours()["act_1"].event_subject
    assert Event.objects.get(code="account.stale").subject == ours()["act_3"].event_subject
    assert Event.objects.filter(code="accounts.synced").first().data["stale_accounts"] == ["act_3"]


# One at a time ---------------------------------------------------------------------------------------------------------


def test_a_second_sync_is_refused_while_one_is_open():
    syncing.begin("meta", None)

    with pytest.raises(Refusal) as caught:
        syncing.sync("meta")

    assert caught.value.code == "SYNC_RUNNING"
    assert SyncRun.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "minutes", "is_given_up"),
    [(State.RUNNING, 1, False), (State.RUNNING, 3, True), (State.QUEUED, 4, False), (State.QUEUED, 6, True)],
)
def test_a_silent_sync_is_given_up(state, minutes, is_given_up):
    silent = SyncRun.objects.create(platform="meta", state=state, beat_at=timezone.now() - timedelta(minutes=minutes))

    syncing.give_up_silent("meta")

    silent.refresh_from_db()
    assert (silent.state == State.FAILED) is is_given_up


def test_a_sync_that_was_given_up_writes_nothing_when_it_wakes(stage):
    syncing.sync("meta")
    before = snapshot()
    slow = syncing.begin("meta", None)
    SyncRun.objects.filter(pk=slow.pk).update(beat_at=timezone.now() - timedelta(minutes=3))
    newer = syncing.begin("meta", None)

    result = syncing._write(slow, {})

    assert result.state == State.FAILED
    assert snapshot() == before
    assert SyncRun.objects.get(pk=newer.pk).state == State.RUNNING


def test_the_same_write_by_the_open_sync_would_have_changed_something(stage):
    syncing.sync("meta")
    before = snapshot()

    syncing._write(syncing.begin("meta", None), {})

    assert snapshot() != before


# What takes longer than a request may -----------------------------------------------------------------------------------


def test_what_takes_too_long_goes_to_the_queue_and_is_carried_on_there(stage, ada, settings):
    settings.SYNC_IN_REQUEST_SECONDS = 0
    stage.fail("list_accounts", down("OUT_OF_TIME"))

    run = syncing.sync_in_request("meta", ada)

    assert (run.state, AdAccount.objects.count()) == (State.QUEUED, 0)
    [queued] = OrmQ.objects.filter(key="default")
    assert (queued.task["func"], queued.task["args"]) == ("adaccounts.tasks.carry_on_sync", (run.pk,))
    done = syncing.carry_on(run.pk)
    assert (done.state, done.new, done.started_by) == (State.COMPLETE, 3, ada)


def test_a_failure_within_the_time_is_a_failure(stage, ada):
    stage.fail("list_accounts", down())

    assert syncing.sync_in_request("meta", ada).state == State.FAILED
    assert not OrmQ.objects.exists()


def test_a_run_is_carried_on_once(ada):
    run = SyncRun.objects.create(platform="meta", state=State.QUEUED)

    assert syncing.carry_on(run.pk).state == State.COMPLETE
    assert syncing.carry_on(run.pk) is None


def test_the_count_goes_up_while_accounts_arrive(stage, monkeypatch):
    monkeypatch.setattr(syncing, "SECONDS_BETWEEN_COUNTS", 0)
    seen = []
    original = comparing.write

    def look(*args, **kwargs):
        seen.append(SyncRun.objects.get().seen)
        return original(*args, **kwargs)

    monkeypatch.setattr(comparing, "write", look)

    syncing.sync("meta")

    assert seen == [3]


# Many accounts ---------------------------------------------------------------------------------------------------------


def queries_of_a_sync(accounts) -> int:
    """Count the queries of a sync that finds half of the accounts changed, and one missing and one new."""
    PlayedPlatform.stage.accounts = accounts
    syncing.sync("meta")
    changed = [replace(one, name="Renamed") for one in accounts[1 : len(accounts) // 2]]
    PlayedPlatform.stage.accounts = [*changed, *accounts[len(accounts) // 2 :], account(9999)]
    with CaptureQueriesContext(database) as captured:
        run = syncing.sync("meta")
    assert (run.new, run.stale, run.updated) == (1, 1, len(changed))
    return len(captured)


def test_the_number_of_queries_does_not_grow_with_the_accounts(monkeypatch):
    monkeypatch.setattr(syncing, "SECONDS_BETWEEN_COUNTS", 60)
    few = queries_of_a_sync([account(n) for n in range(10)])
    AdAccount.objects.all().delete()

    # Of more, SQLite writes the last in a query of their own: it takes 999 values in one.
    many = queries_of_a_sync([account(n) for n in range(40)])

    assert many == few < 30


def test_two_thousand_accounts_take_a_moment(stage, monkeypatch):
    monkeypatch.setattr(syncing, "SECONDS_BETWEEN_COUNTS", 60)

    queries = queries_of_a_sync([account(n) for n in range(2000)])

    # SQLite takes a limited number of values in one statement, so its rows go in batches.
    assert queries < (30 if database.vendor == "postgresql" else 150)
