"""Fixtures of the tests that play a platform in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations import platforms, renewal
from integrations.models import Connection
from tests.factories import make_connection
from tests.played import PlayedPlatform, Stage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Meta is played on this stage; this version knows no other platform."""
    for slug, entry in platforms.REGISTRY.items():
        path = "tests.played.PlayedPlatform" if slug == "meta" else ""
        monkeypatch.setitem(platforms.REGISTRY, slug, dataclasses.replace(entry, path=path))
    monkeypatch.setattr(PlayedPlatform, "stage", Stage(), raising=False)
    platforms.platform_class.cache_clear()
    yield PlayedPlatform.stage
    platforms.platform_class.cache_clear()


@pytest.fixture
def connected(stage: Stage, db: None) -> Callable[..., Connection]:
    """Return a function that makes a connection with tokens of the stage; `ends_in` moves the end of the access token."""

    def connect(*, ends_in: timedelta | None = None, **fields: Any) -> Connection:
        tokens = stage.issue()
        values = renewal.token_fields(tokens) | {"connected_at": timezone.now() - timedelta(minutes=30)}
        if ends_in is not None:
            values["expires_at"] = timezone.now() + ends_in
        return make_connection("meta", **(values | fields))

    return connect
