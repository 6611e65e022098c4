from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from integrations.contracts import Tokens
from integrations.fields import EncryptedTextField


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def usable(self) -> ConnectionQuerySet:
        return self.filter(status=Connection.Status.CONNECTED)


class Connection(models.Model):
    """Our OAuth grant on a platform: one per platform.

    `tokens_version` counts the tokens: whoever writes new ones does so only over the version it read. `renewing_until`
    is the lease of the one worker that may spend the refresh token.
    """

    class Status(models.TextChoices):
        CONNECTED = "connected", "Connected"
        NEEDS_RECONNECT = "needs_reconnect", "Needs reconnecting"
        DISCONNECTED = "disconnected", "Not connected"

    platform = models.SlugField(unique=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.CONNECTED)
    access_token = EncryptedTextField(blank=True)
    refresh_token = EncryptedTextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    refresh_expires_at = models.DateTimeField(null=True, blank=True)
    scopes = models.JSONField(default=list, blank=True)
    external_user_id = models.CharField(max_length=100, blank=True)
    external_user_name = models.CharField(max_length=200, blank=True)
    connected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    connected_at = models.DateTimeField(default=timezone.now)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    warned_days = models.PositiveSmallIntegerField(null=True, blank=True)
    renews_itself = models.BooleanField(default=False, help_text="The platform gave a refresh token.")
    tokens_version = models.PositiveIntegerField(default=0)
    renewing_until = models.DateTimeField(null=True, blank=True)
    renew_not_before = models.DateTimeField(null=True, blank=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["platform"]

    def __str__(self) -> str:
        return self.platform

    @property
    def is_usable(self) -> bool:
        return self.status == self.Status.CONNECTED

    @property
    def event_subject(self) -> str:
        return f"connection:{self.platform}"

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.access_token, self.refresh_token, self.expires_at, self.refresh_expires_at)

    @property
    def ends_at(self) -> datetime | None:
        """When a person must connect again, as far as the platform has told; None if it named no end.

        An access token that a refresh token renews is no end.
        """
        ends = [self.refresh_expires_at] if self.renews_itself else [self.expires_at, self.refresh_expires_at]
        return min((end for end in ends if end is not None), default=None)


class ApiCall(models.Model):
    """One request to a platform and its answer, redacted. `run` names its publish run as text: `run:12`."""

    at = models.DateTimeField(default=timezone.now, editable=False)
    platform = models.SlugField()
    run = models.CharField(max_length=30, blank=True)
    call_id = models.CharField(max_length=32, blank=True)
    method = models.CharField(max_length=10)
    url = models.CharField(max_length=500)
    request = models.JSONField(default=dict, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    response = models.JSONField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    trace_id = models.CharField(max_length=200, blank=True)
    took_ms = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        verbose_name = "API call"
        indexes = [models.Index(fields=["run", "-id"]), models.Index(fields=["platform", "-id"])]

    def __str__(self) -> str:
        return f"{self.method} {self.url}"
