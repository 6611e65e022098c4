"""Links for guests, and the page that a guest sees: one content, and two buttons.

The guest's pages use no session and no cookie: the address is the only key. So a form that comes from elsewhere can do no
more than whoever knows the address, and the token against forgery, which needs the referrer we do not send, is left out.
The secret stands in the query, which no log of ours keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns import opinions, overview, presentation
from campaigns.models import GuestLink, MediaAsset
from campaigns.opinions import NotGood
from campaigns.views import media, review
from campaigns.views.progress import VIEW, get_draft
from stratum import limits, ui
from stratum.ui import NotFound, Refusal

#: Pages a minute from one address.
PAGES_A_MINUTE = 30


# The team -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@VIEW
def links(request: HttpRequest, draft_id: int) -> HttpResponse:
    """GET: the links and the opinions as JSON. POST: make a link for a `guest`; it is shown once."""
    draft = get_draft(draft_id)
    if request.method == "GET":
        if ui.wants_json(request):
            return ui.success(presentation.opinions_data(draft))
        return redirect(f"{draft.get_absolute_url()}#guests")
    guest = str(ui.body(request).get("guest", ""))
    try:
        link, url = opinions.make(draft_id, by=ui.member(request), guest=guest)
    except Refusal as refusal:
        if ui.wants_json(request) or refusal.code != "VALIDATION_FAILED":
            raise
        return review.page_to_ask_guest(request, draft, guest=guest, error=refusal.message)
    if ui.wants_json(request):
        return ui.success({"url": url, "guest": link.guest, "expires_at": link.expires_at}, status=201)
    return render(request, "campaigns/opinions/link.html", {"draft": draft, "link": link, "url": url}, status=201)


@require_POST
@VIEW
def revoke(request: HttpRequest, draft_id: int, link_id: int) -> HttpResponse:
    """End a guest's link."""
    draft = get_draft(draft_id)
    opinions.revoke(draft_id, link_id, by=ui.member(request))
    data: Any = presentation.opinions_data(draft) if ui.wants_json(request) else None
    to = f"{draft.get_absolute_url()}#guests"
    return ui.answer(request, data, to=to, message="The link is revoked. It shows nothing any more.")


# The guest ----------------------------------------------------------------------------------------------------------


def for_guests(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Open a page to whoever knows its address, tell nobody where it is, and answer a bad address with the reason."""

    @login_not_required
    @never_cache
    @csrf_exempt
    @wraps(view)
    def show(request: HttpRequest) -> HttpResponse:
        if not limits.allow(f"guest:{ui.client_ip(request)}", PAGES_A_MINUTE, 60):
            context = {"reason": "Too many pages were asked for from here. Try again in a minute."}
            return _unseen(render(request, "campaigns/opinions/not_good.html", context, status=429))
        try:
            return _unseen(view(request, request.GET.get("token", "")))
        except NotGood as error:
            context = {"reason": str(error)}
            return _unseen(render(request, "campaigns/opinions/not_good.html", context, status=410))

    return show


def _unseen(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_guests
def opinion(request: HttpRequest, token: str) -> HttpResponse:
    """Show the content to a guest, and take their opinion."""
    link = opinions.read(token)
    if request.method != "POST":
        opinions.open_first(link)
        return _page(request, link, token)
    sent = {name: request.POST.get(name, "") for name in ("opinion", "name", "comment")}
    try:
        given = opinions.give(token, **sent)
    except Refusal as refusal:
        errors = {str(detail["path"]): [str(detail["message"])] for detail in refusal.details}
        return _page(request, link, token, sent=sent, errors=errors)
    return render(request, "campaigns/opinions/thanks.html", {"link": given})


@login_not_required
@never_cache
@require_GET
def picture(request: HttpRequest, number: int) -> HttpResponseBase:
    """Answer a small picture of one of the campaign's files, counted from 0; nothing else of the library."""
    try:
        sums = opinions.read(request.GET.get("token", "")).draft.content.files()
    except NotGood as error:
        raise NotFound("NOT_FOUND", str(error)) from error
    asset = (
        MediaAsset.objects.select_related("cover").filter(sha256=sums[number]).first() if number < len(sums) else None
    )
    if asset is None:
        raise NotFound("NOT_FOUND", "There is no such file.")
    response = media.small(request, asset)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _page(request: HttpRequest, link: GuestLink, token: str, **form: Any) -> HttpResponse:
    sums = link.draft.content.files()
    context = {
        "link": link,
        "token": token,
        "shown": overview.for_guest(link.draft),
        "numbers": {sha256: number for number, sha256 in enumerate(sums)},
    }
    return render(request, "campaigns/opinions/page.html", context | form, status=422 if form else 200)
