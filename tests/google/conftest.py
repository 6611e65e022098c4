from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integrations.contracts import Account, Tokens
from integrations.http import Exchange, Http
from integrations.platforms.google.adapter import GooglePlatform
from tests.sandbox.process import SandboxProcess


class Sandbox:
    """A running sandbox and its control surface, as far as Google Ads is concerned."""

    def __init__(self, url: str) -> None:
        self.url = url

    def order(self, what: str, **body: Any) -> Any:
        answer = requests.post(f"{self.url}/_sandbox/{what}", json=body, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, what: str, **params: Any) -> Any:
        return requests.get(f"{self.url}/_sandbox/{what}", params={"platform": "google", **params}, timeout=20).json()

    def fault(self, effect: str, path: str, value: Any = None, **more: Any) -> None:
        order = {"match": {"path": path}, "effect": effect, **({} if value is None else {"value": value}), **more}
        self.order("faults", platform="google", **order)

    def mutates(self) -> list[dict[str, Any]]:
        """The journal's mutates, those that only check left out."""
        rows = [row for row in self.look("requests") if row["path"].endswith("googleAds:mutate")]
        return [row for row in rows if not row["body"].get("validateOnly")]

    def of_kind(self, kind: str, **params: Any) -> list[dict[str, Any]]:
        return self.look("objects", kind=kind, **params)


@pytest.fixture(scope="session")
def google_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """A sandbox process of this test session's own."""
    process = SandboxProcess(tmp_path_factory.mktemp("google-sandbox"))
    yield process
    process.stop()


@pytest.fixture
def sandbox(google_process: SandboxProcess, settings: Any) -> Sandbox:
    """The sandbox as at its first start; the product's addresses of Google lead to it."""
    playing = Sandbox(google_process.url)
    playing.order("reset")
    base = f"{google_process.url}/google"
    settings.PLATFORMS = {
        **settings.PLATFORMS,
        "google": {
            "client_id": "100000000001-sandbox.apps.googleusercontent.com",
            "client_secret": "sandbox-google-secret-0001",
            "api_url": f"{base}/ads",
            "authorize_url": f"{base}/accounts",
            "token_url": f"{base}/oauth2",
            "dashboard_url": f"{base}/web",
        },
    }
    return playing


@pytest.fixture
def real_addresses(settings: Any) -> None:
    """The addresses of the real Google; nothing leaves, `responses` answers."""
    urls = {
        "api_url": "https://googleads.googleapis.com",
        "authorize_url": "https://accounts.google.com",
        "token_url": "https://oauth2.googleapis.com",
        "dashboard_url": "https://ads.google.com",
    }
    settings.PLATFORMS = {**settings.PLATFORMS, "google": {**settings.PLATFORMS["google"], **urls}}


@pytest.fixture
def exchanges() -> list[Exchange]:
    """What http.py recorded."""
    return []


@pytest.fixture
def visitor(exchanges: list[Exchange]) -> GooglePlatform:
    """Google without a connection."""
    return GooglePlatform(Http("google", exchanges.append, GooglePlatform.trace_headers), None)


@pytest.fixture
def google(sandbox: Sandbox, exchanges: list[Exchange]) -> GooglePlatform:
    """Google, connected to the sandbox as Dana Whitfield."""
    issued = sandbox.order("tokens", platform="google")
    tokens = Tokens(issued["access_token"], issued["refresh_token"])
    return GooglePlatform(Http("google", exchanges.append, GooglePlatform.trace_headers), tokens)


@pytest.fixture
def accounts(google: GooglePlatform) -> dict[str, Account]:
    """The ad accounts by id."""
    return {account.external_id: account for account in google.list_accounts()}
