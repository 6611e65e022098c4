"""The exits of a run that needs attention, each checked at the platform; the search after trouble; the brake."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun
from campaigns.publishing import runner
from integrations.contracts import Action, Level
from integrations.errors import ErrorKind, PlatformError
from stratum.models import Event
from stratum.ui import Refusal
from tests.factories import make_draft
from tests.publishing.conftest import two_by_two, work_until_settled
from tests.publishing.imaginary import lost_answer, lost_request, refused

State = PublishRun.State
NO = PlatformError(ErrorKind.PERMISSION, "NO", "No.")


@pytest.fixture
def unclear(world, draft, run) -> PublishRun:
    """A run whose campaign was created without an answer, and whose look-up was refused."""
    world.faults[Action.CREATE, "c"] = [lost_answer]
    world.find_errors = [NO]
    run = work_until_settled(run)
    assert run.state == State.NEEDS_ATTENTION
    return run


def test_a_look_finds_the_object_and_the_run_can_be_retried(world, draft, unclear, paul):
    workflow.look_again(draft.pk, by=paul)

    assert work_until_settled(unclear).state == State.FAILED
    assert work_until_settled(workflow.retry(draft.pk, by=paul)).state == State.SUCCEEDED
    assert world.duplicates == 0


def test_an_id_that_a_person_names_is_adopted_when_the_platform_shows_the_planned_object(world, draft, unclear, paul):
    campaign = world.keyed("-c")[0]
    world.find_errors = [NO]

    workflow.adopt(
        draft.pk, by=paul, key=f"{unclear.prefix}-c", external_id=campaign.external_id, reason="Seen in Ads Manager."
    )
    run = work_until_settled(unclear)

    assert run.steps.get(key=f"{unclear.prefix}-c", action="create").external_id == campaign.external_id
    assert run.state == State.FAILED
    assert Event.objects.filter(code="draft.adoption_requested", actor=paul).exists()


def test_a_wrong_id_is_not_adopted(world, draft, unclear, paul):
    world.keyed("-c")[0].budget = "1"
    world.find_errors = [NO]

    workflow.adopt(
        draft.pk, by=paul, key=f"{unclear.prefix}-c", external_id=world.keyed("-c")[0].external_id, reason="A guess."
    )

    assert work_until_settled(unclear).state == State.NEEDS_ATTENTION


def test_an_id_without_a_reason_is_refused(draft, unclear, paul):
    with pytest.raises(Refusal, match="say how you know"):
        workflow.adopt(draft.pk, by=paul, key=f"{unclear.prefix}-c", external_id="1", reason=" ")


def test_nothing_exists_is_believed_only_when_the_platform_shows_nothing(world, draft, unclear, paul):
    workflow.confirm_nothing(draft.pk, by=paul, reason="The account is empty.")

    run = work_until_settled(unclear)

    assert run.steps.get(key=f"{unclear.prefix}-c", action="create").was_adopted
    assert run.state == State.FAILED


def test_removal_that_failed_is_looked_at_and_goes_on(world, draft, run, carl, paul):
    world.faults[Action.CREATE, "a2"] = [refused(ErrorKind.INVALID)]
    world.faults[Action.REMOVE, "c"] = [refused(ErrorKind.PERMISSION)]
    work_until_settled(run)
    workflow.revise(draft.pk, by=carl)
    assert work_until_settled(run).state == State.NEEDS_ATTENTION

    workflow.look_again(draft.pk, by=carl)

    assert work_until_settled(run).state == State.REMOVED
    assert not world.keyed("-c")


def test_a_late_twin_of_a_run_with_trouble_is_removed_and_never_was_on(world, draft, run):
    world.faults[Action.CREATE, "c"] = [lost_answer]
    run = work_until_settled(run)
    assert run.reconcile_at is not None
    step = run.steps.get(key=f"{run.prefix}-c", action="create").contract
    twin = world.create(step, {})

    PublishRun.objects.filter(pk=run.pk).update(reconcile_at=timezone.now())
    runner.work(run.pk)

    assert twin not in world.things
    assert len(world.keyed("-c")) == 1
    assert PublishRun.objects.get(pk=run.pk).state == State.SUCCEEDED
    assert PublishRun.objects.get(pk=run.pk).reconcile_at is None


def test_a_run_without_trouble_is_not_searched_again(world, draft, run):
    assert work_until_settled(run).reconcile_at is None
    assert world.finds == 0


@pytest.fixture
def three_live(world, db, paul) -> list[CampaignDraft]:
    drafts = [make_draft(CampaignDraft.Status.APPROVED, draft_json=two_by_two()) for _ in range(3)]
    for draft in drafts:
        work_until_settled(workflow.publish(draft.pk, by=paul))
    return drafts


def test_stop_everything_pauses_and_reads_back_every_campaign_of_the_account(world, three_live, paul):
    runs = workflow.stop_account(three_live[0].account_id, by=paul)

    assert len(runs) == 3
    assert {work_until_settled(run).state for run in runs} == {State.SUCCEEDED}
    assert not world.can_spend
    assert set(CampaignDraft.objects.values_list("delivery", flat=True)) == {"paused"}


def test_stop_everything_names_the_one_it_could_not_reach(world, three_live, paul):
    world.faults[Action.SWITCH_OFF, "c"] = [lost_request] * 9

    results = [work_until_settled(run) for run in workflow.stop_account(three_live[0].account_id, by=paul)]

    assert [run.state for run in results] == [State.FAILED, State.SUCCEEDED, State.SUCCEEDED]
    assert sum(thing.is_on for thing in world.things.values() if thing.level == Level.CAMPAIGN) == 1


def test_stop_everything_cancels_what_is_being_published(world, three_live, paul):
    waiting = make_draft(CampaignDraft.Status.APPROVED, draft_json=two_by_two())
    run = workflow.publish(waiting.pk, by=paul)

    for started in workflow.stop_account(waiting.account_id, by=paul):
        work_until_settled(started)

    assert PublishRun.objects.get(pk=run.pk).error_code == "CANCELLED"
    assert not world.can_spend


def test_a_viewer_cannot_stop_an_account(three_live, vera):
    with pytest.raises(PermissionDenied):
        workflow.stop_account(three_live[0].account_id, by=vera)
