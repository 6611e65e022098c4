"""Snapchat's errors in our words: HTTP status and E-code → kind, stable code, what to do, the part of the draft they blame.

Snapchat refuses at two levels: a whole request, or one object of a request that was answered with success (Ads API v1,
"Errors"). It names no field in a way of its own, so fields are looked for in its sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.contracts import Level
from integrations.errors import ErrorKind, PlatformError, connection_expired
from stratum.redaction import redact, redact_text

LABEL = "Snapchat"
#: Snapchat names no pause; its limits are averages over seconds (20 requests a second per app, 10 per token).
PAUSE = 30.0
UPLOAD_PAUSE = 5.0
#: How the text about media that is still being processed goes (seen in clients' logs; it has no code of its own).
_NOT_READY = re.compile(r"hasn.t been uploaded yet|media .*not ready", re.IGNORECASE)
#: An object's refusal that speaks of Snapchat's own trouble, not of the object.
_OWN_TROUBLE = re.compile(r"internal (server )?error|unexpected error|time[d ]?out|try again later", re.IGNORECASE)
_CODE = re.compile(r"\bE\d{4,5}\b")


@dataclass(frozen=True)
class Blame:
    """The object a request was about: its level and its draft path, to turn a field of Snapchat's into a path of ours."""

    level: Level
    node: str


@dataclass(frozen=True)
class _Meaning:
    kind: ErrorKind
    code: str
    advice: str = ""
    wait: float | None = None
    path: str = ""


_INVALID, _PERMISSION, _LIMITED = ErrorKind.INVALID, ErrorKind.PERMISSION, ErrorKind.RATE_LIMITED
_SLOW = "Snapchat limits how often it may be asked. Nothing was created by this request; it goes on after a pause."
_DENIED = _Meaning(
    _PERMISSION,
    "PERMISSION_DENIED",
    "The person who connected Snapchat lacks a role on this ad account. Give it in Snap Business Manager, or let an Admin "
    "reconnect Snapchat with a person who has it.",
)
_GONE = _Meaning(ErrorKind.GONE, "OBJECT_NOT_FOUND", "It was deleted, or the connected person may not see it.")
_LIMIT = _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW, PAUSE)

#: Ads API v1, "Errors", and what clients report of codes that are not listed there.
_MEANINGS: dict[str, _Meaning] = {
    "E1001": _Meaning(_INVALID, "PLATFORM_REFUSED"),
    "E1008": _Meaning(_INVALID, "INVALID_CREATIVE", "The kind of ad does not fit its creative.", path=".creative"),
    "E2002": _Meaning(_INVALID, "PLATFORM_REFUSED"),
    "E2023": _Meaning(_INVALID, "PLATFORM_REFUSED", "This can no longer be changed at Snapchat."),
    "E2025": _Meaning(_INVALID, "PLATFORM_REFUSED"),
    "E2601": _Meaning(
        _INVALID, "MEDIA_REFUSED", "Use a file of 1080 × 1920 pixels, upright, within Snapchat's limits.", path=".media"
    ),
    "E2652": _Meaning(
        _INVALID,
        "INVALID_ASSET",
        "Every ad on Snapchat needs a public profile of the advertiser. Choose one.",
        path="campaign.assets.profile",
    ),
    "E2840": _Meaning(_INVALID, "INVALID_CREATIVE", path=".creative"),
    "E2841": _Meaning(_INVALID, "INVALID_CREATIVE", path=".creative"),
    "E21011": _Meaning(_INVALID, "INVALID_PLACEMENT"),
    "E39400": _Meaning(_INVALID, "INVALID_PLACEMENT"),
    "E3002": _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", "Snapchat takes few uploads at once. It goes on.", UPLOAD_PAUSE),
    "E3003": _GONE,
}
_BY_STATUS: dict[int, _Meaning] = {403: _DENIED, 404: _GONE, 429: _LIMIT}

