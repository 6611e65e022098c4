from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.content_rules.problem import Problem, Severity, Subject, required
from integrations.draft import BudgetType, Schedule

START, END = "campaign.schedule.start", "campaign.schedule.end"
YEARS_AHEAD = 10


def days_of(schedule: Schedule, today: date) -> tuple[date, date | None]:
    """Return the first and the last day on which money can be spent; no start or a passed one means today."""
    first = max(schedule.start.date(), today) if schedule.start else today
    return first, schedule.end.date() if schedule.end else None


def planned_days(subject: Subject) -> int | None:
    """Return on how many days the campaign runs; None when it has no end or ends before it begins."""
    first, last = days_of(subject.draft.campaign.schedule, subject.now.date())
    return (last - first).days + 1 if last is not None and last >= first else None


def schedule_problems(subject: Subject) -> Iterator[Problem]:
    """Judge start and end, by the wall clock of the account's time zone."""
    schedule, now = subject.draft.campaign.schedule, subject.now
    if schedule.end is None and subject.draft.campaign.budget.type is BudgetType.LIFETIME:
        yield required(END, "A lifetime budget needs an end: it is spread over the days until then.")
    if schedule.start is not None and schedule.start < now:
        message = "The start has passed; the campaign starts at once when it is published."
        yield Problem("START_PASSED", START, message, "Choose a later start if that is not meant.", Severity.WARNING)
    faults = [*_too_far_ahead(schedule, now), *_end_faults(subject)]
    yield from faults or _too_short(subject)


def _too_far_ahead(schedule: Schedule, now: datetime) -> Iterator[Problem]:
    horizon = now.date() + timedelta(days=366 * YEARS_AHEAD)
    for path, moment in ((START, schedule.start), (END, schedule.end)):
        if moment is not None and moment.date() > horizon:
            message = f"This is more than {YEARS_AHEAD} years ahead."
            yield Problem("TOO_FAR_AHEAD", path, message, "Check the year, or leave it empty.")


def _end_faults(subject: Subject) -> Iterator[Problem]:
    schedule = subject.draft.campaign.schedule
    if schedule.end is None:
        return
    if schedule.start is not None and schedule.end <= schedule.start:
        yield Problem("END_BEFORE_START", END, "The end is not after the start.", "Choose a later end.")
    elif schedule.end <= subject.now:
        message = f"The end has passed in the account's time zone ({subject.account.time_zone})."
        yield Problem("END_PASSED", END, message, "Choose a later end, or leave it empty.")


def _too_short(subject: Subject) -> Iterator[Problem]:
    schedule, hours = subject.draft.campaign.schedule, subject.capabilities.min_schedule_hours
    if schedule.end is None or not hours:
        return
    zone = ZoneInfo(subject.account.time_zone)
    start = max(schedule.start, subject.now) if schedule.start else subject.now
    # In UTC, because a day on which clocks change has 23 or 25 hours.
    lasts = schedule.end.replace(tzinfo=zone).astimezone(UTC) - start.replace(tzinfo=zone).astimezone(UTC)
    if lasts < timedelta(hours=hours):
        message = f"{subject.label} takes no schedule shorter than {hours} hours."
        yield Problem("SCHEDULE_TOO_SHORT", END, message, "Choose a later end.")
