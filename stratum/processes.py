"""Child processes that can be ended for certain: each leads a group of its own, and the whole group is killed."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from stratum import reaper
from stratum.redaction import redact_text

HOST = socket.gethostname()
MARKER = "STRATUM_RUN_DIR"
KILL_SECONDS = 10.0
LONGEST_LINE = 20_000
PR_SET_CHILD_SUBREAPER = 36  # from linux/prctl.h

# The shell learns the process id that the program will have, because exec keeps it.
_WITH_GROUP_NAME = 'export STRATUM_WORKER_GROUP="$0:$$"; exec "$@"'


def adopt_orphans() -> None:
    """Have Linux hand us the orphans of our children, so that we can tell for certain when they are gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class Console:
    """Writes whole lines, each with the name of who says it, from any thread."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = stream or sys.stdout
        self._lock = threading.Lock()

    def say(self, name: str, text: str) -> None:
        with self._lock:
            try:
                self._stream.write(f"{name:<8}| {redact_text(text.rstrip())}\n")
                self._stream.flush()
            except (OSError, ValueError):
                pass  # the terminal is gone; the children's output must still be read, or they would block


class Process:
    """A running child: the leader of its own session and process group."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], console: Console) -> None:
        self.name = name
        self._popen = subprocess.Popen(
            ["/bin/sh", "-c", _WITH_GROUP_NAME, HOST, *command],
            env={**os.environ, "PYTHONUNBUFFERED": "1", **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.group_id = self._popen.pid
        self.group = f"{HOST}:{self.group_id}"
        threading.Thread(target=self._relay, args=(console,), name=f"output of {name}", daemon=True).start()

    @property
    def exit_code(self) -> int | None:
        """The leader's exit code, negative for the signal that ended it; None while it runs."""
        return self._popen.poll()

    def ask_to_end(self) -> None:
        """Send SIGTERM to the leader alone: it ends the rest of its group in order."""
        if self._popen.poll() is None:
            self._popen.terminate()

    def kill(self) -> bool:
        """Kill whatever is left of the group; True when it is certain that nothing is."""
        deadline = time.monotonic() + KILL_SECONDS
        while reaper.signal_to(self.group_id, signal.SIGKILL, os.killpg):
            self._collect()
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        self._popen.wait()
        return True

    def _collect(self) -> None:
        """Take the exit codes of the group's dead orphans, which are ours since adopt_orphans."""
        if self._popen.poll() is None:
            return
        try:
            while os.waitpid(-self.group_id, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass

    def _relay(self, console: Console) -> None:
        assert self._popen.stdout is not None
        for line in iter(lambda: self._popen.stdout.readline(LONGEST_LINE), b""):  # type: ignore[union-attr]
            console.say(self.name, line.decode(errors="replace"))


class Reaper:
    """The process that ends our children when we are killed; see stratum/reaper.py."""

    def __init__(self) -> None:
        self._groups: set[int] = set()
        self._popen = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "stratum.reaper"],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def watch(self, group_id: int) -> None:
        self._groups.add(group_id)
        self._tell(f"+{group_id}\n")

    def unwatch(self, group_id: int) -> None:
        self._groups.discard(group_id)
        self._tell(f"-{group_id}\n")

    def check(self) -> None:
        """Start it again if it ended, with all groups it should know."""
        if self._popen.poll() is None:
            return
        self._popen = self._start()
        for group_id in self._groups:
            self._tell(f"+{group_id}\n")

    def close(self) -> None:
        assert self._popen.stdin is not None
        with contextlib.suppress(OSError):  # it ended before us
            self._popen.stdin.close()
        self._popen.wait()

    def _tell(self, line: str) -> None:
        assert self._popen.stdin is not None
        try:
            self._popen.stdin.write(line.encode())
            self._popen.stdin.flush()
        except OSError:
            pass  # it ended; check() starts it again and repeats everything


def end_leftovers(run_dir: Path) -> list[str]:
    """Kill what an earlier supervisor with this folder left behind, and return the names of those groups.

    The folder's name in a process's environment is the proof that it is ours, also when the leader of its group is
    dead. Where there is no /proc, the reaper alone has to do.
    """
    ended: set[str] = set()
    deadline = time.monotonic() + KILL_SECONDS
    while (left := dict(_left_behind(run_dir))) and time.monotonic() < deadline:
        for pid, group in left.items():
            ended.add(group)
            reaper.signal_to(pid, signal.SIGKILL, os.kill)
        time.sleep(0.05)
    return sorted(ended - {""})


def _left_behind(run_dir: Path) -> Iterator[tuple[int, str]]:
    """Process id and group name of each process that was started with this folder; zombies have no environment."""
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            content = entry.read_bytes().decode(errors="replace")
        except OSError:
            continue  # another user's, or it ended meanwhile
        environment = dict(item.split("=", 1) for item in content.split("\0") if "=" in item)
        if environment.get(MARKER) == str(run_dir) and int(entry.parent.name) != os.getpid():
            yield int(entry.parent.name), environment.get("STRATUM_WORKER_GROUP", "")
