"""Keeps one service running: starts it, restarts it when it ends or falls silent, and stops it for certain."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from stratum import heartbeats, reaper
from stratum.processes import MARKER, Console, Process, Reaper
from stratum.watch import Watch

IDLE_GRACE_SECONDS = 5.0
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 1.0, 60.0
#: A task that runs longer than its time-out and this is not waited for: the time-out has failed.
TIMEOUT_SLACK_SECONDS = 15.0


@dataclass(frozen=True)
class Service:
    """What to run. Services of a lower rank are stopped first; a cluster is watched by its heartbeats."""

    name: str
    command: Sequence[str]
    rank: int
    cluster: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    grace: float = 25.0


class Keeper:
    """Keeps one service running. `tick` never waits, except for the moment that a kill takes."""

    def __init__(self, service: Service, run_dir: Path, console: Console, watch: Watch, reaper: Reaper) -> None:
        self.service = service
        self.process: Process | None = None
        self._run_dir, self._console, self._watch, self._reaper = run_dir, console, watch, reaper
        self._start_at = time.monotonic()
        self._started_at = 0.0
        self._backoff = FIRST_BACKOFF_SECONDS
        self._asked_at: float | None = None
        self._last_busy = 0.0
        self._is_ending = False

    @property
    def has_ended(self) -> bool:
        return self._is_ending and self.process is None

    def tick(self) -> None:
        now = time.monotonic()
        if self.process is None:
            if not self._is_ending and now >= self._start_at:
                self._start(now)
        elif self.process.exit_code is not None:
            self._bury(now)
        elif self._asked_at is not None:
            if self._patience_is_over(now):
                self._say("does not end, and is killed.")
                self._bury(now)
        elif self.service.cluster and self._watch.is_stale(self.service.cluster) and not self._is_busy():
            self._say("gives no sign of life, and is restarted.")
            self._ask_to_end(now)

    def kill_at_once(self) -> None:
        """Kill without waiting and without notes; safe inside a signal handler."""
        if self.process:
            reaper.signal_to(self.process.group_id, signal.SIGKILL, os.killpg)

    def end(self) -> None:
        """Begin to stop for good; `has_ended` tells when it is done."""
        self._is_ending = True
        if self.process and self._asked_at is None:
            self._ask_to_end(time.monotonic())

    def _start(self, now: float) -> None:
        env = {**self.service.env, MARKER: str(self._run_dir)}
        self.process = Process(self.service.name, self.service.command, env, self._console)
        self._reaper.watch(self.process.group_id)
        self._started_at, self._asked_at = now, None
        if self.service.cluster:
            self._watch.begin(self.service.cluster, self.process.group)

    def _ask_to_end(self, now: float) -> None:
        assert self.process is not None
        self._asked_at = self._last_busy = now
        self.process.ask_to_end()

    def _patience_is_over(self, now: float) -> bool:
        """A cluster at work gets the long grace, an idle one the short: stopping an idle cluster may hang."""
        assert self._asked_at is not None
        if not self.service.cluster:
            return now - self._asked_at > self.service.grace
        if self._is_busy():
            self._last_busy = now
        return now - self._last_busy > IDLE_GRACE_SECONDS or now - self._asked_at > self.service.grace

    def _is_busy(self) -> bool:
        """Whether a task runs that is still within its time-out; see heartbeats.busy_marks."""
        assert self.process is not None
        oldest = time.time() - settings.Q_CLUSTER["timeout"] - TIMEOUT_SLACK_SECONDS
        return any(
            _modified_at(mark) > oldest and reaper.signal_to(int(mark.name.rsplit("-", 1)[1]), 0, os.kill)
            for mark in heartbeats.busy_marks(self._run_dir, self.process.group_id)
        )

    def _bury(self, now: float) -> None:
        """Kill the whole group, also after a clean exit: a cluster's main process may leave workers behind."""
        assert self.process is not None
        code, is_certain = self.process.exit_code, self.process.kill()
        if not is_certain:
            self._say(f"could not be killed: processes of group {self.process.group_id} remain.")
        self._reaper.unwatch(self.process.group_id)
        for mark in heartbeats.busy_marks(self._run_dir, self.process.group_id):
            mark.unlink(missing_ok=True)
        if self.service.cluster and is_certain:
            self._watch.end(self.service.cluster)
        self.process = None
        if not self._is_ending:
            self._plan_restart(now, code)

    def _plan_restart(self, now: float, code: int | None) -> None:
        if now - self._started_at > LONGEST_BACKOFF_SECONDS:
            self._backoff = FIRST_BACKOFF_SECONDS
        ended = f"ended with exit code {code}" if code is not None else "was stopped"
        self._say(f"{ended}. It is started again in {self._backoff:g} s.")
        self._start_at = now + self._backoff
        self._backoff = min(self._backoff * 2, LONGEST_BACKOFF_SECONDS)

    def _say(self, text: str) -> None:
        self._console.say("serve", f"{self.service.name} {text}")


def _modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0  # the task is done
