"""Accidents of processes and of people: kills, freezes, databases that go away, buttons pressed twenty times."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, connection, connections

from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun
from stratum.models import Heartbeat
from stratum.ui import Refusal
from tests.faults import cast, processes
from tests.faults.invariants import Verdict
from tests.faults.places import META
from tests.faults.stage import ROOT, await_that
from tests.people import person

if TYPE_CHECKING:
    from tests.faults.play import Play

State = PublishRun.State
Act = Callable[["Play"], None]
SLOW = {"effect": "delay", "value": 1.0}


def await_ready(play: Play) -> None:
    """Wait until the publish queue is complete and has worked once."""
    processes.await_pool(play.serve)
    await_that(lambda: Heartbeat.objects.exists(), seconds=30, what="no sign of life from the queues")


def slow_publish(play: Play) -> tuple[CampaignDraft, PublishRun]:
    """Start a publication and return when one of its calls is under way at the sandbox."""
    draft = cast.approved(play.account)
    play.sandbox.fault("delay", META.kinds["campaign"], value=1.0)
    run = cast.publish(draft)
    await_that(
        lambda: run.steps.filter(state="sending", level="campaign").exists(), seconds=20, what="no call was under way"
    )
    return draft, run


def must_succeed(play: Play, name: str, draft: CampaignDraft, run: PublishRun) -> None:
    run = play.settled(run)
    play.judge(name, draft, run)
    if run.state != State.SUCCEEDED:
        play.score.add(name, Verdict(stuck=[f"ended as {run.state}: {run.error_code} {run.error_message}"]))


def kill_part(part: str) -> Act:
    def act(play: Play) -> None:
        draft, run = slow_publish(play)
        pool = processes.await_pool(play.serve)
        for pid in pool[part][:1] if part != "worker" else pool[part]:
            processes.kill(pid)
        must_succeed(play, f"kill {part}", draft, run)
        processes.await_pool(play.serve, seconds=60)

    return act


def kill_idle_worker(play: Play) -> None:
    pool = processes.await_pool(play.serve)
    time.sleep(0.5)
    processes.kill(pool["worker"][0])
    draft = cast.approved(play.account)
    must_succeed(play, "kill idle worker", draft, cast.publish(draft))


def kill_group(play: Play) -> None:
    draft, run = slow_publish(play)
    os.killpg(processes.await_pool(play.serve)["main"][0], signal.SIGKILL)
    must_succeed(play, "kill the whole group", draft, run)


def kill_supervisor(play: Play) -> None:
    draft, run = slow_publish(play)
    play.restart()
    must_succeed(play, "kill the supervisor", draft, run)


def freeze_worker(play: Play) -> None:
    """Stop a worker in the middle of its call until another has taken over, then let it go on."""
    draft, run = slow_publish(play)
    holder = int(PublishRun.objects.get(pk=run.pk).worker.rsplit(":", 1)[1])
    os.kill(holder, signal.SIGSTOP)
    try:
        await_that(
            lambda: PublishRun.objects.get(pk=run.pk).fence > 1,
            seconds=20,
            what="nobody took over from the frozen worker",
        )
    finally:
        os.kill(holder, signal.SIGCONT)
    must_succeed(play, "frozen worker", draft, run)


def two_clusters(play: Play) -> None:
    second = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        drafts = [cast.approved(play.account) for _ in range(4)]
        runs = [cast.publish(draft) for draft in drafts]
        for draft, run in zip(drafts, runs, strict=True):
            must_succeed(play, "two clusters", draft, run)
    finally:
        os.killpg(second.pid, signal.SIGKILL)
        second.wait()


def twenty_clicks(play: Play) -> None:
    draft = cast.approved(play.account)
    paul = person("paul")

    def click(_: int) -> Any:
        try:
            return workflow.publish(draft.pk, by=paul).pk
        except Refusal:
            return None  # the run was over before this click
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        found = {pk for pk in pool.map(click, range(20)) if pk}
    if len(found) != 1 or draft.runs.count() != 1:
        play.score.add("twenty clicks", Verdict(duplicates=[f"twenty clicks made {draft.runs.count()} runs"]))
    must_succeed(play, "twenty clicks", draft, draft.runs.get())


def publish_against_revise(play: Play) -> None:
    draft = cast.approved(play.account)
    barrier = threading.Barrier(2)

    def job(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        results = list(
            pool.map(
                job,
                [
                    lambda: workflow.publish(draft.pk, by=person("paul")),
                    lambda: workflow.revise(draft.pk, by=person("carl")),
                ],
            )
        )
    refused = [result for result in results if isinstance(result, Refusal)]
    if len(refused) != 1:
        play.score.add("publish against revise", Verdict(other=[f"{len(refused)} of two were refused"]))
    run = draft.runs.first()
    if run is not None:
        must_succeed(play, "publish against revise", draft, run)


def cancel_during(kind: str) -> Act:
    def act(play: Play) -> None:
        draft = cast.approved(play.account)
        play.sandbox.fault("delay", META.kinds[kind], value=0.7)
        run = cast.publish(draft)
        await_that(lambda: run.steps.filter(state="sending").exists(), seconds=20, what="no call was under way")
        workflow.cancel(draft.pk, by=person("paul"))
        run = play.settled(run)
        play.judge(f"cancel during {kind}", draft, run)
        if run.state != State.FAILED or run.error_code != "CANCELLED":
            play.score.add("cancel", Verdict(other=[f"cancelled, and ended as {run.state} {run.error_code}"]))
            return
        play.finish_by_hand(f"cancel during {kind}", draft, run)

    return act


def revise_after_failure(play: Play) -> None:
    """A failed campaign is revised: everything it made goes, whatever dies meanwhile."""
    draft = cast.approved(play.account)
    play.sandbox.fault("error_body", META.kinds["ad"], value=META.refusal)
    run = play.settled(cast.publish(draft))
    workflow.revise(draft.pk, by=person("carl"))
    play.crash_file.write_text("removal_saved 1")
    run = play.settled(run)
    play.judge("revise after failure", draft, run)
    if run.state != State.REMOVED:
        play.score.add(
            "revise after failure", Verdict(stuck=[f"the removal ended as {run.state}: {run.error_message}"])
        )


def changed_secret_key(play: Play) -> None:
    """Tasks that were queued under another SECRET_KEY are lost to the queue; the ring heals it."""
    play.serve.stop()
    draft = cast.approved(play.account)
    former = os.environ["SECRET_KEY"]
    os.environ["SECRET_KEY"] = former[::-1]
    try:
        run = cast.publish(draft)
        play.restart()
        must_succeed(play, "changed SECRET_KEY", draft, run)
    finally:
        os.environ["SECRET_KEY"] = former
        play.serve.stop()
        play.restart()


def waiting_runs_block_nobody(play: Play) -> None:
    """While runs wait for a rate limit, another publishes at once."""
    drafts = [cast.approved(play.account, ad_sets=1, ads=1) for _ in range(21)]
    play.sandbox.fault("rate_limit", META.kinds["media"], value=30, times=20)
    runs = [cast.publish(draft) for draft in drafts[:20]]
    await_that(
        lambda: PublishRun.objects.filter(pk__in=[r.pk for r in runs], state=State.WAITING).count() == 20,
        seconds=60,
        what="the twenty do not wait",
    )
    started = time.monotonic()
    must_succeed(play, "the 21st", drafts[20], cast.publish(drafts[20]))
    took = time.monotonic() - started
    print(f"     the 21st took {took:.1f} s while 20 waited", flush=True)
    if took > 10:
        play.score.add("the 21st", Verdict(stuck=[f"it took {took:.0f} s beside 20 waiting runs"]))
    PublishRun.objects.filter(pk__in=[run.pk for run in runs]).update(due_at=runs[0].created_at, rung_at=None)
    for draft, run in zip(drafts[:20], runs, strict=True):
        must_succeed(play, "the twenty", draft, run)


def stop_everything(play: Play) -> None:
    """Thirty live campaigns on one account are paused and read back in one action."""
    play.serve.stop()
    play.restart()
    drafts = [cast.approved(play.account, ad_sets=1, ads=1) for _ in range(30)]
    for run in [cast.publish(draft) for draft in drafts]:
        play.settled(run)
    started = time.monotonic()
    for run in workflow.stop_account(play.account.pk, by=person("paul")):
        play.settled(run)
    took = time.monotonic() - started
    on = [o for o in play.sandbox.look("objects", platform="meta", kind="campaign") if o["status"] == "ACTIVE"]
    print(f"     everything on the account was off and read back after {took:.1f} s", flush=True)
    if on:
        play.score.add("stop everything", Verdict(other=[f"{len(on)} campaigns are still on"]))


def blocked_writer(play: Play) -> None:
    """Somebody holds SQLite's write lock for a while in mid-publish."""
    draft, run = slow_publish(play)
    blocker = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    time.sleep(10)
    blocker.execute("ROLLBACK")
    blocker.close()
    must_succeed(play, "blocked writer", draft, run)


