"""The list of campaigns, and how a new one begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from adaccounts.models import AdAccount
from campaigns import authoring, deadlines, drafting, links, listing, presentation, wording
from campaigns.bulk.actions import offered
from campaigns.editing import CAMPAIGN
from campaigns.forms.listing import ListFilter
from campaigns.forms.new import NewDraftForm
from campaigns.models import CampaignDraft, new_short_id
from campaigns.views.progress import VIEW
from integrations import connections, platforms
from integrations.draft import BudgetType
from stratum import paging, ui
from stratum.ui import NotFound, Refusal

Status = CampaignDraft.Status
CREATE = permission_required("campaigns.add_campaigndraft", raise_exception=True)
PAGE = 50


# The list -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A line of the list. Budget and days are what could be read of the content."""

    draft: CampaignDraft
    platform_label: str
    budget: str
    schedule: str

    @property
    def deadline(self) -> str:
        """By when it is needed, while it waits to be decided."""
        return deadlines.open_day(self.draft)

    @classmethod
    def of(cls, draft: CampaignDraft) -> Row:
        kind = BudgetType(draft.budget_type) if draft.budget_type in set(BudgetType) else None
        return cls(
            draft,
            platforms.label(draft.platform),
            wording.per_kind(draft.budget_amount, kind, draft.account.currency),
            wording.days(draft.starts_on, draft.ends_on),
        )


@require_GET
@VIEW
def campaigns(request: HttpRequest) -> HttpResponse:
    """List the campaigns, the ones changed last first unless the address asks for another order."""
    form = list_filter(request)
    wanted = form.wanted()
    sort = wanted.pop("sort", listing.DEFAULT)
    rows, status = listing.narrowed(wanted), request.GET.get("status", "")
    rows, counts = listing.sought(rows) if wanted else (rows, None)
    order = listing.ORDERS[sort]
    shown = order.apply(listing.of_status(rows, status)).prefetch_related("account", "created_by").defer("draft_json")
    page = paging.page(request, shown, order.fields, size=PAGE)
    if ui.wants_json(request):
        return ui.success({"drafts": [presentation.row_data(draft) for draft in page.items], "next": page.next_url})
    context = {
        "page": page,
        "rows": [Row.of(draft) for draft in page.items],
        "form": form,
        "columns": _columns(request, sort),
        "tabs": _tabs(request, counts or listing.counts(rows), status),
        "status": status,
        "actions": offered(ui.member(request), page.items),
        "is_narrowed": bool(wanted or status),
        "has_any": bool(page.items) or CampaignDraft.objects.exists(),
    }
    return render(request, "campaigns/list.html", context)


def list_filter(request: HttpRequest) -> ListFilter:
    """Return what the address narrows the list to."""
    orders = [(name, order.label) for name, order in listing.ORDERS.items()]
    return ListFilter(listing.accounts(), listing.creators(), orders, request.GET)


def _tabs(
    request: HttpRequest, counts: tuple[paging.Count, dict[str, paging.Count]], status: str
) -> list[dict[str, Any]]:
    """Return a tab for each state, with how many campaigns the other filters leave in it."""
    everything, by_state = counts
    tabs = [{"url": _url(request, status=""), "label": "All", "current": not status, "count": everything}]
    for state in Status:
        label = "Drafts" if state is Status.DRAFT else state.label
        url = _url(request, status=state)
        tabs.append({"url": url, "label": label, "current": state == status, "count": by_state.get(state)})
    return tabs


#: Heading of a column → the order it sorts by first, and the opposite.
SORTED_BY = {
    "Name": ("name", "-name"),
    "Budget": ("-budget", "budget"),
    "Schedule": ("start", "-start"),
    "Updated": ("-updated", "updated"),
}


def _columns(request: HttpRequest, sort: str) -> list[dict[str, str]]:
    """Return the headings; one that sorts has an address, and says whether and how the list is sorted by it."""
    columns = []
    for label in ("Name", "Status", "Ad account", "Budget", "Schedule", "Creator", "Updated"):
        column = {"label": label, "css": "end" if label in {"Budget", "Updated"} else ""}
        if label in SORTED_BY:
            first, opposite = SORTED_BY[label]
            column["url"] = _url(request, sort=opposite if sort == first else first)
            if sort in (first, opposite):
                column["direction"] = "descending" if sort.startswith("-") else "ascending"
                column["icon"] = "chevron-down" if sort.startswith("-") else "chevron-up"
        columns.append(column)
    return columns


