"""A queue that ended, or only looks alive, is replaced; one that works is left alone."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.operations.processes import Cluster, Installation, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
Install = Callable[..., Installation]


@pytest.fixture
def installation(install: Install) -> Installation:
    return install()


@pytest.fixture
def serve(installation: Installation) -> subprocess.Popen[bytes]:
    serve = installation.serve("web", "publish")
    wait_for_stamp(installation)
    return serve


@pytest.fixture
def publish(installation: Installation, serve: subprocess.Popen[bytes]) -> Cluster:
    return Cluster(installation, "publish")


def wait_for_stamp(installation: Installation) -> None:
    """Wait until worker and monitor have stamped after this moment."""
    asked = time.monotonic()

    def is_fresh() -> bool:
        queue = installation.health().get("queue_publish", {})
        ages = [queue.get("worker_age"), queue.get("monitor_age")]
        return all(age is not None and age < time.monotonic() - asked for age in ages)

    wait_until(is_fresh, "worker and monitor stamp anew")


def wait_for_restart(installation: Installation, publish: Cluster, before: int) -> None:
    wait_until(lambda: publish.leader not in {None, before}, "the cluster is started again")
    wait_until(
        lambda: all(group != before for _, group, _ in installation.processes().values()),
        "nothing of the old one is left",
    )
    wait_for_stamp(installation)


def test_a_killed_main_process_takes_its_orphans_along_and_is_replaced(
    installation: Installation, publish: Cluster
) -> None:
    before = publish.leader
    assert before is not None

    os.kill(before, signal.SIGKILL)

    wait_for_restart(installation, publish, before)


def test_a_clean_exit_with_orphans_is_replaced(installation: Installation, publish: Cluster) -> None:
    before = publish.leader
    assert before is not None

    os.kill(publish.sentinel, signal.SIGKILL)  # the main process then ends with exit code 0

    wait_for_restart(installation, publish, before)
    assert installation.says("publish ended with exit code 0")


def test_a_queue_whose_idle_workers_were_killed_is_replaced(installation: Installation, publish: Cluster) -> None:
    before = publish.leader
    assert before is not None

    for worker in publish.members()[:2]:
        os.kill(worker, signal.SIGKILL)

    wait_for_restart(installation, publish, before)
    assert installation.says("publish gives no sign of life, and is restarted")


def test_a_queue_whose_monitor_was_killed_is_replaced(installation: Installation, publish: Cluster) -> None:
    before = publish.leader
    assert before is not None

    os.kill(publish.members()[2], signal.SIGKILL)

    wait_for_restart(installation, publish, before)
    assert installation.says("publish gives no sign of life, and is restarted")


def test_a_queue_whose_workers_are_all_busy_is_left_alone(installation: Installation, publish: Cluster) -> None:
    before = publish.leader
    installation.python("from django_q.tasks import async_task\nfor _ in range(2): async_task('time.sleep', 12)")
    queue = wait_until(lambda: silent(installation, 5.5), "the workers are silent for longer than the limit of 4 s")

    wait_for_stamp(installation)

    assert queue["worker_age"] > 5.5
    assert publish.leader == before
    assert not installation.says("no sign of life")


def silent(installation: Installation, seconds: float) -> dict[str, float]:
    queue = installation.health().get("queue_publish", {})
    return dict(queue) if (queue.get("worker_age") or 0) > seconds else {}


def test_a_database_that_takes_no_writes_is_not_held_against_the_queues(
    installation: Installation, publish: Cluster, database_url: str
) -> None:
    if database_url:
        pytest.skip("PostgreSQL has no lock that keeps every writer out.")
    before = publish.leader

    with sqlite3.connect(installation.folder / "stratum.sqlite3", isolation_level=None) as connection:
        connection.execute("BEGIN IMMEDIATE")
        wait_until(lambda: silent(installation, 8), "the workers are silent for twice the limit of 4 s")
        connection.execute("ROLLBACK")

    wait_for_stamp(installation)
    assert publish.leader == before
    assert not installation.says("no sign of life")


def test_a_killed_web_server_answers_again(installation: Installation, serve: subprocess.Popen[bytes]) -> None:
    for pid in installation.matching("gunicorn"):
        os.kill(pid, signal.SIGKILL)

    wait_until(lambda: installation.says("web ended with exit code -9"), "the end is noticed")
    wait_until(installation.health, "the web server answers again")


def test_a_killed_reaper_is_replaced(installation: Installation, serve: subprocess.Popen[bytes]) -> None:
    (before,) = installation.matching("stratum.reaper")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: installation.matching("stratum.reaper").keys() - {before}, "another reaper is there")

    serve.kill()
    serve.wait()

    wait_until(installation.is_empty, "the new reaper knows all the groups", seconds=8)


def test_ctrl_c_lets_a_running_task_finish(installation: Installation, serve: subprocess.Popen[bytes]) -> None:
    done = installation.folder / "done"
    start_long_task(installation, f"sleep 8; touch {done}")

    serve.send_signal(signal.SIGINT)

    assert serve.wait(90) == 0
    assert done.exists()
    assert installation.is_empty()


def test_the_second_ctrl_c_kills_at_once(installation: Installation, serve: subprocess.Popen[bytes]) -> None:
    start_long_task(installation, "exec sleep 60")
    serve.send_signal(signal.SIGINT)
    wait_until(lambda: installation.says("Stopping"), "the first one is heard")

    serve.send_signal(signal.SIGINT)

    assert serve.wait(2) == 130
    wait_until(installation.is_empty, "nothing is left", seconds=5)


def test_a_task_that_does_not_end_is_killed_after_the_grace(install: Install) -> None:
    installation = install(SUPERVISOR_GRACE_SECONDS="6")
    serve = installation.serve("publish")
    start_long_task(installation, "exec sleep 60")
    began = time.monotonic()

    serve.send_signal(signal.SIGTERM)

    assert serve.wait(20) == 0
    assert 5.5 < time.monotonic() - began < 12
    assert installation.is_empty()


def start_long_task(installation: Installation, command: str) -> None:
    installation.python(f"from django_q.tasks import async_task; async_task('os.system', {command!r})")
    wait_until(lambda: installation.matching(command.rsplit(";")[0].removeprefix("exec ")), "the task runs")
