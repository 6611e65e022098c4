"""What a person sees whose form could not be saved: why, the whole text, and the way on."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from campaigns import editing, workbench
from campaigns.building import Clashing, Sent
from campaigns.editing import NoSuchNode
from campaigns.forms.nodes import NodeForm
from campaigns.links import node_url
from campaigns.models import CampaignDraft
from campaigns.views.ad_files import COVER, MEDIA
from campaigns.views.builder import in_place
from stratum import ui
from stratum.models import Event, User
from stratum.ui import NotFound, Refusal

#: Fields of the form that are not what a person typed.
OUR_OWN = frozenset({"csrfmiddlewaretoken", "version", "base", "new_key", "do", "strictly"})
GONE = "This part was deleted after you opened it. Your text was not saved; it stands below."


def explain(
    request: HttpRequest, draft: CampaignDraft, node: str, obstacle: Clashing | NoSuchNode | Refusal, sent: Sent | None
) -> HttpResponseBase:
    """Answer a form that could not be saved. JSON gets the codes, a page gets what was typed."""
    if isinstance(obstacle, Clashing):
        return _clash(request, obstacle, node, sent)
    if ui.wants_json(request):
        raise obstacle if isinstance(obstacle, Refusal) else NotFound("NOT_FOUND", GONE)
    reason = obstacle.message if isinstance(obstacle, Refusal) else GONE
    context = {"draft": draft, "node": node, "reason": reason, "typed": _to_copy(request, draft, node)}
    return in_place(render(request, "campaigns/builder/not_saved.html", context, status=409))


def _to_copy(request: HttpRequest, draft: CampaignDraft, node: str) -> list[tuple[str, list[str]]]:
    """Return what differs from what is stored, by the fields' names on the page; everything, if its part is gone."""
    try:
        place = editing.locate(draft.reading.json, node)
    except NoSuchNode:
        return [(name, values) for name, values in _typed(request) if any(value.strip() for value in values)]
    form = workbench.form_of(draft, place, request.POST)
    stored = {path: form.leaf(path).read_out(value) for path, value in form.initial.items()}
    typed = {path: form.leaf(path).read_out(value) for path, value in form.changes().items()}
    return [
        (str(form.leaf(path).label), [text]) for path, text in typed.items() if text.strip() and text != stored[path]
    ]


def _clash(request: HttpRequest, clashing: Clashing, node: str, sent: Sent | None) -> HttpResponseBase:
    draft = clashing.draft
    who = _who_saved(draft, ui.member(request))
    message = f"{who} saved this campaign after you opened it. Nothing of yours is lost: choose field by field."
    if ui.wants_json(request):
        fields = [{"path": clash.path, "yours": clash.mine, "theirs": clash.theirs} for clash in clashing.clashes]
        return ui.failure("EDIT_CONFLICT", message, 409, {"version": draft.version, "fields": fields})
    form = workbench.form_of(draft, editing.locate(draft.reading.json, node))
    context = {
        "draft": draft,
        "node": node,
        "who": who,
        "message": message,
        "choices": [_choice(form, clash.path, clash.mine, clash.theirs) for clash in clashing.clashes],
        "typed": _resent(request, sent),
        "base": json.dumps(form.base()),
        "theirs_url": node_url(draft.pk, node),
    }
    return in_place(render(request, "campaigns/builder/conflict.html", context, status=409))


def _choice(form: NodeForm, path: str, mine: Any, theirs: Any) -> dict[str, Any]:
    leaf = form.leaf(path)
    return {
        "path": path,
        "label": leaf.label,
        "mine": leaf.read_out(mine),
        "theirs": leaf.read_out(theirs),
        "is_media": path == MEDIA,
    }


def _typed(request: HttpRequest) -> list[tuple[str, list[str]]]:
    return [(name, values) for name, values in request.POST.lists() if name not in OUR_OWN and "choice." not in name]


def _resent(request: HttpRequest, sent: Sent | None) -> list[tuple[str, list[str]]]:
    """Return what was typed, to be sent once more; files are in the library by now and go by their sums."""
    typed = [(name, values) for name, values in _typed(request) if name not in {MEDIA, COVER}]
    if sent is not None and MEDIA in sent.leaves:
        typed.append((MEDIA, ["", *sent.leaves[MEDIA]]))
    if sent is not None and COVER in sent.leaves:
        typed.append((COVER, [sent.leaves[COVER]]))
    return typed


def _who_saved(draft: CampaignDraft, user: User) -> str:
    event = Event.objects.about(draft.event_subject).filter(code="draft.saved").select_related("actor").first()
    if event is None or event.actor is None:
        return "Somebody else"
    return "Another window of yours" if event.actor == user else str(event.actor)
