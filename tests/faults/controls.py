"""Negative controls: with a guard taken away, the same checks must find what the guard prevents. Else they are blind."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

from adaccounts import caps
from campaigns.models import PublishRun
from campaigns.publishing import clocks, ledger, lookup, runner
from integrations.models import ApiCall
from stratum import redaction
from tests.faults import cast, invariants
from tests.faults.places import META

if TYPE_CHECKING:
    from tests.faults.play import Play


def run(play: Play) -> dict[str, int]:
    """Run each control in this process, with the supervised workers away; return how much each found."""
    play.serve.stop()
    return {
        "no look-up: duplicates": _duplicates(play, _without_look_up),
        "settle 0 and stale reads: duplicates": _duplicates(play, _without_settling),
        "redaction off: secrets found": _leaks(play),
        "caps unchecked: over the cap": _over_cap(play),
    }


def _work(run: PublishRun) -> PublishRun:
    for _ in range(40):
        PublishRun.objects.filter(pk=run.pk).update(lease_until=None, due_at=run.created_at)
        runner.work(run.pk)
        run = PublishRun.objects.select_related("draft__account").get(pk=run.pk)
        if run.state not in PublishRun.DUE:
            break
    return run


def _duplicates(play: Play, broken) -> int:  # type: ignore[no-untyped-def]
    """The search for surplus is away as well: it would remove what the other guard let through."""
    draft = cast.approved(play.account)
    with broken(play), patch.object(runner.Leader, "_remove_surplus", lambda leader: None):
        run = _work(cast.publish(draft))
    verdict = invariants.check(play.sandbox, run.draft, run, draft.content_hash)
    play.clean_faults()
    return len(verdict.duplicates)


def _without_look_up(play: Play):  # type: ignore[no-untyped-def]
    def send_again(holder, platform, account, rows):  # type: ignore[no-untyped-def]
        ledger.plan_again(holder, [row.contract for row in rows])
        return {}

    play.sandbox.fault("drop_after", META.kinds["campaign"])
    return patch.object(lookup, "resolve_creations", send_again)


def _without_settling(play: Play):  # type: ignore[no-untyped-def]
    play.sandbox.fault("drop_after", META.kinds["campaign"])
    play.sandbox.fault("stale_reads", META.every_read, value=20, times=1)
    return patch.object(clocks, "settle", lambda seconds: clocks.timedelta(0))


def _leaks(play: Play) -> int:
    with patch.object(redaction, "redact", lambda value: value), patch.object(redaction, "redact_text", str):
        from integrations import http

        with patch.object(http, "redact", lambda value: value), patch.object(http, "redact_text", str):
            _work(cast.publish(cast.approved(play.account)))
    found = len(invariants.check_secrets(play.sandbox))
    ApiCall.objects.all().delete()
    return found


def _over_cap(play: Play) -> int:
    draft = cast.approved(play.account)
    with patch.object(caps, "check", lambda *args, **kwargs: []):
        play.account.daily_cap = 1
        play.account.save()
        run = _work(cast.publish(draft))
    run.draft.account.refresh_from_db()
    return len(invariants.check(play.sandbox, run.draft, run, draft.content_hash).over_cap)
