"""The chart of what an account holds over a campaign's schedule, and the table beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from adaccounts.caps import Span
from campaigns import load_chart
from tests.campaigns.drive import client_of
from tests.factories import make_account, make_draft

JUNE, JULY = date(2027, 6, 1), date(2027, 7, 31)
CANDIDATE = Span(JUNE, JULY, Decimal(100))


def chart(*others: Span, candidate: Span = CANDIDATE, daily: str | None = "500", real_days: bool = False):
    cap = None if daily is None else Decimal(daily)
    return load_chart.of(candidate, others, caps_of=(cap, None), currency="USD", real_days=real_days)


def test_a_step_begins_where_another_campaign_begins_and_after_it_has_ended():
    made = chart(Span(date(2027, 6, 10), date(2027, 6, 20), Decimal(50)), Span(date(2027, 1, 1), None, Decimal(10)))

    assert [(period.first.day, period.last, period.others, period.adds) for period in made.days] == [
        (1, date(2027, 6, 9), 10, 100),
        (10, date(2027, 6, 20), 60, 100),
        (21, JULY, 10, 100),
    ]


def test_campaigns_that_follow_each_other_at_the_same_budget_make_one_step():
    made = chart(Span(JUNE, date(2027, 6, 15), Decimal(50)), Span(date(2027, 6, 16), JULY, Decimal(50)))

    assert [(period.first, period.last, period.others) for period in made.days] == [(JUNE, JULY, 50)]


def test_months_count_as_the_caps_count_them():
    july = [period for period in chart(Span(JUNE, None, Decimal(10))).months if period.first.month == 7]

    assert [(period.others, period.adds, period.word) for period in july] == [(300, 3000, "July 2027")]
    assert [period.adds for period in chart(real_days=True).months] == [3000, 3100]


def test_a_campaign_without_an_end_is_drawn_for_ninety_days():
    made = chart(candidate=Span(JUNE, None, Decimal(100)))

    assert (made.is_open_ended, made.days[-1].last) == (True, date(2027, 8, 29))


def test_a_campaign_that_runs_for_ages_is_drawn_for_two_years():
    ages = Span(JUNE, date.max, Decimal(100))

    made = chart(ages, candidate=ages)

    assert (made.is_open_ended, made.days[-1].last, len(made.months)) == (True, date(2029, 5, 31), 24)
    assert [period.together for period in made.days] == [200]


def test_the_drawing_is_to_scale_with_the_cap_above_what_fits_under_it():
    made = chart(Span(JUNE, None, Decimal(150)))

    bar = made.bars[0]
    assert (bar.x, bar.width) == ("0.00", "1000.00")
    assert float(bar.adds_height) / float(bar.others_height) == pytest.approx(100 / 150, abs=0.01)
    assert float(made.cap_y) < float(bar.adds_y) < float(bar.others_y) < load_chart.HEIGHT
    assert chart(Span(JUNE, None, Decimal(450))).bars[0].adds_y < made.bars[0].adds_y
    assert chart(daily=None).cap_y == ""


def test_the_page_draws_it_and_says_it_in_words_and_numbers(db):
    make_account(daily_cap=5000, monthly_cap=None)
    make_draft("approved")
    draft = make_draft("submitted")

    html = client_of("anne").get(draft.get_absolute_url()).content.decode()

    sentence = "Committed on the ad account, Jun 1 – Aug 31, 2027: at most $2,000.00 a day from Jun 1, 2027 on"
    assert sentence in html
    assert "a daily cap of $5,000.00." in html
    assert "August 2027" in html
    assert "style=" not in html
