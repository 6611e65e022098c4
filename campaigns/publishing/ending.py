"""How runs end: the truth about what exists and whether it can spend is read at the platform, then told.

`failed` is said only when the platform was asked and nothing is on. Where it could not be asked, the run needs
attention. Last transactions lock the draft first and the run second, as every person's action does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from campaigns import workflow
from campaigns.models import CampaignDraft, PublishRun, PublishStep
from campaigns.publishing import clocks, ledger
from campaigns.publishing.crashpoints import crashpoint
from campaigns.publishing.ledger import Claim, Park
from integrations.contracts import Account, Action, CampaignStatus, Delivery, Difference, Level, Node, Platform
from integrations.errors import ErrorKind, PlatformError

State = PublishStep.State
RunState = PublishRun.State
MayBeLive = CampaignDraft.MayBeLive

#: What a read-back must show. Media and creatives are seen through the ads that use them.
READ_LEVELS = frozenset({Level.CAMPAIGN, Level.AD_SET, Level.AD})
#: Pauses between attempts at the reading that decides how a run ends, in seconds.
READ_PAUSES = (0.0, 1.0, 3.0)
MOST_DIFFERENCES_TOLD = 5


@dataclass(frozen=True)
class Standing:
    """Whether the campaign may be live, and whether the platform itself said so."""

    may_be_live: MayBeLive
    was_read: bool


@contextmanager
def _last_transaction(holder: Claim, run: PublishRun) -> Iterator[PublishRun]:
    crashpoint("before_finish")
    with workflow.locked(run.draft_id), holder.holding() as row:
        yield row
    crashpoint("finished")


# Publications ---------------------------------------------------------------------------------------------------------


def require_as_approved(
    holder: Claim,
    run: PublishRun,
    platform: Platform,
    account: Account,
    rows: Sequence[PublishStep],
    nodes: Mapping[str, Node],
) -> None:
    """Raise PlatformError unless the tree at the platform is the approved one, complete and equal."""
    missing = [row for row in rows if row.key not in nodes and row.level in READ_LEVELS]
    if missing:
        _mark_missing(holder, missing)
        raise PlatformError(
            ErrorKind.GONE,
            "OBJECT_MISSING",
            f"{platform.label} does not show {_some([row.name for row in missing])} any more. Retry makes it again.",
            missing[0].node,
        )
    steps = [row.contract for row in rows]
    differences = platform.differences(steps, ledger.ids(run.pk), nodes, account)
    if differences:
        raise PlatformError(
            ErrorKind.INVALID,
            "READ_BACK_DIFFERS",
            f"{platform.label} shows something else than what was approved: {_told(differences)}",
            differences[0].node,
        )
    with holder.holding() as row:
        row.read_back_at = timezone.now()
        row.save(update_fields=["read_back_at"])


def succeed(holder: Claim, run: PublishRun, platform: Platform, account: Account) -> None:
    """Read that the campaign is as it should be, and make the draft published."""
    campaign = run.steps.creations().of_campaign().get()
    switch = run.steps.switches().of_campaign().first()
    status = _status_as_wanted(holder, platform, account, campaign.external_id, wanted=switch is not None)
    with _last_transaction(holder, run) as row:
        ledger.finish(row, RunState.SUCCEEDED)
        _search_again_later(row, platform)
        workflow.run_published(row, campaign_id=campaign.external_id, delivery=_delivery(run.draft, status))


def had_trouble(run: PublishRun) -> bool:
    """Say whether something may exist twice: a call was not answered, or a worker died."""
    unclear = run.steps.creations().filter(Q(attempts__gt=1) | Q(was_adopted=True))
    return bool(run.lost_claims) or unclear.exists()


def _search_again_later(run: PublishRun, platform: Platform) -> None:
    """After trouble, look once more for surplus objects: a frozen worker may wake up late, a platform may act late."""
    if had_trouble(run):
        run.reconcile_at = timezone.now() + clocks.late() + clocks.settle(platform.settle_seconds)
        run.rung_at = None
        run.save(update_fields=["reconcile_at", "rung_at"])


def close_search(holder: Claim) -> None:
    """The search after the run's end is over; it is finished for good."""
    with holder.holding() as row:
        row.reconcile_at = row.lease_until = None
        row.worker = ""
        row.save(update_fields=["reconcile_at", "lease_until", "worker"])


