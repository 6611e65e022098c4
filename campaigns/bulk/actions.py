"""What can be done to many campaigns at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from campaigns import building, permissions, submitting, workflow
from campaigns.models import CampaignDraft
from integrations.contracts import Action as Switch
from stratum.models import User


@dataclass(frozen=True)
class Press:
    """Who does it, and what they said about it."""

    by: User
    reason: str = ""


@dataclass(frozen=True)
class Action:
    """`name` is the rule's in permissions.RULES; `done` and `means` are said of it; `events` tell that it was done.

    `act` gets the draft's id, the hash that was on the screen and the press.
    """

    name: str
    label: str
    done: str
    means: str
    events: tuple[str, ...]
    act: Callable[[int, str, Press], Any]
    tone: str = "primary"
    needs_reason: bool = False


def _shown(draft_id: int, content_hash: str, act: Callable[[], Any]) -> Any:
    """Act on the content that was on the screen and on no other, under the draft's lock."""
    with workflow.locked(draft_id) as draft:
        workflow.require_shown(draft, content_hash)
        return act()


def _submit(draft_id: int, content_hash: str, press: Press) -> Any:
    # Landing pages and platform are asked on the way: nothing may be locked meanwhile.
    workflow.require_shown(building.fetch(draft_id), content_hash)
    return submitting.submit(draft_id, by=press.by)


def _withdraw(draft_id: int, content_hash: str, press: Press) -> Any:
    return _shown(draft_id, content_hash, lambda: workflow.withdraw(draft_id, by=press.by))


def _approve(draft_id: int, content_hash: str, press: Press) -> Any:
    return workflow.approve(draft_id, by=press.by, content_hash=content_hash)


def _reject(draft_id: int, content_hash: str, press: Press) -> Any:
    # No hash at all would mean that none was on a screen.
    return workflow.reject(draft_id, by=press.by, reason=press.reason, content_hash=content_hash or "none")


def _publish(draft_id: int, content_hash: str, press: Press) -> Any:
    return _shown(draft_id, content_hash, lambda: workflow.publish(draft_id, by=press.by))


def _switch(switch: Switch) -> Callable[[int, str, Press], Any]:
    return lambda draft_id, content_hash, press: _shown(
        draft_id, content_hash, lambda: workflow.switch(draft_id, switch, by=press.by)
    )


ACTIONS: dict[str, Action] = {
    action.name: action
    for action in [
        Action("submit", "Submit for Approval", "submitted", "The approvers are told.", ("draft.submitted",), _submit),
        Action("withdraw", "Withdraw", "withdrawn", "They can be edited again.", ("draft.withdrawn",), _withdraw),
        Action(
            "approve",
            "Approve",
            "approved",
            "You approve exactly what stands here. With the last approval the money is committed under the caps.",
            ("draft.approved", "draft.level_approved"),
            _approve,
        ),
        Action(
            "reject",
            "Reject",
            "rejected",
            "All creators are told the same reason.",
            ("draft.rejected",),
            _reject,
            "danger",
            needs_reason=True,
        ),
        Action(
            "publish",
            "Publish to Platform",
            "being published",
            "They spend money as soon as they are live.",
            ("draft.publishing",),
            _publish,
        ),
        Action(
            "pause",
            "Pause",
            "being paused",
            "They stop spending. Each is read back at its platform.",
            ("draft.pause_requested",),
            _switch(Switch.SWITCH_OFF),
        ),
        Action(
            "resume",
            "Resume",
            "being resumed",
            "They spend money again.",
            ("draft.resume_requested",),
            _switch(Switch.SWITCH_ON),
        ),
    ]
}


def offered(user: User, drafts: Iterable[CampaignDraft]) -> list[Action]:
    """Return the actions that this person may take on one of the drafts or more, as far as a list can tell."""
    shown = list(drafts)
    return [action for action in ACTIONS.values() if any(_may_be_for(user, draft, action) for draft in shown)]


def _may_be_for(user: User, draft: CampaignDraft, action: Action) -> bool:
    rule = permissions.RULES[action.name]
    if draft.status not in rule.states:
        return False
    if rule.who is permissions.may_decide:  # who exactly depends on the content, which lists do not load
        return permissions.approves_campaigns(user)
    return rule.who(user, draft)
