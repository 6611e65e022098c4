"""Whether a button was pressed twice: then the second press is answered kindly, and changes nothing."""

from __future__ import annotations

from collections.abc import Collection

from campaigns.models import CampaignDraft
from stratum.models import Event, User


def was_just_done(draft: CampaignDraft, event_codes: Collection[str], *, by: User) -> bool:
    """Say whether the last thing that happened to the draft is such an action of this very person."""
    last = Event.objects.about(draft.event_subject).first()
    return last is not None and last.code in event_codes and last.actor_id == by.pk
