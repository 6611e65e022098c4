"""Sets the stage: a sandbox process, a database, `manage.py serve` with short clocks, and a connected account."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from stratum.sandbox.credentials import APPS
from tests.faults.places import Place

ROOT = Path(__file__).resolve().parents[2]
TOKEN_KEY = "pAGW1cUFJSZ3N3tZ4JgrU0pEAIYZ0Jw3iK1Ef0g0Y2A="

#: Films and reviews take the platforms no time here: what is waited for is what went wrong.
QUICK = {
    "tiktok_video_seconds": 0,
    "tiktok_review_seconds": 0,
    "google_processing_seconds": 0,
    "google_review_seconds": 0,
    "snapchat_processing_seconds": 0,
    "snapchat_review_seconds": 0,
}
#: Seconds and factors; `production` keeps the product's own.
SHORT_CLOCKS = {
    "PUBLISH_LEASE_SECONDS": "2.5",
    "PUBLISH_RENEW_SECONDS": "0.4",
    "PUBLISH_RING_SECONDS": "0.2",
    "PUBLISH_SETTLE_FACTOR": "0.04",
    "PUBLISH_DEADLINE_FACTOR": "0.05",
    "SUPERVISOR_PING_SECONDS": "0.5",
    "SUPERVISOR_STALE_SECONDS": "6",
    "SUPERVISOR_GRACE_SECONDS": "6",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_that(condition: Any, *, seconds: float, what: str) -> None:
    """Wait until the condition holds; AssertionError says what did not come true."""
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError(f"after {seconds:g} s: {what}")
        time.sleep(0.05)


class Sandbox:
    """A running sandbox and its control surface."""

    def __init__(self, url: str, process: subprocess.Popen[bytes]) -> None:
        self.url = url
        self.process = process
        self._ordered: dict[int, dict[str, Any]] = {}

    def order(self, what: str, **body: Any) -> Any:
        answer = requests.post(f"{self.url}/_sandbox/{what}", json=body, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, what: str, **params: Any) -> Any:
        return requests.get(f"{self.url}/_sandbox/{what}", params=params, timeout=20).json()

    def fault(self, effect: str, place: Place, *, platform: str = "meta", **more: Any) -> None:
        body = {"match": {"method": place.method, "path": place.path}, "effect": effect, "skip": place.skip, **more}
        number = self.order("faults", platform=platform, **body)["id"]
        self._ordered[number] = body

    def missed_faults(self) -> list[str]:
        """Say which faults never struck: a scenario that misses its own fault shows nothing."""
        left = {row["id"]: row for row in self.look("faults")}
        return [
            f"{body['effect']} at {body['match']['path']}"
            for number, body in self._ordered.items()
            if number in left and left[number]["remaining"] == body.get("times", 1)
        ]

    def clear_faults(self) -> None:
        requests.delete(f"{self.url}/_sandbox/faults", timeout=20)
        self._ordered.clear()


class Serve:
    """A running `manage.py serve`: web, queues, ring."""

    def __init__(self, folder: Path, name: str = "serve") -> None:
        self.log = folder / f"{name}.log"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=os.environ.copy(),
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


@contextmanager
def stage(*, production_clocks: bool = False) -> Iterator[tuple[Path, Sandbox]]:
    """Make a data folder, start the sandbox and set the product's environment; Django is set up by the caller."""
    folder = Path(tempfile.mkdtemp(prefix="stratum-faults-"))
    port = free_port()
    sandbox = subprocess.Popen(
        [sys.executable, "-m", "stratum.sandbox", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "SANDBOX_DATA": str(folder / "sandbox")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    web = free_port()
    os.environ.update(
        DJANGO_SETTINGS_MODULE="stratum.settings",
        SECRET_KEY="faults-only-faults-only-faults-only-faults-only-faults",
        TOKEN_KEYS=TOKEN_KEY,
        DEBUG="True",
        DATA_DIR=str(folder / "data"),
        WEB_PORT=str(web),
        BASE_URL=f"http://127.0.0.1:{web}",
        SANDBOX_URL=f"http://127.0.0.1:{port}",
        ALLOW_INSECURE_LOOPBACK="True",
        META_APP_ID=APPS["meta"].client_id,
        META_APP_SECRET=APPS["meta"].client_secret,
        GOOGLE_CLIENT_ID=APPS["google"].client_id,
        GOOGLE_CLIENT_SECRET=APPS["google"].client_secret,
        TIKTOK_APP_ID=APPS["tiktok"].client_id,
        TIKTOK_APP_SECRET=APPS["tiktok"].client_secret,
        SNAPCHAT_CLIENT_ID=APPS["snapchat"].client_id,
        SNAPCHAT_CLIENT_SECRET=APPS["snapchat"].client_secret,
        EMAIL_URL="dummymail://",
        STRATUM_CRASH_FILE=str(folder / "crash"),
        **({} if production_clocks else SHORT_CLOCKS),
    )
    (folder / "data").mkdir()
    try:
        playing = Sandbox(f"http://127.0.0.1:{port}", sandbox)
        await_that(lambda: _answers(playing.url), seconds=60, what="the sandbox did not start")
        playing.order("settings", **QUICK)
        yield folder, playing
    finally:
        os.killpg(sandbox.pid, signal.SIGKILL)
        sandbox.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/_sandbox/settings", timeout=1).ok
    except requests.RequestException:
        return False
