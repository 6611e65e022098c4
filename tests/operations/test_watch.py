"""Who is judged silent. Time is a number that the tests move; the stamps are real rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from stratum import heartbeats
from stratum.models import Heartbeat
from stratum.watch import Watch

GROUP = "host:7"
buried: list[str] = []


def bury(group: str) -> None:
    buried.append(group)


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("stratum.watch.time.monotonic", clock)
    return clock


@pytest.fixture
def watch(db: None, clock: Clock, settings: Settings) -> Watch:
    settings.SUPERVISOR_PING_SECONDS = 15
    settings.SUPERVISOR_STALE_SECONDS = 150
    settings.SUPERVISOR_AFTER_KILL = ["tests.operations.test_watch.bury"]
    buried.clear()
    watch = Watch()
    watch.begin("publish", GROUP)
    return watch


def live(watch: Watch, clock: Clock, seconds: int, *parts: str) -> None:
    """Let time pass in steps of five seconds, in which these parts stamp."""
    for _ in range(seconds // 5):
        clock.seconds += 5
        for part in parts:
            heartbeats.stamp(f"publish:{part}@{GROUP}")
        watch.step()


def test_a_cluster_that_stamps_is_alive(watch: Watch, clock: Clock) -> None:
    live(watch, clock, 600, "worker", "monitor")

    assert not watch.is_stale("publish")


@pytest.mark.parametrize("parts", [(), ("worker",), ("monitor",)])
def test_a_cluster_with_a_silent_part_is_stale(watch: Watch, clock: Clock, parts: tuple[str, ...]) -> None:
    live(watch, clock, 30, "worker", "monitor")
    live(watch, clock, 150, *parts)
    before = watch.is_stale("publish")
    live(watch, clock, 10, *parts)

    assert (before, watch.is_stale("publish")) == (False, True)


def test_a_cluster_that_never_stamped_is_stale_in_the_end(watch: Watch, clock: Clock) -> None:
    live(watch, clock, 160)

    assert watch.is_stale("publish")


def test_another_group_of_the_same_queue_does_not_count(watch: Watch, clock: Clock) -> None:
    for _ in range(32):
        heartbeats.stamp("publish:worker@other:7", "publish:monitor@other:7", "publish:worker", "publish:monitor")
        live(watch, clock, 5)

    assert watch.is_stale("publish")


def test_a_wall_clock_that_jumps_changes_nothing(watch: Watch, clock: Clock) -> None:
    live(watch, clock, 30, "worker", "monitor")
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(days=1))
    live(watch, clock, 30)

    assert not watch.is_stale("publish")


def test_a_new_group_starts_anew(watch: Watch, clock: Clock) -> None:
    live(watch, clock, 160)
    watch.end("publish")
    watch.begin("publish", "host:8")
    live(watch, clock, 5)

    assert not watch.is_stale("publish")


def test_time_without_a_database_is_not_held_against_a_cluster(watch: Watch, clock: Clock) -> None:
    live(watch, clock, 30, "worker", "monitor")
    clock.seconds += 500
    live(watch, clock, 5)
    forgiven = watch.is_stale("publish")
    live(watch, clock, 155)

    assert (forgiven, watch.is_stale("publish")) == (False, True)


def test_a_quiet_cluster_is_asked_and_a_working_one_is_not(watch: Watch, clock: Clock) -> None:
    live(watch, clock, 30, "worker", "monitor")
    OrmQ.objects.all().delete()
    live(watch, clock, 30, "worker", "monitor")
    while_working = OrmQ.objects.count()
    live(watch, clock, 30)

    assert (while_working, OrmQ.objects.count()) == (0, 1)


def test_claims_of_a_dead_group_are_expired_and_its_stamps_forgotten(watch: Watch, clock: Clock) -> None:
    live(watch, clock, 5, "worker", "monitor")
    watch.end("publish")
    watch.step()

    assert buried == [GROUP]
    assert heartbeats.stamps("publish", of=GROUP) == {}


def test_a_dead_group_is_kept_in_mind_until_its_claims_could_be_expired(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(group: str) -> None:
        raise OperationalError("the database is away")

    watch.end("publish")
    with monkeypatch.context() as patch:
        patch.setattr("tests.operations.test_watch.bury", refuse)
        with pytest.raises(OperationalError):
            watch.step()
    watch.step()

    assert buried == [GROUP]
