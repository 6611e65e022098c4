"""Decisions on drafts."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone

from campaigns.models.drafts import CampaignDraft
from stratum.roles import ApprovalLevel

User = settings.AUTH_USER_MODEL


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("Approvals are never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("Approvals are never deleted.")


class Approval(models.Model):
    """One decision of one person on one content. `snapshot` keeps that content as it was, readable for ever.

    The draft is approved when every level that is required has a row of its `submission`, each by another person.
    """

    class Decision(models.TextChoices):
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    draft = models.ForeignKey(CampaignDraft, on_delete=models.CASCADE, related_name="approvals")
    number = models.PositiveIntegerField(help_text="Counts the draft's decisions from 1.")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    level = models.CharField(max_length=20, choices=ApprovalLevel.choices, default=ApprovalLevel.APPROVER)
    submission = models.PositiveIntegerField(default=0, help_text="The draft's submission that was decided on.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    reason = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64)
    snapshot = models.JSONField()

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="approval_number_once")]

    def __str__(self) -> str:
        return f"{self.decision} {self.draft_id}/{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Approvals are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Approvals are never deleted.")