_TARGETING, _BUDGET, _SCHEDULE = "INVALID_TARGETING", "INVALID_BUDGET", "INVALID_SCHEDULE"
_CREATIVE, _ASSET = "INVALID_CREATIVE", "INVALID_ASSET"
_COMMON_FIELDS = {
    "start_time": ("campaign.schedule.start", _SCHEDULE),
    "end_time": ("campaign.schedule.end", _SCHEDULE),
    "pixel_id": ("campaign.assets.pixel", _ASSET),
    "profile_id": ("campaign.assets.profile", _ASSET),
    "brand_name": ("campaign.assets.business_name", _CREATIVE),
}
#: Level → field of Snapchat's → (draft path, code). A path that begins with a point continues the object's own.
_FIELDS: dict[Level, dict[str, tuple[str, str]]] = {
    Level.CAMPAIGN: {
        "objective_v2_type": (".objective", "INVALID_OBJECTIVE"),
        "daily_budget_micro": (".budget.amount", _BUDGET),
        "lifetime_spend_cap_micro": (".budget.amount", _BUDGET),
        "regulations": (".declarations.special_ad_categories", "INVALID_DECLARATION"),
    },
    Level.AD_SET: {
        "country_code": (".targeting.locations", _TARGETING),
        "region_id": (".targeting.locations", _TARGETING),
        "geos": (".targeting.locations", _TARGETING),
        "min_age": (".targeting.age_min", _TARGETING),
        "max_age": (".targeting.age_max", _TARGETING),
        "gender": (".targeting.genders", _TARGETING),
        "languages": (".targeting.languages", _TARGETING),
        "interests": (".targeting.interests", _TARGETING),
        "category_id": (".targeting.interests", _TARGETING),
        "demographics": (".targeting", _TARGETING),
        "targeting": (".targeting", _TARGETING),
        "optimization_goal": (".optimization", "INVALID_OPTIMIZATION"),
        "conversion_window": (".optimization", "INVALID_OPTIMIZATION"),
        "daily_budget_micro": (".budget", _BUDGET),
        "lifetime_budget_micro": (".budget", _BUDGET),
        "delivery_constraint": (".budget", _BUDGET),
    },
    Level.CREATIVE: {
        "headline": (".headlines", _CREATIVE),
        "call_to_action": (".call_to_action", _CREATIVE),
        "web_view_properties": (".link_url", _CREATIVE),
        "url": (".link_url", _CREATIVE),
        "top_snap_media_id": (".media", _CREATIVE),
    },
    Level.AD: {"creative_id": (".creative", _CREATIVE)},
    Level.MEDIA: {},
}


def translate(
    status: int, body: Any, headers: Mapping[str, str], *, is_write: bool, blame: Blame | None = None
) -> PlatformError:
    """Turn the refusal of a whole request into a PlatformError; `body` is parsed JSON, or None if it was none."""
    said = body if isinstance(body, Mapping) else {}
    if status == 401:
        return _finished(connection_expired(LABEL), status, said)
    if status >= 500 or status == 408:
        return _finished(_unclear(is_write=is_write), status, said)
    meaning = _BY_STATUS.get(status) or _meaning(said)
    if meaning is None and not said:
        return unreadable(status, body, is_write=is_write)
    return _finished(_refusal(said, meaning, blame, _pause(headers)), status, said)


def of_object(
    entry: Mapping[str, Any], status: int, request_id: str, *, is_write: bool, blame: Blame | None = None
) -> PlatformError:
    """Turn the refusal of one object into a PlatformError, whatever was said about the request it came in."""
    text = " ".join(_sentences(entry))
    meaning = _meaning(entry)
    if meaning is None and (status >= 500 or _OWN_TROUBLE.search(text)):
        error = _unclear(is_write=is_write)
    elif _NOT_READY.search(text):
        error = media_processing()
    else:
        error = _refusal(entry, meaning, blame, None)
    return _finished(error, status, {"request_id": request_id, **entry})


def unreadable(status: int, body: Any, *, is_write: bool) -> PlatformError:
    """The error for an answer that is not what Snapchat answers: HTML, half a JSON, no id."""
    error = _unclear(is_write=is_write)
    error.http_status, error.raw = status, redact(body)
    return error


def media_processing() -> PlatformError:
    """The error for a file that Snapchat has, and cannot show yet."""
    message = "Snapchat is still processing the file. The ad is made as soon as that is done."
    return PlatformError(ErrorKind.TRANSIENT, "MEDIA_PROCESSING", message, retry_after=UPLOAD_PAUSE)


