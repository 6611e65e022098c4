"""How many people an ad set would reach: GET /act_X/delivery_estimate (Marketing API v26, ad account reference)."""

from __future__ import annotations

from typing import Any

from . import goals, selection, targeting
from .accounts import refuse_unknown
from .errors import GraphError
from .graph import GraphRequest
from .parameters import Parameters

PARAMETERS = frozenset({"optimization_goal", "targeting_spec", "promoted_object"})
#: What every edge takes besides its own parameters.
OF_EDGES = frozenset({"fields", "summary"})
PEOPLE_OF_A_PLACE = 24_000_000


def delivery_estimate(request: GraphRequest) -> dict[str, Any]:
    """One row for the targeting, which is checked as an ad set's is; nothing is stored."""
    refuse_unknown(request, PARAMETERS | OF_EDGES)
    params = Parameters(request.params, PARAMETERS | OF_EDGES)
    params.require("optimization_goal", "targeting_spec")
    goals.check_estimated(params, request.account)
    spec = params.json("targeting_spec", dict)
    _check(spec)
    people = _people(spec)
    row = {
        "estimate_mau_lower_bound": people,
        "estimate_mau_upper_bound": people * 118 // 100,
        "estimate_ready": True,
    }
    return {"data": [_with_fields(row, request.params.get("fields", ""))]}


def _with_fields(row: dict[str, Any], fields: str) -> dict[str, Any]:
    """The fields that are asked for, all of them if none are; raises GraphError 100 for one that does not exist."""
    names = [selected.name for selected in selection.parse(fields)] or list(row)
    for name in names:
        if name not in row:
            message = f"(#100) Tried accessing nonexisting field ({name}) on node type (AdAccountDeliveryEstimate)"
            raise GraphError(100, message)
    return {name: row[name] for name in names}


def _check(spec: dict[str, Any]) -> None:
    """Raises GraphError 100, blaming the parameter by the name it has here."""
    try:
        targeting.check(spec, special_categories=())
    except GraphError as error:
        error.data["blame_field_specs"] = [["targeting_spec", *path[1:]] for path in error.data["blame_field_specs"]]
        raise


def _people(spec: dict[str, Any]) -> int:
    """As many as the places hold at these ages, whatever else is asked of them; in thousands, as Meta rounds."""
    places = sum(len(found) for key, found in spec["geo_locations"].items() if key != "location_types")
    youngest, oldest = spec.get("age_min", targeting.ADULT), spec.get("age_max", targeting.OLDEST)
    share = (oldest - youngest + 1) / (targeting.OLDEST - targeting.YOUNGEST + 1)
    return int(PEOPLE_OF_A_PLACE * places * share) // 1000 * 1000
