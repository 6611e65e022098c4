from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from stratum import heartbeats
from stratum.models import Heartbeat

TASK = {"func": "os.getpid"}


@pytest.fixture(autouse=True)
def nothing_stamped_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "_stamped_at", {})
    monkeypatch.setenv("STRATUM_WORKER_GROUP", "host:7")


def names() -> set[str]:
    return set(Heartbeat.objects.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("receive", "part"), [(heartbeats.on_task_taken, "worker"), (heartbeats.on_task_acknowledged, "monitor")]
)
def test_any_task_is_a_sign_of_life(db: None, receive: Callable[..., None], part: str) -> None:
    receive(task=TASK)

    assert names() == {f"publish:{part}", f"publish:{part}@host:7"}


@pytest.mark.parametrize("receive", [heartbeats.on_task_taken, heartbeats.on_task_acknowledged])
def test_a_task_run_inline_is_no_sign_of_life_of_a_queue(db: None, receive: Callable[..., None]) -> None:
    receive(task=TASK | {"sync": True})

    assert names() == set()


def test_many_tasks_are_one_stamp(db: None, django_assert_num_queries: Any) -> None:
    heartbeats.on_task_taken(task=TASK)

    with django_assert_num_queries(0):
        heartbeats.on_task_taken(task=TASK)


def test_a_later_stamp_replaces_the_earlier(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.create(name="publish:worker@host:7", seen_at=timezone.now() - timedelta(hours=1))

    heartbeats.on_task_taken(task=TASK)

    assert timezone.now() - heartbeats.stamps("publish", of="host:7")["worker"] < timedelta(seconds=10)


def test_a_stamp_that_cannot_be_written_does_not_end_the_worker(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*names: str) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(heartbeats, "stamp", refuse)

    heartbeats.on_task_taken(task=TASK)

    assert "The worker's heartbeat could not be written: database is locked" in caplog.text


def test_a_mark_that_cannot_be_written_does_not_end_the_worker(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("STRATUM_RUN_DIR", str(tmp_path / "gone"))

    heartbeats.on_task_taken(task=TASK)

    assert "The mark of a running task could not be written" in caplog.text


def test_a_process_is_marked_busy_from_start_to_end_of_a_task(
    db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STRATUM_RUN_DIR", str(tmp_path))
    monkeypatch.setattr("os.getpgrp", lambda: 7)

    heartbeats.on_task_taken(task=TASK)
    while_running = heartbeats.busy_marks(tmp_path, 7)
    heartbeats.on_task_done(task=TASK)

    assert len(while_running) == 1
    assert heartbeats.busy_marks(tmp_path, 7) == []


def test_a_ping_goes_to_the_queue_that_is_asked(db: None) -> None:
    heartbeats.ask("default")

    (row,) = OrmQ.objects.all()
    assert row.key == "default"
    assert row.func() == heartbeats.PING


def test_a_queue_with_a_waiting_task_is_not_asked(db: None) -> None:
    async_task("os.getpid", cluster="publish")

    heartbeats.ask("publish")

    assert OrmQ.objects.count() == 1


def test_a_task_that_somebody_has_taken_is_no_reason_not_to_ask(db: None) -> None:
    async_task("os.getpid", cluster="publish")
    OrmQ.objects.update(lock=timezone.now() + timedelta(minutes=16))

    heartbeats.ask("publish")

    assert OrmQ.objects.count() == 2


def test_a_group_is_forgotten_together_with_what_was_lost_long_ago(db: None) -> None:
    now = timezone.now()
    for name, seen_at in {
        "publish:worker": now - timedelta(days=9),
        "publish:worker@host:7": now,
        "publish:worker@host:77": now,
        "publish:worker@lost:3": now - timedelta(days=2),
    }.items():
        Heartbeat.objects.create(name=name, seen_at=seen_at)

    heartbeats.forget("host:7")

    assert names() == {"publish:worker", "publish:worker@host:77"}
