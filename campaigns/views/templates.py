"""The team's templates: the list, keeping a draft as one, starting from one, renaming and deleting."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns import drafting
from campaigns.models import CampaignDraft, CampaignTemplate
from campaigns.starting import templates
from campaigns.views import taking
from campaigns.views.lists import CREATE
from campaigns.views.progress import VIEW, get_draft
from integrations import platforms
from stratum import paging, ui
from stratum.ui import Refusal

PAGE = 50


@require_GET
@VIEW
def listed(request: HttpRequest) -> HttpResponse:
    """List the templates of the team by name."""
    return _list(request)


@require_http_methods(["GET", "POST"])
@CREATE
def keep(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Keep a draft's content as a template, under a name that is asked for."""
    draft = get_draft(draft_id)
    if request.method == "GET":
        return _ask_name(request, draft, draft.name[: templates.MOST_CHARACTERS])
    name = _text(request, "name")
    try:
        template = templates.keep(draft, name, by=ui.member(request))
    except Refusal as refusal:
        if ui.wants_json(request):
            raise
        return _ask_name(request, draft, name, errors=[refusal.message], status=refusal.status)
    message = f"“{template.name}” is a template now, for everybody on the team. It holds no dates."
    return ui.answer(request, _data(template), to=reverse("campaigns:templates"), message=message, status=201)


def _ask_name(request: HttpRequest, draft: CampaignDraft, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"draft": draft, "name": name} | more
    return render(request, "campaigns/starting/keep.html", context, status=status)


@require_http_methods(["GET", "POST"])
@CREATE
def start(request: HttpRequest, template_id: int) -> HttpResponse:
    """GET: choose the account, and see what changes there. POST: make the draft that was shown."""
    template, by = templates.get(template_id), ui.member(request)
    accounts = list(drafting.accounts())
    what = taking.Taking(
        source=templates.source_of(template),
        accounts=accounts,
        heading=f"Start from {template.name}",
        meta=f"written for {template.account}",
        back=(reverse("campaigns:templates"), "All templates"),
        submit="Save as draft",
        done="The draft is saved.",
        make=lambda proposal, leaves: templates.start(template, proposal, leaves, by=by),
        asks_when=True,
    )
    if request.method == "POST":
        return taking.make(request, what)
    own = str(template.account_id) if template.account in accounts else ""
    return taking.page(request, what, own)


@require_POST
@CREATE
def rename(request: HttpRequest, template_id: int) -> HttpResponse:
    name = _text(request, "name")
    try:
        template = templates.rename(template_id, name, by=ui.member(request))
    except Refusal as refusal:
        if ui.wants_json(request):
            raise
        return _list(request, wrong={"id": template_id, "name": name, "errors": [refusal.message]}, status=422)
    message = f"The template is called “{template.name}” now."
    return ui.answer(request, _data(template), to=reverse("campaigns:templates"), message=message)


@require_POST
@CREATE
def delete(request: HttpRequest, template_id: int) -> HttpResponse:
    name = templates.delete(template_id, by=ui.member(request))
    message = f"“{name}” is deleted. Campaigns that began with it stay as they are."
    return ui.answer(request, None, to=reverse("campaigns:templates"), message=message)


def _list(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    rows = CampaignTemplate.objects.select_related("account", "created_by").defer("content")
    page = paging.page(request, rows, ["name", "id"], size=PAGE)
    if ui.wants_json(request):
        return ui.success({"templates": [_data(template) for template in page.items], "next": page.next_url})
    user = ui.member(request)
    lines = [
        (template, platforms.label(template.account.platform), templates.may_change(user, template))
        for template in page.items
    ]
    return render(request, "campaigns/starting/templates.html", {"page": page, "lines": lines} | more, status=status)


def _data(template: CampaignTemplate) -> dict[str, Any]:
    return {
        "id": template.pk,
        "name": template.name,
        "platform": template.account.platform,
        "platform_account_id": template.account.external_id,
        "created_by_user_id": template.created_by_id,
    }


def _text(request: HttpRequest, name: str) -> str:
    value = ui.body(request).get(name, "")
    return value if isinstance(value, str) else ""
