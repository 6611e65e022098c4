"""What ad accounts do when connections change."""

from __future__ import annotations

from typing import Any

from adaccounts import presentation, syncing
from integrations.signals import Note
from stratum.models import User
from stratum.ui import Refusal


def sync_connected(sender: Any, *, platform: str, by: User, **kwargs: Any) -> Note:
    """Sync the accounts of a platform that was just connected; a sync with the former access ends without effect."""
    syncing.supersede(platform)
    try:
        return presentation.note_after_connecting(syncing.sync_in_request(platform, by))
    except Refusal as refusal:
        return Note(refusal.message, is_problem=True)


def describe(sender: Any, *, platforms: list[str], **kwargs: Any) -> dict[str, Note]:
    """Say on each platform's card how many accounts it has and what the last sync came to."""
    return presentation.notes(platforms)
