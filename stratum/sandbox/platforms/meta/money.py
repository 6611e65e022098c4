"""Meta's minor units and least budgets (Marketing API, "Currencies" and "Minimum budgets"): not those of ISO 4217."""

from __future__ import annotations

from decimal import Decimal

from stratum.sandbox.models import Object

WITHOUT_DECIMALS = frozenset({"CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"})
# Least daily budget for impressions, in minor units; other currencies as the dollar.
_LEAST = {"USD": 100, "EUR": 94, "GBP": 80, "JPY": 150, "CAD": 140, "AUD": 155, "KRW": 1400, "HUF": 370}
_WITH_CENTS = (
    "AED ARS AUD BDT BGN BHD BOB BRL CAD CHF CNY CZK DKK DZD EGP EUR GBP GTQ HKD HNL ILS INR JOD KES KWD "
    "LKR MOP MXN MYR NGN NIO NOK NZD OMR PEN PHP PKR PLN QAR RON SAR SEK SGD THB TRY UAH USD UYU ZAR"
)
CURRENCIES = WITHOUT_DECIMALS | frozenset(_WITH_CENTS.split())


def offset(currency: str) -> int:
    """How many minor units make one unit of the currency: 1 or 100."""
    return 1 if currency in WITHOUT_DECIMALS else 100


def least_daily(currency: str) -> int:
    """The least daily budget for impressions, in minor units."""
    return _LEAST.get(currency, 1 if offset(currency) == 1 else 100)


def major(minor: int, currency: str) -> str:
    """The amount in units of the currency, with two decimals where it has them."""
    if offset(currency) == 1:
        return str(minor)
    return str((Decimal(minor) / 100).quantize(Decimal("0.01")))


def budget(stored: Object) -> dict[str, str] | None:
    """The budget of a campaign or ad set in major units; None where it has none of its own."""
    for kind in ("daily", "lifetime"):
        if minor := stored.data.get(f"{kind}_budget"):
            currency = stored.data["currency"]
            return {"type": kind, "amount": major(int(minor), currency), "currency": currency}
    return None
