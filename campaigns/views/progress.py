"""The run's panel and the publish log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns import differences, levels, links, permissions
from campaigns.models import CampaignDraft, PublishRun, PublishStep
from campaigns.publishing import story
from integrations import platforms
from integrations.contracts import Action
from integrations.models import ApiCall
from stratum import ui
from stratum.models import User

LOG_PAGE = 50
State = PublishStep.State
#: What a person may do about a run that needs attention.
EXITS = frozenset({"look_again", "adopt", "confirm_nothing", "remove"})
VIEW = permission_required("campaigns.view_campaigndraft", raise_exception=True)


def get_draft(draft_id: int) -> CampaignDraft:
    """Return the draft with its account and how far its approval is; NotFound DRAFT_NOT_FOUND."""
    rows = CampaignDraft.objects.select_related("account").prefetch_related(*levels.LOADED)
    draft = rows.filter(pk=draft_id).first()
    if draft is None:
        raise ui.NotFound("DRAFT_NOT_FOUND", "There is no such campaign.")
    return draft


def panel(draft: CampaignDraft, run: PublishRun, user: User) -> dict[str, Any]:
    """Return what the run's panel shows: the story, the rows, how far it is, and the exits this user may take."""
    steps = list(run.steps.all())
    label = platforms.label(draft.platform)
    needs_person = run.state == PublishRun.State.NEEDS_ATTENTION
    return {
        "draft": draft,
        "run": run,
        "story": story.tell(run, draft, label, steps),
        "rows": story.rows(run, steps),
        "count": story.count(run, steps),
        "is_moving": run.state in story.MOVING,
        "calls": ApiCall.objects.filter(run=run.api_reference).count(),
        "exits": EXITS & permissions.available_actions(user, draft) if needs_person else frozenset(),
        "unclear": [step for step in steps if step.state == State.SENDING and step.action == Action.CREATE],
        "blamed_url": _blamed_url(draft, run),
        "blamed": differences.where(draft.content, run.error_path) if run.error_path else "",
        "platform_label": label,
    }


def current_run(draft: CampaignDraft) -> PublishRun | None:
    """Return the run the draft's page shows: the open one, else the latest."""
    return permissions.open_run(draft) or draft.runs.first()


@require_GET
@VIEW
def progress(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Answer how far the draft's run is, as a fragment or as JSON; the page reloads itself when the run has ended."""
    draft = get_draft(draft_id)
    run = current_run(draft)
    if run is None:
        raise ui.NotFound("NOT_FOUND", "Nothing of this campaign was published yet.")
    context = panel(draft, run, ui.member(request))
    if ui.wants_json(request):
        return ui.success(_run_data(context))
    response = render(request, "campaigns/_run.html", context)
    if request.GET.get("state", run.state) != run.state and not context["is_moving"]:
        response["HX-Refresh"] = "true"
    return response


def _run_data(context: dict[str, Any]) -> dict[str, Any]:
    run, counted, told = context["run"], context["count"], context["story"]
    return {
        "run": run.pk,
        "kind": run.kind,
        "state": run.state,
        "attempt": run.attempt,
        "draft_status": context["draft"].status,
        "steps_done": counted.done,
        "steps_failed": counted.failed,
        "steps_total": counted.total,
        "waiting_until": run.due_at if run.state == PublishRun.State.WAITING else None,
        "error_code": run.error_code,
        "error_message": run.error_message,
        "error_path": run.error_path,
        "retry_helps": run.retry_helps,
        "title": told.title,
        "text": told.text,
    }


def _blamed_url(draft: CampaignDraft, run: PublishRun) -> str:
    """Return where the overview shows the part the platform blames; the builder opens there after a revision."""
    return links.shown_url(draft.pk, run.error_path) if run.error_path else ""


@require_GET
@VIEW
def logs(request: HttpRequest) -> HttpResponse:
    """List what was said to the platforms, newest first: each request and answer, redacted."""
    calls = ApiCall.objects.all()
    draft = None
    if draft_id := _number(request, "draft"):
        draft = get_draft(draft_id)
        references = [run.api_reference for run in draft.runs.all()]
        calls = calls.filter(run__in=references)
    if platform := request.GET.get("platform"):
        calls = calls.filter(platform=platform)
    if before := _number(request, "before"):
        calls = calls.filter(pk__lt=before)
    rows = list(calls[: LOG_PAGE + 1])
    older = rows[LOG_PAGE - 1].pk if len(rows) > LOG_PAGE else None
    rows = rows[:LOG_PAGE]
    if ui.wants_json(request):
        return ui.success({"calls": [_call_data(call) for call in rows], "before": older})
    context = {
        "calls": rows,
        "older": older,
        "before": before,
        "draft": draft,
        "platform": platform,
        "platforms": [(slug, platforms.label(slug)) for slug in platforms.available()],
    }
    return render(request, "campaigns/logs.html", context)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _call_data(call: ApiCall) -> dict[str, Any]:
    return {
        "id": call.pk,
        "at": call.at,
        "platform": call.platform,
        "run": call.run,
        "method": call.method,
        "url": call.url,
        "status": call.status,
        "took_ms": call.took_ms,
        "error": call.error,
        "trace_id": call.trace_id,
        "request": call.request,
        "response": call.response,
    }
