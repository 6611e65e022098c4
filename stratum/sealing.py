"""Seals the audit trail, and looks whether it is as it was written. What a seal is: stratum/evidence.py.

Events may commit out of the order of their ids, so the chain has an order of its own: a sealer, one at a time, gives the
next positions to whatever is committed and unsealed. An event that commits late is sealed later.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone

from stratum import events, evidence, notifications
from stratum.models import Event, EventSeal, Heartbeat, User

logger = logging.getLogger(__name__)

BROKEN = "audit.broken"
#: The row whose lock makes the sealer the only one, and which says when it last worked.
SEALER = "audit:sealer"
AT_ONCE = 1000
#: How far below the newest sealed id an event may still appear: transactions end within seconds.
LATE_IDS = 10_000
#: An event that is unsealed for longer was not there when the sealer passed.
UNSEALED = timedelta(hours=1)
#: How many problems are named; the rest is counted.
NAMED = 20


def seal_events() -> int:
    """Seal every event that is committed and has no seal, and return how many."""
    total = 0
    while sealed := _seal_some():
        total += sealed
    return total


def _seal_some() -> int:
    Heartbeat.objects.get_or_create(name=SEALER, defaults={"seen_at": timezone.now()})
    with transaction.atomic():
        sealer = Heartbeat.objects.select_for_update().get(name=SEALER)
        head = EventSeal.objects.order_by("-position").first()
        newest = EventSeal.objects.aggregate(id=Max("event_id"))["id"] or 0
        unsealed = Event.objects.filter(seal=None, pk__gt=newest - LATE_IDS).order_by("pk")[:AT_ONCE]
        seals = list(_chain(head, list(unsealed)))
        EventSeal.objects.bulk_create(seals)
        sealer.seen_at = timezone.now()
        sealer.save(update_fields=["seen_at"])
    return len(seals)


def _chain(head: EventSeal | None, rows: list[Event]) -> Iterator[EventSeal]:
    position, previous = (head.position, head.digest) if head else (0, "")
    for event in rows:
        position += 1
        digest = evidence.seal(previous, position, event.pk, event.signature)
        yield EventSeal(position=position, event_id=event.pk, previous=previous, digest=digest)
        previous = digest


# Looking ------------------------------------------------------------------------------------------------------------


@dataclass
class Finding:
    """What was found: how many events are sealed and as written, how many wait for their seal, and every problem."""

    sealed: int = 0
    waiting: int = 0
    head: str = ""
    problems: list[str] = field(default_factory=list)


def head() -> str:
    """Return the newest seal as `position:digest`: noted down elsewhere, it shows later that nothing was cut off."""
    newest = EventSeal.objects.order_by("-position").first()
    return str(newest) if newest else ""


def verify(noted: str = "") -> Finding:
    """Compare every event with its signature and its seal, and look for a head that was noted down in the chain."""
    finding = Finding()
    finding.problems += _check_chain(finding)
    finding.problems += _check_unsealed(finding)
    finding.problems += _check_copies()
    finding.problems += _check_noted(noted)
    return finding


def _check_chain(finding: Finding) -> Iterator[str]:
    position, previous = 0, ""
    for seal, event in _seals():
        if seal.position != position + 1:
            yield f"Seals between {position} and {seal.position} are missing: events were taken out of the trail."
        elif seal.previous != previous:
            yield f"Seal {seal.position} does not follow seal {position}: the trail was rewritten there."
        if event is None:
            sealed = f"sealed at position {seal.position}, {seal.at:%Y-%m-%d %H:%M} UTC"
            yield f"Event {seal.event_id} is missing. It was {sealed}."
        elif not evidence.is_genuine(event, event.signature):
            yield f"Event {event.pk} was changed: {_name(event)}."
        elif not evidence.fits(seal.digest, seal.previous, seal.position, event.pk, event.signature):
            yield f"Event {event.pk} is not the one that was sealed at position {seal.position}: {_name(event)}."
        else:
            finding.sealed += 1
        position, previous = seal.position, seal.digest
        finding.head = str(seal)


def _seals() -> Iterator[tuple[EventSeal, Event | None]]:
    """All seals in their order, each with the event that has its id now; in portions, so that nothing is held open."""
    after = -1
    while portion := list(EventSeal.objects.filter(position__gt=after).order_by("position")[:AT_ONCE]):
        there = Event.objects.in_bulk([seal.event_id for seal in portion])
        yield from ((seal, there.get(seal.event_id)) for seal in portion)
        after = portion[-1].position


def _check_unsealed(finding: Finding) -> Iterator[str]:
    for event in Event.objects.filter(seal=None).order_by("pk").iterator(AT_ONCE):
        if not evidence.is_genuine(event, event.signature):
            yield f"Event {event.pk} was not written by Stratum, or was changed: {_name(event)}."
        elif timezone.now() - event.at > UNSEALED:
            yield f"Event {event.pk} has no seal: it was put in afterwards, or its seal was taken away: {_name(event)}."
        else:
            finding.waiting += 1


def _check_copies() -> Iterator[str]:
    """A row copied from another one carries a signature that fits; but no two events ever share one."""
    doubled = Event.objects.order_by().values("signature").annotate(times=Count("pk")).filter(times__gt=1)
    copies = Event.objects.filter(signature__in=doubled.values("signature")).exclude(signature="").order_by("pk")
    seen: dict[str, int] = {}
    for event in copies:
        first = seen.setdefault(event.signature, event.pk)
        if first != event.pk and evidence.is_genuine(event, event.signature):
            yield f"Event {event.pk} is a copy of event {first}: {_name(event)}."


def _check_noted(noted: str) -> Iterator[str]:
    if not noted:
        return
    position, _, digest = noted.partition(":")
    if not position.isdecimal() or not EventSeal.objects.filter(position=int(position), digest=digest).exists():
        yield f"The trail does not hold the seal {noted} any more: it was cut off or rewritten since that was noted."


def _name(event: Event) -> str:
    return f"{event.code} {event.subject}, {event.at:%Y-%m-%d %H:%M} UTC"


def verify_and_tell() -> int:
    """Verify; log the head, which whoever keeps the logs can compare with later; tell the Admins of problems."""
    finding = verify()
    logger.info("Audit trail: %s events sealed, head %s", finding.sealed, finding.head or "none")
    if not finding.problems:
        return 0
    for problem in finding.problems[:NAMED]:
        logger.error("Audit trail: %s", problem)
    with transaction.atomic():
        event = events.record(
            None, BROKEN, "audit:trail", problems=finding.problems[:NAMED], count=len(finding.problems)
        )
        notifications.notify(
            User.objects.with_permission("stratum.change_user"),
            event=event,
            title="The audit trail is not as it was written",
            body=f"{finding.problems[0]} Somebody wrote to the database past Stratum, or a backup was put back in part.",
            url=reverse("audit"),
        )
    return len(finding.problems)
