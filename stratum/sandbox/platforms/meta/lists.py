"""Lists of campaigns, ad sets, ads, creatives and videos, with the filters Meta takes (Marketing API, filtering)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from stratum.sandbox.models import Object, ObjectQuerySet

from . import errors, paging, statuses, storing
from .errors import GraphError
from .graph import GraphRequest, Handler
from .parameters import read_json, read_words
from .view import View

MOST = 100
OWN_PREFIX = {Object.Kind.CAMPAIGN: "campaign.", Object.Kind.AD_SET: "adset.", Object.Kind.AD: "ad."}
_SWITCHED_COLUMNS = {"id": "external_id", "name": "name", "created_time": "created_at", "updated_time": "updated_at"}
_COLUMNS: dict[str, dict[str, str]] = {
    Object.Kind.CAMPAIGN: _SWITCHED_COLUMNS | {"objective": "data__objective"},
    Object.Kind.AD_SET: _SWITCHED_COLUMNS | {"campaign.id": "data__campaign_id"},
    Object.Kind.AD: _SWITCHED_COLUMNS | {"campaign.id": "data__campaign_id", "adset.id": "parent"},
    # Creatives and videos cannot be searched by name: whoever does not know the id reads the list.
    Object.Kind.CREATIVE: {"id": "external_id"},
    Object.Kind.MEDIA: {"id": "external_id"},
}
_LOOKUPS = {
    "EQUAL": "",
    "CONTAIN": "__icontains",
    "STARTS_WITH": "__istartswith",
    "IN": "__in",
    "GREATER_THAN": "__gt",
    "LESS_THAN": "__lt",
}
OPERATORS = frozenset({*_LOOKUPS, "NOT_EQUAL", "NOT_CONTAIN", "NOT_IN"})


def of_account(kind: Object.Kind) -> Handler:
    """GET /act_X/...: the account's objects of the kind."""
    return _listed(kind, lambda request: Q(account=request.account.external_id))


def below(kind: Object.Kind) -> Handler:
    """GET /{parent}/...: the node's children of the kind."""
    return _listed(kind, lambda request: Q(parent=_id(request)))


def ads_of_campaign() -> Handler:
    return _listed(Object.Kind.AD, lambda request: Q(data__campaign_id=_id(request)))


def videos_of_account() -> Handler:
    return _listed(Object.Kind.MEDIA, lambda request: Q(account=request.account.external_id, data__media="video"))


def creative_of_ad() -> Handler:
    def condition(request: GraphRequest) -> Q:
        assert request.node is not None
        return Q(external_id=request.node.data["creative_id"])

    return _listed(Object.Kind.CREATIVE, condition)


def _id(request: GraphRequest) -> str:
    assert request.node is not None
    return request.node.external_id


def _listed(kind: Object.Kind, condition: Callable[[GraphRequest], Q]) -> Handler:
    def listed(request: GraphRequest) -> dict[str, Any]:
        for name in request.params:
            if name not in paging.PARAMETERS | {"filtering", "effective_status"}:
                raise errors.unknown_parameter(name)
        rows = Object.objects.filter(condition(request), platform="meta", kind=kind)
        return paging.newest_first(_filtered(rows, kind, request), kind, request.view, most=MOST)

    return listed


def _filtered(rows: ObjectQuerySet, kind: Object.Kind, request: GraphRequest) -> ObjectQuerySet:
    """Without a filter on the status, what was archived or deleted is left out."""
    wanted = None
    if "effective_status" in request.params:
        wanted = _statuses(read_words(request.params["effective_status"], "effective_status"))
    for item in read_json(request.params.get("filtering", "[]"), "filtering", list):
        field, operator, value = _parts(item)
        field = field.removeprefix(OWN_PREFIX.get(kind, ""))
        if field in ("effective_status", "status") and kind in OWN_PREFIX:
            wanted = _statuses(value if isinstance(value, list) else [value])
            continue
        rows = rows.filter(_condition(kind, field, operator, value))
    if wanted is None:
        return rows.filter(deleted_at=None).exclude(status=storing.ARCHIVED)
    return _with_status(rows, wanted, request.view)


def _with_status(rows: ObjectQuerySet, wanted: frozenset[str], view: View) -> ObjectQuerySet:
    """The effective status depends on parents, so it is worked out row by row."""
    return rows.filter(pk__in=[stored.pk for stored in rows if statuses.effective(stored, view) in wanted])


def _parts(item: Any) -> tuple[str, str, Any]:
    if not isinstance(item, dict) or set(item) != {"field", "operator", "value"}:
        raise GraphError(100, "(#100) Each filter must have field, operator and value", blame="filtering")
    if not isinstance(item["field"], str):
        raise GraphError(100, "(#100) Filtering field must be a string", blame="filtering")
    if item["operator"] not in sorted(OPERATORS):
        raise GraphError(100, f"(#100) Filtering operator must be one of {sorted(OPERATORS)}", blame="filtering")
    return item["field"], item["operator"], item["value"]


def _condition(kind: Object.Kind, field: str, operator: str, value: Any) -> Q:
    column = _COLUMNS[kind].get(field)
    if column is None:
        raise GraphError(100, f"(#100) Filtering field {field} is not supported here", blame="filtering")
    is_list = operator in ("IN", "NOT_IN")
    parts = value if isinstance(value, list) else [value]
    if isinstance(value, list) != is_list or not all(isinstance(part, (str, int)) for part in parts):
        raise GraphError(
            100, f"(#100) Filtering operator {operator} takes {'a list' if is_list else 'one value'}", blame="filtering"
        )
    negated = operator.startswith("NOT_")
    found = Q(**{column + _LOOKUPS[operator.removeprefix("NOT_")]: value})
    return ~found if negated else found


def _statuses(names: list[Any]) -> frozenset[str]:
    for name in names:
        if name not in sorted(statuses.ALL):
            raise GraphError(
                100, f"(#100) effective_status must be among {sorted(statuses.ALL)}", blame="effective_status"
            )
    return frozenset(names)
