"""Whoever writes to the audit trail past the product is found, by the name of the row."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Barrier

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from stratum import events, sealing
from stratum.models import Event, EventSeal, Notification
from stratum.tasks import seal_events, verify_events


def sql(statement: str, *values) -> None:
    """Write past the product, as somebody with access to the database would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def trail(ada) -> list[int]:
    """The ids of nine sealed events."""
    ids = [events.record(ada, "draft.saved", f"draft:{n}", before=n, after=n + 1, rate=1e16).pk for n in range(9)]
    assert seal_events() == 9
    return ids


def problems() -> list[str]:
    return sealing.verify().problems


def test_what_the_product_wrote_is_as_it_was_written(trail):
    finding = sealing.verify()

    assert (finding.sealed, finding.waiting, finding.problems) == (9, 0, [])
    assert finding.head == sealing.head() == str(EventSeal.objects.get(position=9))


@pytest.mark.parametrize(
    "change",
    [
        "code = 'draft.approved'", "subject = 'draft:99'", "actor_id = NULL", "at = '2020-01-01 00:00:00+00:00'",
        """data = '{"before": 4, "after": 6, "rate": 10000000000000000}'""", "data = '{}'", "signature = ''",
    ],
)  # fmt: skip
def test_a_changed_row_is_found(trail, change):
    sql(f"UPDATE stratum_event SET {change} WHERE id = %s", trail[4])

    assert [problem.split(":")[0] for problem in problems()] == [f"Event {trail[4]} was changed"]


def test_a_missing_row_is_found(trail):
    sql("DELETE FROM stratum_event WHERE id = %s", trail[4])

    assert len(problems()) == 1
    assert problems()[0].startswith(f"Event {trail[4]} is missing.")


def test_a_row_that_is_taken_away_with_its_seal_is_found(trail):
    sql("DELETE FROM stratum_eventseal WHERE event_id = %s", trail[4])
    sql("DELETE FROM stratum_event WHERE id = %s", trail[4])

    assert problems()[0].startswith("Seals between 4 and 6 are missing")


def test_closing_the_gap_in_the_chain_is_found_as_well(trail):
    sql("DELETE FROM stratum_eventseal WHERE event_id = %s", trail[4])
    sql("DELETE FROM stratum_event WHERE id = %s", trail[4])
    for position in range(6, 10):
        sql("UPDATE stratum_eventseal SET position = %s WHERE position = %s", position - 1, position)
    sql(
        "UPDATE stratum_eventseal SET previous = (SELECT digest FROM stratum_eventseal WHERE position = 4)"
        " WHERE position = 5"
    )

    assert problems()[0].startswith(f"Event {trail[5]} is not the one that was sealed at position 5")


INSERT = """INSERT INTO stratum_event (id, at, actor_id, code, subject, data, signature)
    SELECT %s, {at}, actor_id, code, subject, data, {signature} FROM stratum_event WHERE id = %s"""


@pytest.mark.parametrize("is_sealed_later", [False, True])
def test_an_inserted_row_is_found_before_and_after_the_sealer_has_passed(trail, is_sealed_later):
    sql(INSERT.format(at="CURRENT_TIMESTAMP", signature="'aa'"), trail[-1] + 5, trail[0])
    if is_sealed_later:
        seal_events()

    assert len(problems()) == 1
    assert problems()[0].startswith(f"Event {trail[-1] + 5} was ")


@pytest.mark.parametrize("is_sealed_later", [False, True])
def test_a_row_that_is_inserted_twice_is_found_although_its_signature_fits(trail, is_sealed_later):
    sql(INSERT.format(at="at", signature="signature"), trail[-1] + 5, trail[0])
    if is_sealed_later:
        seal_events()

    assert [problem.split(":")[0] for problem in problems()] == [f"Event {trail[-1] + 5} is a copy of event {trail[0]}"]


def test_rows_that_changed_places_are_found(trail):
    first, second, away = trail[2], trail[3], trail[-1] + 1000
    for old, new in [(first, away), (second, first), (away, second)]:
        sql("UPDATE stratum_event SET id = %s WHERE id = %s", new, old)

    found = problems()
    assert found[0].startswith(f"Event {first} is not the one that was sealed at position 3")
    assert found[1].startswith(f"Event {second} is not the one that was sealed at position 4")


def test_seals_that_changed_places_are_found(trail):
    for old, new in [(3, 100), (4, 3), (100, 4)]:
        sql("UPDATE stratum_eventseal SET position = %s WHERE position = %s", new, old)

    assert problems()[0].startswith("Seal 3 does not follow seal 2")


def test_a_seal_that_is_taken_away_is_found(trail, time_machine):
    sql("DELETE FROM stratum_eventseal WHERE position = 9")
    assert sealing.verify().waiting == 1  # it may be sealed yet

    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert problems()[0].startswith(f"Event {trail[8]} has no seal")


def test_a_trail_that_was_cut_off_is_found_by_the_head_that_was_noted(trail):
    noted = sealing.head()
    sql("DELETE FROM stratum_eventseal WHERE position >= 8")
    sql("DELETE FROM stratum_event WHERE id IN (%s, %s)", trail[7], trail[8])

    assert problems() == []
    assert "does not hold the seal" in sealing.verify(noted).problems[0]
    assert sealing.verify(sealing.head()).problems == []


