"""Named places at which a test may kill the process, to prove that a publication survives it there.

STRATUM_CRASH_FILE names a file that says `<place> <n>`: the process that comes by for the n-th time removes the file and
kills itself. Without the variable nothing happens.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

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
    """Kill this process if a test wants it dead at this place."""
    order = os.environ.get("STRATUM_CRASH_FILE")
    if order:
        _obey(Path(order), name)


def _obey(order: Path, name: str) -> None:
    try:
        place, count = order.read_text().split()
    except (FileNotFoundError, ValueError):
        _passes.clear()
        return
    if place != name:
        return
    _passes[name] += 1
    if _passes[name] < int(count):
        return
    try:
        order.unlink()
    except FileNotFoundError:
        return  # another process died in our place
    os.kill(os.getpid(), signal.SIGKILL)
