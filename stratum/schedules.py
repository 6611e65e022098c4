"""What the queue does by the clock. settings.SCHEDULES is the list; django-q2's rows are made equal to it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django_q.models import Schedule

PREFIX = "stratum:"


def keep(**kwargs: Any) -> None:
    """Make the schedules that begin with our prefix equal to the list. Runs after each migrate, and nowhere else.

    django-q2 has no constraint that keeps names apart, so this is the only place that makes schedules.
    """
    if Schedule._meta.db_table not in connection.introspection.table_names():
        return  # only some apps were migrated so far
    with transaction.atomic():
        for name, (task, minutes) in settings.SCHEDULES.items():
            Schedule.objects.update_or_create(
                name=PREFIX + name,
                defaults={
                    "func": task,
                    "schedule_type": Schedule.MINUTES,
                    "minutes": minutes,
                    "repeats": -1,
                    "cluster": "default",
                },
            )
        ours = Schedule.objects.filter(name__startswith=PREFIX)
        ours.exclude(name__in=[PREFIX + name for name in settings.SCHEDULES]).delete()
