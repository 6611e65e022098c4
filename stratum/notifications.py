"""Tells people what happened: a row for the page first, mail after it.

The rows are the outbox. Whoever sends claims a row by moving its due time ahead, so a sender that dies leaves a mail that
is due again later: every mail goes out at least once, under one Message-ID that mail programs recognize.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from email.errors import MessageError
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django_q.tasks import async_task

from stratum.models import Event, Notification, NotificationQuerySet, User
from stratum.redaction import redact_text

logger = logging.getLogger(__name__)

Mail = Notification.Mail

#: How long after the first, second, third and fourth failure a mail is tried again. After the fifth it has failed.
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
#: How long a claim holds while its mail is sent: far above EMAIL_TIMEOUT times the steps of one SMTP exchange.
CLAIM = timedelta(minutes=5)


def notify(users: Iterable[User], *, event: Event, title: str, body: str = "", url: str) -> list[Notification]:
    """Tell these people about the event, once each, but not the one who caused it.

    The rows and the task that sends the mail are one transaction with what the caller changed.
    """
    people = {user.pk: user for user in users if user.pk != event.actor_id}
    rows = [
        Notification(user=user, event=event, title=title[:250], body=body, url=url, mail_state=_first_mail_state(user))
        for user in people.values()
    ]
    if not rows:
        return []
    with transaction.atomic():
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
        if any(row.mail_state == Mail.WAITING for row in rows):
            async_task("stratum.tasks.send_mail", cluster="default")
    return rows


def _first_mail_state(user: User) -> str:
    return Mail.WAITING if user.email and user.is_active else Mail.NONE


def send_due_mail(limit: int = 50) -> int:
    """Send up to so many mails that are due and return how many went out.

    A mail that cannot be sent is tried again after BACK_OFF and does not stop the others. If the mail server itself cannot
    be reached the rest is left for later.
    """
    sent = 0
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT)
    try:
        for pk in Notification.objects.due().order_by("mail_due_at", "pk").values_list("pk", flat=True)[:limit]:
            notification = _claim(pk)
            if notification is None or not _is_wanted(notification):
                continue
            if not _open(connection, notification):
                break
            sent += _send(connection, notification)
    finally:
        _close(connection)
    return sent


def _claim(pk: int) -> Notification | None:
    """Take the mail, unless another sender did; a mail whose senders died too often has failed."""
    now = timezone.now()
    mine = Notification.objects.due().filter(pk=pk, mail_attempts__lte=len(BACK_OFF))
    if mine.update(mail_due_at=now + CLAIM, mail_attempts=F("mail_attempts") + 1):
        return Notification.objects.select_related("user", "event").get(pk=pk)
    lost = Notification.objects.due().filter(pk=pk, mail_attempts__gt=len(BACK_OFF))
    lost.update(mail_state=Mail.FAILED, mail_error="The process that sent it ended too often.")
    return None


def _is_wanted(notification: Notification) -> bool:
    if notification.user.is_active and notification.user.email:
        return True
    _mine(notification).update(mail_state=Mail.NONE)
    return False


def _open(connection: BaseEmailBackend, notification: Notification) -> bool:
    try:
        connection.open()
    except OSError as error:  # SMTPException is one
        _note_failure(notification, error)
        return False
    return True


def _send(connection: BaseEmailBackend, notification: Notification) -> int:
    try:
        connection.send_messages([message(notification)])
    except (OSError, ValueError, MessageError) as error:
        _note_failure(notification, error)
        _close(connection)  # the server may have hung up: the next mail opens a fresh connection
        return 0
    _mine(notification).update(mail_state=Mail.SENT, mail_error="")
    return 1


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError as error:
        logger.info("The mail server ended the connection: %s", error)


def _mine(notification: Notification) -> NotificationQuerySet:
    return Notification.objects.filter(
        pk=notification.pk, mail_state=Mail.WAITING, mail_attempts=notification.mail_attempts
    )


def _note_failure(notification: Notification, error: Exception) -> None:
    reason = redact_text(f"{type(error).__name__}: {error}")[:250]
    logger.warning("Mail of notification %s failed: %s", notification.pk, reason)
    failures = notification.mail_attempts
    if failures > len(BACK_OFF):
        _mine(notification).update(mail_state=Mail.FAILED, mail_error=reason)
    else:
        _mine(notification).update(mail_due_at=timezone.now() + BACK_OFF[failures - 1], mail_error=reason)


def message(notification: Notification) -> EmailMultiAlternatives:
    """Return the mail, text and HTML, whose link opens the page and marks the notification as read."""
    link = settings.BASE_URL + reverse("notification", args=[notification.pk])
    context = {"notification": notification, "link": link, "base_url": settings.BASE_URL}
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    mail = EmailMultiAlternatives(
        subject=" ".join(notification.title.split()),
        body=render_to_string("stratum/mail/notification.txt", context),
        to=[notification.user.email],
        headers={"Message-ID": f"<notification-{notification.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("stratum/mail/notification.html", context), "text/html")
    return mail
