from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from adaccounts.models import AdAccount


class CampaignTemplate(models.Model):
    """A campaign's content that the whole team may start from, without its days.

    `content` is in the language of drafts (integrations/draft.py), `account` the one it was written for: its currency and
    assets are the content's.
    """

    name = models.CharField(max_length=200)
    account = models.ForeignKey(AdAccount, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = [Lower("name"), "id"]
        constraints = [models.UniqueConstraint(Lower("name"), name="campaign_template_name_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:start_from_template", args=[self.pk])

    @property
    def event_subject(self) -> str:
        return f"template:{self.pk}"


class SavedAudience(models.Model):
    """The targeting of an ad set under a name, for the whole team. Its ids of places and interests are the platform's."""

    name = models.CharField(max_length=200)
    platform = models.SlugField()
    targeting = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = [Lower("name"), "id"]
        constraints = [models.UniqueConstraint(Lower("name"), name="saved_audience_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def event_subject(self) -> str:
        return f"audience:{self.pk}"
