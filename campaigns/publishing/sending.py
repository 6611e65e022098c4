"""Makes the calls of one wave: intents first, a few at once, outcomes stored as soon as they are known.

Threads only do HTTP. Everything in the database is written here, by the worker that holds the claim.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import IO

from django.conf import settings
from django.core.files.storage import default_storage

from campaigns.publishing import ledger
from campaigns.publishing.crashpoints import crashpoint
from campaigns.publishing.ledger import Answered, Claim
from integrations.contracts import Account, Call, Outcome, Platform, Step
from integrations.errors import ErrorKind, PlatformError
from integrations.http import Exchange
from integrations.models import ApiCall
from integrations.recording import call_row

Sent = Future[tuple[dict[str, Outcome], int]]
#: The call a thread is making, so that its exchanges can be filed under it.
_call_id: ContextVar[str] = ContextVar("call_id", default="")


class Journal:
    """Collects exchanges from any thread, and stores them as ApiCall rows when the claim-holder says so."""

    def __init__(self, platform: str, reference: str) -> None:
        self._platform = platform
        self._reference = reference
        self._pending: deque[tuple[str, Exchange]] = deque()

    def record(self, exchange: Exchange) -> None:
        self._pending.append((_call_id.get(), exchange))

    def store(self) -> None:
        rows = []
        while self._pending:
            call_id, exchange = self._pending.popleft()
            rows.append(call_row(exchange, self._platform, run=self._reference, call_id=call_id))
        ApiCall.objects.bulk_create(rows)


@dataclass
class Wave:
    """What came of the calls of one wave: the errors by step, and whether a person asked to stop."""

    errors: dict[str, PlatformError] = field(default_factory=dict)
    was_cancelled: bool = False
    done: int = 0
    usage: float = 0.0

    def worst(self, *kinds: ErrorKind) -> PlatformError | None:
        return next((error for error in self.errors.values() if error.kind in kinds), None)


@dataclass
class Sender:
    """Sends calls for one claim."""

    holder: Claim
    platform: Platform
    account: Account
    files: Mapping[str, str]
    journal: Journal

    def send(self, calls: Sequence[Call], steps: Mapping[str, Step], action: str) -> Wave:
        """Send the calls, at most `parallel_calls` at once; stop starting new ones at the first refusal or cancel."""
        wave = Wave()
        waiting = deque(calls)
        with ThreadPoolExecutor(self.platform.parallel_calls) as pool:
            running: dict[Sent, str] = {}
            while running or (waiting and not _must_stop(wave)):
                room = 0 if _must_stop(wave) else self.platform.parallel_calls - len(running)
                fitting = [waiting.popleft() for _ in range(min(room, len(waiting)))]
                for call, call_id in self._intended(fitting, steps, action, wave):
                    running[self._start(pool, call, call_id)] = call_id
                self._collect(running, wave)
        self.journal.store()
        return wave

    def _intended(
        self, calls: Sequence[Call], steps: Mapping[str, Step], action: str, wave: Wave
    ) -> Iterable[tuple[Call, str]]:
        """Write down together what leaves together, in one commit; return the calls with their ids."""
        if not calls:
            return []
        try:
            call_ids = ledger.intend(self.holder, [[steps[key] for key in call.keys] for call in calls], action)
        except ledger.Cancelled:
            wave.was_cancelled = True
            return []
        return zip(calls, call_ids, strict=True)

    def _start(self, pool: ThreadPoolExecutor, call: Call, call_id: str) -> Sent:
        context = copy_context()
        context.run(_call_id.set, call_id)
        return pool.submit(context.run, self._make, call)

    def _make(self, call: Call) -> tuple[dict[str, Outcome], int]:
        """Runs in a thread. A process that was frozen past its lease must not send: another may have sent since."""
        if self.holder.seconds_left <= 0:
            lost = PlatformError(ErrorKind.TRANSIENT, "LEASE_LOST", "The worker lost its claim before sending.")
            return dict.fromkeys(call.keys, Outcome(error=lost)), 0
        crashpoint("before_send")
        started = time.monotonic()
        outcomes = self.platform.send(call, self.account, self._open)
        return outcomes, round((time.monotonic() - started) * 1000)

    def _collect(self, running: dict[Sent, str], wave: Wave) -> None:
        if not running:
            return
        finished, _ = wait(running, timeout=settings.PUBLISH_RENEW_SECONDS, return_when=FIRST_COMPLETED)
        answered = []
        for future in finished:
            answered.append(Answered(running.pop(future), *future.result()))
            crashpoint("answer_received")
        ledger.save_outcomes(self.holder, answered)
        for call in answered:
            outcomes = call.outcomes
            wave.errors.update({key: o.error for key, o in outcomes.items() if o.error is not None})
            wave.done += len(call.done)
            wave.usage = max([wave.usage, *(o.usage or 0.0 for o in outcomes.values())])
        self.holder.keep()

    def _open(self, sha256: str) -> IO[bytes]:
        return default_storage.open(self.files[sha256], "rb")


def _must_stop(wave: Wave) -> bool:
    return wave.was_cancelled or any(error.kind != ErrorKind.TRANSIENT for error in wave.errors.values())
