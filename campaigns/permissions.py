"""Who may do what to a draft, and when. A template that shows a button and the POST behind it ask the same function."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied

from campaigns import levels
from campaigns.models import CampaignDraft, PublishRun
from integrations.contracts import Delivery
from stratum.roles import LEVEL_PERMISSION, ApprovalLevel
from stratum.ui import Refusal

if TYPE_CHECKING:
    from stratum.models import User

Status = CampaignDraft.Status
State = PublishRun.State

PUBLISH = "campaigns.publish_campaigndraft"
CREATE = "campaigns.add_campaigndraft"
EDIT_ANY = "campaigns.change_any_campaigndraft"
MANAGE_ACCOUNTS = "adaccounts.change_adaccount"


def is_owner(user: User, draft: CampaignDraft) -> bool:
    """Say whether the draft is the user's to edit: the creator's own, or any for an Admin."""
    own = draft.created_by_id == user.pk and user.has_perm(CREATE)
    return own or user.has_perm(EDIT_ANY)


def may_publish(user: User, draft: CampaignDraft) -> bool:
    own = settings.CREATOR_CAN_PUBLISH and draft.created_by_id == user.pk and user.has_perm(CREATE)
    return own or user.has_perm(PUBLISH)


def hands_in(draft: CampaignDraft) -> set[int | None]:
    """Return the ids of everybody who created, edited or submitted this content since it began."""
    return draft.hands


def had_a_hand_in(user: User, draft: CampaignDraft) -> bool:
    return user.pk in hands_in(draft)


def may_decide(user: User, draft: CampaignDraft) -> bool:
    return not _reason_never_to_decide(user, draft)


def reason_against_deciding(user: User, draft: CampaignDraft) -> str:
    """Say why this user may not approve the draft, or not now; empty if they may."""
    return _reason_never_to_decide(user, draft) or levels.reason_to_wait(user, draft)


def approves_campaigns(user: User) -> bool:
    """Say whether there are campaigns on which this person decides."""
    return any(map(user.has_perm, LEVEL_PERMISSION.values()))


def _reason_never_to_decide(user: User, draft: CampaignDraft) -> str:
    if not levels.fills_any(user, draft):
        others = ", Finance" if ApprovalLevel.FINANCE in levels.required(draft) else ""
        return f"Only an Approver{others} or an Admin may decide."
    if settings.ALLOW_SELF_APPROVAL or not had_a_hand_in(user, draft):
        return ""
    if user.pk == draft.created_by_id:
        return "You created this campaign: somebody else must decide."
    if user.pk == draft.submitted_by_user_id:
        return "You submitted this campaign: somebody else must decide."
    return "You edited this campaign: somebody else must decide."


def deciders(draft: CampaignDraft) -> list[User]:
    """Return everybody whose approval the draft still waits for."""
    standing = levels.of(draft)
    hands = set() if settings.ALLOW_SELF_APPROVAL else hands_in(draft)
    done = {approval.by_id for approval in standing.given}
    people = _holders(LEVEL_PERMISSION[level] for level in standing.missing)
    return [user for user in people if user.pk not in hands | done]


def _holders(wanted: Iterable[str]) -> list[User]:
    """Return the active people who hold one of the permissions, once each; a query for each permission."""
    found = {
        user.pk: user for permission in set(wanted) for user in get_user_model().objects.with_permission(permission)
    }
    return [found[pk] for pk in sorted(found)]


def may_switch(user: User, draft: CampaignDraft) -> bool:
    return user.has_perm(PUBLISH)


def may_stop(user: User, draft: CampaignDraft) -> bool:
    """Stopping spend is open to everybody who could have started it."""
    return may_switch(user, draft) or may_publish(user, draft)


def may_create(user: User, draft: CampaignDraft) -> bool:
    return user.has_perm(CREATE)


def open_run(draft: CampaignDraft) -> PublishRun | None:
    """Return the draft's run that is not finished, if there is one."""
    return draft.runs.open().first()


def latest_run(draft: CampaignDraft) -> PublishRun | None:
    """Return the latest publication, whatever became of it."""
    return draft.runs.filter(kind=PublishRun.Kind.PUBLISH).first()


def _no_open_run(draft: CampaignDraft) -> bool:
    return open_run(draft) is None


def _needs_attention(draft: CampaignDraft) -> bool:
    run = open_run(draft)
    return run is not None and run.state == State.NEEDS_ATTENTION


def _can_cancel(draft: CampaignDraft) -> bool:
    run = open_run(draft)
    return run is not None and run.cancel_requested_at is None


def _can_retry(draft: CampaignDraft) -> bool:
    run = latest_run(draft)
    return run is not None and run.state == State.FAILED


def _is_on(draft: CampaignDraft) -> bool:
    return _no_open_run(draft) and draft.delivery not in {Delivery.PAUSED, Delivery.ENDED}


def _is_off(draft: CampaignDraft) -> bool:
    return _no_open_run(draft) and draft.delivery in {Delivery.PAUSED, Delivery.UNKNOWN}


def _not_ended(draft: CampaignDraft) -> bool:
    return _no_open_run(draft) and draft.delivery != Delivery.ENDED


def _always(draft: CampaignDraft) -> bool:
    return True


def _nobody_first(user: User, draft: CampaignDraft) -> str:
    return ""


