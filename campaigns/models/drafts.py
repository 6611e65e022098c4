"""Campaigns, from the first keystroke to what became of them at the platform."""

from __future__ import annotations

import secrets
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from adaccounts.models import AdAccount
from campaigns.models.media import MediaUse
from campaigns.name_keys import NameKeyField
from integrations import draft as drafts
from integrations.contracts import Delivery

User = settings.AUTH_USER_MODEL


SHORT_ID_LENGTH = 8
#: Without those that are mistaken for one another.
SHORT_ID_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_short_id() -> str:
    """Return a draft's short id: eight random letters and digits, part of every name we give at a platform."""
    return "".join(secrets.choice(SHORT_ID_CHARACTERS) for _ in range(SHORT_ID_LENGTH))


def is_short_id(text: str) -> bool:
    return len(text) == SHORT_ID_LENGTH and set(text) <= set(SHORT_ID_CHARACTERS)


#: What the list of campaigns filters and sorts by. Every index that the list walks ends with them: the answer is read from
#: the index alone, never from the table, whose rows hold the whole contents.
LISTED = ("status", "account", "created_by", "created_at", "starts_on", "ends_on", "budget_amount", "name_key")


def _without(name: str) -> list[str]:
    return [other for other in LISTED if other != name]


class DraftQuerySet(models.QuerySet["CampaignDraft"]):
    def update(self, **kwargs: Any) -> int:
        if "status" in kwargs:
            raise TypeError("Status changes go through campaigns/workflow.py.")
        return super().update(**kwargs)

    def may_spend(self) -> DraftQuerySet:
        """Campaigns that are on, or may be, or are about to be."""
        published = Q(status=CampaignDraft.Status.PUBLISHED) & ~Q(delivery__in=[Delivery.PAUSED, Delivery.ENDED])
        unclear = Q(may_be_live__in=[CampaignDraft.MayBeLive.YES, CampaignDraft.MayBeLive.UNKNOWN])
        return self.filter(published | unclear | Q(status=CampaignDraft.Status.PUBLISHING))

    def awaiting_approval(self) -> DraftQuerySet:
        return self.filter(status=CampaignDraft.Status.SUBMITTED)


