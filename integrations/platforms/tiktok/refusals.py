"""TikTok's errors in our words: code → kind, stable code, what to do, and the part of the draft they blame.

Codes: TikTok API for Business v1.3, "Return codes". A code says what kind of refusal it is; which field it is about
stands in the message alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from integrations.contracts import Level
from integrations.errors import ErrorKind, PlatformError, connection_expired
from stratum.redaction import redact, redact_text

LABEL = "TikTok"
MINUTE = 60.0


@dataclass(frozen=True)
class Blame:
    """What a request was about: its level and its draft path; `nodes` are the paths of several ads in their order."""

    level: Level
    node: str
    nodes: Sequence[str] = ()


@dataclass(frozen=True)
class _Meaning:
    kind: ErrorKind
    code: str
    advice: str = ""
    wait: float | None = None


_INVALID, _PERMISSION, _LIMITED = ErrorKind.INVALID, ErrorKind.PERMISSION, ErrorKind.RATE_LIMITED
_SLOW = "TikTok limits how often it may be asked. Nothing was created by this request; it goes on after a pause."
_EXPIRED = _Meaning(ErrorKind.AUTH, "TOKEN_EXPIRED")
_RETIRED = _Meaning(
    _INVALID,
    "API_VERSION_RETIRED",
    "This version of Stratum speaks in a way that TikTok's API no longer takes. Update Stratum.",
)
_APP = _Meaning(_PERMISSION, "APP_REFUSED", "An Admin must look at the app in TikTok's developer portal.")
_ACCOUNT = _Meaning(
    _PERMISSION,
    "PERMISSION_DENIED",
    "The connection does not reach this ad account. An Admin must reconnect TikTok and tick the account.",
)
_MEDIA = _Meaning(_INVALID, "MEDIA_REFUSED", "Choose another file.")
_REFETCH = _Meaning(ErrorKind.TRANSIENT, "PLATFORM_BUSY")

#: Code → meaning. Codes that are not listed are refusals (4xxxx) or faults (5xxxx).
_MEANINGS: dict[int, _Meaning] = {
    40001: _Meaning(
        _PERMISSION,
        "PERMISSION_DENIED",
        "The person who connected TikTok may not do this on the ad account, or the app lacks a permission. Give it in "
        "TikTok Ads Manager, or let an Admin reconnect TikTok.",
    ),
    40006: _RETIRED,
    40007: _Meaning(ErrorKind.GONE, "OBJECT_NOT_FOUND", "It was deleted."),
    40010: _RETIRED,
    40016: _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW),
    40050: _Meaning(ErrorKind.AMBIGUOUS, "DUPLICATE_REQUEST"),
    40051: _RETIRED,
    40100: _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW),
    40101: _Meaning(_INVALID, "APP_REFUSED", "An Admin must check TIKTOK_APP_ID and TIKTOK_APP_SECRET."),
    40102: _EXPIRED,
    40104: _EXPIRED,
    40105: _EXPIRED,
    40106: _EXPIRED,
    40110: _Meaning(_INVALID, "CODE_REFUSED"),
    40113: _APP,
    40115: _Meaning(_INVALID, "CODE_REFUSED"),
    40118: _Meaning(
        _PERMISSION, "FEATURE_NOT_ALLOWED", "TikTok gives this to chosen accounts only. Ask your TikTok representative."
    ),
    40124: _APP,
    40125: _APP,
    40133: _Meaning(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW),
    40200: _REFETCH,
    40201: _REFETCH,
    40202: _REFETCH,
    40300: _ACCOUNT,
    40301: _ACCOUNT,
    40502: _Meaning(_INVALID, "TOO_MANY_ADS", "Delete ads that are no longer needed in TikTok Ads Manager."),
    40901: _Meaning(ErrorKind.TRANSIENT, "MEDIA_PROCESSING"),
    40902: _REFETCH,
    40903: _REFETCH,
    # Every upload goes under a name of its own, so the next one passes.
    40911: _REFETCH,
    40913: _REFETCH,
    41001: _RETIRED,
    41002: _RETIRED,
    60001: _Meaning(ErrorKind.TRANSIENT, "PLATFORM_MAINTENANCE"),
}
_FILES = range(40900, 40916)
_FAULTS = frozenset({40700, 51305})

_TARGETING, _BUDGET, _SCHEDULE = "INVALID_TARGETING", "INVALID_BUDGET", "INVALID_SCHEDULE"
_CREATIVE, _ASSET, _DECLARATION = "INVALID_CREATIVE", "INVALID_ASSET", "INVALID_DECLARATION"

#: Level → field of TikTok's → (draft path, code). A path that begins with a point continues the object's own.
_FIELDS: dict[Level, dict[str, tuple[str, str]]] = {
    Level.CAMPAIGN: {
        "campaign_name": (".name", "INVALID_NAME"),
        "objective_type": (".objective", "INVALID_OBJECTIVE"),
        "budget": (".budget.amount", _BUDGET),
        "budget_mode": (".budget.type", _BUDGET),
        "budget_optimize_on": (".budget.amount", _BUDGET),
        "special_industries": (".declarations.special_ad_categories", _DECLARATION),
    },
    Level.AD_SET: {
        "adgroup_name": (".name", "INVALID_NAME"),
        "budget": (".budget", _BUDGET),
        "budget_mode": (".budget", _BUDGET),
        "schedule_start_time": ("campaign.schedule.start", _SCHEDULE),
        "schedule_end_time": ("campaign.schedule.end", _SCHEDULE),
        "schedule_type": ("campaign.schedule.end", _SCHEDULE),
        "location_ids": (".targeting.locations", _TARGETING),
        "age_groups": (".targeting.age_min", _TARGETING),
        "gender": (".targeting.genders", _TARGETING),
        "languages": (".targeting.languages", _TARGETING),
        "interest_category_ids": (".targeting.interests", _TARGETING),
        "optimization_goal": (".optimization", "INVALID_OPTIMIZATION"),
        "billing_event": (".optimization", "INVALID_OPTIMIZATION"),
        "promotion_type": ("campaign.objective", "INVALID_OBJECTIVE"),
        "pixel_id": ("campaign.assets.pixel", _ASSET),
        "optimization_event": ("campaign.assets.conversion_event", _ASSET),
    },
    Level.AD: {
        "ad_name": (".name", "INVALID_NAME"),
        "ad_text": (".creative.primary_text", _CREATIVE),
        "call_to_action": (".creative.call_to_action", _CREATIVE),
        "landing_page_url": (".creative.link_url", _CREATIVE),
        "image_ids": (".creative.media", _CREATIVE),
        "video_id": (".creative.media", _CREATIVE),
        "ad_format": (".creative.type", _CREATIVE),
        "music_id": ("campaign.assets.music", _ASSET),
        "identity_id": ("campaign.assets.identity", _ASSET),
        "identity_type": ("campaign.assets.identity", _ASSET),
        "identity_authorized_bc_id": ("campaign.assets.identity", _ASSET),
        "dark_post_status": ("campaign.assets.identity", _ASSET),
    },
    Level.MEDIA: {},
}
#: Messages that name no field, by what they say: level → (pattern, draft path, code).
_SAYINGS: dict[Level, tuple[tuple[re.Pattern[str], str, str], ...]] = {
    Level.AD: (
        (re.compile(r"(?i)upload an image|cover"), ".creative.media", _CREATIVE),
        (re.compile(r"(?i)incorrect source field|identity"), "campaign.assets.identity", _ASSET),
    ),
}
_NAME_TAKEN = re.compile(r"(?i)name\b.*\balready exists|duplicate\b.*\bname")
_POSITION = re.compile(r"creatives?[.\[](\d+)")


def translate(status: int, body: Any, *, is_write: bool, blame: Blame | None = None) -> PlatformError:
    """Turn an answer that is no success into a PlatformError; `body` is parsed JSON, or the text if it was none."""
    code = body.get("code") if isinstance(body, Mapping) else None
    if not isinstance(body, Mapping) or not isinstance(code, int):
        return _without_code(status, body, is_write=is_write)
    meaning = _meaning(code)
    if meaning is None and (_is_fault(code) or code in (0, 20001)):
        return unclear(is_write=is_write, status=status, raw=body, trace_id=_trace(body))
    if meaning is not None and meaning.kind is ErrorKind.AUTH:
        return _finished(connection_expired(LABEL), status, body)
    return _finished(_refusal(code, body, meaning, is_write=is_write, blame=blame), status, body)


def unreadable(status: int, body: Any, *, is_write: bool) -> PlatformError:
    """The error for an answer that is not what TikTok answers: HTML, half a JSON, no id."""
    return unclear(is_write=is_write, status=status, raw=body, trace_id=_trace(body))


def unclear(*, is_write: bool, status: int | None, raw: Any, trace_id: str) -> PlatformError:
    """The error for an answer that does not say what was done: after a write, something may have been."""
    kind, message = ErrorKind.TRANSIENT, "TikTok could not answer at the moment. Try again in a few minutes."
    if is_write:
        kind = ErrorKind.AMBIGUOUS
        message = "TikTok failed while it worked on this, so it is not known what it did."
    return PlatformError(kind, "PLATFORM_ERROR", message, http_status=status, trace_id=trace_id, raw=redact(raw))


def _without_code(status: int, body: Any, *, is_write: bool) -> PlatformError:
    if status == 429:
        return PlatformError(_LIMITED, "RATE_LIMIT_EXCEEDED", _SLOW, retry_after=MINUTE, http_status=status)
    if status in (404, 405):
        message = "TikTok does not know this address. Correct the address in the settings, or update Stratum."
        return PlatformError(_INVALID, "API_VERSION_RETIRED", message, http_status=status, raw=redact(body))
    return unreadable(status, body, is_write=is_write)


def _meaning(code: int) -> _Meaning | None:
    return _MEANINGS.get(code) or (_MEDIA if code in _FILES else None)


def _is_fault(code: int) -> bool:
    return code in _FAULTS or 50_000 <= code < 60_000


def _refusal(
    code: int, body: Mapping[str, Any], meaning: _Meaning | None, *, is_write: bool, blame: Blame | None
) -> PlatformError:
    said = str(body.get("message") or "")
    if meaning is None and is_write and _NAME_TAKEN.search(said):
        # Every request carries an id that lets names repeat, so this is our own object of a moment ago.
        meaning = _MEANINGS[40050]
    if meaning is not None and meaning.kind is ErrorKind.AMBIGUOUS:
        message = "TikTok has seen this request before, so it is looked up what became of it."
        kind = ErrorKind.AMBIGUOUS if is_write else ErrorKind.TRANSIENT
        return PlatformError(kind, meaning.code, message)
    if meaning is not None and meaning.kind is _LIMITED:
        return PlatformError(_LIMITED, meaning.code, meaning.advice, retry_after=_pause(said))
    path, blamed_code = _blamed(said, blame)
    if meaning is None:
        return PlatformError(_INVALID, blamed_code or "PLATFORM_REFUSED", _sentence(said), path)
    message = " ".join(part for part in (_sentence(said), meaning.advice) if part)
    return PlatformError(meaning.kind, meaning.code, message, path)


def _pause(said: str) -> float:
    """Return how many seconds to wait: TikTok sends no hint but the name of the limit, by second, minute or day."""
    text = said.lower()
    if "qpd" in text or "day" in text or "daily" in text:
        return _until_midnight_utc()
    if "qpm" in text or "minute" in text:
        return 5 * MINUTE
    return 1.5 if "qps" in text or "second" in text else MINUTE


def _until_midnight_utc() -> float:
    now = timezone.now().astimezone(UTC)
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
    return (midnight - now).total_seconds()


def _sentence(said: str) -> str:
    text = redact_text(said.strip()) or "TikTok refused this without saying why"
    if text.split()[0].isalpha():
        # What begins with the name of a field stays as TikTok wrote it.
        text = f"{text[0].upper()}{text[1:]}"
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _blamed(said: str, blame: Blame | None) -> tuple[str, str]:
    """Return draft path and code for the first field of TikTok's that the message names; the object's own path if none."""
    if blame is None:
        return "", ""
    node = _node(said, blame)
    fields = _FIELDS.get(blame.level, {})
    named = next((fields[word] for word in re.findall(r"[a-z_]+", said) if word in fields), None)
    if named is None:
        sayings = _SAYINGS.get(blame.level, ())
        named = next(((path, code) for pattern, path, code in sayings if pattern.search(said)), None)
    if named is None:
        return node, ""
    path, code = named
    if not path.startswith("."):
        return path, code
    is_of_several = bool(blame.nodes) and node == blame.node
    return node if is_of_several else f"{node}{path}", code


def _node(said: str, blame: Blame) -> str:
    """Return the ad a message speaks of, where it counts them; what was sent as a whole otherwise."""
    position = _POSITION.search(said)
    if position and int(position[1]) < len(blame.nodes):
        return blame.nodes[int(position[1])]
    return blame.nodes[0] if len(blame.nodes) == 1 else blame.node


def _finished(error: PlatformError, status: int, raw: Mapping[str, Any]) -> PlatformError:
    error.http_status, error.raw = status, redact(dict(raw))
    error.trace_id = _trace(raw)
    return error


def _trace(body: Any) -> str:
    return str(body.get("request_id") or "") if isinstance(body, Mapping) else ""
