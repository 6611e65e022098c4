"""Saved audiences, on a page of a draft: keep an ad set's, and put a saved one into ad sets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import permissions, wording
from campaigns.links import node_url
from campaigns.models import CampaignDraft, SavedAudience
from campaigns.starting import audiences, telling
from campaigns.views.lists import CREATE
from campaigns.views.progress import get_draft
from integrations import draft as drafts
from integrations import platforms
from stratum import ui
from stratum.ui import Refusal

#: A team that keeps more than this finds them by name.
SHOWN = 100


@require_http_methods(["GET", "POST"])
@CREATE
def audiences_of(request: HttpRequest, draft_id: int) -> HttpResponse:
    """GET: the team's audiences, and what one of them would be here. POST: put it into the ad sets that are ticked."""
    draft, by = get_draft(draft_id), ui.member(request)
    permissions.require(by, draft, "edit")
    if request.method == "GET":
        return _page(request, draft)
    ticked = request.POST.getlist("ad_sets")
    try:
        use = audiences.read(request.POST.get("use", ""), draft)
        audiences.put(draft, use, ticked, by=by)
    except Refusal as refusal:
        if ui.wants_json(request):
            raise
        return _page(request, draft, refusal=refusal.message, status=refusal.status)
    return ui.answer(request, None, to=node_url(draft.pk, ticked[0]), message=f"“{use.audience.name}” is in use.")


@require_POST
@CREATE
def keep(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Keep an ad set's targeting under a name."""
    draft, by = get_draft(draft_id), ui.member(request)
    name, ad_set = request.POST.get("name", ""), request.POST.get("ad_set", "")
    try:
        audience = audiences.keep(draft, ad_set, name, by=by)
    except Refusal as refusal:
        if ui.wants_json(request):
            raise
        return _page(request, draft, name=name, name_errors=[refusal.message], ad_set=ad_set, status=refusal.status)
    messages.success(request, f"“{audience.name}” is saved for everybody on the team.")
    return redirect(f"{reverse('campaigns:audiences', args=[draft.pk])}?ad_set={ad_set}")


@require_POST
@CREATE
def delete(request: HttpRequest, draft_id: int, audience_id: int) -> HttpResponse:
    name = audiences.delete(audience_id, by=ui.member(request))
    to = reverse("campaigns:audiences", args=[draft_id])
    return ui.answer(request, None, to=to, message=f"“{name}” is deleted. Ad sets that use it stay as they are.")


def _page(request: HttpRequest, draft: CampaignDraft, *, status: int = 200, **more: Any) -> HttpResponse:
    user = ui.member(request)
    found = SavedAudience.objects.select_related("created_by")[:SHOWN]
    sent = request.POST if request.method == "POST" else request.GET
    context = {
        "draft": draft,
        "label": platforms.label(draft.platform),
        "ad_sets": [(node.key, node.name or "Untitled ad set") for node in draft.content.ad_sets],
        "ad_set": sent.get("ad_set", ""),
        "ticked": sent.getlist("ad_sets") or [sent.get("ad_set", "")],
        "rows": [(row, platforms.label(row.platform), _who(row), audiences.may_delete(user, row)) for row in found],
        **_use(request, draft),
    }
    return render(request, "campaigns/starting/audiences.html", context | more, status=status)


def _use(request: HttpRequest, draft: CampaignDraft) -> dict[str, Any]:
    """Return what the chosen audience would be here, if one is chosen."""
    chosen = request.GET.get("audience", "")
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 15):
        return {}
    use = audiences.propose(audiences.get(int(chosen)), draft)
    content = {"campaign": {}, "ad_sets": [{"key": audiences.STAND_IN, "name": use.audience.name, "ads": []}]}
    who = wording.audience(drafts.read({"ad_sets": [{"targeting": use.targeting}]}).draft.ad_sets[0].targeting)
    return {"use": use, "use_who": who, "changes": telling.lines(use.changes, content)}


def _who(row: SavedAudience) -> str:
    return wording.audience(drafts.read({"ad_sets": [{"targeting": row.targeting}]}).draft.ad_sets[0].targeting)
