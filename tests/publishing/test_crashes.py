"""A worker may die at any named place, any number of times: the run ends as the approved campaign, made once."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun
from campaigns.publishing import crashpoints, ledger, lookup, runner
from integrations.contracts import Action
from integrations.errors import ErrorKind
from tests.publishing.conftest import work_until_settled
from tests.publishing.imaginary import lost_answer, refused

ROOM = Path(crashpoints.__file__).parent
MODULES = ("ending", "ledger", "lookup", "runner", "sending", "sweeper")
#: Points in a publication without trouble, with how often each is passed at most worth a kill.
ON_THE_WAY = {
    "claimed": 1,
    "intent_committed": 5,  # once for all calls that leave together
    "before_send": 16,
    "answer_received": 16,
    "outcome_saved": 5,
    "read_back": 1,
    "children_switched": 1,
    "campaign_switched": 1,
    "before_finish": 1,
    "finished": 1,
}


class Killed(BaseException):
    """What a kill -9 looks like from inside a test."""


@pytest.fixture
def kill_at(monkeypatch):
    """Return a function that makes the worker die at the n-th pass of a named place, once."""

    def arm(place: str, nth: int) -> Counter[str]:
        passes: Counter[str] = Counter()

        def crashpoint(name: str) -> None:
            passes[name] += 1
            if name == place and passes[name] == nth:
                raise Killed

        for module in MODULES:
            if hasattr(__import__(f"campaigns.publishing.{module}", fromlist=["x"]), "crashpoint"):
                monkeypatch.setattr(f"campaigns.publishing.{module}.crashpoint", crashpoint)
        return passes

    return arm


def work_through_deaths(run: PublishRun) -> PublishRun:
    for _ in range(30):
        try:
            return work_until_settled(run)
        except Killed:
            continue
    raise AssertionError("the run never settled")


def test_every_place_in_the_code_is_listed_and_every_listed_place_is_in_the_code():
    used = {name for path in ROOM.glob("*.py") for name in re.findall(r'crashpoint\("(\w+)"\)', path.read_text())}

    assert used == set(crashpoints.POINTS)


@pytest.mark.parametrize(
    ("place", "nth"), [(p, n) for p, most in ON_THE_WAY.items() for n in {1, most // 2, most} if n]
)
def test_a_death_on_the_way_changes_nothing(world, draft, run, kill_at, place, nth):
    passes = kill_at(place, nth)

    run = work_through_deaths(run)

    assert passes[place] >= nth, "the worker never came by"
    assert run.state == PublishRun.State.SUCCEEDED
    assert world.duplicates == 0
    assert CampaignDraft.objects.get(pk=draft.pk).status == CampaignDraft.Status.PUBLISHED


@pytest.mark.parametrize("place", ["looked_up", "adopted"])
def test_a_death_while_looking_up_changes_nothing(world, draft, run, kill_at, place):
    world.faults[Action.CREATE, "c"] = [lost_answer]
    passes = kill_at(place, 1)

    assert work_through_deaths(run).state == PublishRun.State.SUCCEEDED
    assert passes[place]
    assert world.duplicates == 0


def test_a_death_while_parking_changes_nothing(world, draft, run, kill_at):
    world.faults[Action.CREATE, "c"] = [refused(ErrorKind.RATE_LIMITED, retry_after=600)]
    passes = kill_at("before_release", 1)

    assert work_through_deaths(run).state == PublishRun.State.SUCCEEDED
    assert passes["before_release"]


@pytest.mark.parametrize("place", ["removal_saved", "before_finish", "intent_committed", "answer_received"])
def test_a_death_while_removing_leaves_nothing_behind(world, draft, run, kill_at, place, carl):
    world.faults[Action.CREATE, "a2"] = [refused(ErrorKind.INVALID)]
    work_until_settled(run)
    workflow.revise(draft.pk, by=carl)
    passes = kill_at(place, 1)

    assert work_through_deaths(run).state == PublishRun.State.REMOVED
    assert passes[place]
    assert not world.keyed("-c")


# Negative controls: without the guard the same death shows. ----------------------------------------------------------


@pytest.mark.parametrize("is_searched", [False, True])
def test_without_looking_up_only_the_search_before_the_read_back_removes_a_second_campaign(
    world, draft, run, monkeypatch, is_searched
):
    world.faults[Action.CREATE, "c"] = [lost_answer]

    def send_again(holder, platform, account, rows):
        ledger.plan_again(holder, [row.contract for row in rows])
        return {}

    monkeypatch.setattr(lookup, "resolve_creations", send_again)
    if not is_searched:
        monkeypatch.setattr(runner.Leader, "_remove_surplus", lambda leader: None)

    work_until_settled(run)

    assert world.duplicates == (0 if is_searched else 1)


def test_a_frozen_worker_that_wakes_after_its_lease_sends_nothing(world, draft, run, monkeypatch):
    holder = ledger.claim(run.pk)
    leader = runner.Leader(holder, run)
    holder.ends = 0.0
    PublishRun.objects.filter(pk=run.pk).update(fence=99)

    with pytest.raises(ledger.LostClaim):
        leader.lead()
    assert world.writes == []
