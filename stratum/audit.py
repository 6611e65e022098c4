"""The audit trail as people read it: filtered, in words, with what was before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from stratum.models import Event, Invitation, User, Webhook

SYSTEM = "Stratum"
NOTHING = "–"


class Thing(NamedTuple):
    """What an event is about, for people: its name, and the path of its page, if it has one."""

    name: str
    url: str = ""


class Change(NamedTuple):
    """One fact of an event: what it was and is, or only what it is. No word: the event's own says what changed."""

    word: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Row:
    """An event in words."""

    event: Event
    who: str
    what: str
    thing: Thing
    changes: tuple[Change, ...]

    @property
    def told(self) -> str:
        """All changes in one line: roles: Creator → Creator, Publisher; reason: Too dear."""
        return "; ".join(map(_in_one_line, self.changes))


@dataclass(frozen=True)
class Filter:
    """Which events are wanted; what is empty does not narrow. Days are of the site's time zone, both included."""

    person: int | None = None
    system: bool = False
    code: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None

    def apply(self, rows: QuerySet[Event]) -> QuerySet[Event]:
        """Return the wanted ones of these events."""
        wanted: dict[str, Any] = {}
        if self.system:
            wanted["actor"] = None
        elif self.person:
            wanted["actor"] = self.person
        if self.code:
            wanted["code__startswith" if self.code.endswith(".") else "code"] = self.code
        if self.subject:
            wanted["subject"] = self.subject
        if self.first:
            wanted["at__gte"] = _midnight(self.first)
        if self.last:
            wanted["at__lt"] = _midnight(self.last + timedelta(days=1))
        return rows.filter(**wanted)

    def facts(self) -> dict[str, Any]:
        """Return what narrows, for the event that records an export."""
        # "code" is the name of a secret to the redaction of events.
        return {"action" if name == "code" else name: value for name, value in vars(self).items() if value}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _in_one_line(change: Change) -> str:
    word = f"{change.word}: " if change.word else ""
    return f"{word}{change.after}" if change.before is None else f"{word}{change.before} → {change.after}"


# In words -----------------------------------------------------------------------------------------------------------


def rows(events: Iterable[Event]) -> list[Row]:
    """Return these events in words, with a number of queries that does not grow with them."""
    found = list(events)
    things = _things(event.subject for event in found)
    return [
        Row(event, str(event.actor or SYSTEM), words(event.code), things[event.subject], tuple(changes(event.data)))
        for event in found
    ]


def words(code: str) -> str:
    """Return an event's code as words: draft.publish_failed → Draft: publish failed."""
    what, _, action = code.partition(".")
    return f"{what.replace('_', ' ').capitalize()}: {action.replace('_', ' ')}" if action else what.capitalize()


def _things(subjects: Iterable[str]) -> Mapping[str, Thing]:
    """Name the things of all subjects, by one call for each sort; settings.AUDIT_SUBJECTS says who knows them."""
    by_sort: dict[str, set[str]] = defaultdict(set)
    named: dict[str, Thing] = {}
    for subject in subjects:
        named[subject] = Thing(subject)
        sort, _, ident = subject.partition(":")
        by_sort[sort].add(ident)
    for sort, idents in by_sort.items():
        if path := settings.AUDIT_SUBJECTS.get(sort):
            name_all: Callable[[set[str]], Mapping[str, Thing]] = import_string(path)
            named |= {f"{sort}:{ident}": thing for ident, thing in name_all(idents).items()}
    return named


def changes(data: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what an event's data says: what differs between before and after, then everything else."""
    before, after = data.get("before"), data.get("after")
    if isinstance(before, dict) or isinstance(after, dict):
        yield from _differences(before or {}, after or {})
    elif "before" in data or "after" in data:
        yield Change("", text(before), text(after))
    for name, value in data.items():
        if name not in {"before", "after"} and value not in (None, "", [], {}):
            yield Change(name.replace("_", " "), None, text(value))


def _differences(before: Any, after: Any) -> Iterator[Change]:
    old, new = _as_dict(before), _as_dict(after)
    for name in [*old, *(name for name in new if name not in old)]:
        if old.get(name) != new.get(name):
            yield Change(name.replace("_", " "), text(old.get(name)), text(new.get(name)))


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"value": value}


def text(value: Any) -> str:
    """Return a value of an event as a person reads it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(text(item) for item in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {text(item)}" for name, item in value.items())
    return str(value)


# What the ground floor knows ----------------------------------------------------------------------------------------


# Without links: Approvers read the trail as well, and these pages are for Admins.


def people(idents: Iterable[str]) -> dict[str, Thing]:
    """Name the people with these ids."""
    return {str(user.pk): Thing(str(user)) for user in User.objects.filter(pk__in=_numbers(idents))}


def invitations(idents: Iterable[str]) -> dict[str, Thing]:
    """Name the invitations with these ids by the mail address they went to."""
    found = Invitation.objects.filter(pk__in=_numbers(idents))
    return {str(row.pk): Thing(f"Invitation of {row.email}") for row in found}


def webhooks(idents: Iterable[str]) -> dict[str, Thing]:
    """Name the webhooks with these ids; one that was deleted is known by its id alone."""
    found = Webhook.objects.filter(pk__in=_numbers(idents)).values_list("pk", "name")
    return {str(pk): Thing(f"Webhook “{name}”") for pk, name in found}


def _numbers(idents: Iterable[str]) -> list[int]:
    return [int(ident) for ident in idents if ident.isdecimal()]
