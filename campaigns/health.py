"""What /healthz says about publishing."""

from __future__ import annotations

from django.db.models import Count, Min, Q
from django.utils import timezone

from campaigns.models import PublishRun
from stratum.health import Part, age, waits_too_long


def runs() -> Part:
    """Report how long the oldest due run waits for a worker, and how many claims ended without release."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    figures = PublishRun.objects.filter(free, state__in=PublishRun.DUE, due_at__lte=now).aggregate(
        oldest=Min("due_at"), expired=Count("pk", filter=Q(lease_until__lte=now))
    )
    part = Part({"oldest_due_age": age(figures["oldest"]), "expired_leases": figures["expired"]})
    if waits_too_long(figures["oldest"]):
        part.problems.append("A run is due, and no worker takes it.")
    return part
