"""Pages of a long list by key: as quick on the last page as on the first, and steady while rows are added."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldError, ValidationError
from django.db.models import DateTimeField, Model, Q, QuerySet
from django.http import Http404, HttpRequest

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    items: list[M]
    previous_url: str
    next_url: str


def page(request: HttpRequest, rows: QuerySet[M], order: Sequence[str], size: int = 50) -> Page[M]:
    """Return the page that `?after=` or `?before=` asks for; order names fields, all descending or all ascending.

    The last field must be unique, and none null. Http404 if the position in the address was not made here.
    """
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    backwards = bool(before)
    fields = tuple(_turned(name) for name in order) if backwards else tuple(order)
    position = before or after
    chosen = _beyond(rows, fields, position) if position else rows
    # The keys alone first: an index can answer that without reading rows that may be large.
    keys = list(chosen.order_by(*fields).values_list("pk", flat=True)[: size + 1])
    is_more, found = len(keys) > size, rows.in_bulk(keys[:size])
    items = [found[key] for key in keys[:size] if key in found]
    if backwards:
        items.reverse()
    return Page(
        items,
        previous_url=_url(request, "before", items[0], order) if items and (is_more if backwards else after) else "",
        next_url=_url(request, "after", items[-1], order) if items and (is_more or backwards) else "",
    )


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(rows: QuerySet[M], fields: Sequence[str], position: str) -> QuerySet[M]:
    names = [name.lstrip("-") for name in fields]
    side = "lt" if fields[0].startswith("-") else "gt"
    try:
        values = json.loads(position)
        condition, same = Q(), Q()
        for name, value in zip(names, values, strict=True):
            _check_storable(value)
            _check_zone(rows, name, value)
            condition |= same & Q(**{f"{name}__{side}": value})
            same &= Q(**{name: value})
        return rows.filter(condition)
    except (ValueError, TypeError, FieldError, ValidationError) as error:
        raise Http404("There is no such page of this list.") from error


def _check_storable(value: Any) -> None:
    if isinstance(value, str) and ("\x00" in value or value != value.encode("utf-8", "ignore").decode()):
        raise ValueError("No database can hold this text.")


def _check_zone(rows: QuerySet[M], name: str, value: Any) -> None:
    is_moment = name not in rows.query.annotations and isinstance(rows.model._meta.get_field(name), DateTimeField)
    if is_moment and datetime.fromisoformat(value).tzinfo is None:
        raise ValueError(f"{value} has no time zone.")


def _url(request: HttpRequest, side: str, item: Model, order: Sequence[str]) -> str:
    values = [_as_text(getattr(item, name.lstrip("-"))) for name in order]
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    query[side] = json.dumps(values, separators=(",", ":"))
    return f"{request.path}?{query.urlencode()}"


def _as_text(value: Any) -> Any:
    # Django's own JSON encoder cuts microseconds off: rows of one millisecond would be skipped.
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, int) else str(value)


# Counts -------------------------------------------------------------------------------------------------------------

#: Beyond this a count is only "more than that": nobody reads further, and counting would take as long as there are rows.
COUNTED = 1000


@dataclass(frozen=True)
class Count:
    """How many rows there are, or that there are at least so many."""

    number: int
    is_all: bool = True

    def __str__(self) -> str:
        return f"{self.number:,}" if self.is_all else f"{self.number:,}+"

    def __bool__(self) -> bool:
        return bool(self.number)

    def __add__(self, other: Count) -> Count:
        return Count(self.number + other.number, self.is_all and other.is_all)


def count(rows: QuerySet[Any]) -> Count:
    """Count the rows, up to COUNTED of them."""
    found = rows.order_by()[: COUNTED + 1].count()
    return Count(min(found, COUNTED), found <= COUNTED)
