from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.stratum.receivers import Receiver


@pytest.fixture
def queries(db: None) -> Callable[[Callable[[], Any]], int]:
    """Return a function that counts the queries of a call."""

    def count(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks that listens on this machine."""
    server = Receiver()
    yield server
    server.close()
