"""What can go wrong at a platform, in nine kinds. The kind alone decides what the product does next."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ErrorKind(StrEnum):
    AUTH = "auth"  # the token is not accepted: refresh once, else a person must reconnect
    PERMISSION = "permission"  # the token is fine, the person behind it may not do this
    INVALID = "invalid"  # the platform refuses the content; the same request will be refused again
    RATE_LIMITED = "rate_limited"  # nothing was created; wait retry_after seconds
    TRANSIENT = "transient"  # nothing was created; the same request may succeed later
    AMBIGUOUS = "ambiguous"  # something may have been created: look before sending again
    GONE = "gone"  # the object does not exist any more


#: Kinds after which the same request may succeed without anybody changing anything.
RETRY_HELPS = frozenset({ErrorKind.RATE_LIMITED, ErrorKind.TRANSIENT, ErrorKind.AMBIGUOUS})


@dataclass
class PlatformError(Exception):
    """A platform's refusal or silence, in our words.

    `code` is stable and upper case (INVALID_TARGETING, TOKEN_EXPIRED). `message` is a sentence for a person.
    `path` is the draft path it blames, in the notation of integrations.draft, or empty. `retry_after` is in seconds.
    `raw` is the platform's own answer, redacted; `trace_id` is what the platform's support asks for.
    """

    kind: ErrorKind
    code: str
    message: str
    path: str = ""
    retry_after: float | None = None
    http_status: int | None = None
    trace_id: str = ""
    raw: Any = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    @property
    def retry_helps(self) -> bool:
        return self.kind in RETRY_HELPS


def refused(code: str, message: str, path: str) -> PlatformError:
    """The error for what a platform cannot be told, with the draft path that is to blame."""
    return PlatformError(ErrorKind.INVALID, code, message, path)


def connection_expired(label: str) -> PlatformError:
    """The error for a connection whose token the platform no longer takes."""
    return PlatformError(
        ErrorKind.AUTH,
        "TOKEN_EXPIRED",
        f"{label} no longer accepts our access. An Admin must reconnect {label} under Settings → Integrations.",
    )
