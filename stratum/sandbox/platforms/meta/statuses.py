"""effective_status: what an object's own status comes to under its parents and the review (Marketing API v26)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from stratum.sandbox.models import Object

from .storing import ARCHIVED, DELETED, OFF, ON
from .view import View

DEFAULTS = {"review_seconds": 2}
ALL = frozenset(
    [
        "ACTIVE",
        "PAUSED",
        "DELETED",
        "ARCHIVED",
        "IN_PROCESS",
        "WITH_ISSUES",
        "CAMPAIGN_PAUSED",
        "ADSET_PAUSED",
        "PENDING_REVIEW",
        "DISAPPROVED",
        "PREAPPROVED",
        "PENDING_BILLING_INFO",
    ]
)


def effective(stored: Object, view: View) -> str:
    """The status that decides about delivery; an object's own comes first, then its parents'."""
    if stored.status != ON:
        return stored.status
    parents = {
        Object.Kind.CAMPAIGN: (),
        Object.Kind.AD_SET: ((Object.Kind.CAMPAIGN, "campaign_id", "CAMPAIGN_PAUSED"),),
        Object.Kind.AD: (
            (Object.Kind.AD_SET, None, "ADSET_PAUSED"),
            (Object.Kind.CAMPAIGN, "campaign_id", "CAMPAIGN_PAUSED"),
        ),
    }[Object.Kind(stored.kind)]
    for kind, key, when_paused in parents:
        parent = view.object(kind, stored.data[key] if key else stored.parent)
        if parent is not None and parent.status in (ARCHIVED, DELETED):
            return parent.status
        if parent is not None and parent.status == OFF:
            return when_paused
    return _reviewed(stored, view)


def _reviewed(stored: Object, view: View) -> str:
    """An ad that is switched on waits for its review, which begins when it is made."""
    reviewed_at = stored.created_at + timedelta(seconds=view.call.settings["review_seconds"])
    return "PENDING_REVIEW" if stored.kind == Object.Kind.AD and timezone.now() < reviewed_at else ON
