from __future__ import annotations

import hashlib

from django.db import models


class LandingCheck(models.Model):
    """What came of the last visit to an address. `sum` is the SHA-256 of the address: addresses are long, keys short."""

    class Verdict(models.TextChoices):
        OK = "ok"
        WARNING = "warning"
        ERROR = "error"

    sum = models.CharField(max_length=64, unique=True)
    url = models.TextField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    message = models.CharField(max_length=500)
    redirects = models.PositiveSmallIntegerField(default=0)
    took_ms = models.PositiveIntegerField(default=0)
    checked_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-checked_at", "-id"]

    def __str__(self) -> str:
        return f"{self.url}: {self.message}"


def sum_of(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
