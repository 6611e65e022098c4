"""Envelopes: lists of wrapped objects, in pages where a limit is asked for (Ads API v1, "API patterns")."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object, ObjectQuerySet

from . import errors

PARAMETERS = frozenset({"limit", "cursor", "sort", "read_deleted_entities"})
SORTS = {
    "created_at-asc": "pk",
    "created_at-desc": "-pk",
    "updated_at-asc": "updated_at",
    "updated_at-desc": "-updated_at",
}
LEAST, MOST = 50, 1000
Render = Callable[[Object], dict[str, Any]]


def wrapped(plural: str, singular: str, objects: Iterable[dict[str, Any]], status: str = "SUCCESS") -> dict[str, Any]:
    """An envelope around objects, without its request id."""
    return {
        "request_status": status,
        plural: [{"sub_request_status": status, singular: item} for item in objects],
    }


def refuse_unknown(call: Call, *allowed: str) -> None:
    """Raises Refused for a parameter the list does not have: a misspelt filter must not widen it."""
    for name in call.query:
        if name not in PARAMETERS | set(allowed):
            raise errors.bad_request(f"unknown query parameter {name}")


def page(call: Call, rows: ObjectQuerySet, plural: str, singular: str, render: Render) -> dict[str, Any]:
    """One page of a list, the eldest first unless another order is asked for. Without a limit: everything, in no order."""
    limit = _limit(call)
    if limit is None:
        # In the order of their ids, which are random, so that nobody relies on one.
        return wrapped(plural, singular, [render(stored) for stored in rows.order_by("external_id")])
    start = _place(call.query.get("cursor"))
    found = list(rows.order_by(_order(call), "pk")[start : start + limit + 1])
    envelope = wrapped(plural, singular, [render(stored) for stored in found[:limit]])
    return envelope | {"paging": _paging(call, start + limit, found, limit)}


def _order(call: Call) -> str:
    sort = call.query.get("sort", "created_at-asc")
    if sort not in SORTS:
        raise errors.bad_request(f"sort must be one of {', '.join(SORTS)}")
    return SORTS[sort]


def _limit(call: Call) -> int | None:
    text = call.query.get("limit")
    if text is None:
        return None
    if not text.isdigit() or not LEAST <= int(text) <= MOST:
        raise errors.bad_request(f"limit must be between {LEAST} and {MOST}")
    return min(int(text), int(call.settings["snapchat_page_size"]))


def _paging(call: Call, following: int, found: Sequence[Object], limit: int) -> dict[str, str]:
    if len(found) <= limit:
        return {}
    cursor = base64.urlsafe_b64encode(f"row:{following}".encode()).decode()
    query = urlencode({**call.query, "cursor": cursor})
    return {"next_link": f"{call.base_url}/snapchat/{call.surface}{call.path}?{query}"}


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor.encode()).decode().removeprefix("row:"))
    except (binascii.Error, ValueError) as error:
        raise errors.bad_request("invalid cursor") from error
