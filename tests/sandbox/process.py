"""Starts a real sandbox process for tests, on a free port with a data folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

PROJECT = Path(__file__).resolve().parents[2]


class SandboxProcess:
    """A running sandbox and its control surface."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "sandbox.log"
        environment = os.environ | {"SANDBOX_DATA": str(folder / "data"), "SANDBOX_PORT": str(self.port)}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        started = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "stratum.sandbox"], cwd=PROJECT, env=environment, stdout=log, stderr=log
            )
        self._wait_until_it_answers()
        self.start_seconds = time.monotonic() - started

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=10)

    def get(self, path: str, **query: Any) -> Any:
        answer = requests.get(f"{self.url}/_sandbox/{path}", params=query, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        answer = requests.post(f"{self.url}/_sandbox/{path}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, effect: str, *, method: str = "", path: str = "", **more: Any) -> int:
        order = {"platform": "meta", "match": {"method": method, "path": path}, "effect": effect, **more}
        return self.post("faults", **order)["id"]

    def objects(self, **query: Any) -> list[dict[str, Any]]:
        return self.get("objects", platform="meta", **query)

    def last_request(self) -> dict[str, Any]:
        return self.get("requests", platform="meta")[-1]

    def await_request(self, path: str) -> dict[str, Any]:
        """The first journal entry of a path, as soon as there is one."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for row in self.get("requests", platform="meta"):
                if row["path"] == path:
                    return row
            time.sleep(0.01)
        raise AssertionError(f"no request for {path}")

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            try:
                requests.get(f"{self.url}/_sandbox/faults", timeout=1)
            except requests.ConnectionError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.02)
            else:
                return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
