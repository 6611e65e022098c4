from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from integrations.contracts import Tokens
from integrations.fields import EncryptedTextField


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def usable(self) -> ConnectionQuerySet:
        return self.filter(status=Connection.Status.CONNECTED)


class Connection(models.Model):
    """Our OAuth grant on a platform: one per platform."""

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

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["platform"]

    def __str__(self) -> str:
        return self.platform

    @property
    def is_usable(self) -> bool:
        return self.status == self.Status.CONNECTED

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.access_token, self.refresh_token, self.expires_at, self.refresh_expires_at)

    @tokens.setter
    def tokens(self, tokens: Tokens) -> None:
        self.access_token = tokens.access_token
        self.refresh_token = tokens.refresh_token
        self.expires_at = tokens.expires_at
        self.refresh_expires_at = tokens.refresh_expires_at


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
