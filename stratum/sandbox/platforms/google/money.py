"""A campaign's budget in units of its currency."""

from __future__ import annotations

from decimal import Decimal

from stratum.sandbox.models import Object

from .currencies import MICROS, billable_unit


def major(micros: int, currency: str) -> str:
    """The amount in units of the currency, with two decimals where it has them."""
    amount = Decimal(micros) / MICROS
    return str(amount.quantize(Decimal(1) if billable_unit(currency) == MICROS else Decimal("0.01")))


def budget(stored: Object) -> dict[str, str] | None:
    """The budget of a campaign, or a budget itself; None for everything else."""
    if stored.kind == Object.Kind.CAMPAIGN:
        own = Object.objects.filter(
            platform="google", kind=Object.Kind.BUDGET, external_id=stored.data["budget"]
        ).first()
        return budget(own) if own else None
    if stored.kind != Object.Kind.BUDGET:
        return None
    is_total = stored.data["period"] == "CUSTOM_PERIOD"
    micros = int(stored.data["totalAmountMicros" if is_total else "amountMicros"])
    currency = stored.data["currency"]
    return {"type": "lifetime" if is_total else "daily", "amount": major(micros, currency), "currency": currency}
