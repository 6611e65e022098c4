"""Plays scenarios one after another and keeps the score."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from adaccounts.models import AdAccount
from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun
from integrations.models import Connection
from tests.faults import cast, controls, invariants, people_and_processes, promised, scenarios
from tests.faults.invariants import Verdict
from tests.faults.places import PLACES
from tests.faults.scenarios import Scenario, Scene
from tests.faults.stage import Sandbox, Serve, await_that
from tests.people import person

State = PublishRun.State
SETTLE_SECONDS = 60.0
#: A late request begins some time after its run, and takes a moment.
LATE_MARGIN = 1.0


ROWS = ("faults_tried", "runs", "duplicates", "stuck", "live_while_failed", "lost_drafts", "over_cap", "leaks", "other")


@dataclass
class Score:
    """What was tried on which platform, and every sentence that should not be. `counts` goes by platform and row."""

    platform: str = "meta"
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    sentences: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    def count(self, row: str, number: int = 1) -> None:
        self.counts[self.platform, row] += number

    def add(self, name: str, verdict: Verdict) -> None:
        for kind, found in vars(verdict).items():
            self.count(kind, len(found))
            self.sentences += [f"{name}: {sentence}" for sentence in found]

    def table(self) -> str:
        """Return a line for each row: its total, then each platform's share."""
        lines = [f"{'':<20}{'all':>8}" + "".join(f"{slug:>10}" for slug in PLACES)]
        for row in ROWS:
            shares = [self.counts[slug, row] for slug in PLACES]
            numbers = "".join(f"{share:>10}" for share in shares)
            lines.append(f"{row.replace('_', ' '):<20}{sum(shares):>8}{numbers}")
        return "\n".join(lines)


