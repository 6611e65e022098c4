from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from django.core.cache import cache

from integrations.contracts import Account, Tokens
from integrations.http import Exchange, Http
from integrations.platforms.tiktok.adapter import TikTokPlatform
from tests.sandbox.process import SandboxProcess


class Sandbox:
    """A running sandbox and its control surface, as far as TikTok is concerned."""

    def __init__(self, url: str) -> None:
        self.url = url

    def order(self, what: str, **body: Any) -> Any:
        answer = requests.post(f"{self.url}/_sandbox/{what}", json=body, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, what: str, **params: Any) -> Any:
        return requests.get(f"{self.url}/_sandbox/{what}", params={"platform": "tiktok", **params}, timeout=20).json()

    def fault(self, effect: str, path: str, value: Any = None, **more: Any) -> None:
        match = {"path": path} | ({"method": more.pop("method")} if "method" in more else {})
        order = {"match": match, "effect": effect, **({} if value is None else {"value": value}), **more}
        self.order("faults", platform="tiktok", **order)

    def refuse(self, path: str, code: int, message: str, **more: Any) -> None:
        """Let calls to the path be answered with a refusal in TikTok's envelope, one unless `times` says otherwise."""
        body = {"code": code, "message": message, "request_id": "20261124TRACE", "data": {}}
        self.fault("error_body", path, {"status": 200, "body": body}, **({"times": 1} | more))

    def calls(self, since: int = 0, method: str = "POST") -> list[str]:
        """The endpoints that were called, in order."""
        rows = self.look("requests", since=since)
        return [row["path"].removeprefix("/open_api/v1.3") for row in rows if row["method"] == method]

    def of_kind(self, kind: str, **params: Any) -> list[dict[str, Any]]:
        return self.look("objects", kind=kind, **params)

    def token(self) -> str:
        return str(self.order("tokens", platform="tiktok")["data"]["access_token"])


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    process = SandboxProcess(tmp_path_factory.mktemp("tiktok-sandbox"))
    yield process
    process.stop()


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What one test looked up, the next one must ask for again."""
    cache.clear()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess, settings: Any) -> Sandbox:
    """The sandbox as at its first start; the product's TikTok addresses lead to it. Films are processed at once."""
    playing = Sandbox(sandbox_process.url)
    playing.order("reset")
    playing.order("settings", tiktok_video_seconds=0)
    settings.PLATFORMS = {
        **settings.PLATFORMS,
        "tiktok": {
            **settings.PLATFORMS["tiktok"],
            "api_url": f"{playing.url}/tiktok/api",
            "authorize_url": f"{playing.url}/tiktok",
            "dashboard_url": f"{playing.url}/tiktok/web",
        },
    }
    return playing


@pytest.fixture
def exchanges() -> list[Exchange]:
    """What http.py recorded."""
    return []


@pytest.fixture
def visitor(exchanges: list[Exchange]) -> TikTokPlatform:
    """TikTok without a connection."""
    return TikTokPlatform(Http("tiktok", exchanges.append, TikTokPlatform.trace_headers), None)


@pytest.fixture
def tiktok(sandbox: Sandbox, exchanges: list[Exchange]) -> TikTokPlatform:
    """TikTok, connected to the sandbox as Dana Whitfield with all permissions."""
    http = Http("tiktok", exchanges.append, TikTokPlatform.trace_headers)
    return TikTokPlatform(http, Tokens(sandbox.token()))


@pytest.fixture
def accounts(tiktok: TikTokPlatform) -> dict[str, Account]:
    """The ad accounts by id."""
    return {account.external_id: account for account in tiktok.list_accounts()}
