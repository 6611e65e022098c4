"""Switching and deleting: POST campaign/status/update/, adgroup/status/update/, ad/status/update/."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from stratum.sandbox.models import Object

from . import errors, storing
from .endpoints import ApiRequest, Handler
from .errors import TikTokError
from .storing import DELETED, NAMES, OFF, ON

MOST = 20
_BELOW = {Object.Kind.CAMPAIGN: Object.Kind.AD_SET, Object.Kind.AD_SET: Object.Kind.AD}


def of(kind: Object.Kind) -> Handler:
    """Switches up to twenty objects of the kind: all of them or, unless told otherwise, none."""
    field = f"{NAMES[kind]}_ids"

    def switched(request: ApiRequest) -> dict[str, Any]:
        partial = ("allow_partial_success",) if kind == Object.Kind.AD_SET else ()
        params = request.parameters(field, "operation_status", *partial)
        params.require("operation_status")
        wanted = params.texts(field, MOST)
        if not wanted:
            raise errors.missing(field)
        status = params.choice("operation_status", {ON, OFF, DELETED})
        done, refused = _each(request, kind, wanted, tolerant=params.flag("allow_partial_success"))
        with transaction.atomic():
            for stored in done:
                _switch(stored, status)
        answer: dict[str, Any] = {field: [stored.external_id for stored in done], "status": status}
        return answer | ({"error_list": refused} if refused else {})

    return switched


def _each(
    request: ApiRequest, kind: Object.Kind, wanted: list[str], *, tolerant: bool
) -> tuple[list[Object], list[dict[str, str]]]:
    done, refused = [], []
    for external_id in wanted:
        try:
            done.append(_changeable(request, kind, external_id))
        except TikTokError as error:
            if not tolerant:
                raise
            refused.append({f"{NAMES[kind]}_id": external_id, "error_message": error.message})
    return done, refused


def _changeable(request: ApiRequest, kind: Object.Kind, external_id: str) -> Object:
    found = Object.objects.filter(
        platform="tiktok", kind=kind, account=request.advertiser.external_id, external_id=external_id
    ).first()
    if found is None:
        raise errors.no_such(NAMES[kind], external_id)
    if found.deleted_at:
        raise errors.field(
            f"{NAMES[kind]}_ids", f"The {NAMES[kind]} {external_id} has been deleted and cannot be changed."
        )
    return found


def _switch(stored: Object, status: str) -> None:
    if status == DELETED:
        _delete(stored)
        return
    stored.status = status
    if status == ON and stored.first_on_at is None:
        stored.first_on_at = timezone.now()
    storing.save(stored)


def _delete(stored: Object) -> None:
    """Takes the object and all below it away; deleted once is deleted for good."""
    below = _BELOW.get(Object.Kind(stored.kind))
    if below:
        for child in Object.objects.present().filter(platform="tiktok", kind=below, parent=stored.external_id):
            _delete(child)
    stored.deleted_at = timezone.now()
    storing.save(stored)
