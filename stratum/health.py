"""The report at /healthz: can the database be reached, do the queues work, does anything wait for too long?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseProblem
from django.db import connection
from django.db.models import Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.models import OrmQ

from stratum import heartbeats

#: Work that is due for longer, while nobody does it, is a problem.
WAITED_TOO_LONG_SECONDS = 600
OK, FAILING = 200, 503


@dataclass
class Part:
    """What one part of the system reports: figures, ages in seconds, and sentences on what is wrong."""

    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when all is well, else 503. `?part=web` asks for the web host's own part alone: the database."""
    body, status = examine_web() if request.GET.get("part") == "web" else examine()
    return JsonResponse(body, status=status)


def examine() -> tuple[dict[str, Any], int]:
    """Return the whole report and its HTTP status."""
    reachable = database()
    return _summary({"database": reachable} | ({} if reachable.problems else report()))


def examine_web() -> tuple[dict[str, Any], int]:
    """Return the report and HTTP status of what a web host needs: the database."""
    return _summary({"database": database()})


def _summary(parts: dict[str, Part]) -> tuple[dict[str, Any], int]:
    problems = [problem for part in parts.values() for problem in part.problems]
    body = {"status": "failing" if problems else "ok", "problems": problems}
    return body | {name: part.facts for name, part in parts.items()}, FAILING if problems else OK


def database() -> Part:
    began = time.monotonic()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseProblem:
        return Part({"reachable": False}, ["The database cannot be reached."])
    return Part({"reachable": True, "milliseconds": round((time.monotonic() - began) * 1000, 1)})


def report() -> dict[str, Part]:
    """Return every part that needs the database."""
    parts = {f"queue_{name}": queue(name) for name in heartbeats.CLUSTERS}
    for path in settings.HEALTH_PARTS:
        make: Callable[[], Part] = import_string(path)
        parts[path.rsplit(".", 1)[1]] = make()
    return parts


def queue(cluster: str) -> Part:
    seen = heartbeats.stamps(cluster)
    part = Part({f"{name}_age": age(seen.get(name)) for name in heartbeats.PARTS})
    for name in heartbeats.PARTS:
        if part.facts[f"{name}_age"] is None or part.facts[f"{name}_age"] > settings.SUPERVISOR_STALE_SECONDS:
            part.problems.append(f"The {name} of the queue {cluster} gives no sign of life.")
    due = OrmQ.objects.filter(key=cluster, lock__lte=timezone.now()).aggregate(oldest=Min("lock"))["oldest"]
    part.facts |= {"tasks": OrmQ.objects.filter(key=cluster).count(), "oldest_due_task_age": age(due)}
    if waits_too_long(due):
        part.problems.append(f"A task in the queue {cluster} waits for too long.")
    return part


def age(moment: datetime | None) -> float | None:
    """Return the seconds since the moment; None for none."""
    return round((timezone.now() - moment).total_seconds(), 1) if moment else None


def waits_too_long(since: datetime | None) -> bool:
    return since is not None and (timezone.now() - since).total_seconds() > WAITED_TOO_LONG_SECONDS
