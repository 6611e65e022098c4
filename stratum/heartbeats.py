"""Signs of life of the task queues.

A queue can look alive and do nothing: when an idle worker is killed it may take the queue's lock with it, and when the
monitor is, finished tasks are never acknowledged. So both stamp a Heartbeat when they handle a task, whichever it is,
and the supervisor asks with a ping when a queue has nothing else to do. `publish:worker` is the newest stamp of all
hosts; `publish:worker@<host>:<group>` is the stamp of one cluster, by which its supervisor judges it.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseProblem
from django.db.models import Q
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.tasks import async_task

from stratum.models import Heartbeat

logger = logging.getLogger(__name__)

CLUSTERS = ("publish", "default")
PARTS = ("worker", "monitor")
PING = "stratum.heartbeats.ping"

_stamped_at: dict[str, float] = {}


def group() -> str:
    """Return the name of this process's group, `<host>:<group id>`: what a supervisor starts and kills as one."""
    return os.environ.get("STRATUM_WORKER_GROUP") or f"{socket.gethostname()}:{os.getpgrp()}"


def worker_name() -> str:
    """Return the name under which this process claims work, `<host>:<group id>:<process id>`."""
    return f"{group()}:{os.getpid()}"


def ping() -> None:
    """Do nothing: that a worker ran it and the monitor saw it is the answer."""


def ask(cluster: str) -> None:
    """Enqueue a ping, unless a task already waits in the cluster's queue: any task answers as well."""
    if not OrmQ.objects.filter(key=cluster, lock__lte=timezone.now()).exists():
        async_task(PING, task_name="ping", cluster=cluster)


def stamps(cluster: str, of: str = "") -> dict[str, datetime]:
    """Return when the cluster's parts were last seen, on any host or in the one group named."""
    suffix = f"@{of}" if of else ""
    names = {f"{cluster}:{part}{suffix}": part for part in PARTS}
    rows = Heartbeat.objects.filter(name__in=names).values_list("name", "seen_at")
    return {names[name]: seen_at for name, seen_at in rows}


def stamp(*names: str) -> None:
    """Write down that these were seen now."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, seen_at=timezone.now()) for name in names],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["seen_at"],
    )


def forget(of: str) -> None:
    """Delete the stamps of a group that is gone, and those of groups that were lost with their host."""
    is_lost = Q(name__contains="@", seen_at__lt=timezone.now() - timedelta(days=1))
    Heartbeat.objects.filter(Q(name__endswith=f"@{of}") | is_lost).delete()


# In the processes of a cluster. A receiver that raised would take its process down, so it reports and goes on. --------


def on_task_taken(task: Mapping[str, Any], **kwargs: Any) -> None:
    """In the worker, before each task: stamp it and mark this process as busy."""
    if not task.get("sync"):
        _stamp("worker")
        _mark_busy()


def on_task_done(**kwargs: Any) -> None:
    """In the worker, after each task."""
    mark = _busy_mark()
    if mark:
        mark.unlink(missing_ok=True)


def on_task_acknowledged(task: Mapping[str, Any], **kwargs: Any) -> None:
    """In the monitor, after each task's result was handled."""
    if not task.get("sync"):
        _stamp("monitor")


def _stamp(part: str) -> None:
    now = time.monotonic()
    if now - _stamped_at.get(part, -settings.SUPERVISOR_PING_SECONDS) < settings.SUPERVISOR_PING_SECONDS / 3:
        return
    name = f"{Conf.CLUSTER_NAME}:{part}"
    try:
        stamp(name, f"{name}@{group()}")
    except DatabaseProblem as error:
        logger.warning("The %s's heartbeat could not be written: %s", part, error)
        return
    _stamped_at[part] = now


# Busy marks are files, not rows: the supervisor must know that a task runs while the database is away. ----------------


def busy_marks(folder: Path, group_id: int) -> list[Path]:
    """Return a file for each process of the group that runs a task; the file is as old as the task's run."""
    return list(folder.glob(f"busy-{group_id}-*"))


def _busy_mark() -> Path | None:
    folder = os.environ.get("STRATUM_RUN_DIR")
    return Path(folder) / f"busy-{os.getpgrp()}-{os.getpid()}" if folder else None


def _mark_busy() -> None:
    mark = _busy_mark()
    if mark is None:
        return
    try:
        mark.touch()
    except OSError as error:
        logger.warning("The mark of a running task could not be written: %s", error)
