from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from stratum.fields import EncryptedTextField, Undecryptable
from stratum.kinds import Kind
from stratum.models.events import Event

#: The event of a test message.
TESTED = "webhook.tested"


class Webhook(models.Model):
    """An address outside to which what happens is posted, for the whole team. Who knows the address may post there."""

    class Format(models.TextChoices):
        SLACK = "slack", "Slack"
        SIGNED = "signed", "Signed JSON"

    name = models.CharField(max_length=80)
    format = models.CharField(max_length=10, choices=Format.choices)
    url = EncryptedTextField()
    secret = EncryptedTextField(blank=True)
    kinds = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    failures = models.PositiveIntegerField(default=0, help_text="Attempts that failed since the last one that worked.")
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("webhook", args=[self.pk])

    @property
    def event_subject(self) -> str:
        return f"webhook:{self.pk}"

    @property
    def host(self) -> str:
        """Where it leads, without what is secret about it; unreadable when no key opens it."""
        try:
            return urlsplit(self.url).netloc
        except Undecryptable:
            return "unreadable"

    @property
    def is_enabled(self) -> bool:
        return self.disabled_at is None

    @property
    def kind_labels(self) -> list[str]:
        return [str(Kind(kind).label) for kind in self.kinds if kind in Kind.values]

    def facts(self) -> dict[str, Any]:
        """Return what an event may tell of it."""
        return {"name": self.name, "format": self.format, "host": self.host, "kinds": sorted(self.kinds)}


class WebhookPost(models.Model):
    """One event on its way to one address: the outbox, and afterwards the log of what was answered."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="posts")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=250)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    took_ms = models.PositiveIntegerField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP status of the last answer.")
    answer = models.TextField(blank=True, help_text="Beginning of the last answer.")
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["webhook", "-id"]),
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="webhook_post_due"),
        ]
        constraints = [models.UniqueConstraint(fields=("webhook", "event"), name="webhook_post_once_per_event")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_test(self) -> bool:
        return self.event.code == TESTED
