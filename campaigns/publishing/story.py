"""A run in plain words: what happened, what is live, whether it can spend, what to do now. Pure, for pages and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from campaigns.models import CampaignDraft, PublishRun, PublishStep
from integrations.contracts import Action, Level

RunState = PublishRun.State
State = PublishStep.State
MayBeLive = CampaignDraft.MayBeLive
Kind = PublishRun.Kind

#: States in which the page keeps asking for news.
MOVING = frozenset({RunState.QUEUED, RunState.RUNNING, RunState.WAITING, RunState.REMOVING})


@dataclass(frozen=True)
class Story:
    """`tone` colours the box; `title` says what happened; `text` what is live and what to do."""

    tone: str
    title: str
    text: str


@dataclass
class Row:
    """Some steps that belong together on the page: one object, or the ads of one ad set."""

    title: str
    state: str
    steps: list[PublishStep] = field(default_factory=list)
    is_child: bool = False

    @property
    def external_id(self) -> str:
        ids = [step.external_id for step in self.steps if step.external_id]
        return ids[0] + (f" +{len(ids) - 1}" if len(ids) > 1 else "") if ids else ""

    @property
    def took_ms(self) -> int | None:
        took = [step.took_ms for step in self.steps if step.took_ms is not None]
        return max(took) if took else None

    @property
    def failed(self) -> PublishStep | None:
        return next((step for step in self.steps if step.state == State.FAILED), None)


def tell(run: PublishRun, draft: CampaignDraft, label: str, steps: Sequence[PublishStep]) -> Story:
    """Return the story of the run; `label` is the platform's name."""
    if not run.is_publication:
        return _switch_story(run, draft, label)
    teller = {
        RunState.QUEUED: _queued,
        RunState.RUNNING: _running,
        RunState.WAITING: _waiting,
        RunState.SUCCEEDED: _succeeded,
        RunState.FAILED: _failed,
        RunState.NEEDS_ATTENTION: _needs_attention,
        RunState.REMOVING: _removing,
        RunState.REMOVED: _removed,
    }[RunState(run.state)]
    return teller(run, draft, label, steps)


def _queued(run: PublishRun, draft: CampaignDraft, label: str, steps: Sequence[PublishStep]) -> Story:
    return Story("accent", f"Publishing to {label} starts in a moment", "Nothing has been sent yet.")


def _running(run: PublishRun, draft: CampaignDraft, label: str, steps: Sequence[PublishStep]) -> Story:
    if run.cancel_requested_at:
        return Story("warning", "Stopping", "The call under way is finished first; then everything stays paused.")
    if _is_switched(steps):
        return Story("accent", f"Switching on at {label}", "Everything was made and read back as approved.")
    text = "Everything is created paused. Nothing can spend until the last step switches the campaign on."
    return Story("accent", f"Publishing to {label}", text)


def _waiting(run: PublishRun, draft: CampaignDraft, label: str, steps: Sequence[PublishStep]) -> Story:
    text = f"{run.waiting_why} It goes on by itself; nothing can spend meanwhile."
    if _is_switched(steps):
        text = f"{run.waiting_why} It goes on by itself. The campaign may be on already; this is being read."
    return Story("warning", f"Waiting for {label}", text)


def _succeeded(run: PublishRun, draft: CampaignDraft, label: str, steps: Sequence[PublishStep]) -> Story:
    made = f"{_made(steps)} were created, read back and found as approved."
    if draft.may_be_live == MayBeLive.YES:
        return Story("success", f"Published on {label}", f"{made} The campaign is on and may spend as scheduled.")
    return Story("success", f"Published on {label}, paused", f"{made} The campaign is off: nothing spends.")


def _failed(run: PublishRun, draft: CampaignDraft, label: str, steps: Sequence[PublishStep]) -> Story:
    count = _count(steps)
    what = "Nothing was created." if not count else f"Nothing is live: all {count} objects created so far are paused."
    if count == 1:
        what = "Nothing is live: the one object created so far is paused."
    return Story("danger", _title(run, label), f"{what} Nothing can spend. {_what_now(run)}")


def _needs_attention(run: PublishRun, draft: CampaignDraft, label: str, steps: Sequence[PublishStep]) -> Story:
    live = {
        MayBeLive.YES: f"{label} shows the campaign as on: it may be spending. Pause it there, or remove it here.",
        MayBeLive.UNKNOWN: f"{label} could not tell whether the campaign is on: it may be spending.",
        MayBeLive.NO: "Nothing was switched on by us, but this could not be read back.",
    }[MayBeLive(draft.may_be_live)]
    text = f"{live} Look again when {label} answers, or have everything removed."
    return Story("danger", _title(run, label), text)


def _removing(run: PublishRun, draft: CampaignDraft, label: str, steps: Sequence[PublishStep]) -> Story:
    text = "The draft can be edited meanwhile; it can be published again when everything is gone."
    return Story("warning", f"Removing what was created on {label}", f"{run.waiting_why} {text}".strip())


