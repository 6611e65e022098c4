from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from adaccounts import approval_rules as rules
from adaccounts import detail, editing, listing, naming, presentation, syncing
from adaccounts.approval_rules import RuleForm
from adaccounts.forms import AccountForm, problems_of
from adaccounts.models import AdAccount, SyncRun
from integrations import platforms
from stratum import ui
from stratum.models import User
from stratum.ui import NotFound, Refusal


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Show the synced accounts by platform, with what may be done with them."""
    _require_member(request)
    search = listing.Search.of(request.GET)
    if ui.wants_json(request):
        return ui.success([presentation.account_json(account) for account in listing.matching(search)])
    context = {
        "search": search,
        "sections": listing.sections(request, search),
        "can_change": request.user.has_perm(editing.CHANGE),
        "can_connect": request.user.has_perm("integrations.change_connection"),
    }
    return render(request, "adaccounts/accounts.html", context)


@require_http_methods(["GET", "POST"])
def sync(request: HttpRequest, platform: str) -> HttpResponse:
    """POST: sync the platform's accounts. GET: how far the sync is, as a fragment that is polled."""
    if platform not in platforms.REGISTRY:
        raise NotFound("NOT_FOUND", "There is no platform of that name.")
    if request.method == "GET":
        return _progress(request, platform)
    by = _admin(request)
    run = syncing.sync_in_request(platform, by)
    if run.state == SyncRun.State.FAILED:
        raise Refusal(run.error_code, run.error_message)
    back = ui.back(request, f"{reverse('adaccounts:list')}?platform={platform}")
    message = f"{platforms.label(platform)}: {presentation.sentence(run)}"
    status = 202 if run.is_open else 200
    return ui.answer(request, presentation.sync_json(run), to=back, message=message, status=status)


@require_http_methods(["GET", "POST", "PUT"])
def account(request: HttpRequest, platform: str, external_id: str) -> HttpResponse:
    """GET: one account. POST and PUT: enable or disable it, set its caps and defaults; only what is sent changes."""
    found = _find(platform, external_id)
    if request.method == "GET":
        _require_member(request)
        if ui.wants_json(request):
            return ui.success(presentation.account_json(found))
        return _page(request, found, AccountForm(found))
    by = _admin(request)
    form = AccountForm(found, _sent(request))
    if not form.is_valid():
        return _refuse(request, found, form)
    changed = editing.change(found.pk, by=by, changes=form.changes)
    return _tell(request, changed)


@require_POST
def approval_rules(request: HttpRequest, platform: str, external_id: str) -> HttpResponse:
    """Ask for an approval level above some amounts, with `remove` for it no more, with `confirm` as somebody loosened it."""
    found = _find(platform, external_id)
    by = _admin(request)
    sent = ui.body(request)
    form = RuleForm(found, sent)
    if not form.is_valid():
        if ui.wants_json(request):
            details = problems_of(form)
            return ui.failure("VALIDATION_FAILED", "Nothing was saved: some values are wrong.", 422, details)
        return _page(request, found, AccountForm(found), form)
    if sent.get("confirm"):
        rules.confirm_rule(found.pk, by=by, level=form.cleaned_data["level"], seen=str(sent["confirm"]))
    elif sent.get("remove"):
        rules.remove_rule(found.pk, by=by, level=form.cleaned_data["level"])
    else:
        rules.set_rule(found.pk, by=by, **form.cleaned_data)
    data = presentation.account_json(_find(platform, external_id))
    here = reverse("adaccounts:detail", args=[platform, external_id]) + "#approval-levels"
    return ui.answer(request, data, to=here, message=f"The approval levels of {found.name} were saved.")


@require_GET
def examples(request: HttpRequest, platform: str, external_id: str) -> HttpResponse:
    """Show what a pattern for names and a rule for URL tags would make, as a fragment, while they are typed."""
    _require_member(request)
    found = _find(platform, external_id)
    typed = [request.GET.get(name, "")[: naming.LONGEST].strip() for name in ("naming_pattern", "url_tags_rule")]
    shown = presentation.examples(found, *typed)
    return render(request, "adaccounts/_naming_examples.html", {"examples": shown})


def _admin(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm(editing.CHANGE):
        raise PermissionDenied("Only an Admin may sync and change ad accounts.")
    return user


def _require_member(request: HttpRequest) -> None:
    if not request.user.has_perm("adaccounts.view_adaccount"):
        raise PermissionDenied("Only members of the team with a role may see ad accounts. Ask an Admin for one.")


def _find(platform: str, external_id: str) -> AdAccount:
    rows = AdAccount.objects.select_related("caps_raised_by").prefetch_related("assets", "approval_rules")
    found = rows.filter(platform=platform, external_id=external_id).first()
    if found is None:
        raise NotFound("AD_ACCOUNT_NOT_FOUND", "There is no such ad account. Sync the accounts if it is new.")
    return found


def _sent(request: HttpRequest) -> Mapping[str, Any]:
    # Django reads forms of POST only.
    if request.method == "PUT" and request.content_type == "application/x-www-form-urlencoded":
        return QueryDict(request.body, encoding=request.encoding).dict()
    return ui.body(request)


def _refuse(request: HttpRequest, found: AdAccount, form: AccountForm) -> HttpResponse:
    if ui.wants_json(request):
        return ui.failure("VALIDATION_FAILED", "Nothing was saved: some values are wrong.", 422, form.problems)
    return _page(request, found, form)


def _page(request: HttpRequest, found: AdAccount, form: AccountForm, rule_form: RuleForm | None = None) -> HttpResponse:
    context = detail.context(found, form)
    context["can_change"] = request.user.has_perm(editing.CHANGE)
    context["rule_form"] = rule_form or RuleForm(found)
    is_refused = form.is_bound or context["rule_form"].is_bound
    return render(request, "adaccounts/account.html", context, status=422 if is_refused else 200)


def _tell(request: HttpRequest, changed: editing.Changed) -> HttpResponse:
    if ui.wants_json(request):
        data = presentation.account_json(changed.account)
        return ui.success(data | {"message": changed.message, "warnings": changed.warnings})
    messages.success(request, changed.message)
    for warning in changed.warnings:
        messages.warning(request, warning)
    here = reverse("adaccounts:detail", args=[changed.account.platform, changed.account.external_id])
    return redirect(ui.back(request, here))


def _progress(request: HttpRequest, platform: str) -> HttpResponse:
    _require_member(request)
    syncing.give_up_silent(platform)
    run = syncing.latest([platform]).get(platform)
    if run is None:
        raise NotFound("NOT_FOUND", "These accounts were never synced.")
    if ui.wants_json(request):
        return ui.success(presentation.sync_json(run))
    context = {"sentence": presentation.sentence(run), "run": run, "platform": platform}
    response = render(request, "adaccounts/_progress.html", context)
    if not run.is_open:
        response["HX-Refresh"] = "true"  # what was found stands on the page around this fragment
    return response
