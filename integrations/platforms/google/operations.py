"""What all operations of a plan have in common: their shape, their place-holders and their names.

In the place of the resource name of another object, or of the object's own temporary one, stands
`{"$id": <step key>, "of": <collection>}`; in the place of a file's bytes `{"$file": <sha256>}`; in the place of a film's id
at YouTube `{"$film": <step key>}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def reference(key: str, collection: str) -> dict[str, str]:
    """Return the place-holder for a resource name."""
    return {"$id": key, "of": collection}


def criterion(fields: Mapping[str, Any], node: str) -> dict[str, Any]:
    """Return the creation of an ad group's criterion. One that excludes has no status of its own."""
    status = {} if fields.get("negative") else {"status": "ENABLED"}
    return entry("adGroupCriterionOperation", {**fields, **status}, node)


def entry(operation: str, fields: Mapping[str, Any], node: str) -> dict[str, Any]:
    """Return an operation of a plan: what it is, what it creates, and the draft path it comes from."""
    return {"operation": operation, "create": dict(fields), "node": node}


def wall_clock(text: str) -> datetime | None:
    """Read a time as Google writes it, wall-clock in the account's zone; None if there is none."""
    return datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S") if len(text) >= 19 else None  # noqa: DTZ007
