"""While a draft waits: who is looking at it, and by when it is needed."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from campaigns import deadlines, looking, presentation
from campaigns.views import review
from campaigns.views.progress import VIEW, get_draft
from stratum import ui
from stratum.ui import Refusal


@require_POST
@VIEW
def look(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Take a page's sign that somebody looks at it, and answer who else does."""
    draft, user = get_draft(draft_id), ui.member(request)
    looking.note(user, draft)
    sentence = looking.sentence(user, draft)
    if ui.wants_json(request):
        return ui.success({"reviewing": sentence})
    return render(request, "campaigns/overview/looking.html", {"sentence": sentence})


@require_POST
@VIEW
def needed_by(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Say by when the draft must be decided; an empty day takes that back."""
    typed = str(ui.body(request).get("needed_by") or "")
    try:
        draft = deadlines.set_needed_by(draft_id, by=ui.member(request), needed_by=_day(typed))
    except Refusal as refusal:
        if ui.wants_json(request) or refusal.code != "VALIDATION_FAILED":
            raise
        return review.page_to_hurry(request, get_draft(draft_id), typed=typed, error=refusal.message)
    data = presentation.draft_data(draft, ui.member(request)) if ui.wants_json(request) else None
    message = f"{deadlines.when(draft) or 'No deadline'}: saved."
    return ui.answer(request, data, to=ui.back(request, draft.get_absolute_url()), message=message)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        message = "Write a day such as 2026-11-30."
        raise Refusal("VALIDATION_FAILED", message, [{"path": "needed_by", "message": message}]) from error
