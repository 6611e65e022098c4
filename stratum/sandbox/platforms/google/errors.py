"""The errors of the Google Ads API: google.rpc.Status around a GoogleAdsFailure (v26, "Error structure")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stratum.sandbox import ids

FAILURE = "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure"
Path = Sequence[tuple[str, int | None]]

_HTTP = {
    "authenticationError": (401, "UNAUTHENTICATED"),
    "authorizationError": (403, "PERMISSION_DENIED"),
    "quotaError": (429, "RESOURCE_EXHAUSTED"),
    "internalError": (500, "INTERNAL"),
}
_INVALID = (400, "INVALID_ARGUMENT")
_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class Fault(Exception):
    """One thing that is wrong: category and value of the error code, and where in the request."""

    def __init__(
        self,
        category: str,
        value: str,
        message: str,
        path: Path = (),
        *,
        trigger: str = "",
        details: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.category, self.value, self.message = category, value, message
        self.path, self.trigger, self.details = list(path), trigger, details or {}

    def below(self, *before: tuple[str, int | None]) -> Fault:
        """The same fault, seen from further outside."""
        return Fault(
            self.category, self.value, self.message, [*before, *self.path], trigger=self.trigger, details=self.details
        )

    def as_json(self) -> dict[str, Any]:
        written: dict[str, Any] = {"errorCode": {self.category: self.value}, "message": self.message}
        if self.trigger:
            written["trigger"] = {"stringValue": self.trigger}
        if self.path:
            elements = [{"fieldName": name} | ({} if i is None else {"index": i}) for name, i in self.path]
            written["location"] = {"fieldPathElements": elements}
        return written | ({"details": self.details} if self.details else {})


class Refusal(Exception):
    """A call that is refused, with all that is wrong."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].message)
        self.faults = faults

    @property
    def status(self) -> int:
        return _code(self.faults[0])[0]

    def body(self, request_id: str) -> dict[str, Any]:
        number, word = _code(self.faults[0])
        failure = {
            "@type": FAILURE,
            "errors": [fault.as_json() for fault in self.faults],
            "requestId": request_id,
        }
        message = {
            401: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
            "valid authentication credential.",
            403: "The caller does not have permission",
        }.get(number, "Request contains an invalid argument.")
        return {"error": {"code": number, "message": message, "status": word, "details": [failure]}}


class Plain(Exception):
    """A refusal from before the Google Ads API itself: no GoogleAdsFailure in it."""

    def __init__(self, status: int, message: str, details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.status, self.details = status, details or []

    def body(self, request_id: str) -> dict[str, Any]:
        error: dict[str, Any] = {
            "code": self.status,
            "message": str(self),
            "status": _STATUSES.get(self.status, "UNKNOWN"),
        }
        return {"error": error | ({"details": self.details} if self.details else {})}


def request_id() -> str:
    return ids.opaque(22)


def unknown_field(name: str, path: str) -> Plain:
    """How the JSON front end refuses a field that the message does not have."""
    where = f" at '{path}'" if path else ""
    return bad_value(path, f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.')


def bad_value(path: str, description: str) -> Plain:
    violation = {"field": path, "description": description}
    details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}]
    return Plain(400, description, details)


def required(name: str) -> Fault:
    return Fault("fieldError", "REQUIRED", "The required field was not present.", [(name, None)])


def too_long(name: str, limit: int, text: str, index: int | None = None) -> Fault:
    message = f"The specified string is too long: at most {limit}."
    return Fault("stringLengthError", "TOO_LONG", message, [(name, index)], trigger=text)


def not_found(name: str, resource: str) -> Fault:
    return Fault("mutateError", "RESOURCE_NOT_FOUND", "Resource was not found.", [(name, None)], trigger=resource)


def removed(name: str) -> Fault:
    return Fault(
        "operationAccessDeniedError",
        "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE",
        "The operation is not allowed on removed resources.",
        [(name, None)],
    )


def expired_token() -> Refusal:
    return Refusal(Fault("authenticationError", "OAUTH_TOKEN_EXPIRED", "OAuth token with the header is expired."))


def revoked_token() -> Refusal:
    return Refusal(Fault("authenticationError", "OAUTH_TOKEN_REVOKED", "OAuth token has been revoked."))


def invalid_token() -> Refusal:
    return Refusal(Fault("authenticationError", "OAUTH_TOKEN_INVALID", "OAuth token in the header is not valid."))


def no_permission() -> Refusal:
    message = (
        "User doesn't have permission to access customer. Note: If you're accessing a client customer, the manager's "
        "customer id must be set in the 'login-customer-id' header."
    )
    return Refusal(Fault("authorizationError", "USER_PERMISSION_DENIED", message))


def throttled(seconds: float, value: str = "RESOURCE_TEMPORARILY_EXHAUSTED") -> Refusal:
    details = {
        "quotaErrorDetails": {
            "rateScope": "DEVELOPER",
            "rateName": "Number of operations for basic access",
            "retryDelay": f"{seconds:g}s",
        }
    }
    return Refusal(
        Fault("quotaError", value, "Too many requests. Retry in a moment.", details=details if seconds else None)
    )


def for_http_status(status: int) -> Refusal | Plain:
    """The usual error behind an HTTP status."""
    match status:
        case 401:
            return expired_token()
        case 403:
            return no_permission()
        case 429:
            return throttled(5)
        case 500:
            return Refusal(Fault("internalError", "INTERNAL_ERROR", "An internal error has occurred."))
        case 503:
            return Plain(503, "The service is currently unavailable.")
        case 504:
            return Plain(504, "Deadline expired before operation could complete.")
    return Plain(status, "Request could not be processed.")


def _code(fault: Fault) -> tuple[int, str]:
    if (fault.category, fault.value) == ("databaseError", "CONCURRENT_MODIFICATION"):
        return 409, "ABORTED"
    return _HTTP.get(fault.category, _INVALID)
