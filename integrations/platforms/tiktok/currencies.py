"""Amounts at TikTok, by currency (TikTok API for Business v1.3, appendix "Currency: daily budget value ranges").

Budgets are sent in major units. TikTok names one ratio for each currency; its floors and its ceiling in US dollars are
multiplied by it. A currency that is not listed has no floor here, and TikTok itself decides.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

#: Least daily budget of a campaign and of an ad group, and what every budget stays below, in US dollars.
CAMPAIGN_FLOOR, AD_SET_FLOOR, CEILING = Decimal(50), Decimal(20), Decimal(10_000_000)

WITHOUT_DECIMALS: Final = frozenset({"CLP", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "VND"})

_RATIOS: Final = {
    1: "AED ARS AUD BRL CAD CHF EUR GBP HUF ILS MYR NZD PEN QAR RON SAR SGD USD",
    4: "PLN",
    10: "BOB CNY CZK DKK EGP GTQ HKD HNL MOP MXN NIO NOK SEK THB TRY TWD UAH UYU ZAR",
    50: "PHP",
    100: "BDT DZD INR ISK JPY KES NGN PKR RUB",
    1_000: "CLP COP CRC KRW",
    10_000: "IDR PYG VND",
}
_BY_CURRENCY: Final = {currency: ratio for ratio, listed in _RATIOS.items() for currency in listed.split()}


def minor_digits(currency: str) -> int:
    """Return how many decimals a budget in the currency may have: none or two."""
    return 0 if currency in WITHOUT_DECIMALS else 2


def campaign_floor(currency: str) -> Decimal | None:
    """Return the least budget of a campaign, a day or in all, in major units; None if TikTok names none."""
    return _scaled(CAMPAIGN_FLOOR, currency)


def ad_set_floor(currency: str) -> Decimal | None:
    """Return the least daily budget of an ad group in major units; None if TikTok names none."""
    return _scaled(AD_SET_FLOOR, currency)


def ceiling(currency: str) -> Decimal | None:
    """Return what every budget must stay below, in major units; None if TikTok names none."""
    return _scaled(CEILING, currency)


def _scaled(amount: Decimal, currency: str) -> Decimal | None:
    ratio = _BY_CURRENCY.get(currency)
    return None if ratio is None else amount * ratio
