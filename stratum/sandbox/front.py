"""The front door: finds the platform, and tells pages for people from API calls."""

from __future__ import annotations

import re
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET

from . import exchange, registry
from .call import Answer, Call
from .faults import LiveFaults
from .journal import Recording
from .models import Object
from .platform import Page, Platform

_STYLES = Path(__file__).parent / "static" / "sandbox" / "sandbox.css"


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lists the platforms with their accounts, for whoever wonders what answers on this port."""
    rows = [(platform, _accounts(platform)) for platform in registry.all_platforms()]
    return render(request, "sandbox/home.html", {"platforms": rows})


@require_GET
def styles(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(_STYLES.read_bytes(), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "max-age=60"
    return response


@require_GET
def no_icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for an icon unbidden; this spares them an error."""
    return HttpResponse(status=204)


@csrf_exempt
def platform_request(request: HttpRequest, slug: str, surface: str, rest: str) -> HttpResponse:
    """Hands a request to the platform it is for; 404 where no platform or surface has the name."""
    platform = registry.find(slug)
    if platform is None:
        raise Http404(slug)
    path = platform.path_prefixes.get(surface, "") + "/" + rest
    for page_surface, pattern, page, recorded in platform.pages:
        if page_surface == surface and re.fullmatch(pattern, path):
            return _page(request, platform, surface, path, page, recorded)
    if surface not in platform.api_surfaces:
        raise Http404(surface)
    return exchange.respond(request, platform, surface, path)


def _page(
    request: HttpRequest, platform: Platform, surface: str, path: str, page: Page, recorded: bool
) -> HttpResponse:
    """Shows a page; the journal notes the call that opened or answered a consent page, not the page itself."""
    response = csrf_protect(page)(request, path)
    if recorded:
        query = {name: request.GET.get(name, "") for name in request.GET}
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Call(surface, request.method or "", path, "", {}, LiveFaults(), headers=headers, query=query)
        location = {"Location": response["Location"]} if "Location" in response else {}
        Recording(platform, call).answered(Answer(None, status=response.status_code, headers=location))
    return response


def _accounts(platform: Platform) -> list[tuple[Object, str]]:
    accounts = Object.objects.present().filter(platform=platform.slug, kind=Object.Kind.ACCOUNT).order_by("id")[:50]
    return [(account, platform.dashboard_path(account)) for account in accounts]
