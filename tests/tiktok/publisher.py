"""Publishes as the runner does, without a database: asks for calls, sends them, keeps what is done."""

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import IO

from integrations.contracts import Account, Action, Call, Level, Node, Order, Outcome, Step
from integrations.errors import ErrorKind, PlatformError
from integrations.platforms.tiktok.adapter import TikTokPlatform
from tests.tiktok.drafts import FILES


def open_media(sha256: str) -> IO[bytes]:
    return io.BytesIO(FILES[sha256])


@dataclass
class Publisher:
    """One publication of one order."""

    tiktok: TikTokPlatform
    order: Order
    ids: dict[str, str] = field(default_factory=dict)
    waves: list[list[Call]] = field(default_factory=list)
    errors: dict[str, PlatformError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.account: Account = self.order.account
        self.steps: list[Step] = self.tiktok.plan(self.order)

    def key(self, node_key: str) -> str:
        return f"{self.order.prefix}-{node_key}"

    def open_steps(self) -> list[Step]:
        return [step for step in self.steps if step.key not in self.ids]

    def wave(self) -> dict[str, Outcome]:
        """Make the calls that can be made now."""
        calls = self.tiktok.calls(self.open_steps(), self.ids, self.account)
        self.waves.append(calls)
        outcomes: dict[str, Outcome] = {}
        for call in calls:
            outcomes |= self.tiktok.send(call, self.account, open_media)
        self.ids |= {key: outcome.external_id for key, outcome in outcomes.items() if outcome.is_done}
        self.errors = {key: outcome.error for key, outcome in outcomes.items() if outcome.error}
        return outcomes

    def create(self) -> None:
        """Create everything; PlatformError at the first refusal."""
        while self.open_steps():
            self.wave()
            for error in self.errors.values():
                if error.code == "MEDIA_PROCESSING":
                    time.sleep(0.2)
                elif error.kind is not ErrorKind.TRANSIENT:
                    raise error

    def look(self) -> dict[str, list[str]]:
        """Look for every open step as the runner does after an unclear answer, parents first, and adopt what is there."""
        found: dict[str, list[str]] = {}
        open_steps = self.open_steps()
        while ready := [step for step in open_steps if all(need in self.ids for need in step.needs)]:
            here = self.tiktok.find(ready, self.ids, self.account)
            found |= here
            self.ids |= {key: external_ids[0] for key, external_ids in here.items()}
            open_steps = [step for step in open_steps if step not in ready]
        return found

    def read(self) -> dict[str, Node]:
        return self.tiktok.read(self.ids, self.steps, self.account)

    def differences(self) -> list[str]:
        nodes = self.read()
        found = self.tiktok.differences(self.steps, self.ids, nodes, self.account)
        return [f"{d.key.removeprefix(f'{self.order.prefix}-')} {d.what}: {d.approved} -> {d.found}" for d in found]

    def change(self, action: Action, levels: Iterable[Level]) -> list[Call]:
        """Switch, end or remove everything on these levels; return the calls it took."""
        wanted = set(levels)
        left = [
            replace(step, action=action, payload={}, needs=(), external_id=self.ids[step.key])
            for step in self.steps
            if step.level in wanted
        ]
        made: list[Call] = []
        while left:
            for call in self.tiktok.calls(left, self.ids, self.account):
                made.append(call)
                outcomes = self.tiktok.send(call, self.account, open_media)
                _require_done(outcomes)
                left = [step for step in left if step.key not in outcomes]
        return made

    def go_live(self) -> list[Call]:
        return [
            *self.change(Action.SWITCH_ON, [Level.AD, Level.AD_SET]),
            *self.change(Action.SWITCH_ON, [Level.CAMPAIGN]),
        ]


def _require_done(outcomes: dict[str, Outcome]) -> None:
    errors: Sequence[PlatformError] = [outcome.error for outcome in outcomes.values() if outcome.error]
    if errors:
        raise errors[0]
