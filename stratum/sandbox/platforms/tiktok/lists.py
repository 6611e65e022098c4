"""Lists: GET campaign/get/, adgroup/get/, ad/get/, with the filters they take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from stratum.sandbox.models import Object, ObjectQuerySet

from . import errors, paging, rows
from .endpoints import ApiRequest, Handler
from .parameters import Parameters

_PRIMARY = {"STATUS_ALL": None, "STATUS_NOT_DELETE": True, "STATUS_DELETE": False}
_TIMES = {"creation_filter_start_time": "created_at__gte", "creation_filter_end_time": "created_at__lte"}
# Filter by ids → column, for each kind; a name is compared vaguely.
_IDS: dict[str, Mapping[str, str]] = {
    Object.Kind.CAMPAIGN: {"campaign_ids": "external_id"},
    Object.Kind.AD_SET: {"campaign_ids": "parent", "adgroup_ids": "external_id"},
    Object.Kind.AD: {"campaign_ids": "data__campaign_id", "adgroup_ids": "parent", "ad_ids": "external_id"},
}
_NAMES = {Object.Kind.CAMPAIGN: "campaign_name", Object.Kind.AD_SET: "adgroup_name"}
MOST_IDS = 100


def of(kind: Object.Kind) -> Handler:
    """The list of the kind."""

    def listed(request: ApiRequest) -> dict[str, Any]:
        params = request.parameters("fields", "filtering", "page", "page_size", "exclude_field_types_in_response")
        show, every = rows.SHOWN[kind]
        fields = params.texts("fields", 200, every) or list(every)
        found = _filtered(kind, request, params).seen(request.call.stale_seconds).order_by("-created_at", "-id")
        return paging.page(params, list(found), show=lambda stored: show(stored, request.call, fields))

    return listed


def _filtered(kind: Object.Kind, request: ApiRequest, params: Parameters) -> ObjectQuerySet:
    """Without a filter on the status, what was deleted is left out."""
    columns, name = _IDS[kind], _NAMES.get(kind, "")
    more = [name] if name else []
    filtering = params.object("filtering", {*columns, *more, *_TIMES, "primary_status", "campaign_system_origins"})
    found = Object.objects.filter(platform="tiktok", kind=kind, account=request.advertiser.external_id)
    for field, column in columns.items():
        if field in filtering:
            found = found.filter(**{f"{column}__in": _some_ids(filtering, field)})
    if name and name in filtering:
        found = found.filter(_like(filtering.text(name)))
    for field, column in _TIMES.items():
        if moment := filtering.time(field):
            found = found.filter(**{column: moment})
    return _of_status(found, _PRIMARY[filtering.choice("primary_status", _PRIMARY) or "STATUS_NOT_DELETE"])


def _some_ids(filtering: Parameters, field: str) -> list[str]:
    wanted = filtering.texts(field, MOST_IDS)
    if not wanted:
        raise errors.field(filtering.named(field), "Shorter than minimum length 1.")
    return wanted


def _of_status(found: ObjectQuerySet, is_present: bool | None) -> ObjectQuerySet:
    return found if is_present is None else found.filter(deleted_at__isnull=is_present)


def _like(text: str) -> Q:
    """A vague comparison: the beginning of the name is enough."""
    return Q(name__icontains=text) | Q(name__istartswith=text[: max(3, len(text) // 2)])
