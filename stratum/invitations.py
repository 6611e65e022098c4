"""Inviting people by mail: a signed link, good once, for a week, and only until a newer one is sent.

The link holds the invitation's id and number, signed; whether it is still good stands in the row alone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone

from stratum import events, team
from stratum.models import Invitation, User
from stratum.roles import Role, assign
from stratum.ui import Refusal

INVITED = "person.invited"
SENT_AGAIN = "person.invitation_sent_again"
REVOKED = "person.invitation_revoked"
JOINED = "person.joined"

SALT = "stratum.invitation"
NOT_GOOD = "This invitation is not good any more: it was used, revoked, or replaced by a newer one. Ask for a new one."
EXPIRED = "This invitation has expired. Ask who invited you to send it again."


class NotGood(Exception):
    """The link opens nothing; the text says why and what to do."""


def waiting() -> list[Invitation]:
    """Return the invitations that nobody has used or revoked."""
    return list(Invitation.objects.filter(accepted_at=None, revoked_at=None).select_related("invited_by"))


def invite(*, by: User, email: str, roles: Collection[Role]) -> Invitation:
    """Offer somebody a place in the team; the mail follows from the row. Refusal if an invitation waits there already."""
    team.require_admin(by)
    try:
        with transaction.atomic():
            row = Invitation.objects.create(
                email=email.lower(), roles=sorted(roles), invited_by=by, expires_at=_expiry()
            )
            events.record(by, INVITED, row, email=row.email, roles=row.roles)
    except IntegrityError as error:
        raise Refusal(
            "INVALID_STATUS_TRANSITION", f"{email} is invited already. Send that invitation again."
        ) from error
    return row


def send_again(row: Invitation, *, by: User) -> None:
    """Send a new link, good for a week; the former one stops working."""
    team.require_admin(by)
    with transaction.atomic():
        row = _open(row.pk)
        row.number, row.expires_at = row.number + 1, _expiry()
        row.mail_state, row.mail_due_at = Invitation.Mail.WAITING, timezone.now()
        row.mail_attempts, row.mail_error = 0, ""
        row.save()
        events.record(by, SENT_AGAIN, row, email=row.email)


def revoke(row: Invitation, *, by: User) -> None:
    """End an invitation: its link stops working at once."""
    team.require_admin(by)
    with transaction.atomic():
        row = _open(row.pk)
        row.revoked_at, row.mail_state = timezone.now(), Invitation.Mail.NONE
        row.save(update_fields=["revoked_at", "mail_state"])
        events.record(by, REVOKED, row, email=row.email)


def _expiry() -> Any:
    return timezone.now() + timedelta(days=settings.INVITATION_DAYS)


def _open(pk: int) -> Invitation:
    row = Invitation.objects.select_for_update().get(pk=pk)
    if not row.is_open:
        raise Refusal("INVALID_STATUS_TRANSITION", "This invitation was used or revoked meanwhile.")
    return row


# The one who was invited --------------------------------------------------------------------------------------------


def token(row: Invitation) -> str:
    """Return what stands in the newest link."""
    return signing.dumps([row.pk, row.number], salt=SALT)


def read(text: str) -> Invitation:
    """Return the invitation that a link's token opens; NotGood if it opens none."""
    try:
        pk, number = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotGood("This link is not complete. Open it from the mail again, or copy all of it.") from error
    row = Invitation.objects.filter(pk=pk).select_related("invited_by").first()
    _check(row, number)
    assert row is not None
    return row


def _check(row: Invitation | None, number: int) -> None:
    if row is None or not row.is_open or row.number != number:
        raise NotGood(NOT_GOOD)
    if row.expires_at <= timezone.now():
        raise NotGood(EXPIRED)


def accept(row: Invitation, *, first_name: str, last_name: str, password: str) -> User:
    """Make the invited person a member with the offered roles, once, however often the form is sent; else NotGood."""
    with transaction.atomic():
        number = row.number
        row = Invitation.objects.select_for_update().get(pk=row.pk)
        _check(row, number)
        if User.objects.filter(email__iexact=row.email).exists():
            raise NotGood("Somebody with this mail address is on the team already. Log in instead.")
        user = User(username=team.free_name(row.email), email=row.email, first_name=first_name, last_name=last_name)
        user.set_password(password)
        user.save()
        assign(user, *[Role(name) for name in row.roles])
        row.accepted_at = timezone.now()
        row.save(update_fields=["accepted_at"])
        events.record(user, JOINED, user, name=str(user), email=row.email, roles=row.roles, invitation=row.pk)
    return user