def fail(holder: Claim, run: PublishRun, platform: Platform | None, error: PlatformError) -> None:
    """Close the run with the error, after reading whether anything can spend."""
    if not run.is_publication:
        _fail_switch(holder, run, platform, error)
        return
    standing = _standing(run, platform)
    with _last_transaction(holder, run) as row:
        was_removing = row.state == RunState.REMOVING
        is_settled = standing.was_read and standing.may_be_live == MayBeLive.NO and not was_removing
        ledger.finish(row, RunState.FAILED if is_settled else RunState.NEEDS_ATTENTION, error)
        workflow.run_failed(row, code=error.code, message=error.message, may_be_live=standing.may_be_live)


def former_error(run: PublishRun) -> PlatformError:
    """Return the error the run ended with before it was looked at again."""
    return PlatformError(ErrorKind.AMBIGUOUS, run.error_code, run.error_message, run.error_path)


def _standing(run: PublishRun, platform: Platform | None) -> Standing:
    campaign = run.steps.creations().of_campaign().first()
    if campaign is None or (not campaign.external_id and campaign.state != State.SENDING):
        return Standing(MayBeLive.NO, was_read=True)
    was_switched = run.steps.switches().of_campaign().exclude(state=State.PLANNED).exists()
    unread = Standing(MayBeLive.UNKNOWN if was_switched else MayBeLive.NO, was_read=False)
    if platform is None or not campaign.external_id:
        return unread
    try:
        status = _read_status(platform, campaign.external_id, run.draft.account.contract)
    except PlatformError as error:
        return Standing(MayBeLive.NO, was_read=True) if error.kind == ErrorKind.GONE else unread
    if status.is_on is None:
        return unread
    return Standing(MayBeLive.YES if status.is_on else MayBeLive.NO, was_read=True)


def _read_status(platform: Platform, campaign_id: str, account: Account) -> CampaignStatus:
    """Ask a few times in a row: how a run ends shall not hang on one lost packet."""
    last: PlatformError | None = None
    for pause in READ_PAUSES:
        time.sleep(pause)
        try:
            return platform.read_status(campaign_id, account)
        except PlatformError as error:
            last = error
            if not error.retry_helps:
                break
    assert last is not None
    raise last


def _status_as_wanted(
    holder: Claim, platform: Platform, account: Account, campaign_id: str, *, wanted: bool
) -> CampaignStatus:
    """Read the status; Park when it is not the wanted one, because reads lag behind writes. The wait ends by itself."""
    holder.renew()
    status = _read_status(platform, campaign_id, account)
    if status.is_on is wanted:
        return status
    seen = PlatformError(
        ErrorKind.AMBIGUOUS,
        "SWITCH_NOT_SEEN",
        f"{platform.label} took the last switch but shows the campaign as {status.detail or 'unchanged'}.",
        "campaign",
    )
    seconds = clocks.settle(platform.settle_seconds).total_seconds()
    raise Park(seconds, f"{platform.label} does not show the last switch yet. Reading again.", seen)


def _delivery(draft: CampaignDraft, status: CampaignStatus) -> Delivery:
    start = draft.content.campaign.schedule.start
    zone = ZoneInfo(draft.account.time_zone)
    if status.delivery == Delivery.LIVE and start is not None and start.replace(tzinfo=zone) > timezone.now():
        return Delivery.SCHEDULED
    return status.delivery


def _mark_missing(holder: Claim, rows: Sequence[PublishStep]) -> None:
    with holder.holding() as run:
        run.steps.filter(pk__in=[row.pk for row in rows]).update(
            state=State.FAILED,
            external_id="",
            error_kind=ErrorKind.GONE,
            error_code="OBJECT_MISSING",
            error_message="The platform does not show this object any more.",
        )


def _told(differences: Sequence[Difference]) -> str:
    told = [f"{d.node} {d.what}: approved {d.approved}, found {d.found}" for d in differences[:MOST_DIFFERENCES_TOLD]]
    more = len(differences) - len(told)
    return "; ".join(told) + (f"; and {more} more." if more else ".")


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:3])
    return shown + (f" and {len(names) - 3} more" if len(names) > 3 else "")


