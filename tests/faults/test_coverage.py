"""That the suite tries every pair it says it tries, without playing anything."""

from __future__ import annotations

from tests.faults import scenarios
from tests.faults.places import PLACES

NAMES = {slug: {scenario.name for scenario in scenarios.api_scenarios(slug)} for slug in PLACES}


def test_every_fault_is_played_at_every_kind_of_call():
    played = {name.split(": ", 1)[1] for names in NAMES.values() for name in names}

    assert played == {f"{fault} at {kind}" for fault in scenarios.PASSING for p in PLACES.values() for kind in p.kinds}


def test_every_platform_meets_every_fault_and_every_kind_of_its_calls():
    for slug, names in NAMES.items():
        pairs = [name.split(": ", 1)[1].split(" at ") for name in names]
        assert {fault for fault, _ in pairs} == set(scenarios.PASSING), slug
        assert {kind for _, kind in pairs} == set(PLACES[slug].kinds), slug


def test_meta_plays_every_pair():
    assert len(NAMES["meta"]) == len(scenarios.PASSING) * len(PLACES["meta"].kinds)
