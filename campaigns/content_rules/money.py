from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from campaigns.content_rules.problem import Problem, Subject, required, words
from campaigns.content_rules.schedule import planned_days
from integrations.draft import BudgetType

#: Columns hold fourteen digits before the point. No budget comes near; a slip of the finger does.
AMOUNT_LIMIT = Decimal(10) ** 14


def money_problems(subject: Subject) -> Iterator[Problem]:
    """Judge the campaign's budget, and the ad sets' budgets within it."""
    budget = subject.draft.campaign.budget
    if budget.type is None:
        yield required("campaign.budget.type", "Say whether the budget is for each day or for the whole time.")
    elif budget.type not in subject.capabilities.budget_types:
        message = f"{subject.label} takes no {budget.type.value} budget."
        yield Problem("NOT_OFFERED", "campaign.budget.type", message, "Choose the other type.")
    if budget.amount is None:
        yield required("campaign.budget.amount", "Say how much the campaign may spend.")
    else:
        yield from _amount(subject, "campaign.budget.amount", budget.amount)
    yield from _ad_set_budgets(subject)


def decimals(amount: Decimal) -> int:
    """Return how many decimals an amount has, without zeros at the end."""
    text = f"{amount:f}"
    return len(text.partition(".")[2].rstrip("0"))


def _amount(subject: Subject, path: str, amount: Decimal) -> Iterator[Problem]:
    if amount <= 0:
        yield Problem("BUDGET_NOT_POSITIVE", path, "A budget must be more than zero.", "Write a positive amount.")
        return
    if amount >= AMOUNT_LIMIT:
        yield Problem("BUDGET_TOO_LARGE", path, "No budget is that large.", "Check the number of digits.")
        return
    currency = subject.account.currency
    digits = subject.capabilities.minor_digits(currency)
    if decimals(amount) > digits:
        takes = "whole amounts only" if digits == 0 else f"at most {digits} decimals"
        yield Problem("TOO_MANY_DECIMALS", path, f"{subject.label} takes {takes} in {currency}.", "Round the amount.")
        return
    yield from _minimum(subject, path, amount)


def _minimum(subject: Subject, path: str, amount: Decimal) -> Iterator[Problem]:
    daily = subject.capabilities.minimum_daily(subject.account.extra, subject.account.currency)
    if daily is None:
        return
    floor, what = daily, "a day"
    if subject.draft.campaign.budget.type is BudgetType.LIFETIME:
        days = planned_days(subject)
        if days is None:
            return
        floor, what = daily * days, f"for {days} days"
    if amount < floor:
        message = f"{subject.label} takes no budget below {subject.money(floor)} {what} on this account."
        yield Problem("BUDGET_BELOW_MINIMUM", path, message, "Raise the budget.")


def _ad_set_budgets(subject: Subject) -> Iterator[Problem]:
    draft = subject.draft
    if not draft.has_ad_set_budgets:
        if "campaign" not in subject.capabilities.budget_levels:
            for ad_set in draft.ad_sets:
                yield required(f"{ad_set.path}.budget", f"{subject.label} wants a budget for each ad set.")
        return
    for ad_set in draft.ad_sets:
        if ad_set.budget is None:
            message = "Other ad sets have a budget of their own and this one has none."
            fix = "Give all ad sets a budget, or none."
            yield Problem("AD_SET_BUDGETS_INCOMPLETE", f"{ad_set.path}.budget", message, fix)
        else:
            yield from _amount(subject, f"{ad_set.path}.budget", ad_set.budget)
    yield from _ceiling(subject)


def _ceiling(subject: Subject) -> Iterator[Problem]:
    budget = subject.draft.campaign.budget
    total = sum((ad_set.budget for ad_set in subject.draft.ad_sets if ad_set.budget is not None), Decimal(0))
    if budget.amount is None or total <= budget.amount or max(total, budget.amount) >= AMOUNT_LIMIT:
        return
    kind = words(budget.type.value) if budget.type else "campaign"
    message = (
        f"The ad sets' budgets make {subject.money(total)} together; "
        f"the campaign's {kind} budget is {subject.money(budget.amount)}."
    )
    fix = "Lower the ad sets' budgets, or raise the campaign's."
    yield Problem("AD_SET_BUDGETS_EXCEED_CAMPAIGN", "campaign.budget.amount", message, fix)
