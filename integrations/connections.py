"""Our grants on the platforms: made, used, renewed and given back.

platform_for() and ask() are how everything above speaks to a platform. Both raise PlatformError; pages turn it into a
refusal with refusal().
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from secrets import compare_digest
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from integrations import platforms, renewal, signals
from integrations.contracts import Grant, Platform, Tokens
from integrations.errors import ErrorKind, PlatformError
from integrations.fields import Undecryptable
from integrations.http import Record
from integrations.models import Connection
from integrations.recording import record_exchange
from stratum import events
from stratum.models import User
from stratum.ui import Refusal

__all__ = [
    "Stored", "ask", "disconnect", "mark_needs_reconnect", "platform_for", "record_exchange",
    "refresh_after_refusal", "refresh_now", "refusal", "require", "store",
]  # fmt: skip

logger = logging.getLogger(__name__)
T = TypeVar("T")

#: Codes of PlatformError that mean the same on every page; every other one is shown as it is.
CODES_BY_KIND = {
    ErrorKind.RATE_LIMITED: "RATE_LIMIT_EXCEEDED",
    ErrorKind.TRANSIENT: "PLATFORM_UNREACHABLE",
    ErrorKind.AMBIGUOUS: "PLATFORM_UNREACHABLE",
}


# Speaking to a platform ---------------------------------------------------------------------------------------------


def platform_for(slug: str, record: Record) -> Platform:
    """Return the platform, ready to speak with tokens that are good for now.

    Raises PlatformError: of kind auth (PLATFORM_NOT_CONNECTED, TOKEN_EXPIRED, TOKEN_UNREADABLE) when a person must act,
    else when expired tokens cannot be renewed at the moment.
    """
    if slug not in platforms.available():
        raise renewal.not_connected(slug)
    return platforms.platform(slug, renewal.current(slug).tokens, record)


def refresh_after_refusal(slug: str, used_access_token: str) -> Tokens:
    """Return other tokens than the one the platform just refused, renewed once per token.

    Raises PlatformError TOKEN_EXPIRED, and the Admins are told, when nothing better can be had without a person.
    """
    return renewal.renew_refused(slug, used_access_token).tokens


def mark_needs_reconnect(slug: str, used_access_token: str, reason: str) -> None:
    """Mark that a person must reconnect, if this token is still the connection's; the Admins are told once."""
    connection = renewal.usable(slug)
    if compare_digest(connection.access_token.encode(), used_access_token.encode()):
        renewal.give_up(connection, reason)


def ask(slug: str, record: Record, question: Callable[[Platform], T]) -> T:
    """Return the answer to a question that only reads; a refused token is renewed once and the question asked again.

    Raises PlatformError.
    """
    platform = platform_for(slug, record)
    try:
        return question(platform)
    except PlatformError as error:
        if error.kind is not ErrorKind.AUTH or platform.tokens is None:
            raise
        platform.tokens = refresh_after_refusal(slug, platform.tokens.access_token)
    try:
        return question(platform)
    except PlatformError as error:
        if error.kind is ErrorKind.AUTH:
            mark_needs_reconnect(slug, platform.tokens.access_token, error.message)
        raise


# For pages ----------------------------------------------------------------------------------------------------------


def require(slug: str) -> Connection:
    """Return the platform's usable connection; Refusal PLATFORM_NOT_CONNECTED or TOKEN_EXPIRED says what to do."""
    try:
        return renewal.usable(slug)
    except PlatformError as error:
        raise refusal(error) from error


def refusal(error: PlatformError) -> Refusal:
    """Return what a page or a JSON answer says about a platform's error."""
    details = {"retry_helps": error.retry_helps, "retry_after": error.retry_after, "trace_id": error.trace_id}
    return Refusal(CODES_BY_KIND.get(error.kind, error.code), error.message, details)


# Connecting and disconnecting ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stored:
    """A connection that was just made. `former_name` is who stood behind it before, if that was somebody else."""

    connection: Connection
    is_new: bool
    former_name: str = ""


