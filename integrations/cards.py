"""What the Integrations page, and its JSON, say about each platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations import expiry, oauth, platforms, signals
from integrations.fields import Undecryptable
from integrations.models import Connection
from integrations.signals import Note

Status = Connection.Status


@dataclass(frozen=True)
class Card:
    """One platform: `title` is its full name, `label` its short one."""

    platform: str
    title: str
    label: str
    is_available: bool
    connection: Connection | None = None
    missing_variables: list[str] = field(default_factory=list)
    is_readable: bool = True
    note: Note | None = None

    @property
    def status(self) -> str:
        return self.connection.status if self.connection else Status.DISCONNECTED

    @property
    def is_connected(self) -> bool:
        return self.status == Status.CONNECTED

    @property
    def was_connected(self) -> bool:
        return self.connection is not None and bool(self.connection.external_user_id)

    @property
    def needs_reconnect(self) -> bool:
        return self.status == Status.NEEDS_RECONNECT or not self.is_readable

    @property
    def can_connect(self) -> bool:
        return self.is_available and not self.missing_variables

    @property
    def ends_at(self) -> datetime | None:
        return self.connection.ends_at if self.connection and self.is_connected else None

    @property
    def ends_soon(self) -> bool:
        return self.ends_at is not None and expiry.days_left(self.ends_at) <= max(expiry.WARN_DAYS)

    @property
    def is_settled(self) -> bool:
        """Nobody needs to connect or reconnect it at present."""
        return self.is_connected and self.is_readable and not self.ends_soon

    @property
    def disconnect_title(self) -> str:
        return f"Disconnect {self.label}?"

    @property
    def json(self) -> dict[str, Any]:
        connection = self.connection
        return {
            "platform": self.platform,
            "label": self.title,
            "available": self.is_available,
            "configured": self.can_connect,
            "status": self.status,
            "connected_at": connection.connected_at if connection and self.is_connected else None,
            "connected_as": connection.external_user_name if connection and self.is_connected else None,
            "last_refreshed_at": connection.refreshed_at if connection else None,
            "expires_at": self.ends_at,
            "scopes": connection.scopes if connection and self.is_connected else [],
            "last_error": (connection.last_error or None) if connection else None,
        }


def all_cards() -> list[Card]:
    """Return a card for every platform there is, in the registry's order."""
    slugs = list(platforms.REGISTRY)
    # Tokens are left in the database: a page has no use for them.
    rows = Connection.objects.defer("access_token", "refresh_token").select_related("connected_by")
    connections = {connection.platform: connection for connection in rows}
    notes: dict[str, Note] = {}
    for answer in signals.answers(signals.describing.send_robust(Card, platforms=slugs)):
        notes |= answer
    return [_card(slug, connections.get(slug), notes.get(slug)) for slug in slugs]


def _card(slug: str, connection: Connection | None, note: Note | None) -> Card:
    is_available = slug in platforms.available()
    return Card(
        platform=slug,
        title=platforms.REGISTRY[slug].title,
        label=platforms.label(slug),
        is_available=is_available,
        connection=connection,
        missing_variables=oauth.missing_variables(slug) if is_available else [],
        is_readable=connection is None or not connection.is_usable or _is_readable(slug),
        note=note,
    )


def _is_readable(slug: str) -> bool:
    try:
        Connection.objects.only("access_token", "refresh_token").get(platform=slug)
    except Undecryptable:
        return False
    return True
