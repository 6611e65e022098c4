"""Google's errors in our words. One refusal may name many faults, each at an operation of the request: none is dropped.

Reference: Google Ads API v26, GoogleAdsFailure, "Understand API errors"; google.rpc.Status, google.rpc.ErrorInfo.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from integrations.errors import ErrorKind, PlatformError, connection_expired
from integrations.platforms.google.meanings import FIELDS, MEANINGS, REASONS, STATUSES, Meaning
from stratum.redaction import redact

LABEL = "Google Ads"
#: Follows from a parent's error and says nothing itself.
_ECHO = ("newResourceCreationError", "TEMP_ID_RESOURCE_HAD_ERRORS")
_MOST_TOLD = 4
#: When several faults come together, the first of these kinds decides what is done.
_GRAVITY = (
    ErrorKind.AUTH,
    ErrorKind.AMBIGUOUS,
    ErrorKind.RATE_LIMITED,
    ErrorKind.PERMISSION,
    ErrorKind.GONE,
    ErrorKind.INVALID,
    ErrorKind.TRANSIENT,
)


@dataclass(frozen=True)
class Place:
    """Where an operation of a request comes from: the step's key, the draft path, and the operation's name."""

    key: str
    node: str
    operation: str


@dataclass(frozen=True)
class Fault:
    """One error of a GoogleAdsFailure. `index` is the operation's place in the request, None if it names none."""

    category: str
    value: str
    message: str
    index: int | None
    fields: tuple[str, ...]
    details: Mapping[str, Any]

    @property
    def meaning(self) -> Meaning | None:
        return MEANINGS.get((self.category, self.value)) or MEANINGS.get((self.category, None))


def translate(status: int, body: Any, headers: Mapping[str, str], *, is_write: bool) -> PlatformError:
    """Turn an answer that is no success into one PlatformError; `body` is parsed JSON, or None if it was none."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        if status == 429:
            return _finished(_of_meaning(STATUSES["RESOURCE_EXHAUSTED"], ""), status, body, headers)
        return unreadable(status, body, is_write=is_write)
    faults = faults_of(error)
    found = _of_faults(faults, is_write=is_write) if faults else _of_status(status, error, is_write=is_write)
    return _finished(found, status, {"error": dict(error)}, headers)


def unreadable(status: int, body: Any, *, is_write: bool) -> PlatformError:
    """The error for an answer that is not what Google answers: HTML, half a JSON, no results."""
    error = _unclear(is_write=is_write)
    error.http_status, error.raw = status, redact(body)
    return error


def spread(error: PlatformError, places: Sequence[Place]) -> dict[str, PlatformError]:
    """Return the error of each step of a refused mutate: its own faults, or that it was not carried out with the rest.

    A mutate is atomic. What makes the whole of it unclear, or names no operation, is the error of every step.
    """
    keys = list(dict.fromkeys(place.key for place in places))
    raw = error.raw.get("error") if isinstance(error.raw, Mapping) else None
    faults = faults_of(raw) if isinstance(raw, Mapping) else []
    placed = [fault for fault in faults if fault.index is not None and fault.index < len(places)]
    if error.kind not in (ErrorKind.INVALID, ErrorKind.PERMISSION, ErrorKind.GONE) or len(placed) < len(faults):
        return dict.fromkeys(keys, error)
    by_key: dict[str, list[PlatformError]] = {}
    for fault in placed:
        place = places[fault.index or 0]
        by_key.setdefault(place.key, []).append(_placed(fault, place))
    if not by_key:
        return dict.fromkeys(keys, error)
    return {key: _joined(by_key[key], error) if key in by_key else _not_carried_out() for key in keys}


def faults_of(error: Mapping[str, Any]) -> list[Fault]:
    """Return what a google.rpc.Status holds of Google Ads errors, echoes of a parent's error left out."""
    found = [_fault(item) for detail in _details(error) for item in _list(detail.get("errors"))]
    return [fault for fault in found if (fault.category, fault.value) != _ECHO] or found


# One answer, one error ----------------------------------------------------------------------------------------------


def _of_faults(faults: Sequence[Fault], *, is_write: bool) -> PlatformError:
    errors = [_of_fault(fault) for fault in faults]
    gravest = min(errors, key=lambda error: _GRAVITY.index(error.kind))
    if gravest.code == "PLATFORM_ERROR":
        return _unclear(is_write=is_write)
    if gravest.kind is ErrorKind.AUTH:
        return connection_expired(LABEL)
    alike = [error for error in errors if error.kind is gravest.kind]
    return replace(gravest, message=_told([error.message for error in alike]))


def _of_fault(fault: Fault) -> PlatformError:
    meaning = fault.meaning or Meaning(ErrorKind.INVALID, "PLATFORM_REFUSED")
    error = _of_meaning(meaning, "" if meaning.kind is ErrorKind.RATE_LIMITED else _said(fault))
    if meaning.kind is ErrorKind.RATE_LIMITED:
        error.retry_after = _retry_delay(fault) or meaning.wait
    return error


def _of_meaning(meaning: Meaning, said: str) -> PlatformError:
    message = " ".join(part for part in (said, meaning.advice) if part) or "Google refused this without saying why."
    return PlatformError(meaning.kind, meaning.code, message, meaning.path, retry_after=meaning.wait)


