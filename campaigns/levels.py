"""Who must approve a campaign: an Approver always, and by its account's rules further people, one for each level.

Levels are approved in any order. One person never counts for two, and the approvals of an earlier submission count for
none. What was required at submit stays required; a rule that became stricter since counts as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db.models import Prefetch

from adaccounts.models import FormerRule, Threshold
from campaigns import rules, spending
from campaigns.models import Approval, CampaignDraft
from integrations import platforms
from stratum.roles import LEVEL_PERMISSION, ApprovalLevel
from stratum.ui import Refusal

if TYPE_CHECKING:
    from stratum.models import User

Rule = TypeVar("Rule", bound=Threshold)

#: The rarest first: who could approve for several levels takes the one that is hardest to fill.
ORDER = [ApprovalLevel.ADMIN, ApprovalLevel.FINANCE, ApprovalLevel.APPROVER, ApprovalLevel.SECOND_APPROVER]

#: Whom a level waits for, and who may decide.
WAITS_FOR = {
    ApprovalLevel.APPROVER: "an Approver",
    ApprovalLevel.SECOND_APPROVER: "a second Approver",
    ApprovalLevel.FINANCE: "Finance",
    ApprovalLevel.ADMIN: "an Admin",
}
#: What a list of drafts loads, so that `of` asks the database nothing for each.
LOADED: tuple[Any, ...] = (
    "edited_by",
    "account__approval_rules",
    "account__former_rules__by",
    Prefetch("approvals", Approval.objects.select_related("by").defer("snapshot")),
)
TOO_FEW = (
    "The account's rules have become stricter since this was approved: it needs the approval of {} as well. "
    "Revise it and submit it again."
)


@dataclass(frozen=True)
class Standing:
    """The levels that are required, the rarest first, each with its approval in this submission once there is one."""

    levels: tuple[tuple[ApprovalLevel, Approval | None], ...]

    @property
    def required(self) -> list[ApprovalLevel]:
        return [level for level, _ in self.levels]

    @property
    def given(self) -> list[Approval]:
        return [approval for _, approval in self.levels if approval is not None]

    @property
    def missing(self) -> list[ApprovalLevel]:
        return [level for level, approval in self.levels if approval is None]

    @property
    def waits_for(self) -> str:
        """Whom it still waits for: an Approver and Finance."""
        return _joined([WAITS_FOR[level] for level in reversed(self.missing)])

    @property
    def sentence(self) -> str:
        """Who has approved and who is still missing: Approved by Anne. Waiting for Finance."""
        by = _joined([str(approval.by) for approval in sorted(self.given, key=lambda approval: approval.number)])
        return " ".join(
            ([f"Approved by {by}."] if by else []) + ([f"Waiting for {self.waits_for}."] if self.missing else [])
        )

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each level as a page lists it, the usual one first."""
        return [{"word": level.label, "approval": approval} for level, approval in reversed(self.levels)]

    def has_approved(self, user: User) -> bool:
        return any(approval.by_id == user.pk for approval in self.given)


def of(draft: CampaignDraft) -> Standing:
    """Return how far the draft is, by its account's rules as they are now; two queries unless both are loaded."""
    rows = {approval.level: approval for approval in _given(draft)}
    return Standing(tuple((level, rows.get(level)) for level in required(draft)))


def required(draft: CampaignDraft) -> list[ApprovalLevel]:
    """Return the levels that must approve, the rarest first: what was asked at submit and what is asked now."""
    asked = {ApprovalLevel.APPROVER, *draft.required_levels, *asked_now(draft)}
    return [level for level in ORDER if level in asked]


def asked_now(draft: CampaignDraft) -> list[str]:
    """Return the levels that the account's rules ask of this content today; all of them while it names no money.

    A rule that somebody loosened who had a hand in the campaign still asks what it asked before.
    """
    found: list[Threshold] = [*draft.account.approval_rules.all(), *_held(draft)]
    return list(dict.fromkeys(rule.level for rule in _asking(draft, found)))


def held_back(draft: CampaignDraft) -> list[FormerRule]:
    """Return the former rules that ask for a level today only because who loosened them had a hand in the campaign."""
    now = {rule.level for rule in _asking(draft, list(draft.account.approval_rules.all()))}
    return [rule for rule in _asking(draft, _held(draft)) if rule.level not in now]


def _held(draft: CampaignDraft) -> list[FormerRule]:
    former = [] if settings.ALLOW_SELF_APPROVAL else list(draft.account.former_rules.all())
    return [rule for rule in former if rule.by_id in draft.hands]


def _asking(draft: CampaignDraft, found: Sequence[Rule]) -> list[Rule]:
    try:
        span = rules.span_of(draft) if found else None
    except (ValueError, platforms.UnknownPlatform):
        return list(found)
    total = spending.ceiling(draft)
    return [rule for rule in found if span is not None and rule.asks(span.per_day, total)]


def open_to(user: User, standing: Standing) -> ApprovalLevel | None:
    """Return the level that this person's approval would fill; None if they have approved, or fill none."""
    if standing.has_approved(user):
        return None
    return next((level for level in standing.missing if user.has_perm(LEVEL_PERMISSION[level])), None)


def require_open_to(user: User, draft: CampaignDraft) -> ApprovalLevel:
    """Return the level that this person's approval fills; Refusal when others must approve instead."""
    level = open_to(user, of(draft))
    if level is None:
        raise Refusal("INVALID_STATUS_TRANSITION", reason_to_wait(user, draft), {"status": draft.status})
    return level


def held_by(user: User, draft: CampaignDraft) -> ApprovalLevel:
    """Return the rarest required level for which the person decides; theirs when they reject."""
    held = [level for level in required(draft) if user.has_perm(LEVEL_PERMISSION[level])]
    return held[0] if held else ApprovalLevel.APPROVER


def fills_any(user: User, draft: CampaignDraft) -> bool:
    """Say whether the person could approve for one of the levels that the draft needs, done or not."""
    return any(user.has_perm(LEVEL_PERMISSION[level]) for level in required(draft))


def reason_to_wait(user: User, draft: CampaignDraft) -> str:
    """Say why a person who may decide cannot approve now, because others must; empty if they can."""
    if draft.status != CampaignDraft.Status.SUBMITTED:
        return ""
    standing = of(draft)
    if open_to(user, standing) is not None:
        return ""
    if standing.has_approved(user):
        return f"You approved this already. Waiting for {standing.waits_for}."
    return standing.sentence


def require_all(draft: CampaignDraft) -> None:
    """Raise Refusal APPROVAL_STALE when the rules of today ask for more people than have approved."""
    standing = of(draft)
    if standing.missing:
        raise Refusal("APPROVAL_STALE", TOO_FEW.format(standing.waits_for), {"missing": standing.missing})


def _given(draft: CampaignDraft) -> list[Approval]:
    content_hash, rows = draft.content_hash, draft.approvals.all()
    if "approvals" not in getattr(draft, "_prefetched_objects_cache", {}):
        rows = rows.select_related("by").defer("snapshot")
    return [
        row
        for row in rows
        if row.decision == Approval.Decision.APPROVED
        and (row.submission, row.content_hash) == (draft.submissions, content_hash)
    ]


def _joined(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
