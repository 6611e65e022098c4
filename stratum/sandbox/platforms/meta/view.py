"""Who reads and when: what the reading of an object depends on besides the object."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object


@dataclass(frozen=True)
class View:
    """The reader's circumstances, which are those of the call."""

    call: Call

    def object(self, kind: str, external_id: str) -> Object | None:
        """The object whatever its state; one that is there is looked up once for a call and those it carries."""
        key = f"{kind} {external_id}"
        if key in self.call.memo:
            found: Object = self.call.memo[key]
            return found
        stored = Object.objects.filter(platform="meta", kind=kind, external_id=external_id).first()
        if stored is not None:
            self.call.memo[key] = stored
        return stored

    def account_of(self, stored: Object) -> Object:
        account = self.object(Object.Kind.ACCOUNT, stored.account)
        assert account is not None
        return account

    def children(self, stored: Object, kind: str) -> Sequence[Object]:
        """The children present, oldest first, as this reader sees them."""
        rows = Object.objects.present().filter(platform="meta", kind=kind, parent=stored.external_id)
        return list(rows.seen(self.call.stale_seconds).order_by("id"))


Getter = Callable[[Object, View], Any]


@dataclass(frozen=True)
class NodeType:
    """A kind of object: its name in errors, its fields, and which are given when none are asked for."""

    name: str
    fields: Mapping[str, Getter]
    default: tuple[str, ...] = ("id",)


NAMED: dict[str, Getter] = {"id": lambda stored, _: stored.external_id, "name": lambda stored, _: stored.name}


def stored_field(name: str) -> Getter:
    """Reads the field from the object's data."""
    return lambda stored, _: stored.data.get(name)


def stored_fields(*names: str) -> dict[str, Getter]:
    return {name: stored_field(name) for name in names}


def local_time(moment: datetime, zone: str) -> str:
    """A time as the Marketing API writes it: in the account's zone, with its offset."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S%z")


def account_time(name: str) -> Getter:
    """Reads a time, stored as an ISO text in UTC, in the zone of the object's account."""

    def read(stored: Object, view: View) -> str | None:
        text = stored.data.get(name)
        return local_time(datetime.fromisoformat(text), view.account_of(stored).data["timezone_name"]) if text else None

    return read


def created_time(stored: Object, view: View) -> str:
    return local_time(stored.created_at, view.account_of(stored).data["timezone_name"])


def updated_time(stored: Object, view: View) -> str:
    return local_time(stored.updated_at, view.account_of(stored).data["timezone_name"])


def created_time_utc(stored: Object, view: View) -> str:
    return local_time(stored.created_at, "UTC")
