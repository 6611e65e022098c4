"""What forms and rules may ask about Meta."""

from __future__ import annotations

from decimal import Decimal

import pytest

from integrations.draft import CallToAction, ConversionEvent, CreativeType, Objective, Optimization
from integrations.platforms.meta import capabilities
from integrations.platforms.meta.capabilities import CAPABILITIES


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("USD", 2), ("EUR", 2), ("JPY", 0), ("HUF", 0), ("KWD", 2), ("BHD", 2), ("JOD", 2), ("TWD", 0), ("CLP", 0)],
)
def test_minor_units_are_metas_own(currency: str, digits: int) -> None:
    assert CAPABILITIES.minor_digits(currency) == digits


@pytest.mark.parametrize(
    ("extra", "currency", "floor"),
    [
        ({"min_daily_budget": 100}, "USD", Decimal("1.00")),
        ({"min_daily_budget": 150}, "JPY", Decimal(150)),
        ({"min_daily_budget": None}, "USD", None),
        ({}, "USD", None),
    ],
)
def test_the_least_budget_is_the_accounts(extra: dict[str, int | None], currency: str, floor: Decimal | None) -> None:
    assert CAPABILITIES.minimum_daily(extra, currency) == floor


@pytest.mark.parametrize(
    ("beneficiary", "payor", "has"), [("A", "B", True), ("A", "", False), ("", "B", False), ("", "", False)]
)
def test_a_default_of_the_account_names_both(beneficiary: str, payor: str, has: bool) -> None:
    extra = {"default_dsa_beneficiary": beneficiary, "default_dsa_payor": payor}

    assert CAPABILITIES.has_dsa_default(extra) is has


@pytest.mark.parametrize("objective", list(Objective))
def test_every_objective_has_goals(objective: Objective) -> None:
    found = CAPABILITIES.objective(objective)

    assert found is not None
    assert found.goals
    assert all(Optimization(goal.value) for goal in found.goals)


@pytest.mark.parametrize("button", list(CallToAction))
def test_every_button_exists(button: CallToAction) -> None:
    assert CAPABILITIES.calls_to_action[button] == button.value.upper()


@pytest.mark.parametrize("event", list(ConversionEvent))
def test_every_event_has_metas_word(event: ConversionEvent) -> None:
    assert capabilities.EVENTS[event].isupper()


@pytest.mark.parametrize("kind", list(CreativeType))
def test_every_kind_of_ad_is_offered(kind: CreativeType) -> None:
    assert CAPABILITIES.creative(kind) is not None


def test_restricted_categories_are_among_the_offered() -> None:
    assert CAPABILITIES.restricted_categories < {value for value, _ in CAPABILITIES.special_ad_categories}
