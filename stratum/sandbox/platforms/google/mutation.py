"""One googleAds:mutate: operations in their order, temporary ids, all or nothing ("Bulk mutates", "Temporary names")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from stratum.sandbox.call import Call
from stratum.sandbox.models import Object

from . import errors
from .errors import Fault

_NAME = re.compile(r"customers/(\d+)/([A-Za-z]+)/(-?\d+(?:~-?\d+)?)")
KINDS = {
    "assets": Object.Kind.MEDIA,
    "campaignBudgets": Object.Kind.BUDGET,
    "campaigns": Object.Kind.CAMPAIGN,
    "adGroups": Object.Kind.AD_SET,
    "adGroupAds": Object.Kind.AD,
}
LONGEST_NAME = 255


class Faults(Exception):
    """All that is wrong with one operation."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(self.faults[0].message if self.faults else "")


@dataclass
class Mutation:
    """What an operation must know besides itself: the account, and what came before it in the same request."""

    call: Call
    account: Object
    temporary: dict[str, Object] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)

    def announce(self, name: str | None) -> None:
        """Takes note of the name of something new; raises Fault unless it is temporary and its number unused."""
        if name is None:
            return
        match = _NAME.fullmatch(name)
        if match is None:
            raise _malformed("resource_name", name)
        if not match[3].startswith("-"):
            message = "Do not set the id field while creating new resources."
            raise Fault("newResourceCreationError", "CANNOT_SET_ID_FOR_CREATE", message, [("resource_name", None)])
        if match[3] in self.numbers:
            message = "Creating more than one resource with the same temp ID is not allowed."
            raise Fault("newResourceCreationError", "DUPLICATE_TEMP_IDS", message, [("resource_name", None)])
        self.numbers.add(match[3])

    def find(self, name: str | None, collection: str, where: str) -> Object:
        """The object of a resource name, made already or earlier in this request; raises Fault."""
        if not name:
            raise errors.required(where)
        match = _NAME.fullmatch(name)
        if match is None or match[2] != collection:
            raise _malformed(where, name)
        if name in self.failed:
            message = "The temp ID refers to a resource that had errors."
            raise Fault("newResourceCreationError", "TEMP_ID_RESOURCE_HAD_ERRORS", message, [(where, None)])
        if name in self.temporary:
            return self.temporary[name]
        stored = Object.objects.filter(platform="google", kind=KINDS[collection], external_id=match[3])
        found = (
            stored.filter(account=self.account.external_id).first() if match[1] == self.account.external_id else None
        )
        if found is None:
            raise errors.not_found(where, name)
        return found

    def live(self, name: str | None, collection: str, where: str) -> Object:
        """The same, but nothing that was removed."""
        found = self.find(name, collection, where)
        if found.deleted_at or found.status == "REMOVED":
            raise errors.removed(where)
        return found

    def children(self, parent: Object, kind: str) -> list[Object]:
        return list(Object.objects.present().filter(platform="google", kind=kind, parent=parent.external_id))


def resource_name(stored: Object) -> str:
    """The name under which the API knows the object."""
    collection = next(name for name, kind in KINDS.items() if kind == stored.kind)
    return f"customers/{stored.account}/{collection}/{stored.external_id}"


def checked_name(name: Any, value: str) -> list[Fault]:
    """What is wrong with the name of a campaign or an ad group; `value` is the error for forbidden characters."""
    category, code = value.split(" ")
    if not isinstance(name, str) or not name:
        return [errors.required("name")]
    if len(name) > LONGEST_NAME:
        return [errors.too_long("name", LONGEST_NAME, name)]
    if re.search(r"[\x00\n\r]", name):
        return [Fault(category, code, "The name contains invalid characters.", [("name", None)], trigger=name)]
    return []


def _malformed(where: str, name: str) -> Fault:
    return Fault(
        "requestError", "RESOURCE_NAME_MALFORMED", "Resource name is malformed.", [(where, None)], trigger=name
    )
