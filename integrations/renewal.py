"""Keeps a connection's tokens fresh, and never spends a refresh token twice.

The one worker that may renew holds a lease on the connection's row, taken by a conditional update; the HTTP call
happens outside any transaction. New tokens are written only over the version they were renewed from, so an answer that
arrives after somebody reconnected or disconnected is dropped. Everybody else goes on with the tokens at hand, or waits
for the lease-holder when those are no longer good.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from secrets import compare_digest
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from integrations import platforms
from integrations.contracts import Tokens
from integrations.errors import ErrorKind, PlatformError, connection_expired
from integrations.fields import Undecryptable
from integrations.models import Connection
from integrations.recording import record_exchange
from stratum import events, notifications
from stratum.models import User

#: Longer than a refresh can take: adapters make at most two calls of 40 seconds.
LEASE = timedelta(seconds=120)
WAIT_SECONDS = 45.0
LOOK_AGAIN_SECONDS = 0.2

#: Tokens are renewed in the last quarter of their life, at most this long before their end.
SOONEST = timedelta(days=20)
LATEST = timedelta(minutes=2)

AFTER_FAILURE = timedelta(minutes=1)
AFTER_NO_CHANGE = timedelta(days=1)
#: A token that is refused this soon after its renewal will not get better by another one.
JUST_RENEWED = timedelta(seconds=60)


# What is there -------------------------------------------------------------------------------------------------------


def not_connected(slug: str) -> PlatformError:
    """The error for a platform that nobody has connected."""
    label = platforms.label(slug)
    return PlatformError(
        ErrorKind.AUTH,
        "PLATFORM_NOT_CONNECTED",
        f"{label} is not connected. An Admin can connect it under Settings → Integrations.",
    )


def usable(slug: str) -> Connection:
    """Return the platform's connection with its tokens.

    Raises PlatformError of kind auth: PLATFORM_NOT_CONNECTED, TOKEN_EXPIRED when a person must reconnect, and
    TOKEN_UNREADABLE when no key opens the stored tokens.
    """
    try:
        connection = Connection.objects.filter(platform=slug).first()
    except Undecryptable as error:
        raise PlatformError(ErrorKind.AUTH, "TOKEN_UNREADABLE", str(error)) from error
    if connection is None or connection.status == Connection.Status.DISCONNECTED:
        raise not_connected(slug)
    if not connection.is_usable:
        raise connection_expired(platforms.label(slug))
    return connection


def token_fields(tokens: Tokens) -> dict[str, Any]:
    """Return the columns that hold these tokens."""
    return {
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "expires_at": tokens.expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
        "renews_itself": bool(tokens.refresh_token),
    }


# When ----------------------------------------------------------------------------------------------------------------


def is_expired(connection: Connection) -> bool:
    return connection.expires_at is not None and connection.expires_at <= timezone.now()


def is_due(connection: Connection) -> bool:
    """Say whether the access token's end is near enough to renew it now."""
    if connection.expires_at is None:
        return False
    now = timezone.now()
    waits = connection.renew_not_before is not None and now < connection.renew_not_before
    return now >= renew_from(connection, connection.expires_at) and (not waits or is_expired(connection))


def renew_from(connection: Connection, expires_at: datetime) -> datetime:
    """Return when the last quarter of the access token's life begins."""
    life = expires_at - (connection.refreshed_at or connection.connected_at)
    return expires_at - min(max(life / 4, LATEST), SOONEST)


# Renewing ------------------------------------------------------------------------------------------------------------


def current(slug: str) -> Connection:
    """Return the connection with tokens that are good for now, renewed first when their end is near.

    Raises what usable() raises, and PlatformError when expired tokens cannot be renewed.
    """
    connection = usable(slug)
    if is_expired(connection):
        return renew(connection)
    return _renew_early(connection) if is_due(connection) else connection


def renew(connection: Connection) -> Connection:
    """Return the connection with renewed tokens; waits for the worker that is renewing them already.

    The version is the same as before when the platform gave nothing new. Raises PlatformError.
    """
    ends = time.monotonic() + WAIT_SECONDS
    while not _claim(connection):
        latest = usable(connection.platform)
        if latest.tokens_version != connection.tokens_version:
            return latest
        if time.monotonic() > ends:
            raise PlatformError(
                ErrorKind.TRANSIENT,
                "RENEWAL_UNDER_WAY",
                f"The access to {platforms.label(connection.platform)} is being renewed. Try again in a minute.",
                retry_after=30,
            )
        time.sleep(LOOK_AGAIN_SECONDS)
    return _spend(connection)


