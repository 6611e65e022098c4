"""Budgets and bids: at which level they live, how small they may be; amounts in minor units (Marketing API, budgets)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from stratum.sandbox.models import Object

from . import errors, money
from .errors import GraphError
from .parameters import Parameters

CAPPED = frozenset({"LOWEST_COST_WITH_BID_CAP", "COST_CAP"})
WITH_FLOOR = "LOWEST_COST_WITH_MIN_ROAS"
BID_STRATEGIES = CAPPED | {"LOWEST_COST_WITHOUT_CAP", WITH_FLOOR}
SHORTEST_DAILY = timedelta(hours=24)


@dataclass(frozen=True)
class Budget:
    """A daily or lifetime amount in minor units."""

    kind: str
    minor: int

    @property
    def field(self) -> str:
        return f"{self.kind}_budget"


def read(params: Parameters) -> Budget | None:
    """The budget that was sent, if any; raises GraphError 100 for two of them."""
    daily, lifetime = params.amount("daily_budget"), params.amount("lifetime_budget")
    if daily and lifetime:
        raise errors.invalid("An ad set or campaign has either a daily or a lifetime budget, not both.", "daily_budget")
    if daily:
        return Budget("daily", daily)
    return Budget("lifetime", lifetime) if lifetime else None


def of(stored: Object) -> Budget | None:
    """The budget that a campaign or ad set has of its own."""
    for kind in ("daily", "lifetime"):
        if minor := stored.data.get(f"{kind}_budget"):
            return Budget(kind, int(minor))
    return None


def check_level(budget: Budget | None, campaign: Object) -> None:
    """Raises GraphError 100 unless the budget is at exactly one of the two levels."""
    of_campaign = of(campaign)
    if budget and of_campaign:
        raise errors.invalid(
            "You can set an ad set budget or a campaign budget. Remove the ad set's budget, or that of the campaign.",
            budget.field,
            subcode=1885621,
            title="Cannot set budgets at both levels",
        )
    if budget is None and of_campaign is None:
        raise errors.invalid(
            "An ad set of a campaign without a budget needs one of its own.", "daily_budget", title="No budget"
        )


def check_least(budget: Budget, account: Object, span: timedelta | None = None) -> None:
    """Raises 1885272 for a budget below the account's least, which a lifetime budget must reach for each day."""
    least = account.data["min_daily_budget"]
    if budget.kind == "lifetime" and span is not None:
        least *= max(1, math.ceil(span / timedelta(days=1)))
    if budget.minor < least:
        currency = account.data["currency"]
        raise errors.invalid(
            f"Your budget must be at least {currency} {money.major(least, currency)}, or your ads may not run.",
            budget.field,
            subcode=1885272,
            title="Budget is too low",
        )


def check_span(budget: Budget, start: datetime, end: datetime | None) -> None:
    """Raises GraphError 100 for a schedule that does not fit the kind of budget."""
    if end is None:
        if budget.kind == "lifetime":
            raise errors.invalid("A lifetime budget needs an end time.", "end_time", title="End time is missing")
        return
    if budget.kind == "daily" and end - start < SHORTEST_DAILY:
        raise errors.invalid(
            "With a daily budget the schedule must last 24 hours or more.", "end_time", title="Schedule too short"
        )


def check_bid(params: Parameters, strategy: str | None, *, owns_budget: bool) -> None:
    """Raises GraphError 100 for a strategy on a level without the budget, and for a missing or needless bid."""
    if "bid_strategy" in params and not owns_budget:
        raise errors.invalid("The bid strategy belongs to the level that has the budget.", "bid_strategy")
    if strategy in CAPPED and params.amount("bid_amount") is None:
        raise errors.invalid(
            f"The bid strategy {strategy} needs a bid amount on the ad set.", "bid_amount", title="Bid required"
        )
    if strategy not in CAPPED and "bid_amount" in params:
        raise errors.invalid("A bid amount needs a bid strategy with a cap.", "bid_amount", title="Bid not allowed")
    floor = (params.json("bid_constraints", dict) or {}).get("roas_average_floor")
    if (strategy == WITH_FLOOR) != bool(floor):
        raise errors.invalid(f"{WITH_FLOOR} and roas_average_floor need each other.", "bid_constraints")


def sharing_problem(params: Parameters, budget: Budget | None) -> GraphError | None:
    """What is wrong with is_adset_budget_sharing_enabled, which must be stated where the campaign has no budget."""
    sharing = params.boolean("is_adset_budget_sharing_enabled")
    if budget is None and sharing is None:
        return errors.invalid(
            "You must specify True or False in is_adset_budget_sharing_enabled if you use no campaign budget.",
            "is_adset_budget_sharing_enabled",
            subcode=4834011,
            title="Budget sharing must be specified",
        )
    if sharing and "bid_strategy" not in params:
        return errors.invalid("Budget sharing needs a bid strategy.", "bid_strategy", subcode=4834005)
    return None
