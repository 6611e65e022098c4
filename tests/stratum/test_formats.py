from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pycountry
import pytest

from stratum import formats

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("1000"), "USD", "$1,000.00"),
        ("1000.5", "EUR", "€1,000.50"),
        (5, "CAD", "CA$5.00"),
        ("1234567.891", "USD", "$1,234,567.891"),
        ("1000", "JPY", "¥1,000"),
        ("0.5", "JPY", "¥0.5"),
        ("1000", "CNY", "CN¥1,000.00"),
        ("20", "SAR", "SAR\N{NO-BREAK SPACE}20.00"),
        ("1.5", "KWD", "KWD\N{NO-BREAK SPACE}1.500"),
        ("-3", "USD", "-$3.00"),
        ("1E+3", "USD", "$1,000.00"),
        (None, "USD", "–"),
        ("", "USD", "–"),
        ("ten", "USD", "ten"),
        ("NaN", "USD", "NaN"),
        ("1" * 40, "USD", "1" * 40),
    ],
)
def test_money(amount, currency, text):
    assert formats.money(amount, currency) == text


def test_no_two_currencies_look_the_same():
    codes = [currency.alpha_3 for currency in pycountry.currencies]

    assert len({formats.money(1, code) for code in codes}) == len(codes) > 150


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (timedelta(seconds=0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=47), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=30), "Dec 16, 2025"),
        (timedelta(seconds=-30), "in a moment"),
        (timedelta(minutes=-5), "in 5 minutes"),
        (timedelta(days=-3), "in 3 days"),
    ],
)
def test_ago(distance, text):
    assert formats.ago(NOW - distance) == text


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("", "Jan 15, 2026, 12:00 UTC"),
        ("America/New_York", "Jan 15, 2026, 07:00 EST"),
        ("Asia/Riyadh", "Jan 15, 2026, 15:00 Asia/Riyadh"),
        ("Pacific/Auckland", "Jan 16, 2026, 01:00 NZDT"),
    ],
)
def test_times_name_their_zone(zone, text):
    assert formats.date_time(NOW, zone) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW - timedelta(hours=3), "09:00"),
        (NOW - timedelta(hours=13), "Jan 14, 23:00"),
        (NOW - timedelta(days=20), "Dec 26, 2025"),
    ],
)
def test_short_times_say_as_much_as_today_needs(moment, text):
    assert formats.short_time(moment) == text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(minutes=15), "15 minutes"),
        (timedelta(seconds=61), "2 minutes"),
        (timedelta(0), "1 minute"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=65), "1 hour 5 minutes"),
    ],
)
def test_lengths_of_time(length, text):
    assert formats.duration(length) == text


@pytest.mark.parametrize(("code", "name"), [("US", "United States"), ("tw", "Taiwan"), ("XX", "XX"), ("", "")])
def test_countries(code, name):
    assert formats.country(code) == name


@pytest.mark.parametrize(
    ("name", "letters"), [("Ada Lovelace", "AL"), ("ada", "A"), ("Ana María de la Cruz", "AC"), ("—", "?"), ("", "?")]
)
def test_initials(name, letters):
    assert formats.initials(name) == letters
