"""Publications: the run and its steps, which are the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from campaigns.models.approvals import Approval
from campaigns.models.drafts import CampaignDraft
from integrations.contracts import Action, Level, Step

User = settings.AUTH_USER_MODEL


class PublishRunQuerySet(models.QuerySet["PublishRun"]):
    def open(self) -> PublishRunQuerySet:
        return self.filter(state__in=PublishRun.OPEN)

    def free_and_due(self, now: datetime) -> PublishRunQuerySet:
        """Runs that a worker may claim: due for work, or for the search after their end, and held by nobody."""
        free = Q(lease_until=None) | Q(lease_until__lte=now)
        due = Q(state__in=PublishRun.DUE, due_at__lte=now)
        return self.filter(free, due | Q(state__in=PublishRun.SEARCHED, reconcile_at__lte=now))


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
    #: Ends after which objects may still appear that nobody knows of.
    SEARCHED = ("succeeded", "removed")

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
