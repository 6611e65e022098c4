"""What a run does, and what it ends as, for everything the platform may answer."""

from __future__ import annotations

import pytest
from django.utils import timezone

from adaccounts.models import CapCommitment
from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun, PublishStep
from campaigns.publishing import clocks, ledger, runner, sweeper
from integrations.contracts import Action, Level, Outcome
from integrations.errors import ErrorKind, PlatformError
from integrations.models import Connection
from stratum.models import Notification
from tests.factories import make_draft, make_draft_json
from tests.publishing.conftest import work_until_settled
from tests.publishing.imaginary import lost_answer, lost_request, refused

Status = CampaignDraft.Status
State = PublishRun.State
CREATE, ON = Action.CREATE, Action.SWITCH_ON

#: One step of each kind: media, campaign, ad set, creative, ad.
CREATIONS = ["c", "s2", "cra1", "a2"]
SWITCHES = ["a2", "s2", "c"]


def fresh(draft: CampaignDraft) -> CampaignDraft:
    return CampaignDraft.objects.select_related("account").get(pk=draft.pk)


def test_the_approved_campaign_is_published_once_and_switched_on_last(world, draft, run):
    run = work_until_settled(run)

    assert run.state == State.SUCCEEDED
    published = fresh(draft)
    campaign = world.keyed("-c")[0]
    assert (published.status, published.platform_campaign_id) == (Status.PUBLISHED, campaign.external_id)
    assert world.duplicates == 0
    actions = [action for action, _ in world.writes]
    assert actions == sorted(actions, key=[CREATE, ON].index)
    switched = [key.rsplit("-", 1)[1] for action, key in world.writes if action == ON]
    assert set(switched[:4]) == {"a1", "a2", "b0", "b1"}
    assert set(switched[4:6]) == {"s1", "s2"}
    assert switched[6:] == ["c"]


def test_a_campaign_that_shall_start_paused_stays_off(world, db, paul):
    draft = make_draft(Status.APPROVED, draft_json=make_draft_json(launch="paused"))

    run = work_until_settled(workflow.publish(draft.pk, by=paul))

    assert run.state == State.SUCCEEDED
    assert not world.can_spend
    assert fresh(draft).delivery == "paused"


@pytest.mark.parametrize("node", CREATIONS)
@pytest.mark.parametrize(
    "fault",
    [
        lost_answer,
        lost_request,
        refused(ErrorKind.TRANSIENT),
        refused(ErrorKind.RATE_LIMITED, retry_after=0.0),
        refused(ErrorKind.RATE_LIMITED, retry_after=600.0),
    ],
    ids=["lost answer", "lost request", "transient", "rate limited", "rate limited for long"],
)
def test_a_creation_that_goes_wrong_once_is_neither_lost_nor_doubled(world, draft, run, node, fault):
    world.faults[CREATE, node] = [fault]

    run = work_until_settled(run)

    assert run.state == State.SUCCEEDED
    assert world.duplicates == 0
    assert len(world.things) == 1 + 1 + 2 + 4 + 4
    assert fresh(draft).status == Status.PUBLISHED


@pytest.mark.parametrize("node", SWITCHES)
@pytest.mark.parametrize("fault", [lost_answer, lost_request, refused(ErrorKind.TRANSIENT)])
def test_a_switch_that_goes_wrong_once_is_read_and_not_guessed(world, draft, run, node, fault):
    world.faults[ON, node] = [fault]

    assert work_until_settled(run).state == State.SUCCEEDED
    assert all(
        thing.is_on for thing in world.things.values() if thing.level in {Level.CAMPAIGN, Level.AD, Level.AD_SET}
    )


@pytest.mark.parametrize("node", CREATIONS)
@pytest.mark.parametrize("kind", [ErrorKind.INVALID, ErrorKind.PERMISSION])
def test_a_refusal_fails_the_run_with_nothing_on_and_retry_goes_on_from_there(world, draft, run, node, kind, paul):
    world.faults[CREATE, node] = [refused(kind, "INVALID_TARGETING", path="ad_sets[s2].targeting.age_min")]

    run = work_until_settled(run)

    assert (run.state, run.error_code) == (State.FAILED, "INVALID_TARGETING")
    failed = fresh(draft)
    assert (failed.status, failed.error_code, failed.may_be_live) == (Status.FAILED, "INVALID_TARGETING", "no")
    assert not world.can_spend
    made = set(world.things)

    again = workflow.retry(draft.pk, by=paul)
    assert again.pk == run.pk
    assert work_until_settled(again).state == State.SUCCEEDED
    assert made <= set(world.things)
    assert world.duplicates == 0


