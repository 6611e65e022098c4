from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable

import pytest

from tests.operations.processes import Installation, wait_until

Install = Callable[..., Installation]
pytestmark = pytest.mark.timeout(300)


def test_serve_runs_everything_and_ctrl_c_leaves_no_process(install: Install) -> None:
    installation = install()

    serve = installation.serve()
    wait_until(lambda: installation.says(r"is at http://127\.0\.0\.1:\d+"), "the address is printed")
    wait_until(installation.is_well, "all queues give signs of life")
    started = {name for name in ("gunicorn", "qcluster", "stratum.sandbox") if installation.matching(name)}
    serve.send_signal(signal.SIGINT)

    assert serve.wait(90) == 0
    assert started == {"gunicorn", "qcluster", "stratum.sandbox"}
    assert installation.is_empty()
    assert installation.says(r"serve +\| Stopped\.")


def test_a_taken_port_is_named_and_nothing_is_started(install: Install) -> None:
    installation = install()
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.web_port))
        other.listen()

        serve = installation.serve()

        assert serve.wait(90) == 1
    assert f"Port {installation.web_port} on 127.0.0.1 is taken" in installation.output()
    assert installation.is_empty()


def test_serve_refuses_a_database_that_is_not_migrated(install: Install) -> None:
    installation = install()
    installation.manage("migrate", "campaigns", "zero")

    assert installation.serve().wait(90) == 1
    assert "Run `manage.py migrate` first." in installation.output()


@pytest.mark.faults
class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
    def test_a_signal_leaves_no_process(self, install: Install, number: signal.Signals) -> None:
        installation = install()
        serve = installation.serve()
        wait_until(installation.is_well, "all queues give signs of life")

        serve.send_signal(number)

        assert serve.wait(90) == 0
        assert installation.is_empty()

    def test_make_run_leaves_no_process_when_make_is_killed(self, install: Install) -> None:
        installation = install()
        make = installation.make_run()
        wait_until(lambda: installation.says(r"is at http://127"), "the address is printed")

        make.kill()
        make.wait()

        wait_until(installation.is_empty, "everything has stopped")
        assert installation.says(r"serve +\| Stopped\.")

    def test_a_killed_supervisor_leaves_no_process(self, install: Install) -> None:
        installation = install()
        serve = installation.serve()
        wait_until(installation.is_well, "all queues give signs of life")

        serve.kill()
        serve.wait()

        wait_until(installation.is_empty, "the reaper has ended everything", seconds=8)

    def test_what_outlived_supervisor_and_reaper_is_killed_at_the_next_start(self, install: Install) -> None:
        installation = install()
        serve = installation.serve()
        wait_until(installation.is_well, "all queues give signs of life")
        for pid in [*installation.matching("stratum.reaper"), serve.pid]:
            os.kill(pid, signal.SIGKILL)
        serve.wait()
        left = installation.matching("qcluster")
        assert left, "nothing was left, so this test shows nothing"

        installation.serve()

        wait_until(lambda: not installation.processes().keys() & left.keys(), "what was left is gone")
        wait_until(installation.is_well, "the new queues give signs of life")

    def test_a_second_supervisor_of_the_same_services_is_refused(self, install: Install) -> None:
        installation = install()
        first = installation.serve("default")
        wait_until(lambda: installation.says(r"default +\| .*running"), "the first one runs")

        second = installation.serve("default")

        assert second.wait(90) == 1
        assert installation.says(rf"Process {first.pid} serves .* already")
        assert first.poll() is None
