"""Rings the queue for runs that are due and that nobody works on. The ledger decides; a ring too many is harmless."""

from __future__ import annotations

import logging

from django.db.models import F, Q
from django.utils import timezone

from campaigns.models import PublishRun
from campaigns.publishing import clocks, plan
from campaigns.publishing.crashpoints import crashpoint

log = logging.getLogger(__name__)
MOST_AT_ONCE = 100


def unheard_runs() -> list[PublishRun]:
    """Return runs that are due and free, without those the queue was told of a moment ago."""
    now = timezone.now()
    # A ring that is older than the claim which has just ended was heard by the worker that died.
    unheard = Q(rung_at=None) | Q(rung_at__lte=now - clocks.RING_AGAIN) | Q(rung_at__lte=F("lease_until"))
    return list(PublishRun.objects.free_and_due(now).filter(unheard).order_by("due_at")[:MOST_AT_ONCE])


def ring() -> int:
    """Put every due run that nobody holds into the queue again, and return how many there were."""
    runs = unheard_runs()
    for run in runs:
        plan.ring(run)
        crashpoint("rung")
    return len(runs)


def expire_leases_of(worker_group: str) -> int:
    """Free the runs of workers that surely are dead: the supervisor has just killed their whole group."""
    held = PublishRun.objects.filter(worker__startswith=f"{worker_group}:", lease_until__gt=timezone.now())
    count = held.update(lease_until=timezone.now(), rung_at=None)
    if count:
        log.warning("Freed %s runs of the dead worker group %s.", count, worker_group)
    return count
