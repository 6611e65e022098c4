"""Decisions on several drafts at once: each is its own, with its own hash, and each gets its own answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from campaigns import levels, permissions, spending, wording, workflow
from campaigns.models import CampaignDraft
from integrations import platforms
from stratum.formats import money
from stratum.models import User
from stratum.ui import NotFound, Refusal

#: How many drafts can be looked at on one page before deciding.
MOST = 100


@dataclass(frozen=True)
class Line:
    """A draft with what a person must see before deciding on it, and why they may not, if so."""

    draft: CampaignDraft
    platform_label: str
    budget: str
    most: str
    schedule: str
    content_hash: str
    reason_against: str

    @property
    def fingerprint(self) -> str:
        return wording.fingerprint(self.content_hash)


@dataclass(frozen=True)
class Answer:
    """What became of one decision."""

    draft: CampaignDraft
    was_done: bool
    sentence: str


def line(draft: CampaignDraft, user: User) -> Line:
    """Return the draft's line; its account and edited_by should be loaded."""
    campaign, currency = draft.content.campaign, draft.account.currency
    most = spending.ceiling(draft)
    against = permissions.reason_against_deciding(user, draft)
    if not against and draft.status != CampaignDraft.Status.SUBMITTED:
        against = f"Only a submitted campaign can be decided on. Its status is {draft.get_status_display()}."
    return Line(
        draft,
        platforms.label(draft.platform),
        wording.budget(campaign.budget, currency),
        "–" if most is None else money(most, currency),
        wording.schedule(campaign.schedule),
        draft.content_hash,
        against,
    )


def approve_each(drafts: Iterable[CampaignDraft], hashes: Mapping[int, str], *, by: User) -> list[Answer]:
    """Approve each draft whose hash was on the screen; one refusal does not stop the others."""
    return [
        _answer(draft, "approved", lambda pk: workflow.approve(pk, by=by, content_hash=hashes.get(pk, "")))
        for draft in drafts
    ]


def reject_each(drafts: Iterable[CampaignDraft], hashes: Mapping[int, str], *, by: User, reason: str) -> list[Answer]:
    """Reject each draft whose hash was on the screen, all for the same reason."""
    return [
        _answer(
            draft, "rejected", lambda pk: workflow.reject(pk, by=by, reason=reason, content_hash=hashes.get(pk, "?"))
        )
        for draft in drafts
    ]


def _answer(draft: CampaignDraft, done: str, decide: Callable[[int], CampaignDraft]) -> Answer:
    try:
        decided = decide(draft.pk)
    except Refusal as refusal:
        return Answer(draft, False, f"“{draft.title}” is not {done}: {refusal.message}")
    except (PermissionDenied, NotFound) as error:
        return Answer(draft, False, f"“{draft.title}” is not {done}: {error}")
    if decided.status == CampaignDraft.Status.SUBMITTED:
        return Answer(draft, True, f"You approved “{draft.title}”. Waiting for {levels.of(decided).waits_for}.")
    return Answer(draft, True, f"“{draft.title}” is {done}.")
