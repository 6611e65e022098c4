from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from stratum import events
from stratum.models import Event


def test_an_event_keeps_who_what_and_when_in_json(ada, carl):
    events.record(ada, "account.capped", carl, before=Decimal("1.50"), after=datetime(2026, 1, 1, tzinfo=UTC))

    event = Event.objects.get()
    assert (event.actor, event.code, event.subject) == (ada, "account.capped", f"person:{carl.pk}")
    assert event.data == {"before": "1.50", "after": "2026-01-01T00:00:00Z"}


def test_secrets_do_not_reach_an_event(ada):
    events.record(ada, "connection.made", "connection:1", access_token="EAAB123", note="Bearer abcdefgh12345")

    assert "EAAB123" not in str(Event.objects.get().data)
    assert "abcdefgh12345" not in str(Event.objects.get().data)


def test_what_is_no_json_is_an_error_at_once(ada):
    with pytest.raises(TypeError):
        events.record(ada, "x.y", "x:1", value=object())


def test_events_are_never_changed_or_deleted(ada):
    event = events.record(None, "x.y", "x:1")

    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        Event.objects.all().delete()
