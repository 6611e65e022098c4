"""What the sandbox remembers: the platforms' objects, tokens, the journal, and how it was told to misbehave."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone


class ObjectQuerySet(models.QuerySet["Object"]):
    def present(self) -> ObjectQuerySet:
        """What has not been deleted."""
        return self.filter(deleted_at=None)

    def seen(self, stale_seconds: float) -> ObjectQuerySet:
        """What a read that lags by so many seconds would find."""
        if not stale_seconds:
            return self
        return self.filter(created_at__lte=timezone.now() - timedelta(seconds=stale_seconds))


class Object(models.Model):
    """Anything a platform stores; `kind` is one word for all platforms, `data` holds the rest in the platform's own."""

    class Kind(models.TextChoices):
        ACCOUNT = "account"
        CAMPAIGN = "campaign"
        AD_SET = "ad_set"
        AD = "ad"
        CREATIVE = "creative"
        MEDIA = "media"
        PAGE = "page"
        INSTAGRAM = "instagram"
        PIXEL = "pixel"
        PROFILE = "profile"
        IDENTITY = "identity"
        BUDGET = "budget"
        ASSET = "asset"
        CONVERSION = "conversion"
        ORGANIZATION = "organization"
        UPLOAD = "upload"

    platform = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=Kind)
    external_id = models.CharField(max_length=200)
    account = models.CharField(max_length=100, blank=True)
    parent = models.CharField(max_length=200, blank=True)
    name = models.TextField(blank=True)
    status = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, default=None)
    first_on_at = models.DateTimeField(null=True, default=None)

    objects = ObjectQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "kind", "external_id"], name="one_object_per_id")]
        indexes = [
            models.Index(fields=["platform", "kind", "account"], name="object_by_account"),
            models.Index(fields=["platform", "kind", "parent"], name="object_by_parent"),
            models.Index(fields=["platform", "external_id"], name="object_by_id"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.kind} {self.external_id}"


class Token(models.Model):
    """Every token and code ever issued; a reset revokes them but keeps the rows, so that a leak can be searched for."""

    class Kind(models.TextChoices):
        CODE = "code"
        ACCESS = "access"
        REFRESH = "refresh"

    platform = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=400, unique=True)
    client_id = models.CharField(max_length=100)
    user = models.CharField(max_length=100)
    scopes = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True, default=None)
    revoked_at = models.DateTimeField(null=True, default=None)

    class Meta:
        indexes = [models.Index(fields=["platform", "kind"], name="token_by_kind")]

    def __str__(self) -> str:
        return f"{self.platform} {self.kind} token of {self.user}"

    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


class JournalEntry(models.Model):
    """One request as it arrived and what was sent back; secrets are taken out before it is stored."""

    at = models.DateTimeField(default=timezone.now)
    platform = models.CharField(max_length=20, db_index=True)
    method = models.CharField(max_length=10)
    path = models.TextField()
    query = models.JSONField(default=dict)
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)
    body_kind = models.CharField(max_length=10)
    files = models.JSONField(default=list)
    status = models.IntegerField(null=True, default=None)
    response = models.JSONField(null=True, default=None)
    fault = models.CharField(max_length=60, blank=True)
    took_ms = models.FloatField(null=True, default=None)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Fault(models.Model):
    """An order to misbehave: which calls, how, and how many times more (`remaining` empty means until cleared).

    So many calls as `skip` says pass before it strikes.
    """

    platform = models.CharField(max_length=20, blank=True)
    method = models.CharField(max_length=10, blank=True)
    path = models.TextField(blank=True)
    effect = models.CharField(max_length=20)
    moment = models.CharField(max_length=10, default="before")
    value: Any = models.JSONField(null=True, default=None)
    remaining = models.IntegerField(null=True, default=1)
    skip = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.effect} on {self.method} {self.path}"


class Setting(models.Model):
    """A value that was set in place of its default."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.JSONField()

    def __str__(self) -> str:
        return self.name


def settings_in_force(defaults: dict[str, Any]) -> dict[str, Any]:
    """The defaults with what was set laid over them."""
    return defaults | dict(Setting.objects.values_list("name", "value"))


def iso(moment: datetime | None) -> str | None:
    """The time in UTC as the control surface writes it, with microseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else None
