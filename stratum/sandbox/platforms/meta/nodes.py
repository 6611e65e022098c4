"""Writes objects out with the fields asked for, edges and nested objects included (Graph API, field expansion)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stratum.sandbox.models import Object

from . import ad_fields, asset_fields
from .errors import GraphError
from .selection import Selected
from .view import NodeType, View

TYPES: Mapping[str, NodeType] = asset_fields.TYPES | ad_fields.TYPES


def check(kind: str, selected: Sequence[Selected]) -> None:
    """Raises GraphError 100 if the kind does not have a field, also where no object would show it."""
    for item in selected:
        if item.name not in TYPES[kind].fields:
            raise _no_field(item.name, TYPES[kind])


def render(stored: Object, selected: Sequence[Selected], view: View) -> dict[str, Any]:
    """The fields asked for and the id; those without a value are left out. Raises GraphError 100 for an unknown one."""
    node_type = TYPES[stored.kind]
    wanted = selected or [Selected(name) for name in node_type.default]
    row: dict[str, Any] = {}
    for item in wanted:
        getter = node_type.fields.get(item.name)
        if getter is None:
            raise _no_field(item.name, node_type)
        value = _written(getter(stored, view), item, view)
        if value is not None:
            row[item.name] = value
    return row | {"id": stored.external_id}


def _no_field(name: str, node_type: NodeType) -> GraphError:
    return GraphError(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({node_type.name})")


def _written(value: Any, item: Selected, view: View) -> Any:
    if isinstance(value, Object):
        return render(value, item.children, view)
    if isinstance(value, list) and value and isinstance(value[0], Object):
        limit = item.limit or 25
        return {"data": [render(child, item.children, view) for child in value[:limit]]}
    if isinstance(value, dict) and item.children:
        return {child.name: value[child.name] for child in item.children if child.name in value}
    return value
