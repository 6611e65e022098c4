"""The POST actions on a draft, each one call of campaigns/workflow.py.

A refusal becomes JSON or a message in stratum.ui.ApiErrors. Pressing a button twice is harmless: the second press finds
that the first one was heard.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from campaigns import authoring, levels, presentation, pressed, submitting, workflow
from campaigns.models import CampaignDraft
from campaigns.submitting import NotSaidYet
from campaigns.views import checks, review
from campaigns.views.progress import get_draft
from integrations.contracts import Action
from stratum import ui
from stratum.ui import Refusal

View = Callable[..., HttpResponse]


def heard(*event_codes: str) -> Callable[[View], View]:
    """Answer a second press kindly: when the last thing that happened to the draft is this very press of this person."""

    def decorate(view: View) -> View:
        @require_POST
        @wraps(view)
        def act(request: HttpRequest, draft_id: int) -> HttpResponse:
            try:
                return view(request, draft_id)
            except Refusal as refusal:
                if ui.wants_json(request) or refusal.code != "INVALID_STATUS_TRANSITION":
                    raise
                draft = get_draft(draft_id)
                if not pressed.was_just_done(draft, event_codes, by=ui.member(request)):
                    raise
                messages.info(request, "That was done already; pressing twice changed nothing.")
                return redirect(ui.back(request, draft.get_absolute_url()))

        return act

    return decorate


@heard("draft.submitted")
def submit(request: HttpRequest, draft_id: int) -> HttpResponse:
    sent = ui.body(request)
    try:
        accepted, typed = checks.accepted(sent, request), _text(sent, "typed_budget")
        draft = submitting.submit(draft_id, by=ui.member(request), accepted=accepted, typed_budget=typed)
    except NotSaidYet as refusal:
        if ui.wants_json(request):
            raise
        return checks.ask_to_say(request, draft_id, refusal)
    return _answer(request, draft, f"“{draft.title}” is submitted. The approvers were told.")


@heard("draft.withdrawn")
def withdraw(request: HttpRequest, draft_id: int) -> HttpResponse:
    draft = workflow.withdraw(draft_id, by=ui.member(request))
    return _answer(request, draft, f"“{draft.title}” is a draft again and can be edited.")


@heard("draft.approved", "draft.level_approved")
def approve(request: HttpRequest, draft_id: int) -> HttpResponse:
    sent = ui.body(request)
    content_hash, comment = _text(sent, "content_hash"), _text(sent, "comment")
    try:
        draft = workflow.approve(draft_id, by=ui.member(request), content_hash=content_hash, comment=comment)
    except Refusal as refusal:
        if ui.wants_json(request):
            raise
        # The list it may have been sent from shows many.
        named = f"“{get_draft(draft_id).title}” is not approved. {refusal.message}"
        raise Refusal(refusal.code, named, refusal.details) from refusal
    return _answer(request, draft, _approved(draft))


def _approved(draft: CampaignDraft) -> str:
    if draft.status == CampaignDraft.Status.APPROVED:
        return f"“{draft.title}” is approved. It can be published now."
    return f"You approved “{draft.title}”. Waiting for {levels.of(draft).waits_for}."


@heard("draft.rejected")
def reject(request: HttpRequest, draft_id: int) -> HttpResponse:
    sent = ui.body(request)
    reason, content_hash = _text(sent, "reason"), _text(sent, "content_hash")
    try:
        draft = workflow.reject(draft_id, by=ui.member(request), reason=reason, content_hash=content_hash)
    except Refusal as refusal:
        if ui.wants_json(request) or refusal.code != "VALIDATION_FAILED":
            raise
        return review.page_to_reject(request, get_draft(draft_id), reason=reason, error=refusal.message)
    return _answer(request, draft, f"“{draft.title}” is rejected. Its creator was told why.")


@heard("draft.revised")
def revise(request: HttpRequest, draft_id: int) -> HttpResponse:
    draft = workflow.revise(draft_id, by=ui.member(request))
    return _answer(request, draft, f"“{draft.title}” can be edited. It needs a new approval before it is published.")


@heard("draft.revised")
def roll_back(request: HttpRequest, draft_id: int) -> HttpResponse:
    draft = workflow.roll_back(draft_id, by=ui.member(request))
    return _answer(request, draft, f"What was created of “{draft.title}” is being removed. It can be edited meanwhile.")


@require_POST
def duplicate(request: HttpRequest, draft_id: int) -> HttpResponse:
    draft = authoring.duplicate(draft_id, by=ui.member(request), once=_text(ui.body(request), "once"))
    data = presentation.draft_data(draft, ui.member(request))
    return ui.answer(request, data, to=draft.get_absolute_url(), message=f"This is “{draft.title}”.", status=201)


@require_POST
def publish(request: HttpRequest, draft_id: int) -> HttpResponse:
    workflow.publish(draft_id, by=ui.member(request))
    return _answer_fresh(request, draft_id, "Publishing has started. This page shows how far it is.")


@require_POST
def retry(request: HttpRequest, draft_id: int) -> HttpResponse:
    workflow.retry(draft_id, by=ui.member(request))
    return _answer_fresh(request, draft_id, "Publishing goes on from the first unfinished step.")


@heard("draft.cancel_requested")
def cancel(request: HttpRequest, draft_id: int) -> HttpResponse:
    workflow.cancel(draft_id, by=ui.member(request))
    return _answer_fresh(request, draft_id, "Publishing stops before its next call. What exists stays paused.")


@heard("draft.pause_requested")
def pause(request: HttpRequest, draft_id: int) -> HttpResponse:
    workflow.switch(draft_id, Action.SWITCH_OFF, by=ui.member(request))
    return _answer_fresh(request, draft_id, "The campaign is being paused.")


@heard("draft.resume_requested")
def resume(request: HttpRequest, draft_id: int) -> HttpResponse:
    workflow.switch(draft_id, Action.SWITCH_ON, by=ui.member(request))
    return _answer_fresh(request, draft_id, "The campaign is being resumed.")


@heard("draft.end_requested")
def end(request: HttpRequest, draft_id: int) -> HttpResponse:
    workflow.switch(draft_id, Action.END, by=ui.member(request))
    return _answer_fresh(request, draft_id, "The campaign is being ended.")


@heard("draft.look_requested")
def look_again(request: HttpRequest, draft_id: int) -> HttpResponse:
    workflow.look_again(draft_id, by=ui.member(request))
    return _answer_fresh(request, draft_id, "Looking at the platform again. Nothing is changed there.")


@heard("draft.adoption_requested")
def adopt(request: HttpRequest, draft_id: int) -> HttpResponse:
    sent = ui.body(request)
    named = {name: _text(sent, name) for name in ("key", "external_id", "reason")}
    workflow.adopt(draft_id, by=ui.member(request), **named)
    return _answer_fresh(request, draft_id, "The platform is asked whether this is the object that was planned.")


@heard("draft.nothing_confirmed")
def confirm_nothing(request: HttpRequest, draft_id: int) -> HttpResponse:
    workflow.confirm_nothing(draft_id, by=ui.member(request), reason=_text(ui.body(request), "reason"))
    return _answer_fresh(request, draft_id, "The platform is asked whether really nothing exists.")


@heard("draft.removal_requested")
def remove(request: HttpRequest, draft_id: int) -> HttpResponse:
    workflow.remove(draft_id, by=ui.member(request), reason=_text(ui.body(request), "reason"))
    return _answer_fresh(request, draft_id, "Everything that was created is being removed.")


def _answer(request: HttpRequest, draft: CampaignDraft, message: str) -> HttpResponse:
    data = presentation.draft_data(draft, ui.member(request)) if ui.wants_json(request) else None
    return ui.answer(request, data, to=ui.back(request, draft.get_absolute_url()), message=message)


def _answer_fresh(request: HttpRequest, draft_id: int, message: str) -> HttpResponse:
    return _answer(request, get_draft(draft_id), message)


def _text(sent: Any, name: str) -> str:
    """Return a text that was sent; Refusal VALIDATION_FAILED when something else was."""
    value = sent.get(name, "")
    if not isinstance(value, str):
        message = f"{name} must be a text."
        raise Refusal("VALIDATION_FAILED", message, [{"path": name, "message": message}])
    return value