def _removed(run: PublishRun, draft: CampaignDraft, label: str, steps: Sequence[PublishStep]) -> Story:
    return Story("neutral", f"Removed from {label}", "Nothing of this publication exists any more; its money is free.")


def _switch_story(run: PublishRun, draft: CampaignDraft, label: str) -> Story:
    doing = {Kind.PAUSE: "Pausing", Kind.RESUME: "Resuming", Kind.END: "Ending"}[Kind(run.kind)]
    if run.state in MOVING:
        why = run.waiting_why or "The result is read back before this page says it is done."
        return Story("accent", f"{doing} on {label}", why)
    if run.state == RunState.SUCCEEDED:
        word = {Kind.PAUSE: "Paused", Kind.RESUME: "Resumed", Kind.END: "Ended"}[Kind(run.kind)]
        return Story("success", f"{word} on {label}", "This was read back.")
    live = {
        MayBeLive.YES: "The campaign is on and may spend.",
        MayBeLive.NO: "The campaign is off: nothing spends.",
        MayBeLive.UNKNOWN: f"It is not known whether the campaign is on. Check it on {label}.",
    }[MayBeLive(draft.may_be_live)]
    return Story("danger", f"{doing} on {label} failed", f"{run.error_message} {live}")


def _title(run: PublishRun, label: str) -> str:
    if run.error_code == "CANCELLED":
        return "The publication was cancelled"
    return run.error_message or f"Publishing to {label} failed"


def _what_now(run: PublishRun) -> str:
    if run.error_code == "CANCELLED":
        return "Retry continues where it stopped; Edit removes what was created and opens the draft."
    if run.retry_helps:
        return "Retry continues from the first unfinished step."
    return "Retrying will not help until the cause is gone: edit the campaign, or have the cause removed, then retry."


def _count(steps: Sequence[PublishStep]) -> int:
    return sum(1 for step in steps if step.action == Action.CREATE and step.external_id and step.level != Level.MEDIA)


def _made(steps: Sequence[PublishStep]) -> str:
    return f"All {_count(steps)} objects"


def _is_switched(steps: Sequence[PublishStep]) -> bool:
    return any(
        step.action == Action.SWITCH_ON and step.level == Level.CAMPAIGN and step.state != State.PLANNED
        for step in steps
    )


# The table of steps ---------------------------------------------------------------------------------------------------


def rows(run: PublishRun, steps: Sequence[PublishStep]) -> list[Row]:
    """Group the steps for the page: media, campaign, each ad set, the ads of each ad set, reading back, switching."""
    if not run.is_publication:
        return [Row(step.name, step.state, [step]) for step in steps]
    creations = [step for step in steps if step.action == Action.CREATE]
    media = [step for step in creations if step.level == Level.MEDIA]
    found = [_row(f"Media ({len(media)})", media)] if media else []
    found += [_row("Campaign", [step]) for step in creations if step.level == Level.CAMPAIGN]
    for ad_set in [step for step in creations if step.level == Level.AD_SET]:
        found.append(_row(f"Ad set {ad_set.name}", [ad_set]))
        ads = [s for s in creations if s.level in {Level.AD, Level.CREATIVE} and s.node.startswith(f"{ad_set.node}.")]
        count = sum(step.level == Level.AD for step in ads)
        found.append(_row(f"{count} ad{'s' if count != 1 else ''}", ads, is_child=True))
    found.append(Row("Read back and compare", State.DONE if run.read_back_at else State.PLANNED))
    switches = [step for step in steps if step.action == Action.SWITCH_ON]
    if switches:
        found.append(_row("Switch on", switches))
    removals = [step for step in steps if step.action == Action.REMOVE]
    if removals:
        found.append(_row("Remove", removals))
    return found


def _row(title: str, steps: list[PublishStep], *, is_child: bool = False) -> Row:
    return Row(title, _together({step.state for step in steps}), steps, is_child)


def _together(states: set[str]) -> str:
    """Return one state for many steps: the worst, else the one that moves, else the one that is furthest back."""
    order = (State.FAILED, State.SENDING, State.REMOVING, State.PLANNED, State.DONE, State.REMOVED)
    return next((state for state in order if state in states), State.PLANNED)


@dataclass(frozen=True)
class Count:
    """How far the run is: steps done and failed of all that this run wants done."""

    done: int
    failed: int
    total: int


def count(run: PublishRun, steps: Sequence[PublishStep]) -> Count:
    """Count the steps, and the reading back of a publication as one more."""
    counted = [step for step in steps if step.action != Action.REMOVE]
    reading = 1 if run.is_publication else 0
    done = sum(step.state == State.DONE for step in counted) + (1 if reading and run.read_back_at else 0)
    return Count(done, sum(step.state == State.FAILED for step in counted), len(counted) + reading)
