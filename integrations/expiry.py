"""Looks after connections by the clock: renews what is due, and warns the Admins before only a person can help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from integrations import platforms, renewal
from integrations.errors import ErrorKind, PlatformError
from integrations.models import Connection
from stratum import events, formats, notifications

#: Days before the end on which the Admins are warned, once each.
WARN_DAYS = (14, 3, 1)


@dataclass(frozen=True)
class Finding:
    """What was found about a connection, in a sentence; a problem needs a person."""

    platform: str
    text: str
    is_problem: bool = False


def check_all() -> list[Finding]:
    """Look after every usable connection and answer what was found about each."""
    slugs = Connection.objects.usable().values_list("platform", flat=True)
    return [check(slug) for slug in slugs]


def check(slug: str) -> Finding:
    """Renew the platform's tokens if they are due, warn if their end is near, give up if it has passed."""
    label = platforms.label(slug)
    try:
        before = renewal.usable(slug)
        connection = renewal.current(slug)
    except PlatformError as error:
        return Finding(slug, error.message, is_problem=error.kind is ErrorKind.AUTH)
    ends_at = connection.ends_at
    if ends_at is not None and ends_at <= timezone.now():
        ended = renewal.give_up(connection, f"Our access ended on {formats.date_time(ends_at)}.")
        return Finding(slug, ended.message, is_problem=True)
    warned = ends_at is not None and _warn(connection, ends_at)
    renewed = "renewed" if connection.tokens_version != before.tokens_version else "good"
    until = f" until {formats.date_time(ends_at)}" if ends_at else ""
    return Finding(slug, f"{label}: access is {renewed}{until}{', the Admins were warned' if warned else ''}.")


def days_left(ends_at: datetime) -> float:
    return (ends_at - timezone.now()) / timedelta(days=1)


def _warn(connection: Connection, ends_at: datetime) -> bool:
    """Warn the Admins if a day of warning has come that they were not warned on; answers whether they were now."""
    reached = min((days for days in WARN_DAYS if days_left(ends_at) <= days), default=None)
    warned = connection.warned_days
    if reached == warned or (reached is not None and warned is not None and reached > warned):
        return False
    with transaction.atomic():
        unchanged = Connection.objects.filter(
            pk=connection.pk, tokens_version=connection.tokens_version, warned_days=warned
        )
        if not unchanged.update(warned_days=reached) or reached is None:
            return False
        _tell(connection, ends_at, reached)
    return True


def _tell(connection: Connection, ends_at: datetime, days: int) -> None:
    label = platforms.label(connection.platform)
    event = events.record(
        None, "connection.ends_soon", connection.event_subject, ends_at=ends_at.isoformat(), within_days=days
    )
    notifications.notify(
        renewal.admins(),
        event=event,
        title=f"Our access to {label} ends {formats.ago(ends_at)}",
        body=f"It ends on {formats.date_time(ends_at)}. Reconnect {label} before that: it takes a minute, and ad accounts "
        "and caps stay as they are. After it nothing can be published or stopped there from here.",
        url=reverse("integrations:list"),
    )
