"""The builder: a draft's page while it is being edited. Every form of it works without JavaScript.

One form holds the open node. All its buttons send it (campaigns/views/nodes.py): to save, to go to another node, to
change the tree. So nothing that was typed is lost on the way, whatever is pressed.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from campaigns import editing, media_picker, places, typed, workbench
from campaigns.building import Saved
from campaigns.editing import NoSuchNode, Removed
from campaigns.models import CampaignDraft, new_short_id
from campaigns.rules import Problem
from campaigns.views import lookup
from campaigns.views.ad_files import COVER, MEDIA, RefusedFile
from integrations import draft as drafts
from integrations import platforms

#: Where the session keeps what was deleted last.
UNDO = "undo"
PLACES = "targeting.locations"


def page(request: HttpRequest, draft: CampaignDraft) -> HttpResponse:
    """Show a draft to somebody who may edit it; the caller has asked whether they may."""
    if draft.platform not in platforms.available():
        return render(request, "campaigns/builder/unavailable.html", {"draft": draft})
    key = request.GET.get("node", editing.CAMPAIGN)
    sent = typed.take(request.session, draft.pk, key)
    if sent is None:
        return show(request, workbench.lay_out(draft, key, strictly="strictly" in request.GET))
    bench = workbench.lay_out(_as_typed(draft, key, sent), key)
    # The version and the base the text began with: others may have saved meanwhile, and saving will compare.
    return show(request, bench, unsaved=True, version=sent.get("version", ""), base=sent.get("base", ""))


def page_with_refused_file(request: HttpRequest, draft: CampaignDraft, key: str, refused: RefusedFile) -> HttpResponse:
    """Show the ad again with what is wrong with its upload; everything else was saved."""
    bench = workbench.lay_out(draft, key)
    if refused.field in bench.form.fields:
        bench.form.mark(refused.field, Problem("MEDIA_REFUSED", refused.field, refused.message))
    return in_place(show(request, bench, status=422, at=refused.field))


def autosaved(request: HttpRequest, saved: Saved) -> HttpResponse:
    """Answer a save that the page made by itself: the page as it is now, for static/js/autosave.js."""
    bench = workbench.lay_out(saved.draft, saved.node, strictly="strictly" in request.POST)
    return show(request, bench, template="campaigns/builder/autosaved.html", joined=saved.joined)


def in_place(response: HttpResponse) -> HttpResponse:
    """Let htmx keep the address of the page: the form's own address answers to nothing but forms."""
    response["HX-Push-Url"] = "false"
    return response


def show(
    request: HttpRequest,
    bench: workbench.Workbench,
    *,
    status: int = 200,
    template: str = "campaigns/builder/page.html",
    **more: Any,
) -> HttpResponse:
    undo = removed_last(request, bench.draft.pk)
    context: dict[str, Any] = {
        "bench": bench,
        "draft": bench.draft,
        "version": bench.draft.version,
        "base": bench.base,
        "once": new_short_id(),
        "at": bench.field_at(request.GET.get("at", "")),
        "undo": undo if undo and request.GET.get("deleted") == undo.node["key"] else None,
        "found": lookup.asked_for(request, bench.draft),
        "nav": "Drafts",
    }
    if context["at"]:
        bench.form.fields[context["at"]].widget.attrs["autofocus"] = True
    if PLACES in bench.form.fields:
        context["countries"] = places.countries()
    if MEDIA in bench.form.fields:
        context["library"] = media_picker.shelf(
            bench.form, request.GET.get("library", ""), request.GET.get("named", "")
        )
    if COVER in bench.form.fields:
        context["covers"] = media_picker.covers(bench.form)
    return render(request, template, context | more, status=status)


def _as_typed(draft: CampaignDraft, key: str, sent: QueryDict) -> CampaignDraft:
    """Put a form's leaves into the draft at hand, for this page only: nobody compared them with what is stored."""
    try:
        place = editing.locate(draft.reading.json, key)
    except NoSuchNode:
        return draft
    leaves = workbench.form_of(draft, place, sent).changes()
    draft.draft_json = drafts.read(editing.apply(draft.reading.json, key, leaves)).json
    draft.__dict__.pop("reading", None)
    return draft


def removed_last(request: HttpRequest, draft_id: int) -> Removed | None:
    """Return what this person deleted last, if it was in this draft."""
    kept = request.session.get(UNDO)
    if not isinstance(kept, dict) or kept.get("draft") != draft_id:
        return None
    return Removed(kept["node"], kept["parent"], kept["index"])
