"""One function per human action on a draft: lock, check who, check when, change, save, record, notify.

Everything an action does is in one transaction, the queue's doorbell and the notifications included: they are rows.
Locks are taken in one order everywhere: draft, then account, then run. A transition neither saves nor checks anything,
so nothing else may call one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from adaccounts import caps
from adaccounts.models import AdAccount
from campaigns import levels, permissions, rules
from campaigns.models import Approval, CampaignDraft, PublishRun
from campaigns.publishing import plan
from campaigns.said import said
from integrations.contracts import Action, Delivery
from stratum import events, notifications
from stratum.models import Event, User
from stratum.roles import ApprovalLevel
from stratum.ui import NotFound, Refusal

Status = CampaignDraft.Status


@contextmanager
def locked(draft_id: int) -> Iterator[CampaignDraft]:
    """Open a transaction and hold the draft's row lock in it; NotFound if there is no such draft."""
    with transaction.atomic():
        rows = CampaignDraft.objects.select_for_update(of=("self",)).select_related("account")
        draft = rows.filter(pk=draft_id).first()
        if draft is None:
            raise NotFound("DRAFT_NOT_FOUND", "There is no such campaign.")
        yield draft


def touch(draft: CampaignDraft) -> None:
    """Save the draft as changed just now."""
    draft.updated_at = timezone.now()
    draft.save()


# Approval -----------------------------------------------------------------------------------------------------------


def submit(
    draft_id: int, *, by: User, accepted_pages: Sequence[str] = (), confirmed_budget: Decimal | None = None
) -> CampaignDraft:
    """Hand the draft to the approvers; Refusal with all problems when it is not ready.

    `accepted_pages` are landing pages that did not open, and that its creator wants nevertheless; `confirmed_budget` is
    an unusual budget that was typed a second time. Both are recorded. Refusal EDIT_CONFLICT when that is no longer it.
    """
    with locked(draft_id) as draft:
        permissions.require(by, draft, "submit")
        rules.require_ready(draft)
        draft.mark_submitted(by, levels.asked_now(draft))
        touch(draft)
        draft.edited_by.add(by)  # who hands it in has a hand in it, also after it was withdrawn
        if confirmed_budget not in {None, draft.content.campaign.budget.amount}:
            raise Refusal(
                "EDIT_CONFLICT", "Somebody changed the budget after you typed it again. Nothing was submitted."
            )
        facts: dict[str, Any] = {"content_hash": draft.content_hash}
        facts |= {"warnings": warnings} if (warnings := _warnings(draft)) else {}
        facts |= {"accepted_pages": list(accepted_pages)} if accepted_pages else {}
        facts |= {"budget_typed_again": confirmed_budget} if confirmed_budget is not None else {}
        event = events.record(by, "draft.submitted", draft.event_subject, **facts)
        _tell(permissions.deciders(draft), draft, event, f"{by} asks you to approve “{draft.title}”")
        return draft


def _warnings(draft: CampaignDraft) -> list[str]:
    """Return what the creator was warned of and submits all the same: whoever approves reads it."""
    return [problem.message for problem in rules.problems_of(draft) if not problem.is_error]


def withdraw(draft_id: int, *, by: User) -> CampaignDraft:
    """Take a submitted draft back to work on it."""
    with locked(draft_id) as draft:
        permissions.require(by, draft, "withdraw")
        draft.mark_withdrawn()
        touch(draft)
        events.record(by, "draft.withdrawn", draft.event_subject)
        return draft


def approve(draft_id: int, *, by: User, content_hash: str, comment: str = "") -> CampaignDraft:
    """Approve exactly the content whose hash was on the screen; the last level reserves its money under the caps.

    Raises Refusal APPROVAL_STALE when the content is another one now, and the refusals of rules.require_ready().
    """
    with locked(draft_id) as draft:
        permissions.require(by, draft, "approve")
        require_shown(draft, content_hash)
        draft.account = caps.lock(draft.account_id)  # its caps, its rules and whether it is enabled, under the lock
        level = levels.require_open_to(by, draft)
        approval = _record_decision(draft, by, Approval.Decision.APPROVED, said(comment, "comment"), level)
        rules.require_ready(draft)
        if levels.of(draft).missing:
            _approve_level(draft, approval)
        else:
            _approve_all(draft, approval)
        return draft


