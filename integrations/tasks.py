"""What the queue does for connections."""

from __future__ import annotations

from integrations import expiry


def keep_connections() -> None:
    """Renew tokens that are due, and warn the Admins of those that end soon."""
    expiry.check_all()