def test_without_signatures_and_seals_nobody_would_notice(trail, monkeypatch):
    """The control: what is found above is found by them, and by nothing else."""
    sql("UPDATE stratum_event SET code = 'draft.approved' WHERE id = %s", trail[4])
    sql("DELETE FROM stratum_event WHERE id = %s", trail[5])
    EventSeal.objects.all().delete()
    monkeypatch.setattr(sealing.evidence, "is_genuine", lambda *args: True)

    assert problems() == []


def test_another_key_signs_nothing_of_ours(trail, settings):
    settings.AUDIT_KEYS = ["somebody else's key"]

    assert len(problems()) == 9


def test_a_former_key_still_verifies_while_it_is_listed(trail, settings):
    settings.AUDIT_KEYS = ["a new key", settings.SECRET_KEY]
    events.record(None, "draft.saved", "draft:1")
    seal_events()

    assert problems() == []
    settings.AUDIT_KEYS = ["a new key"]
    assert len(problems()) == 9


def test_events_made_many_at_a_time_are_signed_as_well(ada):
    Event.objects.bulk_create(Event(actor=ada, code="x.y", subject=f"x:{n}", data={"n": n}) for n in range(3))
    seal_events()

    assert sealing.verify().sealed == 3


@pytest.mark.parametrize(
    "data",
    [
        {"n": 1e16}, {"n": 1.0}, {"n": -0.0}, {"n": 1e-7}, {"n": 12345678901234567890}, {"t": True, "f": False, "x": None},
        {"ü": "“ü” \u2028 🙂", "deep": [{"a": [1, 2.5, "x"]}]}, {"b": 1, "a": 2}, [1, 2], "text", {},
    ],
)  # fmt: skip
def test_whatever_json_an_event_holds_it_is_genuine_when_it_comes_back(db, data):
    Event.objects.create(code="x.y", subject="x:1", data=data)
    seal_events()

    assert problems() == []


def test_a_number_and_the_same_digits_as_text_are_not_the_same(db):
    event = Event.objects.create(code="x.y", subject="x:1", data={"cap": 5})
    sql("""UPDATE stratum_event SET data = '{"cap": "5"}' WHERE id = %s""", event.pk)

    assert "was changed" in problems()[0]


# The sealer ---------------------------------------------------------------------------------------------------------


def test_sealing_twice_seals_once(trail):
    assert seal_events() == 0


def test_many_events_are_sealed_in_portions(ada, monkeypatch):
    monkeypatch.setattr(sealing, "AT_ONCE", 3)
    for number in range(8):
        events.record(ada, "x.y", f"x:{number}")

    assert seal_events() == 8
    assert sealing.verify().sealed == 8


def test_an_event_that_commits_late_is_sealed_later(trail):
    late = Event(pk=trail[4] + 1_000_000, code="x.y", subject="x:1", at=datetime.now(UTC))
    late.save(force_insert=True)
    seal_events()
    early = Event(pk=trail[-1] + 500_000, code="x.y", subject="x:2")
    assert early.pk < late.pk
    early.pk = late.pk - 5
    early.save(force_insert=True)

    assert seal_events() == 1
    assert list(EventSeal.objects.filter(position__gte=10).values_list("event_id", flat=True)) == [late.pk, early.pk]
    assert problems() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_event_whose_transaction_is_open_while_others_are_sealed_breaks_nothing():
    gate, opened = Barrier(2), Barrier(2)

    def slow() -> int:
        try:
            with transaction.atomic():
                event = events.record(None, "x.slow", "x:1")
                opened.wait(10)
                gate.wait(10)
            return event.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(slow)
        opened.wait(10)
        quick = events.record(None, "x.quick", "x:2").pk
        assert seal_events() == 1
        gate.wait(10)
        late = waiting.result(10)

    assert late < quick
    assert seal_events() == 1
    assert list(EventSeal.objects.values_list("event_id", flat=True)) == [quick, late]
    assert problems() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sealers_and_writers_at_once_make_one_unbroken_chain():
    gate = Barrier(6)

    def work(number: int) -> None:
        try:
            gate.wait(10)
            for turn in range(20):
                if number < 3:
                    seal_events()
                else:
                    events.record(None, "x.y", f"x:{number}", turn=turn)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    seal_events()

    assert (sealing.verify().sealed, problems()) == (60, [])
    assert list(EventSeal.objects.values_list("position", flat=True)) == list(range(1, 61))


# Who is told --------------------------------------------------------------------------------------------------------


def test_the_command_ends_with_1_and_names_every_row(trail):
    sql("UPDATE stratum_event SET code = 'x' WHERE id = %s", trail[1])
    sql("DELETE FROM stratum_event WHERE id = %s", trail[6])
    errors = StringIO()

    with pytest.raises(CommandError, match="2 problems"):
        call_command("verify_audit", stderr=errors)
    assert f"Event {trail[1]} was changed" in errors.getvalue()
    assert f"Event {trail[6]} is missing" in errors.getvalue()


def test_the_command_prints_the_head_of_a_good_trail(trail):
    out = StringIO()

    call_command("verify_audit", stdout=out)

    assert "9 events are as they were written; 0 wait" in out.getvalue()
    assert f"Head: {sealing.head()}" in out.getvalue()
    call_command("verify_audit", "--head", sealing.head(), stdout=out)
    with pytest.raises(CommandError):
        call_command("verify_audit", "--head", "9:0000", stdout=out, stderr=out)


def test_the_admins_are_told_of_a_broken_trail(trail, ada, anne):
    assert verify_events() == 0
    sql("UPDATE stratum_event SET code = 'x' WHERE id = %s", trail[1])

    assert verify_events() == 1
    assert Notification.objects.get().user == ada
    assert f"Event {trail[1]} was changed" in Notification.objects.get().body
