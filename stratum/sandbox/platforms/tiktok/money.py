"""Budgets at TikTok: floats in major units, floors and ceilings by currency (appendix "Currency")."""

from __future__ import annotations

from decimal import Decimal

from stratum.sandbox.models import Object

from . import errors

# Currency → ratio to the dollar's floors and ceiling; the second list has no decimals.
_RATIOS = {
    1: "AED ARS AUD BRL CAD CHF EUR GBP HUF ILS MYR NZD PEN QAR RON SAR SGD USD",
    4: "PLN",
    10: "BOB CNY CZK DKK EGP GTQ HKD HNL MOP MXN NIO NOK SEK THB TRY TWD UAH UYU ZAR",
    50: "PHP",
    100: "BDT DZD INR ISK JPY KES NGN PKR RUB",
    1000: "CLP COP CRC KRW",
    10000: "IDR PYG VND",
}
CURRENCIES = {code: ratio for ratio, codes in _RATIOS.items() for code in codes.split()}
WHOLE_ONLY = frozenset({"CLP", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "VND"})
DAILY = frozenset({"BUDGET_MODE_DAY", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"})
TOTAL, INFINITE = "BUDGET_MODE_TOTAL", "BUDGET_MODE_INFINITE"


def check(name: str, amount: float | None, currency: str, *, floor: int, days: int = 1) -> float:
    """The amount, if it is one that may be spent; `floor` is in dollars and counts for each of the days."""
    if amount is None:
        raise errors.missing(name)
    ratio = CURRENCIES[currency]
    exact = Decimal(str(amount))
    if exact != round(exact, 0 if currency in WHOLE_ONLY else 2):
        raise errors.field(name, f"Budgets in {currency} have no more decimals than the currency.")
    least = floor * ratio * days
    if exact < least:
        raise errors.field(name, f"The budget must be at least {least} {currency}.")
    if exact >= 10_000_000 * ratio:
        raise errors.field(name, f"The budget must be less than {10_000_000 * ratio} {currency}.")
    return amount


def budget(stored: Object) -> dict[str, str] | None:
    """The budget of a campaign or ad group of its own; None where it has none."""
    mode = stored.data.get("budget_mode", INFINITE)
    if mode == INFINITE:
        return None
    amount = Decimal(str(stored.data["budget"]))
    digits = Decimal(1) if stored.data["currency"] in WHOLE_ONLY else Decimal("0.01")
    kind = "daily" if mode in DAILY else "lifetime"
    return {"type": kind, "amount": str(amount.quantize(digits)), "currency": stored.data["currency"]}
