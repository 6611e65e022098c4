"""What forms and rules may ask about TikTok."""

from __future__ import annotations

from decimal import Decimal

import pytest

from integrations import emoji
from integrations.contracts import AssetKind
from integrations.draft import CallToAction, ConversionEvent, CreativeType, Objective, Optimization
from integrations.platforms.tiktok import capabilities, currencies, wording
from integrations.platforms.tiktok.capabilities import CAPABILITIES


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("USD", 2), ("EUR", 2), ("JPY", 0), ("HUF", 0), ("KWD", 2), ("CLP", 0), ("TWD", 0), ("IDR", 0), ("VND", 0)],
)
def test_decimals_are_tiktoks_own(currency: str, digits: int) -> None:
    assert CAPABILITIES.minor_digits(currency) == digits


@pytest.mark.parametrize(
    ("currency", "ad_set", "campaign"),
    [
        ("USD", 20, 50),
        ("HUF", 20, 50),
        ("PLN", 80, 200),
        ("MXN", 200, 500),
        ("PHP", 1_000, 2_500),
        ("JPY", 2_000, 5_000),
        ("CLP", 20_000, 50_000),
        ("VND", 200_000, 500_000),
        ("KWD", None, None),
    ],
)
def test_the_least_budgets_follow_the_currency(currency: str, ad_set: int | None, campaign: int | None) -> None:
    assert CAPABILITIES.minimum_daily({}, currency) == (None if ad_set is None else Decimal(ad_set))
    assert currencies.campaign_floor(currency) == (None if campaign is None else Decimal(campaign))


@pytest.mark.parametrize(("currency", "ceiling"), [("USD", 10_000_000), ("JPY", 1_000_000_000), ("KWD", None)])
def test_no_budget_reaches_the_ceiling(currency: str, ceiling: int | None) -> None:
    assert currencies.ceiling(currency) == ceiling


OFFERED = {Objective.AWARENESS, Objective.TRAFFIC, Objective.VIDEO_VIEWS, Objective.LEADS, Objective.CONVERSIONS}


@pytest.mark.parametrize("objective", list(Objective))
def test_an_objective_is_offered_with_its_goals_or_not_at_all(objective: Objective) -> None:
    found = CAPABILITIES.objective(objective)

    assert (found is not None) is (objective in OFFERED)
    if found is not None:
        assert all(Optimization(goal.value) and goal.external in capabilities.BILLING for goal in found.goals)
        assert found.external in capabilities.PROMOTIONS


@pytest.mark.parametrize("button", CAPABILITIES.calls_to_action)
def test_every_button_is_one_of_ours(button: str) -> None:
    assert CallToAction(button)


@pytest.mark.parametrize("event", list(ConversionEvent))
def test_every_event_has_tiktoks_word(event: ConversionEvent) -> None:
    assert capabilities.EVENTS[event].isupper()


@pytest.mark.parametrize("kind", list(CreativeType))
def test_every_kind_of_ad_is_offered(kind: CreativeType) -> None:
    assert CAPABILITIES.creative(kind) is not None


def test_age_groups_join_without_a_gap() -> None:
    groups = capabilities.AGE_GROUPS

    assert [low for _, low, _ in groups[1:]] == [high + 1 for _, _, high in groups[:-1]]
    assert (groups[0][1], groups[-1][2]) == (CAPABILITIES.age_min, CAPABILITIES.age_max)


def test_the_tiktok_account_must_be_chosen() -> None:
    required = {rule.kind for rule in CAPABILITIES.assets if rule.required}

    assert required == {AssetKind.IDENTITY}


# Wording --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("Sale", 4), ("Größe", 5), ("夏のセール", 10), ("서울", 4), ("ｆｕｌｌ", 8), ("a夏", 3), ("Распродажа", 10)],
)  # fmt: skip
def test_characters_of_double_width_count_two(text: str, width: int) -> None:
    assert CAPABILITIES.count(text) == width


@pytest.mark.parametrize("text", ["Sale 🎉", "☀ Summer", "👍🏽", "1️⃣", "⭐", "🇩🇪", "⏰", "❤"])
def test_emoji_are_seen(text: str) -> None:
    assert emoji.has_emoji(text)


@pytest.mark.parametrize("text", ["50% off!", "Größe – 夏", "€5 → €3", "© Acme™ 2027", "½ price", "#1 *new*"])
def test_signs_that_are_no_emoji_pass(text: str) -> None:
    assert not emoji.has_emoji(text)


@pytest.mark.parametrize(
    ("name", "limit", "marked"),
    [
        ("Summer Sale", 512, "Summer Sale [st-k]"),
        ("Summer Sale", 16, "Summer Sa [st-k]"),
        ("Summer Sale", 14, "Summer [st-k]"),  # no space twice
        ("夏夏夏夏夏", 14, "夏夏夏 [st-k]"),
        ("夏夏夏夏夏", 15, "夏夏夏夏 [st-k]"),
    ],
)
def test_the_mark_always_fits(name: str, limit: int, marked: str) -> None:
    assert wording.marked(name, "k", limit) == marked
    assert wording.width(marked) <= limit
