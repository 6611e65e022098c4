"""Batch requests: up to 50 calls in one, each able to use what earlier ones returned (Graph API, batch requests)."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from stratum.sandbox.call import Answer, Call

from . import access, results
from .errors import GraphError

MOST = 50
ITEM_KEYS = frozenset(
    {"method", "relative_url", "body", "name", "depends_on", "omit_response_on_success", "attached_files", "headers"}
)
_VERSIONED = re.compile(r"v\d+\.\d+(/|$)")
_AD_SETS = re.compile(r"/act_\d+/adsets$")
# Batches side by side would only wait for each other's writes, item by item, and all be late.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Item:
    """One call of a batch as it was written, its references not yet filled in."""

    method: str
    path: str
    query: str
    body: str
    name: str | None
    depends_on: str | None
    omits_success: bool
    files: tuple[str, ...]

    def needs(self) -> set[str]:
        """The names of the items whose results this one uses."""
        named = {self.depends_on} if self.depends_on else set()
        return named | results.names(self.path + self.query + self.body)


Execute = Callable[[Call], Answer]


def requests(call: Call, version: str) -> list[tuple[str, str]]:
    """Method and path of each inner call; none for a batch that cannot be read."""
    try:
        return [(item.method, item.path) for item in _items(call, version)]
    except GraphError:
        return []


def run(call: Call, version: str, execute: Execute) -> list[dict[str, Any] | None]:
    """Executes the items one after the other; what is done stays done when a later one fails."""
    access.authenticated(call)
    items = _items(call, version)
    _check_order(items)
    _refuse_sibling_ad_sets(items)
    used = set().union(*(item.needs() for item in items))
    with_headers = call.params.get("include_headers", "true").lower() not in ("false", "0")
    outcomes: dict[str, Any] = {}
    rows: list[dict[str, Any] | None] = []
    with _one_at_a_time:
        for item in items:
            answer = _executed(call, item, outcomes, execute)
            if item.name:
                outcomes[item.name] = answer.body if answer.status == 200 else None
            silent = answer.status == 200 and item.omits_success and item.name in used
            rows.append(None if silent else _row(answer, with_headers))
    return rows


def _items(call: Call, version: str) -> list[Item]:
    try:
        written = json.loads(call.params.get("batch", ""))
    except ValueError as error:
        raise _batch_error("batch parameter must be a JSON array") from error
    if not isinstance(written, list) or not written:
        raise _batch_error("batch parameter must be a JSON array")
    if len(written) > MOST:
        raise _batch_error(f"Too many requests in batch message. Maximum batch size is {MOST}")
    return [_item(entry, version) for entry in written]


def _item(entry: Any, version: str) -> Item:
    if not isinstance(entry, dict) or not isinstance(entry.get("relative_url"), str) or "method" not in entry:
        raise _batch_error("Each batch item must have method and relative_url")
    if unknown := entry.keys() - ITEM_KEYS:
        raise _batch_error(f"Unknown batch item parameter: {min(unknown)}")
    if not isinstance(entry.get("body", ""), str):
        raise _batch_error("The body of a batch item must be a URL-encoded string")
    if not all(isinstance(entry.get(key, ""), str) for key in ("name", "depends_on", "attached_files")):
        raise _batch_error("name, depends_on and attached_files of a batch item must be strings")
    path, _, query = entry["relative_url"].partition("?")
    path = path.lstrip("/")
    return Item(
        method=str(entry["method"]).upper(),
        path=f"/{path}" if _VERSIONED.match(path) else f"/{version}/{path}",
        query=query,
        body=entry.get("body", ""),
        name=entry.get("name"),
        depends_on=entry.get("depends_on"),
        omits_success=entry.get("omit_response_on_success", True) is not False,
        files=tuple(name for name in entry.get("attached_files", "").split(",") if name),
    )


def _check_order(items: Sequence[Item]) -> None:
    """Names are unique, and only what came before can be used."""
    seen: set[str] = set()
    for item in items:
        if missing := item.needs() - seen:
            raise _batch_error(
                f"Request {item.name or item.path} cannot depend on unresolved request with name {min(missing)}. "
                "Requests can only depend on preceding requests"
            )
        if item.name in seen:
            raise _batch_error(f"The name {item.name} is used twice in the batch")
        if item.name:
            seen.add(item.name)


def _refuse_sibling_ad_sets(items: Sequence[Item]) -> None:
    """A batch must not make several ad sets of the same campaign."""
    creates = (item for item in items if item.method == "POST" and _AD_SETS.search(item.path))
    campaigns = Counter(dict(parse_qsl(item.body)).get("campaign_id") for item in creates)
    if campaigns and max(campaigns.values()) > 1:
        raise _batch_error("A batch cannot create several ad sets of the same campaign")


def _executed(call: Call, item: Item, outcomes: dict[str, Any], execute: Execute) -> Answer:
    """The item's answer; where something it needs has failed it is not executed."""
    failed = [name for name in sorted(item.needs()) if outcomes[name] is None]
    if failed:
        error = GraphError(100, f"(#100) The request depends on {failed[0]}, which failed", kind="GraphBatchException")
        return Answer(error.body(), error.status)
    try:
        inner = _inner_call(call, item, outcomes)
    except results.NoResultError as problem:
        error = GraphError(100, f"(#100) {problem}", kind="GraphBatchException")
        return Answer(error.body(), error.status)
    return execute(inner)


def _inner_call(call: Call, item: Item, outcomes: dict[str, Any]) -> Call:
    """The call an item stands for; it speaks for the outer call's token unless it brings its own."""
    path = results.fill(item.path, outcomes)
    query = dict(parse_qsl(results.fill(item.query, outcomes), keep_blank_values=True))
    form = dict(parse_qsl(results.fill(item.body, outcomes), keep_blank_values=True))
    if "access_token" not in query | form:
        query |= {name: call.params[name] for name in ("access_token", "appsecret_proof") if name in call.params}
    return replace(
        call,
        method=item.method,
        path=urlsplit(path).path,
        query=query,
        form=form,
        json=None,
        body_kind="form" if form else "none",
        uploads=tuple(upload for upload in call.uploads if upload.field in item.files),
    )


def _row(answer: Answer, with_headers: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"code": answer.status}
    if with_headers:
        headers = {"Content-Type": answer.content_type} | answer.headers
        row["headers"] = [{"name": name, "value": value} for name, value in headers.items()]
    return row | {"body": answer.content().decode()}


def _batch_error(message: str) -> GraphError:
    return GraphError(100, message, kind="GraphBatchException", blame="batch")