@dataclass(frozen=True)
class Rule:
    """An action: in which states, under which further condition, by whom; and the sentences that say so."""

    states: frozenset[Status]
    who: Callable[[User, CampaignDraft], bool]
    who_says: str
    when_says: str
    condition: Callable[[CampaignDraft], bool] = _always
    #: Why this person, who may, has to let others act first; empty if they need not.
    turn: Callable[[User, CampaignDraft], str] = _nobody_first


OWNER = "Only the campaign's creator or an Admin may do this."
DECIDER = "Only an Approver or an Admin who had no hand in the campaign may do this."
PUBLISHER = "Only a Publisher, an Admin or the campaign's creator may do this."
SWITCHER = "Only a Publisher or an Admin may do this."

ALL = frozenset(Status)
RULES: dict[str, Rule] = {
    "edit": Rule(frozenset({Status.DRAFT}), is_owner, OWNER, "Only a draft can be edited. Revise it first."),
    "submit": Rule(frozenset({Status.DRAFT}), is_owner, OWNER, "Only a draft can be submitted."),
    "withdraw": Rule(
        frozenset({Status.SUBMITTED}),
        is_owner,
        OWNER,
        "Only a submitted campaign can be withdrawn, before anybody decides on it.",
    ),
    "set_needed_by": Rule(
        frozenset({Status.DRAFT, Status.SUBMITTED}),
        is_owner,
        OWNER,
        "A day can only be set before the campaign is decided on.",
    ),
    "ask_guest": Rule(
        frozenset({Status.DRAFT, Status.SUBMITTED}),
        is_owner,
        OWNER,
        "A guest can only be asked before the campaign is decided on.",
    ),
    "approve": Rule(
        frozenset({Status.SUBMITTED}),
        may_decide,
        DECIDER,
        "Only a submitted campaign can be approved.",
        turn=levels.reason_to_wait,
    ),
    "reject": Rule(frozenset({Status.SUBMITTED}), may_decide, DECIDER, "Only a submitted campaign can be rejected."),
    "revise": Rule(
        frozenset({Status.REJECTED, Status.APPROVED, Status.FAILED}),
        is_owner,
        OWNER,
        "Only a rejected, approved or failed campaign with nothing under way can be revised.",
        _no_open_run,
    ),
    "publish": Rule(
        frozenset({Status.APPROVED}),
        may_publish,
        PUBLISHER,
        "Only an approved campaign can be published, and only when nothing of it is still being removed.",
        _no_open_run,
    ),
    "cancel": Rule(
        frozenset({Status.PUBLISHING}),
        may_publish,
        PUBLISHER,
        "There is no publication under way that could be cancelled.",
        _can_cancel,
    ),
    "retry": Rule(
        frozenset({Status.FAILED}), may_publish, PUBLISHER, "Only a failed publication can be retried.", _can_retry
    ),
    "roll_back": Rule(
        frozenset({Status.FAILED}), is_owner, OWNER, "Only a failed publication can be rolled back.", _can_retry
    ),
    "pause": Rule(
        frozenset({Status.PUBLISHED}), may_stop, PUBLISHER, "Only a campaign that is not paused can be paused.", _is_on
    ),
    "resume": Rule(
        frozenset({Status.PUBLISHED}), may_switch, SWITCHER, "Only a paused campaign can be resumed.", _is_off
    ),
    "end": Rule(frozenset({Status.PUBLISHED}), may_switch, SWITCHER, "This campaign has ended already.", _not_ended),
    "look_again": Rule(ALL, may_publish, PUBLISHER, "Nothing here waits for a look at the platform.", _needs_attention),
    "adopt": Rule(ALL, may_publish, PUBLISHER, "Nothing here waits for an object id.", _needs_attention),
    "confirm_nothing": Rule(ALL, may_publish, PUBLISHER, "Nothing here waits for a confirmation.", _needs_attention),
    "remove": Rule(ALL, may_publish, PUBLISHER, "Nothing here waits to be removed.", _needs_attention),
    "duplicate": Rule(ALL, may_create, "Only a Creator or an Admin may do this.", ""),
}


def is_in_time(draft: CampaignDraft, action: str) -> bool:
    """Say whether the draft is in a state for the action, whoever asks."""
    rule = RULES[action]
    return draft.status in rule.states and rule.condition(draft)


def available_actions(user: User, draft: CampaignDraft) -> set[str]:
    """Return the names of the actions this user may take on this draft now."""
    in_time = {name: rule for name, rule in RULES.items() if is_in_time(draft, name)}
    return {name for name, rule in in_time.items() if rule.who(user, draft) and not rule.turn(user, draft)}


def require(user: User, draft: CampaignDraft, action: str) -> None:
    """Raise PermissionDenied when this person never may, Refusal when it is not the time for it."""
    rule = RULES[action]
    if not rule.who(user, draft):
        raise PermissionDenied(rule.who_says)
    if not is_in_time(draft, action):
        raise Refusal(
            "INVALID_STATUS_TRANSITION",
            f"{rule.when_says} This campaign is {CampaignDraft.Status(draft.status).label.lower()}.",
            {"status": draft.status, "action": action},
        )
    if reason := rule.turn(user, draft):
        raise Refusal("INVALID_STATUS_TRANSITION", reason, {"status": draft.status, "action": action})
