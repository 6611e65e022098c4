"""Campaigns as CSV: out as the list shows them, and in as drafts after a look at what would be made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns import drafting, listing
from campaigns.models import new_short_id
from campaigns.sheets import making, reading, writing
from campaigns.sheets.planning import Plan
from campaigns.views.lists import CREATE, list_filter
from campaigns.views.progress import VIEW
from stratum import ui
from stratum.storable import storable
from stratum.ui import Refusal

#: Faults that are listed for one campaign; its own file names all of them.
FAULTS_SHOWN = 10


@require_GET
@never_cache
@VIEW
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the campaigns that the list would show with this address, one row for each ad."""
    wanted = list_filter(request).wanted()
    rows = listing.of_status(listing.narrowed(wanted), request.GET.get("status", ""))
    return _csv(writing.lines(rows), f"campaigns-{timezone.localtime():%Y-%m-%d-%H%M}.csv")


@require_GET
@CREATE
def template(request: HttpRequest) -> HttpResponseBase:
    """Send a file to begin with."""
    return _csv(making.template(drafting.accounts().first()), "campaigns-template.csv")


@require_http_methods(["GET", "POST"])
@CREATE
def upload(request: HttpRequest) -> HttpResponse:
    """Ask for a file; show what it would make, and every fault of it. Nothing is made here."""
    if request.method == "GET":
        return render(request, "campaigns/sheets/upload.html", {"errors": []})
    try:
        text = _uploaded(request)
        plans = making.planned(text)
    except Refusal as refusal:
        return _asked_again(request, refusal)
    if ui.wants_json(request):
        return ui.success({"campaigns": [_data(plan) for plan in plans]})
    return render(request, "campaigns/sheets/check.html", _checked(plans, text, request.POST.get("once", "")))


@require_http_methods(["GET", "POST"])
@CREATE
def make(request: HttpRequest) -> HttpResponse:
    """Make the drafts of the good campaigns; the bad ones stay at hand."""
    if request.method == "GET":  # where a log-in in between leads
        return redirect("campaigns:import")
    try:
        text = _kept(request)
        plans = making.planned(text)
    except Refusal as refusal:
        return _asked_again(request, refusal)
    made = making.make(plans, by=ui.member(request), once=request.POST.get("once", "") or new_short_id())
    refused = [one for one in made if one.draft is None]
    context = {"made": [one for one in made if one.draft], "refused": refused, **_checked(plans, text, "")}
    context["not_made"] = len(refused) + len(context["bad"])
    return render(request, "campaigns/sheets/made.html", context)


@require_POST
@CREATE
def bad_rows(request: HttpRequest) -> HttpResponseBase:
    """Send the campaigns with faults as a file, with what is wrong in a column of its own."""
    plans = making.planned(_kept(request))
    return _csv(making.bad_rows(plans), "campaigns-to-correct.csv")


def _uploaded(request: HttpRequest) -> str:
    sent = request.FILES.get("file")
    if getattr(request, "refused_uploads", []):
        message = f"The file is too large; {reading.MAX_BYTES:,} bytes are the most."
    elif sent is None:
        message = "Choose a CSV file first."
    else:
        return reading.decoded(sent.read(reading.MAX_BYTES + 1))
    raise Refusal("VALIDATION_FAILED", message, [{"path": "file", "message": message}])


def _kept(request: HttpRequest) -> str:
    """Return the text of the file that the page before carried on; as JSON, because forms change the ends of lines."""
    try:
        text = json.loads(request.POST.get("sheet", ""))
    except ValueError:
        text = None
    if not isinstance(text, str):
        message = "Upload the file once more."
        raise Refusal("VALIDATION_FAILED", message, [{"path": "file", "message": message}])
    return storable(text)


def _asked_again(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if ui.wants_json(request):
        raise refusal
    return render(request, "campaigns/sheets/upload.html", {"errors": [refusal.message]}, status=422)


def _checked(plans: list[Plan], text: str, once: str) -> dict[str, Any]:
    points = making.open_points(plans)
    good = [plan for plan in plans if not plan.faults]
    bad = [plan for plan in plans if plan.faults]
    return {
        "good": [{"plan": plan, "points": points.get(plan.first_row, 0)} for plan in good],
        "bad": [
            {"plan": p, "faults": p.faults[:FAULTS_SHOWN], "more": max(0, len(p.faults) - FAULTS_SHOWN)} for p in bad
        ],
        "bad_rows": sum(len(plan.rows) for plan in bad),
        "sheet": json.dumps(text),
        "once": once or new_short_id(),
    }


def _data(plan: Plan) -> dict[str, Any]:
    return {
        "name": plan.name,
        "first_row": plan.first_row,
        "ad_sets": len(plan.ad_sets),
        "ads": plan.ad_count,
        "errors": [{"row": f.row, "column": f.column, "message": f.message} for f in plan.faults],
    }


def _csv(lines: Iterator[str], name: str) -> HttpResponseBase:
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
