"""Campaigns: POST campaign/create/ and campaign/update/."""

from __future__ import annotations

from typing import Any

from stratum.sandbox.models import Object

from . import errors, goals, money, rows, storing
from .endpoints import ApiRequest
from .errors import TikTokError
from .parameters import Parameters

CREATE = (
    "campaign_name",
    "objective_type",
    "budget_mode",
    "budget",
    "budget_optimize_on",
    "operation_status",
    "request_id",
    "special_industries",
    "campaign_type",
    "virtual_objective_type",
    "sales_destination",
)
MOST = 999
LEAST_DOLLARS = 50
_MODES = {
    False: {"BUDGET_MODE_INFINITE", "BUDGET_MODE_TOTAL", "BUDGET_MODE_DAY"},
    True: {"BUDGET_MODE_TOTAL", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "BUDGET_MODE_DAY"},
}


def create(request: ApiRequest) -> dict[str, Any]:
    """Makes a campaign; a repeat of the same request_id within ten seconds makes none."""
    params = request.parameters(*CREATE)
    params.require("campaign_name", "objective_type", "budget_mode")
    data = {
        "objective_type": _objective(params),
        "campaign_type": params.choice("campaign_type", {"REGULAR_CAMPAIGN"}) or "REGULAR_CAMPAIGN",
        "special_industries": _industries(request, params),
        "currency": request.advertiser.data["currency"],
        **_budget(request, params),
    }

    def make(number: str) -> Object:
        name = storing.name_of(request, params, Object.Kind.CAMPAIGN, "campaign_name")
        _require_room(request)
        return storing.create(request, params, Object.Kind.CAMPAIGN, name, "", data | {"request_id": number})

    return rows.campaign(storing.once(request, params, Object.Kind.CAMPAIGN, make), request.call)


def update(request: ApiRequest) -> dict[str, Any]:
    """Changes name or budget; the kind of budget cannot change."""
    params = request.parameters("campaign_id", "campaign_name", "budget", "special_industries")
    params.require("campaign_id")
    campaign = storing.present(request, Object.Kind.CAMPAIGN, params.text("campaign_id"))
    if "campaign_name" in params:
        campaign.name = params.plain_text("campaign_name", storing.LONGEST_NAME)
    if "budget" in params:
        if campaign.data["budget_mode"] == money.INFINITE:
            raise errors.field("budget", "The campaign has no budget.")
        campaign.data["budget"] = money.check(
            "budget", params.number("budget"), campaign.data["currency"], floor=LEAST_DOLLARS
        )
    if "special_industries" in params:
        wanted = params.texts("special_industries", 3, goals.INDUSTRIES)
        if not set(wanted) <= set(campaign.data["special_industries"]):
            raise errors.field("special_industries", "Special ad categories can only be removed.")
        campaign.data["special_industries"] = wanted
    return rows.campaign(storing.save(campaign), request.call)


def _objective(params: Parameters) -> str:
    objective = params.text("objective_type")
    if objective in goals.GATED_OBJECTIVES:
        raise TikTokError(40118, f"objective_type: {objective} is an allowlist-only feature.")
    if objective not in goals.OBJECTIVES:
        raise errors.field("objective_type", f"Must be one of: {', '.join(sorted(goals.OBJECTIVES))}.")
    if objective == "APP_PROMOTION":
        raise errors.missing("app_promotion_type")
    return objective


def _industries(request: ApiRequest, params: Parameters) -> list[str]:
    industries = params.texts("special_industries", 3, goals.INDUSTRIES)
    if industries and request.advertiser.data["country"] not in ("US", "CA"):
        raise TikTokError(
            40118, "special_industries: Special ad categories are an allowlist-only feature in your region."
        )
    return industries


def _budget(request: ApiRequest, params: Parameters) -> dict[str, Any]:
    is_shared = params.flag("budget_optimize_on")
    mode = params.choice("budget_mode", _MODES[True] | _MODES[False])
    if mode not in _MODES[is_shared]:
        raise errors.field("budget_mode", f"{mode} does not go with budget_optimize_on {str(is_shared).lower()}.")
    if mode == "BUDGET_MODE_DYNAMIC_DAILY_BUDGET" and params.text("objective_type") in goals.WITHOUT_DYNAMIC_BUDGET:
        raise TikTokError(40118, f"budget_mode: {mode} is an allowlist-only feature for this objective.")
    data: dict[str, Any] = {"budget_mode": mode, "budget_optimize_on": is_shared}
    if mode == money.INFINITE:
        if "budget" in params:
            raise errors.field("budget", "A campaign without a limit has no budget.")
        return data | {"budget": 0}
    currency = request.advertiser.data["currency"]
    return data | {"budget": money.check("budget", params.number("budget"), currency, floor=LEAST_DOLLARS)}


def _require_room(request: ApiRequest) -> None:
    there = Object.objects.present().filter(
        platform="tiktok", kind=Object.Kind.CAMPAIGN, account=request.advertiser.external_id
    )
    if there.count() >= MOST:
        raise TikTokError(errors.INVALID, f"An ad account can have at most {MOST} campaigns.")
