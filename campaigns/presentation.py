"""Drafts as JSON answers show them, and what the sidebar says about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from campaigns import comments, deadlines, levels, opinions, permissions, rules, spending, wording
from campaigns.models import Approval, CampaignDraft
from integrations import platforms
from stratum import paging

if TYPE_CHECKING:
    from stratum.models import User

Status = CampaignDraft.Status

#: States in which somebody can still do something about a problem.
JUDGED = frozenset({Status.DRAFT, Status.SUBMITTED, Status.APPROVED, Status.REJECTED, Status.FAILED})


def draft_data(draft: CampaignDraft, user: User) -> dict[str, Any]:
    """Return the whole draft as this user may see and treat it: the contract of GET /campaign-drafts/{id}."""
    problems = rules.problems_of(draft, own_commitment=spending.own_commitment(draft)) if draft.status in JUDGED else []
    return row_data(draft) | {
        "content_hash": draft.content_hash,
        "draft_json": draft.draft_json,
        "approval_levels": levels_data(draft),
        "problems": [problem.as_data | {"severity": problem.severity.value} for problem in problems],
        "available_actions": sorted(permissions.available_actions(user, draft)),
    }


def levels_data(draft: CampaignDraft) -> list[dict[str, Any]]:
    """Return each level that must approve, and who has in this submission; the ids are ours."""
    return [
        {
            "level": level.value,
            "approved_by_user_id": approval.by_id if approval else None,
            "approved_at": approval.at if approval else None,
        }
        for level, approval in levels.of(draft).levels
    ]


def row_data(draft: CampaignDraft) -> dict[str, Any]:
    """Return the draft's own fields, for lists. Ids of people are ours, times are UTC."""
    return {
        "id": draft.pk,
        "platform": draft.platform,
        "platform_account_id": draft.platform_account_id,
        "name": draft.name,
        "status": str(draft.status),
        "version": draft.version,
        "created_by_user_id": draft.created_by_id,
        "submitted_at": draft.submitted_at,
        "submitted_by_user_id": draft.submitted_by_user_id,
        "approved_at": draft.approved_at,
        "approved_by_user_id": draft.approved_by_user_id,
        "rejected_at": draft.rejected_at,
        "rejected_by_user_id": draft.rejected_by_user_id,
        "rejection_reason": draft.rejection_reason,
        "needed_by": draft.needed_by,
        "published_at": draft.published_at,
        "platform_campaign_id": draft.platform_campaign_id,
        "error_code": draft.error_code,
        "error_message": draft.error_message,
        "may_be_live": draft.may_be_live,
        "delivery": draft.delivery,
    }


def pending_count(request: HttpRequest) -> dict[str, Any]:
    """Return how many drafts await approval, for everybody who may see drafts."""
    if not request.user.has_perm("campaigns.view_campaigndraft"):
        return {}
    return {"pending_count": paging.count(CampaignDraft.objects.awaiting_approval())}


@dataclass(frozen=True)
class PendingLine:
    """A draft in the list of those that await approval, and why this user may not decide, if so."""

    draft: CampaignDraft
    platform_label: str
    budget: str
    schedule: str
    reason_against: str
    standing: str
    deadline: str
    is_pressing: bool

    @classmethod
    def of(cls, draft: CampaignDraft, user: User) -> PendingLine:
        campaign = draft.content.campaign
        return cls(
            draft,
            platforms.label(draft.platform),
            wording.budget(campaign.budget, draft.account.currency),
            wording.schedule(campaign.schedule),
            permissions.reason_against_deciding(user, draft),
            _standing(draft),
            deadlines.when(draft),
            deadlines.is_pressing(draft),
        )


def approval_data(approval: Approval) -> dict[str, Any]:
    """Return a decision with the content that it was about; ids of people are ours, times are UTC."""
    return {
        "number": approval.number,
        "decision": approval.decision,
        "level": approval.level,
        "by_user_id": approval.by_id,
        "at": approval.at,
        "reason": approval.reason,
        "content_hash": approval.content_hash,
        "account": approval.snapshot.get("account", {}),
        "draft_json": approval.snapshot["draft_json"],
        "media": approval.snapshot.get("media", []),
    }


def opinions_data(draft: CampaignDraft) -> list[dict[str, Any]]:
    """Return the links for guests and what was answered; the addresses themselves are not known any more."""
    return [
        {
            "link": link.pk,
            "guest": link.guest,
            "state": opinions.state(link, draft),
            "made_by_user_id": link.made_by_id,
            "made_at": link.made_at,
            "expires_at": link.expires_at,
            "answered_at": link.answered_at,
            "name": link.name,
            "comment": link.comment,
        }
        for link in draft.guest_links.all()
    ]


def comments_data(draft: CampaignDraft) -> list[dict[str, Any]]:
    """Return the threads about the draft, the open ones first; ids of people are ours, times are UTC."""
    return [
        {
            "thread": thread.first.pk,
            "node": thread.first.node,
            "where": thread.where,
            "resolved_at": thread.first.resolved_at,
            "resolved_by_user_id": thread.first.resolved_by_id,
            "comments": [{"text": row.text, "by_user_id": row.by_id, "at": row.at} for row in thread.comments],
        }
        for thread in comments.threads(draft)
    ]


def _standing(draft: CampaignDraft) -> str:
    """Say who approved and who is missing, where more than one person must."""
    standing = levels.of(draft)
    return standing.sentence if len(standing.levels) > 1 else ""


def pending_data(draft: CampaignDraft, user: User) -> dict[str, Any]:
    """Return a draft that awaits approval, with the hash that an approval must post and who may not decide why."""
    line = PendingLine.of(draft, user)
    return row_data(draft) | {
        "content_hash": draft.content_hash,
        "approval_levels": levels_data(draft),
        "budget": line.budget,
        "schedule": line.schedule,
        "may_decide": not line.reason_against,
        "reason_against_deciding": line.reason_against,
    }
