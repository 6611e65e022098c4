"""Writes down what was said to a platform: one ApiCall for each exchange."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.db import DatabaseError

from integrations.http import Exchange, Record
from integrations.models import ApiCall

logger = logging.getLogger(__name__)


def record_exchange(platform: str, run: str = "", call_id: str = "") -> Record:
    """Return a recorder that stores each exchange as an ApiCall; `run` names a publish run as `run:12`.

    A row that cannot be written is logged and given up: what the platform answered matters more than its record.
    """

    def record(exchange: Exchange) -> None:
        try:
            call_row(exchange, platform, run=run, call_id=call_id).save()
        except DatabaseError:
            logger.exception("The record of %s %s could not be stored.", exchange.method, exchange.url)

    return record


def call_row(exchange: Exchange, platform: str, *, run: str = "", call_id: str = "") -> ApiCall:
    """Return the unsaved record of an exchange."""
    return ApiCall(
        platform=platform,
        run=run,
        call_id=call_id,
        method=exchange.method[:10],
        url=exchange.url[:500],
        request=_storable(dict(exchange.request)),
        status=exchange.status,
        response=_storable(exchange.response),
        error=exchange.error[:300],
        trace_id=exchange.trace_id[:200],
        took_ms=max(0, exchange.took_ms),
    )


def _storable(value: Any) -> Any:
    """Return the value without NUL characters, which PostgreSQL refuses in texts and in JSON."""
    text = json.dumps(value, default=str)
    return json.loads(text.replace("\\u0000", "")) if "\\u0000" in text else value
