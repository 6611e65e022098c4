"""Meta's errors in our words: code and subcode → kind, stable code, what to do, and the part of the draft they blame.

Codes: Graph API, "Handling errors", and Marketing API, "Error codes" (v26). HTTP status says little at Meta: nearly
every refusal is a 400, so the numbers in the body decide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.contracts import Level
from integrations.errors import ErrorKind, PlatformError, connection_expired
from integrations.platforms.meta import usage
from integrations.platforms.meta.usage import MINUTE
from stratum.redaction import redact, redact_text

LABEL = "Meta"
#: The code of all that Meta refuses of an ad set's audience.
INVALID_TARGETING = "INVALID_TARGETING"


@dataclass(frozen=True)
class Blame:
    """The object a request was about: its level and its draft path, to turn a field of Meta's into a path of ours."""

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
_DENIED = _Meaning(
    _PERMISSION,
    "PERMISSION_DENIED",
    "The person who connected Meta lacks a permission on this ad account or Page. Give it in Meta Business settings, "
    "or let an Admin reconnect Meta with a person who has it.",
)
_SLOW = "Meta limits how often it may be asked. Nothing was created by this request; it goes on after a pause."

#: (code, subcode) → meaning; None stands for every other subcode.
_MEANINGS: dict[tuple[int, int | None], _Meaning] = {
    (190, None): _Meaning(ErrorKind.AUTH, "TOKEN_EXPIRED"),
    (102, None): _Meaning(ErrorKind.AUTH, "TOKEN_EXPIRED"),
    (104, None): _Meaning(ErrorKind.AUTH, "TOKEN_EXPIRED"),
    # The token stays good: throwing it away would cost a reconnect for nothing.
    (190, 459): _Meaning(
        _PERMISSION,
        "PLATFORM_CHECKPOINT",
        "Meta wants the person who connected it to log in at facebook.com and pass a security check. Retry after that.",
    ),
    (4, None): _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW, 5 * MINUTE),
    (17, None): _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW, 5 * MINUTE),
    (32, None): _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW, 5 * MINUTE),
    (341, None): _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW, 15 * MINUTE),
    (613, None): _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW, MINUTE),
    (613, 5044001): _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW, 2.0),  # changes per second
    (3, None): _DENIED,
    (10, None): _DENIED,
    (368, None): _Meaning(
        _PERMISSION, "BLOCKED_BY_PLATFORM", "Meta has blocked this action. Open the account in Ads Manager to see why."
    ),
    (100, 33): _Meaning(ErrorKind.GONE, "OBJECT_NOT_FOUND", "It was deleted, or the connected person may not see it."),
    (100, 1885183): _Meaning(
        _PERMISSION, "APP_NOT_LIVE", "The Meta app is in development mode. An Admin must switch it to Live mode."
    ),
    (100, 1487694): _Meaning(
        _INVALID,
        INVALID_TARGETING,
        "Meta no longer offers one of the interests. Remove it.",
        path=".targeting.interests",
    ),
    (100, 1885364): _Meaning(_INVALID, INVALID_TARGETING, "Name at least one location.", path=".targeting.locations"),
    (100, 1870227): _Meaning(_INVALID, INVALID_TARGETING, path=".targeting"),
    (100, 1885621): _Meaning(_INVALID, "INVALID_BUDGET", path="campaign.budget.amount"),
    (100, 2490408): _Meaning(
        _INVALID, "INVALID_OPTIMIZATION", "Choose another optimization for this objective.", path=".optimization"
    ),
    (101, None): _Meaning(_INVALID, "APP_REFUSED", "An Admin must check META_APP_ID and META_APP_SECRET."),
    (506, None): _Meaning(_INVALID, "DUPLICATE_CONTENT", "Change the content."),
    (2635, None): _Meaning(
        _INVALID,
        "API_VERSION_RETIRED",
        "This version of Stratum speaks a retired version of Meta's API. Update Stratum.",
    ),
}

