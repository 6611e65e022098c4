"""What stands in a draft's way before it is submitted: rules, landing pages, and the platform's word when it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from campaigns import links, permissions, preflight, submitting
from campaigns.models import CampaignDraft
from campaigns.starting import telling
from campaigns.submitting import BudgetNotTyped, Checked, NotSaidYet
from campaigns.views.progress import VIEW, get_draft
from integrations import platforms
from stratum import ui
from stratum.models import User


@require_http_methods(["GET", "POST"])
@VIEW
def checks(request: HttpRequest, draft_id: int) -> HttpResponse:
    """GET: what is known. POST: visit the landing pages and ask the platform now."""
    user = ui.member(request)
    if request.method == "GET":
        return _answer(request, user, submitting.look(draft_id))
    if not _may_ask(user, get_draft(draft_id)):
        raise PermissionDenied("Only the campaign's creator, an Approver or an Admin may do this.")
    return _answer(request, user, submitting.check(draft_id))


def accepted(sent: Mapping[str, Any], request: HttpRequest) -> list[str]:
    """Return the addresses of pages that did not open and are to be used nevertheless."""
    listed = request.POST.getlist("accept_pages") if request.POST else sent.get("accept_pages", [])
    return [url for url in listed if isinstance(url, str)] if isinstance(listed, list) else []


def where_to_say(request: HttpRequest, draft_id: int, refusal: NotSaidYet) -> str:
    """Say why nothing was submitted, and return the page on which it can be decided."""
    messages.warning(request, refusal.message)
    return reverse("campaigns:checks", args=[draft_id])


def ask_to_say(request: HttpRequest, draft_id: int, refusal: NotSaidYet) -> HttpResponse:
    """Lead to the page on which it can be decided; a wrong second budget is shown there at its field."""
    typed = request.POST.get("typed_budget", "")
    if typed and isinstance(refusal, BudgetNotTyped):
        return _answer(request, ui.member(request), submitting.look(draft_id), typed=typed)
    return redirect(where_to_say(request, draft_id, refusal))


def _may_ask(user: User, draft: CampaignDraft) -> bool:
    return permissions.is_owner(user, draft) or permissions.approves_campaigns(user)


def _answer(request: HttpRequest, user: User, checked: Checked, typed: str = "") -> HttpResponse:
    draft = checked.draft
    if ui.wants_json(request):
        return ui.success(_data(checked))
    may_edit = permissions.is_in_time(draft, "edit") and permissions.is_owner(user, draft)
    url = links.field_url if may_edit else links.shown_url
    context = {
        "draft": draft,
        "checked": checked,
        "label": platforms.label(draft.platform),
        "problems": telling.problem_lines(checked.problems, draft.reading.json, lambda path: url(draft.pk, path)),
        "errors": sum(problem.is_error for problem in checked.problems),
        "can_ask": preflight.can_ask(draft),
        "may_ask": _may_ask(user, draft),
        "may_submit": "submit" in permissions.available_actions(user, draft),
        "typed_budget": typed,
    }
    return render(request, "campaigns/checks/page.html", context, status=422 if typed else 200)


def _data(checked: Checked) -> dict[str, Any]:
    answer = checked.answer
    return {
        "problems": [problem.as_data | {"severity": problem.severity} for problem in checked.problems],
        "landing_pages": [
            {
                "url": page.url,
                "verdict": page.check.verdict if page.check else None,
                "message": page.check.message if page.check else "It was not visited yet.",
                "redirects": page.check.redirects if page.check else None,
                "checked_at": page.check.checked_at if page.check else None,
            }
            for page in checked.pages
        ],
        "unusual_budget": checked.unusual.sentence if checked.unusual else None,
        "platform": {"asked": answer.asked, "message": answer.why} if answer else None,
    }
