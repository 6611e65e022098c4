"""How long a death costs with the product's own clocks, held against what docs/reliability.md promises."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from campaigns.models import PublishRun
from tests.faults import people_and_processes, processes
from tests.faults.invariants import Verdict

if TYPE_CHECKING:
    from tests.faults.play import Play

#: Seconds that publishing itself may take besides.
PUBLISHING = 10.0
#: Lease and ring.
WORKER = 92.0
#: Restart, back-off, settle time.
GROUP = 30.0


def play_all(play: Play) -> None:
    people_and_processes.await_ready(play)
    for name, kill, seconds in (("its worker", _worker, WORKER), ("the whole group", _group, GROUP)):
        play.attempt(f"a death of {name}", partial(_publish_through, play, name, kill, seconds))
    play.say_secrets()


def _publish_through(play: Play, name: str, kill: Callable[[Play, PublishRun], None], seconds: float) -> None:
    draft, run = people_and_processes.slow_publish(play)
    died = time.monotonic()
    kill(play, run)
    people_and_processes.must_succeed(play, name, draft, run)
    took = time.monotonic() - died
    print(
        f"     published {took:.1f} s after the death of {name}; promised are {seconds + PUBLISHING:.0f} s", flush=True
    )
    if took > seconds + PUBLISHING:
        play.score.add(name, Verdict(stuck=[f"it took {took:.1f} s"]))


def _worker(play: Play, run: PublishRun) -> None:
    processes.kill(int(PublishRun.objects.get(pk=run.pk).worker.rsplit(":", 1)[1]))


def _group(play: Play, run: PublishRun) -> None:
    os.killpg(processes.await_pool(play.serve)["main"][0], signal.SIGKILL)