# Switches of published campaigns --------------------------------------------------------------------------------------


def report_switch(holder: Claim, run: PublishRun, platform: Platform, account: Account) -> None:
    """Read back what a pause, resume or end came to, and store it."""
    wanted = run.kind == PublishRun.Kind.RESUME
    status = _status_as_wanted(holder, platform, account, run.draft.platform_campaign_id, wanted=wanted)
    delivery = Delivery.ENDED if run.kind == PublishRun.Kind.END else _delivery(run.draft, status)
    with _last_transaction(holder, run) as row:
        ledger.finish(row, RunState.SUCCEEDED)
        workflow.run_switched(row, delivery=delivery, may_be_live=MayBeLive.YES if wanted else MayBeLive.NO)


def _fail_switch(holder: Claim, run: PublishRun, platform: Platform | None, error: PlatformError) -> None:
    delivery, may_be_live = Delivery.UNKNOWN, MayBeLive.UNKNOWN
    if platform is not None:
        try:
            status = _read_status(platform, run.draft.platform_campaign_id, run.draft.account.contract)
        except PlatformError:
            pass  # the page says that it is not known
        else:
            if status.is_on is not None:
                delivery, may_be_live = _delivery(run.draft, status), MayBeLive.YES if status.is_on else MayBeLive.NO
    with _last_transaction(holder, run) as row:
        ledger.finish(row, RunState.FAILED, error)
        workflow.run_switch_failed(row, delivery=delivery, may_be_live=may_be_live, message=error.message)


# Removal --------------------------------------------------------------------------------------------------------------


def plan_removal(holder: Claim, run: PublishRun, platform: Platform) -> None:
    """Write a removal for each object that does not go with its parent; what is planned already stays."""
    with holder.holding() as row:
        made = row.steps.creations().exclude(external_id="").filter(level__in=platform.removal_levels)
        _write_removals(row, [(step.key, step.level, step.name, step.external_id) for step in made])


def plan_surplus_removal(holder: Claim, run: PublishRun, surplus: Mapping[str, Sequence[str]]) -> None:
    """Write removals for objects that exist more than once: the eldest was adopted, the others go."""
    with holder.holding() as row:
        steps = {step.key: step for step in row.steps.creations().filter(key__in=list(surplus))}
        _write_removals(
            row,
            [
                (f"{key}~{external_id}", steps[key].level, steps[key].name, external_id)
                for key, external_ids in surplus.items()
                for external_id in external_ids
            ],
        )


def _write_removals(run: PublishRun, objects: Sequence[tuple[str, str, str, str]]) -> None:
    planned = set(run.steps.filter(action=Action.REMOVE).values_list("key", flat=True))
    last = run.steps.count()
    PublishStep.objects.bulk_create(
        PublishStep(
            run=run, position=last + n, key=key, action=Action.REMOVE, level=level, name=name, external_id=external_id
        )
        for n, (key, level, name, external_id) in enumerate(o for o in objects if o[0] not in planned)
    )


def report_removed(holder: Claim, run: PublishRun, platform: Platform, account: Account) -> None:
    """Read that the campaign is gone or off, close the run as removed and free its money."""
    campaign = run.steps.creations().of_campaign().first()
    if campaign is not None and campaign.external_id:
        _require_off(platform, account, campaign.external_id)
    with _last_transaction(holder, run) as row:
        row.steps.creations().exclude(external_id="").update(state=State.REMOVED)
        ledger.finish(row, RunState.REMOVED)
        _search_again_later(row, platform)
        workflow.run_removed(row)


def _require_off(platform: Platform, account: Account, campaign_id: str) -> None:
    try:
        status = _read_status(platform, campaign_id, account)
    except PlatformError as error:
        if error.kind == ErrorKind.GONE:
            return
        raise
    if status.is_on is not False:
        raise PlatformError(
            ErrorKind.AMBIGUOUS, "REMOVAL_NOT_SEEN", f"{platform.label} still shows the campaign after its removal."
        )
