"""Finds and hurts the processes of a supervised queue, by what the queue says of itself in the log."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from tests.faults.stage import Serve, await_that

#: How django-q2 2-worker pools are born: the children of the sentinel, in order.
WORKERS = 2
#: Group leader → the parts that were there when the pool was first complete.
_first_seen: dict[int, dict[str, int]] = {}


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def group_of(pid: int) -> int:
    return os.getpgid(pid)


def descendants(pid: int) -> set[int]:
    """Return the processes below this one, whatever their group."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), []):
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def publish_pool(serve: Serve) -> dict[str, list[int]]:
    """Return the living processes of the publish queue by their part; empty until the pool is complete."""
    groups: dict[int, set[int]] = {}
    for pid in descendants(serve.process.pid):
        if b"Q_CLUSTER_NAME=publish" in _environment(pid) and is_alive(pid):
            groups.setdefault(group_of(pid), set()).add(pid)
    for leader, pids in groups.items():
        if len(pids) >= 2 + WORKERS + 2:
            return _parts(leader, pids)
    return {}


def _parts(leader: int, pids: set[int]) -> dict[str, list[int]]:
    sentinel = min(child for child in pids if child != leader and _parent(child) == leader)
    children = sorted(child for child in pids if _parent(child) == sentinel)
    if leader not in _first_seen:
        _first_seen[leader] = {"monitor": children[WORKERS], "pusher": children[WORKERS + 1]}
    known = {part: pid for part, pid in _first_seen[leader].items() if pid in children}
    workers = [child for child in children if child not in known.values()]
    return {"main": [leader], "sentinel": [sentinel], "worker": workers, **{k: [v] for k, v in known.items()}}


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _environment(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""


def await_pool(serve: Serve, *, seconds: float = 40) -> dict[str, list[int]]:
    """Wait until the publish queue has all its parts, and return them."""
    await_that(
        lambda: len(publish_pool(serve).get("worker", [])) >= WORKERS,
        seconds=seconds,
        what="the publish queue is not complete",
    )
    return publish_pool(serve)


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
