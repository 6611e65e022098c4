from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, FloatField, Q
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from adaccounts.models import AdAccount
from campaigns import ratios
from campaigns.landing.models import LandingCheck as LandingCheck
from campaigns.name_keys import NameKeyField
from campaigns.starting.models import CampaignTemplate as CampaignTemplate
from campaigns.starting.models import SavedAudience as SavedAudience
from integrations import draft as drafts
from integrations.contracts import Action, Delivery, Level, Media, Step
from stratum.roles import ApprovalLevel

User = settings.AUTH_USER_MODEL


def new_short_id() -> str:
    """Return a draft's short id: 40 random bits in base32, part of every name we give at a platform."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(8))


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

    draft = models.ForeignKey(CampaignDraft, on_delete=models.CASCADE, related_name="media_uses")
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


class PublishRunQuerySet(models.QuerySet["PublishRun"]):
    def open(self) -> PublishRunQuerySet:
        return self.filter(state__in=PublishRun.OPEN)

    def free_and_due(self, now: datetime) -> PublishRunQuerySet:
        """Runs that a worker may claim: due for work, or for the search after success, and held by nobody."""
        free = Q(lease_until=None) | Q(lease_until__lte=now)
        due = Q(state__in=PublishRun.DUE, due_at__lte=now)
        return self.filter(free, due | Q(state=PublishRun.State.SUCCEEDED, reconcile_at__lte=now))


class PublishRun(models.Model):
    """The publication of one approved content, or one switch of what was published. Retry continues the same run.

    A worker owns a run while its `lease_until` is ahead and it knows the `fence`. `due_at` is when somebody should look
    at it next. See campaigns/publishing/ledger.py.
    """

    class Kind(models.TextChoices):
        PUBLISH = "publish", "Publish"
        PAUSE = "pause", "Pause"
        RESUME = "resume", "Resume"
        END = "end", "End"

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        WAITING = "waiting", "Waiting"
        SUCCEEDED = "succeeded", "Succeeded"
        FAILED = "failed", "Failed"
        NEEDS_ATTENTION = "needs_attention", "Needs attention"
        REMOVING = "removing", "Removing"
        REMOVED = "removed", "Removed"

    #: One run per draft may be in one of these.
    OPEN = ("queued", "running", "waiting", "needs_attention", "removing")
    #: A worker may claim a run in one of these.
    DUE = ("queued", "running", "waiting", "removing")

    draft = models.ForeignKey(CampaignDraft, on_delete=models.PROTECT, related_name="runs")
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PUBLISH)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveIntegerField(default=1)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    due_at = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(null=True, blank=True, help_text="When the queue was last told of it.")
    waiting_why = models.CharField(max_length=300, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    fence = models.PositiveIntegerField(default=0)
    lost_claims = models.PositiveIntegerField(default=0, help_text="Claims that ended without release.")
    setbacks = models.PositiveIntegerField(default=0, help_text="Waits in a row without any step done.")

    reconcile_at = models.DateTimeField(
        null=True, blank=True, help_text="When a run that had trouble is searched for surplus objects once more."
    )
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    read_back_at = models.DateTimeField(null=True, blank=True, help_text="When the paused tree was found as approved.")
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    error_path = models.CharField(max_length=200, blank=True)
    retry_helps = models.BooleanField(null=True, blank=True)

    objects = PublishRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft"],
                condition=Q(state__in=("queued", "running", "waiting", "needs_attention", "removing")),
                name="one_open_run_per_draft",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=("queued", "running", "waiting", "removing")), name="run_due"
            ),
            models.Index(fields=["reconcile_at"], condition=Q(reconcile_at__isnull=False), name="run_reconcile"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of draft {self.draft_id}"

    @property
    def api_reference(self) -> str:
        """How ApiCall rows name this run."""
        return f"run:{self.pk}"

    @property
    def prefix(self) -> str:
        """The beginning of all step keys: stable over retries, new with each approval."""
        return f"{self.draft.short_id}-{self.approval.number}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_publication(self) -> bool:
        return self.kind == self.Kind.PUBLISH


class PublishStepQuerySet(models.QuerySet["PublishStep"]):
    def creations(self) -> PublishStepQuerySet:
        return self.filter(action=Action.CREATE)

    def switches(self) -> PublishStepQuerySet:
        return self.exclude(action__in=[Action.CREATE, Action.REMOVE])

    def of_campaign(self) -> PublishStepQuerySet:
        return self.filter(level=Level.CAMPAIGN)

    def unfinished(self) -> PublishStepQuerySet:
        return self.filter(state__in=[PublishStep.State.PLANNED, PublishStep.State.SENDING])

    def done(self) -> PublishStepQuerySet:
        return self.filter(state=PublishStep.State.DONE)


class PublishStep(models.Model):
    """One object to create, change or switch at the platform: the ledger's row.

    `sending` was committed before a byte left; what became of it is unknown until it says something else.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        SENDING = "sending", "Sending"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        REMOVING = "removing", "Removing"
        REMOVED = "removed", "Removed"

    run = models.ForeignKey(PublishRun, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField(help_text="Order on the page only.")
    key = models.CharField(max_length=300)
    action = models.CharField(max_length=12, choices=[(a.value, a.value) for a in Action])
    level = models.CharField(max_length=12, choices=[(lv.value, lv.value) for lv in Level])
    node = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=600)
    payload = models.JSONField(default=dict, blank=True)
    needs = models.JSONField(default=list, blank=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    external_id = models.CharField(max_length=200, blank=True)
    call_id = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    took_ms = models.PositiveIntegerField(null=True, blank=True)
    claimed_id = models.CharField(max_length=200, blank=True, help_text="An id a person named; to be checked.")
    was_adopted = models.BooleanField(default=False, help_text="Found at the platform instead of answered by it.")
    error_kind = models.CharField(max_length=20, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.TextField(blank=True)
    error_path = models.CharField(max_length=200, blank=True)

    objects = PublishStepQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "key", "action"], name="step_once_per_run")]
        indexes = [models.Index(fields=["run", "state"]), models.Index(fields=["external_id"])]

    def __str__(self) -> str:
        return f"{self.action} {self.key}"

    @property
    def contract(self) -> Step:
        """The step as the border to the platforms knows it."""
        return Step(
            key=self.key,
            action=Action(self.action),
            level=Level(self.level),
            node=self.node,
            name=self.name,
            payload=self.payload,
            needs=tuple(self.needs),
            external_id=self.external_id,
        )

    def contract_with(self, known: Mapping[str, str]) -> Step:
        """The same, a switch or removal completed with the id of the object it is about."""
        return replace(self.contract, external_id=self.external_id or known.get(self.key, ""))
