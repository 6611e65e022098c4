"""The page of a draft for everybody who does not edit it, and the list of drafts that await approval."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from campaigns import authoring, levels, overview, permissions, presentation
from campaigns.bulk.actions import ACTIONS
from campaigns.models import CampaignDraft, new_short_id
from campaigns.views import builder, progress
from campaigns.views.progress import VIEW, get_draft
from stratum import paging, ui
from stratum.ui import NotFound, Refusal

Status = CampaignDraft.Status

#: States on whose page the latest run is shown; in the others only one that is under way.
SHOWS_RUN = frozenset({Status.PUBLISHING, Status.PUBLISHED, Status.FAILED})
PENDING_PAGE = 50


@require_http_methods(["GET", "PUT"])
@VIEW
def detail(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Show a draft: to its editors as the builder, to everybody else as the overview. PUT stores new content."""
    draft = get_draft(draft_id)
    if request.method == "PUT":
        return _save(request, draft)
    if ui.wants_json(request):
        return ui.success(presentation.draft_data(draft, ui.member(request)))
    if draft.is_editable and permissions.is_owner(ui.member(request), draft):
        return builder.page(request, draft)
    return _page(request, draft)


@require_GET
@VIEW
def preview(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Show the overview also of a draft that is still being edited."""
    return _page(request, get_draft(draft_id))


@require_GET
@VIEW
def decided(request: HttpRequest, draft_id: int, number: int) -> HttpResponse:
    """Show a content as somebody decided on it, for ever."""
    draft = get_draft(draft_id)
    approval = draft.approvals.filter(number=number).select_related("by").first()
    if approval is None:
        raise NotFound("NOT_FOUND", "There is no such decision.")
    if ui.wants_json(request):
        return ui.success(presentation.approval_data(approval))
    context = {"draft": draft, "shown": overview.snapshot(draft, approval)}
    return render(request, "campaigns/decided.html", context)


def page_to_reject(request: HttpRequest, draft: CampaignDraft, *, reason: str, error: str) -> HttpResponse:
    """Show the overview again with the rejection that was not complete, and what was typed."""
    return _page(request, draft, status=422, rejection={"reason": reason, "errors": [error]})


def page_to_hurry(request: HttpRequest, draft: CampaignDraft, *, typed: str, error: str) -> HttpResponse:
    """Show the overview again with the day that was not taken, and what was typed."""
    return _page(request, draft, status=422, unhurried={"value": typed, "errors": [error]})


def page_to_ask_guest(request: HttpRequest, draft: CampaignDraft, *, guest: str, error: str) -> HttpResponse:
    """Show the overview again with the link that was not made, and what was typed."""
    return _page(request, draft, status=422, unasked={"guest": guest, "errors": [error]})


def page_to_comment(request: HttpRequest, draft: CampaignDraft, *, sent: dict[str, str], error: str) -> HttpResponse:
    """Show the overview again with the comment that was not complete, and what was typed."""
    return _page(request, draft, status=422, unsaid=sent | {"errors": [error]})


@require_GET
@VIEW
def pending(request: HttpRequest) -> HttpResponse:
    """List the drafts that await approval, the longest waiting first."""
    rows = CampaignDraft.objects.awaiting_approval().select_related("account", "created_by", "submitted_by_user")
    rows = rows.prefetch_related(*levels.LOADED)
    page = paging.page(request, rows, ["submitted_at", "id"], size=PENDING_PAGE)
    if ui.wants_json(request):
        drafts = [presentation.pending_data(draft, ui.member(request)) for draft in page.items]
        return ui.success({"drafts": drafts, "next": page.next_url})
    lines = [presentation.PendingLine.of(draft, ui.member(request)) for draft in page.items]
    may_decide = any(not line.reason_against for line in lines)
    actions = [ACTIONS["approve"], ACTIONS["reject"]] if may_decide else []
    return render(request, "campaigns/pending.html", {"lines": lines, "page": page, "actions": actions})


def _save(request: HttpRequest, draft: CampaignDraft) -> HttpResponse:
    sent = ui.body(request)
    version = sent.get("version")
    if not isinstance(version, int) or "draft_json" not in sent:
        message = "Send the whole draft_json and the version it was made from."
        raise Refusal("VALIDATION_FAILED", message, [{"path": "version", "message": message}])
    saved = authoring.save(draft.pk, by=ui.member(request), draft_json=sent["draft_json"], version=version)
    return ui.success(presentation.draft_data(saved, ui.member(request)))


def _page(request: HttpRequest, draft: CampaignDraft, *, status: int = 200, **more: Any) -> HttpResponse:
    shown = overview.of(draft, ui.member(request))
    context = {
        "overview": shown,
        "draft": draft,
        "open_ad_sets": shown.open_ad_sets(request.GET.get("ads", "")),
        "run_panel": _run_panel(request, draft),
        "once": new_short_id(),
        "nav": "Pending approval" if draft.status == Status.SUBMITTED else None,
    }
    return render(request, "campaigns/overview.html", context | more, status=status)


def _run_panel(request: HttpRequest, draft: CampaignDraft) -> dict[str, Any] | None:
    run = progress.current_run(draft)
    if run is None or not (run.is_open or draft.status in SHOWS_RUN):
        return None
    return progress.panel(draft, run, ui.member(request))
