"""Writing campaigns, ad sets, ads and creatives down, switching them, and taking them away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from stratum.sandbox import ids
from stratum.sandbox.models import Object

from . import errors
from .graph import GraphRequest
from .parameters import Parameters

ON, OFF, ARCHIVED, DELETED = "ACTIVE", "PAUSED", "ARCHIVED", "DELETED"
_SWITCHED = (Object.Kind.CAMPAIGN, Object.Kind.AD_SET, Object.Kind.AD)
_CHILD_KINDS = {Object.Kind.CAMPAIGN: Object.Kind.AD_SET, Object.Kind.AD_SET: Object.Kind.AD}


def create(
    request: GraphRequest, params: Parameters, kind: Object.Kind, name: str, parent: str, data: dict[str, Any]
) -> dict[str, Any]:
    """Stores a new object and answers its id; with validate_only stores nothing."""
    # Creatives are not switched; what else is made without a status is on.
    status = (params.choice("status", {ON, OFF}) or ON) if kind in _SWITCHED else ""
    if params.validate_only:
        return {"success": True}
    stored = Object.objects.create(
        platform="meta",
        kind=kind,
        external_id=ids.digits(18, "120"),
        account=request.account.external_id,
        parent=parent,
        name=name,
        status=status,
        data={key: value for key, value in data.items() if value is not None},
        first_on_at=timezone.now() if status == ON else None,
    )
    return {"id": stored.external_id}


def changeable(request: GraphRequest) -> Object:
    """The node; raises GraphError 100 if it was deleted."""
    node = request.node
    assert node is not None
    if node.deleted_at:
        raise errors.invalid(
            "This has been deleted and cannot be changed any more.", "status", title="Object was deleted"
        )
    return node


def change(request: GraphRequest, params: Parameters, stored: Object) -> dict[str, bool]:
    """Stores name, status and the data that the caller has changed already; with validate_only stores nothing."""
    if not params.given():
        raise errors.invalid("There is nothing to change.", "status")
    if "name" in params:
        stored.name = params.name()
    status = params.choice("status", {ON, OFF, ARCHIVED, DELETED})
    if stored.status == ARCHIVED and status in (ON, OFF):
        raise errors.invalid("What is archived can only be deleted.", "status")
    if params.validate_only:
        return {"success": True}
    with transaction.atomic():
        if status == DELETED:
            _delete_tree([stored])
            return {"success": True}
        if status:
            stored.status = status
            if status == ON and stored.first_on_at is None:
                stored.first_on_at = timezone.now()
        stored.updated_at = timezone.now()
        stored.save()
    return {"success": True}


def delete(request: GraphRequest) -> dict[str, bool]:
    """DELETE /{id}: takes the object and all below it away; again is no error."""
    assert request.node is not None
    with transaction.atomic():
        _delete_tree([request.node])
    return {"success": True}


def parent(request: GraphRequest, kind: Object.Kind, parameter: str, external_id: str | None) -> Object:
    """The parent a new object names; raises GraphError 100 unless it is there and of the same account."""
    found = request.view.object(kind, external_id or "")
    if found is None or found.account != request.account.external_id:
        raise errors.invalid(
            f"The {parameter} does not belong to an object of this ad account.", parameter, title="Invalid parent"
        )
    if found.deleted_at or found.status == ARCHIVED:
        raise errors.invalid(
            "Nothing can be added to what was deleted or archived.", parameter, title="Parent was deleted"
        )
    return found


def moment(value: datetime | None) -> str | None:
    """A time as it is stored."""
    return value.isoformat() if value else None


def _delete_tree(roots: Iterable[Object]) -> None:
    now = timezone.now()
    for stored in roots:
        child_kind = _CHILD_KINDS.get(Object.Kind(stored.kind))
        if child_kind:
            _delete_tree(Object.objects.present().filter(platform="meta", kind=child_kind, parent=stored.external_id))
        if stored.deleted_at is None:
            Object.objects.filter(pk=stored.pk).update(status=DELETED, deleted_at=now, updated_at=now)
