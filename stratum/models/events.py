from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone

from stratum import evidence


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: str) -> EventQuerySet:
        return self.filter(subject=subject)

    def bulk_create(self, objs: Iterable[Event], *args: Any, **kwargs: Any) -> list[Event]:
        signed = list(objs)
        for event in signed:
            event.sign()
        return super().bulk_create(signed, *args, **kwargs)

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("Events are never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("Events are never deleted.")


class Event(models.Model):
    """What somebody, or the system, did: who, what, before and after, when. Never changed, never deleted.

    The signature shows that the product wrote exactly this; see stratum/evidence.py.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    code = models.CharField(max_length=60)
    subject = models.CharField(max_length=60, help_text="For example draft:12 or account:3.")
    data = models.JSONField(default=dict, blank=True)
    signature = models.CharField(max_length=64, blank=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject", "-id"]),
            models.Index(fields=["code", "-id"]),
            models.Index(fields=["-at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Events are never changed.")
        self.sign()
        super().save(*args, **kwargs)

    def sign(self) -> None:
        """Sign what the event says as it is now."""
        self.at = models.DateTimeField().to_python(self.at)
        self.signature = evidence.sign(self)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Events are never deleted.")


class EventSeal(models.Model):
    """The link of one event in the chain; without a constraint on the event, so that it outlives a row taken away."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.DO_NOTHING, db_constraint=False, related_name="seal")
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"
