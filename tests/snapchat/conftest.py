from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integrations.contracts import Account, Tokens
from integrations.http import Exchange, Http
from integrations.platforms.snapchat.adapter import SnapchatPlatform
from tests.sandbox.process import SandboxProcess

#: What Snapchat shows and does not take back.
READ_ONLY = frozenset(
    {
        "created_at", "updated_at", "delivery_status", "review_status", "review_status_reasons", "objective",
        "targeting_reach_status", "child_ad_type", "render_type",
    }
)  # fmt: skip


class Sandbox:
    """A running sandbox and its control surface, as far as Snapchat is concerned."""

    def __init__(self, url: str) -> None:
        self.url = url

    def order(self, what: str, **body: Any) -> Any:
        answer = requests.post(f"{self.url}/_sandbox/{what}", json=body, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, what: str, **params: Any) -> Any:
        return requests.get(f"{self.url}/_sandbox/{what}", params={"platform": "snapchat", **params}, timeout=20).json()

    def fault(self, effect: str, path: str, value: Any = None, *, method: str = "", **more: Any) -> None:
        order = {"match": {"path": path, "method": method}, "effect": effect, **more}
        self.order("faults", platform="snapchat", **order, **({} if value is None else {"value": value}))

    def writes(self, since: int = 0) -> list[str]:
        """Method and path of each write, ids as stars; log-ins left out."""
        rows = [row for row in self.look("requests", since=since) if row["method"] != "GET"]
        return [f"{row['method']} {_starred(row['path'])}" for row in rows if "/oauth2/" not in row["path"]]

    def of_kind(self, kind: str, **params: Any) -> list[dict[str, Any]]:
        return self.look("objects", kind=kind, **params)

    def edit(self, access_token: str, parent: str, plural: str, external_id: str, **fields: Any) -> None:
        """Change an object as a person in Ads Manager would: read it, and put it back changed."""
        headers, base = {"Authorization": f"Bearer {access_token}"}, f"{self.url}/snapchat/api/v1"
        query = {"return_placement_v2": "true"} if plural == "adsquads" else {}
        answer = requests.get(f"{base}/{plural}/{external_id}", params=query, headers=headers, timeout=10)
        (shown,) = answer.json()[plural]
        row = next(value for name, value in shown.items() if name != "sub_request_status")
        kept = {name: value for name, value in row.items() if name not in READ_ONLY} | fields
        answer = requests.put(f"{base}/{parent}/{plural}", json={plural: [kept]}, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text


def _starred(path: str) -> str:
    return "/".join("*" if len(part) == 36 else part for part in path.removeprefix("/v1/").split("/"))


@pytest.fixture(scope="session")
def snapchat_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """A sandbox process of this test session's own."""
    process = SandboxProcess(tmp_path_factory.mktemp("snapchat-sandbox"))
    yield process
    process.stop()


@pytest.fixture
def sandbox(snapchat_process: SandboxProcess, settings: Any) -> Sandbox:
    """The sandbox as at its first start; the product's addresses of Snapchat lead to it."""
    playing = Sandbox(snapchat_process.url)
    playing.order("reset")
    base = f"{snapchat_process.url}/snapchat"
    settings.PLATFORMS = {
        **settings.PLATFORMS,
        "snapchat": {
            **settings.PLATFORMS["snapchat"],
            "api_url": f"{base}/api",
            "profile_url": f"{base}/businessapi",
            "authorize_url": f"{base}/accounts",
            "token_url": f"{base}/accounts",
            "dashboard_url": f"{base}/web",
        },
    }
    return playing


@pytest.fixture
def real_addresses(settings: Any) -> None:
    """The addresses of the real Snapchat; nothing leaves, `responses` answers."""
    urls = {
        "api_url": "https://adsapi.snapchat.com",
        "profile_url": "https://businessapi.snapchat.com",
        "authorize_url": "https://accounts.snapchat.com",
        "token_url": "https://accounts.snapchat.com",
        "dashboard_url": "https://ads.snapchat.com",
    }
    settings.PLATFORMS = {**settings.PLATFORMS, "snapchat": {**settings.PLATFORMS["snapchat"], **urls}}


@pytest.fixture
def exchanges() -> list[Exchange]:
    """What http.py recorded."""
    return []


@pytest.fixture
def visitor(exchanges: list[Exchange]) -> SnapchatPlatform:
    """Snapchat without a connection."""
    return SnapchatPlatform(Http("snapchat", exchanges.append), None)


@pytest.fixture
def snapchat(sandbox: Sandbox, exchanges: list[Exchange]) -> SnapchatPlatform:
    """Snapchat, connected to the sandbox as Dana Whitfield."""
    issued = sandbox.order("tokens", platform="snapchat")
    tokens = Tokens(issued["access_token"], issued["refresh_token"])
    return SnapchatPlatform(Http("snapchat", exchanges.append), tokens)


@pytest.fixture
def accounts(snapchat: SnapchatPlatform) -> dict[str, Account]:
    """The ad accounts by name."""
    return {account.name: account for account in snapchat.list_accounts()}
