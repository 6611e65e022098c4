"""A whole installation as real processes, with a data folder, ports and clocks of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 90.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
    """Return the condition's first true value; AssertionError names what did not happen in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds:g} s: {what}")


class Installation:
    """`manage.py` and `serve` against one data folder. Everything that carries the folder's name is ours."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.folder = folder
        self.web_port, self.sandbox_port = free_port(), free_port()
        self.log = folder / "serve.log"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")},
            "SECRET_KEY": "operations-tests-operations-tests-operations-tests-1234",
            "TOKEN_KEYS": "pAGW1cUFJSZ3N3tZ4JgrU0pEAIYZ0Jw3iK1Ef0g0Y2A=",
            "DEBUG": "True",
            "ALLOWED_HOSTS": "",
            "ALLOW_INSECURE_LOOPBACK": "True",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
            "BASE_URL": f"http://127.0.0.1:{self.web_port}",
            "WEB_PORT": str(self.web_port),
            "SANDBOX_URL": f"http://127.0.0.1:{self.sandbox_port}",
            "EMAIL_URL": "memorymail://",
            "SUPERVISOR_PING_SECONDS": "0.6",
            "SUPERVISOR_STALE_SECONDS": "4",
            "SUPERVISOR_GRACE_SECONDS": "20",
            **settings,
        }

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=60, check=False)

    def python(self, code: str) -> str:
        """Run code in a Django shell of this installation and return what it prints."""
        result = self.manage("shell", "--no-imports", "-c", code)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    def serve(self, *only: str) -> subprocess.Popen[bytes]:
        arguments = [argument for name in only for argument in ("--only", name)]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "manage.py", "serve", *arguments],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def make_run(self) -> subprocess.Popen[bytes]:
        """Start it as the Makefile does: make's shell becomes the supervisor, and make waits for it."""
        recipe = f"run: ; @exec {sys.executable} manage.py serve --with-parent"
        command = ["make", "--file=-", f"--directory={ROOT}"]
        with self.log.open("ab") as log:
            make = subprocess.Popen(
                command,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        assert make.stdin
        make.stdin.write(recipe.encode())
        make.stdin.close()
        return make

    def output(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def says(self, pattern: str) -> re.Match[str] | None:
        return re.search(pattern, self.output())

    def health(self) -> dict[str, Any]:
        """What /healthz answers; empty while nobody does."""
        try:
            with urllib.request.urlopen(f"{self.env['BASE_URL']}/healthz", timeout=2) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))
        except (OSError, ValueError):
            return {}

    def is_well(self) -> bool:
        return self.health().get("status") == "ok"

    def processes(self) -> dict[int, tuple[int, int, str]]:
        """Return parent, group and command of each process whose environment names the data folder."""
        mark = f"DATA_DIR={self.folder}\0".encode()
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes():
                    fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(entry.name)] = (int(fields[1]), int(fields[2]), command)
            except OSError:
                continue
        return found

    def matching(self, pattern: str) -> dict[int, tuple[int, int, str]]:
        return {pid: seen for pid, seen in self.processes().items() if re.search(pattern, seen[2])}

    def is_empty(self) -> bool:
        return not self.processes()

    def kill_everything(self) -> None:
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


class Cluster:
    """The processes of one running cluster, found by who started whom."""

    def __init__(self, installation: Installation, name: str) -> None:
        self.installation, self.name = installation, name

    @property
    def leader(self) -> int | None:
        for pid, (_, group, _) in self.installation.matching("qcluster").items():
            if pid == group and f"Q_CLUSTER_NAME={self.name}\0" in Path(f"/proc/{pid}/environ").read_text():
                return pid
        return None

    def members(self) -> list[int]:
        """The sentinel's children in the order they were made: the workers, the monitor, the pusher."""
        sentinel = self.sentinel
        return sorted(pid for pid, (parent, _, _) in self.installation.processes().items() if parent == sentinel)

    @property
    def sentinel(self) -> int:
        leader = self.leader
        return next(pid for pid, (parent, _, _) in self.installation.processes().items() if parent == leader)


def copy_database(template: Path, folder: Path) -> None:
    shutil.copy(template / "stratum.sqlite3", folder / "stratum.sqlite3")
