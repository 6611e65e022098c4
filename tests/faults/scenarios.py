"""Everything that is tried: a name, and what happens while a campaign is being published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from campaigns.models import CampaignDraft, PublishRun
from tests.faults.places import PLACES, Place, Places
from tests.faults.stage import Sandbox

Order = Callable[["Scene"], None]


@dataclass
class Scene:
    """What a scenario may touch."""

    sandbox: Sandbox
    crash_file: Path
    draft: CampaignDraft
    run: PublishRun | None = None

    @property
    def places(self) -> Places:
        return PLACES[self.draft.platform]

    def crash(self, place: str, nth: int = 1) -> None:
        self.crash_file.write_text(f"{place} {nth}")

    def fault(self, effect: str, place: Place, **more: Any) -> None:
        """Let the next call of the kind go wrong, on the scene's platform."""
        self.sandbox.fault(effect, place, platform=self.draft.platform, **more)

    def lose_creation(self, **more: Any) -> None:
        """Let the campaign be made, and the answer be lost."""
        self.fault("drop_after", self.places.kinds["campaign"], **more)

    def lag(self, seconds: float, **more: Any) -> None:
        """Let reads lag behind."""
        self.fault("stale_reads", self.places.every_read, value=seconds, **more)


@dataclass(frozen=True)
class Scenario:
    """`before` sets the trap. `must_succeed` says that the run has to come through by itself, `must_strike` that what was
    set must have happened to it, `late_seconds` how long after it began the platform may still act on what it was sent.
    """

    name: str
    before: Order
    must_succeed: bool = True
    platform: str = "meta"
    must_strike: bool = True
    late_seconds: float = 0.0


#: Beyond the deadline and the settle time of every kind of call but uploads, with short clocks: two minutes in production.
LATE_SECONDS = 6
#: Faults that a run gets over by itself, as the sandbox's control surface knows them.
PASSING: dict[str, dict[str, Any]] = {
    "request lost": {"effect": "drop_before"},
    "answer lost": {"effect": "drop_after"},
    "reset": {"effect": "reset"},
    "cut off": {"effect": "truncate"},
    "slow past the deadline": {"effect": "delay", "value": LATE_SECONDS},
    "500 before": {"effect": "status", "value": 500},
    "500 after": {"effect": "status", "value": 500, "when": "after"},
    "503 after": {"effect": "status", "value": 503, "when": "after"},
    "rate limit": {"effect": "rate_limit"},
    "HTML with 200": {
        "effect": "error_body",
        "value": {"status": 200, "body": "<html>busy</html>", "content_type": "text/html"},
    },
}
#: Named places in the code, and at which pass a worker dies there.
ONCE = ("claimed", "read_back", "children_switched", "campaign_switched", "before_finish", "finished")
OFTEN = ("intent_committed", "before_send", "answer_received", "outcome_saved")
DEATHS = {
    "meta": [*((place, 1) for place in ONCE), *((place, nth) for place in OFTEN for nth in (1, 2, 3, 5))],
    "google": [("intent_committed", 2), ("before_send", 3), ("answer_received", 2), ("outcome_saved", 1)],
    "tiktok": [("intent_committed", 4), ("before_send", 1), ("answer_received", 3), ("outcome_saved", 2)],
    "snapchat": [("intent_committed", 1), ("before_send", 5), ("answer_received", 4), ("outcome_saved", 3)],
}


def crash_scenarios(slug: str) -> list[Scenario]:
    """A death at each named place, at its first pass and in the middle."""

    def death(place: str, nth: int) -> Scenario:
        return Scenario(f"{slug}: death at {place} #{nth}", lambda scene: scene.crash(place, nth), platform=slug)

    def lost_and_death(place: str) -> Scenario:
        def before(scene: Scene) -> None:
            scene.lose_creation()
            scene.crash(place)

        return Scenario(f"{slug}: answer lost and death at {place}", before, platform=slug)

    def limit_and_death(scene: Scene) -> None:
        scene.fault("rate_limit", scene.places.kinds["campaign"], value=scene.places.limit)
        scene.crash("before_release")

    found = [death(place, nth) for place, nth in DEATHS[slug]]
    found += [lost_and_death(place) for place in ("looked_up", "adopted")]
    return [*found, Scenario(f"{slug}: rate limit and death at before_release", limit_and_death, platform=slug)]