def test_a_step_that_never_comes_through_fails_in_the_end(world, draft, run):
    world.faults[CREATE, "s2"] = [lost_request] * 100

    run = work_until_settled(run)

    assert (run.state, run.error_code) == (State.FAILED, "NO_ANSWER")
    assert world.duplicates == 0


def test_a_platform_that_stays_away_ends_the_run(world, draft, run):
    world.faults[CREATE, "c"] = [refused(ErrorKind.TRANSIENT, "PLATFORM_UNREACHABLE")] * 100

    run = work_until_settled(run)

    assert (run.state, run.error_code) == (State.FAILED, "PLATFORM_UNREACHABLE")
    assert run.retry_helps is True


def test_a_lookup_without_answer_is_no_answer(world, draft, run):
    world.faults[CREATE, "c"] = [lost_answer]
    world.find_errors = [PlatformError(ErrorKind.TRANSIENT, "DOWN", "Down.")] * 2

    assert work_until_settled(run).state == State.SUCCEEDED
    assert world.duplicates == 0


def test_surplus_objects_are_removed_and_the_eldest_is_kept(world, draft, run):
    def twice(work):
        work()
        return lost_answer(work)

    world.faults[CREATE, "c"] = [twice]

    assert work_until_settled(run).state == State.SUCCEEDED
    assert [thing.external_id for thing in world.keyed("-c")] == [fresh(draft).platform_campaign_id]


@pytest.mark.parametrize("is_alone", [True, False])
def test_an_ad_with_somebody_elses_creative_is_not_adopted(world, draft, run, is_alone):
    """Of two calls that were both carried out in part, one may have made an ad with a creative that we do not know."""

    def with_another_creative(work):
        world.things[work()].shows = "another"
        if not is_alone:
            work()
        return lost_answer(lambda: "")

    world.faults[CREATE, "a2"] = [with_another_creative]

    run = work_until_settled(run)

    assert run.state == State.SUCCEEDED
    assert [thing.shows for thing in world.keyed("-a2")] == [world.keyed("-cra2")[0].external_id]
    assert len([key for action, key in world.writes if action == CREATE and key.endswith("-a2")]) == (
        2 if is_alone else 1
    )


def test_cancel_before_the_first_call_sends_nothing(world, draft, run, paul):
    workflow.cancel(draft.pk, by=paul)

    run = work_until_settled(run)

    assert (run.state, run.error_code) == (State.FAILED, "CANCELLED")
    assert world.writes == []


@pytest.mark.parametrize(("action", "node"), [(CREATE, "c"), (CREATE, "s2"), (CREATE, "a2"), (ON, "a2"), (ON, "s2")])
def test_cancel_in_the_middle_stops_before_the_next_call(world, draft, run, paul, action, node):
    pressed = press_cancel_during(world, action, node, run, paul)

    run = work_until_settled(run)

    assert pressed
    assert (run.state, run.error_code) == (State.FAILED, "CANCELLED")
    assert not world.can_spend
    assert work_until_settled(workflow.retry(draft.pk, by=paul)).state == State.SUCCEEDED
    assert world.duplicates == 0


def test_cancel_during_the_last_switch_comes_too_late_and_the_truth_is_told(world, draft, run, paul):
    press_cancel_during(world, ON, "c", run, paul)

    assert work_until_settled(run).state == State.SUCCEEDED
    assert fresh(draft).status == Status.PUBLISHED


def press_cancel_during(world, action, node, run, by) -> list[str]:
    """Have cancel asked for while this step's call is under way. Calls run in threads, so the row is written later."""
    pressed: list[str] = []
    store = ledger.save_outcomes

    def save_and_cancel(holder, calls):
        store(holder, calls)
        if not pressed and world.writes and (action, run.prefix + "-" + node) in world.writes:
            pressed.append(node)
            PublishRun.objects.filter(pk=run.pk).update(cancel_requested_at=timezone.now(), cancel_requested_by=by)

    world.patch(ledger, "save_outcomes", save_and_cancel)
    return pressed


