from __future__ import annotations

from decimal import Decimal

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from adaccounts.models import AccountAsset, AdAccount, ApprovalRule, CapCommitment, SyncRun
from stratum.admin import ReadOnlyAdmin, ReadOnlyInline
from stratum.formats import money


class AssetInline(ReadOnlyInline):
    model = AccountAsset
    fields = ["kind", "external_id", "name", "is_stale"]
    show_change_link = False


class ApprovalRuleInline(ReadOnlyInline):
    model = ApprovalRule
    fields = ["level", "over_per_day", "over_total"]
    show_change_link = False


class CommitmentInline(ReadOnlyInline):
    model = CapCommitment
    fields = ["draft_id", "approval_number", "from_day", "to_day", "per_day", "is_spread"]
    show_change_link = False


@admin.register(AdAccount)
class AdAccountAdmin(ReadOnlyAdmin):
    list_display = ["name", "platform", "external_id", "is_enabled", "daily", "monthly", "stale_since", "settings"]
    list_filter = ["platform", "is_enabled"]
    search_fields = ["name", "external_id"]
    inlines = [ApprovalRuleInline, AssetInline, CommitmentInline]
    readonly_fields = ["created_at"]

    @admin.display(description="Daily cap", ordering="daily_cap")
    def daily(self, account: AdAccount) -> str:
        return _cap(account.daily_cap, account.currency)

    @admin.display(description="Monthly cap", ordering="monthly_cap")
    def monthly(self, account: AdAccount) -> str:
        return _cap(account.monthly_cap, account.currency)

    @admin.display(description="Page")
    def settings(self, account: AdAccount) -> str:
        return format_html('<a href="{}">Settings</a>', reverse("adaccounts:list"))


def _cap(amount: Decimal | None, currency: str) -> str:
    return "no limit" if amount is None else money(amount, currency)


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    list_display = ["started_at", "platform", "state", "new", "updated", "stale", "error_code"]
    list_filter = ["platform", "state"]
