"""Leads a run from beginning to end. Any number of workers may call work() for the same run; one of them gets it.

A publication goes: find out what unanswered calls did, create everything paused, read the tree back and compare it
with what was approved, switch on ads and ad sets, then the campaign, alone and last. Until that last switch nothing can
spend. Whatever goes wrong ends in a state that says what exists and whether it may spend; see ending.py.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils import timezone

from campaigns.models import CampaignDraft, PublishRun, PublishStep
from campaigns.publishing import clocks, ending, ledger, lookup, plan
from campaigns.publishing.crashpoints import crashpoint
from campaigns.publishing.ledger import Cancelled, Claim, LostClaim, Park
from campaigns.publishing.sending import Journal, Sender, Wave
from integrations import connections
from integrations.contracts import Account, Action, Level, Platform
from integrations.errors import ErrorKind, PlatformError

log = logging.getLogger(__name__)
T = TypeVar("T")
State = PublishStep.State
RunState = PublishRun.State


class HandOn(Exception):
    """The task has worked long enough: another task goes on at once."""


def work(run_id: int) -> None:
    """Work on the run if it is due and free, until it ends, must wait, or the task's time is up."""
    holder = ledger.claim(run_id)
    if holder is None:
        return
    try:
        _work(holder)
    except LostClaim as lost:
        log.warning("Lost the claim on %s; another worker has it.", lost)


def _work(holder: Claim) -> None:
    run = PublishRun.objects.select_related("draft__account", "approval").get(pk=holder.run_id)
    leader: Leader | None = None
    try:
        if run.lost_claims > clocks.POISON_LIMIT:
            raise _poisoned(run)
        leader = Leader(holder, run)
        leader.lead()
    except Park as park:
        _park(holder, run, leader, park)
    except HandOn:
        ledger.release(holder)
        plan.ring(run)
    except PlatformError as error:
        if run.state in PublishRun.SEARCHED:
            log.warning("The search after run %s was given up: %s", run.pk, error)
            ending.close_search(holder)
            return
        ending.fail(holder, run, leader.platform if leader else None, error)
    except Cancelled:
        ending.fail(holder, run, leader.platform if leader else None, _cancelled())
    finally:
        if leader is not None:
            leader.journal.store()


def _park(holder: Claim, run: PublishRun, leader: Leader | None, park: Park) -> None:
    too_many = park.error is not None and ledger.note_setback(holder) > clocks.MAX_SETBACKS
    too_old = run.started_at is not None and timezone.now() - run.started_at > clocks.MAX_AGE
    if park.error is not None and (too_many or too_old):
        ending.fail(holder, run, leader.platform if leader else None, park.error)
        return
    ledger.release(holder, seconds=park.seconds, why=park.why)


def _poisoned(run: PublishRun) -> PlatformError:
    return PlatformError(
        ErrorKind.AMBIGUOUS,
        "WORKERS_DIED",
        f"{run.lost_claims} workers ended while they worked on this. Look at the workers' log before going on.",
    )


def _believe_last_errors(rows: list[PublishStep]) -> None:
    """A step that was sent many times and never answered fails with the error it last had."""
    for row in rows:
        if row.attempts >= clocks.MAX_ATTEMPTS and row.error_kind == ErrorKind.AMBIGUOUS:
            raise PlatformError(ErrorKind(row.error_kind), row.error_code, row.error_message, row.node)


def _cancelled() -> PlatformError:
    return PlatformError(ErrorKind.TRANSIENT, "CANCELLED", "The publication was cancelled. What was made is paused.")


