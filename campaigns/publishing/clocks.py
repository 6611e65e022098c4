"""The clocks of publishing in one place. Seconds; what an operator or a test may change comes from the settings."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from integrations.contracts import Deadline
from integrations.http import deadline_seconds

#: Claims that ended without release, after which a run is taken off the road: it kills its workers.
POISON_LIMIT = 8
#: Attempts at one step, after which its last error is believed.
MAX_ATTEMPTS = 8
#: Waits in a row without progress, after which the run ends with the error it waits for.
MAX_SETBACKS = 12
#: How long a run may take from its start, waits for the platform's daily limits included.
MAX_AGE = timedelta(hours=30)
#: A wait shorter than this happens in place; a longer one parks the run and frees the worker.
SHORT_WAIT = 2.0
#: From this share of a platform's allowance of calls on, in percent, runs slow down instead of running into the limit.
COURTEOUS_FROM = 80.0
#: A task works on a run for so long, then hands it on.
TASK_BUDGET = 90.0
#: The queue is told again of a due run after so long without a claim.
RING_AGAIN = timedelta(seconds=15)


def lease() -> timedelta:
    return timedelta(seconds=settings.PUBLISH_LEASE_SECONDS)


def settle(seconds: float) -> timedelta:
    """Return a platform's settle time, scaled where tests say so."""
    return timedelta(seconds=seconds * settings.PUBLISH_SETTLE_FACTOR)


def late() -> timedelta:
    """Return how long after a run somebody may still act on a call that was given up: a frozen worker until its lease has
    ended, then a platform for as long as the longest call may take.
    """
    return lease() + timedelta(seconds=deadline_seconds(Deadline.MUTATE))


def courtesy(usage: float) -> float:
    """Return the seconds to pause when so many percent of the platform's allowance of calls are used up."""
    return max(0.0, usage - COURTEOUS_FROM) * 3 * settings.PUBLISH_SETTLE_FACTOR


def back_off(setbacks: int) -> float:
    """Return the seconds to wait after so many setbacks in a row: 1, 2, 4 … at most 5 minutes, scaled in tests."""
    return float(min(300, 2 ** min(setbacks, 9))) * settings.PUBLISH_SETTLE_FACTOR
