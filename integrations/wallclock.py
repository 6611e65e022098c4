"""Times of a draft: wall-clock times in the ad account's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from integrations.capabilities import Fit, Verdict
from integrations.draft import Schedule


def moment(wall_clock: datetime, zone: str) -> datetime:
    """Return the instant of a wall-clock time in a zone, written in that zone.

    A time that the clocks skip in spring counts from before the change, so it lands an hour later; one that they show
    twice in autumn is the first.
    """
    return wall_clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))


def schedule_lines(schedule: Schedule, zone: str, where: str) -> Iterator[Fit]:
    """Say what start and end become where they are sent to the minute; `where` names the objects that carry them."""
    for name, wall_clock in (("start", schedule.start), ("end", schedule.end)):
        if wall_clock is None:
            continue
        instant, path = moment(wall_clock, zone), f"campaign.schedule.{name}"
        if instant.replace(tzinfo=None) != wall_clock:
            becomes = f"{_written(instant)}: the clocks of {zone} skip the time you chose."
            yield Fit(path, name.capitalize(), Verdict.CHANGED, becomes)
        else:
            yield Fit(path, name.capitalize(), Verdict.KEPT, f"{_written(instant)} in {zone}, on {where}.")


def _written(instant: datetime) -> str:
    return f"{instant:%b} {instant.day}, {instant:%Y, %H:%M} ({instant:%z} from UTC)"
