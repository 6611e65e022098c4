"""Makes a call and says what became of each of its steps. Never raises PlatformError: outcomes carry it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from integrations.contracts import Call, Level, OpenMedia, Outcome
from integrations.errors import ErrorKind, PlatformError
from integrations.http import deadline_seconds
from integrations.platforms.snapchat import uploading
from integrations.platforms.snapchat.client import KINDS, Ads, Row
from integrations.platforms.snapchat.payloads import written
from integrations.platforms.snapchat.refusals import Blame

log = logging.getLogger(__name__)
#: How far ahead an ended campaign's end is put: Snapchat refuses one that has passed when it reads it.
END_AHEAD = timedelta(minutes=2)
#: What a PUT must not carry back: Snapchat's own findings, and fields it no longer takes (Ads API v1, "API patterns").
_NOT_WRITABLE = frozenset(
    {
        "created_at", "updated_at", "deleted", "delivery_status", "review_status", "review_status_reasons",
        "review_status_details", "targeting_reach_status", "separated_types", "packaging_status", "effective_status",
        "placement", "objective", "auto_bid", "target_bid", "child_ad_type", "catalog_vertical", "render_type",
    }
)  # fmt: skip
#: What we write ourselves. A refusal that names one of these is about a value, not about the field.
WRITTEN = frozenset(
    {
        "id", "name", "status", "type", "ad_account_id", "campaign_id", "ad_squad_id", "creative_id", "buy_model",
        "objective_v2_properties", "start_time", "end_time", "daily_budget_micro", "lifetime_spend_cap_micro",
        "regulations", "placement_v2", "targeting", "billing_event", "bid_strategy", "optimization_goal",
        "lifetime_budget_micro", "delivery_constraint", "pixel_id", "conversion_window",
    }
)  # fmt: skip
#: Without it an ad squad is shown without its placement, and a PUT of what was shown is refused (E2025).
PLACEMENT = {"return_placement_v2": "true"}
Sent = dict[str, Outcome]


def send(ads: Ads, call: Call, open_media: OpenMedia) -> Sent:
    """Make the call within its deadline; return an outcome for each of its keys."""
    makers: dict[str, Callable[[Ads, Call, OpenMedia], Sent]] = {
        "upload": uploading.send,
        "create": _send_create,
        "switch": _send_switch,
        "end": _send_end,
        "remove": _send_remove,
        "keep": _keep,
    }
    bounded = ads.within(deadline_seconds(call.deadline, call.upload_bytes))
    try:
        return makers[call.request["kind"]](bounded, call, open_media)
    except PlatformError as error:
        return {key: Outcome(error=error) for key in call.keys}


# Creating ---------------------------------------------------------------------------------------------------------------


def _send_create(ads: Ads, call: Call, open_media: OpenMedia) -> Sent:
    level, items = Level(call.request["level"]), call.request["items"]
    uploading.require_ready(ads, call.request["parent"], call.request["media"])
    now = timezone.now()
    return _write(ads, "POST", call, [_timely(level, item["fields"], now) for item in items])


def _timely(level: Level, fields: Mapping[str, Any], now: datetime) -> Row:
    """Return the fields with a start that has not passed, as after a long wait one may have.

    A campaign must name a start: now. An ad squad that names none starts at once.
    """
    if level not in (Level.CAMPAIGN, Level.AD_SET):
        return dict(fields)
    start = fields.get("start_time")
    if start is not None and datetime.fromisoformat(start) > now:
        return dict(fields)
    others = {name: value for name, value in fields.items() if name != "start_time"}
    return others | ({"start_time": written(now)} if level is Level.CAMPAIGN else {})


def _write(ads: Ads, method: str, call: Call, rows: Sequence[Row]) -> Sent:
    """Write the call's objects, one row for each of its items, under the call's parent."""
    kind, items = KINDS[Level(call.request["level"])], call.request["items"]
    blames = [Blame(Level(call.request["level"]), item["node"]) for item in items]
    results = ads.write(method, f"{kind.parent}/{call.request['parent']}/{kind.plural}", kind, rows, blames)
    return {item["key"]: _outcome(result) for item, result in zip(items, results, strict=True)}


def _outcome(result: Row | PlatformError) -> Outcome:
    return Outcome(error=result) if isinstance(result, PlatformError) else Outcome(str(result["id"]))


# Switching, ending, removing --------------------------------------------------------------------------------------------


def _send_switch(ads: Ads, call: Call, open_media: OpenMedia) -> Sent:
    """Read the objects, and put them back with another status: a PUT replaces the whole, and what it omits is reset."""
    shown = _current(ads, call)
    return _put(ads, call, [_writable(row) | {"status": call.request["status"]} for row in shown])


def _current(ads: Ads, call: Call) -> list[Row]:
    """Return the call's objects as they are, in its order. Several of one parent are read as a list."""
    level, items = Level(call.request["level"]), call.request["items"]
    kind, params = KINDS[level], PLACEMENT if level is Level.AD_SET else {}
    listed: dict[str, Row] = {}
    if len(items) > 1:
        path = f"{kind.parent}/{call.request['parent']}/{kind.plural}"
        listed = {str(row["id"]): row for row in ads.listed(path, kind, params)}
    # What a list does not show yet is asked for by its id, which also tells what is gone.
    return [listed.get(item["external_id"]) or ads.one(kind, item["external_id"], params) for item in items]


