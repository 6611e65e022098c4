"""A stack of its own for the demo: free ports, a temporary data folder, the sandbox, web and workers."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from django.conf import settings

START_SECONDS = 60
STOP_SECONDS = 40


@dataclass(frozen=True)
class Stack:
    """Where the product and its sandbox are, and who may log in."""

    base_url: str
    sandbox_url: str
    passwords: dict[str, str]


def read_passwords(folder: Path) -> dict[str, str]:
    """Return the demo team's passwords from the file that `manage.py demo_team` keeps."""
    return dict(re.findall(r"^(\w+)=(\S+)$", (folder / "demo-team.txt").read_text(), re.MULTILINE))


def running(base_url: str, sandbox_url: str) -> Stack:
    """Return the stack that runs already, whose data folder is this project's."""
    return Stack(base_url.rstrip("/"), sandbox_url.rstrip("/"), read_passwords(settings.DATA_DIR))


@contextmanager
def fresh(say: Callable[[str], None]) -> Iterator[Stack]:
    """Start a stack in a new folder, which is said and kept; everything is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="stratum-demo-"))
    say(f"data: {folder}")
    web, sandbox = _free_port(), _free_port()
    env = {
        **os.environ,
        "DATA_DIR": str(folder),
        "DATABASE_URL": "",
        "WEB_PORT": str(web),
        "BASE_URL": f"http://127.0.0.1:{web}",
        "SANDBOX_URL": f"http://127.0.0.1:{sandbox}",
        "ALLOWED_HOSTS": "",
        "DEBUG": "True",
        "ALLOW_INSECURE_LOOPBACK": "True",
    }
    for command in ("migrate", "demo_team"):
        subprocess.run([sys.executable, "manage.py", command, "-v0"], env=env, check=True, stdout=subprocess.DEVNULL)
    log = (folder / "serve.log").open("wb")
    serve = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        _await(f"http://127.0.0.1:{web}/healthz", serve, folder)
        yield Stack(f"http://127.0.0.1:{web}", f"http://127.0.0.1:{sandbox}", read_passwords(folder))
    finally:
        _stop(serve)
        log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(url: str, serve: subprocess.Popen[bytes], folder: Path) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and serve.poll() is None:
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"The stack did not start within {START_SECONDS} s; see {folder / 'serve.log'}.")


def _stop(serve: subprocess.Popen[bytes]) -> None:
    serve.send_signal(signal.SIGTERM)
    try:
        serve.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(serve.pid, signal.SIGKILL)
        serve.wait()
