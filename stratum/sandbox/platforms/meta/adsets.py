"""Ad sets: POST /act_X/adsets and POST /{ad set} (Marketing API v26, ad set reference)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from stratum.sandbox.models import Object

from . import budgets, errors, goals, storing, targeting
from .budgets import Budget
from .graph import GraphRequest
from .parameters import Parameters

CREATE = frozenset(
    [
        "name",
        "campaign_id",
        "status",
        "optimization_goal",
        "billing_event",
        "targeting",
        "daily_budget",
        "lifetime_budget",
        "bid_strategy",
        "bid_amount",
        "bid_constraints",
        "start_time",
        "end_time",
        "promoted_object",
        "destination_type",
        "dsa_beneficiary",
        "dsa_payor",
    ]
)
UPDATE = CREATE - {"campaign_id", "promoted_object", "destination_type"}
MOST_UNDER_CAMPAIGN_BUDGET = 70


def create(request: GraphRequest) -> dict[str, Any]:
    """Makes an ad set, or with validate_only says whether it could be made."""
    params = Parameters(request.params, CREATE)
    params.require("name", "campaign_id", "optimization_goal", "billing_event", "targeting")
    campaign = storing.parent(request, Object.Kind.CAMPAIGN, "campaign_id", params.text("campaign_id"))
    budget = budgets.read(params)
    budgets.check_level(budget, campaign)
    _check_room(campaign)
    spec = _targeting(request, params, campaign)
    data = (
        goals.checked(params, campaign, request.account)
        | _schedule(params, budget or budgets.of(campaign), request.account)
        | _bidding(params, campaign, budget)
        | {"targeting": spec, "campaign_id": campaign.external_id, "currency": request.account.data["currency"]}
        | _dsa(params, spec, request.account)
    )
    if budget:
        data[budget.field] = str(budget.minor)
    return storing.create(request, params, Object.Kind.AD_SET, params.name(), campaign.external_id, data)


def update(request: GraphRequest) -> dict[str, bool]:
    """Changes an ad set; the budget only where it has one of its own."""
    ad_set = storing.changeable(request)
    params = Parameters(request.params, UPDATE)
    campaign = request.view.object(Object.Kind.CAMPAIGN, ad_set.parent)
    assert campaign is not None
    budget = budgets.read(params)
    if budget:
        _change_budget(ad_set, campaign, budget)
    if {"start_time", "end_time"} & params.given() or budget:
        ad_set.data |= _rescheduled(params, ad_set, campaign, request.account)
    if "targeting" in params:
        ad_set.data["targeting"] = _targeting(request, params, campaign)
    if "optimization_goal" in params or "billing_event" in params:
        ad_set.data |= goals.changed(params, campaign, ad_set)
    if {"bid_strategy", "bid_amount", "bid_constraints"} & params.given():
        ad_set.data |= _bidding(params, campaign, budgets.of(ad_set))
    for name in ("dsa_beneficiary", "dsa_payor"):
        if name in params:
            ad_set.data[name] = params.text(name, 512)
    return storing.change(request, params, ad_set)


def _targeting(request: GraphRequest, params: Parameters, campaign: Object) -> dict[str, Any]:
    spec = params.json("targeting", dict)
    targeting.check(spec, campaign.data["special_ad_categories"])
    return targeting.completed(spec)


def _check_room(campaign: Object) -> None:
    if budgets.of(campaign) is None:
        return
    there = (
        Object.objects.present().filter(platform="meta", kind=Object.Kind.AD_SET, parent=campaign.external_id).count()
    )
    if there >= MOST_UNDER_CAMPAIGN_BUDGET:
        raise errors.invalid("A campaign with a campaign budget can have at most 70 ad sets.", "campaign_id")


def _schedule(params: Parameters, budget: Budget | None, account: Object) -> dict[str, Any]:
    """Start and end; a start that has passed means now."""
    start = max(params.time("start_time") or timezone.now(), timezone.now())
    return _checked_schedule(start, params.time("end_time"), budget, account)


def _rescheduled(params: Parameters, ad_set: Object, campaign: Object, account: Object) -> dict[str, Any]:
    stored_end = ad_set.data.get("end_time")
    start = params.time("start_time") or datetime.fromisoformat(ad_set.data["start_time"])
    end = params.time("end_time") if "end_time" in params else _moment(stored_end)
    return _checked_schedule(start, end, budgets.of(ad_set) or budgets.of(campaign), account)


def _checked_schedule(start: datetime, end: datetime | None, budget: Budget | None, account: Object) -> dict[str, Any]:
    if end is not None and end <= timezone.now():
        raise errors.invalid("The end time has passed.", "end_time", title="End time is in the past")
    if end is not None and end <= start:
        raise errors.invalid("The end time must be after the start time.", "end_time", title="End before start")
    if budget is not None:
        budgets.check_span(budget, start, end)
        budgets.check_least(budget, account, end - start if end else None)
    return {"start_time": storing.moment(start.astimezone(UTC)), "end_time": storing.moment(end)}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _bidding(params: Parameters, campaign: Object, budget: Budget | None) -> dict[str, Any]:
    strategy = params.choice("bid_strategy", budgets.BID_STRATEGIES)
    in_force = strategy or campaign.data.get("bid_strategy")
    budgets.check_bid(params, in_force, owns_budget=budget is not None)
    own = (strategy or "LOWEST_COST_WITHOUT_CAP") if budget else None
    constraints = params.json("bid_constraints", dict)
    return {"bid_strategy": own, "bid_amount": params.amount("bid_amount"), "bid_constraints": constraints}


def _dsa(params: Parameters, spec: dict[str, Any], account: Object) -> dict[str, Any]:
    """Who benefits and who pays, which ads seen in the EU must name (Digital Services Act)."""
    named = {}
    for name in ("dsa_beneficiary", "dsa_payor"):
        value = params.text(name, 512) or account.data[f"default_{name}"]
        if targeting.reaches_eu(spec) and not value:
            raise errors.invalid(
                "Ads shown in the European Union must say who benefits from them and who pays for them.",
                name,
                title="Beneficiary and payer are missing",
            )
        named[name] = value
    return named


def _change_budget(ad_set: Object, campaign: Object, budget: Budget) -> None:
    budgets.check_level(budget, campaign)
    current = budgets.of(ad_set)
    if current is not None and current.kind != budget.kind:
        raise errors.invalid("A daily budget cannot be changed into a lifetime budget or back.", budget.field)
    ad_set.data[budget.field] = str(budget.minor)
