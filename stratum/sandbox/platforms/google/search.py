"""POST customers/{id}/googleAds:search, and geoTargetConstants:suggest."""

from __future__ import annotations

import base64
import binascii
from functools import partial
from itertools import islice
from typing import Any

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object

from . import catalogue, gaql, rows, schema
from .errors import Fault, Refusal
from .fields import FIELDS

MOST_SUGGESTED_FOR = 25


def search(call: Call, account: Object) -> dict[str, Any]:
    """One page of what the query finds. A page without rows has no `results`."""
    body = schema.read(call.json, schema.SEARCH)
    if "pageSize" in body:
        message = "Setting the page size is not supported. Search Responses will have fixed page size of '10000' rows."
        raise Refusal(Fault("requestError", "PAGE_SIZE_NOT_SUPPORTED", message, [("page_size", None)]))
    query = gaql.parse(body.get("query", ""))
    _check(query)
    found = list(_found(call, account, query))
    start, size = _start(body.get("pageToken", "")), int(call.settings["google_page_size"])
    page = found[start : start + size]
    answer: dict[str, Any] = {
        "fieldMask": ",".join(_camel(name) for name in query.fields),
        "queryResourceConsumption": "1",
    }
    if page:
        answer["results"] = [_selected(row, query) for row in page]
    if len(found) > start + size:
        answer["nextPageToken"] = _token(start + size)
    return answer


def suggest(call: Call) -> dict[str, Any]:
    """Places by name."""
    body = schema.read(call.json, schema.SUGGEST)
    names = body.get("locationNames", {}).get("names", [])
    if not names:
        raise Refusal(
            Fault("fieldError", "REQUIRED", "The required field was not present.", [("location_names", None)])
        )
    if len(names) > MOST_SUGGESTED_FOR:
        message = f"Too many: at most {MOST_SUGGESTED_FOR}."
        raise Refusal(Fault("geoTargetConstantSuggestionError", "LOCATION_NAME_LIMIT", message))
    found = [
        {"locale": "en", "searchTerm": names[0], "geoTargetConstant": rows.place_row(place)}
        for place in catalogue.called(names)
        if body.get("countryCode") in (None, place.country)
    ]
    return {"geoTargetConstantSuggestions": found} if found else {}


def _check(query: gaql.Query) -> None:
    allowed = FIELDS.get(query.resource)
    if allowed is None:
        message = f"Error in query: '{query.resource}' is not a valid resource name."
        raise Refusal(Fault("queryError", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", message))
    for name in (*query.fields, *(condition.field for condition in query.conditions)):
        resource, _, field = name.partition(".")
        if field in allowed.get(resource, ()):
            continue
        if resource not in allowed and resource in FIELDS:
            message = f"Error in query: '{resource}' cannot be selected from '{query.resource}'."
            raise Refusal(Fault("queryError", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE", message))
        raise gaql.unrecognized(name)


def _found(call: Call, account: Object, query: gaql.Query) -> Any:
    matching = (row for row in rows.of(call, account, query.resource) if gaql.matches(query, partial(_read, row)))
    return islice(matching, query.limit) if query.limit else matching


def _read(row: dict[str, Any], name: str) -> Any:
    value: Any = row
    for part in name.split("."):
        value = value.get(_camel(part)) if isinstance(value, dict) else None
    return value


def _selected(row: dict[str, Any], query: gaql.Query) -> dict[str, Any]:
    """The fields asked for, and the name of each resource they belong to."""
    answer: dict[str, Any] = {}
    for name in query.fields:
        resource = name.partition(".")[0]
        own = answer.setdefault(_camel(resource), {})
        if resource_name := _read(row, f"{resource}.resource_name"):
            own["resourceName"] = resource_name
        value = _read(row, name)
        if value is None:
            continue
        _put(answer, [_camel(part) for part in name.split(".")], value)
    return answer


def _put(target: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        target = target.setdefault(part, {})
    target[path[-1]] = value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"row:{start}".encode()).decode()


def _start(token: str) -> int:
    if not token:
        return 0
    try:
        word, _, start = base64.urlsafe_b64decode(token).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        word, start = "", ""
    if word != "row" or not start.isdigit():
        message = "The page token is not valid."
        raise Refusal(Fault("requestError", "INVALID_PAGE_TOKEN", message, [("page_token", None)]))
    return int(start)
