"""Campaign budgets (v26, campaign_budget, CampaignBudgetError)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stratum.sandbox import ids
from stratum.sandbox.models import Object

from . import currencies, errors
from .errors import Fault
from .mutation import Faults, Mutation

_LONGEST_NAME_BYTES = 255
_LARGEST = 10**15


def create(mutation: Mutation, fields: dict[str, Any]) -> Object:
    faults = [*_amounts(mutation, fields), *_name(mutation, fields)]
    if fields.get("deliveryMethod") == "ACCELERATED":
        message = "Accelerated delivery is not available."
        faults.append(_fault("CANNOT_USE_ACCELERATED_DELIVERY_MODE", message, "delivery_method"))
    if faults:
        raise Faults(faults)
    is_total = fields.get("period") == "CUSTOM_PERIOD"
    data = {
        "amountMicros": None if is_total else fields["amountMicros"],
        "totalAmountMicros": fields["totalAmountMicros"] if is_total else None,
        "period": "CUSTOM_PERIOD" if is_total else "DAILY",
        "deliveryMethod": fields.get("deliveryMethod", "STANDARD"),
        # Shared unless said otherwise.
        "explicitlyShared": fields.get("explicitlyShared", True),
        "currency": mutation.account.data["currency"],
    }
    return Object.objects.create(
        platform="google",
        kind=Object.Kind.BUDGET,
        external_id=ids.digits(11),
        account=mutation.account.external_id,
        name=fields.get("name", ""),
        status="ENABLED",
        data=data,
    )


def is_used(budget: Object) -> bool:
    campaigns = Object.objects.present().filter(platform="google", kind=Object.Kind.CAMPAIGN)
    return campaigns.filter(data__budget=budget.external_id).exclude(status="REMOVED").exists()


def daily_micros(budget: Object, days: int | None) -> int | None:
    """What the budget comes to on a day; None for a total without an end."""
    if budget.data["period"] == "DAILY":
        return int(budget.data["amountMicros"])
    return int(budget.data["totalAmountMicros"]) // days if days else None


def _amounts(mutation: Mutation, fields: dict[str, Any]) -> Iterator[Fault]:
    is_total = fields.get("period") == "CUSTOM_PERIOD"
    wanted, other = ("totalAmountMicros", "amountMicros") if is_total else ("amountMicros", "totalAmountMicros")
    if fields.get(other) is not None:
        code = (
            "BUDGET_AMOUNT_MUST_BE_UNSET_FOR_CUSTOM_BUDGET_PERIOD"
            if is_total
            else "TOTAL_BUDGET_AMOUNT_MUST_BE_UNSET_FOR_BUDGET_PERIOD_DAILY"
        )
        yield _fault(code, "Only one kind of amount goes with the period.", _snake(other))
    amount = fields.get(wanted)
    if amount is None:
        yield errors.required(_snake(wanted))
        return
    if amount <= 0:
        yield _fault("NEGATIVE_MONEY_AMOUNT", "The money amount must be positive.", _snake(wanted))
    elif amount > _LARGEST:
        yield _fault("MONEY_AMOUNT_TOO_LARGE", "The money amount is greater than the maximum allowed.", _snake(wanted))
    elif amount % currencies.billable_unit(mutation.account.data["currency"]):
        message = "The amount is not a multiple of the minimum unit of the currency."
        yield _fault("NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT", message, _snake(wanted))


def _name(mutation: Mutation, fields: dict[str, Any]) -> Iterator[Fault]:
    name = fields.get("name", "")
    if not name:
        if fields.get("explicitlyShared", True):
            yield errors.required("name")
        return
    if len(name.encode()) > _LONGEST_NAME_BYTES:
        yield errors.too_long("name", _LONGEST_NAME_BYTES, name)
    taken = Object.objects.present().filter(platform="google", kind=Object.Kind.BUDGET, name=name)
    if taken.filter(account=mutation.account.external_id).exists():
        yield _fault("DUPLICATE_NAME", "The budget name already exists.", "name")


def _fault(code: str, message: str, where: str) -> Fault:
    return Fault("campaignBudgetError", code, message, [(where, None)])


def _snake(name: str) -> str:
    return {"amountMicros": "amount_micros", "totalAmountMicros": "total_amount_micros"}[name]
