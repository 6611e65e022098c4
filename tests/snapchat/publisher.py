"""Publishes as the runner does, without a database: asks for calls, sends them, keeps what is done."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from integrations.contracts import Account, Action, Call, Level, Node, Order, Outcome, Step
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.snapchat.adapter import SnapchatPlatform
from tests.snapchat.drafts import open_media


@dataclass
class Publisher:
    """One publication of one order."""

    snapchat: SnapchatPlatform
    order: Order
    ids: dict[str, str] = field(default_factory=dict)
    waves: list[list[Call]] = field(default_factory=list)
    errors: dict[str, PlatformError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.account: Account = self.order.account
        self.steps: list[Step] = self.snapchat.plan(self.order)

    def key(self, node_key: str) -> str:
        return f"{self.order.prefix}-{node_key}"

    @property
    def campaign_id(self) -> str:
        return self.ids[self.key("c")]

    def open_steps(self) -> list[Step]:
        return [step for step in self.steps if step.key not in self.ids]

    def wave(self) -> dict[str, Outcome]:
        """Make the calls that can be made now."""
        calls = self.snapchat.calls(self.open_steps(), self.ids, self.account)
        self.waves.append(calls)
        outcomes: dict[str, Outcome] = {}
        for call in calls:
            outcomes |= self.snapchat.send(call, self.account, open_media)
        self.ids |= {key: outcome.external_id for key, outcome in outcomes.items() if outcome.is_done}
        self.errors = {key: outcome.error for key, outcome in outcomes.items() if outcome.error}
        return outcomes

    def create(self) -> Publisher:
        """Create everything; PlatformError at the first refusal."""
        while self.open_steps():
            self.wave()
            for error in self.errors.values():
                if error.code == "MEDIA_PROCESSING":
                    time.sleep(0.2)
                elif error.kind is not ErrorKind.TRANSIENT:
                    raise error
        return self

    def look(self) -> dict[str, list[str]]:
        """Look for every open step as the runner does after an unclear answer, parents first, and adopt what is there."""
        found: dict[str, list[str]] = {}
        open_steps = self.open_steps()
        while ready := [step for step in open_steps if all(need in self.ids for need in step.needs)]:
            here = self.snapchat.find(ready, self.ids, self.account)
            found |= here
            self.ids |= {key: external_ids[0] for key, external_ids in here.items()}
            open_steps = [step for step in open_steps if step not in ready]
        return found

    def read(self) -> dict[str, Node]:
        return self.snapchat.read(self.ids, self.steps, self.account)

    def differences(self) -> list[str]:
        found = self.snapchat.differences(self.steps, self.ids, self.read(), self.account)
        return [f"{d.key.removeprefix(f'{self.order.prefix}-')} {d.what}: {d.approved} -> {d.found}" for d in found]

    def changes(self, action: Action, levels: Iterable[Level]) -> list[Step]:
        """The steps that switch, end or remove everything on these levels, bare as the ledger keeps them."""
        wanted = set(levels)
        return [
            replace(step, action=action, payload={}, needs=(), external_id=self.ids[step.key])
            for step in self.steps
            if step.level in wanted
        ]

    def change(self, action: Action, levels: Iterable[Level]) -> list[Call]:
        """Make the change; return the calls it took. PlatformError at the first refusal."""
        left, made = self.changes(action, levels), []
        while left:
            for call in self.snapchat.calls(left, self.ids, self.account):
                made.append(call)
                outcomes = self.snapchat.send(call, self.account, open_media)
                for outcome in outcomes.values():
                    if outcome.error:
                        raise outcome.error
                left = [step for step in left if step.key not in outcomes]
        return made

    def go_live(self) -> list[Call]:
        return [
            *self.change(Action.SWITCH_ON, [Level.AD, Level.AD_SET]),
            *self.change(Action.SWITCH_ON, [Level.CAMPAIGN]),
        ]