def _approve_level(draft: CampaignDraft, approval: Approval) -> None:
    """Go on waiting: others must approve too, and nothing is reserved before the last of them."""
    standing = levels.of(draft)
    draft.required_levels = standing.required  # a rule that is dropped now would leave nobody to approve the rest
    touch(draft)
    event = _record_approval("draft.level_approved", approval)
    people = [*_owners(draft), *permissions.deciders(draft)]
    _tell(people, draft, event, f"{approval.by} approved “{draft.title}”", f"Waiting for {standing.waits_for}.")


def _approve_all(draft: CampaignDraft, approval: Approval) -> None:
    caps.reserve(draft.account, rules.span_of(draft), draft_id=draft.pk, approval_number=approval.number)
    draft.mark_approved(approval.by)
    touch(draft)
    event = _record_approval("draft.approved", approval)
    _tell(_owners(draft), draft, event, f"{approval.by} approved “{draft.title}”", "It can be published now.")


def _record_approval(code: str, approval: Approval) -> Event:
    facts = {"number": approval.number, "level": approval.level, "comment": approval.reason}
    return events.record(approval.by, code, approval.draft, content_hash=approval.content_hash, **facts)


def reject(draft_id: int, *, by: User, reason: str, content_hash: str = "") -> CampaignDraft:
    """Send the draft back with a reason; Refusal VALIDATION_FAILED without one.

    With the hash of what was on the screen, other content raises Refusal APPROVAL_STALE.
    """
    with locked(draft_id) as draft:
        permissions.require(by, draft, "reject")
        reason = said(reason, "reason")
        if not reason:
            message = "Say why: the creator needs a reason."
            raise Refusal("VALIDATION_FAILED", message, [{"path": "reason", "message": message}])
        if content_hash:
            require_shown(draft, content_hash)
        people = [*_owners(draft), *(approval.by for approval in levels.of(draft).given)]
        _record_decision(draft, by, Approval.Decision.REJECTED, reason, levels.held_by(by, draft))
        draft.mark_rejected(by, reason)
        touch(draft)
        event = events.record(by, "draft.rejected", draft.event_subject, reason=reason)
        _tell(people, draft, event, f"{by} rejected “{draft.title}”", reason)
        return draft


def revise(draft_id: int, *, by: User) -> CampaignDraft:
    """Open the content for changes. An approval ends; what a failed publication made is removed in the background."""
    with locked(draft_id) as draft:
        permissions.require(by, draft, "revise")
        before = draft.status
        run = permissions.latest_run(draft) if before == Status.FAILED else None
        removing = run is not None and plan.start_removal(run)
        if not removing:
            _release(draft)
        draft.mark_revised()
        touch(draft)
        events.record(by, "draft.revised", draft.event_subject, before=before, removing=removing)
        return draft


def roll_back(draft_id: int, *, by: User) -> CampaignDraft:
    """Remove what a failed publication made; the draft can be edited meanwhile."""
    with locked(draft_id) as draft:
        permissions.require(by, draft, "roll_back")
    return revise(draft_id, by=by)


def require_shown(draft: CampaignDraft, content_hash: str) -> None:
    """Raise Refusal APPROVAL_STALE when the content is not the one whose hash was on the screen."""
    if content_hash != draft.content_hash:
        raise Refusal(
            "APPROVAL_STALE",
            "This is not the content that was on your screen. Nothing was decided: look at it again.",
            {"content_hash": draft.content_hash},
        )


