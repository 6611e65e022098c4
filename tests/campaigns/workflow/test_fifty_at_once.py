"""Fifty people approve, publish and take back against one cap, for seconds here and for a minute in `make test-races`."""

from __future__ import annotations

import collections
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import Count, Max

from adaccounts import caps
from adaccounts.models import AdAccount, CapCommitment
from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun
from stratum.models import User
from stratum.ui import Refusal
from tests.factories import make_account, make_draft, make_draft_json, next_summer
from tests.people import person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

SECONDS = float(os.environ.get("RACE_SECONDS", "2"))
PEOPLE = 50
CAP = Decimal(10_000)
AMOUNTS = ["700", "900", "1000", "1300"]


@dataclass
class Race:
    """What fifty threads do for some seconds; `fullest` is the most that was ever seen committed on one day."""

    drafts: list[int]
    ends: float
    people: dict[str, User] = field(default_factory=lambda: {name: person(name) for name in ("carl", "anne", "paul")})
    counts: collections.Counter[str] = field(default_factory=collections.Counter)
    problems: list[Exception] = field(default_factory=list)
    fullest: Decimal = Decimal(0)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        threads = [threading.Thread(target=self._person, args=(number,)) for number in range(PEOPLE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=SECONDS + 60)
        assert not any(thread.is_alive() for thread in threads)
        assert self.problems == []

    def _person(self, number: int) -> None:
        dice = random.Random(number)
        try:
            while time.monotonic() < self.ends:
                self._act(dice)
        except Exception as error:  # noqa: BLE001  (a thread's error is the test's)
            self.problems.append(error)
        finally:
            connection.close()

    def _act(self, dice: random.Random) -> None:
        draft = CampaignDraft.objects.select_related("account").get(pk=dice.choice(self.drafts))
        deed, do = dice.choice(self._deeds(draft))
        try:
            do()
        except Refusal as refusal:
            self.count(f"{deed}: {refusal.code}")
            return
        except OperationalError as error:
            if "lock timeout" not in str(error):
                raise
            self.count(f"{deed}: waited too long")  # fifty people and one row: nothing was done, and it was said
            return
        self.count(deed)
        if deed in {"approve", "publish", "retry"}:
            self.witness()

    def _deeds(self, draft: CampaignDraft) -> list[tuple[str, Callable[[], Any]]]:
        carl, anne, paul = (self.people[name] for name in ("carl", "anne", "paul"))
        seen = draft.content_hash
        publish = ("publish", lambda: workflow.publish(draft.pk, by=paul))
        revise = ("revise", lambda: workflow.revise(draft.pk, by=carl))
        deeds: dict[str, list[tuple[str, Callable[[], Any]]]] = {
            "draft": [("submit", lambda: workflow.submit(draft.pk, by=carl))],
            "submitted": [("approve", lambda: workflow.approve(draft.pk, by=anne, content_hash=seen))],
            "approved": [publish, publish, revise],
            "publishing": [("fail", lambda: fail(draft.pk))],
            "failed": [("retry", lambda: workflow.retry(draft.pk, by=paul)), revise],
        }
        return deeds[str(draft.status)]

    def count(self, what: str) -> None:
        with self.guard:
            self.counts[what] += 1

    def witness(self) -> None:
        """Look, right after something was committed, at what is committed on the fullest day."""
        rows = list(CapCommitment.objects.values_list("from_day", "to_day", "per_day"))
        fullest = max((together(rows, day) for day, _, _ in rows), default=Decimal(0))
        with self.guard:
            self.fullest = max(self.fullest, fullest)


def together(rows: list[tuple[date, date | None, Decimal]], day: date) -> Decimal:
    return sum((amount for first, last, amount in rows if first <= day and (last is None or day <= last)), Decimal(0))


def fail(draft_id: int) -> None:
    """End the publication as the platform's refusal would: nothing was made."""
    with transaction.atomic(), workflow.locked(draft_id) as draft:
        run = draft.runs.open().first()
        if run is not None:
            PublishRun.objects.filter(pk=run.pk).update(state=PublishRun.State.FAILED)
            workflow.run_failed(run, code="REFUSED", message="No.", may_be_live="no")


def held() -> set[tuple[int, int]]:
    """Return the draft and approval of all that should hold money: what is approved, and what is still being removed."""
    approved = CampaignDraft.objects.filter(status__in=["approved", "publishing", "failed"])
    removing = PublishRun.objects.filter(state=PublishRun.State.REMOVING)
    latest = approved.annotate(number=Max("approvals__number")).values_list("pk", "number")
    return {*latest, *removing.values_list("draft_id", "approval__number")}


def race() -> Race:
    account = make_account(daily_cap=str(CAP))
    first, last = next_summer()
    drafts = []
    for number in range(40):
        start = first.replace(day=1 + number % 20)
        schedule = {"start": f"{start}T00:00", "end": f"{last}T23:59"}
        budget = {"amount": AMOUNTS[number % 4], "type": "daily"}
        content = make_draft_json(name=f"Campaign {number}", budget=budget, schedule=schedule)
        drafts.append(make_draft("submitted", account=account, draft_json=content).pk)
    made = Race(drafts, time.monotonic() + SECONDS)
    made.run()
    told = ", ".join(f"{what} {count}" for what, count in sorted(made.counts.items()))
    print(f"\n{SECONDS:g} s, {PEOPLE} people, fullest day {made.fullest} of {CAP}: {told}")
    return made


def test_fifty_people_never_commit_more_than_the_cap():
    made = race()

    assert CAP / 2 < made.fullest <= CAP
    assert made.counts["approve: BUDGET_EXCEEDS_CAP"] > 0
    assert made.counts["publish"] > 0
    assert set(CapCommitment.objects.values_list("draft_id", "approval_number")) == held()
    open_runs = PublishRun.objects.open().values("draft").annotate(count=Count("pk"))
    assert all(row["count"] == 1 for row in open_runs), "a campaign is published twice at the same time"


def test_money_that_is_not_given_back_is_found(monkeypatch):
    monkeypatch.setattr(caps, "release", lambda draft_id, approval_number: None)

    race()
    for draft in CampaignDraft.objects.filter(status="approved"):  # a slow machine may have revised none in its seconds
        workflow.revise(draft.pk, by=person("carl"))

    assert set(CapCommitment.objects.values_list("draft_id", "approval_number")) > held()


def test_without_the_accounts_lock_they_do(monkeypatch):
    monkeypatch.setattr(caps, "lock", lambda account_id: AdAccount.objects.get(pk=account_id))

    assert race().fullest > CAP
