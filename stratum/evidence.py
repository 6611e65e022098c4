"""What makes the audit trail tamper-evident.

Each event carries a signature over what it says, made with a key that the database does not hold: a row that was changed,
or written past the product, has none that fits. Each seal signs its event's id and signature and the seal before it: a row
that was deleted, moved or exchanged breaks the chain at that place.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

from django.conf import settings


class Said(Protocol):
    """What an event says; its id is not part of it, because it is known only after the row was written."""

    at: datetime
    actor_id: int | None
    code: str
    subject: str
    data: Any


def sign(event: Said) -> str:
    """Return the event's signature: HMAC-SHA256 with the first key, 64 hexadecimal digits."""
    return _mac(_keys()[0], _content(event))


def is_genuine(event: Said, signature: str) -> bool:
    """Say whether the signature was made by this installation for exactly this content; any of the keys will do."""
    content = _content(event)
    return any(hmac.compare_digest(_mac(key, content), signature) for key in _keys())


def seal(previous: str, position: int, event_id: int, signature: str) -> str:
    """Return the hash of the seal that puts this event at this position, after the seal with the hash `previous`."""
    return _mac(_keys()[0], _link(previous, position, event_id, signature))


def fits(digest: str, previous: str, position: int, event_id: int, signature: str) -> bool:
    """Say whether the digest is the seal of exactly this event at this position after that seal."""
    link = _link(previous, position, event_id, signature)
    return any(hmac.compare_digest(_mac(key, link), digest) for key in _keys())


def _keys() -> list[bytes]:
    # Derived, so that no signature of this trail is one of anything else that the same secret signs.
    return [_derived(key) for key in settings.AUDIT_KEYS or [settings.SECRET_KEY]]


def _derived(key: str) -> bytes:
    return hashlib.sha256(b"stratum.audit:" + key.encode()).digest()


def _mac(key: bytes, text: bytes) -> str:
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def _link(previous: str, position: int, event_id: int, signature: str) -> bytes:
    return json.dumps([previous, position, event_id, signature]).encode()


def _content(event: Said) -> bytes:
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [at, event.actor_id, event.code, event.subject, _plain(event.data)]
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    """Return JSON in one form for what a database may give back in several: 1e16 is 10000000000000000 on PostgreSQL."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return f"={value}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"#{Decimal(str(value)).normalize() if value else 0:f}"
    return value
