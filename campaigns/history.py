"""What happened to a draft, told from its events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from campaigns.models import CampaignDraft
from stratum.models import Event

#: How many saves, and how many events of other kinds, are read; the latest ones.
LATEST = 200
SAVED = "draft.saved"


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: who did what when, and in which tone it is told."""

    who: str
    what: str
    at: datetime
    detail: str
    tone: str


#: Event code → what is said, and its tone.
TOLD: dict[str, tuple[str, str]] = {
    "draft.created": ("created the draft", "neutral"),
    SAVED: ("saved", "neutral"),
    "draft.duplicated": ("made a copy", "neutral"),
    "draft.copied": ("copied it to another account", "neutral"),
    "draft.started_from_template": ("started from a template", "neutral"),
    "draft.submitted": ("submitted", "warning"),
    "draft.withdrawn": ("withdrew it", "neutral"),
    "draft.level_approved": ("approved, one of several", "success"),
    "draft.approved": ("approved", "success"),
    "draft.rejected": ("rejected", "danger"),
    "draft.revised": ("opened it for changes", "neutral"),
    "draft.needed_by_changed": ("said by when it is needed", "neutral"),
    "draft.reminded": ("Reminder sent", "warning"),
    "draft.commented": ("commented", "neutral"),
    "draft.guest_link_made": ("made a link for a guest", "neutral"),
    "draft.guest_link_revoked": ("revoked a guest's link", "neutral"),
    "draft.guest_opened": ("A guest opened the link", "neutral"),
    "draft.guest_agreed": ("A guest agrees", "success"),
    "draft.guest_objected": ("A guest objects", "danger"),
    "draft.comment_answered": ("answered", "neutral"),
    "draft.comment_resolved": ("resolved a comment", "neutral"),
    "draft.comment_reopened": ("opened a comment again", "neutral"),
    "draft.publishing": ("started publishing", "accent"),
    "draft.retried": ("retried publishing", "accent"),
    "draft.cancel_requested": ("cancelled publishing", "warning"),
    "draft.published": ("Published", "success"),
    "draft.publish_failed": ("Publishing failed", "danger"),
    "draft.removal_requested": ("asked to have it removed from the platform", "warning"),
    "draft.removed": ("Removed from the platform", "neutral"),
    "draft.look_requested": ("had it looked at again", "accent"),
    "draft.adoption_requested": ("named an object at the platform", "accent"),
    "draft.nothing_confirmed": ("confirmed that nothing exists", "accent"),
    "draft.pause_requested": ("paused it", "warning"),
    "draft.resume_requested": ("resumed it", "accent"),
    "draft.end_requested": ("ended it", "warning"),
    "draft.pause_done": ("Paused", "warning"),
    "draft.resume_done": ("Resumed", "success"),
    "draft.end_done": ("Ended", "neutral"),
    "draft.pause_failed": ("Pausing failed", "danger"),
    "draft.resume_failed": ("Resuming failed", "danger"),
    "draft.end_failed": ("Ending failed", "danger"),
}


def timeline(draft: CampaignDraft) -> list[Entry]:
    """Return what happened, the latest first; several saves of one person in a row are one line."""
    events = Event.objects.about(draft.event_subject).select_related("actor")
    # A page that saves by itself saves often, and must not push out what else happened.
    read = [*events.filter(code=SAVED)[:LATEST], *events.exclude(code=SAVED)[:LATEST]]
    return list(_entries(sorted(read, key=lambda event: event.pk, reverse=True)))


def warnings_accepted(draft: CampaignDraft) -> list[str]:
    """Return what the draft's submitter was warned of when it was submitted last."""
    event = Event.objects.about(draft.event_subject).filter(code="draft.submitted").first()
    return [str(warning) for warning in event.data.get("warnings", [])] if event else []


def _entries(events: list[Event]) -> Iterator[Entry]:
    for (code, _), group in groupby(events, key=lambda event: (event.code, event.actor_id)):
        same = list(group)
        if code == SAVED:
            yield _entry(same[0], len(same))
        else:
            yield from (_entry(event, 1) for event in same)


def _entry(event: Event, times: int) -> Entry:
    what, tone = TOLD.get(event.code, (event.code.removeprefix("draft.").replace("_", " "), "neutral"))
    if times > 1:
        what = f"{what} {times} times"
    return Entry(str(event.actor) if event.actor else "", what, event.at, _detail(event.data), tone)


def _detail(data: dict[str, Any]) -> str:
    said = str(data.get("reason") or data.get("comment") or data.get("error_code") or "")
    guest = data.get("name") or data.get("guest")
    return ": ".join(part for part in (str(guest or ""), said) if part)
