"""Makes a call and says what became of each of its steps. Never raises PlatformError: outcomes carry it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from integrations.contracts import Account, Call, Level, OpenMedia, Outcome
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.google import films, refusals
from integrations.platforms.google.calls import OPERATIONS
from integrations.platforms.google.client import Ads, dig, last_part
from integrations.platforms.google.gaql import numbers, select
from integrations.platforms.google.refusals import Place

Sent = dict[str, Outcome]
Entry = Mapping[str, Any]


def send(ads: Ads, call: Call, account: Account, open_media: OpenMedia) -> Sent:
    """Make the call; return an outcome for each of its keys."""
    makers: dict[str, Callable[[Ads, Call, Account, OpenMedia], Sent]] = {
        "film": films.send_film,
        "mutate": _send_tree,
        "change": _send_changes,
        "end": _send_end,
    }
    try:
        return makers[call.request["kind"]](ads, call, account, open_media)
    except PlatformError as error:
        return {key: Outcome(error=error) for key in call.keys}


def preflight(ads: Ads, call: Call, account: Account, open_media: OpenMedia) -> dict[str, PlatformError]:
    """Have a creating call checked without creating anything; return the error of each step that would be refused."""
    entries = call.request["operations"]
    operations = [_operation(entry, open_media, films.video_ids(ads, call, account)) for entry in entries]
    try:
        ads.validate(account, operations, upload_bytes=call.upload_bytes)
    except PlatformError as error:
        if error.retry_helps or error.kind is ErrorKind.AUTH:
            raise
        return {
            key: own for key, own in refusals.spread(error, _places(entries)).items() if own.code != "NOT_CARRIED_OUT"
        }
    return {}


def _send_tree(ads: Ads, call: Call, account: Account, open_media: OpenMedia) -> Sent:
    entries = call.request["operations"]
    # Before anything is sent: a film that Google is still processing creates nothing, and is asked for again.
    video_ids = films.video_ids(ads, call, account)
    operations = [_operation(entry, open_media, video_ids) for entry in entries]
    try:
        results, _ = ads.mutate(account, operations, upload_bytes=call.upload_bytes)
    except PlatformError as error:
        return {key: Outcome(error=own) for key, own in refusals.spread(error, _places(entries)).items()}
    return _made(entries, results)


def _made(entries: Sequence[Entry], results: Sequence[Mapping[str, Any]]) -> Sent:
    """Return the id of each step's own object; a step has further operations, whose names nobody needs."""
    found: Sent = {}
    for entry, result in zip(entries, results, strict=True):
        operation, _ = OPERATIONS[Level(entry["level"])]
        if entry["operation"] != operation:
            continue
        name = dig(result, f"{operation.removesuffix('Operation')}Result.resourceName")
        is_real = isinstance(name, str) and not last_part(name).startswith("-")
        error = None if is_real else refusals.unreadable(200, dict(result), is_write=True)
        found[entry["key"]] = Outcome(last_part(str(name))) if is_real else Outcome(error=error)
    return found


def _operation(entry: Entry, open_media: OpenMedia, video_ids: Mapping[str, str]) -> dict[str, Any]:
    return {entry["operation"]: {"create": _with_files(entry["create"], open_media, video_ids)}}


def _with_files(value: Any, open_media: OpenMedia, video_ids: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"$file"}:
            with open_media(value["$file"]) as file:
                return base64.b64encode(file.read()).decode()
        if set(value) == {"$film"}:
            return video_ids[value["$film"]]
        return {name: _with_files(item, open_media, video_ids) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_files(item, open_media, video_ids) for item in value]
    return value


def _places(entries: Sequence[Entry]) -> list[Place]:
    return [Place(entry["key"], entry["node"], entry["operation"]) for entry in entries]


# Switching, ending, removing ----------------------------------------------------------------------------------------


def _send_changes(ads: Ads, call: Call, account: Account, open_media: OpenMedia) -> Sent:
    entries = call.request["operations"]
    kept = {entry["key"]: Outcome(entry["external_id"]) for entry in entries if entry.get("keep")}
    return kept | _change(ads, account, [entry for entry in entries if not entry.get("keep")])


def _change(ads: Ads, account: Account, entries: Sequence[Entry]) -> Sent:
    if not entries:
        return {}
    try:
        ads.mutate(account, [_change_operation(entry) for entry in entries])
    except PlatformError as error:
        return _after_refusal(ads, account, entries, refusals.spread(error, _places(entries)))
    return {entry["key"]: Outcome(entry["external_id"]) for entry in entries}


def _after_refusal(ads: Ads, account: Account, entries: Sequence[Entry], errors: Mapping[str, PlatformError]) -> Sent:
    """What is gone is removed already. It must not keep the rest of the request from being removed as well."""
    gone = {entry["key"] for entry in entries if "remove" in entry and errors[entry["key"]].kind is ErrorKind.GONE}
    if not gone:
        return {key: Outcome(error=error) for key, error in errors.items()}
    done = {entry["key"]: Outcome(entry["external_id"]) for entry in entries if entry["key"] in gone}
    return done | _change(ads, account, [entry for entry in entries if entry["key"] not in gone])


def _change_operation(entry: Entry) -> dict[str, Any]:
    body = {name: entry[name] for name in ("updateMask", "update", "remove") if name in entry}
    return {entry["operation"]: body}


def _send_end(ads: Ads, call: Call, account: Account, open_media: OpenMedia) -> Sent:
    """Switch the campaign off, and let today be its last day where it still may be one: nobody resumes it by accident."""
    (entry,) = call.request["operations"]
    today = timezone.now().astimezone(ZoneInfo(account.time_zone)).date()
    end = f"{today} 23:59:59"
    if _may_end(ads, account, entry["external_id"], end):
        entry = entry | {"updateMask": "status,endDateTime", "update": entry["update"] | {"endDateTime": end}}
    return _change(ads, account, [entry])


def _may_end(ads: Ads, account: Account, campaign_id: str, end: str) -> bool:
    """Say whether the campaign may get this end: it has begun by then, and does not end before."""
    fields = ("campaign.id", "campaign.start_date_time", "campaign.end_date_time")
    query = select(fields, "campaign", f"campaign.id IN {numbers([campaign_id])}")
    (found,) = ads.search_all(account, [query])
    row = found[0] if found else {}
    start, former = (str(dig(row, f"campaign.{name}") or "") for name in ("startDateTime", "endDateTime"))
    # Written the same way, earlier times sort first.
    return (not start or start <= end) and (not former or former > end)
