from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.contracts import Account, Tokens
from integrations.http import Exchange, Http
from integrations.platforms.meta.adapter import MetaPlatform

ROOT = Path(__file__).resolve().parents[2]


class Sandbox:
    """A running sandbox and its control surface."""

    def __init__(self, url: str) -> None:
        self.url = url

    def order(self, what: str, **body: Any) -> Any:
        answer = requests.post(f"{self.url}/_sandbox/{what}", json=body, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, what: str, **params: Any) -> Any:
        return requests.get(f"{self.url}/_sandbox/{what}", params={"platform": "meta", **params}, timeout=20).json()

    def fault(self, effect: str, path: str, value: Any = None, **more: Any) -> None:
        match = {"path": path} | ({"method": more.pop("method")} if "method" in more else {})
        self.order("faults", platform="meta", match=match, effect=effect, **({"value": value} if value else {}), **more)

    def writes(self, since: int = 0) -> list[dict[str, Any]]:
        """The journal's writes, batches of reads left out."""
        return [
            row
            for row in self.look("requests", since=since)
            if row["method"] != "GET" and '"method":"GET"' not in str(row["body"].get("batch", ""))
        ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A sandbox process of this test session's own; its address."""
    port, data = free_port(), tmp_path_factory.mktemp("meta-sandbox")
    process = subprocess.Popen(
        [sys.executable, "-m", "stratum.sandbox", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "SANDBOX_DATA": str(data), "DJANGO_SETTINGS_MODULE": "stratum.sandbox.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 20
    while time.monotonic() < ends and process.poll() is None:
        try:
            requests.get(f"{url}/_sandbox/settings", timeout=1)
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The sandbox did not start.")


@pytest.fixture
def sandbox(sandbox_process: str, settings: Any) -> Sandbox:
    """The sandbox as at its first start; the product's Meta addresses lead to it."""
    playing = Sandbox(sandbox_process)
    playing.order("reset")
    settings.PLATFORMS = {
        **settings.PLATFORMS,
        "meta": {
            "client_id": "1000000000000001",
            "client_secret": "sandbox-meta-secret-0001",
            "api_url": f"{sandbox_process}/meta/graph",
            "video_url": f"{sandbox_process}/meta/graph-video",
            "authorize_url": f"{sandbox_process}/meta/www",
            "dashboard_url": f"{sandbox_process}/meta/adsmanager",
        },
    }
    return playing


@pytest.fixture
def exchanges() -> list[Exchange]:
    """What http.py recorded."""
    return []


@pytest.fixture
def visitor(exchanges: list[Exchange]) -> MetaPlatform:
    """Meta without a connection."""
    return MetaPlatform(Http("meta", exchanges.append, MetaPlatform.trace_headers), None)


@pytest.fixture
def meta(sandbox: Sandbox, exchanges: list[Exchange]) -> MetaPlatform:
    """Meta, connected to the sandbox as Dana Whitfield with all permissions."""
    issued = sandbox.order("tokens", platform="meta", scopes=sorted(MetaPlatform.scopes))
    http = Http("meta", exchanges.append, MetaPlatform.trace_headers)
    return MetaPlatform(http, Tokens(issued["access_token"]))


@pytest.fixture
def accounts(meta: MetaPlatform) -> dict[str, Account]:
    """The ad accounts by id."""
    return {account.external_id: account for account in meta.list_accounts()}