def _url(request: HttpRequest, **changed: str) -> str:
    """Return the address of the list with something else chosen, from the first page on."""
    query = request.GET.copy()
    for name in ("after", "before", *changed):
        query.pop(name, None)
    query.update({name: value for name, value in changed.items() if value})
    return f"{request.path}?{query.urlencode()}" if query else request.path


# A new one ----------------------------------------------------------------------------------------------------------


@require_GET
@CREATE
def new(request: HttpRequest) -> HttpResponse:
    """Ask for what a campaign begins with; say what to do first when there is no account to build it on."""
    accounts = list(drafting.accounts())
    slugs = {account.platform for account in accounts}
    initial = {"platform": request.GET.get("platform") or (slugs.pop() if len(slugs) == 1 else "")}
    usual = (
        accounts[0] if len(accounts) == 1 else drafting.usual_account(ui.member(request), accounts, initial["platform"])
    )
    if usual is not None:
        initial = {"platform": usual.platform, "account": usual.external_id}
    return _new_page(request, NewDraftForm(accounts, initial=initial), short_id=new_short_id())


@require_POST
@CREATE
def create(request: HttpRequest) -> HttpResponse:
    """Make a draft: from a form with platform, account and as much as is there, or from JSON with a whole draft_json."""
    if request.content_type == "application/json":
        return _create_from_json(request)
    form = NewDraftForm(drafting.accounts(), request.POST)
    if not form.is_valid():
        if ui.wants_json(request):
            raise Refusal("VALIDATION_FAILED", "Choose a platform and an ad account.", form.as_details())
        return _new_page(request, form, short_id=request.POST.get("short_id", ""), status=422)
    short_id = request.POST.get("short_id", "")
    draft = drafting.begin(form.account, form.campaign_leaves(), by=ui.member(request), short_id=short_id)
    return _created(request, draft)


def _create_from_json(request: HttpRequest) -> HttpResponse:
    sent = ui.body(request)
    content = sent.get("draft_json")
    if not isinstance(content, dict):
        message = "Send the whole draft_json as an object."
        raise Refusal("VALIDATION_FAILED", message, [{"path": "draft_json", "message": message}])
    account = _account_named_by(sent)
    connections.require(account.platform)
    return _created(request, authoring.create(account, by=ui.member(request), draft_json=content))


def _account_named_by(sent: Mapping[str, Any]) -> AdAccount:
    """Return the account by its platform and its id there; NotFound AD_ACCOUNT_NOT_FOUND."""
    slug, external_id = sent.get("platform"), sent.get("platform_account_id") or sent.get("account")
    if not isinstance(slug, str) or slug not in platforms.available():
        message = f"Name the platform: one of {', '.join(platforms.available())}."
        raise Refusal("VALIDATION_FAILED", message, [{"path": "platform", "message": message}])
    account = AdAccount.objects.filter(platform=slug, external_id=str(external_id)[:100]).first()
    if account is None:
        raise NotFound(
            "AD_ACCOUNT_NOT_FOUND", f"We know no ad account {str(external_id)[:100]!r} of {platforms.label(slug)}."
        )
    return account


def _created(request: HttpRequest, draft: CampaignDraft) -> HttpResponse:
    data = presentation.draft_data(draft, ui.member(request)) if ui.wants_json(request) else None
    message = "The draft is saved. Now say who sees the ads, and what they show."
    part = drafting.first_part_to_fill(draft)
    to = draft.get_absolute_url() if part == CAMPAIGN else links.node_url(draft.pk, part)
    return ui.answer(request, data, to=to, message=message, status=201)


def _new_page(request: HttpRequest, form: NewDraftForm, *, short_id: str, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "short_id": short_id,
        "is_connected": bool(drafting.connected()),
        "may_connect": request.user.has_perm("integrations.change_connection"),
        "may_enable": request.user.has_perm("adaccounts.change_adaccount"),
    }
    return render(request, "campaigns/new.html", context, status=status)
