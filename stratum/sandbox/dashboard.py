"""The page where a platform's own ads manager would be: what is there, in whatever state, for people to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True)
class Status:
    """A status in words; the tone is good, idle, wait or bad."""

    word: str
    tone: str


@dataclass(frozen=True)
class Card:
    """What an ad shows: once for an image or a video, several times for a carousel."""

    image_url: str = ""
    headline: str = ""
    text: str = ""
    button: str = ""
    link: str = ""


@dataclass(frozen=True)
class Node:
    """A campaign, ad set or ad; `level` is how the platform calls it."""

    level: str
    name: str
    external_id: str
    status: Status
    facts: Sequence[tuple[str, str]] = ()
    text: str = ""
    cards: Sequence[Card] = ()
    children: Sequence[Node] = ()
    url: str = ""


@dataclass(frozen=True)
class Dashboard:
    """One account's page: its campaigns as a list, or chosen ones in full."""

    platform: str
    product: str
    account: str
    account_id: str
    account_facts: Sequence[tuple[str, str]]
    campaigns: Sequence[Node]
    in_full: bool
    list_url: str
    missing: Sequence[str] = field(default_factory=list)


def show(request: HttpRequest, page: Dashboard) -> HttpResponse:
    """The page; 404 if a campaign was chosen that is not there."""
    template = "sandbox/campaign.html" if page.in_full else "sandbox/campaigns.html"
    return render(request, template, {"page": page}, status=404 if page.missing else 200)


def not_found(request: HttpRequest, platform: str, message: str) -> HttpResponse:
    """The page for an account that is not there."""
    return render(request, "sandbox/missing.html", {"platform": platform, "message": message}, status=404)
