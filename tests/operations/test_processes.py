from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stratum import reaper
from stratum.processes import HOST, MARKER, Console, Process, end_leftovers
from stratum.supervisor import AlreadyRunning, lock
from tests.operations.processes import wait_until

HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(output: io.StringIO) -> Console:
    return Console(output)


@pytest.fixture
def stubborn(tmp_path: Path, console: Console) -> Iterator[Process]:
    """A leader that ignores SIGTERM, with a child that does as well."""
    script = 'trap "" TERM; (while :; do sleep 0.1; done) & echo ready; while :; do sleep 0.1; done'
    process = Process("stubborn", ["/bin/sh", "-c", script], {MARKER: str(tmp_path)}, console)
    yield process
    process.kill()


def test_a_kill_ends_the_whole_group_and_is_certain(stubborn: Process, output: io.StringIO) -> None:
    wait_until(lambda: "ready" in output.getvalue(), "it runs")
    stubborn.ask_to_end()

    still_there = reaper.is_alive(stubborn.group_id)

    assert still_there
    assert stubborn.kill()
    assert not reaper.is_alive(stubborn.group_id)
    assert stubborn.exit_code == -signal.SIGKILL


def test_an_orphan_of_a_dead_leader_is_killed(console: Console, output: io.StringIO) -> None:
    process = Process("leader", ["/bin/sh", "-c", "sleep 60 & echo left"], {}, console)
    wait_until(lambda: process.exit_code == 0, "the leader has ended")
    orphan_is_there = reaper.is_alive(process.group_id)

    assert orphan_is_there
    assert process.kill()


def test_a_child_knows_the_name_of_its_group(console: Console, output: io.StringIO) -> None:
    process = Process("child", ["/bin/sh", "-c", "echo $STRATUM_WORKER_GROUP"], {}, console)
    wait_until(lambda: output.getvalue(), "it speaks")
    process.kill()

    assert output.getvalue() == f"child   | {HOST}:{process.group_id}\n"


def test_secrets_do_not_reach_the_console(console: Console, output: io.StringIO) -> None:
    console.say("web", "GET /oauth/callback?state=abc&code=very-secret")

    assert output.getvalue() == "web     | GET /oauth/callback?state=abc&code=***\n"


def test_a_console_that_is_gone_does_not_stop_the_work(tmp_path: Path) -> None:
    with (tmp_path / "terminal").open("w") as terminal:
        console = Console(terminal)
    console.say("web", "nobody hears this")


def test_what_an_earlier_supervisor_left_is_killed(stubborn: Process, tmp_path: Path, output: io.StringIO) -> None:
    wait_until(lambda: "ready" in output.getvalue(), "it runs")

    ended = end_leftovers(tmp_path)

    assert ended == [stubborn.group]
    assert stubborn.kill()


def test_processes_of_another_folder_are_left_alone(stubborn: Process, tmp_path: Path, output: io.StringIO) -> None:
    wait_until(lambda: "ready" in output.getvalue(), "it runs")

    assert end_leftovers(tmp_path / "other") == []
    assert stubborn.exit_code is None


def test_the_reaper_kills_what_does_not_end_and_nothing_that_was_taken_back(
    monkeypatch: pytest.MonkeyPatch, stubborn: Process, console: Console, output: io.StringIO
) -> None:
    wait_until(lambda: "ready" in output.getvalue(), "it runs")
    spared = Process("spared", ["/bin/sleep", "60"], {}, console)
    monkeypatch.setattr(reaper, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr("sys.stdin", [f"+{stubborn.group_id}\n", f"+{spared.group_id}\n", f"-{spared.group_id}\n"])
    monkeypatch.setattr("signal.signal", lambda number, handler: None)

    reaper.main()

    wait_until(lambda: stubborn.exit_code is not None, "the stubborn one is dead")
    assert spared.exit_code is None
    spared.kill()


def test_the_lock_names_who_holds_it(tmp_path: Path) -> None:
    with lock(tmp_path), pytest.raises(AlreadyRunning, match=f"Process {os.getpid()} serves from"):
        lock(tmp_path)


def test_the_lock_is_free_again_when_its_holder_was_killed(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdout=subprocess.PIPE)
    assert holder.stdout
    holder.stdout.readline()
    with pytest.raises(AlreadyRunning):
        lock(tmp_path)
    holder.kill()
    holder.wait()

    lock(tmp_path).close()
