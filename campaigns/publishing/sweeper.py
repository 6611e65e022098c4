"""Rings the queue for runs that are due and that nobody works on. The ledger decides; a ring too many is harmless."""

from __future__ import annotations

import logging

from django.db.models import Q
from django.utils import timezone

from campaigns.models import PublishRun
from campaigns.publishing import clocks, plan
from campaigns.publishing.crashpoints import crashpoint

log = logging.getLogger(__name__)
MOST_AT_ONCE = 100


def due_runs(*, again_after: bool) -> list[PublishRun]:
    """Return runs that are due and free; with `again_after`, without those the queue was told of a moment ago."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    rows = PublishRun.objects.filter(free, state__in=PublishRun.DUE, due_at__lte=now)
    if again_after:
        rows = rows.filter(Q(rung_at=None) | Q(rung_at__lte=now - clocks.RING_AGAIN))
    return list(rows.order_by("due_at")[:MOST_AT_ONCE])


def ring() -> int:
    """Put every due run that nobody holds into the queue again, and return how many there were."""
    runs = due_runs(again_after=True)
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
