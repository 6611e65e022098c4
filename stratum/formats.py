"""How amounts, times, countries and people's initials are written, on pages, in messages and in mails."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import pycountry
from babel.numbers import format_currency, get_currency_precision, get_currency_symbol
from django.utils import timezone

LOCALE = "en_US"
NOTHING = "–"


def money(amount: Decimal | int | str | None, currency: str) -> str:
    """Return an amount in major units with its currency: $1,000.00, CA$5.00, ¥500, SAR 20.00.

    Symbols are those of CLDR for English, where each currency's differs. Decimals beyond the currency's own are shown,
    never rounded away. Nothing is –, and what is no number is returned as it was typed.
    """
    if amount is None or amount == "":
        return NOTHING
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        return str(amount)
    if not value.is_finite():
        return str(amount)
    symbol = get_currency_symbol(currency, LOCALE) or currency
    gap = "\N{NO-BREAK SPACE}" if symbol[-1:].isalpha() else ""
    exponent = value.normalize().as_tuple().exponent
    digits = max(get_currency_precision(currency), -int(exponent))
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    try:
        number = format_currency(abs(value), currency, pattern, LOCALE, currency_digits=False)
    except InvalidOperation:  # more digits than Python's decimals reckon with: nobody's money
        return str(amount)
    return f"{'-' if value < 0 else ''}{symbol}{gap}{number}"


def in_zone(moment: datetime, zone: str = "") -> datetime:
    """Return the moment on the clocks of the named time zone, or of the site's."""
    return timezone.localtime(moment, ZoneInfo(zone) if zone else None)


def zone_name(moment: datetime, zone: str = "") -> str:
    """Return how people name the zone at that moment: UTC, EST; the full name where there is only an offset."""
    short = in_zone(moment, zone).tzname() or ""
    return short if short.isalpha() else (zone or timezone.get_current_timezone_name())


def date_time(moment: datetime | None, zone: str = "") -> str:
    """Return a moment in the named time zone, or the site's, with the zone: Jan 15, 2026, 09:12 UTC."""
    if moment is None:
        return NOTHING
    local = in_zone(moment, zone)
    return f"{local:%b} {local.day}, {local:%Y, %H:%M} {zone_name(moment, zone)}"


def short_time(moment: datetime, zone: str = "") -> str:
    """Return a moment as briefly as today allows: 09:12, Jan 15, 09:12 or Jan 15, 2025, without the zone."""
    local, today = in_zone(moment, zone), in_zone(timezone.now(), zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    day = f"{local:%b} {local.day}"
    return f"{day}, {local:%H:%M}" if local.year == today.year else f"{day}, {local.year}"


#: Up to how many seconds which unit is counted, and its name.
_UNITS = [(3_600, 60, "minute"), (86_400, 3_600, "hour"), (86_400 * 30, 86_400, "day")]


def ago(moment: datetime) -> str:
    """Return how long ago, or how soon, a moment is: just now, 5 minutes ago, in 3 days; a date beyond 30 days."""
    distance = (timezone.now() - moment) // timedelta(seconds=1)
    if abs(distance) < 60:
        return "just now" if distance >= 0 else "in a moment"
    for limit, seconds, unit in _UNITS:
        if abs(distance) < limit:
            count = abs(distance) // seconds
            text = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"{text} ago" if distance > 0 else f"in {text}"
    local = in_zone(moment)
    return f"{local:%b} {local.day}, {local.year}"


def duration(length: timedelta) -> str:
    """Return a length of time in hours and minutes, rounded up to whole minutes: 15 minutes, 1 hour 5 minutes."""
    minutes = max(1, -(-length // timedelta(minutes=1)))
    parts = [(minutes // 60, "hour"), (minutes % 60, "minute")]
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count)


#: What a User-Agent header holds → the browser, and the system. Which comes first wins: Edge calls itself Chrome as well.
_BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")]
_SYSTEMS = [
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
]  # fmt: skip


def browser(user_agent: str) -> str:
    """Return what a User-Agent header says of browser and system: Firefox on Linux; its beginning if it says neither."""
    name = next((word for sign, word in _BROWSERS if sign in user_agent), "")
    system = next((word for sign, word in _SYSTEMS if sign in user_agent), "")
    if name and system:
        return f"{name} on {system}"
    return name or system or user_agent[:40] or "Unknown browser"


def country(code: str) -> str:
    """Return the English name of an ISO 3166-1 alpha-2 country code; the code itself if there is none."""
    found = pycountry.countries.get(alpha_2=str(code).upper())
    return str(getattr(found, "common_name", found.name)) if found else str(code)


def initials(name: str) -> str:
    """Return up to two letters that stand for a person: Ada Lovelace → AL."""
    words = [word for word in str(name).split() if word[:1].isalnum()]
    chosen = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in chosen).upper() or "?"