def test_what_differs_from_the_approved_content_is_never_switched_on(world, draft, run):
    def half_the_budget(work):
        external_id = work()
        world.things[external_id].budget = "1"
        return Outcome(external_id)

    world.faults[CREATE, "c"] = [half_the_budget]

    run = work_until_settled(run)

    assert (run.state, run.error_code) == (State.FAILED, "READ_BACK_DIFFERS")
    assert not any(action == ON for action, _ in world.writes)


def test_an_object_that_a_person_deleted_meanwhile_is_made_again_on_retry(world, draft, run, paul):
    def then_deleted(work):
        external_id = work()
        del world.things[external_id]
        return Outcome(external_id)

    world.faults[CREATE, "a2"] = [then_deleted]
    run = work_until_settled(run)
    assert (run.state, run.error_code) == (State.FAILED, "OBJECT_MISSING")

    assert work_until_settled(workflow.retry(draft.pk, by=paul)).state == State.SUCCEEDED
    assert len(world.keyed("-a2")) == 1


def test_a_run_that_kills_its_workers_is_taken_off_the_road(world, draft, run):
    PublishRun.objects.filter(pk=run.pk).update(lost_claims=clocks.POISON_LIMIT + 1)

    run = work_until_settled(run)

    assert run.error_code == "WORKERS_DIED"
    assert run.state == State.FAILED
    assert world.writes == []


def test_when_the_end_cannot_be_read_the_run_needs_attention_and_a_look_settles_it(world, draft, run, paul):
    world.faults[CREATE, "a2"] = [refused(ErrorKind.INVALID)]
    world.read_errors = [PlatformError(ErrorKind.PERMISSION, "NO", "No.")]

    run = work_until_settled(run)

    assert run.state == State.NEEDS_ATTENTION
    assert (fresh(draft).status, fresh(draft).may_be_live) == (Status.FAILED, "no")

    workflow.look_again(draft.pk, by=paul)
    assert work_until_settled(run).state == State.FAILED
    assert work_until_settled(workflow.retry(draft.pk, by=paul)).state == State.SUCCEEDED


def test_an_unread_last_switch_is_said_to_be_unknown(world, draft, run):
    world.faults[ON, "c"] = [lost_answer] * 20
    real = []

    def break_reading(action, key):
        if action == ON and key.endswith("-c"):
            world.read_errors = [PlatformError(ErrorKind.PERMISSION, "NO", "No.")] * 20
            real.append(key)

    world.stop_here = break_reading

    run = work_until_settled(run)

    assert real
    assert run.state == State.NEEDS_ATTENTION
    assert fresh(draft).may_be_live == "unknown"


def test_a_refused_token_is_renewed_once_and_the_run_goes_on(world, draft, run, monkeypatch):
    world.faults[CREATE, "s2"] = [refused(ErrorKind.AUTH, "TOKEN_EXPIRED")]
    renewed = []
    monkeypatch.setattr("integrations.connections.refresh_after_refusal", lambda slug, used: renewed.append(used))

    assert work_until_settled(run).state == State.SUCCEEDED
    assert renewed == ["meta-access-token"]


def test_a_dead_connection_stops_the_run_and_says_so(world, draft, run, monkeypatch):
    world.faults[CREATE, "s2"] = [refused(ErrorKind.AUTH, "TOKEN_EXPIRED")]

    def nothing_better(slug, used):
        Connection.objects.update(status=Connection.Status.NEEDS_RECONNECT)
        raise PlatformError(ErrorKind.AUTH, "TOKEN_EXPIRED", "Reconnect.")

    monkeypatch.setattr("integrations.connections.refresh_after_refusal", nothing_better)

    run = work_until_settled(run)

    assert run.error_code == "TOKEN_EXPIRED"
    assert not world.can_spend
    assert fresh(draft).status == Status.FAILED


