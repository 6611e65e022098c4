"""Sends the mails that follow from rows: notifications, one mail per person and moment, and invitations.

Whoever sends claims a mail by moving its due time ahead, so a sender that dies leaves a mail that is due again later: every
mail goes out at least once, under one Message-ID that mail programs recognize. What is in a mail is fixed at the first try.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.errors import MessageError
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from stratum import mails
from stratum.models import Invitation, MailChoice, Notification, OutgoingMail
from stratum.redaction import redact_text

logger = logging.getLogger(__name__)

Mail = OutgoingMail.Mail

#: How long after the first, second, third and fourth failure a mail is tried again. After the fifth it has failed.
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
#: How long a claim holds while its mail is sent: far above EMAIL_TIMEOUT times the steps of one SMTP exchange.
CLAIM = timedelta(minutes=5)
#: How long mails are left alone when the mail server cannot be reached.
UNREACHABLE = timedelta(minutes=1)
#: How many notifications one mail tells of at most; the rest makes another mail.
IN_ONE_MAIL = 50
LOST = "The process that sent it ended too often."


@dataclass(frozen=True)
class Letter:
    """A claimed mail: the rows it stands for, how often it was tried with this time, and how it is written."""

    rows: QuerySet[Any]
    attempts: int
    write: Callable[[], EmailMultiAlternatives]

    @property
    def mine(self) -> QuerySet[Any]:
        """The rows, unless somebody else took them over since."""
        return self.rows.filter(mail_state=Mail.WAITING, mail_attempts=self.attempts)


def is_due() -> bool:
    """Say whether any mail should go out now."""
    return _leading().exists() or _due(Invitation).exists()


def send_due_mail(limit: int = 50) -> int:
    """Send up to so many mails that are due and return how many went out.

    A mail that cannot be sent is tried again after BACK_OFF and does not stop the others. If the mail server itself cannot
    be reached all of them are left for later.
    """
    sent = 0
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
    try:
        for letter in _letters(limit):
            if not _open(connection, letter):
                break
            sent += _send(connection, letter)
    finally:
        _close(connection)
    return sent


def _letters(limit: int) -> Iterator[Letter]:
    claims: list[tuple[QuerySet[Any], Callable[[int], Letter | None]]]
    claims = [(_due(Invitation), _claim_invitation), (_leading(), _claim_notifications)]
    for due, claim in claims:
        for pk in list(due.order_by("mail_due_at", "pk").values_list("pk", flat=True)[:limit]):
            if letter := claim(pk):
                yield letter


def _leading() -> QuerySet[Any]:
    """Due notifications that go in a mail of their own, or lead the others in theirs."""
    return _due(Notification).filter(Q(mail_group=None) | Q(mail_group=F("pk")))


def _due(model: Any) -> QuerySet[Any]:
    return model.objects.filter(mail_state=Mail.WAITING, mail_due_at__lte=timezone.now())


# Claiming -----------------------------------------------------------------------------------------------------------


def _claim(rows: QuerySet[Any], **more: Any) -> bool:
    """Take these due rows, unless another sender did; a mail whose senders died too often has failed."""
    taken = {"mail_due_at": timezone.now() + CLAIM, "mail_attempts": F("mail_attempts") + 1} | more
    if rows.filter(mail_attempts__lte=len(BACK_OFF)).update(**taken):
        return True
    rows.filter(mail_attempts__gt=len(BACK_OFF)).update(mail_state=Mail.FAILED, mail_error=LOST)
    return False


def _claim_invitation(pk: int) -> Letter | None:
    row = _due(Invitation).filter(pk=pk).select_related("invited_by").first()
    if row is None:
        return None
    if not row.is_open:
        Invitation.objects.filter(pk=pk).update(mail_state=Mail.NONE)
        return None
    if not _claim(_due(Invitation).filter(pk=pk)):
        return None
    return Letter(Invitation.objects.filter(pk=pk), row.mail_attempts + 1, lambda: mails.invitation(row))


def _claim_notifications(pk: int) -> Letter | None:
    """Take the mail that this notification leads."""
    row = _leading().filter(pk=pk).select_related("user").first()
    if row is None:  # it got into the mail of another one meanwhile
        return None
    group = Notification.objects.filter(Q(pk=pk) | Q(mail_group=pk))
    if not _is_wanted(row):
        group.filter(mail_state=Mail.WAITING).update(mail_state=Mail.NONE)
        return None
    if not _claim(_due(Notification).filter(pk=pk), mail_group=pk):
        _give_up_group(pk)
        return None
    attempts = row.mail_attempts + 1
    if row.mail_group is None:
        _add_others(row)
    else:
        others = group.exclude(pk=pk).filter(mail_state=Mail.WAITING)
        others.update(mail_attempts=attempts, mail_due_at=timezone.now() + CLAIM)
    return Letter(group, attempts, lambda: mails.notifications(row, _contents(group)))


def _is_wanted(row: Notification) -> bool:
    """Say whether the person is still there, and has not read already what should come once a day."""
    if not (row.user.is_active and row.user.email):
        return False
    if row.read_at is None or row.mail_attempts:
        return True
    return row.user.mail_choices.filter(kind=row.kind, when=MailChoice.When.DAILY).first() is None


def _add_others(leader: Notification) -> None:
    """Put what else is about to go to this person into the same mail: each row gets into one mail only."""
    soon = timezone.now() + timedelta(seconds=settings.MAIL_WINDOW_SECONDS)
    waiting = Notification.objects.filter(user=leader.user, mail_state=Mail.WAITING, mail_group=None, mail_attempts=0)
    daily = leader.user.mail_choices.filter(when=MailChoice.When.DAILY).values("kind")
    unwanted = Q(read_at__isnull=False, kind__in=daily)
    waiting.filter(unwanted, mail_due_at__lte=soon).update(mail_state=Mail.NONE)
    chosen = waiting.filter(mail_due_at__lte=soon).order_by("pk").values_list("pk", flat=True)[: IN_ONE_MAIL - 1]
    waiting.filter(pk__in=list(chosen)).update(
        mail_group=leader.pk, mail_attempts=1, mail_due_at=timezone.now() + CLAIM
    )


def _contents(group: QuerySet[Any]) -> list[Notification]:
    return list(group.filter(mail_state=Mail.WAITING).select_related("user", "event").order_by("pk"))


def _give_up_group(pk: int) -> None:
    if Notification.objects.filter(pk=pk, mail_state=Mail.FAILED).exists():
        Notification.objects.filter(mail_group=pk, mail_state=Mail.WAITING).update(
            mail_state=Mail.FAILED, mail_error=LOST
        )


# Sending ------------------------------------------------------------------------------------------------------------


def _open(connection: BaseEmailBackend, letter: Letter) -> bool:
    try:
        connection.open()
    except OSError as error:  # SMTPException is one
        _note_failure(letter, error)
        for model in (Notification, Invitation):
            _due(model).update(mail_due_at=timezone.now() + UNREACHABLE)
        return False
    return True


def _send(connection: BaseEmailBackend, letter: Letter) -> int:
    try:
        connection.send_messages([letter.write()])
    except (OSError, ValueError, MessageError) as error:
        _note_failure(letter, error)
        _close(connection)  # the server may have hung up: the next mail opens a fresh connection
        return 0
    letter.mine.update(mail_state=Mail.SENT, mail_error="")
    return 1


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError as error:
        logger.info("The mail server ended the connection: %s", error)


def _note_failure(letter: Letter, error: Exception) -> None:
    reason = redact_text(f"{type(error).__name__}: {error}")[:250]
    logger.warning("A mail failed at attempt %s: %s", letter.attempts, reason)
    if letter.attempts > len(BACK_OFF):
        letter.mine.update(mail_state=Mail.FAILED, mail_error=reason)
    else:
        letter.mine.update(mail_due_at=timezone.now() + BACK_OFF[letter.attempts - 1], mail_error=reason)
