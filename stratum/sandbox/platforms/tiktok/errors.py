"""TikTok's envelope and return codes (TikTok API for Business v1.3, "Return codes")."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

INVALID = 40002


class TikTokError(Exception):
    """A refusal: HTTP says 200, the code says no, and the message alone names the field."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class NoSuchAddressError(Exception):
    """The request does not reach the API's logic: no such path, or not with this method."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


def envelope(data: Any, code: int = 0, message: str = "OK") -> dict[str, Any]:
    return {"code": code, "message": message, "request_id": request_id(), "data": data}


def request_id() -> str:
    """The log id of an answer: when, and something random."""
    return f"{timezone.now():%Y%m%d%H%M%S}{uuid.uuid4().hex[:20].upper()}"


def field(name: str, problem: str) -> TikTokError:
    """40002 about one field."""
    return TikTokError(INVALID, f"{name}: {problem}")


def missing(name: str) -> TikTokError:
    return field(name, "Missing data for required field.")


def no_such(what: str, external_id: str) -> TikTokError:
    return TikTokError(40007, f"{what} {external_id} does not exist")


def no_permission(message: str = "No permission to operate") -> TikTokError:
    return TikTokError(40001, message)


def throttled(limit: str) -> TikTokError:
    return TikTokError(40100, f"Too many requests. Please retry in some time. The limit is {limit}.")


def token_missing() -> TikTokError:
    return TikTokError(40104, "Access token is empty in the header")


def token_unknown() -> TikTokError:
    return TikTokError(40105, "Access token is incorrect or has been revoked")


def token_expired() -> TikTokError:
    return TikTokError(40102, "Access token has expired")
