"""By when a draft must be decided, as its creator says, and the reminders to those it waits for.

Days are days in the account's time zone. Reminders go out once the day before, and once on the day or after it.
"""

from __future__ import annotations

from datetime import date, timedelta

from campaigns import permissions, workflow
from campaigns.models import CampaignDraft
from campaigns.wording import day
from stratum import events, notifications
from stratum.models import User
from stratum.ui import Refusal

NONE, DAY_BEFORE, DUE = 0, 1, 2
#: States in which a deadline says something.
OPEN = frozenset({CampaignDraft.Status.DRAFT, CampaignDraft.Status.SUBMITTED})


def set_needed_by(draft_id: int, *, by: User, needed_by: date | None) -> CampaignDraft:
    """Say by when the draft must be decided, or that there is no hurry; Refusal for a day that has passed."""
    with workflow.locked(draft_id) as draft:
        permissions.require(by, draft, "set_needed_by")
        if needed_by is not None and needed_by < workflow.today_in(draft.account):
            message = "This day has passed."
            raise Refusal("VALIDATION_FAILED", message, [{"path": "needed_by", "message": message}])
        if draft.needed_by != needed_by:
            before, draft.needed_by, draft.reminded = draft.needed_by, needed_by, NONE
            draft.save(update_fields=["needed_by", "reminded", "status"])
            events.record(by, "draft.needed_by_changed", draft.event_subject, before=before, after=needed_by)
        return draft


def when(draft: CampaignDraft) -> str:
    """Return the deadline as a person reads it: Needed today, Needed by Nov 30, 2026; empty without one."""
    if draft.needed_by is None:
        return ""
    left = (draft.needed_by - workflow.today_in(draft.account)).days
    if left < 0:
        return f"Was needed by {day(draft.needed_by)}"
    return {0: "Needed today", 1: "Needed tomorrow"}.get(left, f"Needed by {day(draft.needed_by)}")


def open_day(draft: CampaignDraft) -> str:
    """Return the deadline of a draft that nobody has decided on yet; empty for all others."""
    return when(draft) if draft.status in OPEN else ""


def is_pressing(draft: CampaignDraft) -> bool:
    return draft.needed_by is not None and stage(draft) != NONE


def stage(draft: CampaignDraft) -> int:
    """Return which reminder is due: none, the one of the day before, or the one of the day itself."""
    if draft.needed_by is None:
        return NONE
    left = draft.needed_by - workflow.today_in(draft.account)
    return DUE if left <= timedelta(0) else DAY_BEFORE if left <= timedelta(days=1) else NONE


def remind() -> int:
    """Remind everybody a submitted draft waits for, where it is due; return of how many drafts."""
    rows = CampaignDraft.objects.awaiting_approval().filter(needed_by__isnull=False, reminded__lt=DUE)
    return sum(_remind(pk) for pk in rows.values_list("pk", flat=True))


def _remind(draft_id: int) -> bool:
    with workflow.locked(draft_id) as draft:
        due = stage(draft)
        if draft.status != CampaignDraft.Status.SUBMITTED or due <= draft.reminded:
            return False
        draft.reminded = due
        draft.save(update_fields=["reminded", "status"])
        event = events.record(None, "draft.reminded", draft.event_subject, needed_by=draft.needed_by)
        title = f"“{draft.title}” waits for you. {when(draft)}."
        notifications.notify(permissions.deciders(draft), event=event, title=title, url=draft.get_absolute_url())
        return True
