"""Currencies as currency_constant lists them: the smallest billable unit and Demand Gen's least daily budget, in micros."""

from __future__ import annotations

MICROS = 1_000_000
_WHOLE_UNITS = frozenset({"CLP", "COP", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "UGX", "VND"})
_WITH_CENTS = (
    "AED ARS AUD BGN BHD BOB BRL CAD CHF CNY CZK DKK EGP EUR GBP HKD HRK ILS INR JOD KES KWD MAD MXN MYR NGN NOK NZD OMR "
    "PEN PHP PKR PLN QAR RON RSD SAR SEK SGD THB TND TRY UAH USD UYU ZAR"
)
CURRENCIES = _WHOLE_UNITS | frozenset(_WITH_CENTS.split())
# About five US dollars in units of the currency; others as the dollar.
_LEAST_A_DAY = {"USD": 5, "EUR": 5, "GBP": 4, "JPY": 700, "KRW": 6500, "HUF": 1800, "CLP": 4500, "INR": 420, "KWD": 2}


def billable_unit(currency: str) -> int:
    return MICROS if currency in _WHOLE_UNITS else MICROS // 100


def demand_gen_minimum(currency: str) -> int:
    return _LEAST_A_DAY.get(currency, 5) * MICROS
