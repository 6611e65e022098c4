"""Claims, leases and the writes of a run.

A worker works on a run only while it holds the claim: it wrote its name and a new fence number into the row, and the
lease has not ended. Every write happens with the run's row locked and the fence compared, so a worker that lost its
claim writes nothing more, with one exception: an external id it received is a fact and is kept.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from campaigns.models import PublishRun, PublishStep
from campaigns.publishing import clocks
from campaigns.publishing.crashpoints import crashpoint
from integrations.contracts import Outcome, Step
from integrations.errors import ErrorKind, PlatformError
from stratum import heartbeats

RunState = PublishRun.State
State = PublishStep.State


class LostClaim(Exception):
    """Another worker holds the run now, or the lease ended: stop at once, write nothing."""


@dataclass
class Claim:
    """The right to work on one run, until `ends` (monotonic seconds) unless renewed."""

    run_id: int
    fence: int
    began_with_lost_claim: bool
    ends: float = field(default=0.0)
    renewed_at: float = field(default_factory=time.monotonic)

    @property
    def seconds_left(self) -> float:
        return self.ends - time.monotonic()

    @contextmanager
    def holding(self) -> Iterator[PublishRun]:
        """Open a transaction with the run's row locked; LostClaim if it is not ours any more."""
        with transaction.atomic():
            run = PublishRun.objects.select_for_update().get(pk=self.run_id)
            if run.fence != self.fence or run.lease_until is None or run.lease_until <= timezone.now():
                raise LostClaim(f"run {self.run_id}")
            yield run

    def renew(self) -> None:
        """Push the lease's end ahead; LostClaim if it has ended already."""
        ends = time.monotonic() + settings.PUBLISH_LEASE_SECONDS
        now = timezone.now()
        held = PublishRun.objects.filter(pk=self.run_id, fence=self.fence, lease_until__gt=now)
        if not held.update(lease_until=now + clocks.lease()):
            raise LostClaim(f"run {self.run_id}")
        self.ends, self.renewed_at = ends, time.monotonic()

    def keep(self) -> None:
        """Renew the lease if that was not done within the last PUBLISH_RENEW_SECONDS."""
        if time.monotonic() - self.renewed_at >= settings.PUBLISH_RENEW_SECONDS:
            self.renew()


def claim(run_id: int) -> Claim | None:
    """Take the run if it is due and nobody holds it; None otherwise. Any number of workers may try."""
    now = timezone.now()
    ends = time.monotonic() + settings.PUBLISH_LEASE_SECONDS
    taken = (
        PublishRun.objects.free_and_due(now)
        .filter(pk=run_id)
        .update(
            lease_until=now + clocks.lease(),
            fence=F("fence") + 1,
            worker=heartbeats.worker_name(),
            # A lease that is still there was never released: its holder died or was frozen.
            lost_claims=Case(When(lease_until=None, then=F("lost_claims")), default=F("lost_claims") + 1),
            started_at=Case(When(started_at=None, then=Value(now)), default=F("started_at")),
            state=Case(
                When(state__in=[RunState.REMOVING, *PublishRun.SEARCHED], then=F("state")),
                default=Value(RunState.RUNNING),
            ),
        )
    )
    if not taken:
        return None
    run = PublishRun.objects.only("fence", "lost_claims", "worker").get(pk=run_id)
    crashpoint("claimed")
    return Claim(run_id, run.fence, run.lost_claims > 0, ends)


def release(holder: Claim, *, seconds: float = 0.0, why: str = "") -> None:
    """Give the run back, to be looked at again after so many seconds; `why` is what the page says meanwhile."""
    crashpoint("before_release")
    with holder.holding() as run:
        run.lease_until = None
        run.worker = ""
        run.due_at = timezone.now() + timedelta(seconds=seconds)
        run.rung_at = None
        run.waiting_why = why
        if run.state == RunState.RUNNING and why:
            run.state = RunState.WAITING
        run.save()


def finish(run: PublishRun, state: PublishRun.State, error: PlatformError | None = None) -> None:
    """Close the run; the caller holds it and makes the draft's transition in the same transaction."""
    run.state = state
    run.lease_until = None
    run.worker = ""
    run.waiting_why = ""
    run.finished_at = timezone.now()
    run.reconcile_at = None
    if error is not None:
        run.error_code, run.error_message, run.error_path = error.code[:60], error.message, error.path[:200]
        run.retry_helps = error.retry_helps
    run.save()


# Steps --------------------------------------------------------------------------------------------------------------


