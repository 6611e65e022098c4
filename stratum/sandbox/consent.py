"""The page on which a platform asks a person whether an app may act for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from .middleware import page_policy

LOOPBACK_HOSTS = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Choice:
    """Something that is asked for and can be refused by taking its tick away."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Choices below a heading; `field` is their name in the form."""

    title: str
    field: str
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Consent:
    platform: str
    app: str
    person: str
    groups: Sequence[Group]
    redirect_uri: str


def ask(request: HttpRequest, consent: Consent) -> HttpResponse:
    """Shows the question; the answer is posted to the same URL as `decision` (allow or deny) and the ticked choices."""
    response = render(request, "sandbox/consent.html", {"consent": consent})
    response["Content-Security-Policy"] = page_policy(origin(consent.redirect_uri))
    return response


def is_allowed(request: HttpRequest) -> bool:
    """Whether the person pressed Allow; anything else is a refusal."""
    return request.POST.get("decision") == "allow"


def granted(request: HttpRequest, group: Group) -> list[str]:
    """The values of the group that kept their tick; what was not asked for is not granted."""
    ticked = request.POST.getlist(group.field)
    return [choice.value for choice in group.choices if choice.value in ticked]


def refuse(request: HttpRequest, platform: str, message: str) -> HttpResponse:
    """Shows why the question cannot be asked; the browser is not sent to an address that was not checked."""
    return render(request, "sandbox/refusal.html", {"platform": platform, "message": message}, status=400)


def send_back(redirect_uri: str, answer: Mapping[str, str]) -> HttpResponse:
    """Leads the browser back to the app with the answer in the query."""
    joiner = "&" if urlsplit(redirect_uri).query else "?"
    return HttpResponseRedirect(f"{redirect_uri}{joiner}{urlencode(answer)}")


def is_registered(redirect_uri: str) -> bool:
    """The registration of the sandbox's apps: any loopback address whose path ends in /oauth/callback."""
    try:
        parts = urlsplit(redirect_uri)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and parts.hostname in LOOPBACK_HOSTS
        and parts.path.endswith("/oauth/callback")
    )


def origin(url: str) -> str:
    """Scheme, host and port of the URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
