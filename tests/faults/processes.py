"""Finds and hurts the processes of a supervised queue, by what the queue says of itself in the log."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from tests.faults.stage import Serve, await_that

#: Part of the pool → how django-q2 announces it.
ANNOUNCED = {
    "worker": r"ready for work at (\d+)",
    "monitor": r"monitoring at (\d+)",
    "pusher": r"pushing tasks at (\d+)",
    "sentinel": r"guarding cluster .*?at (\d+)",
}


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
    """Return the living processes of the publish queue by their part, the main process as `main`."""
    groups: dict[int, set[int]] = {}
    for pid in descendants(serve.process.pid):
        command = _command(pid)
        if "qcluster" in command and "default" not in command:
            groups.setdefault(group_of(pid), set()).add(pid)
    if not groups:
        return {}
    leader, pids = max(groups.items(), key=lambda item: len(item[1]))
    log = serve.log.read_text(errors="replace")
    pool: dict[str, list[int]] = {"main": [leader]}
    for part, pattern in ANNOUNCED.items():
        announced = {int(pid) for pid in re.findall(pattern, log)}
        pool[part] = sorted(pid for pid in announced & pids if is_alive(pid))
    known = {pid for part in pool.values() for pid in part}
    pool["sentinel"] = pool["sentinel"] or sorted(pids - known)[:1]
    return pool


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def await_pool(serve: Serve, *, seconds: float = 40) -> dict[str, list[int]]:
    """Wait until the publish queue has all its parts, and return them."""
    await_that(
        lambda: len(publish_pool(serve).get("worker", [])) >= 2 and publish_pool(serve).get("monitor"),
        seconds=seconds,
        what="the publish queue is not complete",
    )
    return publish_pool(serve)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
