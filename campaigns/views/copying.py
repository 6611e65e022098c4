"""Copying a campaign to another ad account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from campaigns.starting import copying
from campaigns.views import taking
from campaigns.views.lists import CREATE
from campaigns.views.progress import get_draft
from stratum import ui


@require_http_methods(["GET", "POST"])
@CREATE
def copy(request: HttpRequest, draft_id: int) -> HttpResponse:
    """GET: choose the account, and see what changes there. POST: make the copy that was shown."""
    draft, by = get_draft(draft_id), ui.member(request)
    what = taking.Taking(
        source=copying.source_of(draft),
        accounts=copying.targets(draft),
        heading=f"Copy {draft.title}",
        meta=f"from {draft.account}",
        back=(draft.get_absolute_url(), "Back to the campaign"),
        submit="Make the copy",
        done="This is the copy. The original is unchanged.",
        make=lambda proposal, leaves: copying.make(draft, proposal, leaves, by=by),
    )
    return taking.make(request, what) if request.method == "POST" else taking.page(request, what)