def restarted_database(play: Play) -> None:
    """PostgreSQL crashes in mid-publish: one killed backend makes it end every connection and recover."""
    draft, run = slow_publish(play)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    witness = connection.copy()
    witness.ensure_connection()
    processes.kill(backend)
    # Only then every connection ends: what is answered before it does says nothing.
    await_that(lambda: not witness.is_usable(), seconds=30, what="the database did not crash")
    witness.close()
    connections.close_all()
    await_that(_database_answers, seconds=30, what="the database did not come back")
    must_succeed(play, "restarted database", draft, run)


def _database_answers() -> bool:
    try:
        return PublishRun.objects.exists()
    except DatabaseError:
        connections.close_all()
        return False


def acts(*, short: bool) -> list[tuple[str, Act]]:
    found: list[tuple[str, Act]] = [
        ("kill idle worker", kill_idle_worker),
        ("kill the whole group", kill_group),
        ("twenty clicks", twenty_clicks),
        ("revise after failure, and a death", revise_after_failure),
        ("cancel during ad set", cancel_during("ad set")),
    ]
    if short:
        return found
    found += [
        *((f"kill {part}", kill_part(part)) for part in ("worker", "monitor", "pusher", "sentinel", "main")),
        ("kill the supervisor", kill_supervisor),
        ("frozen worker", freeze_worker),
        ("two clusters", two_clusters),
        ("publish against revise", publish_against_revise),
        *((f"cancel during {kind}", cancel_during(kind)) for kind in ("media", "campaign", "creative", "ad")),
        ("changed SECRET_KEY", changed_secret_key),
        ("20 waiting and a 21st", waiting_runs_block_nobody),
        ("stop everything on the account", stop_everything),
        ("blocked writer", blocked_writer)
        if connection.vendor == "sqlite"
        else ("restarted database", restarted_database),
    ]
    return found