def _of_status(status: int, error: Mapping[str, Any], *, is_write: bool) -> PlatformError:
    reasons = [str(detail.get("reason", "")) for detail in _details(error)]
    meaning = next((REASONS[reason] for reason in reasons if reason in REASONS), None)
    meaning = meaning or STATUSES.get(str(error.get("status", "")))
    if meaning is None and status == 401:
        meaning = STATUSES["UNAUTHENTICATED"]
    if meaning is None:
        return _unclear(is_write=is_write)
    if meaning.kind is ErrorKind.AUTH:
        return connection_expired(LABEL)
    found = _of_meaning(meaning, "" if meaning.kind is ErrorKind.RATE_LIMITED else _sentence(error.get("message")))
    found.retry_after = _retry_info(error) or meaning.wait
    return found


def _unclear(*, is_write: bool) -> PlatformError:
    if is_write:
        return PlatformError(
            ErrorKind.AMBIGUOUS,
            "PLATFORM_ERROR",
            "Google failed while it worked on this, so it is not known what it did.",
        )
    return PlatformError(
        ErrorKind.TRANSIENT, "PLATFORM_ERROR", "Google could not answer at the moment. Try again in a few minutes."
    )


def _finished(error: PlatformError, status: int, raw: Any, headers: Mapping[str, str]) -> PlatformError:
    error.http_status, error.raw = status, redact(raw)
    error.trace_id = str(headers.get("request-id") or _request_id(raw))
    return error


# One fault, one step ------------------------------------------------------------------------------------------------


def _placed(fault: Fault, place: Place) -> PlatformError:
    """Return the fault as its step's error, with the draft path that Google's field stands for."""
    error = _of_fault(fault)
    known = FIELDS.get(place.operation, {})
    named = next((known[field] for field in reversed(fault.fields) if field in known), None)
    if named is not None:
        path, code = named
        error.path = f"{place.node}{path}" if path.startswith(".") else path
        if error.code == "PLATFORM_REFUSED":
            error.code = code
    else:
        error.path = error.path or place.node
    return error


def _joined(errors: Sequence[PlatformError], whole: PlatformError) -> PlatformError:
    first = min(errors, key=lambda error: _GRAVITY.index(error.kind))
    message = _told([error.message for error in errors])
    return replace(first, message=message, http_status=whole.http_status, raw=whole.raw, trace_id=whole.trace_id)


def _not_carried_out() -> PlatformError:
    message = "This was not carried out, because Google refused another part of the same request."
    return PlatformError(ErrorKind.TRANSIENT, "NOT_CARRIED_OUT", message)


def _told(messages: Sequence[str]) -> str:
    each = list(dict.fromkeys(messages))
    more = len(each) - _MOST_TOLD
    return " ".join(each[:_MOST_TOLD]) + (f" And {more} more." if more > 0 else "")


def _said(fault: Fault) -> str:
    """Return Google's own sentence, with what its details add: policy topics, the least budget."""
    parts = [_sentence(fault.message)]
    topics = [str(entry.get("topic", "")) for entry in _policy_entries(fault.details)]
    named = [*topics, str(_mapping(fault.details.get("policyViolationDetails")).get("externalPolicyName") or "")]
    if any(named):
        parts.append(f"Policy: {', '.join(filter(None, named))}.")
    least = _mapping(fault.details.get("budgetPerDayMinimumErrorDetails"))
    if least.get("budgetPerDayMinimumMicros"):
        amount = int(least["budgetPerDayMinimumMicros"]) / 1_000_000
        parts.append(f"The least is {amount:.2f} {least.get('currencyCode', '')} a day.")
    return " ".join(parts)


def _sentence(text: Any) -> str:
    said = re.sub(r"\s+", " ", str(text or "")).strip()
    return said if not said or said.endswith((".", "!", "?")) else f"{said}."


def _policy_entries(details: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return _list(_mapping(details.get("policyFindingDetails")).get("policyTopicEntries"))


# Reading Google's shapes --------------------------------------------------------------------------------------------


def _fault(item: Mapping[str, Any]) -> Fault:
    code = _mapping(item.get("errorCode"))
    category, value = next(iter(code.items()), ("", ""))
    elements = _list(_mapping(item.get("location")).get("fieldPathElements"))
    names = tuple(str(element.get("fieldName", "")) for element in elements)
    index = next((e.get("index") for e in elements if e.get("fieldName") in ("mutate_operations", "operations")), None)
    # Index 0 may be left out, as proto3 leaves out every zero.
    is_placed = bool(names) and names[0] in ("mutate_operations", "operations")
    return Fault(
        str(category),
        str(value),
        str(item.get("message", "")),
        int(index or 0) if is_placed else None,
        names,
        _mapping(item.get("details")),
    )


def _retry_delay(fault: Fault) -> float | None:
    return _seconds(_mapping(fault.details.get("quotaErrorDetails")).get("retryDelay"))


def _retry_info(error: Mapping[str, Any]) -> float | None:
    return next((wait for detail in _details(error) if (wait := _seconds(detail.get("retryDelay")))), None)


def _seconds(text: Any) -> float | None:
    """Read a duration as JSON writes it: "5s", "1.500s"."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)s", str(text or ""))
    return float(found[1]) if found else None


def _request_id(raw: Any) -> str:
    error = raw.get("error") if isinstance(raw, Mapping) else None
    details = _details(error) if isinstance(error, Mapping) else iter(())
    return next((str(detail["requestId"]) for detail in details if detail.get("requestId")), "")


def _details(error: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from _list(error.get("details"))


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
