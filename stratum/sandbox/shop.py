"""The shop that the demo's ads lead to, and the ways in which a landing page disappoints.

`summer` and whatever has no other meaning is a page; `gone` is none; `moved` leads to it; `round` leads to itself; `inside`
leads into a private network.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

#: Redirects as a shop would send them: with its own name, not the sandbox's.
HOME = "https://shop.example.com"
REDIRECTS = {"moved": f"{HOME}/summer", "round": f"{HOME}/round", "inside": "http://10.0.0.1/"}


@require_safe
def page(request: HttpRequest, rest: str) -> HttpResponse:
    if rest in REDIRECTS:
        return HttpResponseRedirect(REDIRECTS[rest])
    return render(request, "sandbox/shop.html", {"path": rest}, status=404 if rest == "gone" else 200)
