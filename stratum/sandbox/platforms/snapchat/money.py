"""Money in millionths of a currency: the least and the most, and amounts as people write them (Ads API v1)."""

from __future__ import annotations

from decimal import Decimal

from stratum.sandbox.models import Object

MICRO = 1_000_000
LEAST_AD_SQUAD = 5 * MICRO
LEAST_CAMPAIGN = 20 * MICRO
LEAST_BID = 10_000
_SMALL_BIDS = frozenset({"EUR", "GBP", "AUD", "CAD", "CHF", "KWD"})
_WHOLE_UNITS = frozenset({"CLP", "JPY", "KRW", "VND", "ISK", "PYG"})
_WITH_CENTS = (
    "AED ARS AUD BHD BRL CAD CHF COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR KWD MXN MYR NOK NZD OMR PHP PLN QAR RON SAR "
    "SEK SGD THB TRY TWD USD ZAR"
)
CURRENCIES = _WHOLE_UNITS | frozenset(_WITH_CENTS.split())


def most_bid(currency: str) -> int:
    return (100 if currency in _SMALL_BIDS else 500) * MICRO


def major(micro: int, currency: str) -> str:
    """The amount in units of the currency, with two decimals where it has them, and more where they are there."""
    amount = Decimal(micro) / MICRO
    digits = 0 if currency in _WHOLE_UNITS else 2
    exponent = int(amount.normalize().as_tuple().exponent)
    return str(amount.quantize(Decimal(1).scaleb(-max(digits, -exponent))))


def budget(stored: Object) -> dict[str, str] | None:
    """An ad squad's budget, or a campaign's spending cap; None where there is neither."""
    for kind, names in (
        ("daily", ("daily_budget_micro",)),
        ("lifetime", ("lifetime_budget_micro", "lifetime_spend_cap_micro")),
    ):
        for name in names:
            if micro := stored.data.get(name):
                currency = stored.data["_currency"]
                return {"type": kind, "amount": major(int(micro), currency), "currency": currency}
    return None
