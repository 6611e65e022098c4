"""Campaigns: POST /act_X/campaigns and POST /{campaign} (Marketing API v26, ad campaign group reference)."""

from __future__ import annotations

from typing import Any

from stratum.sandbox.models import Object

from . import budgets, catalogue, errors, storing
from .errors import GraphError
from .graph import GraphRequest
from .parameters import Parameters

OBJECTIVES = frozenset(
    [
        "OUTCOME_AWARENESS",
        "OUTCOME_TRAFFIC",
        "OUTCOME_ENGAGEMENT",
        "OUTCOME_LEADS",
        "OUTCOME_SALES",
        "OUTCOME_APP_PROMOTION",
    ]
)
SPECIAL_CATEGORIES = frozenset(
    [
        "NONE",
        "HOUSING",
        "EMPLOYMENT",
        "CREDIT",
        "FINANCIAL_PRODUCTS_SERVICES",
        "ISSUES_ELECTIONS_POLITICS",
        "ONLINE_GAMBLING_AND_GAMING",
    ]
)
CREATE = frozenset(
    [
        "name",
        "objective",
        "status",
        "special_ad_categories",
        "special_ad_category_country",
        "buying_type",
        "bid_strategy",
        "daily_budget",
        "lifetime_budget",
        "is_adset_budget_sharing_enabled",
        "spend_cap",
        "start_time",
        "stop_time",
    ]
)
UPDATE = frozenset(
    [
        "name",
        "status",
        "objective",
        "special_ad_categories",
        "special_ad_category_country",
        "bid_strategy",
        "daily_budget",
        "lifetime_budget",
        "spend_cap",
    ]
)


def create(request: GraphRequest) -> dict[str, Any]:
    """Makes a campaign, or with validate_only says whether it could be made."""
    params = Parameters(request.params, CREATE)
    params.require("name", "objective", "special_ad_categories")
    budget = budgets.read(params)
    if budget:
        budgets.check_least(budget, request.account)
    if problem := budgets.sharing_problem(params, budget):
        raise problem
    strategy = params.choice("bid_strategy", budgets.BID_STRATEGIES)
    sharing = params.boolean("is_adset_budget_sharing_enabled")
    if strategy and budget is None and not sharing:
        raise errors.invalid("The bid strategy belongs to the level that has the budget.", "bid_strategy")
    data = _declared(params) | {
        "objective": _objective(params),
        "buying_type": params.choice("buying_type", {"AUCTION"}) or "AUCTION",
        "bid_strategy": strategy or ("LOWEST_COST_WITHOUT_CAP" if budget else None),
        "is_adset_budget_sharing_enabled": sharing,
        "spend_cap": params.amount("spend_cap"),
        "start_time": storing.moment(params.time("start_time")),
        "stop_time": storing.moment(params.time("stop_time")),
        "currency": request.account.data["currency"],
    }
    if budget:
        data[budget.field] = str(budget.minor)
    return storing.create(request, params, Object.Kind.CAMPAIGN, params.name(), "", data)


def update(request: GraphRequest) -> dict[str, bool]:
    """Changes a campaign; what cannot be changed any more is refused."""
    campaign = storing.changeable(request)
    params = Parameters(request.params, UPDATE)
    if "objective" in params and params.text("objective") != campaign.data["objective"]:
        _refuse_if_it_has_ads(campaign)
        campaign.data["objective"] = _objective(params)
    if {"special_ad_categories", "special_ad_category_country"} & params.given():
        campaign.data |= _declared(params)
    _change_budget(request, campaign, params)
    if "spend_cap" in params:
        campaign.data["spend_cap"] = params.amount("spend_cap")
    return storing.change(request, params, campaign)


def _objective(params: Parameters) -> str:
    objective = params.text("objective") or ""
    if objective not in OBJECTIVES:
        raise errors.invalid(
            f"Objective {objective} is invalid. Use one of: {', '.join(sorted(OBJECTIVES))}.",
            "objective",
            title="Invalid objective",
        )
    return objective


def _declared(params: Parameters) -> dict[str, Any]:
    """The special ad categories and their countries."""
    categories = params.words("special_ad_categories")
    if not all(category in SPECIAL_CATEGORIES for category in categories):
        raise GraphError(
            100,
            f"(#100) Param special_ad_categories must be among {{{', '.join(sorted(SPECIAL_CATEGORIES))}}}",
            blame="special_ad_categories",
        )
    real = [category for category in categories if category != "NONE"]
    countries = params.words("special_ad_category_country")
    if real and not countries:
        raise errors.invalid(
            "A campaign in a special ad category must name the countries it is for.", "special_ad_category_country"
        )
    if not all(code in catalogue.countries() for code in countries):
        raise errors.invalid("Countries are two-letter ISO codes in capitals.", "special_ad_category_country")
    return {"special_ad_categories": real, "special_ad_category_country": countries}


def _refuse_if_it_has_ads(campaign: Object) -> None:
    ads = Object.objects.present().filter(platform="meta", kind=Object.Kind.AD, data__campaign_id=campaign.external_id)
    if ads.exists():
        raise errors.invalid("The objective cannot be changed once the campaign has ads.", "objective")


def _change_budget(request: GraphRequest, campaign: Object, params: Parameters) -> None:
    strategy = params.choice("bid_strategy", budgets.BID_STRATEGIES)
    current = budgets.of(campaign)
    if strategy:
        if current is None:
            raise errors.invalid("The bid strategy belongs to the level that has the budget.", "bid_strategy")
        campaign.data["bid_strategy"] = strategy
    budget = budgets.read(params)
    if budget is None:
        return
    if current is None:
        raise errors.invalid(
            "This campaign has no budget; change the budgets of its ad sets.", budget.field, subcode=1885621
        )
    if current.kind != budget.kind:
        raise errors.invalid("A daily budget cannot be changed into a lifetime budget or back.", budget.field)
    budgets.check_least(budget, request.account)
    campaign.data[budget.field] = str(budget.minor)
