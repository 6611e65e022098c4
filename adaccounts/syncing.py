"""Reads a platform's ad accounts and keeps ours equal to them.

One sync per platform is open at a time. Reading happens outside any transaction and changes nothing; only a complete
reading is compared and written, all in one transaction, and only while the run is still the open one. A failed, partial
or given-up sync therefore leaves every account as it was. Assets of enabled accounts follow, see assets.py.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from adaccounts import assets, comparing
from adaccounts.models import SyncRun
from integrations import connections, platforms
from integrations.contracts import Account, Platform
from integrations.errors import PlatformError
from integrations.http import Exchange, Record
from stratum.models import User
from stratum.ui import Refusal

#: A sync that shows no sign of life for so long is given up. Each answer of the platform is one; a read may take 20 s.
SILENT_AFTER = timedelta(minutes=2)
#: So long may a sync wait for the queue.
WAITING_AFTER = timedelta(minutes=5)
SECONDS_BETWEEN_COUNTS = 0.5
#: What is left of the request's time for writing what was read.
WRITING_SECONDS = 1.0

State = SyncRun.State


def sync(slug: str, by: User | None = None) -> SyncRun:
    """Sync the platform's accounts to the end and return the run, complete or failed.

    Raises Refusal PLATFORM_NOT_CONNECTED, TOKEN_EXPIRED, or SYNC_RUNNING while another one is open.
    """
    return _carry_out(begin(slug, by), None)


def sync_in_request(slug: str, by: User) -> SyncRun:
    """Sync for SYNC_IN_REQUEST_SECONDS at most; what takes longer goes to the queue, and the run returned is open.

    Raises what sync() raises.
    """
    ends = time.monotonic() + settings.SYNC_IN_REQUEST_SECONDS
    return _carry_out(begin(slug, by), ends)


def begin(slug: str, by: User | None) -> SyncRun:
    """Open a run; Refusal when the platform is not connected or a sync of it is open."""
    connections.require(slug)
    give_up_silent(slug)
    try:
        with transaction.atomic():
            return SyncRun.objects.create(platform=slug, started_by=by)
    except IntegrityError as error:
        label = platforms.label(slug)
        raise Refusal("SYNC_RUNNING", f"The ad accounts of {label} are being synced already.") from error


def carry_on(run_id: int) -> SyncRun | None:
    """Carry out a run that waits in the queue; None if it waits no longer."""
    waiting = SyncRun.objects.filter(pk=run_id, state=State.QUEUED)
    if not waiting.update(state=State.RUNNING, beat_at=timezone.now(), seen=0):
        return None
    return _carry_out(SyncRun.objects.get(pk=run_id), None)


def give_up_silent(slug: str) -> None:
    """Fail the platform's open run if it has been silent for too long."""
    now = timezone.now()
    silent = Q(state=State.RUNNING, beat_at__lt=now - SILENT_AFTER)
    forgotten = Q(state=State.QUEUED, beat_at__lt=now - WAITING_AFTER)
    _fail(
        SyncRun.objects.filter(silent | forgotten, platform=slug),
        "INTERRUPTED",
        "The sync was interrupted before it was complete. Nothing was changed. Sync again.",
    )


def supersede(slug: str) -> None:
    """Fail the platform's open run, because what it reads with is no longer our connection."""
    message = "The platform was connected anew while this sync ran. Nothing was changed."
    _fail(SyncRun.objects.open().filter(platform=slug), "SUPERSEDED", message)


def latest(slugs: Iterable[str]) -> dict[str, SyncRun]:
    """Return the latest run of each platform that has one, in one query."""
    rows = SyncRun.objects.filter(platform__in=list(slugs)).order_by().values("platform")
    newest = rows.annotate(newest=Max("pk")).values("newest")
    return {run.platform: run for run in SyncRun.objects.filter(pk__in=newest).select_related("started_by")}


# Carrying out -------------------------------------------------------------------------------------------------------


def _carry_out(run: SyncRun, ends: float | None) -> SyncRun:
    try:
        found = connections.ask(run.platform, _recorder(run), lambda platform: _read_all(platform, run, ends))
    except PlatformError as error:
        if ends is not None and (error.code == "OUT_OF_TIME" or time.monotonic() > ends - WRITING_SECONDS):
            return _hand_over(run)
        _fail(SyncRun.objects.open().filter(pk=run.pk), connections.refusal(error).code, error.message)
        return SyncRun.objects.get(pk=run.pk)
    except Exception:
        message = "The sync stopped because of a fault of ours. Nothing was changed; the log has the details."
        _fail(SyncRun.objects.open().filter(pk=run.pk), "INTERNAL_ERROR", message)
        raise
    run = _write(run, found)
    if run.state == State.COMPLETE:
        assets.refresh_enabled(run.platform, before=run.started_at, ends=ends)
    return run


def _read_all(platform: Platform, run: SyncRun, ends: float | None) -> dict[str, Account]:
    if ends is not None:
        platform.http.end_by(ends - WRITING_SECONDS)
    found: dict[str, Account] = {}
    counted_at = time.monotonic()
    for account in platform.list_accounts():
        # Pages shift while they are read: the same account may come twice, and the last word counts.
        found[account.external_id] = account
        if time.monotonic() - counted_at > SECONDS_BETWEEN_COUNTS:
            counted_at = time.monotonic()
            SyncRun.objects.open().filter(pk=run.pk).update(seen=len(found), beat_at=timezone.now())
    return found


def _recorder(run: SyncRun) -> Record:
    store = connections.record_exchange(run.platform)

    def record(exchange: Exchange) -> None:
        store(exchange)
        SyncRun.objects.open().filter(pk=run.pk).update(beat_at=timezone.now())

    return record


def _hand_over(run: SyncRun) -> SyncRun:
    with transaction.atomic():
        rows = SyncRun.objects.filter(pk=run.pk, state=State.RUNNING)
        if rows.update(state=State.QUEUED, beat_at=timezone.now()):
            async_task("adaccounts.tasks.carry_on_sync", run.pk, cluster="default")
    return SyncRun.objects.get(pk=run.pk)


def _write(run: SyncRun, found: dict[str, Account]) -> SyncRun:
    with transaction.atomic():
        # The lock keeps a second run from taking over between this look and the commit.
        still_ours = SyncRun.objects.select_for_update().filter(pk=run.pk, state=State.RUNNING)
        if still_ours.first() is not None:
            counts = comparing.write(run.platform, found, by=run.started_by)
            now = timezone.now()
            SyncRun.objects.filter(pk=run.pk).update(
                state=State.COMPLETE, finished_at=now, beat_at=now, seen=len(found), **counts
            )
    return SyncRun.objects.get(pk=run.pk)


def _fail(runs: QuerySet[SyncRun], code: str, message: str) -> None:
    runs.update(state=State.FAILED, finished_at=timezone.now(), error_code=code[:60], error_message=message[:500])