def media_not_shown() -> PlatformError:
    """The error for a file that Snapchat took and does not show: its reads lag behind, or somebody deleted it there."""
    message = (
        "Snapchat does not show a file that was uploaded. If somebody deleted it there, roll back and publish anew."
    )
    return PlatformError(ErrorKind.TRANSIENT, "MEDIA_NOT_SHOWN", message, retry_after=UPLOAD_PAUSE)


def _unclear(*, is_write: bool) -> PlatformError:
    if is_write:
        message = "Snapchat failed while it worked on this, so it is not known what it did."
        return PlatformError(ErrorKind.AMBIGUOUS, "PLATFORM_ERROR", message)
    message = "Snapchat could not answer at the moment. Try again in a few minutes."
    return PlatformError(ErrorKind.TRANSIENT, "PLATFORM_ERROR", message)


def _meaning(said: Mapping[str, Any]) -> _Meaning | None:
    if str(said.get("sub_request_status", "")).upper() == "RATE_LIMIT_EXCEEDED":
        return _LIMIT
    codes = [str(said.get("error_code") or ""), *_CODE.findall(" ".join(_sentences(said)))]
    return next((_MEANINGS[code] for code in codes if code in _MEANINGS), None)


def _refusal(
    said: Mapping[str, Any], meaning: _Meaning | None, blame: Blame | None, pause: float | None
) -> PlatformError:
    if meaning is not None and meaning.kind is _LIMITED:
        return PlatformError(_LIMITED, meaning.code, meaning.advice, retry_after=pause or meaning.wait)
    path, blamed_code = _blamed(said, blame)
    text = _sentence(said)
    if meaning is None:
        return PlatformError(_INVALID, blamed_code or "PLATFORM_REFUSED", text, path)
    if meaning.path:
        path = _joined(blame.node if blame else "", meaning.path)
    code = blamed_code if blamed_code and meaning.code == "PLATFORM_REFUSED" else meaning.code
    return PlatformError(meaning.kind, code, f"{text} {meaning.advice}".strip(), path)


def _sentences(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is said in words, the words for people first. Which of these is there varies from answer to answer."""
    inner = said.get("error")
    listed = said.get("errors")
    nested = [inner, *(listed if isinstance(listed, list) else [])]
    for part in (said, *(part for part in nested if isinstance(part, Mapping))):
        for name in ("display_message", "sub_request_error_reason", "message", "debug_message", "error_type"):
            if part.get(name):
                yield str(part[name])


def _sentence(said: Mapping[str, Any]) -> str:
    """Return Snapchat's own sentence, without its number; with the one for engineers where that says more."""
    texts = list(dict.fromkeys(_CODE.sub("", text).strip(" :-") for text in _sentences(said)))
    shown = [text for text in texts if text and not any(text != other and text in other for other in texts)]
    text = redact_text(" – ".join(shown[:2])) or "Snapchat refused this without saying why"
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _blamed(said: Mapping[str, Any], blame: Blame | None) -> tuple[str, str]:
    """Return draft path and code for the first field of ours that Snapchat mentions; the object's own path if none."""
    if blame is None:
        return "", ""
    fields = _COMMON_FIELDS | _FIELDS[blame.level]
    mentioned = re.findall(r"[a-z0-9_]+", " ".join(_sentences(said)).lower())
    for name in mentioned:
        if "_" in name and name in fields:
            return _joined(blame.node, fields[name][0]), fields[name][1]
    for name in mentioned:  # words of everyday language count only where no field's own name is there
        if name in fields:
            return _joined(blame.node, fields[name][0]), fields[name][1]
    return blame.node, ""


def _joined(node: str, path: str) -> str:
    return f"{node}{path}" if path.startswith(".") or not path else path


def _pause(headers: Mapping[str, str]) -> float | None:
    """Return the pause a header names, in seconds; Snapchat documents none, but a server in between may send one."""
    text = headers.get("retry-after", "")
    return float(text) if re.fullmatch(r"\d{1,5}", text) else None


def _finished(error: PlatformError, status: int, raw: Mapping[str, Any]) -> PlatformError:
    error.http_status, error.raw = status, redact(dict(raw))
    error.trace_id = str(raw.get("request_id") or "")
    return error