def api_scenarios(slug: str) -> list[Scenario]:
    """Passing faults at kinds of calls: on Meta each at each; of the others, who have it take turns at each pair.

    So every fault meets every kind, and every platform all its kinds and all faults; test_coverage.py counts.
    """
    return [
        _fault_at(slug, f"{slug}: {fault} at {kind}", place, order)
        for number, (fault, order) in enumerate(PASSING.items())
        for kind, place in PLACES[slug].kinds.items()
        if slug == "meta" or slug == _whose_turn(number, kind)
    ]


def _whose_turn(number: int, kind: str) -> str:
    kinds = list(dict.fromkeys(kind for places in PLACES.values() for kind in places.kinds))
    takers = [slug for slug, places in PLACES.items() if slug != "meta" and kind in places.kinds]
    return takers[(number + kinds.index(kind)) % len(takers)] if takers else ""


def _fault_at(slug: str, name: str, place: Place, order: dict[str, Any]) -> Scenario:
    more = {key: value for key, value in order.items() if key != "effect"}
    if order["effect"] == "rate_limit":
        more["value"] = PLACES[slug].limit
    late = LATE_SECONDS if order["effect"] == "delay" else 0.0
    return Scenario(name, lambda scene: scene.fault(order["effect"], place, **more), platform=slug, late_seconds=late)


def nasty_scenarios(slug: str) -> list[Scenario]:
    """Combinations, and faults that need a person afterwards."""
    places = PLACES[slug]

    def stale_after_loss(scene: Scene) -> None:
        scene.lose_creation()
        scene.lag(0.2, times=3)

    def lost_twice(scene: Scene) -> None:
        scene.lose_creation(times=2)

    def lost_and_lookup_down(scene: Scene) -> None:
        scene.lose_creation()
        scene.fault("status", scene.places.every_read, value=500, times=2)

    def at(effect: str, place: Place, **more: Any) -> Order:
        return lambda scene: scene.fault(effect, place, **more)

    def limit_death_and_late(scene: Scene) -> None:
        """What is refused in part, and what was given up and still done, must not be mixed up."""
        scene.fault("rate_limit", places.kinds["campaign"], value=places.limit)
        scene.crash("before_release")
        scene.fault("delay", places.kinds["ad"], value=LATE_SECONDS)

    middle, last = places.kinds[places.middle], places.kinds[places.last_switch]
    found = [
        Scenario("answer lost and reads stale", stale_after_loss),
        Scenario("answer lost twice", lost_twice),
        Scenario("answer lost and look-up down", lost_and_lookup_down),
        Scenario("token expired", at("token_expired", middle), places.is_renewable),
        Scenario("token revoked", at("token_revoked", middle), False),
        Scenario("switch off for good", at("status", last, value=500, times=40), False),
    ]
    if "ad" in places.kinds:
        late = Scenario("rate limit, death and a late answer", limit_death_and_late, late_seconds=LATE_SECONDS)
        found.insert(0, late)
    if places.item is not None:
        kind, number = places.item
        order = at("refuse_item", places.kinds[kind], value=number)
        found.append(Scenario(f"one of several refused at {kind}", order, must_succeed=False))
    found += [
        Scenario(f"refused at {kind}", at("error_body", places.kinds[kind], value=places.refusal), must_succeed=False)
        for kind in places.refused
    ]
    return [replace(scenario, name=f"{slug}: {scenario.name}", platform=slug) for scenario in found]


def short() -> list[Scenario]:
    """A cross-section for `make test`."""
    found = crash_scenarios("meta")[::5]
    for number, slug in enumerate(PLACES):
        faults, nasty = api_scenarios(slug), nasty_scenarios(slug)
        found += [faults[number], faults[-2 - 5 * number], nasty[-1 - number]]
    return found


def full() -> list[Scenario]:
    kinds = (crash_scenarios, api_scenarios, nasty_scenarios)
    return [scenario for slug in PLACES for scenarios in kinds for scenario in scenarios(slug)]