def _record_decision(draft: CampaignDraft, by: User, decision: str, reason: str, level: ApprovalLevel) -> Approval:
    last = draft.approvals.aggregate(last=Max("number"))["last"] or 0
    account = draft.account
    return Approval.objects.create(
        draft=draft,
        number=last + 1,
        decision=decision,
        level=level,
        submission=draft.submissions,
        by=by,
        reason=reason,
        content_hash=draft.content_hash,
        snapshot={
            "draft_json": draft.draft_json,
            "account": {
                "platform": account.platform,
                "external_id": account.external_id,
                "name": account.name,
                "currency": account.currency,
                "time_zone": account.time_zone,
            },
            "media": list(rules.media_of(draft)),
        },
    )


def _release(draft: CampaignDraft) -> None:
    """Free what the last approval reserved."""
    approval = draft.approvals.first()
    if approval is not None:
        caps.release(draft.pk, approval.number)


def _owners(draft: CampaignDraft) -> list[User]:
    people = [draft.created_by, draft.submitted_by_user]
    return list(dict.fromkeys(person for person in people if person is not None))


def _tell(users: list[User], draft: CampaignDraft, event: Event, title: str, text: str = "") -> None:
    notifications.notify(users, event=event, title=title, body=text, url=draft.get_absolute_url())


# Publishing ---------------------------------------------------------------------------------------------------------


def publish(draft_id: int, *, by: User) -> PublishRun:
    """Start the publication of the approved content; the run does the rest. A second press joins the first."""
    with locked(draft_id) as draft:
        run = permissions.open_run(draft)
        if draft.status == Status.PUBLISHING and run is not None and permissions.may_publish(by, draft):
            return run
        permissions.require(by, draft, "publish")
        approval = _current_approval(draft)
        _require_still_allowed(draft, approval)
        run = plan.start_publication(draft, approval, by=by)
        draft.mark_publishing()
        touch(draft)
        events.record(by, "draft.publishing", draft.event_subject, run=run.pk, content_hash=approval.content_hash)
        return run


def retry(draft_id: int, *, by: User) -> PublishRun:
    """Continue a failed run from its first unfinished step, after publish's own checks."""
    with locked(draft_id) as draft:
        run = permissions.open_run(draft)
        if draft.status == Status.PUBLISHING and run is not None and permissions.may_publish(by, draft):
            return run
        permissions.require(by, draft, "retry")
        _require_still_allowed(draft, _current_approval(draft))
        run = plan.continue_publication(_latest_run(draft), by=by)
        draft.mark_publishing()
        touch(draft)
        events.record(by, "draft.retried", draft.event_subject, run=run.pk, attempt=run.attempt)
        return run


def cancel(draft_id: int, *, by: User) -> PublishRun:
    """Ask the run to stop before its next call or switch; it ends as failed, with everything paused."""
    with locked(draft_id) as draft:
        permissions.require(by, draft, "cancel")
        run = plan.request_cancel(_open_run(draft), by=by)
        events.record(by, "draft.cancel_requested", draft.event_subject, run=run.pk)
        return run


def switch(draft_id: int, action: Action, *, by: User) -> PublishRun:
    """Start a run that pauses, resumes or ends a published campaign and reads the result back."""
    name = {Action.SWITCH_OFF: "pause", Action.SWITCH_ON: "resume", Action.END: "end"}[action]
    with locked(draft_id) as draft:
        permissions.require(by, draft, name)
        approval = draft.approvals.filter(decision=Approval.Decision.APPROVED).latest("number")
        if action == Action.SWITCH_ON:
            _current_approval(draft)
            rules.require_resumable(draft)
        run = plan.start_switch(draft, approval, PublishRun.Kind(name), action, by=by)
        events.record(by, f"draft.{name}_requested", draft.event_subject, run=run.pk, before=draft.delivery)
        return run


def look_again(draft_id: int, *, by: User) -> PublishRun:
    """Have a run that needs attention looked at: what exists, and whether it spends. Nothing is changed there."""
    with locked(draft_id) as draft:
        permissions.require(by, draft, "look_again")
        run = plan.start_look(_open_run(draft))
        events.record(by, "draft.look_requested", draft.event_subject, run=run.pk)
        return run


