"""Comments on the parts of a draft, from its page and as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import comments, presentation
from campaigns.models import CampaignDraft
from campaigns.views import review
from campaigns.views.progress import VIEW, get_draft
from stratum import ui
from stratum.ui import Refusal


@require_http_methods(["GET", "POST"])
@VIEW
def of_draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """GET: all threads as JSON. POST: begin one (`node`, `text`), or answer one (`thread`, `text`)."""
    draft = get_draft(draft_id)
    if request.method == "GET":
        return ui.success(presentation.comments_data(draft)) if ui.wants_json(request) else redirect(_at(draft))
    sent = {name: str(value) for name, value in ui.body(request).items()}
    try:
        say(draft, request, sent, thread=sent.get("thread", ""))
    except Refusal as refusal:
        if ui.wants_json(request):
            raise
        return review.page_to_comment(request, draft, sent=sent, error=refusal.message)
    return _answer(request, draft, "")


@require_POST
@VIEW
def resolve(request: HttpRequest, draft_id: int, thread_id: int) -> HttpResponse:
    draft = get_draft(draft_id)
    comments.resolve(draft, thread_id, by=ui.member(request))
    return _answer(request, draft, "The comment is resolved.")


@require_POST
@VIEW
def reopen(request: HttpRequest, draft_id: int, thread_id: int) -> HttpResponse:
    draft = get_draft(draft_id)
    comments.reopen(draft, thread_id, by=ui.member(request))
    return _answer(request, draft, "The comment is open again.")


def say(draft: CampaignDraft, request: HttpRequest, sent: dict[str, str], *, thread: str) -> None:
    """Begin a thread or answer the one that is named."""
    by, text, once = ui.member(request), sent.get("text", ""), sent.get("once", "")
    if thread:
        number = int(thread) if thread.isascii() and thread.isdecimal() and len(thread) < 15 else 0
        comments.answer(draft, number, by=by, text=text, once=once)
    else:
        comments.write(draft, by=by, node=sent.get("node") or comments.CAMPAIGN, text=text, once=once)


def _at(draft: CampaignDraft) -> str:
    return f"{draft.get_absolute_url()}#comments"


def _answer(request: HttpRequest, draft: CampaignDraft, message: str) -> HttpResponse:
    data: Any = presentation.comments_data(draft) if ui.wants_json(request) else None
    return ui.answer(request, data, to=ui.back(request, _at(draft)), message=message)
