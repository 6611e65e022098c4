"""What the queue does for ad accounts. Tasks carry ids only; the rows are the truth."""

from __future__ import annotations

from datetime import datetime

from adaccounts import assets, syncing


def carry_on_sync(run_id: int) -> None:
    """Carry out a sync that a request left to the queue."""
    syncing.carry_on(run_id)


def refresh_assets(slug: str, before: str, after: int) -> None:
    """Read the assets of the platform's enabled accounts beyond the id `after` that were last read before a moment."""
    assets.refresh_queued(slug, datetime.fromisoformat(before), after)
