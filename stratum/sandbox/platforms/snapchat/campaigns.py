"""Campaigns: what their fields may be (Ads API v1, "Campaigns")."""

from __future__ import annotations

from typing import Any

from stratum.sandbox.models import Object

from . import money, statuses
from .errors import bad_parameter
from .fields import STATUSES, Fields, parsed, require_ahead, written
from .storing import Checked, Entity
from .view import SnapRequest

FIELDS = frozenset(
    {
        "ad_account_id", "name", "status", "start_time", "end_time", "objective_v2_properties", "buy_model",
        "daily_budget_micro", "lifetime_spend_cap_micro", "regulations", "measurement_spec", "creation_state",
    }
)  # fmt: skip
OBJECTIVES = frozenset({"AWARENESS_AND_ENGAGEMENT", "TRAFFIC", "LEADS", "APP_PROMOTION", "SALES"})
PROMOTIONS = frozenset({"APP_INSTALL", "APP_REENGAGEMENT", "PROMOTE_PLACES", "PROMOTE_SHOWS"})
#: What stands in the place of the old objective, which is still answered.
_OLD_OBJECTIVES = {"AWARENESS_AND_ENGAGEMENT": "BRAND_AWARENESS", "LEADS": "LEAD_GENERATION", "SALES": "WEB_CONVERSION"}


def check(request: SnapRequest, raw: dict[str, Any], stored: Object | None) -> Checked:
    fields = Fields(raw, FIELDS)
    fields.same("ad_account_id", request.owner.external_id)
    name, status = fields.name(), fields.choice("status", STATUSES, required=True)
    data: dict[str, Any] = {
        **_objective(fields),
        "buy_model": fields.choice("buy_model", {"AUCTION"}) or "AUCTION",
        "daily_budget_micro": fields.micro("daily_budget_micro", money.LEAST_CAMPAIGN),
        "lifetime_spend_cap_micro": fields.micro("lifetime_spend_cap_micro", money.LEAST_CAMPAIGN),
        **_schedule(fields, stored),
        **_regulations(fields, request.owner),
        "creation_state": fields.choice("creation_state", {"PUBLISHED", "DRAFT"}),
        "_currency": request.owner.data["currency"],
    }
    assert status is not None
    return Checked(name, status, {key: value for key, value in data.items() if value is not None})


def derived(request: SnapRequest, campaign: Object) -> dict[str, Any]:
    objective = campaign.data["objective_v2_properties"]["objective_v2_type"]
    return {
        "objective": _OLD_OBJECTIVES.get(objective, "BRAND_AWARENESS"),
        "delivery_status": statuses.of_campaign(campaign),
    }


def _objective(fields: Fields) -> dict[str, Any]:
    properties = fields.inner("objective_v2_properties", {"objective_v2_type", "promotion_type"}, required=True)
    assert properties is not None
    properties.choice("objective_v2_type", OBJECTIVES, required=True)
    if properties.raw.get("promotion_type") == "":
        raise bad_parameter("objective_v2_properties.promotion_type must not be empty")
    properties.choice("promotion_type", PROMOTIONS)
    return {"objective_v2_properties": properties.raw}


def _schedule(fields: Fields, stored: Object | None) -> dict[str, Any]:
    before = stored.data if stored else {}
    start, end = fields.time("start_time"), fields.time("end_time")
    if start is None:
        raise bad_parameter("start_time is required")
    require_ahead("start_time", start, before.get("start_time"))
    require_ahead("end_time", end, before.get("end_time"))
    if end is not None and end <= start:
        raise bad_parameter("end_time must be after start_time")
    return {"start_time": written(start), "end_time": written(end)}


def _regulations(fields: Fields, account: Object) -> dict[str, Any]:
    regulations = fields.inner("regulations", {"restricted_delivery_signals"})
    if regulations is None:
        return {}
    declared = regulations.boolean("restricted_delivery_signals")
    if declared and not account.data["regulations"].get("restricted_delivery_signals"):
        raise bad_parameter("regulations.restricted_delivery_signals is not set on the ad account")
    return {"regulations": regulations.raw}


def is_restricted(campaign: Object) -> bool:
    return bool((campaign.data.get("regulations") or {}).get("restricted_delivery_signals"))


def span(campaign: Object) -> tuple[Any, Any]:
    """The campaign's start and end."""
    return parsed(campaign.data["start_time"]), parsed(campaign.data.get("end_time"))


ENTITY = Entity(Object.Kind.CAMPAIGN, "campaigns", "campaign", "ad_account_id", check, derived)
