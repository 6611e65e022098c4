"""A page for developers that shows every component; it does not exist with DEBUG off."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from stratum import statuses

TONES = ["neutral", "quiet", "accent", "success", "warning", "danger"]


def icon_names() -> list[str]:
    """Return the names of the icons in the sprite."""
    sprite = (settings.BASE_DIR / "static/img/icons.svg").read_text()
    return re.findall(r'<symbol id="([^"]+)"', sprite)


class Problem(NamedTuple):
    is_error: bool
    message: str
    fix: str
    url: str


PROBLEMS = [
    Problem(True, "Ad set “US · 25–54” optimizes for conversions without a pixel.", "Choose a pixel.", "#id_name"),
    Problem(False, "The ad set budgets leave $100.00 a day unused.", "Raise an ad set's budget, or go on.", ""),
]


class Example(forms.Form):
    """Every kind of form field."""

    name = forms.CharField(help_text="What people see in lists.")
    budget = forms.DecimalField(required=False)
    objective = forms.ChoiceField(choices=[("traffic", "Traffic"), ("conversions", "Conversions")])
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    launch = forms.ChoiceField(choices=[("live", "Live"), ("paused", "Paused")], widget=forms.RadioSelect)
    roles = forms.MultipleChoiceField(
        choices=[("a", "Creator"), ("b", "Approver")],
        widget=forms.CheckboxSelectMultiple,
        help_text="At least one.",
    )
    agreed = forms.BooleanField(label="Count the real days of a month", help_text="Otherwise a month counts 30 days.")


@login_not_required
@require_GET
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show all components; Http404 with DEBUG off."""
    if not settings.DEBUG:
        raise Http404
    messages.success(request, "The campaign was submitted. Two approvers were told.")
    messages.error(request, "This would pass the daily cap of $1,000.00 by $250.00.")
    return render(request, "stratum/styleguide.html", _context())


def _context() -> dict[str, Any]:
    at = timezone.now() - timedelta(minutes=7)
    what = ["submitted", "rejected", "approved", "published"]
    tones = ["warning", "danger", "accent", "success"]
    return {
        "tones": TONES,
        "icons": icon_names(),
        "looks": statuses.LOOKS,
        "form": Example({"budget": "ten", "name": ""}),
        "problems": PROBLEMS,
        "at": at,
        "entries": [
            {
                "who": "ليلى",
                "what": word,
                "at": at,
                "tone": tone,
                "detail": "Budget too high" if tone == "danger" else "",
            }
            for word, tone in zip(what, tones, strict=True)
        ],
        "tabs": [
            {"label": "All", "url": "#", "current": True, "count": 12},
            {"label": "Unread", "url": "#", "current": False},
        ],
        "items": [("Objective", "Conversions"), ("Schedule", "Jun 1 – Aug 31"), ("Pixel", "")],
        "options": [("traffic", "Traffic"), ("conversions", "Conversions")],
        "errors": ["Choose a pixel: conversions need one."],
    }
