from __future__ import annotations

import logging

import pytest

from stratum.loops import Loop


class Work:
    def __init__(self, *outcomes: type[Exception] | None) -> None:
        self.outcomes = list(outcomes)

    def __call__(self) -> None:
        outcome = self.outcomes.pop(0)
        if outcome:
            raise outcome("as ordered")


def test_an_outage_is_logged_once_and_so_is_its_end(db: None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "stratum.loops")
    loop = Loop("Looking", Work(None, OSError, OSError, ValueError, None, None), 1)

    for _ in range(6):
        loop.step()

    assert [record.getMessage() for record in caplog.records] == [
        "Looking failed; it is tried again every 1 s.",
        "Looking works again.",
    ]
