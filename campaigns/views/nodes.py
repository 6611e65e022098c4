"""What the builder's form sends: the open node's leaves, and what its button asks for.

The button's `do` is a verb with an argument behind a colon: `save`, `go:<node>`, `add_ad:<ad set>`, `move:<position>`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from campaigns import building, comments, editing, permissions, presentation, submitting, typed, workbench
from campaigns.building import Clashing, Saved, Sent
from campaigns.editing import NoSuchNode
from campaigns.links import node_url
from campaigns.models import CampaignDraft
from campaigns.pictures import MediaRefused
from campaigns.submitting import NotSaidYet
from campaigns.views import builder, checks, unsaved
from campaigns.views.ad_files import MEDIA, RefusedFile, with_uploads
from integrations import draft as drafts
from stratum import ui
from stratum.ui import Refusal

#: The verb of a page that saves by itself: it asks for JSON, so that refusals come as codes, and takes HTML on success.
AUTOSAVE = "autosave"
KEY_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


@require_POST
@login_not_required
def save(request: HttpRequest, draft_id: int, node: str) -> HttpResponseBase:
    """Save the open node and do what the button asks for. Whoever was logged out finds the text after the log-in."""
    if not request.user.is_authenticated:
        return _keep_for_later(request, draft_id, node)
    draft = building.fetch(draft_id)
    sent, refused = None, None
    try:
        permissions.require(ui.member(request), draft, "edit")
        _speak(request, draft, node)
        sent, refused = with_uploads(request, draft, _sent(request, draft, node))
        saved = _save(request, draft, sent)
        return _go_on(request, saved, sent, refused)
    except (Clashing, NoSuchNode, Refusal) as obstacle:
        return unsaved.explain(request, draft, node, obstacle, sent)


def _save(request: HttpRequest, draft: CampaignDraft, sent: Sent) -> Saved:
    """Save; what would make the campaign too large is left out, and what was typed is saved all the same."""
    undo = builder.removed_last(request, draft.pk)
    try:
        return building.save(draft, sent, by=ui.member(request), undo=undo)
    except Refusal as refusal:
        if refusal.code != "CAMPAIGN_TOO_LARGE" or ui.wants_json(request):
            raise
        messages.error(request, refusal.message)
        return building.save(draft, replace(sent, operation=""), by=ui.member(request))


def _speak(request: HttpRequest, draft: CampaignDraft, node: str) -> None:
    try:
        _say(request, draft, node)
    except Refusal as refusal:
        if ui.wants_json(request):
            raise
        messages.error(request, refusal.message)  # what else was typed is saved all the same


def _say(request: HttpRequest, draft: CampaignDraft, node: str) -> None:
    """Do what a button of the comments asks for, before anything is saved: what was said is not lost to a conflict."""
    verb, _, thread = request.POST.get("do", "").partition(":")
    by, number = ui.member(request), _number(thread)
    match verb:
        case "comment":
            comments.write(draft, by=by, node=node, text=request.POST.get("comment", ""), once=_once(request))
        case "answer":
            text = request.POST.get(f"answer-{thread}", "")
            comments.answer(draft, number, by=by, text=text, once=_once(request))
        case "resolve":
            comments.resolve(draft, number, by=by)
        case "reopen":
            comments.reopen(draft, number, by=by)


def _once(request: HttpRequest) -> str:
    """Return what the page was made with: pressed twice, a button says one thing."""
    return request.POST.get("once", "")


# What was sent ------------------------------------------------------------------------------------------------------


def _sent(request: HttpRequest, draft: CampaignDraft, node: str) -> Sent:
    place = editing.locate(draft.reading.json, node)
    verb, _, argument = request.POST.get("do", "save").partition(":")
    posted = request.POST.copy()
    if verb == "search":
        posted.pop(f"{argument}.add", None)  # a text that is searched for is no place yet
    leaves = workbench.form_of(draft, place, posted).changes()
    if verb != "keep_mine":
        leaves = {path: value for path, value in leaves.items() if request.POST.get(f"choice.{path}") != "theirs"}
    return Sent(
        node=node,
        version=_number(request.POST.get("version", "")),
        leaves=leaves,
        base=_object(request.POST.get("base", "")),
        operation=verb,
        argument=argument,
        new_key=_key(request.POST.get("new_key", "")),
        ticked=tuple(request.POST.getlist("into")[: drafts.MAX_AD_SETS]),
    )


def _number(text: str) -> int:
    """Return the version a form names; 0, which no draft has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _object(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _key(text: str) -> str:
    return text if 0 < len(text) <= 12 and set(text) <= KEY_CHARACTERS else workbench.new_key()


# What comes next ----------------------------------------------------------------------------------------------------


def _go_on(request: HttpRequest, saved: Saved, sent: Sent, refused: RefusedFile | None) -> HttpResponseBase:
    if sent.operation == AUTOSAVE:
        return builder.autosaved(request, saved)
    if ui.wants_json(request):
        if refused is not None:
            raise MediaRefused(refused.message)
        return ui.success(presentation.draft_data(saved.draft, ui.member(request)))
    if refused is not None:
        return builder.page_with_refused_file(request, saved.draft, saved.node, refused)
    if saved.joined:
        messages.info(request, "Somebody else saved other fields meanwhile. Your changes were joined with theirs.")
    if saved.removed is not None:
        request.session[builder.UNDO] = {"draft": saved.draft.pk, **saved.removed.as_data}
    match sent.operation:
        case "submit":
            return _submit(request, saved)
        case "preview" | "checks":
            return leave(request, reverse(f"campaigns:{sent.operation}", args=[saved.draft.pk]))
        case "audiences":
            return leave(request, f"{reverse('campaigns:audiences', args=[saved.draft.pk])}?ad_set={saved.node}")
    return redirect(_next_url(request, saved, sent))


def _next_url(request: HttpRequest, saved: Saved, sent: Sent) -> str:
    draft_id = saved.draft.pk
    match sent.operation:
        case "go":
            node, _, field = sent.argument.partition(":")
            return node_url(draft_id, node, at=field, strictly=request.POST.get("strictly", "")[:3])
        case "search":
            names = (f"search.{sent.argument}", f"{sent.argument}.add")
            words = next((request.POST[name] for name in names if name in request.POST), "")[:100]
            return node_url(draft_id, saved.node, search=sent.argument, q=words)
        case "library":
            named = request.POST.get("library.named", "")[:100]
            return node_url(draft_id, saved.node, library=sent.argument, named=named, at=MEDIA)
        case "add_ad_set" | "add_ad" | "duplicate":
            return node_url(draft_id, saved.node, at="name")
        case "spread":
            _tell_copied(request, saved, sent)
        case "delete" if saved.removed is not None:
            return node_url(draft_id, saved.node, deleted=saved.removed.node["key"])
        case "save" | "keep_mine":
            messages.success(request, "Saved as draft.")
    return node_url(draft_id, saved.node)


def _tell_copied(request: HttpRequest, saved: Saved, sent: Sent) -> None:
    if saved.copied:
        messages.success(request, f"The ad was copied into {saved.copied} ad set{'' if saved.copied == 1 else 's'}.")
    elif not sent.ticked:
        messages.warning(request, "Nothing was copied: tick the ad sets first.")


def _submit(request: HttpRequest, saved: Saved) -> HttpResponseBase:
    """Submit what was just saved; if it is not ready, the builder shows what is missing."""
    try:
        submitting.submit(saved.draft.pk, by=ui.member(request))
    except NotSaidYet as refusal:
        return leave(request, checks.where_to_say(request, saved.draft.pk, refusal))
    except Refusal as refusal:
        messages.error(request, f"Saved, but not submitted yet. {refusal.message}")
        return redirect(node_url(saved.draft.pk, saved.node, strictly="yes"))
    messages.success(request, "Submitted for approval. The approvers were told.")
    return leave(request, reverse("campaigns:detail", args=[saved.draft.pk]))


def leave(request: HttpRequest, url: str) -> HttpResponseBase:
    """Go to a page that is not the builder's: htmx must load it whole."""
    return HttpResponseClientRedirect(url) if "HX-Request" in request.headers else redirect(url)


def _keep_for_later(request: HttpRequest, draft_id: int, node: str) -> HttpResponseBase:
    """Keep the text over the log-in. A form that waits too long or is too large is said to be lost, not dropped."""
    if ui.wants_json(request):
        return ui.failure("FORBIDDEN", "Log in first.", 401)
    if typed.keep(request.session, draft_id, node, request.POST):
        messages.info(request, "You were logged out. What you typed is kept and is there when you log in.")
    else:
        messages.error(request, "You were logged out, and what you typed is too long to keep. Go back to copy it.")
    return leave(request, f"{reverse('login')}?{urlencode({'next': node_url(draft_id, node)})}")
