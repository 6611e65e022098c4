"""Reads the fields of one object that was sent: what is unknown, read-only or of the wrong kind is a Fault E1001."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from .errors import Fault, bad_parameter

#: How far back a start may lie: clocks differ, and clients name the present moment.
TOLERANCE = timedelta(minutes=1)
READ_ONLY = frozenset(
    {
        "created_at", "updated_at", "deleted", "delivery_status", "review_status", "review_status_reasons",
        "packaging_status", "targeting_reach_status", "separated_types", "effective_status", "render_type",
        "child_ad_type", "catalog_vertical",
    }
)  # fmt: skip
#: Fields of former days, and what took their place.
RETIRED = {
    "objective": "objective_v2_properties",
    "placement": "placement_v2",
    "auto_bid": "bid_strategy",
    "target_bid": "bid_strategy",
}
STATUSES = frozenset({"ACTIVE", "PAUSED"})
LONGEST_NAME = 375


class Fields:
    """One object's fields, or those of an object in it; `where` names it in refusals."""

    def __init__(self, raw: Any, allowed: Collection[str], where: str = "") -> None:
        if not isinstance(raw, dict):
            raise bad_parameter(f"{where or 'the entity'} must be an object")
        self.raw, self._where = raw, f"{where}." if where else ""
        for name in raw:
            if name in allowed:
                continue
            if name in READ_ONLY:
                raise bad_parameter(f"{self._where}{name} is read-only")
            if name in RETIRED:
                raise bad_parameter(f"{self._where}{name} is no longer supported, use {RETIRED[name]}")
            raise bad_parameter(f"unknown parameter {self._where}{name}")

    def __contains__(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def text(self, name: str, longest: int, *, required: bool = False) -> str | None:
        value = self.raw.get(name)
        if value is None or value == "":
            if required:
                raise bad_parameter(f"{self._where}{name} is required")
            return None
        if not isinstance(value, str):
            raise bad_parameter(f"{self._where}{name} must be a string")
        if len(value) > longest:
            raise bad_parameter(f"{self._where}{name} exceeds the maximum length of {longest} characters")
        return value

    def name(self) -> str:
        value = self.text("name", LONGEST_NAME, required=True)
        assert value is not None
        return value

    def choice(self, name: str, values: Collection[str], *, required: bool = False) -> str | None:
        value = self.text(name, 100, required=required)
        if value is not None and value not in values:
            raise bad_parameter(f"{self._where}{name} {value} is not one of {', '.join(sorted(values))}")
        return value

    def micro(self, name: str, least: int) -> int | None:
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise bad_parameter(f"{self._where}{name} must be an integer in micro-currency")
        if value < least:
            raise bad_parameter(f"{self._where}{name} {value} is below the minimum of {least}")
        return value

    def boolean(self, name: str) -> bool | None:
        value = self.raw.get(name)
        if value is not None and not isinstance(value, bool):
            raise bad_parameter(f"{self._where}{name} must be true or false")
        return value

    def time(self, name: str) -> datetime | None:
        value = self.text(name, 40)
        if value is None:
            return None
        try:
            moment = parse_datetime(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise bad_parameter(f"{self._where}{name} must be an ISO 8601 time with an offset")
        return moment

    def inner(self, name: str, allowed: Collection[str], *, required: bool = False) -> Fields | None:
        if name not in self:
            if required:
                raise bad_parameter(f"{self._where}{name} is required")
            return None
        return Fields(self.raw[name], allowed, f"{self._where}{name}")

    def listed(self, name: str) -> list[Any]:
        value = self.raw.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise bad_parameter(f"{self._where}{name} must be a list")
        return value

    def same(self, name: str, expected: str) -> None:
        """Raises a Fault unless the field names the parent that the address names."""
        if self.text(name, 64, required=True) != expected:
            raise bad_parameter(f"{self._where}{name} does not match the request path")


def written(moment: datetime | None) -> str | None:
    """A time as Snapchat writes it: in UTC, with milliseconds."""
    if moment is None:
        return None
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def parsed(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def require_ahead(name: str, moment: datetime | None, stored: str | None) -> None:
    """Raises a Fault for a time that has passed, unless it stood there before."""
    if moment is not None and moment < timezone.now() - TOLERANCE and moment != parsed(stored):
        raise bad_parameter(f"{name} must not be in the past")


def is_uuid(text: Any) -> bool:
    return isinstance(text, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None


def refuse_value(name: str, message: str) -> Fault:
    """A field that must be absent or have another value."""
    return Fault("E2002", f"{name} {message}")