class Play:
    """One evening: a stage, a company, and a list of accidents."""

    def __init__(self, folder: Path, sandbox: Sandbox, serve: Serve) -> None:
        self.folder, self.sandbox, self.serve = folder, sandbox, serve
        self.accounts = {slug: cast.connect(sandbox, slug) for slug in PLACES}
        self.score = Score()
        self.crash_file = folder / "crash"
        self.controls: dict[str, int] = {}
        self.keeps_waiting = False
        self.patience = SETTLE_SECONDS

    @property
    def account(self) -> AdAccount:
        """The account of whatever does not depend on the platform."""
        return self.accounts["meta"]

    # The repertoire ---------------------------------------------------------------------------------------------------

    def all(self, *, short: bool, only: str) -> None:
        people_and_processes.await_ready(self)
        for scenario in scenarios.short() if short else scenarios.full():
            if only in scenario.name:
                self.attempt(scenario.name, partial(self.scenario, scenario), scenario.platform)
        for name, act in people_and_processes.acts(short=short):
            if only in name:
                self.attempt(name, partial(act, self))
        self.say_secrets()
        if not only:
            self.controls = controls.run(self)

    def promised(self) -> None:
        """Play a death of each kind with the product's own clocks."""
        self.keeps_waiting, self.patience = True, 180.0
        promised.play_all(self)

    def soak(self, count: int, seed: int | None) -> None:
        """Publish `count` campaigns, each under one or two accidents drawn by a seeded dice."""
        seed = seed if seed is not None else random.SystemRandom().randrange(1_000_000)
        print(f"soak: seed {seed}, {count} publishes on {connection.vendor}", flush=True)
        dice = random.Random(seed)
        people_and_processes.await_ready(self)
        pool = [s for s in scenarios.full() if s.must_succeed]
        for number in range(count):
            slug = dice.choice(list(PLACES))
            drawn = dice.sample([s for s in pool if s.platform == slug], dice.choice([1, 1, 2]))

            def before(scene: Scene, drawn: list[Scenario] = drawn) -> None:
                for one in drawn:
                    one.before(scene)

            name = f"soak {number}: " + " + ".join(one.name for one in drawn)
            late = max(one.late_seconds for one in drawn)
            drawing = Scenario(name, before, platform=slug, must_strike=False, late_seconds=late)
            self.attempt(name, partial(self.scenario, drawing), slug)
        self.say_secrets()

    def attempt(self, name: str, act: Callable[[], None], slug: str = "meta") -> None:
        started = time.monotonic()
        self.score.platform = slug
        self.score.count("faults_tried")
        before = len(self.score.sentences)
        try:
            act()
        except AssertionError as error:
            self.score.add(name, Verdict(stuck=[str(error)]))
        except (DatabaseError, ObjectDoesNotExist, OSError) as error:  # the rest is played all the same
            self.score.add(name, Verdict(other=[f"{type(error).__name__}: {error}"]))
            connections.close_all()
        finally:
            self.clean_up()
        took = time.monotonic() - started
        self.score.slowest = max(self.score.slowest, (took, name))
        mark = "ok  " if len(self.score.sentences) == before else "FAIL"
        print(f"{mark} {took:5.1f} s  {name}", flush=True)
        for sentence in self.score.sentences[before:]:
            print(f"     !! {sentence}", flush=True)

    # One scenario -----------------------------------------------------------------------------------------------------

    def scenario(self, scenario: Scenario) -> None:
        draft = cast.approved(self.accounts[scenario.platform])
        scene = Scene(self.sandbox, self.crash_file, draft)
        scenario.before(scene)
        run = cast.publish(draft)
        began = time.monotonic()
        run = self.settled(run)
        if scenario.late_seconds:
            time.sleep(max(0.0, began + scenario.late_seconds + LATE_MARGIN - time.monotonic()))
            self.searched(run)
        self.judge(scenario.name, draft, run)
        if scenario.must_strike:
            self.require_struck(scenario.name)
        if run.state == State.SUCCEEDED:
            return
        if scenario.must_succeed:
            sentence = f"ended as {run.state}: {run.error_code} {run.error_message}"
            self.score.add(scenario.name, Verdict(stuck=[sentence]))
            return
        self.clean_up()
        self.finish_by_hand(scenario.name, draft, run)

    def require_struck(self, name: str) -> None:
        """A trap that nobody stepped into proves nothing."""
        missed = self.sandbox.missed_faults() + (["the death"] if self.crash_file.exists() else [])
        self.score.add(name, Verdict(other=[f"{trap} never struck" for trap in missed]))

    def settled(self, run: PublishRun) -> PublishRun:
        """Wait until the workers have brought the run to an end."""
        await_that(
            lambda: self._hurry(run.pk) not in PublishRun.DUE,
            seconds=self.patience,
            what=f"run {run.pk} did not settle: {PublishRun.objects.get(pk=run.pk).state}",
        )
        self.score.count("runs")
        return PublishRun.objects.select_related("draft__account").get(pk=run.pk)

    def searched(self, run: PublishRun) -> None:
        """Wait until the search for surplus, which follows a success that had trouble, is over."""
        await_that(
            lambda: not PublishRun.objects.filter(pk=run.pk, reconcile_at__isnull=False).exists(),
            seconds=SETTLE_SECONDS,
            what=f"run {run.pk} was not searched for surplus",
        )

    def _hurry(self, pk: int) -> str:
        """Return the run's state; a long wait that the platform asked for is taken as over."""
        long = timezone.now() + timedelta(seconds=5)
        if not self.keeps_waiting:
            PublishRun.objects.filter(pk=pk, state=State.WAITING, due_at__gt=long).update(due_at=timezone.now())
        return PublishRun.objects.get(pk=pk).state

    def judge(self, name: str, draft: CampaignDraft, run: PublishRun) -> None:
        fresh = CampaignDraft.objects.select_related("account").get(pk=draft.pk)
        verdict = invariants.check(self.sandbox, fresh, run, draft.content_hash)
        if run.state == State.SUCCEEDED:
            invariants.check_rerun(self.sandbox, run, verdict)
        self.score.add(name, verdict)

    def finish_by_hand(self, name: str, draft: CampaignDraft, run: PublishRun) -> None:
        """What a person does after a failure: look if need be, then press Retry; it must come through now."""
        paul = person("paul")
        if run.state == State.NEEDS_ATTENTION:
            workflow.look_again(draft.pk, by=paul)
            run = self.settled(run)
        if run.state != State.FAILED:
            self.score.add(name, Verdict(stuck=[f"after a look the run is {run.state}: {run.error_message}"]))
            return
        workflow.retry(draft.pk, by=paul)
        run = self.settled(run)
        self.judge(f"{name}, retried", draft, run)
        if run.state != State.SUCCEEDED:
            self.score.add(name, Verdict(stuck=[f"after Retry: {run.state} {run.error_code} {run.error_message}"]))

    def clean_up(self) -> None:
        """Clear every trap, and reconnect if the token did not survive."""
        self.sandbox.clear_faults()
        self.crash_file.unlink(missing_ok=True)
        usable = set(Connection.objects.usable().values_list("platform", flat=True))
        self.accounts |= {slug: cast.connect(self.sandbox, slug) for slug in self.accounts if slug not in usable}
        if self.serve.process.poll() is not None:
            self.restart()

    def clean_faults(self) -> None:
        self.sandbox.clear_faults()

    def restart(self) -> None:
        """Start the supervisor again, as systemd would."""
        if self.serve.process.poll() is None:
            self.serve.process.send_signal(signal.SIGKILL)
            self.serve.process.wait(timeout=10)
        self.serve = Serve(self.folder)
        people_and_processes.await_ready(self)

    def say_secrets(self) -> None:
        leaks = invariants.check_secrets(self.sandbox, self.serve.log)
        self.score.add("search for secrets", Verdict(leaks=leaks))

    # The report -------------------------------------------------------------------------------------------------------

    def report(self, seconds: float) -> int:
        for sentence in self.score.sentences:
            print(f"!! {sentence}")
        print(f"\nfault suite on {connection.vendor}: {seconds:.0f} s; slowest {self.score.slowest[1]}"
              f" ({self.score.slowest[0]:.1f} s)")  # fmt: skip
        print(self.score.table())
        blind = [name for name, count in self.controls.items() if count == 0]
        for name, count in self.controls.items():
            print(f"control: {name:<40}{count:>4} (must not be 0)")
        sys.stdout.flush()
        return 1 if self.score.sentences or blind else 0
