from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a part of the system was last seen at work, for /healthz and for the supervisor."""

    name = models.CharField(max_length=60, primary_key=True)
    seen_at = models.DateTimeField()
    note = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.name
