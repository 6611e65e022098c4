"""What the queue calls. It is a doorbell: tasks carry ids only, and the ledger knows what is to be done."""

from __future__ import annotations

from campaigns import deadlines
from campaigns.publishing import runner, sweeper


def run_publish(run_id: int) -> None:
    """Work on a publish run, if it is due and free."""
    runner.work(run_id)


def sweep() -> None:
    """Ring for runs that nobody works on; the fallback for the supervisor's own ring."""
    sweeper.ring()


def remind() -> int:
    """Remind whom submitted drafts wait for whose day has come; return of how many drafts."""
    return deadlines.remind()
