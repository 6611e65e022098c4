"""An imaginary platform in memory: strict about parents and states, and able to break where a test says so.

It is installed in the place of Meta. Objects live in `World`, so that several workers, each with a platform object of its
own, meet the same objects, as real ones would.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.capabilities import Fit
from integrations.contracts import (
    Account,
    Action,
    Call,
    CampaignStatus,
    Deadline,
    Delivery,
    Difference,
    Level,
    Media,
    Node,
    Order,
    Outcome,
    Platform,
    Step,
)
from integrations.draft import Draft
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.meta.capabilities import CAPABILITIES


@dataclass
class Thing:
    external_id: str
    key: str
    level: Level
    parent: str
    name: str
    budget: str
    shows: str = ""
    is_on: bool = False
    is_hidden: bool = False


@dataclass
class World:
    """Everything that exists at the imaginary platform, and what shall go wrong there.

    `faults` maps (action, key suffix) to a list of functions; each send of that step takes the next one. A fault gets a
    function that really does the work, and may call it before or after it fails.
    """

    things: dict[str, Thing] = field(default_factory=dict)
    faults: dict[tuple[Action, str], list[Callable[[Callable[[], str]], Outcome]]] = field(default_factory=dict)
    writes: list[tuple[Action, str]] = field(default_factory=list)
    finds: int = 0
    find_errors: list[PlatformError] = field(default_factory=list)
    read_errors: list[PlatformError] = field(default_factory=list)
    patch: Callable[..., None] = lambda *args: None
    stop_here: Callable[[Action, str], None] = lambda action, key: None
    _numbers: Any = field(default_factory=lambda: itertools.count(1000))
    _lock: Any = field(default_factory=threading.Lock)

    def create(self, step: Step, ids: Mapping[str, str]) -> str:
        parents = [ids[need] for need in step.needs if ids[need] in self.things]
        if len(parents) != len(step.needs):
            raise AssertionError(f"{step.key} was sent before its parents exist")
        with self._lock:
            external_id = str(next(self._numbers))
            parent = ids[step.payload["parent"]] if step.payload.get("parent") else ""
            budget, shows = str(step.payload.get("budget", "")), ids.get(step.payload.get("shows", ""), "")
            self.things[external_id] = Thing(external_id, step.key, step.level, parent, step.name, budget, shows)
        return external_id

    def remove(self, external_id: str) -> None:
        """Remove a thing and everything below it."""
        self.things.pop(external_id, None)
        for child in [thing for thing in self.things.values() if thing.parent == external_id]:
            self.remove(child.external_id)

    def keyed(self, suffix: str) -> list[Thing]:
        return [thing for thing in self.things.values() if thing.key.endswith(suffix)]

    @property
    def duplicates(self) -> int:
        return len(self.things) - len({thing.key for thing in self.things.values()})

    @property
    def can_spend(self) -> bool:
        return any(thing.level == Level.CAMPAIGN and thing.is_on for thing in self.things.values())


def refused(kind: ErrorKind, code: str = "REFUSED", **fields: Any) -> Callable[[Callable[[], str]], Outcome]:
    """The platform says no and does nothing."""
    return lambda work: Outcome(error=PlatformError(kind, code, f"The platform says {code}.", **fields))


def lost_answer(work: Callable[[], str]) -> Outcome:
    """The platform does it, but the answer is lost."""
    work()
    return Outcome(error=PlatformError(ErrorKind.AMBIGUOUS, "NO_ANSWER", "The platform did not answer."))


def lost_request(work: Callable[[], str]) -> Outcome:
    """The request is lost, and nobody can tell this from a lost answer."""
    return Outcome(error=PlatformError(ErrorKind.AMBIGUOUS, "NO_ANSWER", "The platform did not answer."))


class ImaginaryPlatform(Platform):
    slug = "meta"
    label = "Imaginary"
    scopes = frozenset[str]()
    capabilities = CAPABILITIES
    settle_seconds = 0.0
    parallel_calls = 3
    world: World

    def plan(self, order: Order) -> list[Step]:
        prefix = order.prefix
        return [
            Step(f"{prefix}-{node}", Action.CREATE, level, path, name, payload, tuple(f"{prefix}-{n}" for n in needs))
            for node, level, path, name, payload, needs in _nodes(order.draft, prefix)
        ]

    def calls(self, open_steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> list[Call]:
        ready = [step for step in open_steps if all(need in ids for need in step.needs)]
        return [Call((step.key,), Deadline.CREATE, {"step": step, "ids": dict(ids)}) for step in ready]

    def send(self, call: Call, account: Account, open_media: Any) -> dict[str, Outcome]:
        step, ids = call.request["step"], call.request["ids"]
        world = self.world
        world.stop_here(step.action, step.key)
        world.writes.append((step.action, step.key))
        queue = world.faults.get((step.action, step.key.rsplit("-", 1)[1]), [])

        def work() -> str:
            return self._apply(step, ids)

        return {step.key: queue.pop(0)(work) if queue else Outcome(work())}

    def _apply(self, step: Step, ids: Mapping[str, str]) -> str:
        if step.action == Action.CREATE:
            return self.world.create(step, ids)
        if step.action == Action.REMOVE:
            self.world.remove(step.external_id)
        elif step.external_id in self.world.things:
            self.world.things[step.external_id].is_on = step.action == Action.SWITCH_ON
        return ""

    def find(self, steps: Sequence[Step], ids: Mapping[str, str], account: Account) -> dict[str, list[str]]:
        self.world.finds += 1
        if self.world.find_errors:
            raise self.world.find_errors.pop(0)
        found = {step.key: [t.external_id for t in self.world.things.values() if t.key == step.key] for step in steps}
        return {key: external_ids for key, external_ids in found.items() if external_ids}

    def read(self, ids: Mapping[str, str], steps: Sequence[Step], account: Account) -> dict[str, Node]:
        if self.world.read_errors:
            raise self.world.read_errors.pop(0)
        things = {key: self.world.things.get(external_id) for key, external_id in ids.items()}
        return {
            key: Node(t.external_id, t.level, t.parent, t.name, t.is_on, {"budget": t.budget, "shows": t.shows})
            for key, t in things.items()
            if t is not None and not t.is_hidden
        }

    def differences(
        self, steps: Sequence[Step], ids: Mapping[str, str], nodes: Mapping[str, Node], account: Account
    ) -> list[Difference]:
        wanted = [(step, "budget", str(step.payload["budget"])) for step in steps if "budget" in step.payload]
        wanted += [(step, "shows", ids[step.payload["shows"]]) for step in steps if "shows" in step.payload]
        return [
            Difference(step.key, step.node, what, approved, nodes[step.key].fields[what])
            for step, what, approved in wanted
            if nodes[step.key].fields[what] != approved
        ]

    def read_status(self, campaign_id: str, account: Account) -> CampaignStatus:
        if self.world.read_errors:
            raise self.world.read_errors.pop(0)
        thing = self.world.things.get(campaign_id)
        if thing is None:
            raise PlatformError(ErrorKind.GONE, "GONE", "It does not exist.")
        return CampaignStatus(Delivery.LIVE if thing.is_on else Delivery.PAUSED, thing.is_on)

    def dashboard_url(self, campaign_id: str, account: Account) -> str:
        return f"https://imaginary.example/{campaign_id}"

    def fit(self, draft: Draft, account: Account, media: Mapping[str, Media]) -> list[Fit]:
        return []

    def authorize_url(self, *args: Any) -> str:
        raise NotImplementedError

    def exchange(self, *args: Any) -> Any:
        raise NotImplementedError

    def refresh(self, tokens: Any) -> Any:
        raise NotImplementedError

    def revoke(self, *args: Any) -> None:
        """Nothing is kept there that could be ended."""

    def list_accounts(self) -> list[Account]:
        raise NotImplementedError

    def list_assets(self, account: Account) -> list[Any]:
        raise NotImplementedError

    def search_targeting(self, *args: Any) -> list[Any]:
        raise NotImplementedError


def _nodes(draft: Draft, prefix: str) -> list[tuple[str, Level, str, str, dict[str, Any], tuple[str, ...]]]:
    budget = str(draft.campaign.budget.amount)
    nodes: list[Any] = [(f"m{sha[:6]}", Level.MEDIA, "", sha[:6], {}, ()) for sha in draft.media()]
    nodes.append(("c", Level.CAMPAIGN, "campaign", draft.campaign.name, {"budget": budget}, ()))
    for ad_set in draft.ad_sets:
        parent = {"parent": f"{prefix}-c"}
        nodes.append((ad_set.key, Level.AD_SET, ad_set.path, ad_set.name, parent, ("c",)))
        for ad in ad_set.ads:
            media = tuple(f"m{sha[:6]}" for sha in ad.creative.media)
            nodes.append((f"cr{ad.key}", Level.CREATIVE, ad_set.ad_path(ad), ad.name, {}, media))
            parent = {"parent": f"{prefix}-{ad_set.key}", "shows": f"{prefix}-cr{ad.key}"}
            nodes.append((ad.key, Level.AD, ad_set.ad_path(ad), ad.name, parent, (ad_set.key, f"cr{ad.key}")))
    return nodes
