"""Before "not found" is believed, a platform gets its settle time, from when it was last known to be at work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import PublishStep
from campaigns.publishing import lookup


@pytest.fixture(autouse=True)
def real_clocks(settings):
    settings.PUBLISH_SETTLE_FACTOR = 1.0


def sent(seconds_ago: float, took_ms: int | None = None) -> PublishStep:
    return PublishStep(sent_at=timezone.now() - timedelta(seconds=seconds_ago), took_ms=took_ms)


def test_silence_until_the_deadline_counts_from_its_end():
    assert 18 < lookup.seconds_until_clear([sent(40, took_ms=40_000)], 20.0) <= 20


def test_a_worker_that_died_leaves_only_when_it_sent():
    assert 14 < lookup.seconds_until_clear([sent(5)], 20.0) <= 15


def test_what_was_sent_last_decides():
    assert 14 < lookup.seconds_until_clear([sent(300), sent(5), PublishStep()], 20.0) <= 15


def test_nothing_is_waited_for_when_the_time_has_passed():
    assert lookup.seconds_until_clear([sent(90, took_ms=40_000)], 20.0) <= 0
