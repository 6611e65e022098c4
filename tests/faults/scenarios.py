"""Everything that is tried: a name, and what happens while a campaign is being published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from campaigns.models import CampaignDraft, PublishRun
from tests.faults.stage import Sandbox

Order = Callable[["Scene"], None]


@dataclass
class Scene:
    """What a scenario may touch."""

    sandbox: Sandbox
    crash_file: Path
    draft: CampaignDraft
    run: PublishRun | None = None

    def crash(self, place: str, nth: int = 1) -> None:
        self.crash_file.write_text(f"{place} {nth}")


@dataclass(frozen=True)
class Scenario:
    """`before` sets the trap. `must_succeed` says that the run has to come through by itself."""

    name: str
    before: Order
    must_succeed: bool = True


#: Where the batch's inner requests and the single ones go, as the sandbox sees them.
PATHS = {
    "media": r"act_\d+/adimages$",
    "campaign": r"act_\d+/campaigns$",
    "ad set": r"act_\d+/adsets$",
    "creative": r"act_\d+/adcreatives$",
    "ad": r"act_\d+/ads$",
}
#: The switches: ads and ad sets in batches, the campaign in a call of its own.
SWITCH = r"^/?v[\d.]+/\d+$"

#: Faults that a run gets over by itself, as the sandbox's control surface knows them.
PASSING = {
    "request lost": {"effect": "drop_before"},
    "answer lost": {"effect": "drop_after"},
    "reset": {"effect": "reset"},
    "cut off": {"effect": "truncate"},
    "slow past the deadline": {"effect": "delay", "value": 6},
    "500 before": {"effect": "status", "value": 500},
    "500 after": {"effect": "status", "value": 500, "when": "after"},
    "503 after": {"effect": "status", "value": 503, "when": "after"},
    "rate limit": {"effect": "rate_limit", "value": 1},
    "HTML with 200": {
        "effect": "error_body",
        "value": {"status": 200, "body": "<html>busy</html>", "content_type": "text/html"},
    },
}


def crash_scenarios() -> list[Scenario]:
    """A death at each named place, at its first pass and in the middle."""

    def death(place: str, nth: int) -> Scenario:
        return Scenario(f"death at {place} #{nth}", lambda scene: scene.crash(place, nth))

    once = ["claimed", "read_back", "children_switched", "campaign_switched", "before_finish", "finished"]
    often = ["intent_committed", "before_send", "answer_received", "outcome_saved"]
    found = [death(place, 1) for place in once] + [death(place, nth) for place in often for nth in (1, 2, 3, 5)]
    for place in ("looked_up", "adopted"):
        found.append(Scenario(f"answer lost and death at {place}", _lost_answer_and(place)))
    found.append(Scenario("rate limit and death at before_release", _limit_and("before_release")))
    return found


def _lost_answer_and(place: str) -> Order:
    def before(scene: Scene) -> None:
        scene.sandbox.fault("drop_after", PATHS["campaign"])
        scene.crash(place)

    return before


def _limit_and(place: str) -> Order:
    def before(scene: Scene) -> None:
        scene.sandbox.fault("rate_limit", PATHS["campaign"], value=1)
        scene.crash(place)

    return before


def api_scenarios() -> list[Scenario]:
    """Every passing fault at every kind of step, and at the switches and the reads."""
    found = []
    for fault, order in PASSING.items():
        for kind, path in PATHS.items():
            found.append(_fault_at(f"{fault} at {kind}", path, order))
        found.append(_fault_at(f"{fault} at switch", SWITCH, order))
        found.append(_fault_at(f"{fault} at read", r".", order, method="GET"))
    return found


def _fault_at(name: str, path: str, order: dict[str, object], method: str = "POST") -> Scenario:
    body = dict(order)
    effect = str(body.pop("effect"))
    return Scenario(name, lambda scene: scene.sandbox.fault(effect, path, method=method, **body))


def nasty_scenarios() -> list[Scenario]:
    """Combinations, and faults that need a person afterwards."""

    def stale_after_loss(scene: Scene) -> None:
        scene.sandbox.fault("drop_after", PATHS["campaign"])
        scene.sandbox.fault("stale_reads", r".", method="GET", value=0.2, times=3)

    def lost_twice(scene: Scene) -> None:
        scene.sandbox.fault("drop_after", PATHS["ad set"], times=2)

    def lost_and_lookup_down(scene: Scene) -> None:
        scene.sandbox.fault("drop_after", PATHS["campaign"])
        scene.sandbox.fault("status", r".", method="GET", value=500, times=2)

    def refused(kind: str) -> Order:
        body = {"error": {"message": "Invalid parameter", "type": "OAuthException", "code": 100, "fbtrace_id": "A1"}}
        return lambda scene: scene.sandbox.fault("error_body", PATHS[kind], value={"status": 400, "body": body})

    found = [
        Scenario("answer lost and reads stale", stale_after_loss),
        Scenario("answer lost twice", lost_twice),
        Scenario("answer lost and look-up down", lost_and_lookup_down),
        Scenario("token expired", lambda s: s.sandbox.fault("token_expired", PATHS["ad set"]), must_succeed=False),
        Scenario("token revoked", lambda s: s.sandbox.fault("token_revoked", PATHS["ad set"]), must_succeed=False),
        Scenario("switch off for good", lambda s: s.sandbox.fault("status", SWITCH, value=500, times=40), False),
    ]
    found += [Scenario(f"refused at {kind}", refused(kind), must_succeed=False) for kind in PATHS]
    return found


def short() -> list[Scenario]:
    """A cross-section for `make test`."""
    crashes, faults, nasty = crash_scenarios(), api_scenarios(), nasty_scenarios()
    return crashes[::3] + faults[::9] + nasty[:1] + nasty[4:5] + nasty[-1:]


def full() -> list[Scenario]:
    return crash_scenarios() + api_scenarios() + nasty_scenarios()