def remove(draft_id: int, *, by: User, reason: str) -> PublishRun:
    """Have everything removed that a run in need of attention made or may have made."""
    with locked(draft_id) as draft:
        permissions.require(by, draft, "remove")
        run = _open_run(draft)
        plan.start_removal(run)
        events.record(by, "draft.removal_requested", draft.event_subject, run=run.pk, reason=said(reason, "reason"))
        return run


def adopt(draft_id: int, *, by: User, key: str, external_id: str, reason: str) -> PublishRun:
    """Name the object that an unanswered step made; the platform is asked whether it is the planned one."""
    with locked(draft_id) as draft:
        permissions.require(by, draft, "adopt")
        run = _open_run(draft)
        step = run.steps.creations().filter(key=key, state="sending").first()
        if step is None or not external_id.strip() or not reason.strip():
            raise _incomplete("Choose an unclear step, name the object's id at the platform, and say how you know.")
        step.claimed_id = said(external_id, "external_id")[:200]
        step.save(update_fields=["claimed_id"])
        plan.start_look(run)
        facts = {"run": run.pk, "key": key, "external_id": step.claimed_id, "reason": said(reason, "reason")}
        events.record(by, "draft.adoption_requested", draft.event_subject, **facts)
        return run


def confirm_nothing(draft_id: int, *, by: User, reason: str) -> PublishRun:
    """Say that nothing of the unclear steps exists; the platform is asked, and what it shows is taken over instead."""
    with locked(draft_id) as draft:
        permissions.require(by, draft, "confirm_nothing")
        if not reason.strip():
            raise _incomplete("Say how you know that nothing exists.")
        run = plan.start_look(_open_run(draft))
        events.record(by, "draft.nothing_confirmed", draft.event_subject, run=run.pk, reason=said(reason, "reason"))
        return run


def stop_account(account_id: int, *, by: User) -> list[PublishRun]:
    """Pause every campaign of the account that may spend and cancel every publication under way, in one action.

    Returns the runs that do it; each reads its result back. Raises PermissionDenied before anything is started.
    """
    if not by.has_perm(permissions.PUBLISH):
        raise PermissionDenied(permissions.SWITCHER)
    account = AdAccount.objects.get(pk=account_id)
    events.record(by, "account.stop_requested", account.event_subject)
    runs = []
    for draft_id in CampaignDraft.objects.filter(account=account).may_spend().values_list("pk", flat=True):
        run = _stop(draft_id, by)
        if run is not None:
            runs.append(run)
    return runs


def _stop(draft_id: int, by: User) -> PublishRun | None:
    """Pause or cancel, whichever is in time; None when the campaign stopped by itself meanwhile."""
    with locked(draft_id) as draft:
        if permissions.is_in_time(draft, "pause"):
            return switch(draft_id, Action.SWITCH_OFF, by=by)
        if permissions.is_in_time(draft, "cancel"):
            return cancel(draft_id, by=by)
        return permissions.open_run(draft)


def _incomplete(message: str) -> Refusal:
    return Refusal("VALIDATION_FAILED", message, [{"path": "reason", "message": message}])


def _open_run(draft: CampaignDraft) -> PublishRun:
    """Return the open run that permissions.require() has just seen under the draft's lock."""
    return draft.runs.open().get()


def _latest_run(draft: CampaignDraft) -> PublishRun:
    return draft.runs.filter(kind=PublishRun.Kind.PUBLISH).latest("id")


def _current_approval(draft: CampaignDraft) -> Approval:
    approval = draft.approvals.filter(decision=Approval.Decision.APPROVED).first()
    if approval is None or approval.content_hash != draft.content_hash:
        raise Refusal("APPROVAL_STALE", "The content is not the one that was approved. Revise it and submit it again.")
    _require_same_currency(draft.account, approval)
    return approval


