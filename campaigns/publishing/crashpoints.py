"""Named places at which a test may kill the process, to prove that a publication survives it there.

STRATUM_CRASH="name" kills at the first pass, "name:3" at the third. Without it nothing happens.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

#: Every name used in the code; a test compares the two.
POINTS = (
    "claimed",
    "intent_committed",
    "before_send",
    "answer_received",
    "outcome_saved",
    "looked_up",
    "adopted",
    "read_back",
    "children_switched",
    "campaign_switched",
    "before_finish",
    "finished",
    "before_release",
    "removal_saved",
    "rung",
)

_passes: Counter[str] = Counter()


def crashpoint(name: str) -> None:
    """Kill this process if the environment says so for this place."""
    wanted = os.environ.get("STRATUM_CRASH")
    if not wanted:
        return
    place, _, count = wanted.partition(":")
    _passes[name] += 1
    if place == name and _passes[name] == int(count or 1):
        os.kill(os.getpid(), signal.SIGKILL)
