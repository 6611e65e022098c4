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
        self.ends = ends


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
                When(state__in=[RunState.REMOVING, RunState.SUCCEEDED], then=F("state")),
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


def intend(holder: Claim, steps: Sequence[Step], action: str) -> str:
    """Commit that these steps are about to be sent in one call, and return the call's id.

    Raises LostClaim, and Cancelled when a person asked to stop: both before anything left.
    """
    call_id = uuid.uuid4().hex
    with holder.holding() as run:
        if run.cancel_requested_at is not None and run.state != RunState.REMOVING:
            raise Cancelled
        rows = run.steps.filter(action=action, key__in=[step.key for step in steps], state=State.PLANNED)
        count = rows.update(state=State.SENDING, call_id=call_id, sent_at=timezone.now(), attempts=F("attempts") + 1)
        if count != len(steps):
            raise LostClaim(f"run {run.pk}: {count} of {len(steps)} steps were still planned")
    crashpoint("intent_committed")
    return call_id


class Cancelled(Exception):
    """A person asked the run to stop."""


class Park(Exception):
    """Nothing can be done now: give the run back and look again after `seconds`. `error` is what it waits out."""

    def __init__(self, seconds: float, why: str, error: PlatformError | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds
        self.why = why
        self.error = error


def save_outcomes(holder: Claim, call_id: str, outcomes: Mapping[str, Outcome], *, took_ms: int) -> None:
    """Store what each step of a call came to. Ids are kept even if the claim was lost meanwhile: they are facts."""
    try:
        with holder.holding() as run:
            for key, outcome in outcomes.items():
                _save_outcome(run.steps.filter(call_id=call_id, key=key), outcome, took_ms)
            if any(outcome.is_done for outcome in outcomes.values()):
                run.setbacks = 0
                run.save(update_fields=["setbacks"])
    except LostClaim:
        sent = PublishStep.objects.filter(run=holder.run_id, call_id=call_id, state=State.SENDING)
        for key, outcome in outcomes.items():
            if outcome.is_done:
                _save_outcome(sent.filter(key=key), outcome, took_ms)
        raise
    crashpoint("outcome_saved")


def _save_outcome(row: Any, outcome: Outcome, took_ms: int) -> None:
    if outcome.error is None:
        done = {"state": State.DONE, "done_at": timezone.now(), "took_ms": took_ms}
        cleared = {"error_kind": "", "error_code": "", "error_message": "", "error_path": ""}
        # A switch answers without an id: what the row knows stays.
        row.update(**done, **cleared, **({"external_id": outcome.external_id} if outcome.external_id else {}))
        return
    error = outcome.error
    row.update(state=_state_after(error), took_ms=took_ms, **error_columns(error))


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
