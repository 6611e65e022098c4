from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stratum.roles import Role


class PeopleManager(UserManager["User"]):
    def with_permission(self, permission: str) -> models.QuerySet[User]:
        """Return the active people who hold the permission `app.codename`, superusers included."""
        app, codename = permission.split(".")
        held = Q(groups__permissions__codename=codename, groups__permissions__content_type__app_label=app)
        return self.filter(Q(is_active=True), held | Q(is_superuser=True)).distinct()


class User(AbstractUser):
    """A member of the team. What a member may do comes from the groups in stratum/roles.py."""

    email = models.EmailField("email address", unique=True)
    password_is_temporary = models.BooleanField(default=False, help_text="Given by an Admin: to be changed at log-in.")

    objects: ClassVar[PeopleManager] = PeopleManager()

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def event_subject(self) -> str:
        return f"person:{self.pk}"

    @property
    def roles(self) -> list[str]:
        return [group.name for group in self.groups.all() if group.name in Role.values]


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: str) -> EventQuerySet:
        return self.filter(subject=subject)

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("Events are never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("Events are never deleted.")


class Event(models.Model):
    """What somebody, or the system, did: who, what, before and after, when. Never changed, never deleted."""

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    code = models.CharField(max_length=60)
    subject = models.CharField(max_length=60, help_text="For example draft:12 or account:3.")
    data = models.JSONField(default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject", "-id"]), models.Index(fields=["code", "-id"])]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Events are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Events are never deleted.")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)

    def due(self) -> NotificationQuerySet:
        """Mails that should go out now: never sent, not being sent, back-off over."""
        return self.filter(mail_state=Notification.Mail.WAITING, mail_due_at__lte=timezone.now())


class Notification(models.Model):
    """A message to one person. The row is the outbox: the page shows it at once, mail follows from it."""

    class Mail(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"
        NONE = "none", "no mail"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=250)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, help_text="Path of the page it is about.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_state = models.CharField(max_length=10, choices=Mail.choices, default=Mail.WAITING)
    mail_due_at = models.DateTimeField(default=timezone.now)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_error = models.CharField(max_length=250, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"]),
            models.Index(fields=["mail_due_at"], condition=Q(mail_state="waiting"), name="notification_mail_due"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notification_unread"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="notification_once_per_person")]

    def __str__(self) -> str:
        return self.title


class Heartbeat(models.Model):
    """When a part of the system was last seen at work, for /healthz and for the supervisor."""

    name = models.CharField(max_length=60, primary_key=True)
    seen_at = models.DateTimeField()
    note = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.name
