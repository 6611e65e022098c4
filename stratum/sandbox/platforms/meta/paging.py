"""Lists in pages; the `next` URL carries the token, as the real one does (Graph API, cursor-based pagination)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from stratum.sandbox.models import Object, ObjectQuerySet

from . import nodes, selection
from .errors import GraphError
from .view import View

DEFAULT_LIMIT = 25
PARAMETERS = frozenset({"fields", "limit", "after", "before", "summary"})


def newest_first(rows: ObjectQuerySet, kind: str, view: View, *, most: int) -> dict[str, Any]:
    """One page of objects, the latest first; never more than `most`, however many are asked for."""
    return _page(rows, kind, view, most, descending=True)


def oldest_first(rows: ObjectQuerySet, kind: str, view: View, *, most: int) -> dict[str, Any]:
    """One page of objects in the order of their making; never more than `most`."""
    return _page(rows, kind, view, most, descending=False)


def _page(rows: ObjectQuerySet, kind: str, view: View, most: int, *, descending: bool) -> dict[str, Any]:
    params = view.call.params
    selected = selection.parse(params.get("fields", ""))
    nodes.check(kind, selected)
    limit = _limit(params, most)
    seen = rows.seen(view.call.stale_seconds)
    backwards = "before" in params
    found = list(_from_cursor(seen, params, descending)[: limit + 1])
    shown = found[:limit][::-1] if backwards else found[:limit]
    answer: dict[str, Any] = {"data": [nodes.render(stored, selected, view) for stored in shown]}
    if shown:
        answer["paging"] = _paging(view, shown, more=backwards or len(found) > limit)
    if "summary" in params:
        answer["summary"] = {"total_count": seen.count()}
    return answer


def _from_cursor(rows: ObjectQuerySet, params: dict[str, str], descending: bool) -> ObjectQuerySet:
    """The rows from the cursor on, in the direction of reading."""
    if "before" in params:
        descending = not descending
    cursor = params.get("before") or params.get("after")
    if cursor:
        place = _place(cursor)
        rows = rows.filter(pk__lt=place) if descending else rows.filter(pk__gt=place)
    return rows.order_by("-pk" if descending else "pk")


def _paging(view: View, shown: Sequence[Object], *, more: bool) -> dict[str, Any]:
    paging: dict[str, Any] = {"cursors": {"before": _cursor(shown[0].pk), "after": _cursor(shown[-1].pk)}}
    if more:
        call = view.call
        query = {name: value for name, value in call.params.items() if name not in ("after", "before")}
        query["after"] = paging["cursors"]["after"]
        paging["next"] = f"{call.base_url}/meta/{call.surface}{call.path}?{urlencode(query)}"
    return paging


def _limit(params: dict[str, str], most: int) -> int:
    text = params.get("limit", str(DEFAULT_LIMIT))
    if not text.isdigit() or int(text) < 1:
        raise GraphError(100, "(#100) Param limit must be a positive integer", blame="limit")
    return min(int(text), most)


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"row:{place}".encode()).decode()


def _place(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor.encode()).decode().removeprefix("row:"))
    except (binascii.Error, ValueError) as error:
        raise GraphError(100, "(#100) Invalid cursor", blame="after") from error
