from __future__ import annotations

import copy
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from adaccounts import naming
from integrations.contracts import Account
from stratum.roles import ApprovalLevel


class AdAccountQuerySet(models.QuerySet["AdAccount"]):
    def selectable(self) -> AdAccountQuerySet:
        """Accounts that new campaigns may use: enabled, seen in the last complete sync, usable at the platform."""
        return self.filter(is_enabled=True, stale_since=None, unusable_reason="")


class AdAccount(models.Model):
    """A platform's account that pays. Synced from the platform, then enabled and capped by an Admin.

    Caps are in the account's currency, in major units; no cap means no limit. `count_real_days` makes a month count its
    real days of a daily amount; otherwise it counts 30 at most.
    """

    platform = models.SlugField()
    external_id = models.CharField(max_length=100)
    name = models.CharField(max_length=300)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64)
    unusable_reason = models.CharField(max_length=300, blank=True)
    extra = models.JSONField(default=dict, blank=True, help_text="What only the platform's own code reads.")
    is_enabled = models.BooleanField(default=False)
    daily_cap = models.DecimalField(
        max_digits=18, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    monthly_cap = models.DecimalField(
        max_digits=18, decimal_places=4, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    count_real_days = models.BooleanField(default=False)
    caps_raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who loosened the caps, until another Admin sets them.",
    )
    caps_before_raise = models.JSONField(
        default=dict, blank=True, help_text="The caps before that, as they were: daily, monthly, count_real_days."
    )
    defaults = models.JSONField(
        default=dict, blank=True, help_text="Asset kind to external id, copied into new drafts."
    )
    naming_pattern = models.CharField(max_length=naming.LONGEST, blank=True, help_text="How new campaigns are named.")
    url_tags_rule = models.CharField(
        max_length=naming.LONGEST, blank=True, help_text="What new campaigns add to links."
    )
    synced_at = models.DateTimeField(null=True, blank=True)
    stale_since = models.DateTimeField(null=True, blank=True)
    assets_synced_at = models.DateTimeField(null=True, blank=True)
    assets_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AdAccountQuerySet.as_manager()

    class Meta:
        ordering = ["platform", "name", "id"]
        verbose_name = "ad account"
        constraints = [
            models.UniqueConstraint(fields=["platform", "external_id"], name="ad_account_once"),
            models.CheckConstraint(condition=Q(daily_cap=None) | Q(daily_cap__gte=0), name="ad_account_daily_cap"),
            models.CheckConstraint(
                condition=Q(monthly_cap=None) | Q(monthly_cap__gte=0), name="ad_account_monthly_cap"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.external_id})"

    @property
    def event_subject(self) -> str:
        return f"account:{self.pk}"

    @property
    def is_selectable(self) -> bool:
        return self.is_enabled and self.stale_since is None and not self.unusable_reason

    @property
    def before_the_raise(self) -> AdAccount:
        """The account at hand with the caps it had before somebody loosened them; never saved."""
        account, before = copy.copy(self), self.caps_before_raise
        account.daily_cap = None if before.get("daily") is None else Decimal(before["daily"])
        account.monthly_cap = None if before.get("monthly") is None else Decimal(before["monthly"])
        account.count_real_days = bool(before.get("count_real_days"))
        return account

    @property
    def contract(self) -> Account:
        """The account as the border to the platforms knows it."""
        return Account(
            self.external_id, self.name, self.currency, self.time_zone, self.unusable_reason, dict(self.extra)
        )


class Threshold(models.Model):
    """The amounts over which a level is asked, in major units of the account's currency.

    Both amounts empty: every campaign. Either amount passed is enough.
    """

    class Level(models.TextChoices):
        FINANCE = ApprovalLevel.FINANCE.value, "Finance"
        SECOND_APPROVER = ApprovalLevel.SECOND_APPROVER.value, "Second Approver"
        ADMIN = ApprovalLevel.ADMIN.value, "Admin"

    level = models.CharField(max_length=20, choices=Level.choices)
    over_per_day = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    over_total = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.get_level_display()

    def asks(self, per_day: Decimal, total: Decimal | None) -> bool:
        """Say whether a campaign of so much a day and in total needs this level; no total is one without an end."""
        if self.over_per_day is None and self.over_total is None:
            return True
        is_dear_a_day = self.over_per_day is not None and per_day > self.over_per_day
        return is_dear_a_day or (self.over_total is not None and (total is None or total > self.over_total))


class ApprovalRule(Threshold):
    """Over an amount, a campaign on this account needs one more person's approval."""

    account = models.ForeignKey(AdAccount, on_delete=models.CASCADE, related_name="approval_rules")

    class Meta:
        ordering = ["level"]
        constraints = [models.UniqueConstraint(fields=["account", "level"], name="approval_rule_once_per_level")]


class FormerRule(Threshold):
    """What a level was asked for before somebody loosened it: it holds for their own campaigns meanwhile."""

    account = models.ForeignKey(AdAccount, on_delete=models.CASCADE, related_name="former_rules")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["level"]
        constraints = [models.UniqueConstraint(fields=["account", "level"], name="former_rule_once_per_level")]


class AccountAsset(models.Model):
    """What an ad of this account needs besides: a page, a pixel, an Instagram user."""

    account = models.ForeignKey(AdAccount, on_delete=models.CASCADE, related_name="assets")
    kind = models.CharField(max_length=30)
    external_id = models.CharField(max_length=100)
    name = models.CharField(max_length=300)
    extra = models.JSONField(default=dict, blank=True)
    is_stale = models.BooleanField(default=False)

    class Meta:
        ordering = ["kind", "name", "id"]
        constraints = [models.UniqueConstraint(fields=["account", "kind", "external_id"], name="account_asset_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.external_id})"


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    def open(self) -> SyncRunQuerySet:
        return self.filter(state__in=SyncRun.OPEN)


class SyncRun(models.Model):
    """One sync of a platform's accounts: what it found, or why it stopped.

    One at a time per platform: the open one. `beat_at` is its last sign of life; one that is silent for too long is
    given up, and what it may still find is not written.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        COMPLETE = "complete"
        FAILED = "failed"

    OPEN = ("queued", "running")

    platform = models.SlugField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    seen = models.PositiveIntegerField(default=0, help_text="Accounts the platform has named so far.")
    new = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0, help_text="Stale accounts that came back; not in `updated`.")
    stale = models.PositiveIntegerField(default=0, help_text="Accounts that this sync found missing.")
    note = models.CharField(max_length=300, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=500, blank=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["platform", "-id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["platform"], condition=Q(state__in=("queued", "running")), name="one_open_sync_per_platform"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class CapCommitment(models.Model):
    """What an approved draft counts against an account's caps: an amount for each day, in the account's currency and zone.

    `draft_id` and `approval_number` are plain numbers, because campaigns are a room above. No `to_day` means open-ended.
    `is_spread` marks a lifetime budget spread over its days; a daily amount counts 30 days a month at most.
    """

    account = models.ForeignKey(AdAccount, on_delete=models.PROTECT, related_name="commitments")
    draft_id = models.BigIntegerField()
    approval_number = models.PositiveIntegerField()
    is_spread = models.BooleanField(default=False)
    from_day = models.DateField()
    to_day = models.DateField(null=True, blank=True)
    per_day = models.DecimalField(max_digits=18, decimal_places=4)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["account", "from_day"])]
        constraints = [
            models.UniqueConstraint(fields=["draft_id", "approval_number"], name="commitment_once_per_approval"),
            models.CheckConstraint(condition=Q(per_day__gt=0), name="commitment_positive"),
            models.CheckConstraint(condition=Q(to_day=None) | Q(to_day__gte=F("from_day")), name="commitment_days"),
        ]

    def __str__(self) -> str:
        return f"draft {self.draft_id}: {self.per_day} a day from {self.from_day}"