def _writable(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _NOT_WRITABLE and value is not None}


def _put(ads: Ads, call: Call, rows: Sequence[Row]) -> Sent:
    """Put objects back as they were shown but for the change.

    Snapchat adds findings of its own to what it shows, and refuses them when they come back. It must not be a new one of
    those that keeps a campaign from being paused: what a refusal names, and we never write, is left out once more.
    """
    outcomes = _write(ads, "PUT", call, rows)
    again: list[tuple[dict[str, str], Row]] = []
    for item, row in zip(call.request["items"], rows, strict=True):
        names = _not_taken_back(row, outcomes[item["key"]].error)
        if names:
            again.append((item, {name: value for name, value in row.items() if name not in names}))
    if not again:
        return outcomes
    items = [item for item, _ in again]
    part = replace(call, keys=tuple(item["key"] for item in items), request={**call.request, "items": items})
    return outcomes | _write(ads, "PUT", part, [row for _, row in again])


def _not_taken_back(row: Row, error: PlatformError | None) -> set[str]:
    if error is None or error.kind is not ErrorKind.INVALID:
        return set()
    return set(re.findall(r"\w+", error.message)) & (row.keys() - WRITTEN)


def _send_end(ads: Ads, call: Call, open_media: OpenMedia) -> Sent:
    """Pause a campaign for good: it also gets an end, so that switching it on again elsewhere runs nothing.

    The pause is what stops spending and alone decides. Where Snapchat refuses the end, the pause stands by itself.
    """
    (row,) = _current(ads, call)
    paused = _writable(row) | {"status": "PAUSED"}
    outcomes = _put(ads, call, [paused])
    end = written(timezone.now() + END_AHEAD)
    if all(outcome.is_done for outcome in outcomes.values()) and _runs_until_after(row, end):
        try:
            error = next(iter(_put(ads, call, [paused | {"end_time": end}]).values())).error
        except PlatformError as raised:
            error = raised
        if error:
            log.info("Campaign %s is paused and keeps its end: %s", row["id"], error)
    return outcomes


def _runs_until_after(row: Row, end: str) -> bool:
    """Say whether the campaign has begun by that moment and would go on after it."""
    moment = datetime.fromisoformat(end)
    starts, ends = (
        datetime.fromisoformat(str(row[name])) if row.get(name) else None for name in ("start_time", "end_time")
    )
    return (starts is None or starts < moment) and (ends is None or ends > moment)


def _send_remove(ads: Ads, call: Call, open_media: OpenMedia) -> Sent:
    external_id = call.request["external_id"]
    try:
        ads.delete(KINDS[Level(call.request["level"])], external_id)
    except PlatformError as error:
        if error.kind is not ErrorKind.GONE:
            raise
    return {call.keys[0]: Outcome(external_id)}  # what is gone is removed


def _keep(ads: Ads, call: Call, open_media: OpenMedia) -> Sent:
    return {call.keys[0]: Outcome(call.request["external_id"])}
