"""Whatever is sent, the sandbox refuses it as Meta would; it never fails itself."""

from __future__ import annotations

import random
from typing import Any

import pytest

from .graph_client import ACCOUNT, PIXEL, TARGETING, GraphClient, ad, ad_set, campaign, creative, link_spec
from .process import SandboxProcess

NONSENSE: list[Any] = [None, 0, -1, 1.5, True, "", "x", "\x00", [], {}, [[]], [{}], {"a": {}}, [1, "2", None], 10**30]
BUTTON = {"type": "SHOP_NOW", "value": {"link": "https://a.example"}}
CARDS = [{"link": "https://a.example", "image_hash": "x", "call_to_action": BUTTON}] * 2
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", f"{ACCOUNT}/campaigns", campaign(daily_budget="500", special_ad_category_country=["US"])),
    (
        "POST",
        f"{ACCOUNT}/adsets",
        ad_set("{campaign}", targeting=TARGETING, promoted_object={"pixel_id": PIXEL, "custom_event_type": "LEAD"}),
    ),
    ("POST", f"{ACCOUNT}/adcreatives", creative("x", object_story_spec=link_spec("x", child_attachments=CARDS))),
    ("POST", f"{ACCOUNT}/ads", ad("1", "2", tracking_specs=[])),
    (
        "GET",
        f"{ACCOUNT}/campaigns",
        {"filtering": [{"field": "name", "operator": "IN", "value": ["x"]}], "effective_status": ["PAUSED"]},
    ),
    ("GET", f"{ACCOUNT}/adimages", {"hashes": ["x"], "limit": "5", "after": "x", "fields": "id"}),
    (
        "GET",
        f"{ACCOUNT}/delivery_estimate",
        {
            "optimization_goal": "VALUE",
            "targeting_spec": TARGETING,
            "promoted_object": {"pixel_id": PIXEL, "custom_event_type": "LEAD"},
        },
    ),
    ("GET", "search", {"type": "adgeolocation", "q": "x", "location_types": ["city"], "limit": "5"}),
    ("POST", "", {"batch": [{"method": "GET", "relative_url": "me", "name": "a", "depends_on": "b", "body": "c=d"}]}),
]


def spoilt(value: Any, dice: random.Random) -> Any:
    """The value with one part, somewhere in it, replaced by nonsense."""
    if dice.random() < 0.25 or not isinstance(value, dict | list) or not value:
        return dice.choice(NONSENSE)
    if isinstance(value, dict):
        key = dice.choice(sorted(value))
        return value | {key: spoilt(value[key], dice)}
    return [spoilt(value[0], dice), *value[1:]]


@pytest.mark.parametrize("seed", range(8))
def test_nonsense_is_refused_and_breaks_nothing(graph: GraphClient, sandbox: SandboxProcess, seed: int) -> None:
    dice = random.Random(seed)
    campaign_id = graph.campaign()
    statuses = []
    for method, path, usual in CALLS * 5:
        params = {key: campaign_id if value == "{campaign}" else value for key, value in usual.items()}
        key = dice.choice(sorted(params))
        statuses.append(graph.call(method, path, **params | {key: spoilt(params[key], dice)}).status_code)

    assert max(statuses) < 500
    assert 400 in statuses
