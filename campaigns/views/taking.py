"""The page on which a campaign or a template is taken to an ad account: what it becomes there, then the draft itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from adaccounts.models import AdAccount
from campaigns import presentation
from campaigns.forms.copying import TakingForm, TargetForm
from campaigns.models import CampaignDraft
from campaigns.starting import copying, telling
from campaigns.starting.copying import Proposal, Source
from integrations import platforms
from stratum import ui
from stratum.ui import Refusal


@dataclass(frozen=True)
class Taking:
    """What is taken where, in the words of the page. `make` makes the draft of a proposal and what was typed."""

    source: Source
    accounts: list[AdAccount]
    heading: str
    meta: str
    back: tuple[str, str]
    submit: str
    done: str
    make: Callable[[Proposal, Mapping[str, Any]], CampaignDraft]
    asks_when: bool = False


def page(request: HttpRequest, taking: Taking, chosen: str = "") -> HttpResponse:
    """Show the accounts, and what changes on the one that was chosen."""
    data = request.GET if "account" in request.GET else {"account": chosen} if chosen else None
    target = TargetForm(taking.accounts, data)
    account = target.chosen
    if account is None:
        return _render(request, taking, target, status=422 if target.is_bound and not chosen else 200)
    proposal = copying.propose(taking.source, account)
    return _render(request, taking, target, TakingForm(proposal, asks_when=taking.asks_when))


def make(request: HttpRequest, taking: Taking) -> HttpResponse:
    """Make the draft that was shown; the page again when it cannot be, with everything that was typed."""
    target = TargetForm(taking.accounts, request.POST)
    account = target.chosen
    if account is None:
        if ui.wants_json(request):
            raise Refusal("VALIDATION_FAILED", "Choose another ad account.", _details(target))
        return _render(request, taking, target, status=422)
    try:
        proposal = copying.read(request.POST.get("proposal", ""), taking.source, account)
    except Refusal as refusal:
        if ui.wants_json(request):
            raise
        form = TakingForm(copying.propose(taking.source, account), request.POST, asks_when=taking.asks_when)
        return _render(request, taking, target, form, refusal=refusal.message, status=refusal.status)
    form = TakingForm(proposal, request.POST, asks_when=taking.asks_when)
    made = taking.make(proposal, form.given())
    data = presentation.draft_data(made, ui.member(request)) if ui.wants_json(request) else None
    return ui.answer(request, data, to=made.get_absolute_url(), message=taking.done, status=201)


def _details(form: TargetForm) -> list[dict[str, str]]:
    return [{"path": name, "message": str(error)} for name, errors in form.errors.items() for error in errors]


def _render(
    request: HttpRequest,
    taking: Taking,
    target: TargetForm,
    form: TakingForm | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"taking": taking, "target": target, "form": form, "refusal": refusal}
    if form is not None:
        proposal = form.proposal
        content = proposal.adapted.content
        context |= {
            "proposal": proposal,
            "label": platforms.label(proposal.account.platform),
            "changes": telling.lines(proposal.adapted.changes, content),
            "fits": telling.lines(proposal.fits, content),
            "problems": telling.problem_lines(proposal.problems, content),
        }
    return render(request, "campaigns/starting/taking.html", context, status=status)