_TARGETING, _BUDGET, _SCHEDULE = INVALID_TARGETING, "INVALID_BUDGET", "INVALID_SCHEDULE"
_CREATIVE, _ASSET, _DECLARATION = "INVALID_CREATIVE", "INVALID_ASSET", "INVALID_DECLARATION"
_COMMON_FIELDS = {
    "name": (".name", "INVALID_NAME"),
    "start_time": ("campaign.schedule.start", _SCHEDULE),
    "end_time": ("campaign.schedule.end", _SCHEDULE),
    "page_id": ("campaign.assets.page", _ASSET),
    "pixel_id": ("campaign.assets.pixel", _ASSET),
}

#: Level → field of Meta's → (draft path, code). A path that begins with a point continues the object's own.
_FIELDS: dict[Level, dict[str, tuple[str, str]]] = {
    Level.CAMPAIGN: {
        "objective": (".objective", "INVALID_OBJECTIVE"),
        "daily_budget": (".budget.amount", _BUDGET),
        "lifetime_budget": (".budget.amount", _BUDGET),
        "special_ad_categories": (".declarations.special_ad_categories", _DECLARATION),
        "special_ad_category_country": (".declarations.special_ad_categories", _DECLARATION),
    },
    Level.AD_SET: {
        "targeting": (".targeting", _TARGETING),
        "targeting_spec": (".targeting", _TARGETING),
        "geo_locations": (".targeting.locations", _TARGETING),
        "excluded_geo_locations": (".targeting.excluded_locations", _TARGETING),
        "age_min": (".targeting.age_min", _TARGETING),
        "age_max": (".targeting.age_max", _TARGETING),
        "genders": (".targeting.genders", _TARGETING),
        "flexible_spec": (".targeting.interests", _TARGETING),
        "interests": (".targeting.interests", _TARGETING),
        "locales": (".targeting.languages", _TARGETING),
        "optimization_goal": (".optimization", "INVALID_OPTIMIZATION"),
        "billing_event": (".optimization", "INVALID_OPTIMIZATION"),
        "daily_budget": (".budget", _BUDGET),
        "lifetime_budget": (".budget", _BUDGET),
        "promoted_object": ("campaign.assets.pixel", _ASSET),
        "custom_event_type": ("campaign.assets.conversion_event", _ASSET),
        "dsa_beneficiary": ("campaign.declarations.dsa_beneficiary", _DECLARATION),
        "dsa_payor": ("campaign.declarations.dsa_payor", _DECLARATION),
    },
    Level.CREATIVE: {
        "link": (".link_url", _CREATIVE),
        "message": (".primary_text", _CREATIVE),
        "title": (".headlines", _CREATIVE),
        "description": (".descriptions", _CREATIVE),
        "link_description": (".descriptions", _CREATIVE),
        "call_to_action": (".call_to_action", _CREATIVE),
        "child_attachments": (".media", _CREATIVE),
        "image_hash": (".media", _CREATIVE),
        "image_url": (".media", _CREATIVE),
        "picture": (".media", _CREATIVE),
        "video_id": (".media", _CREATIVE),
        "object_story_spec": ("", _CREATIVE),
        "instagram_user_id": ("campaign.assets.instagram", _ASSET),
        "url_tags": ("campaign.url_tags", _CREATIVE),
    },
    Level.AD: {"creative": (".creative", _CREATIVE)},
    Level.MEDIA: {},
}
_UNSURE = {1, 2}  # "unknown" and "service": after a write, anybody's guess


