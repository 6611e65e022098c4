"""What the forms and the rules are told about Snapchat."""

from __future__ import annotations

from decimal import Decimal

import pytest

from integrations.capabilities import MediaRule
from integrations.draft import CallToAction, Objective
from integrations.platforms.snapchat.capabilities import CAPABILITIES, minimum_daily, minor_digits

#: Ads API v1, creatives: buttons of WEB_VIEW.
_BUTTONS = (
    "APPLY_NOW BOOK_NOW BUY_TICKETS DONATE DOWNLOAD GET_NOW LISTEN MORE ORDER_NOW PLAY PLAY_GAME PRE_REGISTER READ RESPOND "
    "SHOP_NOW SHOW SHOWTIMES SIGN_UP TRY VIEW VIEW_MENU VOTE WATCH"
)
BUTTONS = frozenset(_BUTTONS.split())


def test_every_button_of_ours_becomes_one_of_snapchats() -> None:
    assert set(CAPABILITIES.calls_to_action) == set(CallToAction)
    assert set(CAPABILITIES.calls_to_action.values()) <= BUTTONS


def test_every_objective_is_offered() -> None:
    assert {objective.value for objective in CAPABILITIES.objectives} == set(Objective)
    assert all(objective.goals for objective in CAPABILITIES.objectives)


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("JPY", 0), ("CLP", 0), ("KWD", 3), ("HUF", 2)])
def test_amounts_are_as_fine_as_their_currency(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_the_floor_is_not_one_for_each_day() -> None:
    """A lifetime budget of 5 is enough for any number of days, so the daily rule must not multiply it."""
    assert minimum_daily({}, "USD") is None


def test_only_upright_files_fit() -> None:
    for creative in CAPABILITIES.creatives:
        for rule in creative.media.values():
            assert isinstance(rule, MediaRule)
            assert rule.ratio_min == rule.ratio_max == Decimal(1080) / Decimal(1920)
            assert (rule.min_width, rule.min_height) == (1080, 1920)


def test_the_headline_is_the_only_text() -> None:
    assert {name: (rule.hard, rule.required) for name, rule in CAPABILITIES.texts.items()} == {"headlines": (34, True)}
