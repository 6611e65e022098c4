"""Snapchat's two kinds of refusal: of a whole request, and of one object in a request that is answered with success."""

from __future__ import annotations

from typing import Any

from stratum.sandbox import ids

BAD_PARAMETER = "E1001"
NOT_FOUND = "E3003"


class Refused(Exception):
    """A request that is refused as a whole."""

    def __init__(self, status: int, code: str, message: str, display: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.display = status, code, display or message

    def body(self, request_id: str) -> dict[str, Any]:
        written = {
            "request_status": "ERROR",
            "request_id": request_id,
            "debug_message": str(self),
            "display_message": self.display,
        }
        return written | ({"error_code": self.code} if self.code else {})


class Fault(Exception):
    """One object that is refused, with the code Snapchat puts before the reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code

    def entry(self, singular: str) -> dict[str, Any]:
        """The object's place in the answer. The object itself is not echoed, as it often is not."""
        reason = f"{self.code}: {self}"
        return {"sub_request_status": "ERROR", "sub_request_error_reason": reason, singular: {}}


def request_id() -> str:
    return ids.opaque(90, "5f").lower()


def bad_parameter(message: str) -> Fault:
    return Fault(BAD_PARAMETER, message)


def bad_request(message: str) -> Refused:
    return Refused(400, BAD_PARAMETER, message, "Bad request parameter.")


def not_found(what: str) -> Refused:
    return Refused(404, NOT_FOUND, f"Entity {what} not found", "Resource can not be found")


def no_token() -> Refused:
    return Refused(401, "", "Unauthorized: no access token", "Authentication is required.")


def bad_token() -> Refused:
    return Refused(401, "", "Unauthorized: invalid access token", "The access token is not valid.")


def expired_token() -> Refused:
    return Refused(401, "", "Unauthorized: access token expired", "The access token has expired.")


def no_permission(message: str) -> Refused:
    return Refused(403, "", f"Forbidden: {message}", "You do not have permission to do this.")


def throttled() -> Refused:
    return Refused(429, "", "Too many requests", "Rate limit exceeded. Please slow down.")


def too_many_uploads() -> Refused:
    return Refused(400, "E3002", "Too many uploads at the same time for this ad account", "Please retry the upload.")


def for_http_status(status: int) -> Refused:
    """The usual error behind an HTTP status."""
    match status:
        case 401:
            return expired_token()
        case 403:
            return no_permission("the member has no role here")
        case 404:
            return not_found("unknown")
        case 429:
            return throttled()
        case _ if status >= 500:
            return Refused(status, "", "Internal server error", "Something went wrong. Please try again.")
    return Refused(status, BAD_PARAMETER, "Bad request", "Bad request parameter.")
