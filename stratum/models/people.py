from __future__ import annotations

import hashlib
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils import timezone

from stratum.fields import EncryptedTextField
from stratum.models.messages import OutgoingMail
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


class PersonSession(AbstractBaseSession):
    """A session as the database keeps it, with whose it is: ending somebody's access is deleting their rows."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="sessions"
    )
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=60, blank=True)
    browser = models.CharField(max_length=300, blank=True)

    class Meta(AbstractBaseSession.Meta):
        ordering = ["-seen_at"]

    @property
    def public_id(self) -> str:
        """Return a name for pages: the key itself would let whoever reads it take the session over."""
        return hashlib.sha256(f"stratum.session:{self.session_key}".encode()).hexdigest()[:16]


class Invitation(OutgoingMail):
    """An offer to join the team with certain roles, sent by mail. `number` counts the links: only the newest is good."""

    email = models.EmailField()
    roles = models.JSONField(default=list)
    number = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["mail_due_at"], condition=Q(mail_state="waiting"), name="invitation_mail_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_open_once_per_address",
            )
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def event_subject(self) -> str:
        return f"invitation:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.revoked_at is None

    @property
    def status(self) -> str:
        """Return the state that people are shown: invited or expired, while it is open."""
        return "expired" if self.expires_at <= timezone.now() else "invited"


class Authenticator(models.Model):
    """A person's second factor: an app that shows a code every 30 seconds, and codes on paper for the day it is lost.

    Without `confirmed_at` it is only being set up and asked for nowhere.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="authenticator")
    secret = EncryptedTextField()
    backup_codes = EncryptedTextField(blank=True, help_text="Hashes of the codes that are left, separated by blanks.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0, help_text="The newest 30 seconds whose code was used.")
    failures = models.PositiveIntegerField(default=0, help_text="Wrong codes since the last right one.")
    failed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Authenticator of {self.user_id}"
