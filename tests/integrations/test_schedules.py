from __future__ import annotations

import pytest
from django.utils.module_loading import import_string
from django_q.models import Schedule

from integrations.models import Connection
from stratum import schedules

pytestmark = pytest.mark.django_db


def rows() -> dict[str, tuple[str, int, str]]:
    return {row.name: (row.func, row.minutes, row.cluster) for row in Schedule.objects.all()}


def test_migrating_makes_the_schedules(settings):
    expected = {f"stratum:{name}": (task, minutes, "default") for name, (task, minutes) in settings.SCHEDULES.items()}

    assert rows() == expected
    assert "stratum:keep_connections" in expected


def test_migrating_again_changes_nothing():
    before = list(Schedule.objects.values())

    schedules.keep()

    assert list(Schedule.objects.values()) == before


def test_what_is_no_longer_listed_goes_and_what_others_made_stays(settings):
    Schedule.objects.create(name="somebody's own", func="x.y")
    settings.SCHEDULES = {}

    schedules.keep()

    assert set(rows()) == {"somebody's own"}


def test_every_scheduled_task_exists(settings):
    assert all(callable(import_string(task)) for task, _ in settings.SCHEDULES.values())


def test_the_task_looks_after_the_connections(connected, stage):
    connected(expires_at=None)
    Connection.objects.update(expires_at="2020-01-01T00:00:00Z")

    import_string("integrations.tasks.keep_connections")()

    assert len(stage.refreshed) == 1
