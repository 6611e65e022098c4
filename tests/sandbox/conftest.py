from __future__ import annotations

from collections.abc import Iterator

import pytest

from .ads_client import AdsClient
from .graph_client import GraphClient
from .process import SandboxProcess
from .snap_client import SnapClient
from .tiktok_client import TikTokClient


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    process = SandboxProcess(tmp_path_factory.mktemp("sandbox"))
    yield process
    process.stop()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> SandboxProcess:
    """The sandbox as after its first start."""
    sandbox_process.post("reset")
    return sandbox_process


@pytest.fixture
def graph(sandbox: SandboxProcess) -> GraphClient:
    """A client with every permission."""
    return GraphClient(sandbox.url, sandbox.post("tokens", platform="meta")["access_token"])


@pytest.fixture
def ads(sandbox: SandboxProcess) -> AdsClient:
    """A client of Google Ads for the main account, by way of the manager."""
    return AdsClient(sandbox.url, sandbox.post("tokens", platform="google")["access_token"])


@pytest.fixture
def tiktok(sandbox: SandboxProcess) -> TikTokClient:
    """A client of TikTok for the main account; films are processed at once."""
    sandbox.post("settings", tiktok_video_seconds=0)
    return TikTokClient(sandbox.url, sandbox.post("tokens", platform="tiktok")["data"]["access_token"])


@pytest.fixture
def snap(sandbox: SandboxProcess) -> SnapClient:
    """A client of Snapchat's Ads API, as Dana Whitfield."""
    return SnapClient(sandbox.url, sandbox.post("tokens", platform="snapchat")["access_token"])
