"""Finds out what a call did that was never answered: wait the settle time, look, then adopt or send again."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from campaigns.models import PublishStep
from campaigns.publishing import ledger
from campaigns.publishing.crashpoints import crashpoint
from campaigns.publishing.ledger import Claim
from integrations.contracts import Account, Action, Level, Platform, Step

log = logging.getLogger(__name__)
State = PublishStep.State


def seconds_until_clear(rows: Sequence[PublishStep], settle_seconds: float) -> float:
    """Return how long to wait until all of these may be looked up.

    A platform that was silent until the deadline was perhaps still at work: the settle time counts from when we gave up.
    """
    return max((ledger.settle_until(_last_heard_of(row), settle_seconds) for row in rows), default=0.0)


def _last_heard_of(row: PublishStep) -> datetime | None:
    return row.sent_at and row.sent_at + timedelta(milliseconds=row.took_ms or 0)


def seconds_until_clear_since_done(rows: Sequence[PublishStep], settle_seconds: float) -> float:
    """Return how long a platform may still need to show these objects, which it said it made."""
    return max((ledger.settle_until(row.done_at, settle_seconds) for row in rows), default=0.0)


def resolve_creations(
    holder: Claim, platform: Platform, account: Account, rows: Sequence[PublishStep]
) -> dict[str, list[str]]:
    """Adopt the objects that exist as planned, plan the others again, and return surplus objects by key.

    Goes from parents to children, because a child is found through its parent: where the parent does not exist, neither
    can the child. Raises PlatformError when the platform does not answer: that is no answer, so nothing changes.
    """
    surplus: dict[str, list[str]] = {}
    missing: list[Step] = []
    open_rows = [row.contract for row in rows]
    while open_rows:
        known = ledger.ids(holder.run_id)
        ready = [step for step in open_rows if all(need in known for need in step.needs)]
        if not ready:
            missing += open_rows
            break
        holder.renew()
        found = platform.find(ready, known, account)
        misfits = _misfits(platform, account, ready, found, known)
        crashpoint("looked_up")
        for step in ready:
            candidates = found.get(step.key, [])
            fitting = [external_id for external_id in candidates if external_id not in misfits]
            if fitting:
                ledger.adopt(holder, step, fitting[0])
            else:
                missing.append(step)
            if others := [external_id for external_id in candidates if external_id not in fitting[:1]]:
                log.warning("run %s: %s exists %s times", holder.run_id, step.key, len(candidates))
                surplus[step.key] = others
        resolved = {step.key for step in ready}
        open_rows = [step for step in open_rows if step.key not in resolved]
    sent = {row.key for row in rows if row.state == State.SENDING}
    ledger.plan_again(holder, [step for step in missing if step.key in sent])
    return surplus


def _misfits(
    platform: Platform,
    account: Account,
    steps: Sequence[Step],
    found: Mapping[str, list[str]],
    known: Mapping[str, str],
) -> set[str]:
    """Return the ids of ads that are not what was planned: of two calls that were both carried out in part, one may have
    made the creative that we know, and the other an ad with a creative of its own.
    """
    misfits: set[str] = set()
    rest = {step.key: list(found[step.key]) for step in steps if step.level == Level.AD and found.get(step.key)}
    while rest:
        ids = {key: candidates.pop(0) for key, candidates in rest.items()}
        asked = [step for step in steps if step.key in ids]
        nodes = platform.read(ids, asked, account)
        shown = [step for step in asked if step.key in nodes]
        if shown:
            wrong = platform.differences(shown, {**known, **ids}, nodes, account)
            misfits |= {ids[one.key] for one in wrong if one.key in ids}
        rest = {key: candidates for key, candidates in rest.items() if candidates}
    return misfits


def resolve_switches(holder: Claim, platform: Platform, account: Account, rows: Sequence[PublishStep]) -> None:
    """Read whether unanswered switches took effect: done if so, else planned again."""
    steps = [row.contract for row in rows]
    known = ledger.ids(holder.run_id) | {step.key: step.external_id for step in steps if step.external_id}
    holder.renew()
    for action in (Action.SWITCH_ON, Action.SWITCH_OFF, Action.END):
        asked = [step for step in steps if step.action == action]
        campaigns = [step for step in asked if step.level == Level.CAMPAIGN]
        others = [step for step in asked if step.level != Level.CAMPAIGN]
        on = _switched_on(platform, account, campaigns, others, known)
        took = [step for step in asked if on.get(step.key) is (action == Action.SWITCH_ON)]
        for step in took:
            ledger.adopt(holder, step, known[step.key])
        ledger.plan_again(holder, [step for step in asked if step not in took])


def _switched_on(
    platform: Platform, account: Account, campaigns: Sequence[Step], others: Sequence[Step], known: dict[str, str]
) -> dict[str, bool | None]:
    on: dict[str, bool | None] = {step.key: platform.read_status(known[step.key], account).is_on for step in campaigns}
    if others:
        nodes = platform.read({step.key: known[step.key] for step in others}, others, account)
        on |= {key: node.is_on for key, node in nodes.items()}
    return on
