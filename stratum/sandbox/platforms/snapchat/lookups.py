"""Targeting look-ups: whole lists, as Snapchat gives them (Ads API v1, "Targeting")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import catalogue, errors, lists
from .view import SnapRequest

_PLURAL = "targeting_dimensions"


def countries(request: SnapRequest) -> dict[str, Any]:
    rows = [{"id": code, "name": name, "code2": code} for code, name in catalogue.countries().items()]
    return _answer(request, "country", rows)


def regions(code: str) -> Any:
    def listed(request: SnapRequest) -> dict[str, Any]:
        known = catalogue.countries().get(code)
        if known is None:
            raise errors.bad_request(f"country_code {code} is not supported")
        rows = [
            {"id": number, "name": name, "code": name[:2], "country": {"code2": code, "name": known}}
            for number, name in catalogue.REGIONS.get(code, {}).items()
        ]
        return _answer(request, "region", rows)

    return listed


def languages(request: SnapRequest) -> dict[str, Any]:
    return _answer(request, "languages", [{"id": key, "name": name} for key, name in catalogue.LANGUAGES.items()])


def age_groups(request: SnapRequest) -> dict[str, Any]:
    return _answer(request, "age_group", [{"id": group, "name": group} for group in catalogue.AGE_GROUPS])


def interests(request: SnapRequest) -> dict[str, Any]:
    """Snap Lifestyle Categories of one country."""
    if request.call.query.get("country_code") not in catalogue.countries():
        raise errors.bad_request("country_code is required")
    rows = [
        {"id": key, "name": name, "path": f"{path}/{name}", "source": "SLC"}
        for key, (name, path) in catalogue.INTERESTS.items()
    ]
    return _answer(request, "scls", rows)


def _answer(request: SnapRequest, singular: str, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Look-ups answer their statuses in small letters, and all on one page."""
    lists.refuse_unknown(request.call, "country_code", "is_hec")
    return lists.wrapped(_PLURAL, singular, rows, "success")