class CampaignDraft(ConcurrentTransitionMixin, models.Model):
    """A campaign as its creator builds it, from the first keystroke to what became of it at the platform.

    `draft_json` is the content (integrations/draft.py), `version` counts its saves. `status` moves only in
    campaigns/workflow.py and in a run's last transaction. `name`, `budget_amount` and the days repeat parts of the
    content so that lists can be sorted and searched; `name_key` is the name as they compare it.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        PUBLISHING = "publishing", "Publishing"
        PUBLISHED = "published", "Published"
        FAILED = "failed", "Failed"

    class MayBeLive(models.TextChoices):
        NO = "no"
        YES = "yes"
        UNKNOWN = "unknown"

    short_id = models.CharField(max_length=12, unique=True, default=new_short_id, editable=False)
    account = models.ForeignKey(AdAccount, on_delete=models.PROTECT, related_name="drafts", db_index=False)
    draft_json = models.JSONField(default=drafts.empty)
    version = models.PositiveIntegerField(default=1)
    status = FSMField(choices=Status.choices, default=Status.DRAFT, protected=True)

    name = models.CharField(max_length=1000, blank=True)
    name_key = NameKeyField()
    budget_amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    budget_type = models.CharField(max_length=10, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="drafts", db_index=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)
    edited_by: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        User, blank=True, related_name="+", help_text="Who changed or submitted the content."
    )

    submissions = models.PositiveIntegerField(default=0, help_text="How often it was submitted; approvals name one.")
    required_levels = models.JSONField(
        default=list, blank=True, help_text="Who had to approve by the account's rules when it was submitted."
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rejected_at = models.DateTimeField(null=True, blank=True)
    rejected_by_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rejection_reason = models.TextField(blank=True)
    needed_by = models.DateField(null=True, blank=True, help_text="The day, in the account's zone, it must be decided.")
    reminded = models.PositiveSmallIntegerField(
        default=0, help_text="1 after the reminder the day before, 2 on the day."
    )
    published_at = models.DateTimeField(null=True, blank=True)
    platform_campaign_id = models.CharField(max_length=100, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    may_be_live = models.CharField(max_length=10, choices=MayBeLive.choices, default=MayBeLive.NO)
    delivery = models.CharField(max_length=12, choices=[(d.value, d.value.capitalize()) for d in Delivery], blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-id"]
        verbose_name = "campaign draft"
        permissions = [
            ("approve_campaigndraft", "Can approve and reject campaigns"),
            ("approve_finance_campaigndraft", "Can approve and reject campaigns that need Finance"),
            ("publish_campaigndraft", "Can publish any approved campaign"),
            ("change_any_campaigndraft", "Can edit everybody's drafts"),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id", *LISTED], name="draft_by_update"),
            models.Index(fields=["status", "-updated_at", "-id", *_without("status")], name="draft_by_status"),
            models.Index(fields=["account", "-updated_at", "-id", *_without("account")], name="draft_by_account"),
            models.Index(fields=["created_by", "-updated_at", "-id", *_without("created_by")], name="draft_by_creator"),
            models.Index(fields=["submitted_at", "id"], condition=Q(status="submitted"), name="draft_awaiting"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        if kwargs.get("update_fields") is None or "draft_json" in kwargs["update_fields"]:
            MediaUse.follow(self)

    def get_absolute_url(self) -> str:
        return reverse("campaigns:detail", args=[self.pk])

    @property
    def title(self) -> str:
        return self.name or "Untitled campaign"

    @property
    def event_subject(self) -> str:
        return f"draft:{self.pk}"

    @property
    def platform(self) -> str:
        return self.account.platform

    @property
    def platform_account_id(self) -> str:
        return self.account.external_id

    @cached_property
    def reading(self) -> drafts.Reading:
        """The content, read. Cached: fetch the draft again after its content changed."""
        return drafts.read(self.draft_json)

    @property
    def content(self) -> drafts.Draft:
        return self.reading.draft

    @property
    def content_hash(self) -> str:
        """What an approval binds: the content and the account it runs on."""
        return drafts.content_hash(self.draft_json, self.account.external_id)

    @property
    def hands(self) -> set[int | None]:
        """The ids of everybody who created, edited or submitted this content since it began."""
        return {self.created_by_id, self.submitted_by_user_id} | {person.pk for person in self.edited_by.all()}

    @property
    def is_editable(self) -> bool:
        return bool(self.status == self.Status.DRAFT)

    # Transitions only set fields. campaigns/workflow.py checks, saves, records and notifies.

    @transition(field=status, source=Status.DRAFT, target=Status.SUBMITTED)
    def mark_submitted(self, by: Any, required_levels: list[str]) -> None:
        self.submitted_at, self.submitted_by_user = timezone.now(), by
        self.submissions, self.required_levels, self.reminded = self.submissions + 1, required_levels, 0
        self.rejected_at = self.rejected_by_user = None
        self.rejection_reason = ""

    @transition(field=status, source=Status.SUBMITTED, target=Status.DRAFT)
    def mark_withdrawn(self) -> None:
        self.submitted_at = self.submitted_by_user = None

    @transition(field=status, source=Status.SUBMITTED, target=Status.APPROVED)
    def mark_approved(self, by: Any) -> None:
        self.approved_at, self.approved_by_user = timezone.now(), by

    @transition(field=status, source=Status.SUBMITTED, target=Status.REJECTED)
    def mark_rejected(self, by: Any, reason: str) -> None:
        self.rejected_at, self.rejected_by_user = timezone.now(), by
        self.rejection_reason = reason

    @transition(field=status, source=[Status.REJECTED, Status.APPROVED, Status.FAILED], target=Status.DRAFT)
    def mark_revised(self) -> None:
        self.submitted_at = self.submitted_by_user = self.approved_at = self.approved_by_user = None
        self.error_code = self.error_message = ""

    @transition(field=status, source=[Status.APPROVED, Status.FAILED], target=Status.PUBLISHING)
    def mark_publishing(self) -> None:
        self.error_code = self.error_message = ""
        self.may_be_live = self.MayBeLive.NO

    @transition(field=status, source=Status.PUBLISHING, target=Status.PUBLISHED)
    def mark_published(self, campaign_id: str, delivery: str) -> None:
        self.published_at, self.platform_campaign_id, self.delivery = timezone.now(), campaign_id, delivery
        self.may_be_live = self.MayBeLive.NO if delivery == Delivery.PAUSED else self.MayBeLive.YES

    @transition(field=status, source=Status.PUBLISHING, target=Status.FAILED)
    def mark_failed(self, code: str, message: str, may_be_live: str) -> None:
        self.error_code, self.error_message, self.may_be_live = code, message, may_be_live
