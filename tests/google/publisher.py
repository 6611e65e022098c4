"""Leads steps through the platform the way the runner does: plan, calls in waves, switches; without a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from integrations.contracts import Account, Action, Level, Node, Order, Outcome, Step
from integrations.errors import PlatformError
from integrations.platforms.google.adapter import GooglePlatform
from tests.google.drafts import open_media


@dataclass
class Publisher:
    """What was planned, what came of it, and how many calls it took."""

    google: GooglePlatform
    account: Account
    steps: list[Step] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    errors: dict[str, PlatformError] = field(default_factory=dict)
    calls: int = 0

    def create(self, order: Order, *, waves: int = 6) -> Publisher:
        """Send creations until all are done, a wave brings nothing, or the waves are used up."""
        self.steps = self.google.plan(order)
        for _ in range(waves):
            waiting = [step for step in self.steps if step.key not in self.ids]
            if not waiting or not self._send(waiting):
                break
        return self

    def change(self, action: Action, levels: Sequence[Level]) -> Publisher:
        made = [s for s in self.steps if s.level in levels and s.key in self.ids]
        changes = [Step(s.key, action, s.level, s.node, s.name, external_id=self.ids[s.key]) for s in made]
        done: set[str] = set()
        while waiting := [step for step in changes if step.key not in done]:
            outcomes = self._outcomes(waiting)
            self.errors |= {key: outcome.error for key, outcome in outcomes.items() if outcome.error}
            if not (fresh := {key for key, outcome in outcomes.items() if outcome.is_done}):
                break
            done |= fresh
        return self

    def switch_on(self) -> Publisher:
        return self.change(Action.SWITCH_ON, [Level.AD, Level.AD_SET]).change(Action.SWITCH_ON, [Level.CAMPAIGN])

    def nodes(self) -> dict[str, Node]:
        return self.google.read(self.ids, self.steps, self.account)

    @property
    def campaign_id(self) -> str:
        return next(self.ids[step.key] for step in self.steps if step.level is Level.CAMPAIGN)

    def _send(self, waiting: Sequence[Step]) -> bool:
        outcomes = self._outcomes(waiting)
        self.errors = {key: outcome.error for key, outcome in outcomes.items() if outcome.error}
        made = {key: outcome.external_id for key, outcome in outcomes.items() if outcome.is_done}
        self.ids |= made
        return bool(made) or any(error.code == "MEDIA_PROCESSING" for error in self.errors.values())

    def _outcomes(self, waiting: Sequence[Step]) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        for call in self.google.calls(waiting, self.ids, self.account):
            self.calls += 1
            outcomes |= self.google.send(call, self.account, open_media)
        return outcomes