def renew_refused(slug: str, used_access_token: str) -> Connection:
    """Return the connection with other tokens than the one the platform just refused.

    Renews once per token; when that brings nothing better, the connection needs a person. Raises PlatformError.
    """
    connection = usable(slug)
    if not _is_same(connection.access_token, used_access_token):
        return connection
    if connection.refreshed_at is not None and timezone.now() - connection.refreshed_at < JUST_RENEWED:
        raise give_up(connection, "The platform refused a token that it had just issued.")
    latest = renew(connection)
    if latest.tokens_version == connection.tokens_version:
        raise give_up(connection, "The platform refused the token and issued no other.")
    return latest


def _renew_early(connection: Connection) -> Connection:
    """Renew tokens that are still good: nobody waits for it, and a passing failure does no harm."""
    if not _claim(connection):
        return usable(connection.platform)
    try:
        return _spend(connection)
    except PlatformError as error:
        if error.kind is ErrorKind.AUTH:
            raise
        return connection


def _claim(connection: Connection) -> bool:
    now = timezone.now()
    free = Q(renewing_until=None) | Q(renewing_until__lt=now)
    rows = Connection.objects.usable().filter(free, pk=connection.pk, tokens_version=connection.tokens_version)
    return rows.update(renewing_until=now + LEASE) == 1


def _spend(connection: Connection) -> Connection:
    slug, tokens = connection.platform, connection.tokens
    try:
        fresh = platforms.platform(slug, tokens, record_exchange(slug)).refresh(tokens)
    except PlatformError as error:
        if error.kind is ErrorKind.AUTH:
            raise give_up(connection, error.message) from error
        pause = timedelta(seconds=error.retry_after) if error.retry_after else AFTER_FAILURE
        _release(connection, renew_not_before=timezone.now() + pause, last_error=error.message[:300])
        raise
    return _keep(connection, fresh)


def _keep(connection: Connection, fresh: Tokens) -> Connection:
    if _brings_nothing(connection, fresh):
        _release(connection, renew_not_before=timezone.now() + AFTER_NO_CHANGE)
        return connection
    if not fresh.refresh_token and connection.refresh_token:
        # Some platforms name the refresh token only once.
        fresh = Tokens(fresh.access_token, connection.refresh_token, fresh.expires_at, connection.refresh_expires_at)
    _release(
        connection,
        **token_fields(fresh),
        tokens_version=connection.tokens_version + 1,
        refreshed_at=timezone.now(),
        renew_not_before=None,
        last_error="",
    )
    return usable(connection.platform)


def _brings_nothing(connection: Connection, fresh: Tokens) -> bool:
    is_same = _is_same(fresh.access_token, connection.access_token)
    lasts_longer = fresh.expires_at != connection.expires_at and (
        fresh.expires_at is None or connection.expires_at is None or fresh.expires_at > connection.expires_at
    )
    return is_same and not lasts_longer


def _release(connection: Connection, **changes: Any) -> bool:
    """End the lease and write the changes, unless the tokens are no longer those that were renewed."""
    rows = Connection.objects.usable().filter(pk=connection.pk, tokens_version=connection.tokens_version)
    return rows.update(renewing_until=None, **changes) == 1


def _is_same(one: str, other: str) -> bool:
    return compare_digest(one.encode(), other.encode())


# When only a person can help -----------------------------------------------------------------------------------------


def give_up(connection: Connection, reason: str) -> PlatformError:
    """Mark that a person must reconnect, tell the Admins once, and return the error to raise.

    Nothing is marked when other tokens took the place of these meanwhile.
    """
    label = platforms.label(connection.platform)
    with transaction.atomic():
        if _release(connection, status=Connection.Status.NEEDS_RECONNECT, last_error=reason[:300]):
            event = events.record(None, "connection.needs_reconnect", connection.event_subject, reason=reason)
            notifications.notify(
                admins(),
                event=event,
                title=f"{label} must be reconnected",
                body=f"{label} no longer accepts our access: {reason} Ad accounts and caps stay as they are. "
                "Until then nothing can be published or stopped there from here.",
                url=reverse("integrations:list"),
            )
    return connection_expired(label)


def admins() -> list[User]:
    """Return the people who can connect a platform."""
    return list(User.objects.with_permission("integrations.change_connection"))
