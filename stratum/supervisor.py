"""`manage.py serve`: runs web, queues and sandbox, restarts what ends or falls silent, and leaves nothing behind."""

from __future__ import annotations

import fcntl
import os
import select
import signal
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import IO

from django.conf import settings

from stratum.keeper import Keeper, Service
from stratum.loops import Loop
from stratum.processes import Console, Reaper, adopt_orphans
from stratum.watch import Watch, ring

TICK_SECONDS = 0.5


class AlreadyRunning(Exception):
    """Another supervisor serves the same services from the same data folder; the text says which."""


class Signals:
    """Turns SIGINT, SIGTERM and SIGHUP into `wanted`, and wakes the loop for them and for a child that ended.

    The second SIGINT kills everything at once, in the handler itself.
    """

    def __init__(self, kill_all: Callable[[], None]) -> None:
        self.wanted = False
        self._kill_all = kill_all
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def wait(self, seconds: float) -> None:
        """Wait so long, or until a signal comes."""
        if select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, 4096)

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        if self.wanted and number == signal.SIGINT:
            self._kill_all()
            os._exit(130)
        self.wanted = True


class Supervisor:
    """Runs services until SIGINT, SIGTERM or SIGHUP, then stops them by rank.

    The caller holds the folder's lock, and has ended what an earlier supervisor left: `dead` names those groups. With a
    parent, it also stops when that process is gone.
    """

    def __init__(
        self,
        services: Sequence[Service],
        run_dir: Path,
        console: Console,
        dead: Sequence[str],
        parent: int | None = None,
    ) -> None:
        self._services, self._run_dir, self._console, self._parent = services, run_dir, console, parent
        self._watch = Watch(dead)
        self._keepers: list[Keeper] = []

    def run(self) -> None:
        """Serve; returns when everything was stopped."""
        adopt_orphans()
        with ExitStack() as stack:
            reaper = Reaper()
            stack.callback(reaper.close)
            signals = Signals(self._kill_all)
            self._keepers = [Keeper(s, self._run_dir, self._console, self._watch, reaper) for s in self._services]
            stack.callback(Loop("Clearing up", self._watch.close, 0).step)
            for loop in self._loops():
                loop.start()
                stack.callback(loop.stop, 2)
            while not signals.wanted and self._parent in {None, os.getppid()}:
                self._tick()
                reaper.check()
                signals.wait(TICK_SECONDS)
            self._stop(signals)

    def _loops(self) -> list[Loop]:
        loops = []
        if any(service.cluster for service in self._services):
            loops.append(self._watch.loop)
        if any(service.cluster == "publish" for service in self._services):
            loops.append(Loop("Looking for runs that are due", ring, settings.PUBLISH_RING_SECONDS))
        return loops

    def _tick(self) -> None:
        for keeper in self._keepers:
            keeper.tick()

    def _kill_all(self) -> None:
        for keeper in self._keepers:
            keeper.kill_at_once()

    def _stop(self, signals: Signals) -> None:
        self._console.say("serve", "Stopping. Running tasks are finished first; Ctrl-C again kills at once.")
        for rank in sorted({keeper.service.rank for keeper in self._keepers}):
            ending = [keeper for keeper in self._keepers if keeper.service.rank == rank]
            for keeper in ending:
                keeper.end()
            while not all(keeper.has_ended for keeper in ending):
                self._tick()
                signals.wait(TICK_SECONDS / 5)
        self._console.say("serve", "Stopped.")


def lock(run_dir: Path) -> IO[str]:
    """Hold the folder's lock while the returned file is open; AlreadyRunning names the process that holds it."""
    run_dir.mkdir(parents=True, exist_ok=True)
    file = (run_dir / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        raise AlreadyRunning(f"Process {file.read().strip()} serves from {run_dir} already.") from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
