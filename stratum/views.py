from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stratum import ui


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token: it is stale, or it was not ours."""
    message = "This form is out of date. Go back, reload the page and send it again; what you typed is still in it."
    if ui.wants_json(request):
        return ui.failure("FORBIDDEN", "The CSRF token is missing or out of date.", 403)
    return render(request, "403.html", {"exception": message}, status=403)
