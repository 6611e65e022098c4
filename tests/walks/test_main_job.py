"""From Connect to Published, each step by the person whose step it is."""

from __future__ import annotations

import pytest

from tests.walks.flows import NAME, Walk, published
from tests.walks.hands import Keyboard, Mouse

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WAYS = {
    "with the mouse": (Mouse, {}),
    "with the keyboard alone": (Keyboard, {}),
    "without JavaScript": (Mouse, {"java_script_enabled": False}),
}


@pytest.mark.parametrize(
    "way",
    [
        pytest.param("with the mouse", marks=pytest.mark.smoke),
        "with the keyboard alone",
        "without JavaScript",
    ],
)
def test_four_people_take_a_campaign_from_connect_to_published(stack, enter, picture, way):
    hand, options = WAYS[way]
    people = {name: enter(name, hand, **options) for name in ("ada", "carl", "anne", "paul")}
    walk = Walk(stack, **people, picture=picture, has_javascript=options.get("java_script_enabled", True))

    walk.connect()
    walk.enable()
    walk.build()
    walk.preview_and_submit()
    walk.review()
    walk.approve()
    walk.publish()
    walk.becomes(walk.paul, "Published")
    walk.look_at_the_platform()

    made = published(stack)
    assert made["campaign"]["name"].startswith(f"{NAME} [st-")
    assert {made[level]["status"] for level in ("campaign", "ad_set", "ad")} == {"ACTIVE"}
    assert made["ad_set"]["budget"] == {"type": "daily", "amount": "500.00", "currency": "USD"}
