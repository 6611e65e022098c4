"""The media library, and which drafts use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, FloatField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from campaigns import ratios
from integrations import draft as drafts
from integrations.contracts import Media

if TYPE_CHECKING:
    from campaigns.models.drafts import CampaignDraft

User = settings.AUTH_USER_MODEL


class MediaAsset(models.Model):
    """A picture or film, checked and stored once by the SHA-256 of its bytes. Width and height in pixels."""

    class Kind(models.TextChoices):
        IMAGE = "image", "Image"
        VIDEO = "video", "Video"

    sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    file = models.FileField(upload_to="media", max_length=200)
    thumbnail = models.FileField(upload_to="thumbnails", max_length=200, blank=True)
    filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=60)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    ratio = models.GeneratedField(
        expression=Cast(F("width"), FloatField()) / Cast(F("height"), FloatField()),
        output_field=FloatField(),
        db_persist=True,
    )
    duration = models.FloatField(null=True, blank=True, help_text="Seconds.")
    codec = models.CharField(max_length=20, blank=True)
    has_sound = models.BooleanField(null=True, blank=True)
    is_animated = models.BooleanField(default=False)
    is_frame = models.BooleanField(default=False, help_text="Taken out of a video; not in the library's list.")
    cover = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    frames: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="films"
    )
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename

    @property
    def event_subject(self) -> str:
        return f"media:{self.pk}"

    @property
    def thumbnail_url(self) -> str:
        """The address of the small picture; another one when the cover changed, since browsers keep it for good."""
        url = reverse("campaigns:media_thumbnail", args=[self.sha256])
        return f"{url}?cover={self.cover_id}" if self.cover_id else url

    @property
    def shape(self) -> str:
        return ratios.name(ratios.of(self.width, self.height))

    @property
    def length(self) -> str:
        return self.contract.length

    @property
    def is_croppable(self) -> bool:
        return self.kind == self.Kind.IMAGE and not self.is_animated

    @property
    def contract(self) -> Media:
        return Media(
            self.sha256,
            self.kind,
            self.content_type,
            self.filename,
            self.size,
            self.width,
            self.height,
            self.duration,
            self.codec,
            self.has_sound,
            self.is_animated,
        )


class MediaUse(models.Model):
    """A file that a draft's content names, in the library or not. CampaignDraft.save() keeps it in step."""

    draft = models.ForeignKey("CampaignDraft", on_delete=models.CASCADE, related_name="media_uses")
    sha256 = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "sha256"], name="media_use_once")]

    def __str__(self) -> str:
        return f"{self.sha256[:10]} in {self.draft_id}"

    @classmethod
    def follow(cls, draft: CampaignDraft) -> None:
        """Make the draft's rows equal to what its content names."""
        named = drafts.files_in(draft.draft_json)
        known = set(cls.objects.filter(draft=draft).values_list("sha256", flat=True))
        if gone := known - named:
            cls.objects.filter(draft=draft, sha256__in=gone).delete()
        if new := named - known:
            MediaUse.objects.bulk_create(
                [MediaUse(draft=draft, sha256=sha256) for sha256 in sorted(new)], ignore_conflicts=True
            )
