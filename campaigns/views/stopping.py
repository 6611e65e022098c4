"""The brake: stop everything on an account, and see each campaign read back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from adaccounts.models import AdAccount
from campaigns import permissions, workflow
from campaigns.models import CampaignDraft, PublishRun
from campaigns.publishing import story
from integrations import platforms
from stratum import ui


def get_account(account_id: int) -> AdAccount:
    """Return the account; NotFound AD_ACCOUNT_NOT_FOUND."""
    account = AdAccount.objects.filter(pk=account_id).first()
    if account is None:
        raise ui.NotFound("AD_ACCOUNT_NOT_FOUND", "There is no such ad account.")
    return account


@require_http_methods(["GET", "POST"])
def stop_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show what may spend on the account; a POST pauses all of it and shows each result as it is read back."""
    account = get_account(account_id)
    if not request.user.has_perm(permissions.PUBLISH):
        raise PermissionDenied(permissions.SWITCHER)
    if request.method == "POST":
        runs = workflow.stop_account(account.pk, by=ui.member(request))
        if ui.wants_json(request):
            return ui.success({"runs": [{"run": run.pk, "draft": run.draft_id} for run in runs]}, 202)
        pks = ",".join(str(run.pk) for run in runs)
        return redirect(f"{reverse('campaigns:stop_account', args=[account.pk])}?runs={pks}")
    context = _started(request, account) if "runs" in request.GET else _asked(account)
    if ui.wants_json(request):
        return ui.success(_data(context))
    fragment = bool(getattr(request, "htmx", False))
    return render(request, "campaigns/_stopping.html" if fragment else "campaigns/stop_account.html", context)


def _asked(account: AdAccount) -> dict[str, Any]:
    """What the page shows before the button is pressed."""
    drafts = CampaignDraft.objects.filter(account=account).may_spend().select_related("account")
    return {"account": account, "drafts": list(drafts), "label": platforms.label(account.platform)}


def _started(request: HttpRequest, account: AdAccount) -> dict[str, Any]:
    """What the page shows while and after the runs work: each campaign, whether it is off, and how it is known."""
    pks = [int(pk) for pk in request.GET["runs"].split(",") if pk.isdecimal() and len(pk) < 19]
    runs = list(PublishRun.objects.filter(pk__in=pks, draft__account=account).select_related("draft").order_by("pk"))
    moving = [run for run in runs if run.state in story.MOVING]
    still_on = [run for run in runs if run not in moving and run.draft.may_be_live != CampaignDraft.MayBeLive.NO]
    return {
        "account": account,
        "runs": runs,
        "stopped": len(runs) - len(moving) - len(still_on),
        "still_on": still_on,
        "is_moving": bool(moving),
        "label": platforms.label(account.platform),
        "query": request.GET["runs"],
    }


def _data(context: dict[str, Any]) -> dict[str, Any]:
    if "drafts" in context:
        return {"may_spend": [{"id": draft.pk, "name": draft.name} for draft in context["drafts"]]}
    return {
        "is_moving": context["is_moving"],
        "stopped": context["stopped"],
        "campaigns": [
            {"id": r.draft_id, "name": r.draft.name, "state": r.state, "may_be_live": r.draft.may_be_live}
            for r in context["runs"]
        ],
    }
