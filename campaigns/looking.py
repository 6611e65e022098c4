"""Who is looking at a draft that waits for a decision, so that two people do not read it at the same time unawares."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from campaigns import permissions
from campaigns.models import CampaignDraft, Look
from stratum.models import User

#: A page gives a sign every 30 seconds while somebody can see it.
LASTS = timedelta(seconds=45)


def note(user: User, draft: CampaignDraft) -> None:
    """Note that the person has the draft's page open, if it waits for them or could; one row for each, written over."""
    if draft.status == CampaignDraft.Status.SUBMITTED and permissions.may_decide(user, draft):
        Look.objects.bulk_create(
            [Look(draft=draft, user=user)],
            update_conflicts=True,
            unique_fields=["draft", "user"],
            update_fields=["seen_at"],
        )


def sentence(user: User, draft: CampaignDraft) -> str:
    """Say who else is looking: Anne Okafor is reviewing this. Empty if nobody is."""
    if draft.status != CampaignDraft.Status.SUBMITTED:
        return ""
    rows = Look.objects.filter(draft=draft, seen_at__gt=timezone.now() - LASTS).exclude(user=user)
    names = [str(row.user) for row in rows.select_related("user").order_by("user_id")]
    if not names:
        return ""
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} reviewing this."
