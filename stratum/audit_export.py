"""The audit trail as a file: CSV for spreadsheets, JSON lines for programs; written while it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from stratum import audit, spreadsheets
from stratum.models import Event

COLUMNS = ["id", "at", "who", "user_name", "action", "subject", "name", "changes", "position", "seal"]
PORTION = 1000


def csv_lines(events: QuerySet[Event]) -> Iterator[str]:
    """Yield the lines of the CSV, times in UTC; no cell of it is a formula to a spreadsheet."""
    yield spreadsheets.MARK + spreadsheets.line(COLUMNS)
    for row in _rows(events):
        yield spreadsheets.line(row[name] for name in COLUMNS)


def json_lines(events: QuerySet[Event]) -> Iterator[str]:
    """Yield one JSON object for each event, with its data and signature as they are stored."""
    for row in _rows(events):
        event = row.pop("event")
        yield json.dumps(row | {"data": event.data, "signature": event.signature}, ensure_ascii=False) + "\n"


def _rows(events: QuerySet[Event]) -> Iterator[dict[str, Any]]:
    for portion in _portions(events.select_related("actor", "seal").order_by("pk")):
        for row in audit.rows(portion):
            seal = getattr(row.event, "seal", None)
            yield {
                "id": row.event.pk, "at": row.event.at.isoformat(), "who": row.who,
                "user_name": row.event.actor.username if row.event.actor else "", "action": row.event.code,
                "subject": row.event.subject, "name": row.thing.name, "changes": row.told,
                "position": seal.position if seal else "", "seal": seal.digest if seal else "", "event": row.event,
            }  # fmt: skip


def _portions(events: QuerySet[Event]) -> Iterator[list[Event]]:
    """Read by key, a portion at a time: no cursor is held open while a slow reader takes its time."""
    after = 0
    while portion := list(islice(events.filter(pk__gt=after), PORTION)):
        yield portion
        after = portion[-1].pk