def intend(holder: Claim, calls: Sequence[Sequence[Step]], action: str) -> list[str]:
    """Commit that the steps of each of these calls are about to be sent in it, and return the calls' ids.

    Raises LostClaim, and Cancelled when a person asked to stop: both before anything left.
    """
    call_ids = [uuid.uuid4().hex for _ in calls]
    with holder.holding() as run:
        if run.cancel_requested_at is not None and run.state != RunState.REMOVING:
            raise Cancelled
        for call_id, steps in zip(call_ids, calls, strict=True):
            rows = run.steps.filter(action=action, key__in=[step.key for step in steps], state=State.PLANNED)
            count = rows.update(
                state=State.SENDING, call_id=call_id, sent_at=timezone.now(), attempts=F("attempts") + 1
            )
            if count != len(steps):
                raise LostClaim(f"run {run.pk}: {count} of {len(steps)} steps were still planned")
    crashpoint("intent_committed")
    return call_ids


class Cancelled(Exception):
    """A person asked the run to stop."""


class Park(Exception):
    """Nothing can be done now: give the run back and look again after `seconds`. `error` is what it waits out."""

    def __init__(self, seconds: float, why: str, error: PlatformError | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds
        self.why = why
        self.error = error


@dataclass(frozen=True)
class Answered:
    """What each step of a call came to, and how many milliseconds it took."""

    call_id: str
    outcomes: Mapping[str, Outcome]
    took_ms: int

    @property
    def done(self) -> dict[str, str]:
        """Key → external id of what succeeded; a switch answers without one."""
        return {key: outcome.external_id for key, outcome in self.outcomes.items() if outcome.error is None}


def save_outcomes(holder: Claim, calls: Sequence[Answered]) -> None:
    """Store what calls came to. Ids are kept even if the claim was lost meanwhile: they are facts."""
    if not calls:
        return
    try:
        with holder.holding() as run:
            for call in calls:
                steps = run.steps.filter(call_id=call.call_id)
                _save_done(steps, call)
                for key, outcome in call.outcomes.items():
                    if outcome.error is not None:
                        state = _state_after(outcome.error)
                        columns = error_columns(outcome.error)
                        steps.filter(key=key).update(state=state, took_ms=call.took_ms, **columns)
            if any(call.done for call in calls):
                run.setbacks = 0
                run.save(update_fields=["setbacks"])
    except LostClaim:
        for call in calls:
            _save_done(PublishStep.objects.filter(run=holder.run_id, call_id=call.call_id, state=State.SENDING), call)
        raise
    crashpoint("outcome_saved")


def _save_done(steps: Any, call: Answered) -> None:
    if not call.done:
        return
    ids = [When(key=key, then=Value(external_id)) for key, external_id in call.done.items() if external_id]
    steps.filter(key__in=list(call.done)).update(
        state=State.DONE,
        done_at=timezone.now(),
        took_ms=call.took_ms,
        external_id=Case(*ids, default=F("external_id")) if ids else F("external_id"),
        error_kind="",
        error_code="",
        error_message="",
        error_path="",
    )


def error_columns(error: PlatformError) -> dict[str, str]:
    return {
        "error_kind": error.kind,
        "error_code": error.code[:60],
        "error_message": error.message,
        "error_path": error.path[:200],
    }


def _state_after(error: PlatformError) -> PublishStep.State:
    """An unclear answer leaves the step as sent; a refusal fails it; anything else may simply be sent again."""
    if error.kind == ErrorKind.AMBIGUOUS:
        return State.SENDING
    if error.kind in {ErrorKind.INVALID, ErrorKind.PERMISSION, ErrorKind.GONE}:
        return State.FAILED
    return State.PLANNED


def adopt(holder: Claim, step: Step, external_id: str) -> None:
    """Take an object that was found at the platform as the step's own."""
    with holder.holding() as run:
        run.steps.filter(key=step.key, action=step.action).update(
            state=State.DONE,
            external_id=external_id,
            done_at=timezone.now(),
            was_adopted=True,
            error_kind="",
            error_code="",
            error_message="",
        )
    crashpoint("adopted")


def plan_again(holder: Claim, steps: Sequence[Step]) -> None:
    """The platform knows nothing of these steps: they may be sent again."""
    if not steps:
        return
    with holder.holding() as run:
        run.steps.filter(action=steps[0].action, key__in=[s.key for s in steps], state=State.SENDING).update(
            state=State.PLANNED
        )


def note_setback(holder: Claim) -> int:
    """Count one more wait without progress and return how many there were in a row."""
    with holder.holding() as run:
        run.setbacks += 1
        run.save(update_fields=["setbacks"])
        return run.setbacks


def ids(run_id: int) -> dict[str, str]:
    """Return the external ids of everything the run has made, by key."""
    rows = PublishStep.objects.filter(run=run_id).creations().done()
    return dict(rows.values_list("key", "external_id"))


def open_steps(run_id: int, action: str) -> list[PublishStep]:
    """Return the steps of an action that are not finished, in order."""
    return list(PublishStep.objects.filter(run=run_id, action=action).unfinished())


def settle_until(sent_at: datetime | None, settle_seconds: float) -> float:
    """Return how many seconds are left until "not found" may be believed of something sent then."""
    if sent_at is None:
        return 0.0
    return (sent_at + clocks.settle(settle_seconds) - timezone.now()).total_seconds()
