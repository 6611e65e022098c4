from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html

from campaigns import levels, permissions, wording
from campaigns.bulk import answered, asked
from campaigns.bulk.actions import ACTIONS, Press
from campaigns.models import Approval, CampaignDraft, Comment, GuestLink, MediaAsset, PublishRun, PublishStep
from integrations import platforms
from integrations.draft import BudgetType
from stratum import statuses, ui
from stratum.admin import ReadOnlyAdmin, ReadOnlyInline
from stratum.formats import money
from stratum.records import pretty
from stratum.templatetags.ui import shorten


class ApprovalInline(ReadOnlyInline):
    model = Approval
    fields = ["number", "decision", "level", "by", "at", "reason", "content_hash"]
    readonly_fields = ["at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approval]:
        return super().get_queryset(request).select_related("by").defer("snapshot")


class CommentInline(ReadOnlyInline):
    model = Comment
    fields = ["node_name", "by", "at", "text", "resolved_by", "resolved_at"]
    readonly_fields = ["at"]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        return super().get_queryset(request).select_related("by", "resolved_by")


class GuestInline(ReadOnlyInline):
    model = GuestLink
    fields = ["guest", "made_by", "made_at", "expires_at", "revoked_at", "answered_at", "opinion", "name", "comment"]
    readonly_fields = ["made_at"]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[GuestLink]:
        return super().get_queryset(request).select_related("made_by")


class RunInline(ReadOnlyInline):
    model = PublishRun
    fields = ["kind", "state", "attempt", "started_by", "created_at", "finished_at", "error_code"]
    readonly_fields = ["created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PublishRun]:
        return super().get_queryset(request).select_related("started_by")


@admin.register(CampaignDraft)
class CampaignDraftAdmin(ReadOnlyAdmin):
    """Drafts to look at, and to approve or reject several at once: through campaigns/workflow.py, like everywhere."""

    list_display = [
        *["title", "review", "state", "waits_for", "budget", "at_most", "schedule", "needed_by", "submitted", "on"],
        "updated_at",
    ]
    list_filter = ["status", "account__platform", ("account", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["account", "created_by", "submitted_by_user"]
    search_fields = ["name", "platform_campaign_id__exact"]
    ordering = ["-updated_at", "-id"]
    inlines = [ApprovalInline, CommentInline, GuestInline, RunInline]
    actions = ["approve_selected", "reject_selected"]
    fields = [
        *["review", "title", "state", "on", "budget", "at_most", "schedule", "version", "fingerprint"],
        *["created_by", "created_at", "submitted_by_user", "submitted_at", "approved_by_user", "approved_at"],
        *["rejected_by_user", "rejected_at", "rejection_reason", "published_at", "platform_campaign_id"],
        *["delivery", "may_be_live", "error_code", "error_message", "content_json"],
    ]
    readonly_fields = [
        *[
            "review",
            "title",
            "state",
            "on",
            "budget",
            "at_most",
            "schedule",
            "fingerprint",
            "created_at",
            "content_json",
        ]
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CampaignDraft]:
        return super().get_queryset(request).prefetch_related(*levels.LOADED)

    # Columns --------------------------------------------------------------------------------------------------------

    @admin.display(description="Campaign", ordering="name")
    def title(self, draft: CampaignDraft) -> str:
        return shorten(draft.title, 60)

    @admin.display(description="Status", ordering="status")
    def state(self, draft: CampaignDraft) -> str:
        look = statuses.look(draft.status)
        return format_html('<span class="state tone-{}">{}</span>', look.tone, look.word)

    @admin.display(description="Waits for")
    def waits_for(self, draft: CampaignDraft) -> str:
        is_waiting = draft.status == CampaignDraft.Status.SUBMITTED
        return levels.of(draft).waits_for if is_waiting else "–"

    @admin.display(description="Account", ordering="account")
    def on(self, draft: CampaignDraft) -> str:
        return f"{platforms.label(draft.platform)} · {draft.account}"

    @admin.display(description="Budget", ordering="budget_amount")
    def budget(self, draft: CampaignDraft) -> str:
        kind = BudgetType(draft.budget_type) if draft.budget_type in set(BudgetType) else None
        return wording.per_kind(draft.budget_amount, kind, draft.account.currency)

    @admin.display(description="At most")
    def at_most(self, draft: CampaignDraft) -> str:
        return _at_most(draft)

    @admin.display(description="Schedule", ordering="starts_on")
    def schedule(self, draft: CampaignDraft) -> str:
        return wording.days(draft.starts_on, draft.ends_on)

    @admin.display(description="Submitted by", ordering="submitted_at")
    def submitted(self, draft: CampaignDraft) -> str:
        return str(draft.submitted_by_user or "–")

    @admin.display(description="Fingerprint")
    def fingerprint(self, draft: CampaignDraft) -> str:
        return draft.content_hash

    @admin.display(description="Content")
    def content_json(self, draft: CampaignDraft) -> str:
        return pretty(draft.draft_json)

    @admin.display(description="Page")
    def review(self, draft: CampaignDraft) -> str:
        return format_html('<a href="{}">Review</a>', draft.get_absolute_url())

    # Decisions ------------------------------------------------------------------------------------------------------

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return permissions.approves_campaigns(ui.member(request))

    @admin.action(description="Approve selected campaigns", permissions=["approve"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[CampaignDraft]) -> HttpResponse | None:
        if "decided" not in request.POST:
            return self._ask(request, queryset, "approve_selected")
        self._decide(request, queryset, "approve")
        return None

    @admin.action(description="Reject selected campaigns", permissions=["approve"])
    def reject_selected(self, request: HttpRequest, queryset: QuerySet[CampaignDraft]) -> HttpResponse | None:
        if "decided" not in request.POST:
            return self._ask(request, queryset, "reject_selected")
        reason = request.POST.get("reason", "")
        if not reason.strip():
            return self._ask(request, queryset, "reject_selected", error="Say why: the creators need a reason.")
        self._decide(request, queryset, "reject")
        return None

    def _decide(self, request: HttpRequest, queryset: QuerySet[CampaignDraft], name: str) -> None:
        action, sent = ACTIONS[name], _hashes(request)
        hashes = {pk: sent.get(pk, "") for pk in queryset.values_list("pk", flat=True)}
        for answer in answered.run(action, hashes, Press(ui.member(request), request.POST.get("reason", ""))):
            done = answer.sentence[0].lower() + answer.sentence[1:]
            verb = done if answer.was_done else f"is not {action.done}: {answer.sentence}"
            level = messages.SUCCESS if answer.was_done else messages.ERROR
            self.message_user(request, f"“{answer.draft.title}” {verb}", level)

    def _ask(
        self, request: HttpRequest, queryset: QuerySet[CampaignDraft], action: str, error: str = ""
    ) -> HttpResponse | None:
        """Show each chosen draft with its money and the hash that the decision will post."""
        drafts = list(queryset.prefetch_related(None).prefetch_related(*asked.LOADED)[: answered.MOST + 1])
        if len(drafts) > answered.MOST:
            self.message_user(request, f"Choose at most {answered.MOST} campaigns at once.", messages.ERROR)
            return None
        lines = [asked.line(ui.member(request), ACTIONS[action.removesuffix("_selected")], draft) for draft in drafts]
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Approve campaigns" if action == "approve_selected" else "Reject campaigns",
            "opts": self.opts,
            "action": action,
            "open": [line for line in lines if not line.reason_against],
            "closed": [line for line in lines if line.reason_against],
            "error": error,
        }
        return TemplateResponse(request, "admin/campaigns/decide.html", context, status=422 if error else 200)


def _hashes(request: HttpRequest) -> dict[int, str]:
    """Return the hash that was on the screen for each draft, by the draft's id."""
    prefix = "hash-"
    sent = {name.removeprefix(prefix): value for name, value in request.POST.items() if name.startswith(prefix)}
    return {int(pk): str(value) for pk, value in sent.items() if pk.isdecimal()}


def _at_most(draft: CampaignDraft) -> str:
    """Return the ceiling over the whole schedule, from the columns of the list; – without an end."""
    amount, first, last = draft.budget_amount, draft.starts_on, draft.ends_on
    if amount is None:
        return "–"
    if draft.budget_type == BudgetType.LIFETIME:
        return money(amount, draft.account.currency)
    if first is None or last is None or last < first:
        return "–"
    return money(amount * Decimal((last - first).days + 1), draft.account.currency)


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    list_display = ["at", "draft", "number", "decision", "by", "reason"]
    list_filter = ["decision"]
    list_select_related = ["draft", "by"]
    fields = ["draft", "number", "decision", "by", "at", "reason", "content_hash", "content"]
    readonly_fields = ["at", "content"]

    @admin.display(description="Content as it was")
    def content(self, approval: Approval) -> str:
        return pretty(approval.snapshot)


class StepInline(ReadOnlyInline):
    model = PublishStep
    fields = ["key", "action", "level", "state", "external_id", "attempts", "error_code", "error_message"]
    show_change_link = False


@admin.register(PublishRun)
class PublishRunAdmin(ReadOnlyAdmin):
    list_display = ["id", "draft", "kind", "state", "attempt", "started_by", "created_at", "error_code"]
    list_filter = ["state", "kind"]
    list_select_related = ["draft", "started_by"]
    readonly_fields = ["created_at"]
    inlines = [StepInline]


@admin.register(MediaAsset)
class MediaAssetAdmin(ReadOnlyAdmin):
    list_display = ["filename", "kind", "width", "height", "size", "uploaded_by", "uploaded_at"]
    list_filter = ["kind"]
    list_select_related = ["uploaded_by"]
    fields = ["filename", "sha256", "kind", "content_type", "size", "width", "height", "duration", "uploaded_by"]
