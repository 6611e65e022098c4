"""Ends the children of a supervisor that was itself killed: `python -m stratum.reaper`, started by the supervisor.

It reads `+<group id>` and `-<group id>` lines from a pipe that only the supervisor holds open. When the pipe closes, it
asks the groups that are left to end, and kills them soon after. It knows nothing but the standard library, so that it
stays small and has no reason to fail.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable

GRACE_SECONDS = 3.0


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    end(groups)


def end(groups: set[int]) -> None:
    """Ask each group's leader to end, and kill what is left of the groups after the grace period."""
    for group in groups:
        signal_to(group, signal.SIGTERM, os.kill)
    deadline = time.monotonic() + GRACE_SECONDS
    while groups and time.monotonic() < deadline:
        time.sleep(0.1)
        groups = {group for group in groups if is_alive(group)}
    for group in groups:
        signal_to(group, signal.SIGKILL, os.killpg)


def is_alive(group: int) -> bool:
    return signal_to(group, 0, os.killpg)


def signal_to(group: int, number: int, send: Callable[[int, int], None]) -> bool:
    """Send the signal; False when there is nobody any more."""
    try:
        send(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main()
