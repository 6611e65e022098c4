"""Creating, replacing and deleting objects: lists of them in one request, each with a fate of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from stratum.sandbox.models import Object

from . import access, errors, lists
from .errors import Fault
from .fields import written
from .view import Handler, SnapRequest

ON = "ACTIVE"
_CHILDREN = {Object.Kind.CAMPAIGN: Object.Kind.AD_SET, Object.Kind.AD_SET: Object.Kind.AD}


@dataclass(frozen=True)
class Checked:
    """What is to be stored of an object that passed."""

    name: str
    status: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Entity:
    """A kind of object: its words, what it hangs on, its check, and what is shown of it besides what was sent.

    `check` gets the fields as sent and, when an object is replaced, what is stored; it raises Fault. `derived` is what
    Snapchat adds of its own.
    """

    kind: Object.Kind
    plural: str
    singular: str
    parent_field: str
    check: Callable[[SnapRequest, dict[str, Any], Object | None], Checked]
    derived: Callable[[SnapRequest, Object], dict[str, Any]]


def create(entity: Entity) -> Handler:
    """POST on the parent's list."""

    def handler(request: SnapRequest) -> dict[str, Any]:
        access.require_writable(request.owner)
        return _each(request, entity, lambda raw: _created(request, entity, raw))

    return handler


def replace(entity: Entity) -> Handler:
    """PUT on the parent's list: the whole of each object; what is omitted is reset."""

    def handler(request: SnapRequest) -> dict[str, Any]:
        access.require_writable(request.owner)
        return _each(request, entity, lambda raw: _replaced(request, entity, raw))

    return handler


def listed(entity: Entity, *more: str) -> Handler:
    """GET on the parent's list; `more` are query parameters of its own."""

    def handler(request: SnapRequest) -> dict[str, Any]:
        lists.refuse_unknown(request.call, *more)
        rows = request.rows(entity.kind)
        node = request.subject
        rows = (
            rows.filter(account=node.external_id)
            if node.kind == Object.Kind.ACCOUNT
            else rows.filter(parent=node.external_id)
        )
        if request.call.query.get("read_deleted_entities") != "true":
            rows = rows.filter(deleted_at=None)
        return lists.page(request.call, rows, entity.plural, entity.singular, lambda row: render(request, entity, row))

    return handler


def shown(entity: Entity, *more: str) -> Handler:
    """GET of one object."""

    def handler(request: SnapRequest) -> dict[str, Any]:
        lists.refuse_unknown(request.call, *more)
        return lists.wrapped(entity.plural, entity.singular, [render(request, entity, request.subject)])

    return handler


def delete(request: SnapRequest) -> dict[str, Any]:
    """DELETE of one object, with all below it."""
    access.require_writable(request.owner)
    with transaction.atomic():
        _delete_tree(request.subject)
    return {"request_status": "SUCCESS"}


def render(request: SnapRequest, entity: Entity, stored: Object) -> dict[str, Any]:
    """The object as Snapchat shows it."""
    base = {
        "id": stored.external_id,
        "created_at": written(stored.created_at),
        "updated_at": written(stored.updated_at),
        "name": stored.name,
        entity.parent_field: stored.parent or stored.account,
    }
    switch = {"status": stored.status} if stored.status else {}
    own = {name: value for name, value in stored.data.items() if not name.startswith("_")}
    gone = {"deleted": True} if stored.deleted_at else {}
    return base | switch | own | entity.derived(request, stored) | gone


def _each(request: SnapRequest, entity: Entity, make: Callable[[dict[str, Any]], Object]) -> dict[str, Any]:
    """The answer to a list of objects: a success as a whole as long as one of them is."""
    entries: list[dict[str, Any]] = []
    refused = request.call.refused_item()
    for place, raw in enumerate(_sent(request, entity.plural)):
        try:
            if place == refused:
                raise errors.bad_parameter("this one was refused by order")
            stored = make(raw)
        except Fault as fault:
            entries.append(fault.entry(entity.singular))
        else:
            entries.append({"sub_request_status": "SUCCESS", entity.singular: render(request, entity, stored)})
    failed = all(entry["sub_request_status"] == "ERROR" for entry in entries)
    return {"request_status": "ERROR" if failed else "SUCCESS", entity.plural: entries}


def _sent(request: SnapRequest, plural: str) -> list[dict[str, Any]]:
    body = request.call.json
    if request.call.body_kind != "json" or not isinstance(body, dict):
        raise errors.bad_request("the request body must be a JSON object")
    if set(body) != {plural} or not isinstance(body[plural], list) or not body[plural]:
        raise errors.bad_request(f"the request body must have one list, {plural}")
    if not all(isinstance(item, dict) for item in body[plural]):
        raise errors.bad_request(f"{plural} must be a list of objects")
    return list(body[plural])


def _created(request: SnapRequest, entity: Entity, raw: dict[str, Any]) -> Object:
    if "id" in raw:
        raise errors.bad_parameter("id must not be set on creation")
    checked = entity.check(request, raw, None)
    parent = request.subject
    return Object.objects.create(
        platform="snapchat",
        kind=entity.kind,
        external_id=str(uuid.uuid4()),
        account=request.owner.external_id,
        parent="" if parent.kind == Object.Kind.ACCOUNT else parent.external_id,
        name=checked.name,
        status=checked.status,
        data=checked.data,
        first_on_at=timezone.now() if checked.status == ON else None,
    )


def _replaced(request: SnapRequest, entity: Entity, raw: dict[str, Any]) -> Object:
    external_id = str(raw.get("id") or "")
    stored = Object.objects.filter(platform="snapchat", kind=entity.kind, external_id=external_id).first()
    parent = request.subject
    is_here = stored is not None and parent.external_id in (stored.account, stored.parent)
    if stored is None or not is_here or stored.deleted_at:
        raise Fault(errors.NOT_FOUND, f"{entity.singular} {external_id or '(no id)'} not found")
    checked = entity.check(request, {name: value for name, value in raw.items() if name != "id"}, stored)
    stored.name, stored.status, stored.data = checked.name, checked.status, checked.data
    stored.updated_at = timezone.now()
    if checked.status == ON and stored.first_on_at is None:
        stored.first_on_at = timezone.now()
    stored.save()
    return stored


def _delete_tree(stored: Object) -> None:
    child = _CHILDREN.get(Object.Kind(stored.kind))
    if child:
        for row in Object.objects.present().filter(platform="snapchat", kind=child, parent=stored.external_id):
            _delete_tree(row)
    now = timezone.now()
    Object.objects.filter(pk=stored.pk).update(deleted_at=now, updated_at=now)
