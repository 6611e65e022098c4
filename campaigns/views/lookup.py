"""Looks places, interests and languages up at the platform, while somebody builds an ad set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from babel.numbers import format_compact_decimal
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from campaigns import building, permissions, places
from campaigns.forms.lists import Chip, chip
from campaigns.models import CampaignDraft
from integrations import lookups
from integrations.contracts import TargetingKind, TargetingOption
from integrations.errors import PlatformError
from stratum import formats, ui

#: Platforms answer a single letter with noise.
LEAST_CHARACTERS = 2
MOST_CHARACTERS = 100


@dataclass(frozen=True)
class Option:
    """An answer as the page offers it: a tick, and what tells it from others of the same name."""

    part: dict[str, Any]
    chip: Chip
    detail: str = ""
    size_low: int | None = None
    size_high: int | None = None

    @property
    def size(self) -> str:
        """How many people, roughly: 41M–48M."""
        ends = [
            format_compact_decimal(end, locale=formats.LOCALE, fraction_digits=1)
            for end in (self.size_low, self.size_high)
            if end
        ]
        return "–".join(dict.fromkeys(ends))


@dataclass(frozen=True)
class Found:
    """What was asked and what came of it; `trouble` says why the platform did not answer."""

    field: str
    kind: str
    text: str
    options: tuple[Option, ...] = ()
    trouble: str = ""


@require_GET
def targeting(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Answer a look-up as a fragment of the ad set's form, or as JSON."""
    draft = building.fetch(draft_id)
    permissions.require(ui.member(request), draft, "edit")
    field_name = request.GET.get("search", "")
    names = ("q", f"search.{field_name}", f"{field_name}.add")
    text = next((request.GET[name] for name in names if name in request.GET), "")
    found = look_up(draft, field_name, text)
    if ui.wants_json(request):
        options = [option.part | {"detail": option.detail} for option in found.options]
        return ui.success({"options": options, "trouble": found.trouble})
    return render(request, "campaigns/builder/found.html", {"found": found})


def asked_for(request: HttpRequest, draft: CampaignDraft) -> Found | None:
    """Return what the page's own address asks for, where there is no JavaScript to ask by itself."""
    if "search" not in request.GET:
        return None
    return look_up(draft, request.GET["search"], request.GET.get("q", ""))


def look_up(draft: CampaignDraft, field_name: str, text: str) -> Found:
    """Ask the platform; countries are known without it. A platform's silence is told, never an empty answer."""
    kind = _kind_of(field_name)
    words = " ".join(text.split())[:MOST_CHARACTERS]
    if kind is None or len(words) < LEAST_CHARACTERS:
        return Found(field_name, kind or "", words)
    is_place = kind is TargetingKind.LOCATION
    own = tuple(_country(code, name) for code, name in places.matching(words)) if is_place else ()
    try:
        answers = _ask(draft, kind, words)
    except PlatformError as error:
        return Found(field_name, kind, words, own, error.message)
    known = {option.chip.value for option in own}
    options = [option for option in (_option(kind, answer) for answer in answers) if option.chip.value not in known]
    return Found(field_name, kind, words, (*own, *options))


def _kind_of(field_name: str) -> TargetingKind | None:
    kinds = {"interests": TargetingKind.INTEREST, "languages": TargetingKind.LANGUAGE}
    kinds |= {"locations": TargetingKind.LOCATION, "excluded_locations": TargetingKind.LOCATION}
    return kinds.get(field_name.removeprefix("targeting."))


def _ask(draft: CampaignDraft, kind: TargetingKind, words: str) -> list[TargetingOption]:
    return lookups.search(draft.platform, draft.account.contract, kind, words)


def _country(code: str, name: str) -> Option:
    part = _country_part(code)
    return Option(part, chip(part, name, is_known=True), "Country")


def _country_part(code: str) -> dict[str, Any]:
    return {"kind": "country", "id": code, "name": "", "country": ""}


def _place_part(answer: TargetingOption) -> dict[str, Any]:
    part = {"kind": answer.kind, "id": answer.external_id, "country": answer.country}
    return part | {"name": _whole_name(answer)}


def _option(kind: TargetingKind, answer: TargetingOption) -> Option:
    part: dict[str, Any] = {"id": answer.external_id, "name": answer.name}
    detail = answer.detail
    if kind is TargetingKind.LOCATION:
        part = _country_part(answer.external_id) if answer.kind == "country" else _place_part(answer)
        detail = ", ".join(filter(None, [answer.kind.capitalize(), answer.detail]))
    return Option(part, chip(part, answer.name, is_known=True), detail, answer.size_low, answer.size_high)


def _whole_name(answer: TargetingOption) -> str:
    """A city's name alone does not say which; there is more than one Paris."""
    return f"{answer.name}, {answer.detail}" if answer.detail else answer.name