def store(grant: Grant, slug: str, by: User) -> Stored:
    """Keep the grant, encrypted, as the platform's connection; accounts and caps of an earlier one stay as they are."""
    with transaction.atomic():
        former = _locked(slug, by)
        is_new = not former.external_user_id
        is_other = not is_new and former.external_user_id != grant.external_user_id
        Connection.objects.filter(pk=former.pk).update(
            **renewal.token_fields(grant.tokens),
            status=Connection.Status.CONNECTED,
            tokens_version=former.tokens_version + 1,
            scopes=sorted(grant.scopes),
            external_user_id=grant.external_user_id,
            external_user_name=grant.external_user_name[:200],
            connected_by=by,
            connected_at=timezone.now(),
            refreshed_at=None,
            renewing_until=None,
            renew_not_before=None,
            last_error="",
            warned_days=None,
        )
        events.record(
            by,
            "connection.connected" if is_new else "connection.reconnected",
            former.event_subject,
            before=None if is_new else _identity(former.external_user_id, former.external_user_name),
            after=_identity(grant.external_user_id, grant.external_user_name),
            scopes=sorted(grant.scopes),
        )
    connection = Connection.objects.get(pk=former.pk)
    return Stored(connection, is_new, former.external_user_name if is_other else "")


def disconnect(slug: str, by: User) -> bool:
    """Erase our tokens and end our access at the platform; answers whether the platform confirmed the end.

    Accounts, caps and campaigns stay. Raises Refusal PLATFORM_NOT_CONNECTED when there is nothing to end, and whatever
    Refusal a receiver of `signals.disconnecting` objects with.
    """
    with transaction.atomic():
        connection = _locked(slug, by)
        if connection.status == Connection.Status.DISCONNECTED:
            raise refusal(renewal.not_connected(slug))
        signals.disconnecting.send(Connection, platform=slug, by=by)
        tokens = _readable_tokens(slug)
        Connection.objects.filter(pk=connection.pk).update(
            **renewal.token_fields(Tokens("")),
            status=Connection.Status.DISCONNECTED,
            tokens_version=connection.tokens_version + 1,
            renewing_until=None,
            last_error="",
            warned_days=None,
        )
        identity = _identity(connection.external_user_id, connection.external_user_name)
        events.record(by, "connection.disconnected", connection.event_subject, before=identity, after=None)
    return tokens is not None and _revoke(slug, tokens, connection.external_user_id)


def refresh_now(slug: str, by: User) -> bool:
    """Renew the tokens now; answers whether the platform gave new ones. Raises Refusal."""
    connection = require(slug)
    try:
        latest = renewal.renew(connection)
    except PlatformError as error:
        raise refusal(error) from error
    is_new = latest.tokens_version != connection.tokens_version
    ends = latest.ends_at.isoformat() if latest.ends_at else None
    events.record(by, "connection.refreshed", connection.event_subject, new_tokens=is_new, ends_at=ends)
    return is_new


def _locked(slug: str, by: User) -> Connection:
    """Return the platform's row under a lock, made on first use, without reading its tokens."""
    rows = Connection.objects.defer("access_token", "refresh_token")
    rows.get_or_create(platform=slug, defaults={"status": Connection.Status.DISCONNECTED, "connected_by": by})
    return rows.select_for_update().get(platform=slug)


def _readable_tokens(slug: str) -> Tokens | None:
    try:
        return Connection.objects.get(platform=slug).tokens
    except Undecryptable:
        return None


def _revoke(slug: str, tokens: Tokens, external_user_id: str) -> bool:
    try:
        platforms.platform(slug, tokens, record_exchange(slug)).revoke(tokens, external_user_id)
    except PlatformError as error:
        logger.warning("%s did not confirm the end of our access: %s", slug, error)
        return False
    return True


def _identity(external_user_id: str, name: str) -> dict[str, str]:
    return {"id": external_user_id, "name": name}
