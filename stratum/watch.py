"""Judges from their heartbeats whether the clusters of this supervisor still work."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from stratum import heartbeats
from stratum.loops import Loop
from stratum.processes import HOST

SELF = f"{HOST}:{os.getpid()}"


@dataclass
class Watched:
    """One running cluster. Ages are measured from when a stamp was seen to change, by the monotonic clock: wall clocks
    jump, and differ between hosts."""

    cluster: str
    group: str
    since: float
    seen: dict[str, tuple[datetime, float]] = field(default_factory=dict)
    is_stale: bool = False

    def look(self, now: float) -> None:
        for part, seen_at in heartbeats.stamps(self.cluster, of=self.group).items():
            if part not in self.seen or self.seen[part][0] != seen_at:
                self.seen[part] = (seen_at, now)

    def silence(self, now: float) -> float:
        """Seconds since the quieter of the two parts was last seen."""
        last = (self.seen[part][1] if part in self.seen else 0.0 for part in heartbeats.PARTS)
        return now - max(self.since, min(last))


class Watch:
    """Looks at the stamps, asks quiet clusters, and tells the ledger which groups are certainly dead.

    `step` runs in a thread of its own, because it waits for the database; the supervisor's loop never does.
    """

    def __init__(self, dead: Sequence[str] = ()) -> None:
        self._lock = threading.Lock()
        self._watched: dict[str, Watched] = {}
        self._dead = list(dead)
        self._last_step = time.monotonic()
        self.loop = Loop("Watching the queues", self.step, self.interval)

    @property
    def interval(self) -> float:
        return float(settings.SUPERVISOR_PING_SECONDS) / 3

    def begin(self, cluster: str, group: str) -> None:
        with self._lock:
            self._watched[cluster] = Watched(cluster, group, time.monotonic())
        self.loop.hurry()

    def end(self, cluster: str) -> None:
        """The cluster's group was killed: nothing of it can still act on its claims."""
        with self._lock:
            watched = self._watched.pop(cluster, None)
            if watched:
                self._dead.append(watched.group)

    def is_stale(self, cluster: str) -> bool:
        watched = self._watched.get(cluster)
        return watched is not None and watched.is_stale

    def step(self) -> None:
        # Written first: a database that takes no writes holds us up here, and is not held against the clusters below.
        heartbeats.stamp(f"serve@{SELF}")
        with self._lock:
            watched = list(self._watched.values())
        for one in watched:
            one.look(time.monotonic())
        self._forgive_gap(watched)
        for one in watched:
            silence = one.silence(time.monotonic())
            one.is_stale = silence > settings.SUPERVISOR_STALE_SECONDS
            if silence >= settings.SUPERVISOR_PING_SECONDS - self.interval or not one.seen:
                heartbeats.ask(one.cluster)
        self.bury_dead()

    def _forgive_gap(self, watched: list[Watched]) -> None:
        """After the database was away, or the machine asleep, everybody starts anew: nobody could have stamped."""
        now = time.monotonic()
        if now - self._last_step > 3 * self.interval + 1:
            for one in watched:
                one.since = now
        self._last_step = now

    def bury_dead(self) -> None:
        """Expire what dead groups had claimed; a group stays on the list until that has worked."""
        while self._dead:
            group = self._dead[0]
            heartbeats.forget(group)
            for path in settings.SUPERVISOR_AFTER_KILL:
                import_string(path)(group)
            self._dead.pop(0)

    def close(self) -> None:
        """The last step, when everything was stopped."""
        self.bury_dead()
        heartbeats.forget(SELF)


def ring() -> None:
    """Ring the queue for work that is due; see PUBLISH_RING_SECONDS."""
    for path in settings.SUPERVISOR_RINGS:
        import_string(path)()