def translate(
    status: int, body: Any, headers: Mapping[str, str], *, is_write: bool, blame: Blame | None = None
) -> PlatformError:
    """Turn an answer that is no success into a PlatformError; `body` is parsed JSON, or None if it was none."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        return _without_reason(status, body, is_write=is_write)
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    meaning = _meaning(code, subcode, status)
    if meaning is None and (code in _UNSURE or error.get("is_transient") is True or status >= 500):
        return _finished(_unclear(is_write=is_write), status, error)
    if meaning is not None and meaning.kind is ErrorKind.AUTH:
        return _finished(connection_expired(LABEL), status, error)
    return _finished(_refusal(error, meaning, headers, blame), status, error)


def unreadable(status: int, body: Any, *, is_write: bool) -> PlatformError:
    """The error for an answer that is not what Meta answers: HTML, half a JSON, no id."""
    error = _unclear(is_write=is_write)
    error.http_status, error.raw = status, redact(body)
    return error


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else None


def _meaning(code: int | None, subcode: int | None, status: int) -> _Meaning | None:
    if code is None:
        return None
    found = _MEANINGS.get((code, subcode)) or _MEANINGS.get((code, None))
    if found:
        return found
    if 80_000 <= code <= 80_099 or status == 429:  # limits per business use case; 80004 is ads management
        return _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW, 5 * MINUTE)
    if 200 <= code <= 299:
        return _DENIED
    return None


def _without_reason(status: int, body: Any, *, is_write: bool) -> PlatformError:
    if status == 429:
        return PlatformError(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW, retry_after=MINUTE, http_status=status)
    return unreadable(status, body, is_write=is_write)


def _unclear(*, is_write: bool) -> PlatformError:
    if is_write:
        return PlatformError(
            ErrorKind.AMBIGUOUS,
            "PLATFORM_ERROR",
            "Meta failed while it worked on this, so it is not known what it did.",
        )
    return PlatformError(
        ErrorKind.TRANSIENT, "PLATFORM_ERROR", "Meta could not answer at the moment. Try again in a few minutes."
    )


def _refusal(
    error: Mapping[str, Any], meaning: _Meaning | None, headers: Mapping[str, str], blame: Blame | None
) -> PlatformError:
    path, blamed_code = _blamed(error, blame)
    if meaning is None:
        return PlatformError(_INVALID, blamed_code or "PLATFORM_REFUSED", _said(error), path)
    if meaning.path and not path:
        path = _joined(blame.node if blame else "", meaning.path)
    if meaning.kind is _LIMITED:
        return PlatformError(
            _LIMITED, meaning.code, meaning.advice, retry_after=usage.regain_seconds(headers) or meaning.wait
        )
    message = " ".join(part for part in (_said(error), meaning.advice) if part)
    return PlatformError(meaning.kind, meaning.code, message, path)


def _said(error: Mapping[str, Any]) -> str:
    """Return Meta's own sentence, the one for people if there is one, without its number."""
    title, text = (str(error.get(name) or "").strip() for name in ("error_user_title", "error_user_msg"))
    if title and text and title.lower() != "invalid parameter" and not text.startswith(title):
        text = f"{title.rstrip('.')}: {text}"
    text = text or title or re.sub(r"^\(#\d+\)\s*", "", str(error.get("message") or "").strip())
    text = redact_text(text) or "Meta refused this without saying why"
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _blamed(error: Mapping[str, Any], blame: Blame | None) -> tuple[str, str]:
    """Return draft path and code for the innermost field Meta blames that we know; the object's own path if none."""
    if blame is None:
        return "", ""
    fields = _COMMON_FIELDS | _FIELDS[blame.level]
    spec = _blame_spec(error)
    for depth, name in reversed(list(enumerate(spec))):
        # Inside a creative `name` is the headline; at the top it is the object's name.
        found = (".headlines", _CREATIVE) if name == "name" and depth else fields.get(name)
        if found:
            return _joined(blame.node, found[0]), found[1]
    return blame.node, ""


def _blame_spec(error: Mapping[str, Any]) -> Sequence[str]:
    data = error.get("error_data")
    data = _json(data) if isinstance(data, str) else data  # Meta sends it either way
    specs = data.get("blame_field_specs") if isinstance(data, Mapping) else None
    first = specs[0] if isinstance(specs, list) and specs else []
    return [str(name) for name in (first if isinstance(first, list) else [first])]


def _joined(node: str, path: str) -> str:
    return f"{node}{path}" if path.startswith(".") or not path else path


def _finished(error: PlatformError, status: int, raw: Mapping[str, Any]) -> PlatformError:
    error.http_status, error.raw = status, redact({"error": dict(raw)})
    error.trace_id = str(raw.get("fbtrace_id") or "")
    return error