@dataclass
class Leader:
    """One claim's work on one run."""

    holder: Claim
    run: PublishRun
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.draft: CampaignDraft = self.run.draft
        self.account: Account = self.draft.account.contract
        self.files = {sha: str(asset.file.name) for sha, asset in plan.media_contracts(self.draft).items()}
        self.journal = Journal(self.draft.platform, self.run.api_reference)
        self.platform: Platform = self._connect()

    def lead(self) -> None:
        """Do what the run is for; raises Park, HandOn, Cancelled or PlatformError when it cannot be finished now."""
        if self.run.state == RunState.SUCCEEDED:
            self._search_for_surplus()
        elif self.run.state == RunState.REMOVED:
            self._search_for_leftovers()
        elif self.run.state == RunState.REMOVING:
            self._remove()
        elif not self.run.is_publication:
            self._switch_published()
        elif self.draft.status == CampaignDraft.Status.PUBLISHING:
            self._publish()
        else:
            self._inspect()

    # Phases of a publication ----------------------------------------------------------------------------------------

    def _publish(self) -> None:
        self._look_before_sending_again()
        self._create()
        if ending.had_trouble(self.run):
            self._remove_surplus()
        self._read_back()
        self._switch_on([Level.AD, Level.AD_SET])
        crashpoint("children_switched")
        self._switch_on([Level.CAMPAIGN])
        crashpoint("campaign_switched")
        ending.succeed(self.holder, self.run, self.platform, self.account)

    def _look_before_sending_again(self) -> None:
        """After a worker died, or a person retried, planned steps are looked up too: the ledger may be behind."""
        if self.holder.began_with_lost_claim or self.run.attempt > 1:
            rows = ledger.open_steps(self.run.pk, Action.CREATE)
            if any(row.attempts for row in rows):
                self._resolve_creations(rows)

    def _create(self) -> None:
        while True:
            rows = ledger.open_steps(self.run.pk, Action.CREATE)
            if not rows:
                return
            unanswered = [row for row in rows if row.state == State.SENDING]
            if unanswered:
                self._resolve_creations(unanswered)
                continue
            self._send(rows, Action.CREATE)

    def _resolve_creations(self, rows: list[PublishStep]) -> None:
        sent = [row for row in rows if row.state == State.SENDING]
        self._wait(
            lookup.seconds_until_clear(sent, self.platform.settle_seconds),
            f"{self.platform.label} did not answer. Finding out what exists before going on.",
        )
        surplus = self._asking(lambda: lookup.resolve_creations(self.holder, self.platform, self.account, rows))
        if surplus:
            ending.plan_surplus_removal(self.holder, self.run, surplus)
            self._send_all(Action.REMOVE)

    def _read_back(self) -> None:
        """Compare the paused tree with what was approved, once per run and attempt."""
        rows = list(self.run.steps.creations().done())
        steps, known = [row.contract for row in rows], ledger.ids(self.run.pk)
        self.holder.renew()
        nodes = self._asking(lambda: self.platform.read(known, steps, self.account))
        missing = [row for row in rows if row.key not in nodes and row.level in ending.READ_LEVELS]
        if missing:
            # A platform may show its newest objects some seconds late.
            self._wait(
                lookup.seconds_until_clear_since_done(missing, self.platform.settle_seconds),
                f"{self.platform.label} does not show everything yet. Reading again.",
            )
            nodes = self._asking(lambda: self.platform.read(known, steps, self.account))
        ending.require_as_approved(self.holder, self.run, self.platform, self.account, rows, nodes)
        crashpoint("read_back")

    def _switch_on(self, levels: list[Level]) -> None:
        self._send_all(Action.SWITCH_ON, levels)

    # Other work -----------------------------------------------------------------------------------------------------

    def _switch_published(self) -> None:
        for action in (Action.SWITCH_OFF, Action.SWITCH_ON, Action.END):
            self._send_all(action)
        ending.report_switch(self.holder, self.run, self.platform, self.account)

    def _search_for_surplus(self) -> None:
        """Some time after success: whatever came of calls that were given up has come by now."""
        self._remove_surplus()
        ending.close_search(self.holder)

    def _search_for_leftovers(self) -> None:
        """Some time after a removal: remove what came of calls that were given up.

        An account's list of creatives is long and is read to its end for what is not there; it is read only when a
        campaign came, which its creatives would have come with.
        """
        found = self._find_at([Level.CAMPAIGN])
        if found:
            found |= self._find_at([level for level in self.platform.removal_levels if level != Level.CAMPAIGN])
        ending.plan_surplus_removal(self.holder, self.run, found)
        self._send_all(Action.REMOVE)
        ending.close_search(self.holder)

    def _find_at(self, levels: list[Level]) -> dict[str, list[str]]:
        steps = [row.contract for row in self.run.steps.creations().filter(level__in=levels)]
        return self._asking(lambda: self.platform.find(steps, {}, self.account))

    def _remove_surplus(self) -> None:
        """Remove objects that carry our keys and are not the ones we know. They are paused."""
        rows = list(self.run.steps.creations().done())
        known = ledger.ids(self.run.pk)
        found = self._asking(lambda: self.platform.find([row.contract for row in rows], known, self.account))
        surplus = {key: [i for i in ids if i != known[key]] for key, ids in found.items() if known[key] in ids}
        ending.plan_surplus_removal(self.holder, self.run, {key: ids for key, ids in surplus.items() if ids})
        self._send_all(Action.REMOVE)

    def _inspect(self) -> None:
        """Look at a run that needs attention: find what exists, read whether it spends, change nothing there."""
        self._check_claimed_ids()
        unanswered = [r for r in ledger.open_steps(self.run.pk, Action.CREATE) if r.state == State.SENDING]
        if unanswered:
            self._resolve_creations(unanswered)
        ending.fail(self.holder, self.run, self.platform, ending.former_error(self.run))

    def _check_claimed_ids(self) -> None:
        """Adopt the ids that a person named, where the platform shows the object that was planned."""
        rows = list(self.run.steps.creations().exclude(claimed_id=""))
        steps = [row.contract for row in rows]
        claimed = {row.key: row.claimed_id for row in rows}
        if not rows:
            return
        nodes = self._asking(lambda: self.platform.read(claimed, steps, self.account))
        known = ledger.ids(self.run.pk) | claimed
        shown = [step for step in steps if step.key in nodes]
        wrong = {d.key for d in self.platform.differences(shown, known, nodes, self.account)} if shown else set()
        for row, step in zip(rows, steps, strict=True):
            if row.key in nodes and row.key not in wrong:
                ledger.adopt(self.holder, step, row.claimed_id)
        self.run.steps.exclude(claimed_id="").update(claimed_id="")

    def _remove(self) -> None:
        unanswered = [r for r in ledger.open_steps(self.run.pk, Action.CREATE) if r.state == State.SENDING]
        if unanswered:
            self._resolve_creations(unanswered)
        ending.plan_removal(self.holder, self.run, self.platform)
        self._send_all(Action.REMOVE)
        crashpoint("removal_saved")
        ending.report_removed(self.holder, self.run, self.platform, self.account)

    # Sending --------------------------------------------------------------------------------------------------------

    def _send_all(self, action: Action, levels: list[Level] | None = None) -> None:
        """Send every open switch or removal of these levels until none is left."""
        while True:
            rows = [r for r in ledger.open_steps(self.run.pk, action) if levels is None or r.level in levels]
            if not rows:
                return
            unanswered = [row for row in rows if row.state == State.SENDING]
            if unanswered:
                self._resolve_unanswered(unanswered, action)
                continue
            self._send(rows, action)

    def _resolve_unanswered(self, rows: list[PublishStep], action: Action) -> None:
        self._wait(
            lookup.seconds_until_clear(rows, self.platform.settle_seconds),
            f"{self.platform.label} did not answer. Reading what it did.",
        )
        if action == Action.REMOVE:
            # Removing twice is harmless: what is gone already answers so.
            ledger.plan_again(self.holder, [row.contract for row in rows])
        else:
            self._asking(lambda: lookup.resolve_switches(self.holder, self.platform, self.account, rows))

    def _send(self, rows: list[PublishStep], action: Action) -> None:
        """Send one wave of calls and draw the consequences of its errors."""
        if time.monotonic() - self.began > clocks.TASK_BUDGET:
            raise HandOn
        _believe_last_errors(rows)
        known = ledger.ids(self.run.pk)
        steps = [row.contract_with(known) for row in rows]
        calls = self.platform.calls(steps, known, self.account)
        if not calls:
            raise RuntimeError(f"run {self.run.pk}: no call is possible for {[step.key for step in steps]}")
        sender = Sender(self.holder, self.platform, self.account, self.files, self.journal)
        wave = sender.send(calls, {step.key: step for step in steps}, action)
        self._draw_consequences(wave)

    def _draw_consequences(self, wave: Wave) -> None:
        if wave.was_cancelled:
            raise Cancelled
        refused = wave.worst(ErrorKind.INVALID, ErrorKind.PERMISSION, ErrorKind.GONE)
        if refused is not None:
            raise refused
        if wave.worst(ErrorKind.AUTH) is not None:
            self._reconnect()
        limited = wave.worst(ErrorKind.RATE_LIMITED)
        if limited is not None:
            self._wait(limited.retry_after or 60.0, f"{self.platform.label} asks us to slow down.", limited)
        transient = wave.worst(ErrorKind.TRANSIENT)
        if transient is not None and not wave.done:
            self._back_off(transient)
        self._wait(clocks.courtesy(wave.usage), f"{self.platform.label} is nearly at its limit of calls for this hour.")

    # Waiting and asking ---------------------------------------------------------------------------------------------

    def _wait(self, seconds: float, why: str, error: PlatformError | None = None) -> None:
        """Wait a moment in place; a longer wait parks the run, so that no worker sleeps."""
        if seconds <= 0:
            return
        if seconds > clocks.SHORT_WAIT:
            raise Park(seconds, why, error)
        time.sleep(seconds)
        self.holder.renew()

    def _back_off(self, error: PlatformError) -> None:
        setbacks = ledger.note_setback(self.holder)
        if setbacks > clocks.MAX_SETBACKS:
            raise error
        self._wait(clocks.back_off(setbacks), error.message, None)

    def _asking(self, question: Callable[[], T]) -> T:
        """Ask the platform something that only reads. A refused token is renewed once; no answer parks the run."""
        try:
            return question()
        except PlatformError as error:
            if error.kind == ErrorKind.AUTH:
                self._reconnect()
                return question()
            if error.kind == ErrorKind.RATE_LIMITED:
                raise Park(error.retry_after or 60.0, f"{self.platform.label} asks us to slow down.", error) from error
            if error.retry_helps:
                raise Park(clocks.back_off(self.run.setbacks + 1), error.message, error) from error
            raise

    def _connect(self) -> Platform:
        try:
            return connections.platform_for(self.draft.platform, self.journal.record)
        except PlatformError as error:
            if error.retry_helps:
                raise Park(clocks.back_off(self.run.setbacks + 1), error.message, error) from error
            raise

    def _reconnect(self) -> None:
        """Go on with other tokens than the refused ones; PlatformError of kind auth when a person must reconnect."""
        used = self.platform.tokens
        connections.refresh_after_refusal(self.draft.platform, used.access_token if used else "")
        self.platform = self._connect()