def _require_same_currency(account: AdAccount, approval: Approval) -> None:
    """Raise Refusal APPROVAL_STALE when the approved numbers mean another money now."""
    approved_in = approval.snapshot.get("account", {}).get("currency", account.currency)
    if approved_in != account.currency:
        raise Refusal(
            "APPROVAL_STALE",
            f"This was approved in {approved_in}, and the ad account spends {account.currency} now. "
            "Revise it and submit it again.",
        )


def _require_still_allowed(draft: CampaignDraft, approval: Approval) -> None:
    """Ask everything again that was asked at approval; the commitment moves with a start that has passed."""
    draft.account = caps.lock(draft.account_id)
    own = (draft.pk, approval.number)
    levels.require_all(draft)
    rules.require_ready(draft, own_commitment=own)
    caps.reserve(draft.account, rules.span_of(draft), draft_id=own[0], approval_number=own[1])


# What a run reports. Called in the run's own last transaction. ------------------------------------------------------


def run_published(run: PublishRun, *, campaign_id: str, delivery: Delivery) -> None:
    """Make the draft published, and tell its owners and who published it."""
    with locked(run.draft_id) as draft:
        draft.mark_published(campaign_id, delivery)
        touch(draft)
        event = events.record(
            None, "draft.published", draft.event_subject, run=run.pk, campaign_id=campaign_id, delivery=delivery
        )
        what = "is live" if delivery == Delivery.LIVE else f"is published ({delivery.value})"
        _tell([*_owners(draft), run.started_by], draft, event, f"“{draft.title}” {what}")


def run_failed(run: PublishRun, *, code: str, message: str, may_be_live: str) -> None:
    """Make the draft failed with the reason, and tell its owners and who published it.

    A run that was only looked at again, or was being removed, leaves the draft's state; what was read is stored.
    """
    with locked(run.draft_id) as draft:
        if draft.status == Status.PUBLISHING:
            draft.mark_failed(code, message, may_be_live)
        draft.may_be_live = may_be_live
        touch(draft)
        event = events.record(
            None, "draft.publish_failed", draft.event_subject, run=run.pk, error_code=code, may_be_live=may_be_live
        )
        what = "Publishing" if draft.status == Status.FAILED else "Removing what was created of"
        _tell([*_owners(draft), run.started_by], draft, event, f"{what} “{draft.title}” failed", message)


def run_removed(run: PublishRun) -> None:
    """Free the money of a publication whose objects are all gone."""
    caps.release(run.draft_id, run.approval.number)
    events.record(None, "draft.removed", run.draft.event_subject, run=run.pk)


def run_switched(run: PublishRun, *, delivery: Delivery, may_be_live: str) -> None:
    """Store what was read back after a pause, resume or end; ending closes the commitment after today."""
    with locked(run.draft_id) as draft:
        before = draft.delivery
        draft.delivery, draft.may_be_live = delivery, may_be_live
        touch(draft)
        if run.kind == PublishRun.Kind.END and delivery == Delivery.ENDED:
            caps.end(draft.pk, run.approval.number, last_day=today_in(draft.account))
        event = events.record(
            None, f"draft.{run.kind}_done", draft.event_subject, run=run.pk, before=before, after=delivery
        )
        _tell([run.started_by], draft, event, f"“{draft.title}” is {delivery.value}")


def run_switch_failed(run: PublishRun, *, delivery: Delivery, may_be_live: str, message: str) -> None:
    """Store what is known after a pause, resume or end that failed, and tell everybody who should worry."""
    with locked(run.draft_id) as draft:
        before = draft.delivery
        draft.delivery, draft.may_be_live = delivery, may_be_live
        touch(draft)
        event = events.record(
            None, f"draft.{run.kind}_failed", draft.event_subject, run=run.pk, before=before, after=delivery
        )
        people = [*_owners(draft), run.started_by]
        _tell(people, draft, event, f"“{draft.title}” could not be switched: {run.get_kind_display()}", message)


def today_in(account: AdAccount) -> date:
    """Return the day it is in the account's time zone."""
    return timezone.now().astimezone(ZoneInfo(account.time_zone)).date()
