from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from stratum import services


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener


@pytest.fixture
def development(settings: Settings) -> Settings:
    settings.DEBUG = True
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    return settings


def names(only: list[str]) -> list[str]:
    return [service.name for service in services.wanted(only)]


def test_everything_runs_in_development(development: Settings) -> None:
    assert names([]) == ["web", "publish", "default", "sandbox"]


@pytest.mark.parametrize(
    "changed", [{"DEBUG": False}, {"SANDBOX_URL": ""}, {"SANDBOX_URL": "http://sandbox.internal:8100"}]
)
def test_the_sandbox_runs_here_only_where_it_should(development: Settings, changed: dict[str, Any]) -> None:
    for name, value in changed.items():
        setattr(development, name, value)

    assert names([]) == ["web", "publish", "default"]


def test_one_host_may_run_a_part(development: Settings) -> None:
    assert names(["publish", "web"]) == ["web", "publish"]


def test_web_stops_first_and_the_sandbox_last(development: Settings) -> None:
    ranks = {service.name: service.rank for service in services.wanted([])}

    assert ranks["web"] < ranks["publish"] == ranks["default"] < ranks["sandbox"]


def test_a_taken_web_port_is_named(development: Settings, listener: socket.socket) -> None:
    development.WEB_PORT = listener.getsockname()[1]

    with pytest.raises(services.PortTaken, match=rf"Port {development.WEB_PORT} on 127\.0\.0\.1 is taken.*PORT=8001"):
        services.check_ports(services.wanted(["web"]))


def test_a_taken_sandbox_port_is_named(development: Settings, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    development.SANDBOX_URL = f"http://127.0.0.1:{port}"

    with pytest.raises(services.PortTaken, match=rf"Port {port} for the sandbox is taken.*SANDBOX_PORT=8101"):
        services.check_ports([services.sandbox()])


def test_free_ports_pass(development: Settings, listener: socket.socket) -> None:
    development.WEB_PORT = listener.getsockname()[1]
    listener.close()

    services.check_ports(services.wanted(["web"]))


def test_an_oauth_code_is_not_in_the_access_log() -> None:
    assert "%(U)s" in services.ACCESS_LOG
    assert not any(field in services.ACCESS_LOG for field in ("%(r)s", "%(q)s", "%(f)s"))


@pytest.mark.parametrize("command", ["sandbox", "demo_team"])
def test_what_is_for_development_refuses_production(settings: Settings, command: str) -> None:
    settings.DEBUG = False

    with pytest.raises(CommandError, match="for development"):
        call_command(command)


def test_production_must_collect_its_static_files(settings: Settings, tmp_path: Any) -> None:
    from stratum.management.commands.serve import check_static_files

    settings.DEBUG = False
    settings.STATIC_ROOT = tmp_path
    with pytest.raises(CommandError, match="collectstatic"):
        check_static_files()
    (tmp_path / "staticfiles.json").touch()

    check_static_files()
