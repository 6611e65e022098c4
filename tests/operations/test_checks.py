"""Each wrong setting is named by the system checks, and the right ones pass."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

KEY = "pAGW1cUFJSZ3N3tZ4JgrU0pEAIYZ0Jw3iK1Ef0g0Y2A="
PRODUCTION: dict[str, Any] = {
    "DEBUG": False,
    "SECRET_KEY": "x" * 60,
    "TOKEN_KEYS": [KEY],
    "BASE_URL": "https://ads.example.com",
    "SANDBOX_URL": "",
    "ALLOW_INSECURE_LOOPBACK": False,
    "PUBLISH_LEASE_SECONDS": 90.0,
    "PUBLISH_RENEW_SECONDS": 20.0,
    "PUBLISH_SETTLE_FACTOR": 1.0,
    "PUBLISH_DEADLINE_FACTOR": 1.0,
    "SUPERVISOR_PING_SECONDS": 15.0,
    "SUPERVISOR_STALE_SECONDS": 150.0,
}

WRONG = [
    ({"SECRET_KEY": ""}, "stratum.E001"),
    ({"TOKEN_KEYS": []}, "stratum.E002"),
    ({"TOKEN_KEYS": [KEY, "short"]}, "stratum.E003"),
    ({"SANDBOX_URL": "http://127.0.0.1:8100"}, "stratum.E004"),
    ({"ALLOW_INSECURE_LOOPBACK": True}, "stratum.E005"),
    ({"BASE_URL": "https:ads.example.com"}, "stratum.E006"),
    ({"BASE_URL": "https://ads.example.com/app"}, "stratum.E006"),
    ({"BASE_URL": "http://ads.example.com"}, "stratum.W001"),
    ({"PUBLISH_RENEW_SECONDS": 45.0}, "stratum.E007"),
    ({"PUBLISH_RENEW_SECONDS": 0.0}, "stratum.E007"),
    ({"PUBLISH_SETTLE_FACTOR": 0.5}, "stratum.E008"),
    ({"PUBLISH_DEADLINE_FACTOR": 0.5}, "stratum.E008"),
    ({"SUPERVISOR_STALE_SECONDS": 30.0}, "stratum.E009"),
    ({"SUPERVISOR_PING_SECONDS": 0.0}, "stratum.E009"),
]


def ids(settings: Settings, changed: dict[str, Any]) -> set[str | None]:
    for name, value in (PRODUCTION | changed).items():
        setattr(settings, name, value)
    return {
        message.id for message in run_checks(include_deployment_checks=True) if str(message.id).startswith("stratum")
    }


def test_production_settings_pass(settings: Settings) -> None:
    assert ids(settings, {}) == set()


@pytest.mark.parametrize(("changed", "expected"), WRONG)
def test_a_wrong_setting_is_named(settings: Settings, changed: dict[str, Any], expected: str) -> None:
    assert ids(settings, changed) == {expected}


def test_development_settings_pass(settings: Settings) -> None:
    development = {
        "DEBUG": True,
        "SANDBOX_URL": "http://127.0.0.1:8100",
        "ALLOW_INSECURE_LOOPBACK": True,
        "PUBLISH_SETTLE_FACTOR": 0.1,
    }

    assert ids(settings, development) == set()
