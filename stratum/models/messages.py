from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stratum.kinds import Kind
from stratum.models.events import Event


class OutgoingMail(models.Model):
    """A row from which one mail follows: the outbox. See stratum/mailing.py."""

    class Mail(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"
        NONE = "none", "no mail"

    mail_state = models.CharField(max_length=10, choices=Mail.choices, default=Mail.WAITING)
    mail_due_at = models.DateTimeField(default=timezone.now)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_error = models.CharField(max_length=250, blank=True)

    class Meta:
        abstract = True


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)

    def due(self) -> NotificationQuerySet:
        """Mails that should go out now: never sent, not being sent, back-off over."""
        return self.filter(mail_state=Notification.Mail.WAITING, mail_due_at__lte=timezone.now())


class Notification(OutgoingMail):
    """A message to one person. The row is the outbox: the page shows it at once, mail follows from it.

    Rows with one `mail_group`, the id of its first row, go out in one mail. The group is fixed when the mail is first tried.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.OTHER)
    title = models.CharField(max_length=250)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, help_text="Path of the page it is about.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_group = models.BigIntegerField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"]),
            models.Index(fields=["mail_due_at"], condition=Q(mail_state="waiting"), name="notification_mail_due"),
            models.Index(fields=["mail_group"], condition=Q(mail_state="waiting"), name="notification_mail_group"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notification_unread"),
        ]
        constraints = [models.UniqueConstraint(fields=("user", "event"), name="notification_once_per_person")]

    def __str__(self) -> str:
        return self.title


class MailChoice(models.Model):
    """When a person wants the mail of one kind of notification; without a row it comes at once."""

    class When(models.TextChoices):
        AT_ONCE = "at_once", "At once"
        DAILY = "daily", "Once a day"
        NEVER = "never", "Never"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_choices")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    when = models.CharField(max_length=10, choices=When.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "kind"), name="mail_choice_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.when}"
