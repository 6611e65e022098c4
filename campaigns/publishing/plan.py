"""Writes down what a run is to do, before anything is done: the run, all its steps and the doorbell in one transaction.

Called by campaigns/workflow.py, which holds the draft's lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils import timezone
from django_q.tasks import async_task

from campaigns.models import Approval, CampaignDraft, MediaAsset, PublishRun, PublishStep
from integrations import platforms
from integrations.contracts import Action, Level, Order, Step
from integrations.draft import Launch

if TYPE_CHECKING:
    from stratum.models import User

State = PublishStep.State
RunState = PublishRun.State
TASK = "campaigns.tasks.run_publish"

#: Ads go on first and the campaign last: until then nothing can spend.
SWITCH_ORDER = (Level.AD, Level.AD_SET, Level.CAMPAIGN)


def start_publication(draft: CampaignDraft, approval: Approval, *, by: User) -> PublishRun:
    """Plan the approved content: every object to create, then every object to switch on."""
    run = PublishRun.objects.create(draft=draft, approval=approval, started_by=by)
    creations = _creations(draft, run)
    steps = [*creations, *_switches(creations, live=draft.content.campaign.launch == Launch.LIVE)]
    _write(run, steps)
    ring(run)
    return run


def start_switch(
    draft: CampaignDraft, approval: Approval, kind: PublishRun.Kind, action: Action, *, by: User
) -> PublishRun:
    """Plan one switch of the published campaign."""
    run = PublishRun.objects.create(draft=draft, approval=approval, kind=kind, started_by=by)
    key = f"{run.prefix}-c"
    step = Step(key, action, Level.CAMPAIGN, "campaign", draft.name, external_id=draft.platform_campaign_id)
    _write(run, [step])
    ring(run)
    return run


def continue_publication(run: PublishRun, *, by: User) -> PublishRun:
    """Open a failed run again: what failed is planned anew, what is done stays done.

    The last switch is planned again too: it may have been taken and not been seen, and switching twice is harmless.
    """
    run.steps.switches().of_campaign().update(state=State.PLANNED, attempts=0)
    run.steps.filter(state=State.FAILED).update(
        state=State.PLANNED, attempts=0, error_kind="", error_code="", error_message="", error_path=""
    )
    run.state = RunState.QUEUED
    run.attempt += 1
    run.started_by = by
    run.started_at = run.finished_at = run.cancel_requested_at = run.cancel_requested_by = None
    run.error_code = run.error_message = run.error_path = run.waiting_why = ""
    run.retry_helps = None
    run.lost_claims = run.setbacks = 0
    run.due_at = timezone.now()
    run.save()
    ring(run)
    return run


def start_removal(run: PublishRun) -> bool:
    """Have everything removed that the run made or may have made; False when there is nothing."""
    if (
        not run.steps.creations()
        .exclude(state__in=[State.PLANNED, State.REMOVED])
        .exclude(state=State.FAILED, external_id="")
        .exists()
    ):
        return False
    run.state = RunState.REMOVING
    run.due_at = timezone.now()
    run.lost_claims = run.setbacks = 0
    run.started_at = run.cancel_requested_at = None
    run.save()
    ring(run)
    return True


def start_look(run: PublishRun) -> PublishRun:
    """Have a run that needs attention looked at again. Nothing is created or switched; a removal goes on."""
    was_removing = run.draft.status != CampaignDraft.Status.FAILED
    run.state = RunState.REMOVING if was_removing else RunState.QUEUED
    run.steps.filter(action=Action.REMOVE, state=State.FAILED).update(state=State.PLANNED, attempts=0)
    run.due_at = timezone.now()
    run.lost_claims = run.setbacks = 0
    run.started_at = None
    run.save()
    ring(run)
    return run


def request_cancel(run: PublishRun, *, by: User) -> PublishRun:
    """Leave word that the run shall stop; it reads this between calls and before every switch."""
    run.cancel_requested_at, run.cancel_requested_by = timezone.now(), by
    run.due_at = timezone.now()
    run.save(update_fields=["cancel_requested_at", "cancel_requested_by", "due_at"])
    ring(run)
    return run


def ring(run: PublishRun) -> None:
    """Put the run's id into the queue, in the transaction of whatever made it due."""
    PublishRun.objects.filter(pk=run.pk).update(rung_at=timezone.now())
    async_task(TASK, run.pk, cluster="publish")


def media_contracts(draft: CampaignDraft) -> dict[str, MediaAsset]:
    """Return the files the draft shows, by their SHA-256."""
    return {asset.sha256: asset for asset in MediaAsset.objects.filter(sha256__in=draft.content.files())}


def _creations(draft: CampaignDraft, run: PublishRun) -> list[Step]:
    media = {sha: asset.contract for sha, asset in media_contracts(draft).items()}
    order = Order(draft.content, draft.account.contract, media, run.prefix, timezone.now())
    return platforms.offline(draft.platform).plan(order)


def _switches(creations: Sequence[Step], *, live: bool) -> list[Step]:
    levels = SWITCH_ORDER if live else SWITCH_ORDER[:-1]
    return [
        Step(step.key, Action.SWITCH_ON, level, step.node, step.name)
        for level in levels
        for step in creations
        if step.level == level
    ]


def _write(run: PublishRun, steps: Sequence[Step]) -> None:
    PublishStep.objects.bulk_create(
        [
            PublishStep(
                run=run,
                position=position,
                key=step.key,
                action=step.action,
                level=step.level,
                node=step.node,
                name=step.name,
                payload=dict(step.payload),
                needs=list(step.needs),
                external_id=step.external_id,
            )
            for position, step in enumerate(steps)
        ],
        batch_size=500,
    )