def test_revising_a_failed_campaign_removes_what_was_made_and_frees_its_money(world, draft, run, carl):
    world.faults[CREATE, "a2"] = [refused(ErrorKind.INVALID)]
    run = work_until_settled(run)
    assert world.things

    workflow.revise(draft.pk, by=carl)

    assert fresh(draft).status == Status.DRAFT
    assert CapCommitment.objects.filter(draft_id=draft.pk).exists()
    assert work_until_settled(run).state == State.REMOVED
    assert {thing.level for thing in world.things.values()} <= {Level.MEDIA}
    assert not CapCommitment.objects.filter(draft_id=draft.pk).exists()


def test_what_comes_of_a_call_after_the_removal_is_removed_as_well(world, draft, run, carl):
    late = []

    def acts_later(work):
        late.append(work)
        return lost_answer(lambda: "")

    world.faults[CREATE, "c"] = [acts_later]
    world.faults[CREATE, "a2"] = [refused(ErrorKind.INVALID)]
    work_until_settled(run)
    workflow.revise(draft.pk, by=carl)
    run = work_until_settled(run)
    assert run.reconcile_at is not None
    late[0]()
    assert world.keyed("-c")

    PublishRun.objects.filter(pk=run.pk).update(reconcile_at=timezone.now())
    runner.work(run.pk)

    assert not world.keyed("-c")
    run.refresh_from_db()
    assert (run.state, run.reconcile_at, run.lease_until) == (State.REMOVED, None, None)


def test_a_removal_without_trouble_is_not_searched(world, draft, run, carl):
    world.faults[CREATE, "a2"] = [refused(ErrorKind.INVALID)]
    work_until_settled(run)
    workflow.revise(draft.pk, by=carl)

    assert work_until_settled(run).reconcile_at is None


def test_revising_removes_even_what_was_never_answered(world, draft, run, carl):
    world.faults[CREATE, "c"] = [lost_answer] + [lost_request] * 9
    world.find_errors = [PlatformError(ErrorKind.PERMISSION, "NO", "No.")]
    run = work_until_settled(run)
    assert run.state == State.NEEDS_ATTENTION

    workflow.remove(draft.pk, by=carl, reason="Start over.")

    assert work_until_settled(run).state == State.REMOVED
    assert not world.keyed("-c")


def test_a_published_campaign_is_paused_resumed_and_ended_and_read_back(world, draft, run, paul):
    work_until_settled(run)

    for action, delivery, is_on in [
        (Action.SWITCH_OFF, "paused", False),
        (Action.SWITCH_ON, "scheduled", True),
        (Action.END, "ended", False),
    ]:
        switch = workflow.switch(draft.pk, action, by=paul)
        assert work_until_settled(switch).state == State.SUCCEEDED
        assert (fresh(draft).delivery, world.can_spend) == (delivery, is_on)


def test_a_pause_that_cannot_be_read_back_is_never_said_to_be_done(world, draft, run, paul):
    work_until_settled(run)
    world.faults[Action.SWITCH_OFF, "c"] = [lost_request] * 50

    switch = work_until_settled(workflow.switch(draft.pk, Action.SWITCH_OFF, by=paul))

    assert switch.state == State.FAILED
    assert (fresh(draft).may_be_live, world.can_spend) == ("yes", True)
    assert Notification.objects.filter(user=paul, title__contains="could not be switched").exists()


def test_a_finished_run_sends_nothing_more(world, draft, run):
    work_until_settled(run)
    before = list(world.writes)

    PublishRun.objects.filter(pk=run.pk).update(lease_until=None)
    runner.work(run.pk)
    sweeper.ring()

    assert world.writes == before


def test_every_step_of_a_published_run_is_done(world, draft, run):
    run = work_until_settled(run)

    assert set(run.steps.values_list("state", flat=True)) == {PublishStep.State.DONE}


def test_a_switch_that_the_platform_takes_and_never_shows_ends_as_failed_and_can_be_retried(world, draft, run, paul):
    def takes_it_and_forgets(work):
        return Outcome()

    world.faults[ON, "c"] = [takes_it_and_forgets]

    run = work_until_settled(run)

    assert (run.state, run.error_code) == (State.FAILED, "SWITCH_NOT_SEEN")
    assert fresh(draft).may_be_live == "no"
    assert work_until_settled(workflow.retry(draft.pk, by=paul)).state == State.SUCCEEDED
    assert world.can_spend
