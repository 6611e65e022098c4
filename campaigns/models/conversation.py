"""What is said about drafts, by whom they are looked at, and who is asked from outside."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from campaigns.models.drafts import CampaignDraft, new_short_id

User = settings.AUTH_USER_MODEL


class Comment(models.Model):
    """What somebody said about a part of a draft. The first of a thread has no `thread`, and is resolved for all of it.

    `node` is the key of an ad set or an ad, or `campaign`; `node_name` is its name at that time, for when it is gone.
    """

    draft = models.ForeignKey(CampaignDraft, on_delete=models.CASCADE, related_name="comments")
    thread = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="answers")
    node = models.CharField(max_length=40)
    node_name = models.CharField(max_length=1000, blank=True)
    text = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    once = models.CharField(max_length=12, unique=True, default=new_short_id, help_text="Names the press of a button.")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"comment {self.pk} on draft {self.draft_id}"


class Look(models.Model):
    """That somebody who may decide on a draft has its page open: `seen_at` is the last sign of it."""

    draft = models.ForeignKey(CampaignDraft, on_delete=models.CASCADE, related_name="looks")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "user"], name="look_once_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} looks at {self.draft_id}"


class GuestLink(models.Model):
    """A way for somebody without an account to see one content and to say once what they think of it.

    The link itself is stored nowhere, only the SHA-256 of its secret. It shows the content of `content_hash` or nothing.
    """

    class Opinion(models.TextChoices):
        AGREES = "agrees", "Agrees"
        OBJECTS = "objects", "Objects"

    draft = models.ForeignKey(CampaignDraft, on_delete=models.CASCADE, related_name="guest_links")
    secret_hash = models.CharField(max_length=64, unique=True)
    content_hash = models.CharField(max_length=64)
    guest = models.CharField(max_length=200, help_text="For whom it was made.")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    opinion = models.CharField(max_length=10, choices=Opinion.choices, blank=True)
    name = models.CharField(max_length=200, blank=True, help_text="As whoever answered wrote it.")
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"link for {self.guest}"
